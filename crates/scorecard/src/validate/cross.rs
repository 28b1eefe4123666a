//! Fitting on a part and looking at the rest: k folds, repeated, and later
//! times.
//!
//! Everything is done anew in each part: bins, selection, coefficients,
//! rounding. So the rows looked at have had no say in the card they are scored
//! by, and what is measured is the whole procedure with these options, not one
//! card. Options that were chosen by looking at these very measures make them
//! too good.

use serde::Serialize;

use blindscore_history::scheme::Scheme;

use super::roc;
use super::scored::Scored;
use super::{ValidateError, ValidateOptions, Validation, folds, validate};
use crate::train::maths::{ln, logistic, normal_reach};
use crate::train::{Fit, FitOptions, TrainingTable, fit};

/// The most folds and the most repeats.
const MANY: usize = 1_000;

/// How rows are put into folds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FoldOptions {
    /// How many folds.
    pub folds: usize,
    /// How many times over, each with other folds.
    pub repeats: usize,
    /// What the folds are drawn from.
    pub seed: u64,
    /// The confidence of the interval.
    pub confidence: f64,
}

impl Default for FoldOptions {
    fn default() -> Self {
        Self {
            folds: 5,
            repeats: 10,
            seed: 0,
            confidence: 0.95,
        }
    }
}

/// What rows say that had no part in the fit.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CrossValidation {
    /// How many rows there are.
    pub rows: usize,
    /// How many folds.
    pub folds: usize,
    /// How many times over.
    pub repeats: usize,
    /// The mean of the folds' AUCs, each within its own fold.
    pub auc: f64,
    /// The standard deviation of a fold's AUC.
    pub auc_deviation: f64,
    /// The mean over repeats of the AUC of all rows together, each scored by
    /// the card that had not seen it.
    pub auc_pooled: f64,
    /// The standard deviation of that between repeats: how much the drawing of
    /// folds matters.
    pub auc_pooled_deviation: f64,
    /// The pooled AUC with DeLong's error, averaged over repeats: how much the
    /// choice of rows matters.
    pub interval: (f64, f64),
    /// The confidence of the interval.
    pub confidence: f64,
    /// The mean AUC on the rows fitted on; far above `auc` if the fit follows
    /// chance.
    pub auc_fitted: f64,
    /// The mean Brier score.
    pub brier: f64,
    /// The mean log loss.
    pub log_loss: f64,
    /// The columns that were in a card, with the share of cards they were in,
    /// most often first.
    pub kept: Vec<Kept>,
    /// Each fold.
    pub results: Vec<FoldResult>,
}

/// How often a column was in the card.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Kept {
    /// The column.
    pub column: String,
    /// The share of cards.
    pub share: f64,
}

/// A fold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FoldResult {
    /// The repeat, from 0.
    pub repeat: usize,
    /// The fold, from 0.
    pub fold: usize,
    /// How many rows it has.
    pub rows: usize,
    /// The AUC on it.
    pub auc: f64,
    /// The AUC on the other rows, which the card was fitted on.
    pub auc_fitted: f64,
    /// How many characteristics the card had.
    pub characteristics: usize,
}

/// Fits and measures `folds * repeats` times; `progress` is told how many are
/// done, and of how many.
///
/// # Errors
/// If there are fewer rows of a class than folds, or a part cannot be fitted.
pub fn cross_validate(
    scheme: &Scheme,
    table: &TrainingTable,
    options: &FitOptions,
    how: &FoldOptions,
    progress: &mut dyn FnMut(usize, usize),
) -> Result<CrossValidation, ValidateError> {
    check(table, how)?;
    let bad = table.both_classes()?;
    let mut gathered = Gathered::default();
    for repeat in 0..how.repeats {
        let fold_of = folds::stratified(bad, how.folds, how.seed.wrapping_add(repeat as u64));
        let mut log_odds = vec![0.0; table.rows()];
        for fold in 0..how.folds {
            let part = |inside: bool| -> Vec<usize> {
                (0..table.rows())
                    .filter(|&row| (fold_of[row] == fold) == inside)
                    .collect()
            };
            let (test, train) = (part(true), part(false));
            let one =
                one_fold(scheme, table, options, (&train, &test)).map_err(|error| match error {
                    ValidateError::Fit { error, .. } => ValidateError::Fit {
                        part: format!("repeat {}, fold {}", repeat + 1, fold + 1),
                        error,
                    },
                    other => other,
                })?;
            for (&row, value) in test.iter().zip(one.log_odds) {
                log_odds[row] = value;
            }
            gathered.columns.extend(one.columns);
            gathered.results.push(FoldResult {
                repeat,
                fold,
                ..one.result
            });
            progress(gathered.results.len(), how.folds * how.repeats);
        }
        gathered.pool(table, bad, &log_odds, how.confidence);
    }
    Ok(gathered.summary(table, how))
}

/// Fits on the rows before a time and measures on those from it on.
///
/// # Errors
/// If the table has no times, or either part cannot be fitted or measured.
pub fn out_of_time(
    scheme: &Scheme,
    table: &TrainingTable,
    options: &FitOptions,
    from: &str,
    how: &ValidateOptions<'_>,
) -> Result<(Fit, Validation), ValidateError> {
    let (before, after) = table.split_at_time(from)?;
    let fitted = fit(scheme, &before, options).map_err(|error| ValidateError::Fit {
        part: format!("rows before {from}"),
        error: error.into(),
    })?;
    let how = ValidateOptions {
        reference: Some(&before),
        fitted_here: false,
        ..how.clone()
    };
    let validation = validate(&fitted.scorecard, scheme, &after, &how)?;
    Ok((fitted, validation))
}

