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
/// [`TableBuilder`] or read by [`TrainingTable::from_csv`].
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

/// One row for a [`TableBuilder`].
#[derive(Clone, Copy, Default)]
pub struct Row<'a> {
    /// One level a line-window of the builder's, in its order.
    pub levels: &'a [u32],
    /// Whether the outcome is bad; on all rows or on none.
    pub bad: Option<bool>,
    /// The weight, above 0; on all rows or on none.
    pub weight: Option<f64>,
    /// The id, unique; on all rows or on none.
    pub id: Option<&'a str>,
    /// The group; on all rows or on none.
    pub group: Option<&'a str>,
    /// The sample; on all rows or on none.
    pub sample: Option<&'a str>,
    /// The time; on all rows or on none.
    pub time: Option<&'a str>,
}

/// Collects a [`TrainingTable`] row by row.
///
/// ```
/// # use blindscore_history::scheme::Scheme;
/// use blindscore_scorecard::train::{Row, TableBuilder};
/// # let scheme = Scheme::from_json(r#"{"blindscore_scheme":1,"name":"example","version":1,
/// #   "currency":"EUR","sources_max":2,"lines":[{"name":"groceries","kind":"pooled",
/// #   "flows":["expenditure"],"categories":["FOOD"],"unit":20000,"cap":30,"windows":[12]}]}"#)?;
/// let mut builder = TableBuilder::new(&scheme);
/// builder.push(&Row { levels: &[23], bad: Some(false), ..Row::default() })?;
/// builder.push(&Row { levels: &[4], bad: Some(true), ..Row::default() })?;
/// let table = builder.build()?;
/// assert_eq!((table.rows(), table.levels(0)), (2, Some(&[23, 4][..])));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TableBuilder {
    scheme: Digest,
    line_windows: Vec<usize>,
    all: usize,
    names: Vec<String>,
    level_max: Vec<u32>,
    levels: Vec<Vec<u8>>,
    rows: usize,
    bad: Vec<bool>,
    weights: Vec<f64>,
    groups: Labels,
    samples: Labels,
    times: Labels,
    ids: Vec<Box<str>>,
    nominal: BTreeMap<usize, Vec<String>>,
    ignored: Vec<String>,
}

impl TableBuilder {
    /// A table with a column for every line-window of `scheme`.
    pub fn new(scheme: &Scheme) -> Self {
        Self::with_columns(scheme, (0..scheme.line_windows().len()).collect())
    }

    /// A table with columns for some line-windows; indices that the scheme
    /// does not have are left out.
    pub fn with_columns(scheme: &Scheme, line_windows: Vec<usize>) -> Self {
        let all = scheme.line_windows();
        let line_windows: Vec<usize> = line_windows
            .into_iter()
            .filter(|&i| i < all.len())
            .collect();
        Self {
            scheme: scheme.digest(),
            all: all.len(),
            names: line_windows
                .iter()
                .map(|&index| column_name(scheme, index))
                .collect(),
            level_max: line_windows.iter().map(|&i| all[i].level_max).collect(),
            levels: vec![Vec::new(); line_windows.len()],
            line_windows,
            rows: 0,
            bad: Vec::new(),
            weights: Vec::new(),
            groups: Labels::default(),
            samples: Labels::default(),
            times: Labels::default(),
            ids: Vec::new(),
            nominal: BTreeMap::new(),
            ignored: Vec::new(),
        }
    }

    /// Marks a line-window whose levels are categories: level `1 + i` is the
    /// category at index `i` of `names`, which may be empty.
    #[must_use]
    pub fn nominal(mut self, line_window: usize, names: Vec<String>) -> Self {
        self.nominal.insert(line_window, names);
        self
    }

    pub(super) fn ignoring(mut self, columns: Vec<String>) -> Self {
        self.ignored = columns;
        self
    }

