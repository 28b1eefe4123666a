//! The person decides: release one score to the lender that asked, keep it, or
//! take the consent back.

use std::sync::Arc;
use std::time::Instant;

use axum::http::StatusCode;
use blindscore_client::http::Applicant;
use blindscore_history::digest::Digest;
use blindscore_protocol::envelope::{self, Kind};
use blindscore_protocol::id::ApplicationId;
use blindscore_protocol::log::EntryKind;
use blindscore_protocol::message::{Release, Withdrawal};
use blindscore_protocol::sign::Signed;
use serde::Deserialize;

use super::application::Papers;
use super::fault::{Fault, Result};
use super::questions::{KnownLender, bounded};
use super::record::{Answer, Handover, HandoverStep, Proven, Record, Stage, Step};
use super::store;
use super::{Wallet, lock, texts};
use crate::commands::release::PhaseFile;
use crate::files;

/// Longest answer of a lender to a release.
const ANSWER_MAX: usize = 64 << 10;
/// Longest name that a lender gives to what it took, in characters.
const NAME_MAX: usize = 100;
/// How long a lender is waited for, once a release is sent.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
/// How often a lender that still checks is asked.
const POLL: std::time::Duration = std::time::Duration::from_millis(500);
const WITHDRAWAL: &str = "withdrawal";

/// What a lender's server answers to a release that it takes.
#[derive(Deserialize)]
struct Taken {
    id: String,
}

/// What it answers to one that it does not: a problem of RFC 9457.
#[derive(Deserialize)]
struct Refusal {
    detail: String,
}

impl Wallet {
    /// Releases the score of one scorecard: the decision is written down, the
    /// rest follows.
    pub(super) fn release(self: &Arc<Self>, id: ApplicationId, scorecard: Digest) -> Result {
        let record = self.record(id)?;
        if !matches!(record.stage(), Stage::Scored | Stage::Kept) {
            return Err(Fault::Refused(texts::NOT_NOW.to_owned()));
        }
        if !record.agreed.scorecards.contains(&scorecard) {
            return Err(Fault::Form(texts::CHOOSE_ONE_SCORE));
        }
        let decided = self.now.now();
        self.change(id, |record| {
            record.kept = None;
            record.release = Some(Handover {
                scorecard,
                decided,
                done: 0,
                stopped: None,
                proof: None,
                taken: None,
                taken_at: None,
                answer: None,
            });
        })?;
        self.spawn_handover(id);
        Ok(())
    }

    /// Tries again to release.
    pub(super) fn release_again(self: &Arc<Self>, id: ApplicationId) -> Result {
        if self.record(id)?.stage() != Stage::ReleaseStopped {
            return Err(Fault::Refused(texts::NOT_NOW.to_owned()));
        }
        self.change_release(id, |release| release.stopped = None)?;
        self.spawn_handover(id);
        Ok(())
    }

    /// Keeps the score to oneself. Nobody is told.
    pub(super) fn keep(&self, id: ApplicationId) -> Result {
        if self.record(id)?.stage() != Stage::Scored {
            return Err(Fault::Refused(texts::NOT_NOW.to_owned()));
        }
        let now = self.now.now();
        self.change(id, |record| record.kept = Some(now))?;
        Ok(())
    }

