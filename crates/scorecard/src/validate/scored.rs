//! A table scored by a card: what every measure is taken from.

use crate::model::Scorecard;
use crate::scaling::{MILLION, OddsDirection};
use crate::score::PlainScore;
use crate::train::maths::{ln, logistic};
use crate::train::{TableError, TrainingTable};

use super::ValidateError;

/// Scores every row of a table, as [`Scorecard::score_levels`] would; the
/// table needs the columns that the card reads, no others.
///
/// # Errors
/// If table and card are of different schemes, or a column is missing.
pub fn scores(card: &Scorecard, table: &TrainingTable) -> Result<Vec<PlainScore>, ValidateError> {
    if table.scheme_digest() != card.scheme_digest() {
        return Err(ValidateError::AnotherScheme {
            got: table.scheme_digest().short(),
            want: card.scheme_digest().short(),
        });
    }
    let mut raws = vec![card.base_points(); table.rows()];
    for characteristic in card.characteristics() {
        let levels = table.levels(characteristic.line_window());
        let levels = levels.ok_or_else(|| ValidateError::NoColumn {
            characteristic: characteristic.name().into(),
            line: characteristic.line().into(),
            months: characteristic.months(),
        })?;
        let points = characteristic.points_table();
        for (raw, &level) in raws.iter_mut().zip(levels) {
            *raw += points[usize::from(level)];
        }
    }
    let score = |raw: i64| PlainScore {
        shifted: u32::try_from(raw - card.raw_min()).expect("at least the least points"),
        raw,
        published: card.scaling().published(raw),
    };
    Ok(raws.into_iter().map(score).collect())
}

/// A scored table.
pub(super) struct Scored<'a> {
    pub(super) scores: Vec<PlainScore>,
    /// Raw points, turned so that more is better.
    pub(super) goodness: Vec<f64>,
    /// The log-odds of good that the card states, if it does.
    pub(super) log_odds: Option<Vec<f64>>,
    /// The probabilities of bad that follow.
    pub(super) p_bad: Option<Vec<f64>>,
    pub(super) bad: &'a [bool],
    pub(super) weights: Vec<f64>,
}

impl<'a> Scored<'a> {
    pub(super) fn new(card: &Scorecard, table: &'a TrainingTable) -> Result<Self, ValidateError> {
        let bad = table.both_classes()?;
        let scores = scores(card, table)?;
        let sign = if card.points_count_risk() { -1.0 } else { 1.0 };
        let log_odds = stated(card).map(|stated| -> Vec<f64> {
            scores.iter().map(|score| stated.at(score.raw)).collect()
        });
        Ok(Self {
            goodness: scores.iter().map(|score| sign * score.raw as f64).collect(),
            p_bad: log_odds
                .as_ref()
                .map(|all| all.iter().map(|&log_odds| logistic(-log_odds)).collect()),
            log_odds,
            scores,
            bad,
            weights: weights(table),
        })
    }

    pub(super) fn rows(&self) -> usize {
        self.bad.len()
    }
}

pub(super) fn weights(table: &TrainingTable) -> Vec<f64> {
    (0..table.rows()).map(|row| table.weight(row)).collect()
}

/// What a card states of the odds, as a line in raw points.
struct Stated {
    at_base: f64,
    base: f64,
    per_raw: f64,
}

impl Stated {
    fn at(&self, raw: i64) -> f64 {
        self.base + self.per_raw * (raw as f64 - self.at_base)
    }
}

fn stated(card: &Scorecard) -> Option<Stated> {
    let odds = card.scaling().odds()?;
    let million = MILLION as f64;
    let base = ln(odds.base_odds_millionths as f64 / million);
    Some(Stated {
        at_base: odds.raw_at_base_millionths as f64 / million,
        base: match odds.direction {
            OddsDirection::GoodToBad => base,
            OddsDirection::BadToGood => -base,
        },
        per_raw: std::f64::consts::LN_2 / (odds.raw_to_double_millionths as f64 / million),
    })
}

/// A share and its interval (E. Wilson, *Probable inference*, 1927), which
/// stays within 0 and 1 for few rows too. `rows` may be weights.
pub(super) fn wilson(part: f64, rows: f64, reach: f64) -> (f64, f64) {
    if rows <= 0.0 {
        return (0.0, 1.0);
    }
    let (p, z2) = (part / rows, reach * reach);
    let centre = (p + z2 / (2.0 * rows)) / (1.0 + z2 / rows);
    let half = reach / (1.0 + z2 / rows)
        * (p * (1.0 - p) / rows + z2 / (4.0 * rows * rows))
            .max(0.0)
            .sqrt();
    ((centre - half).max(0.0), (centre + half).min(1.0))
}

impl From<TableError> for ValidateError {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilson_of_a_textbook_case() {
        // 10 of 100 at 95 %: 0.0552 to 0.1744.
        let (low, high) = wilson(10.0, 100.0, 1.959_964);
        assert!(
            (low - 0.0552).abs() < 5e-5 && (high - 0.1744).abs() < 5e-5,
            "{low} {high}"
        );
        assert_eq!(wilson(0.0, 0.0, 1.96), (0.0, 1.0));
        let (low, high) = wilson(0.0, 20.0, 1.959_964);
        assert!(low == 0.0 && (high - 0.1611).abs() < 5e-5);
    }
}
