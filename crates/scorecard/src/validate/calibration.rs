//! Whether the odds that a card states come true.
//!
//! Rows are sorted by stated probability of bad and cut into groups of about
//! equal weight, rows of one probability together. Hosmer and Lemeshow's
//! statistic over `g` groups is compared with a chi-square of `g - 2` degrees
//! where the card was fitted on these rows, and of `g` where it was not (D.
//! Hosmer, S. Lemeshow, *Applied Logistic Regression*, section 5.2.2). With
//! many rows it finds differences that do not matter, with few it misses those
//! that do; the table says more.

use serde::Serialize;

use super::roc;
use super::scored::{Scored, wilson};
use crate::train::maths::{chi_square_above, ln, logistic};

/// The groups that rows are cut into.
const GROUPS: usize = 10;

/// Whether stated odds come true.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// The mean squared difference of probability and outcome.
    pub brier: f64,
    /// The same for a score that gives everybody the average.
    pub brier_of_average: f64,
    /// The mean of `-ln(probability of what happened)`.
    pub log_loss: f64,
    /// The same for a score that gives everybody the average.
    pub log_loss_of_average: f64,
    /// The mean stated probability of bad.
    pub expected_bad_rate: f64,
    /// The share of bad rows.
    pub observed_bad_rate: f64,
    /// Of the regression of outcomes on stated log-odds: 1 is right, below 1
    /// the odds are stated too wide apart. `None` if it has no finite best.
    pub slope: Option<f64>,
    /// Of the same regression with slope 1: what must be added to the stated
    /// log-odds of good.
    pub shift: Option<f64>,
    /// Groups from the lowest stated probability of bad.
    pub groups: Vec<CalibrationGroup>,
    /// Hosmer and Lemeshow's test.
    pub hosmer_lemeshow: HosmerLemeshow,
}

/// Rows of about one stated probability.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationGroup {
    /// How many rows there are.
    pub rows: usize,
    /// Their weight.
    pub weight: f64,
    /// The mean stated probability of bad.
    pub expected: f64,
    /// The share of bad rows.
    pub observed: f64,
    /// The interval of that share.
    pub interval: (f64, f64),
}

/// Hosmer and Lemeshow's test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HosmerLemeshow {
    /// The statistic.
    pub chi_square: f64,
    /// Its degrees of freedom.
    pub freedom: u32,
    /// The p-value.
    pub p_value: f64,
}

/// Takes the measures, if the card states odds.
pub(super) fn measure(scored: &Scored<'_>, reach: f64, fitted_here: bool) -> Option<Calibration> {
    let (p_bad, log_odds) = (scored.p_bad.as_ref()?, scored.log_odds.as_ref()?);
    let (good, bad) = roc::totals(scored.bad, &scored.weights);
    let all = good + bad;
    let rate = bad / all;
    let mean = |f: &dyn Fn(usize) -> f64| {
        (0..scored.rows())
            .map(|row| scored.weights[row] * f(row))
            .sum::<f64>()
            / all
    };
    let outcome = |row: usize| if scored.bad[row] { 1.0 } else { 0.0 };
    let groups = groups(scored, p_bad, reach);
    Some(Calibration {
        brier: mean(&|row| (p_bad[row] - outcome(row)).powi(2)),
        brier_of_average: rate * (1.0 - rate),
        log_loss: mean(&|row| {
            let p = if scored.bad[row] {
                p_bad[row]
            } else {
                1.0 - p_bad[row]
            };
            -ln(p.max(1e-15))
        }),
        log_loss_of_average: -(rate * ln(rate) + (1.0 - rate) * ln(1.0 - rate)),
        expected_bad_rate: mean(&|row| p_bad[row]),
        observed_bad_rate: rate,
        slope: regress(scored, log_odds, true).map(|(_, slope)| slope),
        shift: regress(scored, log_odds, false).map(|(shift, _)| shift),
        hosmer_lemeshow: test(&groups, fitted_here),
        groups,
    })
}

