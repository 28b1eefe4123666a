//! Levels: the small integers that a scheme makes of a spending history, and
//! all that is ever encrypted or scored.
//!
//! A source computes [`SourceLevels`] from its [ledger](crate::ledger), one
//! level a [line-window](Scheme::line_windows); the applicant's levels over all
//! sources are [`ApplicantLevels`]. Encrypted evaluation adds *cells* up and
//! looks the sum up; [`ApplicantLevels::combine`] is the same in the clear.
//!
//! # Definition
//!
//! A window of `w` months is the `w` whole calendar months before the as-of
//! date's month; entries of that month and later are not read.
//!
//! - **Pooled**: `L_w = min(cap, floor(total_w / unit))` with `total_w` the sum
//!   over the window's months of `max(0, the month's total after refunds)`, or
//!   for the measure `months` the number of months whose total is above 0.
//!   Level 0 is a true zero. Sent as increments `L_{w_i} - L_{w_{i-1}}`, which
//!   are never negative: any window's level is a sum of cells.
//! - **Sum**: the sum of its members' levels. Nothing is sent.
//! - **Single, column**: level 0 is *not known*, else
//!   `1 + clamp(floor((v - origin) / unit), 0, cap - 1)`, floor towards minus
//!   infinity. Sent as the level. A column may instead have cut points (1 and
//!   the number of cuts passed) or categories (the number of the group), and
//!   special values, whose levels follow ([`ColumnLine`]).
//!
//! Over several sources pooled and sum levels add up: the sum of the sources'
//! floors *is* the defined level. A single line is the level of the one source
//! that has its role, 0 if none has.
//!
//! # Shorter coverage
//!
//! A ledger must cover the longest window whole. Where the request allows less
//! ([`CoverageRule::AllowShorter`]), the whole months covered without a gap up
//! to the as-of date's month are read, at least one; entries of a month covered
//! in part are not. Pooled lines count what is there, single lines whose window
//! is longer than that are not known.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;

use crate::digest::Digest;
use crate::ledger::Ledger;
#[cfg(doc)]
use crate::scheme::ColumnLine;
use crate::scheme::{LineKind, LineWindow, Scheme};

mod check;
mod columns;
mod combine;
mod compute;
mod error;
mod file;
mod months;
mod single;

pub use crate::scheme::Role;
pub use columns::{CellError, TableColumns};
pub use combine::{ApplicantLevels, Part};
pub use error::LevelsError;

/// What to do with a ledger that does not cover the longest window whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoverageRule {
    /// Refuse it.
    Full,
    /// Read the whole months that it covers.
    AllowShorter,
}

/// What one source computes from its ledger: one level a line-window.
#[derive(Clone, PartialEq, Eq)]
pub struct SourceLevels {
    scheme: Digest,
    as_of: Date,
    covered_months: u8,
    levels: Vec<u32>,
}

impl SourceLevels {
    /// The most bytes of a levels file that [`from_json`](Self::from_json)
    /// reads.
    pub const JSON_MAX: usize = file::JSON_MAX;

    /// The levels of a ledger by a scheme, as of a date.
    ///
    /// # Errors
    /// If the scheme is tabular, the ledger is in another currency, or it does
    /// not cover the windows that `coverage` asks for.
    pub fn compute(
        scheme: &Scheme,
        ledger: &Ledger,
        as_of: Date,
        coverage: CoverageRule,
    ) -> Result<Self, LevelsError> {
        check::as_of(as_of)?;
        let (covered_months, levels) = compute::levels(scheme, ledger, as_of, coverage)?;
        Ok(Self {
            scheme: scheme.digest(),
            as_of,
            covered_months,
            levels,
        })
    }

    /// Levels from elsewhere: files, tests, tables with other lines than
    /// columns. `covered_months` is 1 up to the scheme's
    /// [longest window](Scheme::longest_window), or 0 if it has none.
    ///
    /// # Errors
    /// If there is not one level a line-window, one is above its cap, a pooled
    /// line's level falls from a window to a longer one, or a sum line's is not
    /// the sum of its members' levels.
    pub fn from_levels(
        scheme: &Scheme,
        as_of: Date,
        covered_months: u8,
        levels: Vec<u32>,
    ) -> Result<Self, LevelsError> {
        check::as_of(as_of)?;
        check::covered_months(scheme, covered_months)?;
        check::levels(scheme, &levels, |window| window.source_level_max)?;
        Ok(Self {
            scheme: scheme.digest(),
            as_of,
            covered_months,
            levels,
        })
    }

