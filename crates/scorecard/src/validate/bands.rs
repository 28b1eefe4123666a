//! Score bands: what a table of a lender's policy is made of.

use serde::Serialize;

use super::ValidateError;
use super::roc;
use super::scored::{Scored, wilson};

/// The most bands that may be asked for.
pub(super) const BANDS_MAX: usize = 100;

/// A range of published scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Band {
    /// The lowest score; `None` of the first band, which has no lower end.
    pub from: Option<i64>,
    /// The lowest score above; `None` of the last.
    pub to: Option<i64>,
    /// How many rows there are.
    pub rows: usize,
    /// The weight of the good.
    pub good: f64,
    /// The weight of the bad.
    pub bad: f64,
    /// The share of bad rows; `None` of an empty band.
    pub bad_rate: Option<f64>,
    /// The interval of that share.
    pub interval: (f64, f64),
    /// The mean stated probability of bad, if the card states odds.
    pub expected: Option<f64>,
    /// The share of all rows in this band and lower ones.
    pub cumulative_share: f64,
    /// The share of all bad rows in this band and lower ones: the capture.
    pub capture: f64,
    /// The bad rate of this band and lower ones over that of all.
    pub lift: f64,
}

/// The lowest scores of all bands but the first: those given, or such that
/// about as many rows fall into each.
pub(super) fn edges(
    scored: &Scored<'_>,
    bands: usize,
    given: Option<&[i64]>,
) -> Result<Vec<i64>, ValidateError> {
    if let Some(given) = given {
        let ascending = given.windows(2).all(|pair| pair[0] < pair[1]);
        if !ascending || given.is_empty() || given.len() >= BANDS_MAX {
            return Err(ValidateError::Edges {
                limit: BANDS_MAX - 1,
            });
        }
        return Ok(given.to_vec());
    }
    let published: Vec<f64> = scored.scores.iter().map(|s| s.published as f64).collect();
    Ok(even(&published, &scored.weights, bands)
        .into_iter()
        .map(|row| scored.scores[row].published)
        .collect())
}

/// The rows at which a new band of about `1/bands` of the weight starts, rows
/// of one value in one band.
pub(super) fn even(values: &[f64], weights: &[f64], bands: usize) -> Vec<usize> {
    let total: f64 = weights.iter().sum();
    let order = roc::order(values);
    let mut starts = Vec::new();
    let mut before = 0.0;
    for tie in roc::ties(&order, values) {
        let due = (starts.len() + 1) as f64 * total / bands as f64;
        let weight: f64 = tie.iter().map(|&row| weights[row]).sum();
        // Whichever side of the value is nearer to what is due.
        if before > 0.0 && starts.len() + 1 < bands && before + weight / 2.0 >= due - 1e-9 * total {
            starts.push(tie[0]);
        }
        before += weight;
    }
    starts
}

pub(super) fn bands(scored: &Scored<'_>, edges: &[i64], reach: f64) -> Vec<Band> {
    let (total_good, total_bad) = roc::totals(scored.bad, &scored.weights);
    let mut sums = vec![(0_usize, 0.0, 0.0, 0.0); edges.len() + 1];
    for (row, score) in scored.scores.iter().enumerate() {
        let sum = &mut sums[edges.partition_point(|&edge| edge <= score.published)];
        let weight = scored.weights[row];
        sum.0 += 1;
        if scored.bad[row] {
            sum.2 += weight;
        } else {
            sum.1 += weight;
        }
        sum.3 += scored.p_bad.as_ref().map_or(0.0, |p| weight * p[row]);
    }
    let (mut good_below, mut bad_below) = (0.0, 0.0);
    let mut bands = Vec::with_capacity(sums.len());
    for (index, (rows, good, bad, expected)) in sums.into_iter().enumerate() {
        good_below += good;
        bad_below += bad;
        let (weight, below) = (good + bad, good_below + bad_below);
        let some = |value: f64| (weight > 0.0).then_some(value / weight);
        let rate = total_bad / (total_good + total_bad);
        bands.push(Band {
            from: index.checked_sub(1).map(|index| edges[index]),
            to: edges.get(index).copied(),
            rows,
            good,
            bad,
            bad_rate: some(bad),
            interval: wilson(bad, weight, reach),
            expected: scored.p_bad.as_ref().and_then(|_| some(expected)),
            cumulative_share: below / (total_good + total_bad),
            capture: bad_below / total_bad,
            lift: if below > 0.0 {
                bad_below / below / rate
            } else {
                0.0
            },
        });
    }
    bands
}