fn check(table: &TrainingTable, how: &FoldOptions) -> Result<(), ValidateError> {
    for (name, got, least) in [("folds", how.folds, 2), ("repeats", how.repeats, 1)] {
        if !(least..=MANY).contains(&got) {
            return Err(ValidateError::Option {
                name,
                got: got as f64,
                least: least as f64,
                most: MANY as f64,
            });
        }
    }
    if !(0.5..=0.9999).contains(&how.confidence) {
        return Err(ValidateError::Option {
            name: "confidence",
            got: how.confidence,
            least: 0.5,
            most: 0.9999,
        });
    }
    let bad = table.both_classes()?;
    let count = bad.iter().filter(|&&bad| bad).count();
    let rows = count.min(bad.len() - count);
    if rows < how.folds {
        return Err(ValidateError::FewRows {
            rows,
            folds: how.folds,
        });
    }
    Ok(())
}

struct OneFold {
    result: FoldResult,
    /// Of the rows looked at.
    log_odds: Vec<f64>,
    columns: Vec<String>,
}

fn one_fold(
    scheme: &Scheme,
    table: &TrainingTable,
    options: &FitOptions,
    (train, test): (&[usize], &[usize]),
) -> Result<OneFold, ValidateError> {
    let test = table.subset(test);
    let fitted =
        fit(scheme, &table.subset(train), options).map_err(|error| ValidateError::Fit {
            part: String::new(),
            error: error.into(),
        })?;
    let scored = Scored::new(&fitted.scorecard, &test)?;
    let coefficients = &fitted.report.model.coefficients;
    Ok(OneFold {
        result: FoldResult {
            repeat: 0,
            fold: 0,
            rows: test.rows(),
            auc: roc::auc(&scored.goodness, scored.bad, &scored.weights),
            auc_fitted: fitted.report.rounding.auc_after,
            characteristics: coefficients.len(),
        },
        log_odds: scored.log_odds.expect("a fitted card states its odds"),
        columns: coefficients.iter().map(|one| one.column.clone()).collect(),
    })
}

#[derive(Default)]
struct Gathered {
    results: Vec<FoldResult>,
    columns: Vec<String>,
    pooled: Vec<f64>,
    errors: Vec<f64>,
    brier: Vec<f64>,
    log_loss: Vec<f64>,
}

impl Gathered {
    /// All rows of a repeat together.
    fn pool(&mut self, table: &TrainingTable, bad: &[bool], log_odds: &[f64], confidence: f64) {
        let weights = super::scored::weights(table);
        let auc = roc::measure(log_odds, bad, &weights, confidence, 0, 0);
        self.pooled.push(auc.area);
        self.errors.push(auc.standard_error);
        let total: f64 = weights.iter().sum();
        let average = |of: &dyn Fn(f64, bool) -> f64| {
            let rows = log_odds.iter().zip(bad).zip(&weights);
            rows.map(|((&log_odds, &bad), w)| w * of(logistic(-log_odds), bad))
                .sum::<f64>()
                / total
        };
        self.brier.push(average(&|p, bad| {
            if bad { (1.0 - p) * (1.0 - p) } else { p * p }
        }));
        self.log_loss.push(average(&|p, bad| {
            -ln(if bad { p } else { 1.0 - p }.max(1e-15))
        }));
    }

    fn summary(self, table: &TrainingTable, how: &FoldOptions) -> CrossValidation {
        let aucs: Vec<f64> = self.results.iter().map(|one| one.auc).collect();
        let fitted: Vec<f64> = self.results.iter().map(|one| one.auc_fitted).collect();
        let auc_pooled = mean(&self.pooled);
        let reach = normal_reach(how.confidence) * mean(&self.errors);
        CrossValidation {
            rows: table.rows(),
            folds: how.folds,
            repeats: how.repeats,
            auc: mean(&aucs),
            auc_deviation: deviation(&aucs),
            auc_pooled,
            auc_pooled_deviation: deviation(&self.pooled),
            interval: ((auc_pooled - reach).max(0.0), (auc_pooled + reach).min(1.0)),
            confidence: how.confidence,
            auc_fitted: mean(&fitted),
            brier: mean(&self.brier),
            log_loss: mean(&self.log_loss),
            kept: kept(self.columns, self.results.len()),
            results: self.results,
        }
    }
}

fn kept(mut columns: Vec<String>, cards: usize) -> Vec<Kept> {
    columns.sort_unstable();
    let mut kept: Vec<Kept> = columns
        .chunk_by(|a, b| a == b)
        .map(|same| Kept {
            column: same[0].clone(),
            share: same.len() as f64 / cards as f64,
        })
        .collect();
    // A stable sort keeps names in order among equals.
    kept.sort_by(|a, b| b.share.total_cmp(&a.share));
    kept
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let centre = mean(values);
    let squares: f64 = values.iter().map(|value| (value - centre).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}