    /// The levels of a row of a table, by a scheme whose lines are all columns:
    /// a value (or `None`, not known) for each line's name.
    ///
    /// # Errors
    /// If the scheme has a line of another kind, a column is missing, one is
    /// not a line of the scheme, or a value is a category that its line does
    /// not list.
    pub fn from_columns(
        scheme: &Scheme,
        as_of: Date,
        values: &BTreeMap<String, Option<i64>>,
    ) -> Result<Self, LevelsError> {
        Self::from_levels(scheme, as_of, 0, columns::levels(scheme, values)?)
    }

    /// Reads the file form that [`to_json`](Self::to_json) writes.
    ///
    /// # Errors
    /// If the text is not of that form, names another scheme, does not list
    /// every line-window in the scheme's order, or as
    /// [`from_levels`](Self::from_levels).
    pub fn from_json(text: &str, scheme: &Scheme) -> Result<Self, LevelsError> {
        file::read_source(text, scheme)
    }

    /// The file form: `{"blindscore_source_levels": 1, "scheme", "as_of",
    /// "covered_months", "levels": [{"line", "window", "level"}, …]}`.
    ///
    /// # Errors
    /// If these are levels of another scheme.
    pub fn to_json(&self, scheme: &Scheme) -> Result<String, LevelsError> {
        file::write_source(self, scheme)
    }

    /// The scheme that they are computed by.
    pub fn scheme_digest(&self) -> Digest {
        self.scheme
    }

    /// The as-of date.
    pub fn as_of(&self) -> Date {
        self.as_of
    }

    /// How many whole months before the as-of date's month were read; at most
    /// the scheme's longest window.
    pub fn covered_months(&self) -> u8 {
        self.covered_months
    }

    /// One level a line-window, in the scheme's order.
    pub fn levels(&self) -> &[u32] {
        &self.levels
    }

    /// What is sent of each line-window: of a pooled line the increment over
    /// the window before, of a single or column line the level, of a sum line
    /// nothing.
    ///
    /// By another scheme than these levels' own nothing can be sent: every cell
    /// is `None`.
    pub fn cells(&self, scheme: &Scheme) -> Vec<Option<u32>> {
        let windows = scheme.line_windows();
        if scheme.digest() != self.scheme {
            return vec![None; windows.len()];
        }
        let cell = |(index, window): (usize, &LineWindow)| {
            let level = self.levels[index];
            match scheme.lines()[window.line].kind() {
                LineKind::Sum(_) => None,
                LineKind::Single(_) | LineKind::Column(_) => Some(level),
                LineKind::Pooled(_) if window.window == 0 => Some(level),
                LineKind::Pooled(_) => Some(level - self.levels[index - 1]),
            }
        };
        windows.iter().enumerate().map(cell).collect()
    }
}

/// What a ledger measures by a scheme, before units and caps make levels of it:
/// for choosing units and caps. One value a line-window, in the scheme's order;
/// `None` where it is not known.
///
/// # Errors
/// As [`SourceLevels::compute`].
pub fn values(
    scheme: &Scheme,
    ledger: &Ledger,
    as_of: Date,
    coverage: CoverageRule,
) -> Result<Vec<Option<i128>>, LevelsError> {
    check::as_of(as_of)?;
    Ok(compute::values(scheme, ledger, as_of, coverage)?.1)
}

/// The level of a known value by a line's unit, origin and cap. A sum line's
/// total is levelled by the members' unit, as if it were one line.
pub(crate) fn level_of(line: &crate::scheme::Line, value: i128) -> u32 {
    compute::level_of(line, value)
}

/// Levels stay out of logs.
impl fmt::Debug for SourceLevels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SourceLevels")
            .field("scheme", &self.scheme.short())
            .field("as_of", &self.as_of)
            .field("covered_months", &self.covered_months)
            .field("levels", &format_args!("{} redacted", self.levels.len()))
            .finish()
    }
}
