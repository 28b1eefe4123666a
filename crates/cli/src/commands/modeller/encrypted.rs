//! Applicants of a table really scored under encryption, beside the score in
//! the clear.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use blindscore_client::applicant::{SecretKey, draw_application_id};
use blindscore_client::source::{SealRequest, Source};
use blindscore_evaluator::{Evaluation, Lineup, Plan, PreparedHistory, SealedHistory};
use blindscore_fhe::parameters::N;
use blindscore_history::form::Form;
use blindscore_history::levels::{CoverageRule, Role, SourceLevels};
use blindscore_history::scheme::{LineKind, Scheme};
use blindscore_scorecard::train::TrainingTable;
use blindscore_scorecard::validate::scores;
use jiff::civil::Date;
use serde::Serialize;

use super::card::Card;
use crate::error::{Failure, Outcome};
use crate::output::{count, fields};
use crate::progress::watched;

/// Levels from a table have no as-of date; any will do.
const AS_OF: Date = jiff::civil::date(2026, 1, 1);

/// Encrypted against plain.
#[derive(Debug, Serialize)]
pub(crate) struct EncryptedReport {
    /// The form in which levels were sealed.
    form: &'static str,
    /// Applicants scored under encryption, each with a key of their own.
    pub(crate) applicants: usize,
    /// Of them, those whose opened score is the plain score.
    pub(crate) equal: usize,
    /// The share of those.
    exact_match_share: f64,
    /// The largest difference of published scores.
    pub(crate) largest_difference: u64,
    /// Bytes of one sealed history and of one evaluation.
    sealed_bytes: usize,
    evaluation_bytes: usize,
    /// Medians.
    seal_us: u64,
    evaluate_us: u64,
}

/// Seals, evaluates and opens the table's first `most` applicants. Every
/// message goes through its bytes, as between parties.
pub(crate) fn compare(card: &Card, table: &TrainingTable, most: usize) -> Outcome<EncryptedReport> {
    let plain = scores(&card.scorecard, table).map_err(Failure::refused)?;
    let rows = most.min(table.rows());
    watched("scoring under encryption", |spinner| {
        let mut run = Run::new(card)?;
        for (row, plain) in plain.iter().enumerate().take(rows) {
            let levels = levels(&card.scheme, table, row)?;
            run.one(&levels, plain.shifted, plain.published)?;
            spinner.set_message(format!("scored {} of {rows} under encryption", row + 1));
        }
        Ok(run.report())
    })
}

impl EncryptedReport {
    pub(crate) fn text(&self) -> String {
        fields(&[
            ("form", self.form.to_owned()),
            ("applicants", count(self.applicants)),
            (
                "equal to the plain score",
                format!(
                    "{}, {:.4} %",
                    count(self.equal),
                    100.0 * self.exact_match_share
                ),
            ),
            ("largest difference", self.largest_difference.to_string()),
            (
                "bytes",
                format!(
                    "{} sealed, {} evaluated",
                    count(self.sealed_bytes),
                    count(self.evaluation_bytes)
                ),
            ),
            (
                "median time",
                format!(
                    "{} us to seal, {} us to evaluate",
                    self.seal_us, self.evaluate_us
                ),
            ),
        ])
    }

    pub(crate) fn holds(&self) -> bool {
        self.equal == self.applicants
    }
}

struct Run<'a> {
    card: &'a Card,
    form: Form,
    roles: Vec<Role>,
    source: Source,
    applicants: usize,
    equal: usize,
    largest: u64,
    bytes: (usize, usize),
    sealing: Vec<Duration>,
    evaluating: Vec<Duration>,
}

impl<'a> Run<'a> {
    fn new(card: &'a Card) -> Outcome<Self> {
        let id = "table".parse().map_err(Failure::internal)?;
        let form = if card.scheme.slots() <= N {
            Form::Packed
        } else {
            Form::Composable
        };
        let roles: BTreeSet<_> = card.scheme.roles().into_iter().cloned().collect();
        Ok(Self {
            card,
            form,
            roles: roles.into_iter().collect(),
            source: Source::generate(id).map_err(Failure::internal)?,
            applicants: 0,
            equal: 0,
            largest: 0,
            bytes: (0, 0),
            sealing: Vec::new(),
            evaluating: Vec::new(),
        })
    }

