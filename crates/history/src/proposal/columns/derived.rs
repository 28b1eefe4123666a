//! Columns that are computed from others: those asked for, and ratios.

use std::collections::BTreeMap;
use std::path::Path;

use csv::StringRecord;

use super::{ColumnOptions, ColumnSurvey, ColumnsError, Named, Ratios};
use crate::scheme::{Formula, LINES_MAX};
use crate::statement::shown;

/// Rows without which chance makes ratios look good.
const ROWS_LEAST: u64 = 5_000;
/// Rows for each column and ratio, for the same reason.
const ROWS_EACH: u64 = 100;

/// A derived column.
pub(super) struct Derived {
    name: String,
    formula: Formula,
    /// Where its columns stand in a row.
    positions: Vec<usize>,
    survey: ColumnSurvey,
}

impl Derived {
    pub(super) fn named(&self) -> Named<'_> {
        Named {
            name: &self.name,
            formula: Some(&self.formula),
            survey: &self.survey,
        }
    }
}

/// The derived columns of a table whose columns are known, and how many of them
/// are ratios that were not asked for by name.
pub(super) fn of(
    path: &Path,
    header: &StringRecord,
    columns: &[(usize, ColumnSurvey)],
    rows: u64,
    options: &ColumnOptions,
) -> Result<(Vec<Derived>, usize), ColumnsError> {
    let mut derived: Vec<Derived> = Vec::new();
    for (name, formula) in &options.derive {
        let taken = header.iter().any(|column| column == name)
            || derived.iter().any(|before| before.name == *name);
        if taken {
            return Err(ColumnsError::Taken {
                path: path.to_owned(),
                name: shown(name, 80),
            });
        }
        derived.push(column(header, name.clone(), formula.clone()));
    }
    let listed = derived.len();
    let pairs = pairs(
        header,
        columns,
        columns.len() + listed,
        rows,
        options.ratios,
    );
    for (over, under) in &pairs {
        let formula = Formula::ratio(*over, *under);
        if derived.iter().any(|before| before.formula == formula) {
            continue;
        }
        derived.push(column(header, format!("{over}_per_{under}"), formula));
    }
    let all = columns.len() + derived.len();
    if all > LINES_MAX {
        return Err(ColumnsError::TooMany {
            path: path.to_owned(),
            got: all,
        });
    }
    let ratios = derived.len() - listed;
    Ok((derived, ratios))
}

/// Adds a row to what is known of derived columns; `at` is its number and line.
pub(super) fn add(
    path: &Path,
    header: &StringRecord,
    derived: &mut [Derived],
    at: (u64, u64),
    record: &StringRecord,
) -> Result<(), ColumnsError> {
    // A cell is read once, however many ratios it is part of.
    let mut read = BTreeMap::new();
    for column in derived {
        let value = column.formula.value(|index| {
            let position = column.positions[index];
            let cell = record.get(position).unwrap_or("");
            let number = read
                .entry(position)
                .or_insert_with(|| Formula::number(cell));
            number.map_err(|_| ColumnsError::NotToDerive {
                path: path.to_owned(),
                line: at.1,
                column: shown(header.get(position).unwrap_or(""), 80),
            })
        })?;
        column.survey.add_number(at.0, value);
    }
    Ok(())
}

/// A derived column; its formula's columns were looked up in the header before.
fn column(header: &StringRecord, name: String, formula: Formula) -> Derived {
    let position = |name: &str| header.iter().position(|column| column == name);
    Derived {
        name,
        positions: formula.columns().filter_map(position).collect(),
        formula,
        survey: ColumnSurvey::new(false),
    }
}

/// The pairs to make ratios of, each with its denominator second.
fn pairs<'a>(
    header: &'a StringRecord,
    columns: &[(usize, ColumnSurvey)],
    others: usize,
    rows: u64,
    ratios: Ratios,
) -> Vec<(&'a str, &'a str)> {
    let amounts: Vec<(&str, usize)> = columns
        .iter()
        .filter_map(|(position, survey)| Some((header.get(*position)?, survey.measures()?)))
        .collect();
    let mut pairs = Vec::new();
    for (index, later) in amounts.iter().enumerate() {
        for earlier in &amounts[..index] {
            let (over, under) = if later.1 > earlier.1 {
                (earlier, later)
            } else {
                (later, earlier)
            };
            pairs.push((over.0, under.0));
        }
    }
    let all = others + pairs.len();
    let allowed = match ratios {
        Ratios::Never => false,
        Ratios::Always => true,
        Ratios::IfRowsAllow => {
            all <= LINES_MAX && rows >= ROWS_LEAST.max(ROWS_EACH.saturating_mul(all as u64))
        }
    };
    if allowed { pairs } else { Vec::new() }
}