fn groups(scored: &Scored<'_>, p_bad: &[f64], reach: f64) -> Vec<CalibrationGroup> {
    let total: f64 = scored.weights.iter().sum();
    let order = roc::order(p_bad);
    let mut groups: Vec<CalibrationGroup> = Vec::new();
    let mut seen = 0.0;
    let mut open: Option<(usize, f64, f64, f64)> = None;
    for tie in roc::ties(&order, p_bad) {
        let (mut rows, mut weight, mut expected, mut bad) = open.unwrap_or((0, 0.0, 0.0, 0.0));
        for &row in tie {
            let w = scored.weights[row];
            rows += 1;
            weight += w;
            seen += w;
            expected += w * p_bad[row];
            bad += if scored.bad[row] { w } else { 0.0 };
        }
        open = Some((rows, weight, expected, bad));
        let due = (groups.len() + 1) as f64 * total / GROUPS as f64;
        if seen >= due - 1e-9 * total {
            groups.push(group(rows, weight, expected, bad, reach));
            open = None;
        }
    }
    if let Some((rows, weight, expected, bad)) = open {
        groups.push(group(rows, weight, expected, bad, reach));
    }
    groups
}

fn group(rows: usize, weight: f64, expected: f64, bad: f64, reach: f64) -> CalibrationGroup {
    CalibrationGroup {
        rows,
        weight,
        expected: expected / weight,
        observed: bad / weight,
        interval: wilson(bad, weight, reach),
    }
}

fn test(groups: &[CalibrationGroup], fitted_here: bool) -> HosmerLemeshow {
    let term = |group: &CalibrationGroup| {
        let variance = group.weight * group.expected * (1.0 - group.expected);
        let difference = group.weight * (group.observed - group.expected);
        if variance > 0.0 {
            difference * difference / variance
        } else {
            0.0
        }
    };
    let chi_square = groups.iter().map(term).sum();
    let count = u32::try_from(groups.len()).unwrap_or(u32::MAX);
    let freedom = if fitted_here {
        count.saturating_sub(2)
    } else {
        count
    };
    HosmerLemeshow {
        chi_square,
        freedom,
        p_value: chi_square_above(chi_square, freedom),
    }
}

/// Logistic regression of good on the stated log-odds: intercept and slope, or
/// the intercept alone with slope 1. Newton's method.
fn regress(scored: &Scored<'_>, log_odds: &[f64], free_slope: bool) -> Option<(f64, f64)> {
    let (mut a, mut b) = (0.0, 1.0);
    for _ in 0..50 {
        let (mut ga, mut gb, mut haa, mut hab, mut hbb) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (row, &x) in log_odds.iter().enumerate() {
            let p = logistic(a + b * x);
            let w = scored.weights[row];
            let residual = w * (if scored.bad[row] { 0.0 } else { 1.0 } - p);
            let v = w * p * (1.0 - p);
            ga += residual;
            gb += residual * x;
            haa += v;
            hab += v * x;
            hbb += v * x * x;
        }
        let (da, db) = if free_slope {
            let determinant = haa * hbb - hab * hab;
            if determinant <= 1e-12 * haa * hbb {
                return None;
            }
            (
                (hbb * ga - hab * gb) / determinant,
                (haa * gb - hab * ga) / determinant,
            )
        } else {
            (ga / haa, 0.0)
        };
        // Steps are bounded: far off, the curvature says nothing.
        (a, b) = (a + da.clamp(-2.0, 2.0), b + db.clamp(-2.0, 2.0));
        if !(a.is_finite() && b.is_finite()) || a.abs() > 100.0 || b.abs() > 100.0 {
            return None;
        }
        if da.abs() < 1e-10 && db.abs() < 1e-10 {
            return Some((a, b));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosmer_lemeshow_by_hand() {
        let group = |weight, expected, observed| CalibrationGroup {
            rows: 100,
            weight,
            expected,
            observed,
            interval: (0.0, 1.0),
        };
        // (15 - 10)^2 / 9 + (18 - 20)^2 / 16 = 2.7778 + 0.25.
        let groups = [
            group(100.0, 0.1, 0.15),
            group(100.0, 0.2, 0.18),
            group(100.0, 0.3, 0.3),
        ];
        let found = test(&groups, true);
        assert!((found.chi_square - 3.027_777_777_8).abs() < 1e-9);
        assert_eq!(found.freedom, 1);
        assert!(
            (found.p_value - 0.081_850).abs() < 1e-5,
            "{}",
            found.p_value
        );
        assert_eq!(test(&groups, false).freedom, 3);
    }
}