    /// One applicant, with a key of their own.
    fn one(&mut self, levels: &SourceLevels, shifted: u32, published: i64) -> Outcome {
        let Card { scheme, scorecard } = self.card;
        let application = draw_application_id().map_err(Failure::internal)?;
        let secret = SecretKey::generate(application).map_err(Failure::internal)?;
        let key = secret.public_key();
        let start = Instant::now();
        let request = SealRequest {
            key,
            scheme,
            form: self.form,
            roles: &self.roles,
            coverage: CoverageRule::Full,
        };
        let sealed = self
            .source
            .seal(&request, levels)
            .map_err(Failure::internal)?;
        let sealed = sealed.to_bytes();
        self.sealing.push(start.elapsed());
        let start = Instant::now();
        let history = SealedHistory::admit(&sealed, scheme).map_err(Failure::internal)?;
        let lineup = Lineup::of(&[&history]).map_err(Failure::refused)?;
        let plan = Plan::compile(scheme, scorecard, &lineup).map_err(Failure::refused)?;
        let prepared = PreparedHistory::new(&history);
        let evaluation = plan
            .evaluate(key, &[&prepared])
            .map_err(Failure::internal)?;
        let evaluation = evaluation.to_bytes();
        self.evaluating.push(start.elapsed());
        self.bytes = (sealed.len(), evaluation.len());
        let evaluation = Evaluation::admit(&evaluation).map_err(Failure::internal)?;
        let opened = secret
            .open(&plan, scorecard, &evaluation)
            .map_err(Failure::security)?;
        self.applicants += 1;
        let same = opened.shifted() == shifted && opened.published() == published;
        self.equal += usize::from(same);
        self.largest = self.largest.max(opened.published().abs_diff(published));
        Ok(())
    }

    fn report(mut self) -> EncryptedReport {
        #[allow(clippy::cast_precision_loss, reason = "a share for people")]
        let share = self.equal as f64 / self.applicants.max(1) as f64;
        EncryptedReport {
            form: self.form.name(),
            applicants: self.applicants,
            equal: self.equal,
            exact_match_share: share,
            largest_difference: self.largest,
            sealed_bytes: self.bytes.0,
            evaluation_bytes: self.bytes.1,
            seal_us: median(&mut self.sealing),
            evaluate_us: median(&mut self.evaluating),
        }
    }
}

fn median(times: &mut [Duration]) -> u64 {
    times.sort_unstable();
    times
        .get(times.len() / 2)
        .map_or(0, |time| crate::output::microseconds(*time))
}

/// A row's levels, as a source would seal them. A line-window that the table
/// does not have is not read by the scorecard; it takes the least level that
/// the others allow.
fn levels(scheme: &Scheme, table: &TrainingTable, row: usize) -> Outcome<SourceLevels> {
    let windows = scheme.line_windows();
    let mut levels: Vec<u32> = Vec::with_capacity(windows.len());
    for (index, window) in windows.iter().enumerate() {
        let known = table.levels(index).map(|column| u32::from(column[row]));
        let before = if window.window > 0 {
            levels[index - 1]
        } else {
            0
        };
        let adds_up = scheme.lines()[window.line].adds_up();
        levels.push(known.unwrap_or(if adds_up { before } else { 0 }));
    }
    for (index, window) in windows.iter().enumerate() {
        if let LineKind::Sum(sum) = scheme.lines()[window.line].kind() {
            let member = |line: &usize| {
                scheme
                    .first_window(*line)
                    .map(|first| levels[first + window.window])
            };
            levels[index] = sum.members().iter().filter_map(member).sum();
        }
    }
    SourceLevels::from_levels(scheme, AS_OF, scheme.longest_window(), levels).map_err(|error| {
        Failure::refused(format!("table: row {}: {error}", row + 1))
            .hint("levels that no source could seal: was the table made by this scheme?")
    })
}
