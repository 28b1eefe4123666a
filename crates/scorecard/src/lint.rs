//! Looking over a scorecard: how much it tells ([`Grade`]) and what a lender,
//! an auditor or an applicant should look at ([`Finding`]).
//!
//! Every figure is computed from the card and its scheme; nothing is taken from
//! what the provider says of it but whether it says it. A finding is no
//! refusal: a card may have good grounds for each. The rules, with their
//! thresholds, are in `docs/model-card.md`.
//!
//! ```
//! # use blindscore_history::scheme::Scheme;
//! use blindscore_scorecard::lint::Severity;
//! use blindscore_scorecard::{CharacteristicBuilder, ScorecardBuilder};
//! # let scheme = Scheme::from_json(r#"{"blindscore_scheme":1,"name":"example","version":1,
//! #   "currency":"EUR","sources_max":2,"lines":[{"name":"groceries","kind":"pooled","flows":
//! #   ["expenditure"],"categories":["FOOD"],"unit":20000,"cap":30,"windows":[12]}]}"#)?;
//! let card = ScorecardBuilder::new("Example card", "Example Lender")
//!     .characteristic(
//!         CharacteristicBuilder::new("Groceries", "groceries", Some(12))
//!             .attributes([(0, 0), (5, 40), (10, 20)])
//!             .reason("R01", "little spent on groceries")
//!             .baseline(40),
//!     )
//!     .build(&scheme)?;
//! let report = card.lint(&scheme)?;
//! let codes: Vec<_> = report.findings.iter().map(|finding| finding.code).collect();
//! assert_eq!(codes, ["dominant-line", "not-monotone", "no-model-card"]);
//! assert_eq!(report.worst(), Some(Severity::Warning));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod grade;
mod people;
mod points;
mod reach;

use std::cmp::Reverse;
use std::fmt;

use blindscore_history::digest::Digest;
use blindscore_history::scheme::{LineKind, Scheme};
use serde::Serialize;

pub use grade::{Grade, GradeItem};

use crate::lines::LineUse;
use crate::model::Scorecard;
use crate::score::ScoreError;

/// Share of the span on one line from which it is noted, per mille.
pub const DOMINANT_NOTE: u32 = 350;
/// Share of the span on one line from which it dominates, per mille.
pub const DOMINANT_WARNING: u32 = 500;
/// Share of clamped totals from which it is noted, per mille.
pub const CLAMPED_NOTE: u32 = 100;
/// Share of clamped totals from which most of the range is lost, per mille.
pub const CLAMPED_WARNING: u32 = 500;
/// The fewest characters of a reason that says something.
pub const REASON_CHARS_MIN: usize = 8;

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Note,
    /// To be explained or mended.
    Warning,
    /// Not without a very good reason.
    Serious,
}

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Thousandths.
    PerMille,
    /// Raw points.
    Points,
    /// Attributes.
    Attributes,
    /// Changes of direction.
    Turns,
}

/// A figure computed from the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// The number.
    pub value: i64,
    /// Of what.
    pub unit: Unit,
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// The rule, such as `dominant-line`.
    pub code: &'static str,
    /// The line, characteristic or part that it is about.
    pub subject: String,
    /// What was found.
    pub message: String,
    /// The figure behind it, if there is one.
    pub figure: Option<Measured>,
}

/// A scorecard looked over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LintReport {
    /// The scorecard's name.
    pub scorecard: String,
    /// Its digest.
    pub digest: Digest,
    /// How much it tells.
    pub grade: Grade,
    /// The points of the grade, of a hundred.
    pub points: u32,
    /// What they are for.
    pub items: Vec<GradeItem>,
    /// The lines it reads.
    pub lines: Vec<LineUse>,
    /// What to look at, the gravest first.
    pub findings: Vec<Finding>,
}

impl Scorecard {
    /// Looks the scorecard over.
    ///
    /// # Errors
    /// The scheme is not the scorecard's.
    pub fn lint(&self, scheme: &Scheme) -> Result<LintReport, ScoreError> {
        let lines = self.lines_used(scheme)?;
        let mut findings = Vec::new();
        people::look(scheme, &lines, &mut findings);
        findings.extend(columns(scheme, &lines));
        points::look(self, scheme, &lines, &mut findings);
        findings.extend(gaps(self));
        // A stable sort keeps the order of the card among equals.
        findings.sort_by_key(|finding| Reverse(finding.severity));
        let items = grade::items(self, scheme, &findings);
        let points = items.iter().filter(|i| i.met).map(|i| i.worth).sum();
        Ok(LintReport {
            scorecard: self.name.clone(),
            digest: self.digest,
            grade: Grade::of(points),
            points,
            items,
            lines,
            findings,
        })
    }
}

impl LintReport {
    /// The gravest severity, if anything was found.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }
}

impl Severity {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Serious => "serious",
        }
    }
}

impl Measured {
    fn per_mille(value: u32) -> Self {
        Self {
            value: value.into(),
            unit: Unit::PerMille,
        }
    }
}

/// `53.2 %`, `12 points`, `1 attribute`.
impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value;
        let plural = if value == 1 { "" } else { "s" };
        match self.unit {
            Unit::PerMille => write!(f, "{}.{} %", value / 10, value % 10),
            Unit::Points => write!(f, "{value} point{plural}"),
            Unit::Attributes => write!(f, "{value} attribute{plural}"),
            Unit::Turns => write!(f, "{value} turn{plural}"),
        }
    }
}

/// Columns, whose meaning the file cannot tell.
fn columns(scheme: &Scheme, lines: &[LineUse]) -> Vec<Finding> {
    let is_column = |used: &&LineUse| {
        let line = scheme.lines().iter().find(|line| line.name() == used.line);
        line.is_some_and(|line| matches!(line.kind(), LineKind::Column(_)))
    };
    let finding = |used: &LineUse| Finding {
        severity: Severity::Note,
        code: "column-line",
        subject: used.line.clone(),
        message: "the scheme does not say what this column holds; only its name was judged".into(),
        figure: Some(Measured::per_mille(used.share_per_mille)),
    };
    lines.iter().filter(is_column).map(finding).collect()
}

/// What the model card does not say.
fn gaps(card: &Scorecard) -> Vec<Finding> {
    let finding = |severity, code, message: &str| Finding {
        severity,
        code,
        subject: "model card".into(),
        message: message.into(),
        figure: None,
    };
    let Some(model_card) = card.model_card() else {
        let message = "there is none: nothing says whom to ask, what the card is for, or from what it was made";
        return vec![finding(Severity::Warning, "no-model-card", message)];
    };
    let data = &model_card.training_data;
    [
        (
            data.population.is_none(),
            "it does not say whose data the card was made from",
        ),
        (
            data.period.is_none(),
            "it does not say from when the data are",
        ),
        (data.outcome.is_none(), "it does not say what counts as bad"),
        (
            data.rows.is_none(),
            "it does not say how many rows the data have",
        ),
        (data.bads.is_none(), "it does not say how many rows are bad"),
        (
            model_card.validation.is_empty(),
            "it has no figure of validation",
        ),
        (
            model_card.fairness.is_empty(),
            "it has no figure of fairness",
        ),
    ]
    .into_iter()
    .filter(|(missing, _)| *missing)
    .map(|(_, message)| finding(Severity::Note, "model-card-gap", message))
    .collect()
}

#[cfg(test)]
mod tests;
