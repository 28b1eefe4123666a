//! Why no scorecard was fitted.

use super::TableError;
use crate::error::ScorecardError;

/// Why no scorecard was fitted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FitError {
    /// The table is at fault.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The table is by another scheme.
    #[error("table is by scheme {got}..; the scheme at hand is {want}..: read it by this scheme")]
    AnotherScheme {
        /// The start of the digest of the table's scheme.
        got: String,
        /// The start of the digest of the scheme at hand.
        want: String,
    },
    /// The options are not of their form.
    #[error("options: {message}")]
    Options {
        /// What is wrong.
        message: String,
    },
    /// An option is out of range.
    #[error("options: `{name}` is {got}; want {least} to {most}")]
    Option {
        /// The option.
        name: &'static str,
        /// Its value.
        got: f64,
        /// The least that it may be.
        least: f64,
        /// The most.
        most: f64,
    },
    /// The options name a column that the scheme does not have.
    #[error("options: the scheme has no column {column:?}; write line@months, or a column line")]
    UnknownColumn {
        /// The column.
        column: String,
    },
    /// The options name a column twice.
    #[error("options: column {column:?} is listed twice; keep one")]
    DuplicateColumn {
        /// The column.
        column: String,
    },
    /// The table lacks a column that is asked for.
    #[error("table: no column {column:?}, which the options ask for")]
    NoColumn {
        /// The column.
        column: String,
    },
    /// Cuts that cannot be.
    #[error("options: column {column:?}: cuts must ascend within {least} to {most}")]
    Cuts {
        /// The column.
        column: String,
        /// The lowest cut.
        least: usize,
        /// The highest cut.
        most: usize,
    },
    /// A special level that cannot be.
    #[error("options: column {column:?}: special level {got}; want {least} to {most}")]
    SpecialLevel {
        /// The column.
        column: String,
        /// The level.
        got: u32,
        /// The lowest.
        least: u32,
        /// The highest.
        most: u32,
    },
    /// Nothing can be told from the columns.
    #[error(
        "no column tells good from bad: {constant} of {columns} columns have one bin only, the \
         others less information value than {least_iv}; lower the least information value or \
         bring other columns"
    )]
    NothingToFit {
        /// How many columns there are.
        columns: usize,
        /// How many of them have one bin.
        constant: usize,
        /// The least information value.
        least_iv: f64,
    },
    /// A column tells good from bad without error.
    #[error(
        "good and bad are separated without error, mostly by column {column:?}: look whether it \
         knows the outcome, exclude it, or set an L2 penalty"
    )]
    Separation {
        /// The column with the largest coefficient.
        column: String,
    },
    /// The regression did not come to rest.
    #[error(
        "the regression did not converge in {iterations} steps; set a larger L2 penalty or \
         exclude columns that say the same"
    )]
    NotConverged {
        /// How many steps were made.
        iterations: usize,
    },
    /// Two columns say the same.
    #[error("column {column:?} is a combination of others; set an L2 penalty, or exclude it")]
    Collinear {
        /// The column.
        column: String,
    },
    /// The card cannot be built; says what to change in the options.
    #[error(transparent)]
    Scorecard(#[from] ScorecardError),
}
