//! The lender's state: what it asked and what came back, in memory and in its
//! folder, changed under one lock.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use blindscore_client::http::{Async, HttpError};
use blindscore_history::digest::Digest;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::registry::{Registry, Trade};
use blindscore_protocol::signing_key::Signatory;
use blindscore_scorecard::Scorecard;
use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::Settings;
use super::answer::{Answer, AnswerState, Asked, Refusal, Verified};
use super::store::Store;
use crate::error::{Failure, Outcome};

/// Refusals that are remembered.
const REFUSALS_MAX: usize = 50;
/// Requests that are listed for wallets.
const OUTBOX_MAX: usize = 100;
/// Releases that may wait for their checks.
const CHECKING_MAX: usize = 8;

/// The lender's window.
pub(super) struct Lender {
    pub(super) signatory: Signatory,
    pub(super) registry: Registry,
    pub(super) store: Store,
    /// One release is checked at a time.
    pub(super) turn: Semaphore,
    platform: String,
    now: blindscore_service::Clock,
    book: Mutex<Book>,
}

struct Book {
    asked: BTreeMap<Digest, Asked>,
    answers: BTreeMap<Digest, Answer>,
    refusals: Vec<Refusal>,
}

/// Where a request stands.
#[derive(Clone, Debug)]
pub(super) enum Standing {
    /// Nothing came yet.
    Waiting,
    /// Nothing came in time.
    Expired,
    /// A release is being checked.
    Checking,
    /// Answered, by the release of this digest.
    Answered(Digest, Box<Verified>),
}

/// Why a release is not even checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotTaken {
    /// The request has its answer.
    Answered,
    /// Another release for it is being checked.
    Checking,
    /// Too many wait.
    Busy,
}

impl Lender {
    /// Opens the folder; gives the releases whose checks did not end, too.
    pub(super) fn open(settings: Settings) -> Outcome<(Self, Vec<Digest>)> {
        let store = Store::open(&settings.folder)?;
        let book = Book {
            asked: store.all_asked()?,
            answers: store.all_answers()?,
            refusals: store.refusals()?,
        };
        let unfinished = book.answers.iter();
        let unfinished = unfinished
            .filter(|(_, answer)| matches!(answer.state, AnswerState::Checking))
            .map(|(digest, _)| *digest)
            .collect();
        let lender = Self {
            signatory: settings.signatory,
            registry: settings.registry,
            platform: settings.platform,
            now: settings.now,
            store,
            turn: Semaphore::new(1),
            book: Mutex::new(book),
        };
        Ok((lender, unfinished))
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now.now()
    }

    /// The platform's service, which must be one that the registry names.
    pub(super) async fn platform(&self) -> Outcome<Async> {
        let platform = Async::connect(&self.platform, &[]).await?;
        self.registry
            .in_trade(platform.platform(), Trade::Platform)
            .map_err(Failure::refused)?;
        Ok(platform)
    }

    /// The same, if it is this one.
    pub(super) async fn platform_of(&self, id: &PartyId) -> Result<Async, HttpError> {
        let platform = Async::connect(&self.platform, &[]).await?;
        platform.is(id)?;
        Ok(platform)
    }

    /// A party's name for people, or else its id.
    pub(super) fn name_of<'a>(&'a self, party: &'a PartyId) -> &'a str {
        let known = self.registry.party(party);
        known.map_or(party.as_str(), |known| known.name.as_str())
    }

    /// The lender's name for people.
    pub(super) fn name(&self) -> &str {
        self.name_of(self.signatory.id())
    }

    /// Keeps a request.
    pub(super) fn keep(&self, asked: Asked) -> Outcome {
        let mut book = self.book();
        self.store.keep_asked(&asked)?;
        book.asked.insert(asked.digest(), asked);
        Ok(())
    }

    /// A request.
    pub(super) fn asked(&self, digest: Digest) -> Option<Asked> {
        self.book().asked.get(&digest).cloned()
    }

    /// All requests and where they stand, newest first.
    pub(super) fn all(&self) -> Vec<(Asked, Standing)> {
        let (book, now) = (self.book(), self.now());
        let mut all: Vec<_> = book.asked.values().collect();
        all.sort_by_key(|asked| {
            std::cmp::Reverse((asked.request.statement().issued, asked.digest()))
        });
        let stands = |asked: &Asked| (asked.clone(), book.standing(asked, now));
        all.into_iter().map(stands).collect()
    }

