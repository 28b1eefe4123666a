//! Logistic regression with L2 and L1 penalties and signs.
//!
//! Minimises
//!
//! ```text
//! sum of w (ln(1 + e^eta) - good * eta) + l2/2 * sum of b^2 + l1 * sum of |b|
//! ```
//!
//! over an intercept, which is not penalised, and coefficients `b`, which are
//! kept at or above zero if so asked. Newton's method with step halving: each
//! step minimises the quadratic that touches the likelihood, by Cholesky's
//! factorisation where that is all, by coordinate descent on the same Gram
//! matrix where L1 or signs bind (J. Friedman, T. Hastie, R. Tibshirani,
//! *Regularization paths for generalized linear models via coordinate
//! descent*, 2010; J. Lee, Y. Sun, M. Saunders, *Proximal Newton-type
//! methods*, 2014). The problem is convex, so signs need no trials.

use nalgebra::{Cholesky, DMatrix, DVector};

use super::FitError;
use super::design::Design;
use super::maths::{ln, logistic, softplus};

const ITERATIONS: usize = 100;
const SWEEPS: usize = 20_000;
/// Coefficients of weights of evidence are about 1; one of this size means
/// that there is no finite best.
const DIVERGED: f64 = 40.0;
/// A mean log loss below this explains every row.
const PERFECT: f64 = 1e-6;

/// The penalties and signs of a regression.
#[derive(Debug, Clone, Copy)]
pub(super) struct Penalty {
    pub(super) l2: f64,
    pub(super) l1: f64,
    pub(super) not_negative: bool,
}

/// A fitted regression.
#[derive(Debug, Clone)]
pub(super) struct Model {
    /// Indices of the design's columns.
    pub(super) which: Vec<usize>,
    pub(super) intercept: f64,
    pub(super) coefficients: Vec<f64>,
    /// The curvature of the penalised likelihood, intercept first.
    pub(super) information: DMatrix<f64>,
    pub(super) log_loss: f64,
    pub(super) iterations: usize,
}

impl Model {
    /// Log-odds of good, a row.
    pub(super) fn predict(&self, design: &Design<'_>) -> Vec<f64> {
        design.predict(&self.which, self.intercept, &self.coefficients)
    }

    /// Standard errors of the coefficients, zero ones left out of the
    /// curvature; `None` for those.
    pub(super) fn standard_errors(&self) -> Vec<Option<f64>> {
        let active: Vec<usize> = (0..self.which.len())
            .filter(|&i| self.coefficients[i] != 0.0)
            .collect();
        let places: Vec<usize> = [0]
            .into_iter()
            .chain(active.iter().map(|i| i + 1))
            .collect();
        let part = self
            .information
            .select_rows(&places)
            .select_columns(&places);
        let inverse = Cholesky::new(part).map(|factor| factor.inverse());
        let mut errors = vec![None; self.which.len()];
        for (place, &index) in active.iter().enumerate() {
            errors[index] = inverse
                .as_ref()
                .map(|inverse| inverse[(place + 1, place + 1)].max(0.0).sqrt());
        }
        errors
    }
}

/// Fits the columns `which`, starting from a model of the same columns if one
/// is given.
pub(super) fn fit(
    design: &Design<'_>,
    which: &[usize],
    penalty: &Penalty,
    start: Option<&Model>,
) -> Result<Model, FitError> {
    let weight = design.weight();
    let mut model = match start {
        Some(start) => start.clone(),
        None => null(design, which),
    };
    let mut eta = model.predict(design);
    let mut objective = value(design, &eta, &model.coefficients, penalty);
    for iteration in 1..=ITERATIONS {
        model.iterations = iteration;
        let (residuals, curvature) = derivatives(design, &eta);
        let gradient = design.gradient(which, &residuals);
        model.information = design.products(which, which, &curvature);
        for i in 1..=which.len() {
            model.information[(i, i)] += penalty.l2;
        }
        let target = step(&model, &gradient, penalty).ok_or_else(|| collinear(design, &model))?;
        let (next, next_objective, moved) = search(design, &model, &target, penalty, objective);
        let gained = objective - next_objective;
        (model.intercept, model.coefficients) = next;
        eta = model.predict(design);
        objective = next_objective;
        model.log_loss = loss(design, &eta) / weight;
        if penalty.l2 == 0.0 && penalty.l1 == 0.0 {
            separated(design, &model)?;
        }
        if moved < 1e-9 || gained <= 1e-13 * weight {
            return Ok(model);
        }
    }
    Err(FitError::NotConverged {
        iterations: ITERATIONS,
    })
}

/// The intercept alone: the log-odds of the whole sample.
pub(super) fn null(design: &Design<'_>, which: &[usize]) -> Model {
    let weighted = design.good.iter().zip(&design.weights);
    let good: f64 = weighted.map(|(good, weight)| good * weight).sum();
    Model {
        which: which.to_vec(),
        intercept: ln(good / (design.weight() - good)),
        coefficients: vec![0.0; which.len()],
        information: DMatrix::zeros(which.len() + 1, which.len() + 1),
        log_loss: 0.0,
        iterations: 0,
    }
}

/// Weighted residuals and weighted curvature, a row.
pub(super) fn derivatives(design: &Design<'_>, eta: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let one = |((&eta, &good), &weight): ((&f64, &f64), &f64)| {
        let p = logistic(eta);
        // Kept above zero, so that the curvature stays invertible.
        (weight * (good - p), weight * (p * (1.0 - p)).max(1e-12))
    };
    eta.iter()
        .zip(&design.good)
        .zip(&design.weights)
        .map(one)
        .unzip()
}

