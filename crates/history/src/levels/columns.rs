//! Levels of a table's row.

use std::collections::BTreeMap;

use super::error::LevelsError;
use crate::scheme::{CellFault, ColumnLine, Formula, LineKind, Scheme};

/// The columns of a table that a scheme of column lines reads.
///
/// Found once by the table's header; then every row gives its levels without a
/// search.
///
/// ```
/// use blindscore_history::levels::TableColumns;
/// use blindscore_history::scheme::Scheme;
/// let scheme = Scheme::from_json(r#"{
///     "blindscore_scheme": 1, "name": "table", "version": 1, "currency": "EUR",
///     "sources_max": 1, "tabular": true, "lines": [
///         {"name": "age", "kind": "column", "column": "Age", "cuts": ["25", "40.5"]},
///         {"name": "account", "kind": "column", "values": [["current", "joint"], ["prepaid"]]}
///     ]
/// }"#)?;
/// let columns = TableColumns::find(&scheme, &["id", "account", "Age"])?;
/// assert_eq!(columns.levels(&["A1", "joint", "40.5"])?, [3, 1]);
/// assert_eq!(columns.levels(&["A2", "", "17"])?, [1, 0]);
/// assert!(columns.levels(&["A3", "barter", "17"]).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct TableColumns<'a> {
    columns: Vec<Column<'a>>,
}

#[derive(Debug, Clone)]
struct Column<'a> {
    header: &'a str,
    line: &'a ColumnLine,
    /// Of the column, or of each that its formula reads.
    positions: Vec<usize>,
}

/// A cell that has no level. Never holds the cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column `{column}`: {fault}")]
pub struct CellError {
    /// The header of its column.
    pub column: String,
    /// What is wrong with it.
    pub fault: CellFault,
}

impl<'a> TableColumns<'a> {
    /// Finds the scheme's columns in a table's header: by the line's
    /// [header](ColumnLine::header), or else its name; or those that its
    /// [formula](ColumnLine::formula) reads.
    ///
    /// # Errors
    /// If the scheme has a line of another kind, or the table has no column or
    /// several of that header.
    pub fn find(scheme: &'a Scheme, headers: &[impl AsRef<str>]) -> Result<Self, LevelsError> {
        let mut positions: BTreeMap<&str, Result<usize, ()>> = BTreeMap::new();
        for (position, header) in headers.iter().enumerate() {
            positions
                .entry(header.as_ref().trim())
                .and_modify(|found| *found = Err(()))
                .or_insert(Ok(position));
        }
        let mut columns = Vec::with_capacity(scheme.lines().len());
        for line in scheme.lines() {
            let LineKind::Column(column) = line.kind() else {
                let line = line.name().to_owned();
                return Err(LevelsError::NotAColumn { line });
            };
            let position = |header: &str| match positions.get(header) {
                Some(Ok(position)) => Ok(*position),
                Some(Err(())) => Err(LevelsError::ColumnTwice(header.to_owned())),
                None => Err(LevelsError::NoSuchColumn(header.to_owned())),
            };
            let header = column.header().unwrap_or(line.name());
            let positions = match column.formula() {
                Some(formula) => formula.columns().map(position).collect::<Result<_, _>>()?,
                None => vec![position(header)?],
            };
            columns.push(Column {
                header,
                line: column,
                positions,
            });
        }
        Ok(Self { columns })
    }

    /// The levels of a row, in the scheme's order. A row that ends early has
    /// empty cells, which are not known.
    ///
    /// # Errors
    /// If a cell has no level.
    pub fn levels(&self, row: &[impl AsRef<str>]) -> Result<Vec<u32>, CellError> {
        self.levels_with(|position| row.get(position).map_or("", AsRef::as_ref))
    }

    /// As [`levels`](Self::levels), of a row that gives the cell at a position.
    ///
    /// # Errors
    /// If a cell has no level.
    pub fn levels_with<'r>(&self, cell: impl Fn(usize) -> &'r str) -> Result<Vec<u32>, CellError> {
        let level = |column: &Column<'_>| {
            let at = |fault, header: &str| CellError {
                column: header.to_owned(),
                fault,
            };
            let Some(formula) = column.line.formula() else {
                let level = column.line.level(cell(column.positions[0]));
                return level.map_err(|fault| at(fault, column.header));
            };
            let value = formula.value(|index| {
                Formula::number(cell(column.positions[index])).map_err(|fault| {
                    at(fault, formula.columns().nth(index).unwrap_or(column.header))
                })
            })?;
            Ok(column.line.level_of(value.as_ref()))
        };
        self.columns.iter().map(level).collect()
    }
}

pub(super) fn levels(
    scheme: &Scheme,
    values: &BTreeMap<String, Option<i64>>,
) -> Result<Vec<u32>, LevelsError> {
    let mut levels = Vec::with_capacity(scheme.lines().len());
    for line in scheme.lines() {
        let name = line.name();
        let LineKind::Column(column) = line.kind() else {
            let line = name.to_owned();
            return Err(LevelsError::NotAColumn { line });
        };
        let value = values
            .get(name)
            .ok_or_else(|| LevelsError::MissingColumn(name.to_owned()))?;
        let cell = value.map_or_else(String::new, |value| value.to_string());
        let level = column.level(&cell).map_err(|fault| LevelsError::Cell {
            column: name.to_owned(),
            fault,
        })?;
        levels.push(level);
    }
    let is_foreign = |name: &&String| scheme.find(name, 0).is_none();
    match values.keys().find(is_foreign) {
        Some(name) => Err(LevelsError::UnknownColumn(name.clone())),
        None => Ok(levels),
    }
}
