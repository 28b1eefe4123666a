//! The curves of a score: ROC, Kolmogorov-Smirnov, capture and lift, and the
//! distribution of good and bad over it.

use serde::Serialize;

use super::roc;
use super::scored::Scored;

/// The shares of the riskiest rows that capture and lift are given for.
const SHARES: [f64; 7] = [0.01, 0.02, 0.05, 0.10, 0.20, 0.30, 0.50];
/// The most points of a curve that a report keeps.
const POINTS_MAX: usize = 400;
/// Bars of the distribution.
const BARS: usize = 40;

/// The greatest distance of the cumulative shares of bad and of good.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Ks {
    /// The distance.
    pub distance: f64,
    /// The published score at which it is reached: of this score or lower are
    /// `bad_share` of the bad and `good_share` of the good.
    pub score: i64,
    /// The cumulative share of the bad there.
    pub bad_share: f64,
    /// The cumulative share of the good there.
    pub good_share: f64,
}

/// A point of the curves: what lies at a score or below.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// The published score; the lowest one less 1 at the start.
    pub score: i64,
    /// The cumulative share of all rows.
    pub share: f64,
    /// The cumulative share of the bad: the ROC curve's height.
    pub bad_share: f64,
    /// The cumulative share of the good: the ROC curve's way along.
    pub good_share: f64,
}

/// What the riskiest rows hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Gain {
    /// The share of all rows, the riskiest first.
    pub share: f64,
    /// The share of all bad rows among them.
    pub capture: f64,
    /// The capture over the share: how much riskier than the average they are.
    pub lift: f64,
}

/// A bar of the distribution.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bar {
    /// The lowest published score.
    pub from: i64,
    /// The lowest published score above.
    pub to: i64,
    /// The share of the good rows that it holds.
    pub good_share: f64,
    /// The share of the bad rows that it holds.
    pub bad_share: f64,
}

/// The whole curve, from nothing to everything, a point a different score.
pub(super) fn curve(scored: &Scored<'_>) -> Vec<CurvePoint> {
    let (total_good, total_bad) = roc::totals(scored.bad, &scored.weights);
    let order = roc::order(&scored.goodness);
    let published = |row: usize| scored.scores[row].published;
    let mut points = vec![CurvePoint {
        score: order.first().map_or(0, |&row| published(row) - 1),
        share: 0.0,
        bad_share: 0.0,
        good_share: 0.0,
    }];
    let (mut good, mut bad) = (0.0, 0.0);
    for tie in roc::ties(&order, &scored.goodness) {
        for &row in tie {
            if scored.bad[row] {
                bad += scored.weights[row];
            } else {
                good += scored.weights[row];
            }
        }
        points.push(CurvePoint {
            score: published(tie[0]),
            share: (good + bad) / (total_good + total_bad),
            bad_share: bad / total_bad,
            good_share: good / total_good,
        });
    }
    points
}

pub(super) fn ks(curve: &[CurvePoint]) -> Ks {
    let distance = |point: &CurvePoint| point.bad_share - point.good_share;
    let mut best = &curve[0];
    for point in curve {
        if distance(point) > distance(best) {
            best = point;
        }
    }
    Ks {
        distance: distance(best),
        score: best.score,
        bad_share: best.bad_share,
        good_share: best.good_share,
    }
}

/// Capture and lift; within rows of one score by proportion.
pub(super) fn gains(curve: &[CurvePoint]) -> Vec<Gain> {
    let at = |share: f64| {
        let upper = curve
            .partition_point(|point| point.share < share)
            .clamp(1, curve.len() - 1);
        let (a, b) = (&curve[upper - 1], &curve[upper]);
        let width = b.share - a.share;
        let part = if width > 0.0 {
            (share - a.share) / width
        } else {
            1.0
        };
        let capture = a.bad_share + part * (b.bad_share - a.bad_share);
        Gain {
            share,
            capture,
            lift: capture / share,
        }
    };
    SHARES.into_iter().map(at).collect()
}

/// At most [`POINTS_MAX`] of the points, ends included, evenly by number.
pub(super) fn thin(curve: &[CurvePoint]) -> Vec<CurvePoint> {
    if curve.len() <= POINTS_MAX {
        return curve.to_vec();
    }
    let last = curve.len() - 1;
    (0..POINTS_MAX)
        .map(|i| curve[i * last / (POINTS_MAX - 1)])
        .collect()
}

pub(super) fn distribution(scored: &Scored<'_>) -> Vec<Bar> {
    let published = || scored.scores.iter().map(|score| score.published);
    let (Some(least), Some(most)) = (published().min(), published().max()) else {
        return Vec::new();
    };
    let (total_good, total_bad) = roc::totals(scored.bad, &scored.weights);
    let bars = i64::try_from(BARS).expect("small");
    let width = ((most - least) / bars + 1).max(1);
    let count = usize::try_from((most - least) / width + 1).unwrap_or(1);
    let mut sums = vec![(0.0, 0.0); count];
    for (row, score) in scored.scores.iter().enumerate() {
        let index = usize::try_from((score.published - least) / width).unwrap_or(0);
        if scored.bad[row] {
            sums[index].1 += scored.weights[row];
        } else {
            sums[index].0 += scored.weights[row];
        }
    }
    let start = |index: usize| least + width * i64::try_from(index).unwrap_or(0);
    let bar = |(index, &(good, bad)): (usize, &(f64, f64))| Bar {
        from: start(index),
        to: start(index + 1),
        good_share: good / total_good,
        bad_share: bad / total_bad,
    };
    sums.iter().enumerate().map(bar).collect()
}