    /// Takes the consent back.
    pub(super) async fn withdraw(self: &Arc<Self>, id: ApplicationId) -> Result {
        let _working = self.begin(id).ok_or(Fault::Form(texts::BUSY))?;
        let record = self.record(id)?;
        if matches!(record.stage(), Stage::Drafted | Stage::Withdrawn) {
            return Err(Fault::Refused(texts::NOT_NOW.to_owned()));
        }
        let (drawer, now) = (self.drawer(id), self.now.now());
        // A step that was interrupted may have handed it in.
        let handed_in = record.did(&Step::Consented) || self.is_held(id).await?;
        if handed_in {
            let secret = drawer.secret()?;
            // One withdrawal, however often it is sent.
            let withdrawal: Signed<Withdrawal> = if drawer.has(WITHDRAWAL) {
                drawer.message(WITHDRAWAL, Kind::Withdrawal)?
            } else {
                let made = secret.withdraw(&drawer.consent()?, now);
                drawer.write(WITHDRAWAL, &envelope::close(&made, &[]))?;
                made
            };
            let withdraw = Applicant::of(&secret).withdraw(&withdrawal);
            self.send(&withdraw).await?;
            self.change(id, |record| record.withdrawn = Some(now))?;
            return self
                .confirm(&[(EntryKind::Withdrawal, withdrawal.digest())])
                .await;
        }
        self.change(id, |record| record.withdrawn = Some(now))?;
        Ok(())
    }

    async fn is_held(&self, id: ApplicationId) -> Result<bool> {
        let secret = self.drawer(id).secret()?;
        let platform = self.platform().await?;
        match platform.send(&Applicant::of(&secret).consent()).await {
            Ok(_) => Ok(true),
            Err(error) => match error.problem() {
                Some(blindscore_protocol::api::ProblemKind::NotFound) => Ok(false),
                _ => Err(error.into()),
            },
        }
    }

    /// Takes the steps of a release, in a task of its own.
    pub(super) fn spawn_handover(self: &Arc<Self>, id: ApplicationId) {
        let Some(working) = self.begin(id) else {
            return;
        };
        let wallet = Arc::clone(self);
        tokio::spawn(async move {
            let _working = working;
            if let Err(fault) = wallet.hand_over(id).await {
                let why = fault.text().to_owned();
                // If even that cannot be written, the next start takes the step again.
                let _ = wallet.change_release(id, |release| release.stopped = Some(why));
            }
        });
    }

    async fn hand_over(self: &Arc<Self>, id: ApplicationId) -> Result {
        loop {
            let record = self.record(id)?;
            let Some(release) = &record.release else {
                return Err(Fault::Missing);
            };
            match HandoverStep::ALL.get(release.done) {
                None => return Ok(()),
                Some(HandoverStep::Checked | HandoverStep::Proven) => {
                    self.prove(record.clone(), release.scorecard).await?;
                }
                Some(HandoverStep::Sent) => self.send_release(&record).await?,
                Some(HandoverStep::Answered) => self.await_answer(&record, release).await?,
            }
        }
    }

    /// Checks everything once more, and proves.
    async fn prove(self: &Arc<Self>, record: Record, scorecard: Digest) -> Result {
        let (wallet, id) = (Arc::clone(self), record.id);
        let proven = tokio::task::spawn_blocking(move || {
            let (drawer, now) = (wallet.drawer(id), wallet.now.now());
            let papers = Papers::read(&drawer, &record, &wallet.registry, now)?;
            let checked = papers.review(&wallet.registry, papers.place(scorecard)?, now)?;
            wallet.change_release(id, |release| release.done = 1)?;
            // Held until the count is on disk: two releases at once would count as one.
            let key = drawer.path(store::SECRET);
            let _lock = files::lock(&key)?;
            let mut ledger = PhaseFile::beside(&key);
            let start = Instant::now();
            let released = papers
                .secret
                .release(&checked, &mut ledger, now, &mut |at| {
                    lock(&wallet.proving).insert(id, (at.attempt, at.expected));
                });
            lock(&wallet.proving).remove(&id);
            let released = released.map_err(Fault::refused)?;
            drawer.write(store::RELEASE, &released.message)?;
            let took = start.elapsed().as_millis();
            let proof = Proven {
                attempts: released.report.attempts,
                milliseconds: u64::try_from(took).unwrap_or(u64::MAX),
                proof_bytes: released.proof_bytes,
                message_bytes: released.message.len(),
            };
            wallet.change_release(id, |release| {
                release.proof = Some(proof);
                release.done = 2;
            })
        });
        proven.await?
    }

