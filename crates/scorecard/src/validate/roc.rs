//! The area under the ROC curve, its variance, and that of a difference.
//!
//! AUC is the probability that a good row scores higher than a bad one, ties
//! counted half. Its variance is that of E. DeLong, D. DeLong and D.
//! Clarke-Pearson, *Comparing the areas under two or more correlated receiver
//! operating characteristic curves*, 1988, with the placements computed by
//! sorting as in X. Sun and W. Xu, 2014. With weights, the sums over rows are
//! weighted, and equal weights give DeLong's numbers exactly.

use serde::Serialize;

use super::random::Random;
use crate::train::maths::{normal_reach, two_sided};

/// An area with what is known of its error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Auc {
    /// The area.
    pub area: f64,
    /// DeLong's standard error.
    pub standard_error: f64,
    /// The interval by DeLong's error, within 0 and 1.
    pub interval: (f64, f64),
    /// The interval by bootstrap percentiles, if one was asked for.
    pub bootstrap: Option<(f64, f64)>,
    /// The confidence of both.
    pub confidence: f64,
}

/// The area for scores of which the higher are better. There must be rows of
/// both classes; without, there is nothing to compare and it is one half.
pub(crate) fn auc(scores: &[f64], bad: &[bool], weights: &[f64]) -> f64 {
    area(&order(scores), scores, bad, weights)
}

/// The area, its error and its intervals.
pub(super) fn measure(
    scores: &[f64],
    bad: &[bool],
    weights: &[f64],
    confidence: f64,
    bootstrap: usize,
    seed: u64,
) -> Auc {
    let placements = Placements::new(scores, bad, weights);
    let standard_error = placements.covariance(&placements).max(0.0).sqrt();
    let reach = normal_reach(confidence) * standard_error;
    Auc {
        area: placements.area,
        standard_error,
        interval: (
            (placements.area - reach).max(0.0),
            (placements.area + reach).min(1.0),
        ),
        bootstrap: (bootstrap > 0)
            .then(|| resample(scores, bad, weights, confidence, bootstrap, seed)),
        confidence,
    }
}

/// The difference of two areas on the same rows, and whether it is there.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AreaDifference {
    /// The second area less the first.
    pub difference: f64,
    /// Its standard error, which counts that the rows are the same.
    pub standard_error: f64,
    /// The interval.
    pub interval: (f64, f64),
    /// The statistic; 0 where there is no error.
    pub z: f64,
    /// The two-sided p-value.
    pub p_value: f64,
}

/// DeLong's paired test: `second` against `first`.
pub(super) fn difference(
    first: &[f64],
    second: &[f64],
    bad: &[bool],
    weights: &[f64],
    confidence: f64,
) -> AreaDifference {
    let a = Placements::new(first, bad, weights);
    let b = Placements::new(second, bad, weights);
    let variance = a.covariance(&a) + b.covariance(&b) - 2.0 * a.covariance(&b);
    let standard_error = variance.max(0.0).sqrt();
    let difference = b.area - a.area;
    // Two scores in the same order leave rounding errors only.
    let z = if standard_error > 1e-12 {
        difference / standard_error
    } else {
        0.0
    };
    let reach = normal_reach(confidence) * standard_error;
    AreaDifference {
        difference,
        standard_error,
        interval: (difference - reach, difference + reach),
        z,
        p_value: two_sided(z),
    }
}

/// For each row, the share of the other class that it is placed right to.
struct Placements {
    area: f64,
    /// Placement and share of its class, for the good rows.
    good: Vec<(f64, f64)>,
    /// The same for the bad rows.
    bad: Vec<(f64, f64)>,
}

impl Placements {
    fn new(scores: &[f64], bad: &[bool], weights: &[f64]) -> Self {
        let (total_good, total_bad) = totals(bad, weights);
        let mut placed = vec![0.0; scores.len()];
        let (mut good_below, mut bad_below) = (0.0, 0.0);
        for tie in ties(&order(scores), scores) {
            let (good, bad_here) = sums(tie, bad, weights);
            for &row in tie {
                placed[row] = if bad[row] {
                    (total_good - good_below - good / 2.0) / total_good
                } else {
                    (bad_below + bad_here / 2.0) / total_bad
                };
            }
            good_below += good;
            bad_below += bad_here;
        }
        let class = |wanted: bool, total: f64| -> Vec<(f64, f64)> {
            (0..scores.len())
                .filter(|&row| bad[row] == wanted)
                .map(|row| (placed[row], weights[row] / total))
                .collect()
        };
        let good = class(false, total_good);
        Self {
            area: if total_good > 0.0 && total_bad > 0.0 {
                good.iter().map(|(placed, share)| placed * share).sum()
            } else {
                0.5
            },
            good,
            bad: class(true, total_bad),
        }
    }

