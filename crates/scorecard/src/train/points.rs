//! From coefficients to whole points: scaling, then rounding as a step of its
//! own that says what it cost.
//!
//! ```text
//! score = base_score + factor * (log-odds of good - ln(base odds)),   factor = pdo / ln 2
//! ```
//!
//! A characteristic's points are `factor * coefficient * WoE`, what is left
//! are the base points. They are counted in raw points, `size` of them to a
//! published point, and rounded each for itself, so a score differs from the
//! unrounded one by at most half a raw point for each characteristic and half
//! for the base.

use serde::Serialize;

use super::maths::ln;
use super::options::{PointSize, ScaleOptions};
use crate::SPAN_MAX;

/// What rounding to whole points cost, on the training table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rounding {
    /// AUC of the unrounded score.
    pub auc_before: f64,
    /// AUC of the whole points.
    pub auc_after: f64,
    /// The largest difference of any row's score, in published points.
    pub largest_difference: f64,
    /// The mean absolute difference, in published points.
    pub mean_difference: f64,
    /// What the largest difference cannot pass, in published points.
    pub bound: f64,
}

/// Points before rounding, in published points.
pub(super) struct ExactPoints {
    pub(super) base: f64,
    /// For each characteristic, its bins' points.
    pub(super) bins: Vec<Vec<f64>>,
}

/// Points after rounding.
pub(super) struct WholePoints {
    /// Raw points to a published point, in millionths.
    pub(super) size_millionths: i64,
    pub(super) base: i64,
    pub(super) bins: Vec<Vec<i64>>,
}

impl WholePoints {
    /// Raw points to a published point.
    pub(super) fn size(&self) -> f64 {
        self.size_millionths as f64 / 1e6
    }
}

/// Published points for a unit of log-odds.
pub(super) fn factor(scale: &ScaleOptions) -> f64 {
    f64::from(scale.points_to_double_odds) / std::f64::consts::LN_2
}

/// Points of a model: its intercept, and each coefficient with its bins'
/// weights of evidence.
pub(super) fn exact(
    scale: &ScaleOptions,
    intercept: f64,
    terms: &[(f64, Vec<f64>)],
) -> ExactPoints {
    let factor = factor(scale);
    ExactPoints {
        base: scale.base_score as f64 + factor * (intercept - ln(scale.base_odds)),
        bins: terms
            .iter()
            .map(|(coefficient, woe)| woe.iter().map(|woe| factor * coefficient * woe).collect())
            .collect(),
    }
}

/// Rounds, in raw points as large as the options and the span ask for.
pub(super) fn round(exact: &ExactPoints, points: PointSize) -> WholePoints {
    let span: f64 = exact.bins.iter().map(|bins| width(bins)).sum();
    let finest = f64::from(SPAN_MAX) / span.max(1e-3);
    let mut size = match points {
        PointSize::Published => finest.min(1.0),
        PointSize::Finest => finest.min(FINEST),
    };
    loop {
        let size_millionths = to_i64(size * 1e6).max(1);
        let size_now = size_millionths as f64 / 1e6;
        let whole = |value: f64| to_i64(value * size_now);
        let bins: Vec<Vec<i64>> = exact
            .bins
            .iter()
            .map(|bins| bins.iter().map(|&value| whole(value)).collect())
            .collect();
        let width = |bins: &Vec<i64>| match (bins.iter().max(), bins.iter().min()) {
            (Some(most), Some(least)) => most - least,
            _ => 0,
        };
        let span: i64 = bins.iter().map(width).sum();
        if span <= i64::from(SPAN_MAX) || size_millionths == 1 {
            return WholePoints {
                size_millionths,
                base: whole(exact.base),
                bins,
            };
        }
        // Rounding alone has made it too wide: a little smaller.
        size *= 0.999;
    }
}

/// The most raw points to a published point.
const FINEST: f64 = 1_000.0;

fn width(values: &[f64]) -> f64 {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    if most >= least { most - least } else { 0.0 }
}

/// To the nearest whole number, a half away from zero; saturates.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast saturates, which is meant"
)]
fn to_i64(value: f64) -> i64 {
    value.round() as i64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_textbook_scale() {
        // 600 at 50:1 with 20 to double: factor 28.8539, offset 487.123
        // (N. Siddiqi, Credit Risk Scorecards, 2006, chapter 6).
        let scale = ScaleOptions {
            points_to_double_odds: 20,
            base_odds: 50.0,
            base_score: 600,
            ..ScaleOptions::default()
        };
        assert!((factor(&scale) - 28.8539).abs() < 1e-4);
        let exact = exact(&scale, 0.0, &[(1.0, vec![1.0, -0.5])]);
        assert!((exact.base - 487.123).abs() < 1e-3);
        assert!((exact.bins[0][1] + 14.42695).abs() < 1e-4);
        let whole = round(&exact, PointSize::Published);
        assert_eq!((whole.size_millionths, whole.base), (1_000_000, 487));
        assert_eq!(whole.bins, [[29, -14]]);
    }

    proptest! {
        #[test]
        fn points_fit_the_span_and_differ_by_half_at_most(
            bins in prop::collection::vec(prop::collection::vec(-900.0..900.0_f64, 1..9), 1..40),
            base in -2_000.0..2_000.0_f64,
            finest in any::<bool>(),
        ) {
            let exact = ExactPoints { base, bins };
            let size = if finest { PointSize::Finest } else { PointSize::Published };
            let whole = round(&exact, size);
            let span: i64 = whole.bins.iter()
                .map(|b| b.iter().max().expect("some") - b.iter().min().expect("some"))
                .sum();
            prop_assert!(span <= i64::from(SPAN_MAX));
            for (exact, whole_bins) in exact.bins.iter().zip(&whole.bins) {
                for (e, &w) in exact.iter().zip(whole_bins) {
                    prop_assert!((e * whole.size() - w as f64).abs() <= 0.5 + 1e-9);
                }
            }
        }
    }
}