    async fn send_release(&self, record: &Record) -> Result {
        let mut lenders = self.lenders.iter();
        let lender = lenders.find(|lender| lender.id == record.lender);
        let lender = lender.ok_or(Fault::Refused(texts::no_server(&self.name(&record.lender))))?;
        let most = Kind::Release.max_envelope();
        let drawer = self.drawer(record.id);
        let message = drawer.read(store::RELEASE, most)?;
        let release: Signed<Release> = drawer.message(store::RELEASE, Kind::Release)?;
        let known = release.digest().to_string();
        // It may have been taken, and the answer lost on the way.
        let url = format!("{}/inbox/{known}", lender.url);
        let taken = match self.answered(&url).await {
            Some(Answer::Checking | Answer::Decided { .. }) => known,
            Some(Answer::NotHeld) | None => self.post(lender, message).await?,
        };
        let now = self.now.now();
        self.change_release(record.id, |release| {
            release.taken = Some(taken);
            release.taken_at = Some(now);
            release.done = 3;
        })
    }

    /// Waits for what the lender makes of it; not for ever, since a lender may
    /// take its time, and need not say.
    async fn await_answer(&self, record: &Record, release: &Handover) -> Result {
        let mut lenders = self.lenders.iter();
        let lender = lenders.find(|lender| lender.id == record.lender);
        let (Some(lender), Some(taken)) = (lender, &release.taken) else {
            return Err(Fault::Missing);
        };
        let mut answer = None;
        // Whatever a lender calls a release, it is not to lead elsewhere.
        if taken.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            let url = format!("{}/inbox/{taken}", lender.url);
            let start = Instant::now();
            while start.elapsed() < PATIENCE {
                match self.answered(&url).await {
                    Some(Answer::Checking) => tokio::time::sleep(POLL).await,
                    other => {
                        answer = other;
                        break;
                    }
                }
            }
        }
        self.change_release(record.id, |release| {
            release.answer = answer;
            release.done = HandoverStep::ALL.len();
        })
    }

    /// What the lender says now; nothing if it says nothing that makes sense.
    async fn answered(&self, url: &str) -> Option<Answer> {
        let sent = self.http().await.ok()?.get(url).timeout(PATIENCE);
        let answer = sent.send().await.ok()?;
        let status = answer.status();
        let body = bounded(answer, ANSWER_MAX, url).await.ok()?;
        if status == StatusCode::NOT_FOUND {
            return serde_json::from_slice::<Refusal>(&body)
                .ok()
                .map(|_| Answer::NotHeld);
        }
        serde_json::from_slice(&body).ok()
    }

    async fn post(&self, lender: &KnownLender, message: Vec<u8>) -> Result<String> {
        let url = format!("{}/inbox", lender.url);
        let sent = self.http().await?.post(&url).timeout(PATIENCE);
        let sent = sent
            .header("content-type", "application/octet-stream")
            .body(message)
            .send()
            .await;
        let answer = sent.map_err(|_| Fault::Elsewhere(texts::no_answer(&url)))?;
        let status = answer.status();
        let body = bounded(answer, ANSWER_MAX, &url).await?;
        if status == StatusCode::ACCEPTED {
            let taken: Taken = serde_json::from_slice(&body)
                .map_err(|_| Fault::Elsewhere(texts::bad_answer(&url, status.as_u16())))?;
            return Ok(taken.id.chars().take(NAME_MAX).collect());
        }
        match serde_json::from_slice::<Refusal>(&body) {
            Ok(refusal) => {
                let name = self.name(&lender.id);
                Err(Fault::Refused(texts::lender_refused(
                    &name,
                    &refusal.detail,
                )))
            }
            Err(_) => Err(Fault::Elsewhere(texts::bad_answer(&url, status.as_u16()))),
        }
    }

    fn change_release(&self, id: ApplicationId, change: impl FnOnce(&mut Handover)) -> Result {
        self.change(id, |record| {
            if let Some(release) = &mut record.release {
                change(release);
            }
        })?;
        Ok(())
    }
}
