//! Why levels cannot be computed, read or combined. No error carries a level
//! or an amount.

use jiff::civil::Date;

use crate::digest::Digest;
use crate::scheme::{CellFault, Role};

/// Levels that cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LevelsError {
    /// The levels or the file belong to another scheme.
    #[error("levels of scheme {}; want {}: compute them again under this scheme", got.short(), want.short())]
    OtherScheme {
        /// The scheme they name.
        got: Digest,
        /// The scheme at hand.
        want: Digest,
    },
    /// A source computes no levels of column lines.
    #[error(
        "the scheme is tabular: no ledger has its columns; make levels with from_columns or from_levels"
    )]
    Tabular,
    /// `from_columns` makes the levels of column lines only.
    #[error("line `{line}` is not a column: make the levels of a mixed scheme with from_levels")]
    NotAColumn {
        /// The line.
        line: String,
    },
    /// The table has no such column.
    #[error("column `{0}` is missing; give None where its value is not known")]
    MissingColumn(String),
    /// The scheme has no such column line.
    #[error("column `{0}` is not a line of the scheme")]
    UnknownColumn(String),
    /// The table has no column that a line reads.
    #[error("the table has no column `{0}`; add it, or correct the header")]
    NoSuchColumn(String),
    /// The table has two columns of a header that a line reads.
    #[error("the table has two columns `{0}`; rename one of them")]
    ColumnTwice(String),
    /// A value that has no level.
    #[error("column `{column}`: {fault}")]
    Cell {
        /// The column.
        column: String,
        /// What is wrong with its value.
        fault: CellFault,
    },
    /// The ledger is in another currency than the scheme.
    #[error("the ledger is in {got}; want the scheme's {want}")]
    Currency {
        /// The ledger's.
        got: String,
        /// The scheme's.
        want: String,
    },
    /// The ledger ends before the windows do.
    #[error(
        "the ledger covers {first} to {last}; want it to reach {want}, the last day of the month before the as-of date's: read a later statement"
    )]
    Stale {
        /// First day covered.
        first: Date,
        /// Last day covered.
        last: Date,
        /// The day it must reach.
        want: Date,
    },
    /// The ledger does not cover the last month before the as-of date's.
    #[error(
        "the ledger covers {first} to {last}; want at least the whole month before the as-of date's"
    )]
    NoMonth {
        /// First day covered.
        first: Date,
        /// Last day covered.
        last: Date,
    },
    /// The ledger does not cover the longest window.
    #[error(
        "the ledger covers the {got} whole months before the as-of date's month; want {want}: read older statements, or allow shorter coverage if the request does"
    )]
    Short {
        /// Whole months covered.
        got: u8,
        /// The scheme's longest window.
        want: u8,
    },
    /// No date has 60 months before it in the calendar.
    #[error("as-of date {0} is outside the years 1 to 9999")]
    AsOf(Date),
    /// More or fewer levels than line-windows.
    #[error("{got} levels; want {want}, one a line-window")]
    Count {
        /// Levels given.
        got: usize,
        /// Line-windows of the scheme.
        want: usize,
    },
    /// A level above the largest one.
    #[error("line `{line}`, {months} months: level above {max}")]
    AboveCap {
        /// The line.
        line: String,
        /// The window.
        months: u8,
        /// The largest level.
        max: u32,
    },
    /// A longer window with less in it.
    #[error("line `{line}`, {months} months: level below that of the shorter window")]
    Falling {
        /// The line.
        line: String,
        /// The longer window.
        months: u8,
    },
    /// A sum line that is not the sum.
    #[error("line `{line}`, {months} months: level is not the sum of its members' levels")]
    NotTheSum {
        /// The sum line.
        line: String,
        /// The window.
        months: u8,
    },
    /// Covered months that the scheme's windows do not admit.
    #[error("{got} months covered; want {least} to {greatest}, the scheme's longest window")]
    CoveredMonths {
        /// The months given.
        got: u8,
        /// 1, or 0 if the scheme has no window.
        least: u8,
        /// The longest window.
        greatest: u8,
    },
    /// Parts computed as of different dates.
    #[error("levels as of {got} beside levels as of {want}; want one as-of date")]
    OtherDate {
        /// The part's.
        got: Date,
        /// The first part's.
        want: Date,
    },
    /// Nothing to combine.
    #[error("no source; want at least one")]
    NoPart,
    /// More sources than the scheme admits.
    #[error("{got} sources; want at most {want}, the scheme's sources_max")]
    TooManyParts {
        /// Sources given.
        got: usize,
        /// The scheme's `sources_max`.
        want: u32,
    },
    /// A role that two sources have.
    #[error("role `{0}` is assigned to two sources; want at most one")]
    RoleTwice(Role),
    /// A levels file longer than any there can be.
    #[error("levels file of {got} bytes; want at most {max}")]
    FileTooLarge {
        /// Its length.
        got: usize,
        /// The most read.
        max: usize,
    },
    /// A levels file that is not of its form.
    #[error("levels file, line {line} column {column}, at {path}: {message}")]
    File {
        /// Line of the text, from 1.
        line: usize,
        /// Column of the text, from 1.
        column: usize,
        /// Path into the JSON.
        path: String,
        /// What is wrong, without the value that is.
        message: &'static str,
    },
    /// A levels file of another version.
    #[error("levels file of version {got}; want {want}")]
    FileVersion {
        /// The file's.
        got: u32,
        /// The one read.
        want: u32,
    },
    /// A levels file whose list differs from the scheme's line-windows.
    #[error(
        "levels file, levels[{index}]: not line `{line}` with window {months}: list every line-window once, in the scheme's order"
    )]
    FileOrder {
        /// Index in the list.
        index: usize,
        /// The scheme's line there.
        line: String,
        /// The scheme's window there.
        months: u8,
    },
    /// A levels file whose as-of date is not a date.
    #[error("levels file, at as_of: not a date; want year, month and day such as 2026-03-15")]
    FileDate,
}
