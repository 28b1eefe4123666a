//! A scorecard from data: bins, weights of evidence, logistic regression,
//! points.
//!
//! ```text
//!  TrainingTable ── bins of each column ── weights of evidence ── regression ── points
//!   levels, outcome   (best partition)       ln(%good / %bad)     L2, L1, signs   rounded last
//! ```
//!
//! Everything up to the last step is in floating point, and the last is a step
//! of its own, with a report of what it cost: [`Rounding`]. What comes out is
//! a [`Scorecard`] like any other, checked as one that was read from a file.
//!
//! Fitting is deterministic: one table, scheme and options give one scorecard
//! on every machine. The group column is not read.
//!
//! ```
//! # use blindscore_history::scheme::Scheme;
//! use blindscore_scorecard::train::{FitOptions, TableColumns, TrainingTable, fit};
//! # let scheme = Scheme::from_json(r#"{"blindscore_scheme":1,"name":"example","version":1,
//! #   "currency":"EUR","sources_max":2,"lines":[{"name":"groceries","kind":"pooled",
//! #   "flows":["expenditure"],"categories":["FOOD"],"unit":20000,"cap":30,"windows":[12]}]}"#)?;
//! let mut csv = String::from("groceries@12,bad\n");
//! for row in 0..600 {
//!     let level = row % 30;
//!     let bad = row * 7 % 31 > level; // few groceries, more often bad
//!     csv.push_str(&format!("{level},{}\n", u8::from(bad)));
//! }
//! let columns = TableColumns { outcome: Some("bad".into()), ..TableColumns::default() };
//! let table = TrainingTable::from_csv(csv.as_bytes(), &scheme, &columns)?;
//! let fit = fit(&scheme, &table, &FitOptions::default())?;
//! assert_eq!(fit.scorecard.characteristics().len(), 1);
//! assert!(fit.report.rounding.auc_after > 0.8);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use blindscore_history::scheme::Scheme;

use crate::model::Scorecard;

mod assemble;
mod binning;
mod bins;
mod candidates;
mod design;
mod diagnose;
mod error;
mod field;
#[cfg(test)]
pub(crate) mod fixture;
mod labels;
mod lasso;
mod logistic;
pub(crate) mod maths;
mod options;
mod partition;
mod plan;
mod points;
pub(crate) mod print;
mod read_csv;
mod report;
mod select;
mod table;
mod table_builder;
mod table_error;
#[cfg(test)]
mod tests;

pub use binning::ColumnBins;
pub use bins::{Bin, BinKind};
pub use error::FitError;
pub use labels::Labels;
pub use options::{
    Baseline, BinningOptions, ColumnOptions, FitOptions, PointSize, ScaleOptions, Selection, Signs,
    Trend,
};
pub use points::Rounding;
pub use read_csv::{COLUMNS_MAX, ROW_BYTES_MAX, TableColumns};
pub use report::{
    Candidate, Coefficient, FitReport, ModelReport, ScaleReport, Selected, SelectionStep,
    TableSummary,
};
pub use table::{LABEL_BYTES_MAX, LABELS_MAX, ROWS_MAX, TrainingTable, column_name};
pub use table_builder::{Row, TableBuilder};
pub use table_error::{TableError, ValueFault};

/// A fitted scorecard and how it came about.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The scorecard.
    pub scorecard: Scorecard,
    /// How it came about.
    pub report: FitReport,
}

/// Fits a scorecard to a table.
///
/// # Errors
/// If the table is of another scheme, has no outcomes or outcomes of one class
/// only, no column tells good from bad, some column tells it without error and
/// no penalty bounds it, or the options cannot be met.
pub fn fit(scheme: &Scheme, table: &TrainingTable, options: &FitOptions) -> Result<Fit, FitError> {
    options.check()?;
    check(scheme, table)?;
    let summary = TableSummary::of(table)?;
    let candidates = candidates::find(scheme, table, options)?;
    let chosen = select::choose(table, &candidates, options)?;
    assemble::assemble(scheme, table, options, summary, candidates, chosen)
}

/// The table is by the scheme, and has good and bad rows.
fn check(scheme: &Scheme, table: &TrainingTable) -> Result<(), FitError> {
    if table.scheme_digest() != scheme.digest() {
        return Err(FitError::AnotherScheme {
            got: table.scheme_digest().short(),
            want: scheme.digest().short(),
        });
    }
    table.both_classes()?;
    Ok(())
}
