//! The bare way: ciphertexts in, a ciphertext out, on nobody's request.

use std::path::{Path, PathBuf};
use std::time::Instant;

use blindscore_evaluator::{EvaluateError, Lineup, Plan, PreparedHistory, SealedHistory};
use blindscore_fhe::PublicKey;
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use serde::Serialize;

use super::Score;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs;
use crate::output::{count, heading, microseconds, milliseconds, print, print_json, table};
use crate::progress::watched;
use crate::report::{PlanReport, SchemeReport};

#[derive(Serialize)]
struct ScoredReport {
    scheme: SchemeReport,
    key: Digest,
    histories: Vec<HistoryReport>,
    admit_key_us: u64,
    prepare_us: u64,
    plans: Vec<PlanReport>,
    evaluations: Vec<EvaluationReport>,
    /// Never: no consent stands behind it.
    releasable: bool,
}

#[derive(Serialize)]
struct HistoryReport {
    file: String,
    source: String,
    roles: Vec<String>,
    bytes: usize,
    admit_us: u64,
}

#[derive(Serialize)]
struct EvaluationReport {
    scorecard: String,
    compile_us: u64,
    evaluate_us: Option<u64>,
    bytes: Option<usize>,
    file: Option<String>,
}

/// What the platform has admitted.
struct Admitted {
    key: PublicKey,
    histories: Vec<SealedHistory>,
}

impl Score {
    /// Compiles, and evaluates unless only the cost is asked for.
    pub(super) fn run_bare(&self) -> Outcome {
        let targets = self.targets()?;
        let scheme = inputs::scheme(&self.scheme)?;
        let scorecards = inputs::scorecards(&self.scorecards, &scheme)?;
        let (admitted, mut report) = self.admit(&scheme)?;
        let lineup = Lineup::of(&admitted.histories.iter().collect::<Vec<_>>());
        let lineup = lineup.map_err(Failure::refused)?;
        let mut plans = Vec::new();
        for scorecard in &scorecards {
            let start = Instant::now();
            plans.push(Plan::compile(&scheme, scorecard, &lineup).map_err(Failure::refused)?);
            report.evaluations.push(EvaluationReport {
                scorecard: scorecard.name().to_owned(),
                compile_us: microseconds(start.elapsed()),
                evaluate_us: None,
                bytes: None,
                file: None,
            });
        }
        report.plans = plans.iter().map(PlanReport::of).collect();
        if !self.describe {
            evaluate(&admitted, &plans, &targets, &mut report)?;
        }
        if self.json {
            print_json(&report)
        } else {
            print(&text(&plans, &report))
        }
    }

    fn admit(&self, scheme: &Scheme) -> Outcome<(Admitted, ScoredReport)> {
        let start = Instant::now();
        let key = inputs::public_key(&self.key)?;
        let admit_key_us = microseconds(start.elapsed());
        let mut histories = Vec::new();
        let mut reports = Vec::new();
        for path in self.sealed() {
            let start = Instant::now();
            let (history, bytes) = inputs::sealed(path, scheme)?;
            let header = history.header();
            reports.push(HistoryReport {
                file: path.display().to_string(),
                source: header.source.to_string(),
                roles: header.roles.iter().map(ToString::to_string).collect(),
                bytes,
                admit_us: microseconds(start.elapsed()),
            });
            histories.push(history);
        }
        let report = ScoredReport {
            scheme: SchemeReport::of(scheme),
            key: key.id(),
            histories: reports,
            admit_key_us,
            prepare_us: 0,
            plans: Vec::new(),
            evaluations: Vec::new(),
            releasable: false,
        };
        Ok((Admitted { key, histories }, report))
    }
}

fn evaluate(
    admitted: &Admitted,
    plans: &[Plan],
    targets: &[PathBuf],
    report: &mut ScoredReport,
) -> Outcome {
    let start = Instant::now();
    let prepared: Vec<_> = watched("preparing the histories", |_| {
        admitted
            .histories
            .iter()
            .map(PreparedHistory::new)
            .collect()
    });
    report.prepare_us = microseconds(start.elapsed());
    let histories: Vec<_> = prepared.iter().collect();
    let mut messages = Vec::new();
    for (plan, evaluation) in plans.iter().zip(&mut report.evaluations) {
        let start = Instant::now();
        let message = watched("evaluating", |_| plan.evaluate(&admitted.key, &histories));
        let message = message.map_err(|error| refused(&error))?.to_bytes();
        evaluation.evaluate_us = Some(microseconds(start.elapsed()));
        evaluation.bytes = Some(message.len());
        messages.push(message);
    }
    for ((path, message), evaluation) in targets.iter().zip(messages).zip(&mut report.evaluations) {
        if let Some(folder) = path.parent().filter(|folder| *folder != Path::new("")) {
            files::make_directory(folder)?;
        }
        files::write(path, &message, Access::Public)?;
        evaluation.file = Some(path.display().to_string());
    }
    Ok(())
}

fn refused(error: &EvaluateError) -> Failure {
    let hint = match error {
        EvaluateError::OtherKey { .. } => Some("give the key of this application with --key"),
        _ => None,
    };
    Failure::refused(error).hint_if(hint)
}

fn text(plans: &[Plan], report: &ScoredReport) -> String {
    let mut text = String::new();
    for plan in plans {
        text += &plan.describe();
        text.push('\n');
    }
    let ms = |us: u64| milliseconds(std::time::Duration::from_micros(us));
    let mut rows = vec![[
        "admit the applicant's key".to_owned(),
        ms(report.admit_key_us),
        String::new(),
    ]];
    for history in &report.histories {
        let step = format!("read and admit {} of {}", history.file, history.source);
        rows.push([step, ms(history.admit_us), count(history.bytes)]);
    }
    for evaluation in &report.evaluations {
        rows.push([
            format!("compile {}", evaluation.scorecard),
            ms(evaluation.compile_us),
            String::new(),
        ]);
    }
    if report
        .evaluations
        .iter()
        .any(|evaluation| evaluation.evaluate_us.is_some())
    {
        rows.push([
            "prepare the histories, once".to_owned(),
            ms(report.prepare_us),
            String::new(),
        ]);
    }
    for evaluation in &report.evaluations {
        if let (Some(time), Some(bytes)) = (evaluation.evaluate_us, evaluation.bytes) {
            rows.push([
                format!("evaluate {}", evaluation.scorecard),
                ms(time),
                count(bytes),
            ]);
        }
    }
    text += heading("What it took").trim_start_matches('\n');
    text += &table(["step", "ms", "bytes"], rows, &[1, 2]);
    for file in report
        .evaluations
        .iter()
        .filter_map(|evaluation| evaluation.file.as_ref())
    {
        text += &format!("wrote {file}\n");
    }
    if !report.evaluations.iter().all(|e| e.file.is_none()) {
        text +=
            "Without consent and receipt: this can be opened, and cannot be released to anybody.\n";
    }
    text
}
