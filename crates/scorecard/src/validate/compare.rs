//! Two scorecards on the same rows.

use serde::Serialize;

use blindscore_history::scheme::Scheme;

use super::roc::{self, AreaDifference, Auc};
use super::scored::{Scored, wilson};
use super::{Ks, ValidateError, calibration, curve};
use crate::model::Scorecard;
use crate::train::TrainingTable;
use crate::train::maths::normal_reach;

/// The shares of rows accepted for which the two are set against each other.
const ACCEPTED: [f64; 4] = [0.5, 0.7, 0.8, 0.9];

/// A scorecard with the rows by its own scheme.
#[derive(Debug, Clone, Copy)]
pub struct Contender<'a> {
    /// The scorecard.
    pub card: &'a Scorecard,
    /// Its scheme.
    pub scheme: &'a Scheme,
    /// The rows, levelled by that scheme.
    pub table: &'a TrainingTable,
}

/// Two scorecards on the same rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// How many rows there are.
    pub rows: usize,
    /// The names, versions and digests of both.
    pub cards: [String; 2],
    /// The areas under the ROC curves.
    pub auc: [Auc; 2],
    /// DeLong's paired test of the second against the first.
    pub difference: AreaDifference,
    /// The Kolmogorov-Smirnov distances.
    pub ks: [Ks; 2],
    /// Brier scores, of cards that state odds.
    pub brier: [Option<f64>; 2],
    /// Log losses, of cards that state odds.
    pub log_loss: [Option<f64>; 2],
    /// The rank correlation of the two scores.
    pub rank_correlation: f64,
    /// What accepting the same share by one or the other would mean.
    pub swaps: Vec<Swap>,
}

/// Accepting the same share of rows by either score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Swap {
    /// The share accepted, the best scores first.
    pub accepted: f64,
    /// The share of rows that one accepts and the other does not: as many go
    /// as come.
    pub swapped: f64,
    /// The bad rate among those accepted by the first.
    pub bad_rate_first: f64,
    /// The bad rate among those accepted by the second.
    pub bad_rate_second: f64,
    /// The interval of the latter.
    pub interval_second: (f64, f64),
}

/// Sets `second` against `first`.
///
/// # Errors
/// As [`validate`](super::validate), and if the tables are not of the same
/// rows in one order: outcomes, weights and ids must agree.
pub fn compare(
    first: &Contender<'_>,
    second: &Contender<'_>,
    confidence: f64,
) -> Result<Comparison, ValidateError> {
    for contender in [first, second] {
        if contender.scheme.digest() != contender.card.scheme_digest() {
            return Err(ValidateError::AnotherScheme {
                got: contender.scheme.digest().short(),
                want: contender.card.scheme_digest().short(),
            });
        }
    }
    if !(0.5..=0.9999).contains(&confidence) {
        return Err(ValidateError::Option {
            name: "confidence",
            got: confidence,
            least: 0.5,
            most: 0.9999,
        });
    }
    same_rows(first.table, second.table)?;
    let a = Scored::new(first.card, first.table)?;
    let b = Scored::new(second.card, second.table)?;
    let reach = normal_reach(confidence);
    let auc = |s: &Scored<'_>| roc::measure(&s.goodness, s.bad, &s.weights, confidence, 0, 0);
    let ks = |s: &Scored<'_>| curve::ks(&curve::curve(s));
    let odds = [&a, &b].map(|scored| calibration::measure(scored, reach, false));
    Ok(Comparison {
        rows: a.rows(),
        cards: [first.card, second.card].map(|card| {
            format!(
                "{}, version {} ({})",
                card.name(),
                card.version(),
                card.digest().short()
            )
        }),
        auc: [auc(&a), auc(&b)],
        difference: roc::difference(&a.goodness, &b.goodness, a.bad, &a.weights, confidence),
        ks: [ks(&a), ks(&b)],
        brier: [0, 1].map(|i: usize| odds[i].as_ref().map(|one| one.brier)),
        log_loss: [0, 1].map(|i: usize| odds[i].as_ref().map(|one| one.log_loss)),
        rank_correlation: rank_correlation(&a, &b),
        swaps: ACCEPTED
            .into_iter()
            .map(|share| swap(&a, &b, share, reach))
            .collect(),
    })
}

