//! What stops the reading of a population, and where.

use std::path::{Path, PathBuf};

use super::lines::LineFault;
use crate::ledger::LedgerError;
use crate::levels::LevelsError;
use crate::statement::{StatementError, shown};

/// Why a population is refused. Names files, lines, columns and applicants'
/// ids; shows no amount.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PopulationError {
    /// A file that cannot be opened or a folder that cannot be listed.
    #[error("{}: {fault}; check the path and who may use it", path.display())]
    Open {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        fault: std::io::ErrorKind,
    },
    /// A folder without tables.
    #[error("{}: no file that ends in .csv or .csv.gz; name the folder of the transactions", .0.display())]
    Empty(PathBuf),
    /// A file without any line.
    #[error("{}: an empty file; want a header line", .0.display())]
    NoHeader(PathBuf),
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
    /// A header without a column that is needed.
    #[error("{}: no column {column:?}; the header has {known}", path.display())]
    NoColumn {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What stands there, shortened.
        known: String,
    },
    /// A header with a column twice, or with one that the table makes itself.
    #[error("{}: column {column:?} {fault}", path.display())]
    Column {
        /// The file.
        path: PathBuf,
        /// The column.
        column: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// A field that is empty or not a date.
    #[error("{}, line {line}, {column:?}: {fault}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// The column.
        column: String,
        /// What is wrong.
        fault: &'static str,
    },
    /// An applicant listed twice.
    #[error("{}, line {line}: applicant {id:?} stands on line {first} already; want one line an applicant", path.display())]
    Twice {
        /// The file.
        path: PathBuf,
        /// The later line.
        line: u64,
        /// The earlier line.
        first: u64,
        /// The id.
        id: String,
    },
    /// More applicants than the limit.
    #[error("{}: more than {limit} applicants; split the table", path.display())]
    TooMany {
        /// The file.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
    /// No applicants at all.
    #[error("{}: no applicants; want a line an applicant below the header", .0.display())]
    NoApplicants(PathBuf),
    /// A profile that a stream cannot be read by.
    #[error("profile {name:?}: {fault}")]
    Profile {
        /// The profile.
        name: String,
        /// Why not.
        fault: &'static str,
    },
    /// A transaction that cannot be read.
    #[error(transparent)]
    Transaction(#[from] StatementError),
    /// One applicant with more transactions than the limit.
    #[error(
        "applicant {id:?}: more than {limit} transactions; check the column of applicants' ids"
    )]
    TooManyRows {
        /// The id.
        id: String,
        /// The limit.
        limit: usize,
    },
    /// A ledger that cannot be.
    #[error("applicant {id:?}: {fault}")]
    Ledger {
        /// The id.
        id: String,
        /// Why.
        fault: LedgerError,
    },
    /// Levels that cannot be computed, for another reason than a short history.
    #[error("applicant {id:?}: {fault}")]
    Levels {
        /// The id.
        id: String,
        /// Why.
        fault: LevelsError,
    },
    /// No transaction belongs to anybody in the outcome table.
    #[error(
        "{}: none of the {others} transactions belongs to an applicant of the outcome table; are \
         the ids written alike in both?", path.display()
    )]
    NoneTheirs {
        /// The file or folder.
        path: PathBuf,
        /// How many there are.
        others: u64,
    },
    /// No applicant has a usable history.
    #[error(
        "none of the {applicants} applicants has a usable history: {without} have no transaction, \
         {short} too few whole months before the as-of date"
    )]
    NoneUsable {
        /// Applicants listed.
        applicants: usize,
        /// Without a transaction.
        without: usize,
        /// With too short a history.
        short: usize,
    },
    /// The temporary files failed.
    #[error("temporary files: {0}; is there room for a copy of the transactions?")]
    Temporary(std::io::ErrorKind),
    /// The table could not be written.
    #[error("cannot write the table: {0}")]
    Write(std::io::ErrorKind),
}

impl PopulationError {
    pub(super) fn open(path: &Path, error: &std::io::Error) -> Self {
        Self::Open {
            path: path.to_owned(),
            fault: error.kind(),
        }
    }

    pub(super) fn line(path: &Path, line: u64, fault: LineFault) -> Self {
        Self::Line {
            path: path.to_owned(),
            line,
            fault,
        }
    }

    pub(super) fn no_column(path: &Path, column: &str, header: &csv::StringRecord) -> Self {
        let mut known: Vec<_> = header
            .iter()
            .take(12)
            .map(|name| format!("{:?}", shown(name.trim(), 40)))
            .collect();
        if header.len() > known.len() {
            known.push("...".to_owned());
        }
        Self::NoColumn {
            path: path.to_owned(),
            column: shown(column, 80),
            known: known.join(", "),
        }
    }
}