    /// Requests that wait for an answer, newest first.
    pub(super) fn outbox(&self) -> Vec<Digest> {
        let waiting = self
            .all()
            .into_iter()
            .filter(|(_, standing)| matches!(standing, Standing::Waiting | Standing::Checking));
        let digests = waiting.map(|(asked, _)| asked.digest());
        digests.take(OUTBOX_MAX).collect()
    }

    /// Where a request stands.
    pub(super) fn standing(&self, asked: &Asked) -> Standing {
        self.book().standing(asked, self.now())
    }

    /// Refusals, newest first; of one request, or all.
    pub(super) fn refusals(&self, of: Option<Digest>) -> Vec<Refusal> {
        let book = self.book();
        let refusals = book.refusals.iter().rev();
        let wanted = |refusal: &&Refusal| of.is_none() || refusal.request == of;
        refusals.filter(wanted).cloned().collect()
    }

    /// Whether a release for this request would be taken.
    pub(super) fn may_take(&self, request: Digest) -> Result<(), NotTaken> {
        self.book().may_take(request)
    }

    /// Takes a release to be checked: once a request.
    pub(super) fn take(
        &self,
        request: Digest,
        release: Digest,
        bytes: &[u8],
    ) -> Outcome<Result<(), NotTaken>> {
        let mut book = self.book();
        if let Err(not_taken) = book.may_take(request) {
            return Ok(Err(not_taken));
        }
        let answer = Answer {
            request,
            received: self.now(),
            state: AnswerState::Checking,
        };
        self.store.keep_release(release, bytes, &answer)?;
        book.answers.insert(release, answer);
        Ok(Ok(()))
    }

    /// What came of a release; nothing if it was never taken, or refused.
    pub(super) fn answer(&self, release: Digest) -> Option<Answer> {
        self.book().answers.get(&release).cloned()
    }

    /// Every check passed.
    pub(super) fn verified(&self, release: Digest, verified: Verified) -> Outcome {
        let mut book = self.book();
        let Some(answer) = book.answers.get(&release) else {
            return Err(Failure::internal("the release is not held any more"));
        };
        let answer = Answer {
            state: AnswerState::Verified(Box::new(verified)),
            ..answer.clone()
        };
        self.store.keep_answer(release, &answer)?;
        book.answers.insert(release, answer);
        Ok(())
    }

    /// A check did not pass: nothing is kept of the release but that.
    pub(super) fn refuse(&self, release: Option<Digest>, refusal: Refusal) -> Outcome {
        let mut book = self.book();
        book.refusals.push(refusal);
        let over = book.refusals.len().saturating_sub(REFUSALS_MAX);
        book.refusals.drain(..over);
        self.store.keep_refusals(&book.refusals)?;
        if let Some(release) = release {
            self.store.forget_answer(release)?;
            book.answers.remove(&release);
        }
        Ok(())
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        // What a panic leaves is whole: files are written before the book.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn standing(&self, asked: &Asked, now: Timestamp) -> Standing {
        let request = asked.digest();
        let mut checking = false;
        for (digest, answer) in &self.answers {
            match &answer.state {
                _ if answer.request != request => {}
                AnswerState::Verified(verified) => {
                    return Standing::Answered(*digest, verified.clone());
                }
                AnswerState::Checking => checking = true,
            }
        }
        match checking {
            true => Standing::Checking,
            false if now >= asked.request.statement().expires => Standing::Expired,
            false => Standing::Waiting,
        }
    }

    fn may_take(&self, request: Digest) -> Result<(), NotTaken> {
        let mut waiting = 0;
        let mut own = Ok(());
        for answer in self.answers.values() {
            match (&answer.state, answer.request == request) {
                (AnswerState::Verified(_), true) => return Err(NotTaken::Answered),
                (AnswerState::Checking, true) => own = Err(NotTaken::Checking),
                (AnswerState::Checking, false) => waiting += 1,
                (AnswerState::Verified(_), false) => {}
            }
        }
        own?;
        if waiting >= CHECKING_MAX {
            return Err(NotTaken::Busy);
        }
        Ok(())
    }
}

/// A scorecard with the cut-off that is proposed for it: two thirds up its range.
pub(super) fn proposed_cut_off(card: &Scorecard) -> i64 {
    let (lowest, highest) = card.published_range();
    let up = (highest - lowest) * 2 / 3 / 5 * 5;
    lowest + up
}
