//! The commissioned way: a lender asked, the applicant consented, sources
//! attested. Everything is checked first, and the use is counted on disk before
//! anything is computed.

use std::path::{Path, PathBuf};
use std::time::Instant;

use blindscore_evaluator::{Answer, Gathered, Order, OrderError, Run, Vouching};
use blindscore_history::digest::Digest;
use blindscore_protocol::consent::{ConsentRecord, ConsentRefusal, ConsentState};
use blindscore_protocol::envelope;
use blindscore_protocol::log::EntryKind;
use blindscore_protocol::message::ScoreRequest;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::Scorecard;
use jiff::Timestamp;
use serde::Serialize;

use super::Score;
use crate::clock;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, trust};
use crate::output::{count, fields, heading, microseconds, milliseconds, print, print_json, table};
use crate::platform_folder::{PlatformFolder, store_consents};
use crate::progress::watched;
use crate::report::PlanReport;

#[derive(Serialize)]
struct Report {
    platform: String,
    lender: String,
    consent: String,
    consent_use: u32,
    consent_uses: u32,
    standing: &'static str,
    sources: Vec<String>,
    plans: Vec<PlanReport>,
    evaluations: Vec<EvaluationReport>,
    consent_receipt: String,
    log: LogReport,
    releasable: bool,
}

#[derive(Serialize)]
struct EvaluationReport {
    scorecard: String,
    evaluate_us: u64,
    bytes: usize,
    file: String,
    receipt: Digest,
    receipt_file: String,
}

#[derive(Serialize)]
struct LogReport {
    size: u64,
    root: Digest,
}

/// What was computed for a scorecard, and how long it took.
struct Answered {
    answer: Answer,
    micros: u64,
}

impl From<OrderError> for Failure {
    fn from(error: OrderError) -> Self {
        let hint = match &error {
            OrderError::OtherPlatform { .. } => "the lender chooses the platform in its request",
            OrderError::Consent(ConsentRefusal::UsedUp { .. } | ConsentRefusal::Withdrawn) => {
                "nothing was computed; only the applicant can give another consent, with another key"
            }
            _ => "nothing was computed, and no use was counted",
        };
        Self::refused(error).hint(hint)
    }
}

impl Score {
    /// Checks, counts, computes, logs, and only then hands out.
    pub(super) fn run_commissioned(
        &self,
        platform: &Path,
        request_path: &Path,
        consent_path: &Path,
    ) -> Outcome {
        let targets = self.targets()?;
        let receipts: Vec<_> = targets
            .iter()
            .map(|t| t.with_extension("receipt"))
            .collect();
        if let Some(path) = targets.iter().chain(&receipts).find(|path| path.exists()) {
            return Err(files::exists(path));
        }
        let scheme = inputs::scheme(&self.scheme)?;
        let scorecards = inputs::scorecards(&self.scorecards, &scheme)?;
        let mut folder = PlatformFolder::open(platform)?;
        check_published(&folder, &scorecards)?;
        let key = inputs::public_key(&self.key)?;
        let request = trust::signed::<ScoreRequest>(request_path)?;
        let consent = trust::consent(consent_path)?;
        let now = clock::now();
        let registry = folder.registry.clone();
        // Names and addresses in the record are the applicant's writing.
        consent
            .names_parties_of(&registry)
            .map_err(|error| Failure::refused(error).in_file(consent_path))?;
        let vouching = Vouching {
            registry: &registry,
            key: &key,
            scheme: &scheme,
            now,
        };
        let sealed: Vec<PathBuf> = self.sealed().map(Path::to_owned).collect();
        let histories = trust::gathered(&vouching, &sealed, &self.attestations)?;
        let cards: Vec<&Scorecard> = scorecards.iter().collect();
        let order = Order {
            registry: &registry,
            key: &key,
            scheme: &scheme,
            scorecards: &cards,
            request: &request,
            consent: &consent,
            histories: &histories,
            now,
        };
        let authorised = order.authorise(folder.signatory.id())?;
        let plans: Vec<_> = authorised.plans().to_vec();

        take_in(&mut folder, &consent, consent_path, now)?;
        let out = targets.first().and_then(|target| target.parent());
        let out = out.unwrap_or(Path::new("")).to_owned();
        if out != Path::new("") {
            files::make_directory(&out)?;
        }
        self.keep(&folder, &consent, &request, &histories)?;
        let path = folder.path().to_owned();
        let run = watched("preparing the histories", |_| {
            authorised.begin::<Failure>(&mut folder.consents, |register| {
                store_consents(&path, register)
            })
        })?;
        let answers = answers(&run, cards.len(), &folder)?;
        drop(run);

        // In the log before anybody has it.
        for answered in &answers {
            folder.append(EntryKind::Receipt, answered.answer.receipt.digest(), now)?;
        }
        let mut report = report(&folder, &consent, &histories);
        report.plans = plans.iter().map(PlanReport::of).collect();
        let consent_receipt = out.join("consent-receipt.json");
        files::write(
            &consent_receipt,
            consent.receipt(now).as_bytes(),
            Access::Owner,
        )?;
        report.consent_receipt = consent_receipt.display().to_string();
        for (index, answered) in answers.into_iter().enumerate() {
            let (Some(target), Some(receipt)) = (targets.get(index), receipts.get(index)) else {
                return Err(Failure::internal("more evaluations than files"));
            };
            report.consent_use = answered.answer.receipt.statement().consent_use;
            let name = scorecards[index].name().to_owned();
            report
                .evaluations
                .push(hand_out(answered, name, target, receipt)?);
        }
        if self.json {
            print_json(&report)
        } else {
            print(&text(&report))
        }
    }