fn same_rows(a: &TrainingTable, b: &TrainingTable) -> Result<(), ValidateError> {
    let (bad_a, bad_b) = (a.both_classes()?, b.both_classes()?);
    let differs = |row: usize| {
        bad_a[row] != bad_b[row]
            || a.weight(row) != b.weight(row)
            || a.ids().zip(b.ids()).is_some_and(|(a, b)| a[row] != b[row])
    };
    let shared = a.rows().min(b.rows());
    match (0..shared).find(|&row| differs(row)) {
        Some(row) => Err(ValidateError::OtherRows { row: row + 1 }),
        None if a.rows() != b.rows() => Err(ValidateError::OtherRows { row: shared + 1 }),
        None => Ok(()),
    }
}

/// Spearman's: the correlation of mid-ranks.
fn rank_correlation(a: &Scored<'_>, b: &Scored<'_>) -> f64 {
    let ranks = |scores: &[f64]| {
        let order = roc::order(scores);
        let mut ranks = vec![0.0; scores.len()];
        let mut before = 0;
        for tie in roc::ties(&order, scores) {
            for &row in tie {
                ranks[row] = before as f64 + (tie.len() as f64 + 1.0) / 2.0;
            }
            before += tie.len();
        }
        ranks
    };
    let (x, y) = (ranks(&a.goodness), ranks(&b.goodness));
    let centre = (x.len() as f64 + 1.0) / 2.0;
    let product = |x: &[f64], y: &[f64]| -> f64 {
        x.iter()
            .zip(y)
            .map(|(x, y)| (x - centre) * (y - centre))
            .sum()
    };
    let scale = (product(&x, &x) * product(&y, &y)).sqrt();
    if scale > 0.0 {
        product(&x, &y) / scale
    } else {
        0.0
    }
}

fn swap(a: &Scored<'_>, b: &Scored<'_>, accepted: f64, reach: f64) -> Swap {
    let by_first = shares(a, accepted);
    let by_second = shares(b, accepted);
    let weighted = |of: &dyn Fn(usize) -> f64| -> f64 {
        (0..a.rows()).map(|row| a.weights[row] * of(row)).sum()
    };
    let all = weighted(&|_| 1.0);
    let bad = |taken: &[f64]| weighted(&|row| if a.bad[row] { taken[row] } else { 0.0 });
    let (first, second) = (
        weighted(&|row| by_first[row]),
        weighted(&|row| by_second[row]),
    );
    Swap {
        accepted,
        swapped: weighted(&|row| (by_first[row] - by_second[row]).max(0.0)) / all,
        bad_rate_first: bad(&by_first) / first,
        bad_rate_second: bad(&by_second) / second,
        interval_second: wilson(bad(&by_second), second, reach),
    }
}

/// How much of each row is among the best `accepted`: rows of the score at
/// the border in equal parts.
fn shares(scored: &Scored<'_>, accepted: f64) -> Vec<f64> {
    let mut room = accepted * scored.weights.iter().sum::<f64>();
    let mut shares = vec![0.0; scored.rows()];
    let order = roc::order(&scored.goodness);
    let ties: Vec<&[usize]> = roc::ties(&order, &scored.goodness).collect();
    for tie in ties.into_iter().rev() {
        let weight: f64 = tie.iter().map(|&row| scored.weights[row]).sum();
        let part = (room / weight).clamp(0.0, 1.0);
        for &row in tie {
            shares[row] = part;
        }
        room -= weight * part;
    }
    shares
}
