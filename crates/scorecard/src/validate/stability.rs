//! How far a sample has moved from an earlier one.
//!
//! ```text
//! PSI = sum over bands of (share now - share before) * ln(share now / share before)
//! ```
//!
//! with half a row added to every band of either sample, so that an empty band
//! has no infinite part. By a rule of thumb of the field, below 0.10 little has
//! moved, and above 0.25 much; the index grows with the number of bands and
//! for small samples by chance alone. Outcomes are not needed.

use serde::Serialize;

use blindscore_history::scheme::Scheme;

use super::ValidateError;
use super::bands;
use super::characteristics::{attributes, places};
use super::scored::{scores, weights};
use crate::model::{Characteristic, Scorecard};
use crate::table;
use crate::train::TrainingTable;
use crate::train::maths::ln;

/// How far a sample has moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stability {
    /// Rows of the earlier sample.
    pub rows_before: usize,
    /// Rows of this sample.
    pub rows_now: usize,
    /// The population stability index of the score.
    pub psi: f64,
    /// Its parts, by band of about as many rows of the earlier sample.
    pub bands: Vec<Shift>,
    /// The same by characteristic, in card order.
    pub characteristics: Vec<CharacteristicStability>,
}

/// How far a characteristic has moved.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CharacteristicStability {
    /// Its name.
    pub name: String,
    /// The stability index over its attributes.
    pub psi: f64,
    /// The mean points now less the mean points before.
    pub points_shift: f64,
    /// Its attributes.
    pub attributes: Vec<Shift>,
}

/// One part of an index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shift {
    /// The band or attribute.
    pub label: String,
    /// The share before.
    pub before: f64,
    /// The share now.
    pub now: f64,
    /// What it adds to the index.
    pub part: f64,
}

/// Measures how far `now` has moved from `before`; neither needs outcomes.
///
/// # Errors
/// If a table is of another scheme than the card, or lacks a column that it
/// reads.
pub fn stability(
    card: &Scorecard,
    scheme: &Scheme,
    before: &TrainingTable,
    now: &TrainingTable,
    bands: usize,
) -> Result<Stability, ValidateError> {
    let (scores_before, scores_now) = (scores(card, before)?, scores(card, now)?);
    let (weights_before, weights_now) = (weights(before), weights(now));
    let published: Vec<f64> = scores_before.iter().map(|s| s.published as f64).collect();
    let edges: Vec<i64> = bands::even(&published, &weights_before, bands.max(2))
        .into_iter()
        .map(|row| scores_before[row].published)
        .collect();
    let place = |published: i64| edges.partition_point(|&edge| edge <= published);
    let sums = |all: &[crate::PlainScore], weights: &[f64]| {
        let mut sums = vec![0.0; edges.len() + 1];
        for (score, weight) in all.iter().zip(weights) {
            sums[place(score.published)] += weight;
        }
        sums
    };
    let parts = shifts(
        labels(&edges),
        &sums(&scores_before, &weights_before),
        &sums(&scores_now, &weights_now),
    );
    let characteristics = card.characteristics().iter();
    Ok(Stability {
        rows_before: before.rows(),
        rows_now: now.rows(),
        psi: parts.iter().map(|shift| shift.part).sum(),
        bands: parts,
        characteristics: characteristics
            .map(|one| characteristic(one, scheme, before, now))
            .collect(),
    })
}

/// `under 480`, `480 to 511`, `512 or more`.
pub(super) fn labels(edges: &[i64]) -> Vec<String> {
    let first = edges
        .first()
        .map_or_else(|| "all".into(), |edge| format!("under {edge}"));
    let middle = edges
        .windows(2)
        .map(|pair| format!("{} to {}", pair[0], pair[1] - 1));
    let last = edges.last().map(|edge| format!("{edge} or more"));
    [first].into_iter().chain(middle).chain(last).collect()
}

fn characteristic(
    characteristic: &Characteristic,
    scheme: &Scheme,
    before: &TrainingTable,
    now: &TrainingTable,
) -> CharacteristicStability {
    let attributes = attributes(characteristic);
    let places = places(characteristic);
    let sums = |table: &TrainingTable| {
        let mut sums = vec![0.0; attributes.len()];
        let levels = table
            .levels(characteristic.line_window())
            .unwrap_or_default();
        for (row, &level) in levels.iter().enumerate() {
            sums[places[usize::from(level)]] += table.weight(row);
        }
        sums
    };
    let (sums_before, sums_now) = (sums(before), sums(now));
    let mean = |sums: &[f64]| {
        let points = sums
            .iter()
            .zip(&attributes)
            .map(|(sum, (_, points))| sum * *points as f64);
        points.sum::<f64>() / sums.iter().sum::<f64>()
    };
    let label = |(attribute, _): &(Option<&crate::Attribute>, i64)| {
        table::label(characteristic, scheme, *attribute)
    };
    let parts = shifts(
        attributes.iter().map(label).collect(),
        &sums_before,
        &sums_now,
    );
    CharacteristicStability {
        name: characteristic.name().into(),
        psi: parts.iter().map(|shift| shift.part).sum(),
        points_shift: mean(&sums_now) - mean(&sums_before),
        attributes: parts,
    }
}

fn shifts(labels: Vec<String>, before: &[f64], now: &[f64]) -> Vec<Shift> {
    let shares = |sums: &[f64]| -> Vec<f64> {
        let total: f64 = sums.iter().map(|sum| sum + 0.5).sum();
        sums.iter().map(|sum| (sum + 0.5) / total).collect()
    };
    let (before, now) = (shares(before), shares(now));
    let shift = |(label, (before, now)): (String, (f64, f64))| Shift {
        label,
        before,
        now,
        part: (now - before) * ln(now / before),
    };
    labels
        .into_iter()
        .zip(before.into_iter().zip(now))
        .map(shift)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn psi(before: &[f64], now: &[f64]) -> f64 {
        let labels = vec![String::new(); before.len()];
        shifts(labels, before, now)
            .iter()
            .map(|shift| shift.part)
            .sum()
    }

    #[test]
    fn an_index_by_hand() {
        // Shares (49.5 + .5) / 100 and so on: .5, .5 against .25, .75:
        // -.25 ln .5 + .25 ln 1.5 = .1733 + .1014.
        let found = psi(&[49.5, 49.5], &[24.5, 74.5]);
        assert!((found - 0.274_653).abs() < 1e-6, "{found}");
    }

    #[test]
    fn bands_have_names() {
        assert_eq!(labels(&[]), ["all"]);
        assert_eq!(
            labels(&[480, 512]),
            ["under 480", "480 to 511", "512 or more"]
        );
    }

    proptest! {
        #[test]
        fn the_index_is_zero_for_one_sample_and_never_below(
            pairs in prop::collection::vec((0.0..500.0_f64, 0.0..500.0_f64), 1..12),
        ) {
            let (a, b): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            prop_assert_eq!(psi(&a, &a), 0.0);
            prop_assert!(psi(&a, &b) >= 0.0);
            prop_assert!((psi(&a, &b) - psi(&b, &a)).abs() < 1e-9);
        }
    }
}
