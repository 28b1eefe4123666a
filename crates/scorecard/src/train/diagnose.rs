//! What a modeller should know of a model: errors of its coefficients, and
//! what looks wrong.

use nalgebra::Cholesky;

use super::assemble::Texts;
use super::design::design;
use super::logistic::Model;
use super::maths::two_sided;
use super::table::TrainingTable;
use super::{Candidate, Coefficient, FitError, FitReport, Selected};

/// An information value from which a column is too good to be believed
/// unseen.
const SUSPICIOUS_IV: f64 = 1.0;
/// Bad rows for each coefficient below which a model is shaky (P. Peduzzi and
/// others, *A simulation study of the number of events per variable in
/// logistic regression analysis*, 1996).
const EVENTS_PER_COEFFICIENT: usize = 10;
/// A variance inflation from which coefficients are hard to tell apart.
const LARGE_INFLATION: f64 = 5.0;

/// The coefficients with their errors.
pub(super) fn coefficients(
    table: &TrainingTable,
    candidates: &[Candidate],
    model: &Model,
    texts: &[Texts],
) -> Result<Vec<Coefficient>, FitError> {
    let errors = model.standard_errors();
    let inflation = inflation(table, candidates, model)?;
    let one = |place: usize| {
        let estimate = model.coefficients[place];
        let positive = errors[place].filter(|&error| error > 0.0);
        Coefficient {
            name: texts[place].name.clone(),
            column: candidates[model.which[place]].bins.column.clone(),
            estimate,
            standard_error: errors[place],
            p_value: positive.map(|error| two_sided(estimate / error)),
            inflation: inflation.as_ref().map(|all| all[place]),
        }
    };
    Ok((0..model.which.len()).map(one).collect())
}

/// The diagonal of the inverse correlation matrix; `None` if it has none.
fn inflation(
    table: &TrainingTable,
    candidates: &[Candidate],
    model: &Model,
) -> Result<Option<Vec<f64>>, FitError> {
    let design = design(table, candidates)?;
    let products = design.products(&model.which, &model.which, &design.weights);
    let all = products[(0, 0)];
    let n = model.which.len();
    let covariance = nalgebra::DMatrix::from_fn(n, n, |i, j| {
        products[(i + 1, j + 1)] / all - products[(0, i + 1)] * products[(0, j + 1)] / (all * all)
    });
    let inverse = Cholesky::new(covariance.clone()).map(|factor| factor.inverse());
    Ok(inverse.map(|inverse| {
        (0..n)
            .map(|i| inverse[(i, i)] * covariance[(i, i)])
            .collect()
    }))
}

/// What a modeller should look at.
pub(super) fn warnings(report: &FitReport) -> Vec<String> {
    let mut warnings = Vec::new();
    for candidate in &report.candidates {
        let (column, iv) = (&candidate.bins.column, candidate.bins.iv);
        if candidate.selected == Selected::Constant {
            warnings.push(format!(
                "column {column:?} has one bin only and is left out"
            ));
        } else if iv > SUSPICIOUS_IV {
            warnings.push(format!(
                "column {column:?} has an information value of {iv:.2}; look whether it knows \
                 the outcome"
            ));
        }
    }
    if report.rounding.auc_before >= 1.0 {
        warnings.push(
            "good and bad are separated without error; only the penalty keeps the points finite"
                .into(),
        );
    }
    let few = report.table.bad.min(report.table.good);
    let coefficients = &report.model.coefficients;
    if few < EVENTS_PER_COEFFICIENT * coefficients.len() {
        warnings.push(format!(
            "{few} rows of the rarer class for {} characteristics; fewer than \
             {EVENTS_PER_COEFFICIENT} for each make a shaky model",
            coefficients.len()
        ));
    }
    for coefficient in coefficients {
        if coefficient.estimate < 0.0 {
            warnings.push(format!(
                "{:?} has a coefficient below zero: its points run against its own bad rates",
                coefficient.name
            ));
        }
        if coefficient
            .inflation
            .is_some_and(|factor| factor > LARGE_INFLATION)
        {
            warnings.push(format!(
                "{:?} says much that other characteristics say too",
                coefficient.name
            ));
        }
    }
    if report.scale.raw_per_published < 1.0 {
        warnings.push(format!(
            "points of one published point each would span {:.0}; {} fit, so a raw point is \
             {:.3} published points",
            report.scale.span_wanted,
            crate::SPAN_MAX,
            report.scale.raw_per_published.recip()
        ));
    }
    if report.scale.clamped > 0.01 {
        warnings.push(format!(
            "{:.1} % of the rows score at an end of the published range; widen it, or let fewer \
             points double the odds",
            100.0 * report.scale.clamped
        ));
    }
    warnings
}
