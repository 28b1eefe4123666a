//! The table that a scorecard is trained and validated on: one row an
//! applicant, levels by column, and beside them the outcome and whatever else
//! is known of a row.
//!
//! Levels are held as bytes, column by column: no level passes 255, so a
//! hundred thousand applicants with fifty columns take five megabytes. The
//! group that fairness is looked at by is kept apart from the levels, where no
//! fit can reach it.

use std::collections::BTreeMap;
use std::fmt;

use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;

use super::labels::Labels;
use super::table_error::TableError;

/// The most rows that a table may have.
pub const ROWS_MAX: usize = 20_000_000;
/// The most bytes of an id, a group's, a time's or a sample's name.
pub const LABEL_BYTES_MAX: usize = 200;
/// The most different groups, and the most different samples.
pub const LABELS_MAX: usize = 1_000;

/// Levels, outcomes and what goes with them; made by
/// [`TableBuilder`](super::TableBuilder) or read by [`TrainingTable::from_csv`].
#[derive(Clone)]
pub struct TrainingTable {
    pub(super) scheme: Digest,
    /// One entry a line-window of the scheme, `None` where the table has no
    /// such column.
    pub(super) levels: Vec<Option<Vec<u8>>>,
    pub(super) rows: usize,
    pub(super) bad: Option<Vec<bool>>,
    pub(super) weights: Option<Vec<f64>>,
    pub(super) groups: Option<Labels>,
    pub(super) samples: Option<Labels>,
    pub(super) times: Option<Labels>,
    pub(super) ids: Option<Vec<Box<str>>>,
    /// Line-windows whose levels are categories, with the categories' names.
    pub(super) nominal: BTreeMap<usize, Vec<String>>,
    pub(super) ignored: Vec<String>,
}

impl TrainingTable {
    /// How many applicants there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The scheme that the levels are by.
    pub fn scheme_digest(&self) -> Digest {
        self.scheme
    }

    /// Whether there is a column for a line-window of the scheme.
    pub fn has(&self, line_window: usize) -> bool {
        matches!(self.levels.get(line_window), Some(Some(_)))
    }

    /// The line-windows that there are columns for, in the scheme's order.
    pub fn line_windows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.levels.len()).filter(|&index| self.has(index))
    }

    /// The levels of a line-window, a byte a row.
    pub fn levels(&self, line_window: usize) -> Option<&[u8]> {
        self.levels.get(line_window)?.as_deref()
    }

    /// Whether the levels of a line-window are categories: their order means
    /// nothing.
    pub fn is_nominal(&self, line_window: usize) -> bool {
        self.nominal.contains_key(&line_window)
    }

    /// The name of a level of such a line-window, if it has one.
    pub fn category(&self, line_window: usize, level: u32) -> Option<&str> {
        let index = usize::try_from(level.checked_sub(1)?).ok()?;
        let name = self.nominal.get(&line_window)?.get(index)?;
        Some(name.as_str())
    }

    /// Whether each row's outcome is bad; `None` of a table without outcomes.
    pub fn bad(&self) -> Option<&[bool]> {
        self.bad.as_deref()
    }

    /// The outcomes, if there are good and bad ones among them.
    ///
    /// # Errors
    /// If there are none, or all are of one class.
    pub fn both_classes(&self) -> Result<&[bool], TableError> {
        let bad = self.bad().ok_or(TableError::NoOutcome)?;
        let class = match (bad.contains(&false), bad.contains(&true)) {
            (true, true) => return Ok(bad),
            (true, false) => "good",
            (false, _) => "bad",
        };
        Err(TableError::OneClass {
            rows: bad.len(),
            class,
        })
    }

    /// The weight of a row; 1 where none are given.
    pub fn weight(&self, row: usize) -> f64 {
        self.weights.as_ref().map_or(1.0, |weights| weights[row])
    }

    /// Whether weights are given.
    pub fn is_weighted(&self) -> bool {
        self.weights.is_some()
    }

    /// The group of each row, which no fit reads.
    pub fn groups(&self) -> Option<&Labels> {
        self.groups.as_ref()
    }

    /// The sample of each row, such as `train` and `test`.
    pub fn samples(&self) -> Option<&Labels> {
        self.samples.as_ref()
    }

    /// The time of each row, as written; times are compared as texts, so
    /// `2026-03` comes before `2026-11`.
    pub fn times(&self) -> Option<&Labels> {
        self.times.as_ref()
    }

    /// The id of each row.
    pub fn ids(&self) -> Option<&[Box<str>]> {
        self.ids.as_deref()
    }

    /// Columns of the file that nothing asked for.
    pub fn ignored_columns(&self) -> &[String] {
        &self.ignored
    }

    #[cfg(test)]
    pub(crate) fn replace_outcomes(&mut self, bad: Vec<bool>) {
        self.bad = Some(bad);
    }

    #[cfg(test)]
    pub(crate) fn drop_column(&mut self, line_window: usize) {
        self.levels[line_window] = None;
    }

    /// The rows whose indices are given, in that order.
    #[must_use]
    pub fn subset(&self, rows: &[usize]) -> Self {
        let pick = |column: &Vec<u8>| rows.iter().map(|&row| column[row]).collect();
        Self {
            scheme: self.scheme,
            levels: self
                .levels
                .iter()
                .map(|column| column.as_ref().map(pick))
                .collect(),
            rows: rows.len(),
            bad: take(self.bad.as_deref(), rows),
            weights: take(self.weights.as_deref(), rows),
            groups: self.groups.as_ref().map(|labels| labels.subset(rows)),
            samples: self.samples.as_ref().map(|labels| labels.subset(rows)),
            times: self.times.as_ref().map(|labels| labels.subset(rows)),
            ids: take(self.ids.as_deref(), rows),
            nominal: self.nominal.clone(),
            ignored: self.ignored.clone(),
        }
    }

    /// The rows before a time, and those from it on.
    pub fn split_at_time(&self, from: &str) -> Result<(Self, Self), TableError> {
        let times = self.times.as_ref().ok_or(TableError::NoTimes)?;
        let (before, after): (Vec<usize>, Vec<usize>) =
            (0..self.rows).partition(|&row| times.at(row) < from);
        Ok((self.subset(&before), self.subset(&after)))
    }

    /// The rows of one sample.
    pub fn sample(&self, name: &str) -> Result<Self, TableError> {
        let samples = self.samples.as_ref().ok_or(TableError::NoSamples)?;
        if !samples.names().iter().any(|known| known == name) {
            return Err(TableError::UnknownSample {
                got: name.into(),
                want: samples.names().join(", "),
            });
        }
        let rows: Vec<usize> = (0..self.rows)
            .filter(|&row| samples.at(row) == name)
            .collect();
        Ok(self.subset(&rows))
    }
}

fn take<T: Clone>(all: Option<&[T]>, rows: &[usize]) -> Option<Vec<T>> {
    all.map(|all| rows.iter().map(|&row| all[row].clone()).collect())
}

/// What the table holds stays out of logs.
impl fmt::Debug for TrainingTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrainingTable")
            .field("scheme", &self.scheme.short())
            .field("rows", &self.rows)
            .field("columns", &self.line_windows().count())
            .finish_non_exhaustive()
    }
}

/// The name of a line-window's column: `essential_spend@3`, or the line's bare
/// name for a column line.
pub fn column_name(scheme: &Scheme, line_window: usize) -> String {
    let found = &scheme.line_windows()[line_window];
    let line = scheme.lines()[found.line].name();
    match found.months {
        0 => line.to_owned(),
        months => format!("{line}@{months}"),
    }
}