    /// Keeps what an auditor needs to run it again, until consent is withdrawn.
    fn keep(
        &self,
        folder: &PlatformFolder,
        consent: &ConsentRecord,
        request: &Signed<ScoreRequest>,
        histories: &Gathered,
    ) -> Outcome {
        let place = folder.application(consent.id());
        files::make_directory(&place)?;
        let key = files::read(&self.key, envelope::Kind::PublicKey.max_envelope())?;
        let write =
            |name: &str, bytes: &[u8]| files::write(&place.join(name), bytes, Access::Owner);
        write("applicant.public", &key)?;
        write("score.request", &envelope::close(request, &[]))?;
        for history in histories.histories() {
            let source = &history.header().source;
            write(&format!("{source}.sealed"), &history.history().to_bytes())?;
            let attestation = envelope::close(history.signed(), &[]);
            write(&format!("{source}.attestation"), &attestation)?;
        }
        Ok(())
    }
}

/// Only what is public is applied to people.
fn check_published(folder: &PlatformFolder, scorecards: &[Scorecard]) -> Outcome {
    let secret = |card: &&Scorecard| !folder.is_published(card.digest());
    let Some(card) = scorecards.iter().find(secret) else {
        return Ok(());
    };
    let (name, digest) = (card.name(), card.digest().short());
    let message = format!("scorecard {name} ({digest}) is not published by this platform");
    Err(Failure::refused(message).hint("blindscore platform publish makes it public, in the log"))
}

/// Takes a consent into the register and the log, and refuses one that is taken
/// back or used up before anything of its applicant is kept.
fn take_in(
    folder: &mut PlatformFolder,
    consent: &ConsentRecord,
    path: &Path,
    now: Timestamp,
) -> Outcome {
    let admitted = folder.consents.admit(consent.clone());
    admitted.map_err(|error| Failure::refused(error).in_file(path))?;
    folder.store_consents()?;
    folder.append(EntryKind::Consent, consent.digest(), now)?;
    let refusal = match folder.consents.state(consent.id(), now) {
        Some(ConsentState::Withdrawn) => ConsentRefusal::Withdrawn,
        Some(ConsentState::UsedUp) => ConsentRefusal::UsedUp {
            uses: consent.binding().uses,
        },
        _ => return Ok(()),
    };
    Err(Failure::from(OrderError::Consent(refusal)).in_file(path))
}

fn answers(run: &Run<'_>, cards: usize, folder: &PlatformFolder) -> Outcome<Vec<Answered>> {
    let answer = |index| {
        let start = Instant::now();
        let answer = watched("evaluating", |_| run.answer(index, &folder.signatory))?;
        Ok(Answered {
            answer,
            micros: microseconds(start.elapsed()),
        })
    };
    (0..cards).map(answer).collect()
}

fn hand_out(
    answered: Answered,
    scorecard: String,
    target: &Path,
    receipt_path: &Path,
) -> Outcome<EvaluationReport> {
    let Answer {
        evaluation,
        receipt,
    } = answered.answer;
    let bytes = evaluation.to_bytes();
    files::write_new(target, &bytes, Access::Public)?;
    files::write_new(
        receipt_path,
        &envelope::close(&receipt, &[]),
        Access::Public,
    )?;
    Ok(EvaluationReport {
        scorecard,
        evaluate_us: answered.micros,
        bytes: bytes.len(),
        file: target.display().to_string(),
        receipt: receipt.digest(),
        receipt_file: receipt_path.display().to_string(),
    })
}

fn report(folder: &PlatformFolder, consent: &ConsentRecord, histories: &Gathered) -> Report {
    let head = folder.head.statement();
    let sources = histories.sources();
    Report {
        platform: folder.signatory.id().to_string(),
        lender: consent.binding().lender.to_string(),
        consent: consent.id().to_string(),
        consent_use: 0,
        consent_uses: consent.binding().uses,
        standing: histories.standing().name(),
        sources: sources.iter().map(ToString::to_string).collect(),
        plans: Vec::new(),
        evaluations: Vec::new(),
        consent_receipt: String::new(),
        log: LogReport {
            size: head.size,
            root: head.root,
        },
        releasable: true,
    }
}

fn text(report: &Report) -> String {
    let mut text = fields(&[
        ("for", report.lender.clone()),
        ("consent", report.consent.clone()),
        (
            "use",
            format!("{} of {}", report.consent_use, report.consent_uses),
        ),
        (
            "data",
            format!("of {}, {}", report.sources.join(", "), report.standing),
        ),
        (
            "log",
            format!("{} entries, root {}", report.log.size, report.log.root),
        ),
    ]);
    text += &heading("Evaluated, blind");
    let rows = report.evaluations.iter().map(|evaluation| {
        let time = std::time::Duration::from_micros(evaluation.evaluate_us);
        [
            evaluation.scorecard.clone(),
            milliseconds(time),
            count(evaluation.bytes),
            evaluation.receipt.to_string(),
        ]
    });
    text += &table(["scorecard", "ms", "bytes", "receipt"], rows, &[1, 2]);
    for evaluation in &report.evaluations {
        text += &format!(
            "wrote {} and {}\n",
            evaluation.file, evaluation.receipt_file
        );
    }
    text + &format!("wrote {}, for the applicant\n", report.consent_receipt)
}