    fn covariance(&self, other: &Self) -> f64 {
        let class = |a: &[(f64, f64)], b: &[(f64, f64)]| {
            let n = a.len() as f64;
            if a.len() < 2 {
                return 0.0;
            }
            let products = a
                .iter()
                .zip(b)
                .map(|((x, share), (y, _))| share * share * (x - self.area) * (y - other.area));
            products.sum::<f64>() * n / (n - 1.0)
        };
        class(&self.good, &other.good) + class(&self.bad, &other.bad)
    }
}

/// Percentiles of the area over samples drawn with replacement, class by
/// class. One sort serves all: a sample is a weight a row.
fn resample(
    scores: &[f64],
    bad: &[bool],
    weights: &[f64],
    confidence: f64,
    times: usize,
    seed: u64,
) -> (f64, f64) {
    let order = order(scores);
    let class = |wanted: bool| {
        (0..bad.len())
            .filter(|&r| bad[r] == wanted)
            .collect::<Vec<_>>()
    };
    let classes = [class(false), class(true)];
    let mut random = Random::new(seed);
    let mut areas: Vec<f64> = (0..times)
        .map(|_| {
            let mut drawn = vec![0.0; weights.len()];
            for rows in classes.iter().filter(|rows| !rows.is_empty()) {
                for _ in rows {
                    let row = rows[random.below(rows.len())];
                    drawn[row] += weights[row];
                }
            }
            area(&order, scores, bad, &drawn)
        })
        .collect();
    areas.sort_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    (percentile(&areas, tail), percentile(&areas, 1.0 - tail))
}

/// The value at a share of a sorted list, between two by proportion.
pub(super) fn percentile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let lower = place.floor();
    let (index, rest) = (to_index(lower), place - lower);
    let next = sorted[(index + 1).min(sorted.len() - 1)];
    sorted[index] + rest * (next - sorted[index])
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a whole number within a list"
)]
fn to_index(place: f64) -> usize {
    place as usize
}

/// Rows from the lowest score to the highest.
pub(super) fn order(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[a].total_cmp(&scores[b]).then(a.cmp(&b)));
    order
}

/// Runs of rows of one score.
pub(super) fn ties<'a>(order: &'a [usize], scores: &'a [f64]) -> impl Iterator<Item = &'a [usize]> {
    order.chunk_by(|&a, &b| scores[a].total_cmp(&scores[b]).is_eq())
}

fn sums(rows: &[usize], bad: &[bool], weights: &[f64]) -> (f64, f64) {
    rows.iter().fold((0.0, 0.0), |(good, all_bad), &row| {
        if bad[row] {
            (good, all_bad + weights[row])
        } else {
            (good + weights[row], all_bad)
        }
    })
}

/// The weights of good and of bad.
pub(super) fn totals(bad: &[bool], weights: &[f64]) -> (f64, f64) {
    bad.iter()
        .zip(weights)
        .fold((0.0, 0.0), |(good, all_bad), (&bad, weight)| {
            if bad {
                (good, all_bad + weight)
            } else {
                (good + weight, all_bad)
            }
        })
}

fn area(order: &[usize], scores: &[f64], bad: &[bool], weights: &[f64]) -> f64 {
    let (total_good, total_bad) = totals(bad, weights);
    if total_good <= 0.0 || total_bad <= 0.0 {
        return 0.5;
    }
    let (mut area, mut bad_below) = (0.0, 0.0);
    for tie in ties(order, scores) {
        let (good, bad_here) = sums(tie, bad, weights);
        area += good * (bad_below + bad_here / 2.0);
        bad_below += bad_here;
    }
    area / (total_good * total_bad)
}

#[cfg(test)]
mod tests;