    /// How many rows there are so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Appends a row. Errors count rows from 1.
    pub fn push(&mut self, row: &Row<'_>) -> Result<(), TableError> {
        let number = self.rows + 1;
        if number > ROWS_MAX {
            return Err(TableError::Rows { limit: ROWS_MAX });
        }
        if row.levels.len() != self.levels.len() {
            return Err(TableError::LevelCount {
                row: number,
                got: row.levels.len(),
                want: self.levels.len(),
            });
        }
        for (index, &level) in row.levels.iter().enumerate() {
            // No scheme has a level above 255.
            let byte = u8::try_from(level)
                .ok()
                .filter(|_| level <= self.level_max[index]);
            let byte = byte.ok_or_else(|| TableError::Level {
                row: number,
                column: self.names[index].clone(),
                level_max: self.level_max[index],
            })?;
            self.levels[index].push(byte);
        }
        if let Some(weight) = row.weight
            && !(weight.is_finite() && weight > 0.0)
        {
            return Err(TableError::Weight { row: number });
        }
        keep(&mut self.bad, row.bad, "outcome", number)?;
        keep(&mut self.weights, row.weight, "weight", number)?;
        keep(
            &mut self.ids,
            row.id.map(label("id", number)).transpose()?,
            "id",
            number,
        )?;
        for (labels, label_given, what) in [
            (&mut self.groups, row.group, "group"),
            (&mut self.samples, row.sample, "sample"),
            (&mut self.times, row.time, "time"),
        ] {
            match label_given {
                Some(text) => {
                    let text = label(what, number)(text)?;
                    if labels.len() != self.rows {
                        return Err(TableError::Uneven { what, row: number });
                    }
                    // Times may be days over many years; groups and samples
                    // are few.
                    let limit = if what == "time" { ROWS_MAX } else { LABELS_MAX };
                    if !labels.push(&text, limit) {
                        return Err(TableError::TooManyLabels {
                            what,
                            row: number,
                            limit,
                        });
                    }
                }
                None if labels.len() > 0 => return Err(TableError::Uneven { what, row: number }),
                None => {}
            }
        }
        self.rows = number;
        Ok(())
    }

    /// The table.
    ///
    /// # Errors
    /// If it has no row, or two rows have one id.
    pub fn build(self) -> Result<TrainingTable, TableError> {
        if self.rows == 0 {
            return Err(TableError::Empty);
        }
        check_ids(&self.ids)?;
        let mut levels = vec![None; self.all];
        for (index, column) in self.line_windows.into_iter().zip(self.levels) {
            levels[index] = Some(column);
        }
        Ok(TrainingTable {
            scheme: self.scheme,
            levels,
            rows: self.rows,
            bad: Some(self.bad).filter(|bad| !bad.is_empty()),
            weights: Some(self.weights).filter(|weights| !weights.is_empty()),
            groups: Some(self.groups).filter(|labels| labels.len() > 0),
            samples: Some(self.samples).filter(|labels| labels.len() > 0),
            times: Some(self.times).filter(|labels| labels.len() > 0),
            ids: Some(self.ids).filter(|ids| !ids.is_empty()),
            nominal: self.nominal,
            ignored: self.ignored,
        })
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

/// Keeps a value that all rows must have, or none.
fn keep<T>(
    all: &mut Vec<T>,
    one: Option<T>,
    what: &'static str,
    row: usize,
) -> Result<(), TableError> {
    match one {
        Some(one) if all.len() + 1 == row => all.push(one),
        None if all.is_empty() => {}
        Some(_) | None => return Err(TableError::Uneven { what, row }),
    }
    Ok(())
}

fn label<'a>(what: &'static str, row: usize) -> impl Fn(&'a str) -> Result<Box<str>, TableError> {
    move |text| {
        if text.is_empty() || text.len() > LABEL_BYTES_MAX || text.chars().any(char::is_control) {
            return Err(TableError::Label {
                what,
                row,
                limit: LABEL_BYTES_MAX,
            });
        }
        Ok(text.into())
    }
}

fn check_ids(ids: &[Box<str>]) -> Result<(), TableError> {
    let mut order: Vec<usize> = (0..ids.len()).collect();
    order.sort_by(|&a, &b| ids[a].cmp(&ids[b]).then(a.cmp(&b)));
    let twice = order.windows(2).filter(|pair| ids[pair[0]] == ids[pair[1]]);
    // The one that a reader of the file meets first.
    match twice.min_by_key(|pair| pair[1]) {
        Some(pair) => Err(TableError::DuplicateId {
            first: pair[0] + 1,
            second: pair[1] + 1,
        }),
        None => Ok(()),
    }
}
