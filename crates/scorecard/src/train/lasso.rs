//! Selection by an L1 penalty, chosen by cross-validation if none is given.
//!
//! The path runs from the least penalty that leaves nothing in down to a
//! thousandth of it. Chosen is the largest whose cross-validated log loss is
//! within one standard error of the best (T. Hastie, R. Tibshirani, J.
//! Friedman, *The Elements of Statistical Learning*, section 7.10). Bins are
//! those of the whole table, so this loss is a little too good for all
//! penalties alike; it only ranks them.

use super::FitError;
use super::design::{Design, DesignColumn};
use super::logistic::{self, Model, Penalty};
use super::maths::{exp, ln};
use crate::validate::folds;

const PENALTIES: usize = 25;
const FOLDS: usize = 5;
const LEAST_SHARE: f64 = 1e-3;

/// The penalty, and the columns that it leaves in.
pub(super) fn choose(
    design: &Design<'_>,
    may: &[usize],
    penalty: &Penalty,
    given: Option<f64>,
    seed: u64,
) -> Result<(f64, Vec<usize>), FitError> {
    let l1 = match given {
        Some(l1) => l1,
        None => by_folds(design, may, penalty, seed)?,
    };
    let model = logistic::fit(design, may, &Penalty { l1, ..*penalty }, None)?;
    let kept = may
        .iter()
        .zip(&model.coefficients)
        .filter(|(_, b)| **b != 0.0);
    Ok((l1, kept.map(|(&column, _)| column).collect()))
}

fn by_folds(
    design: &Design<'_>,
    may: &[usize],
    penalty: &Penalty,
    seed: u64,
) -> Result<f64, FitError> {
    let path = path(design, may);
    let bad: Vec<bool> = design.good.iter().map(|&good| good == 0.0).collect();
    let folds = folds::stratified(&bad, FOLDS, seed);
    let mut losses = vec![Vec::new(); path.len()];
    for fold in 0..FOLDS {
        let rows = |inside: bool| -> Vec<usize> {
            (0..bad.len())
                .filter(|&row| (folds[row] == fold) == inside)
                .collect()
        };
        let (test, train) = (rows(true), rows(false));
        let is_bad = |&row: &usize| bad[row];
        let both = |rows: &[usize]| rows.iter().any(is_bad) && !rows.iter().all(is_bad);
        if test.is_empty() || !both(&train) {
            continue;
        }
        let (train, test) = (Part::new(design, &train), Part::new(design, &test));
        let (train, test) = (train.design(design), test.design(design));
        let share = train.weight() / design.weight();
        let mut model: Option<Model> = None;
        for (l1, losses) in path.iter().zip(&mut losses) {
            let penalty = Penalty {
                l1: l1 * share,
                l2: penalty.l2 * share,
                ..*penalty
            };
            let next = logistic::fit(&train, may, &penalty, model.as_ref())?;
            losses.push(logistic::loss(&test, &next.predict(&test)) / test.weight());
            model = Some(next);
        }
    }
    Ok(path[one_standard_error(&losses)])
}

/// Penalties from the largest down.
fn path(design: &Design<'_>, may: &[usize]) -> Vec<f64> {
    let null = logistic::null(design, may);
    let (residuals, _) = logistic::derivatives(design, &null.predict(design));
    let gradient = design.gradient(may, &residuals);
    let largest = gradient
        .iter()
        .skip(1)
        .map(|g| g.abs())
        .fold(1e-9, f64::max);
    let step = ln(LEAST_SHARE) / (PENALTIES - 1) as f64;
    (0..PENALTIES)
        .map(|i| largest * exp(step * i as f64))
        .collect()
}

/// The first penalty whose mean loss is within a standard error of the best.
fn one_standard_error(losses: &[Vec<f64>]) -> usize {
    let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len().max(1) as f64;
    let means: Vec<f64> = losses.iter().map(|all| mean(all)).collect();
    let best = (0..means.len()).min_by(|&a, &b| means[a].total_cmp(&means[b]));
    let best = best.unwrap_or(0);
    let n = losses[best].len();
    let error = if n > 1 {
        let squares: Vec<f64> = losses[best]
            .iter()
            .map(|l| (l - means[best]).powi(2))
            .collect();
        (squares.iter().sum::<f64>() / (n - 1) as f64 / n as f64).sqrt()
    } else {
        0.0
    };
    means
        .iter()
        .position(|&mean| mean <= means[best] + error)
        .unwrap_or(best)
}

/// Some rows of a design, copied.
struct Part {
    levels: Vec<Vec<u8>>,
    good: Vec<f64>,
    weights: Vec<f64>,
}

impl Part {
    fn new(design: &Design<'_>, rows: &[usize]) -> Self {
        let pick = |all: &[f64]| rows.iter().map(|&row| all[row]).collect();
        let levels =
            |column: &DesignColumn<'_>| rows.iter().map(|&row| column.levels[row]).collect();
        Self {
            levels: design.columns.iter().map(levels).collect(),
            good: pick(&design.good),
            weights: pick(&design.weights),
        }
    }

    fn design<'a>(&'a self, whole: &'a Design<'_>) -> Design<'a> {
        let columns = whole.columns.iter().zip(&self.levels);
        Design {
            columns: columns
                .map(|(column, levels)| DesignColumn {
                    name: column.name,
                    levels,
                    values: column.values,
                })
                .collect(),
            good: self.good.clone(),
            weights: self.weights.clone(),
        }
    }
}
