//! A scheme of column lines for a plain table: numbers between cut points that
//! share the table's people out evenly, categories as they are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use encoding_rs::UTF_8;
use serde::Serialize;
use serde_json::{Value, json};

use super::survey::{ColumnSurvey, Kind};
use crate::decimal::Decimal;
use crate::money::Currency;
use crate::population::lines::{LineFault, Lines, open_table};
use crate::scheme::{Formula, LEVEL_MAX, LINES_MAX, Scheme, SchemeError};
use crate::statement::shown;
use derived::Derived;

mod derived;

/// How to read a table's columns.
#[derive(Clone, Debug)]
pub struct ColumnOptions {
    /// The scheme's name.
    pub name: String,
    /// The scheme's currency, which no column line uses.
    pub currency: Currency,
    /// Columns that are no characteristics: the outcome, groups, weights.
    pub exclude: Vec<String>,
    /// If not empty, the only columns that are read.
    pub only: Vec<String>,
    /// Columns of numbers that are codes of categories.
    pub categorical: Vec<String>,
    /// Numbers that are codes, such as -1 for *never asked*, with their columns.
    pub special: Vec<(String, Decimal)>,
    /// Whether a category that the table does not have may come later. Else it
    /// is refused.
    pub other: bool,
    /// Columns that are computed from others, with the names of their lines.
    pub derive: Vec<(String, Formula)>,
    /// Whether the ratio of any two columns of amounts is a column too.
    pub ratios: Ratios,
    /// The most levels of a column of numbers.
    pub levels: u32,
    /// The most slots of all columns together.
    pub slots: usize,
}

impl ColumnOptions {
    /// The defaults for a scheme of that name: all columns, at most 254 levels,
    /// 2,048 slots.
    pub fn new(name: impl Into<String>, currency: Currency) -> Self {
        Self {
            name: name.into(),
            currency,
            exclude: Vec::new(),
            only: Vec::new(),
            categorical: Vec::new(),
            special: Vec::new(),
            other: false,
            derive: Vec::new(),
            ratios: Ratios::Never,
            levels: LEVEL_MAX - 1,
            slots: 2048,
        }
    }
}

/// Whether ratios of columns are columns too: bill to limit, payment to bill.
///
/// An additive score cannot tell a large bill on a large limit from one on a
/// small limit unless a column says so. Of each pair of columns of amounts one
/// ratio is made, to the column that is above zero in more rows (of equals the
/// earlier); what it is worth is for binning and selection to say. Codes and
/// counts, which have few different numbers, make none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ratios {
    /// No ratio.
    #[default]
    Never,
    /// If the table has rows enough to tell chance from worth: 5,000, and 100
    /// for each column and ratio.
    IfRowsAllow,
    /// In any case.
    Always,
}

/// A scheme for a table, and what was decided about its columns.
#[derive(Clone, Debug)]
pub struct TableScheme {
    /// The scheme.
    pub scheme: Scheme,
    /// The column that was taken for the applicant's id, if one was.
    pub id: Option<String>,
    /// One record a column, in the table's order, but for those excluded.
    pub columns: Vec<ColumnNote>,
    /// Rows below the header.
    pub rows: u64,
    /// How many ratios were made.
    pub ratios: usize,
}

/// What was decided about one column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColumnNote {
    /// Its header.
    pub column: String,
    /// What became of it, in words.
    pub read_as: String,
    /// How many levels it has; 0 if it is left out.
    pub levels: usize,
    /// Rows in which it is not known.
    pub not_known: u64,
    /// Of all pairs of rows whose numbers differ, the share whose levels differ.
    pub told_apart: f64,
}

/// Why there is no scheme for a table. Names line and column; shows no cell.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ColumnsError {
    /// A file that cannot be opened.
    #[error("{}: {fault}; check the path and who may use it", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        fault: std::io::ErrorKind,
    },
    /// A broken line.
    #[error("{}, line {line}: {fault}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        fault: LineFault,
    },
    /// A file without rows.
    #[error("{}: no rows; want a header and one row for each applicant", .0.display())]
    Empty(PathBuf),
    /// A column without a name, or two of one name.
    #[error("{}: column {number} {fault}", path.display())]
    Header {
        /// The file.
        path: PathBuf,
        /// The column, from 1.
        number: usize,
        /// What is wrong.
        fault: &'static str,
    },
    /// A name for a derived column that a column or another has.
    #[error("{}: {name:?} names a column already; give the derived one another name", path.display())]
    Taken {
        /// The file.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// A column that was named and is not there.
    #[error("{}: no column {column:?}; check the spelling against the header", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The name.
        column: String,
    },
    /// More columns than a scheme has lines.
    #[error(
        "{}: {got} columns could be characteristics; want at most {LINES_MAX}: name those to \
         read, or leave some out", path.display()
    )]
    TooMany {
        /// The file.
        path: PathBuf,
        /// How many there are.
        got: usize,
    },
    /// A cell that is no number in a column that another is derived from.
    #[error("{}, line {line}, {column:?}: not a number, and another column is derived from it", path.display())]
    NotToDerive {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column.
        column: String,
    },
    /// A cell that is no number in a column of numbers.
    #[error(
        "{}, line {line}, {column:?}: not a number, as nearly all of the column is; correct it, \
         empty it for not known, or say that the column is one of categories", path.display()
    )]
    NotANumber {
        /// The file.
        path: PathBuf,
        /// The line of the first such cell, from 1.
        line: u64,
        /// The column.
        column: String,
    },
    /// No column is left.
    #[error("{}: no column to make a characteristic of", .0.display())]
    NoColumns(PathBuf),
    /// The scheme cannot be.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
}

