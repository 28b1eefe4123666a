//! Training tables as arguments: which file, and what its columns are.

use std::io::Read;
use std::path::{Path, PathBuf};

use blindscore_history::population::open_table;
use blindscore_history::scheme::Scheme;
use blindscore_scorecard::train::{TableColumns, TableError, TrainingTable};
use clap::Args;

use crate::error::{Failure, Outcome};
use crate::output::count;
use crate::progress::watched;

/// The most bytes of a header line that are looked at.
const HEADER_MAX: u64 = 1 << 20;

/// A table with outcomes.
#[derive(Debug, Clone, Args)]
pub(crate) struct TableArguments {
    /// The table: CSV with a header, one row an applicant; it may end in .gz
    #[arg(long, value_name = "TABLE.csv")]
    pub(crate) table: PathBuf,
    /// The outcome's column: 1, true, bad, yes are bad; 0, false, good, no are good
    #[arg(long, value_name = "COLUMN")]
    pub(crate) outcome: String,
    /// What stands for bad in the outcome's column, if it is something else
    #[arg(long, value_name = "TEXT")]
    bad_value: Option<String>,
    /// The column of the applicant's id [default: one named as ids are]
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// A column of weights
    #[arg(long, value_name = "COLUMN")]
    weight: Option<String>,
    /// A column of groups, for the analysis of fairness; the model never sees it
    #[arg(long, value_name = "COLUMN")]
    pub(crate) group: Option<String>,
    /// A column that names samples, such as train and test
    #[arg(long, value_name = "COLUMN")]
    pub(crate) sample: Option<String>,
    /// A column of times that sort as text, such as 2026-03-15
    #[arg(long, value_name = "COLUMN")]
    pub(crate) time: Option<String>,
}

impl TableArguments {
    /// The columns that are no characteristics.
    pub(crate) fn roles(&self) -> Vec<String> {
        let optional = [
            &self.id,
            &self.weight,
            &self.group,
            &self.sample,
            &self.time,
        ];
        let optional = optional.into_iter().flatten().cloned();
        std::iter::once(self.outcome.clone())
            .chain(optional)
            .collect()
    }

    /// Reads the table by a scheme.
    pub(crate) fn read(&self, scheme: &Scheme) -> Outcome<TrainingTable> {
        read(
            &self.table,
            scheme,
            &self.columns(Some(self.outcome.clone()))?,
        )
    }

    fn columns(&self, outcome: Option<String>) -> Outcome<TableColumns> {
        let header = header(&self.table)?;
        let named = outcome.iter().find(|name| !header.contains(name));
        if let Some(name) = named {
            return Err(no_column(&self.table, name, &header));
        }
        let id = self.id.clone().or_else(|| {
            let names = |name: &&String| names_an_id(name);
            header.iter().find(names).cloned()
        });
        Ok(TableColumns {
            outcome,
            bad_value: self.bad_value.clone(),
            weight: self.weight.clone(),
            id,
            group: self.group.clone(),
            sample: self.sample.clone(),
            time: self.time.clone(),
        })
    }
}

fn read(path: &Path, scheme: &Scheme, columns: &TableColumns) -> Outcome<TrainingTable> {
    let file = open_table(path).map_err(|error| {
        Failure::internal(format!("cannot read {}: {error}", path.display()))
            .hint("check the path and who may use it")
    })?;
    let table = watched("reading the table", |spinner| {
        TrainingTable::from_csv_with_progress(file, scheme, columns, &mut |rows| {
            spinner.set_message(format!("reading the table: {} rows", count(rows)));
        })
    });
    table.map_err(|error| refused(&error, path))
}

/// A column that is not there: an empty file, another separator, or a slip.
pub(crate) fn no_column(path: &Path, column: &str, header: &[String]) -> Failure {
    let path = path.display();
    if header.iter().all(String::is_empty) {
        return Failure::refused(format!("{path}: the table is empty"))
            .hint("want a header and one row for each applicant");
    }
    let failure = Failure::refused(format!("{path}: no column {column:?}"));
    match other_separator(header) {
        Some(separator) => failure.hint(format!(
            "the header is one field with {separator} in it: separate the table's fields with commas"
        )),
        None => failure.hint(format!("the header has {}", listed(header))),
    }
}

/// What separates the fields of a header that is one field by commas.
fn other_separator(header: &[String]) -> Option<&'static str> {
    let [only] = header else {
        return None;
    };
    let separators = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")];
    let found = separators.iter().find(|(letter, _)| only.contains(*letter));
    found.map(|(_, name)| *name)
}

fn listed(names: &[String]) -> String {
    let mut text: Vec<_> = names
        .iter()
        .take(12)
        .map(|name| format!("{name:?}"))
        .collect();
    if names.len() > text.len() {
        text.push("...".to_owned());
    }
    text.join(", ")
}

/// A table that was not read, or cannot be trained on.
pub(crate) fn refused(error: &TableError, path: &Path) -> Failure {
    let hint = match error {
        TableError::MissingColumn { .. } => "check the names against the table's header",
        TableError::NoColumns { .. } => {
            "give the scheme that the table was made by with --scheme; a plain table needs none"
        }
        _ => "nothing was written; repair the table and run again",
    };
    Failure::refused(error).in_file(path).hint(hint)
}

/// The names in a table's header.
pub(crate) fn header(path: &Path) -> Outcome<Vec<String>> {
    let failed = |error: std::io::Error| {
        Failure::internal(format!("cannot read {}: {error}", path.display()))
            .hint("check the path and who may use it")
    };
    let mut file = open_table(path).map_err(failed)?;
    let mut line = Vec::new();
    let mut limited = file.by_ref().take(HEADER_MAX);
    std::io::BufRead::read_until(&mut limited, b'\n', &mut line).map_err(failed)?;
    let text = String::from_utf8_lossy(&line);
    let text = text.trim_start_matches('\u{feff}');
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes());
    let record = csv
        .records()
        .next()
        .and_then(Result::ok)
        .unwrap_or_default();
    Ok(record.iter().map(|name| name.trim().to_owned()).collect())
}

/// Whether a header is an id's by its name: `ID`, `applicant_id`, `client id`, `applicant`.
fn names_an_id(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "id" | "applicant") || name.ends_with("_id") || name.ends_with(" id")
}
