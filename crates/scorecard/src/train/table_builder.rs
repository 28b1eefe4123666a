//! A training table made row by row.

use std::collections::BTreeMap;

use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;

use super::labels::Labels;
use super::table::{LABEL_BYTES_MAX, LABELS_MAX, ROWS_MAX, TrainingTable, column_name};
use super::table_error::TableError;

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