/// Proposes a scheme for a table: CSV in UTF-8 with a header, plain or gzipped.
/// The file is read once, and once more for derived columns; memory is bounded whatever its length. `progress` is
/// told bytes of text.
///
/// # Errors
/// [`ColumnsError`] with the line and column of the first fault.
pub fn propose_columns(
    path: &Path,
    options: &ColumnOptions,
    progress: &dyn Fn(u64),
) -> Result<TableScheme, ColumnsError> {
    let header = header_of(path)?;
    let (mut columns, id) = chosen(path, &header, options)?;
    let rows = each_row(path, progress, |row, line, record| {
        for (position, column) in &mut columns {
            column.add(row, line, record.get(*position).unwrap_or(""));
        }
        Ok(())
    })?;
    if rows == 0 {
        return Err(ColumnsError::Empty(path.to_owned()));
    }
    let (mut derived, ratios) = derived::of(path, &header, &columns, rows, options)?;
    if !derived.is_empty() {
        each_row(path, progress, |row, line, record| {
            derived::add(path, &header, &mut derived, (row, line), record)
        })?;
    }
    let named = columns.iter().map(|(position, survey)| Named {
        name: header.get(*position).unwrap_or(""),
        formula: None,
        survey,
    });
    let computed = derived.iter().map(Derived::named);
    let named: Vec<Named<'_>> = named.chain(computed).collect();
    built(path, &named, options).map(|(scheme, columns)| TableScheme {
        scheme,
        id,
        columns,
        rows,
        ratios,
    })
}

/// A column with what is known of it.
struct Named<'a> {
    name: &'a str,
    formula: Option<&'a Formula>,
    survey: &'a ColumnSurvey,
}

fn opened(path: &Path) -> Result<Lines<Box<dyn std::io::BufRead + Send>>, ColumnsError> {
    let file = open_table(path).map_err(|error| ColumnsError::Open {
        path: path.to_owned(),
        fault: error.kind(),
    })?;
    Ok(Lines::new(file, b',', UTF_8))
}

fn header_of(path: &Path) -> Result<StringRecord, ColumnsError> {
    let mut record = StringRecord::new();
    if !next(path, &mut opened(path)?, &mut record)? {
        return Err(ColumnsError::Empty(path.to_owned()));
    }
    record.trim();
    Ok(record)
}

/// Goes through the rows below the header; gives their number.
fn each_row(
    path: &Path,
    progress: &dyn Fn(u64),
    mut row: impl FnMut(u64, u64, &StringRecord) -> Result<(), ColumnsError>,
) -> Result<u64, ColumnsError> {
    let mut lines = opened(path)?;
    let mut record = StringRecord::new();
    next(path, &mut lines, &mut record)?;
    let want = record.len();
    let (mut rows, mut told) = (0, 0);
    while next(path, &mut lines, &mut record)? {
        let got = record.len();
        if got != want {
            let fault = LineFault::Fields { got, want };
            return Err(at_line(path, lines.line(), fault));
        }
        row(rows, lines.line(), &record)?;
        rows += 1;
        if lines.bytes() - told > 1 << 20 {
            progress(lines.bytes() - told);
            told = lines.bytes();
        }
    }
    Ok(rows)
}

type Chosen = (Vec<(usize, ColumnSurvey)>, Option<String>);

/// The columns to be read, with their positions; and the id's.
fn chosen(
    path: &Path,
    header: &StringRecord,
    options: &ColumnOptions,
) -> Result<Chosen, ColumnsError> {
    let mut seen = BTreeSet::new();
    for (index, name) in header.iter().enumerate() {
        let fault = if name.is_empty() {
            "has no name; name it in the header"
        } else if !seen.insert(name) {
            "has the name of an earlier one; rename it"
        } else {
            continue;
        };
        return Err(ColumnsError::Header {
            path: path.to_owned(),
            number: index + 1,
            fault,
        });
    }
    let specials = options.special.iter().map(|(column, _)| column);
    let lists = [&options.exclude, &options.only, &options.categorical];
    let listed = lists.into_iter().flatten().chain(specials);
    let formulas = options.derive.iter().map(|(_, formula)| formula);
    let listed = listed
        .map(String::as_str)
        .chain(formulas.flat_map(Formula::columns));
    for column in listed {
        if !seen.contains(column) {
            return Err(ColumnsError::NoColumn {
                path: path.to_owned(),
                column: shown(column, 80),
            });
        }
    }
    let among = |list: &[String], name: &str| list.iter().any(|listed| listed == name);
    let is_read = |name: &str| {
        !among(&options.exclude, name) && (options.only.is_empty() || among(&options.only, name))
    };
    let is_id = |name: &str| !among(&options.only, name) && names_an_id(name);
    let id = header.iter().find(|name| is_id(name)).map(str::to_owned);
    let columns: Vec<_> = header
        .iter()
        .enumerate()
        .filter(|(_, name)| is_read(name) && Some(*name) != id.as_deref())
        .map(|(index, name)| (index, ColumnSurvey::new(among(&options.categorical, name))))
        .collect();
    match columns.len() {
        0 if options.derive.is_empty() => Err(ColumnsError::NoColumns(path.to_owned())),
        got if got > LINES_MAX => Err(ColumnsError::TooMany {
            path: path.to_owned(),
            got,
        }),
        _ => Ok((columns, id)),
    }
}

