//! The demo as JSON.

use std::collections::BTreeMap;

use blindscore_client::lender::EvaluationCheck;
use blindscore_examples::AS_OF;
use blindscore_examples::cheat::Foiled;
use blindscore_examples::walk::{Step, Walk, WalkedScore};
use blindscore_fhe::proof::forging_bound_log2;
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::ledger::Coverage;
use blindscore_history::levels::Role;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::log::{EntryKind, verify_inclusion};
use blindscore_protocol::message::{ReleasedReasons, Standing};
use serde::Serialize;

use super::text::party;
use super::{Reader, Shown};
use crate::output::microseconds;
use crate::report::{ParametersReport, PlanReport, SchemeReport, ScoreReport};

#[derive(Serialize)]
pub(super) struct DemoReport {
    form: Form,
    as_of: String,
    key: Digest,
    scheme: SchemeReport,
    parameters: ParametersReport,
    sources: Vec<SourceReport>,
    plans: Vec<PlanReport>,
    scores: Vec<ScoreReport>,
    timings_us: BTreeMap<String, u64>,
    total_us: u64,
    sizes_bytes: BTreeMap<String, usize>,
    /// Whether the lender verified the released score, equal to the plaintext.
    verified: bool,
    /// Whether the verifier ran the evaluation again.
    recomputed: bool,
    proof: ProofReport,
    /// log2 of the chance that a proof of a wrong score is forged, a hash.
    forging_bound_log2: f64,
    /// log2 of the chance of a wrong score by a key made for it.
    wrong_score_bound_log2: f64,
    release: ReleaseReport,
    receipt: Digest,
    log: LogReport,
    attacks: Vec<AttackReport>,
}

/// The proof of opening.
#[derive(Serialize)]
struct ProofReport {
    bytes: usize,
    prove_ms: f64,
    verify_ms: f64,
    attempts: u32,
}

/// What the lender knows.
#[derive(Serialize)]
struct ReleaseReport {
    scorecard: Digest,
    published: i64,
    lender: PartyId,
    standing: Standing,
    sources: Vec<PartyId>,
    consent: ApplicationId,
    reasons: Vec<String>,
    reasons_stated_by: Option<&'static str>,
    bytes: usize,
}

/// The platform's log after the application.
#[derive(Serialize)]
struct LogReport {
    size: u64,
    root: Digest,
    receipt_index: Option<u64>,
    receipt_included: bool,
}

/// An attempt to cheat.
#[derive(Serialize)]
struct AttackReport {
    attack: &'static str,
    refused_by: &'static str,
    reason: String,
}

#[derive(Serialize)]
struct SourceReport {
    source: PartyId,
    roles: Vec<Role>,
    statement: &'static str,
    entries: usize,
    covers: Coverage,
    covered_months: u8,
}

pub(super) fn report(scheme: &Scheme, shown: Shown) -> DemoReport {
    let Shown {
        form,
        readers,
        walk,
        foiled,
        total,
    } = shown;
    let mut timings_us = BTreeMap::new();
    let mut sizes_bytes = BTreeMap::new();
    for reader in &readers {
        let name = format!("{}_read_statement_and_build_levels", reader.source.id());
        timings_us.insert(name, microseconds(reader.reading));
    }
    for (name, step) in named(&walk.steps) {
        timings_us.insert(name.clone(), microseconds(step.time));
        if step.bytes > 0 {
            sizes_bytes.insert(name, step.bytes);
        }
    }
    let verified = &walk.verified;
    let released = walk.scores.first();
    DemoReport {
        form,
        as_of: AS_OF.to_string(),
        key: walk.key(),
        scheme: SchemeReport::of(scheme),
        parameters: ParametersReport::of(scheme),
        sources: readers.iter().map(source_report).collect(),
        plans: walk
            .scores
            .iter()
            .map(|score| PlanReport::of(&score.plan))
            .collect(),
        timings_us,
        total_us: microseconds(total),
        sizes_bytes,
        verified: released.is_some_and(|score| score.plain.published == verified.published()),
        recomputed: verified.evaluation() == EvaluationCheck::Recomputed,
        proof: ProofReport {
            bytes: walk.released.proof_bytes,
            prove_ms: 1000.0 * walk.proving.as_secs_f64(),
            verify_ms: 1000.0 * walk.verifying.as_secs_f64(),
            attempts: walk.released.report.attempts,
        },
        forging_bound_log2: forging_bound_log2(),
        wrong_score_bound_log2: verified.wrong_score_bound_log2(),
        release: release_report(&walk),
        receipt: verified.receipt(),
        log: LogReport {
            size: walk.book.size(),
            root: walk.book.root(),
            receipt_index: walk.book.find(EntryKind::Receipt, &verified.receipt()),
            receipt_included: walk.inclusion.first().is_some_and(|proof| {
                proof.entry.digest == verified.receipt()
                    && verify_inclusion(walk.head.statement(), proof).is_ok()
            }),
        },
        attacks: foiled.into_iter().map(attack_report).collect(),
        scores: walk.scores.into_iter().map(score_report).collect(),
    }
}

fn release_report(walk: &Walk) -> ReleaseReport {
    let verified = &walk.verified;
    let (reasons, reasons_stated_by) = match verified.reasons() {
        Some(ReleasedReasons::Applicant { reasons }) => {
            let codes = reasons.iter().map(|reason| reason.code.clone());
            (codes.collect(), Some("applicant"))
        }
        None => (Vec::new(), None),
    };
    ReleaseReport {
        scorecard: verified.scorecard(),
        published: verified.published(),
        lender: verified.lender().clone(),
        standing: verified.standing(),
        sources: verified.sources().to_vec(),
        consent: verified.consent(),
        reasons,
        reasons_stated_by,
        bytes: walk.released.message.len(),
    }
}

fn attack_report(foiled: Foiled) -> AttackReport {
    AttackReport {
        attack: foiled.attack,
        refused_by: foiled.refused_by,
        reason: foiled.reason,
    }
}

/// Steps by name, such as `bank_seal`; those that come again are numbered.
fn named(steps: &[Step]) -> Vec<(String, &Step)> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let name = |step: &Step| format!("{}_{}", party(&step.party), step.verb.replace(' ', "_"));
    let of_name = |wanted: &str| steps.iter().filter(|step| name(step) == wanted).count();
    let number = |step| {
        let name = name(step);
        let nth = seen.entry(name.clone()).or_default();
        *nth += 1;
        if of_name(&name) > 1 {
            (format!("{name}_{nth}"), step)
        } else {
            (name, step)
        }
    };
    steps.iter().map(number).collect()
}

fn source_report(reader: &Reader) -> SourceReport {
    SourceReport {
        source: reader.source.id().clone(),
        roles: reader.roles.clone(),
        statement: reader.file,
        entries: reader.entries,
        covers: reader.covers,
        covered_months: reader.levels.covered_months(),
    }
}

fn score_report(score: WalkedScore) -> ScoreReport {
    ScoreReport {
        scorecard: score.name,
        provider: score.provider,
        digest: score.scorecard,
        encrypted: score.opened.published(),
        plaintext: score.plain.published,
        equal: score.equal,
        shifted: score.opened.shifted(),
        points: score.explanation.points,
        reasons: score.explanation.reasons,
    }
}