/// The negative log-likelihood.
pub(super) fn loss(design: &Design<'_>, eta: &[f64]) -> f64 {
    let rows = eta.iter().zip(&design.good).zip(&design.weights);
    rows.map(|((&eta, &good), &weight)| weight * (softplus(eta) - good * eta))
        .sum()
}

fn value(design: &Design<'_>, eta: &[f64], coefficients: &[f64], penalty: &Penalty) -> f64 {
    let squares: f64 = coefficients.iter().map(|b| b * b).sum();
    let sizes: f64 = coefficients.iter().map(|b| b.abs()).sum();
    loss(design, eta) + penalty.l2 / 2.0 * squares + penalty.l1 * sizes
}

/// Where the touching quadratic is least: intercept, then coefficients.
fn step(model: &Model, gradient: &[f64], penalty: &Penalty) -> Option<Vec<f64>> {
    let h = &model.information;
    let now: Vec<f64> = [model.intercept]
        .into_iter()
        .chain(model.coefficients.iter().copied())
        .collect();
    // The quadratic's linear part: h * now + gradient of the likelihood; the
    // gradient of the ridge is in `h * now` but must not be.
    let mut linear = h * DVector::from_column_slice(&now);
    for (i, g) in gradient.iter().enumerate() {
        linear[i] += g;
        if i > 0 {
            linear[i] -= penalty.l2 * now[i];
        }
    }
    if penalty.l1 == 0.0 {
        let free = Cholesky::new(h.clone())?.solve(&linear);
        let allowed = !penalty.not_negative || free.iter().skip(1).all(|&b| b >= 0.0);
        if allowed {
            return Some(free.iter().copied().collect());
        }
    }
    Some(descend(h, &linear, now, penalty))
}

/// Coordinate descent on `b'hb/2 - linear'b + l1 |b|`.
fn descend(
    h: &DMatrix<f64>,
    linear: &DVector<f64>,
    mut b: Vec<f64>,
    penalty: &Penalty,
) -> Vec<f64> {
    let n = b.len();
    if penalty.not_negative {
        b.iter_mut().skip(1).for_each(|b| *b = b.max(0.0));
    }
    let mut product = h * DVector::from_column_slice(&b);
    for _ in 0..SWEEPS {
        let mut largest: f64 = 0.0;
        for i in 0..n {
            let curvature = h[(i, i)];
            if curvature <= 0.0 {
                continue;
            }
            let alone = linear[i] - product[i] + curvature * b[i];
            let next = match i {
                0 => alone,
                _ if penalty.not_negative => (alone - penalty.l1).max(0.0),
                _ => alone.signum() * (alone.abs() - penalty.l1).max(0.0),
            } / curvature;
            let change = next - b[i];
            if change != 0.0 {
                b[i] = next;
                product.axpy(change, &h.column(i), 1.0);
                largest = largest.max(change.abs());
            }
        }
        if largest < 1e-11 {
            break;
        }
    }
    b
}

type Point = (f64, Vec<f64>);

/// The whole step if it lowers the objective, else half of it, and so on.
fn search(
    design: &Design<'_>,
    model: &Model,
    target: &[f64],
    penalty: &Penalty,
    objective: f64,
) -> (Point, f64, f64) {
    let mut share = 1.0;
    for _ in 0..40 {
        let at = |from: f64, to: f64| {
            if share == 1.0 {
                to
            } else {
                from + share * (to - from)
            }
        };
        let intercept = at(model.intercept, target[0]);
        let coefficients: Vec<f64> = model
            .coefficients
            .iter()
            .zip(&target[1..])
            .map(|(&from, &to)| at(from, to))
            .collect();
        let eta = design.predict(&model.which, intercept, &coefficients);
        let reached = value(design, &eta, &coefficients, penalty);
        if reached <= objective {
            let changes = coefficients
                .iter()
                .zip(&model.coefficients)
                .map(|(a, b)| (a - b).abs());
            let moved = changes.fold((intercept - model.intercept).abs(), f64::max);
            return ((intercept, coefficients), reached, moved);
        }
        share /= 2.0;
    }
    (
        (model.intercept, model.coefficients.clone()),
        objective,
        0.0,
    )
}

fn separated(design: &Design<'_>, model: &Model) -> Result<(), FitError> {
    let sizes = model.coefficients.iter().map(|b| b.abs());
    let largest = sizes.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    match largest {
        Some((index, size)) if size > DIVERGED || model.log_loss < PERFECT => {
            Err(FitError::Separation {
                column: design.columns[model.which[index]].name.into(),
            })
        }
        _ => Ok(()),
    }
}

/// The first column without which the curvature could be inverted.
fn collinear(design: &Design<'_>, model: &Model) -> FitError {
    let n = model.which.len();
    let singular = |count: usize| {
        let part = model
            .information
            .view((0, 0), (count + 1, count + 1))
            .into_owned();
        Cholesky::new(part).is_none()
    };
    let first = (1..=n).find(|&count| singular(count)).unwrap_or(n);
    match first
        .checked_sub(1)
        .and_then(|index| model.which.get(index))
    {
        Some(&column) => FitError::Collinear {
            column: design.columns[column].name.into(),
        },
        None => FitError::NotConverged {
            iterations: model.iterations,
        },
    }
}

#[cfg(test)]
mod tests;