/// `ID`, `applicant_id`, `client id`, `applicant`.
fn names_an_id(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "id" | "applicant") || name.ends_with("_id") || name.ends_with(" id")
}

fn built(
    path: &Path,
    columns: &[Named<'_>],
    options: &ColumnOptions,
) -> Result<(Scheme, Vec<ColumnNote>), ColumnsError> {
    let mut kinds = Vec::with_capacity(columns.len());
    for Named { name, survey, .. } in columns {
        kinds.push(
            survey
                .kind(options.other)
                .map_err(|line| ColumnsError::NotANumber {
                    path: path.to_owned(),
                    line,
                    column: shown(name, 80),
                })?,
        );
    }
    let levels = numeric_levels(&kinds, options);
    let mut names = BTreeSet::new();
    let (mut lines, mut notes) = (Vec::new(), Vec::new());
    for (column, kind) in columns.iter().zip(&kinds) {
        let Named {
            name,
            formula,
            survey,
        } = *column;
        let special = options.special.iter();
        let special = special.filter(|(column, _)| column == name && formula.is_none());
        let special: Vec<_> = special.map(|(_, value)| value.clone()).collect();
        let line = kind.line(levels, &special, options.other);
        let (mut read_as, count, told_apart) = kind.words(survey, levels, &special, options.other);
        if let Some(formula) = formula {
            read_as = format!("{formula}: {read_as}");
        }
        notes.push(ColumnNote {
            column: shown(name, 80),
            read_as,
            levels: count,
            not_known: survey.not_known(),
            told_apart,
        });
        let Some(Value::Object(mut line)) = line else {
            continue;
        };
        let line_name = unique(name, &mut names);
        match formula {
            Some(formula) => _ = line.insert("formula".to_owned(), json!(formula.to_string())),
            None if line_name != name => _ = line.insert("column".to_owned(), json!(name)),
            None => {}
        }
        line.insert("name".to_owned(), json!(line_name));
        line.insert("kind".to_owned(), json!("column"));
        lines.push(Value::Object(line));
    }
    if lines.is_empty() {
        return Err(ColumnsError::NoColumns(path.to_owned()));
    }
    let scheme = json!({
        "blindscore_scheme": 1, "name": options.name, "version": 1,
        "currency": options.currency, "sources_max": 1, "tabular": true, "lines": lines,
    });
    Ok((Scheme::from_json(&scheme.to_string())?, notes))
}

/// The most levels of each column of numbers whose slots there is room for.
fn numeric_levels(kinds: &[Kind], options: &ColumnOptions) -> usize {
    const LEAST: usize = 6;
    let slots = |levels: usize| -> usize {
        kinds
            .iter()
            .map(|kind| kind.levels(levels, options.other))
            .filter(|levels| *levels > 0)
            .map(|levels| levels + 1)
            .sum::<usize>()
            + options.special.len()
    };
    let most = options.levels.min(LEVEL_MAX - 1) as usize;
    let most = most.saturating_sub(options.special.len()).max(LEAST);
    (LEAST..=most)
        .rev()
        .find(|levels| slots(*levels) <= options.slots)
        .unwrap_or(LEAST)
}

/// A line's name for a header: lower case, other characters as `_`, told apart
/// by a number.
fn unique(header: &str, names: &mut BTreeSet<String>) -> String {
    let mut name: String = header
        .chars()
        .map(|c| c.to_ascii_lowercase())
        .map(|c| {
            if c.is_ascii_lowercase() || c.is_ascii_digit() {
                c
            } else {
                '_'
            }
        })
        .take(40)
        .collect();
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name.insert_str(0, "c_");
    }
    let base = name.clone();
    let mut number = 2;
    while !names.insert(name.clone()) {
        name = format!("{base}_{number}");
        number += 1;
    }
    name
}

fn next(
    path: &Path,
    lines: &mut Lines<impl std::io::BufRead>,
    record: &mut StringRecord,
) -> Result<bool, ColumnsError> {
    let more = lines.next_into(record);
    more.map_err(|fault| at_line(path, lines.line(), fault))
}

fn at_line(path: &Path, line: u64, fault: LineFault) -> ColumnsError {
    ColumnsError::Line {
        path: path.to_owned(),
        line,
        fault,
    }
}
