//! A grade for transparency: how much a reader is told, not how good the card
//! is. Ten items, a hundred points, every one read off the file.

use std::fmt;

use blindscore_history::scheme::{LineKind, Scheme};
use serde::Serialize;

use super::Finding;
use crate::model::Scorecard;
use crate::model_card::{Figure, ModelCard};

/// A grade for transparency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Grade {
    /// 90 points or more.
    A,
    /// 75 or more.
    B,
    /// 60 or more.
    C,
    /// 40 or more.
    D,
    /// Less.
    E,
}

/// One item of the grade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct GradeItem {
    /// What was looked for.
    pub item: &'static str,
    /// What it is worth.
    pub worth: u32,
    /// Whether it is there.
    pub met: bool,
}

impl Grade {
    /// The grade of so many of a hundred points.
    pub const fn of(points: u32) -> Self {
        match points {
            90.. => Self::A,
            75.. => Self::B,
            60.. => Self::C,
            40.. => Self::D,
            _ => Self::E,
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// The items, with what the findings say about reasons.
pub(super) fn items(card: &Scorecard, scheme: &Scheme, findings: &[Finding]) -> Vec<GradeItem> {
    let model_card = card.model_card();
    let told = |of: fn(&ModelCard) -> bool| model_card.is_some_and(of);
    let found = |code: &str| findings.iter().any(|finding| finding.code == code);
    let column = |index: usize| {
        let line = scheme.line_windows()[index].line;
        matches!(scheme.lines()[line].kind(), LineKind::Column(_))
    };
    let item = |item, worth, met| GradeItem { item, worth, met };
    vec![
        item(
            "a model card: contact, use, limits, what is left out",
            15,
            model_card.is_some(),
        ),
        item(
            "whose data it was made from",
            5,
            told(|m| m.training_data.population.is_some()),
        ),
        item(
            "from when they are",
            5,
            told(|m| m.training_data.period.is_some()),
        ),
        item(
            "what counts as bad",
            5,
            told(|m| m.training_data.outcome.is_some()),
        ),
        item(
            "how many there are, and how many bad",
            10,
            told(|m| m.training_data.rows.is_some() && m.training_data.bads.is_some()),
        ),
        item(
            "a figure of validation",
            10,
            told(|m| !m.validation.is_empty()),
        ),
        item(
            "an interval with each figure of validation",
            5,
            told(|m| !m.validation.is_empty() && all_intervals(&m.validation)),
        ),
        item("a figure of fairness", 15, told(|m| !m.fairness.is_empty())),
        item(
            "a reason in words for points lost in each characteristic",
            15,
            !found("no-reason") && !found("reason-never-given"),
        ),
        item(
            "every line is defined by the scheme",
            10,
            !card.characteristics.iter().any(|c| column(c.line_window)),
        ),
        item(
            "what the score says about odds",
            5,
            card.scaling.odds().is_some(),
        ),
    ]
}

fn all_intervals(figures: &[Figure]) -> bool {
    figures.iter().all(|figure| figure.interval.is_some())
}
