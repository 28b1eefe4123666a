//! Statements: files of several formats in, one [`Ledger`] out.
//!
//! [`read`] finds the format by looking at the content; what it finds is a row
//! of one table in `format.rs`, so a new format is a new file and one line
//! there. Readers refuse rather than guess: a line that cannot be read, a second
//! currency, a date out of order stops the reading with an error that names file,
//! line and column and says what to do.
//!
//! ```
//! use blindscore_history::statement::{ReadOptions, read};
//! let file = b"date,amount,currency,description,mcc\n\
//!              2026-03-02,-64.18,EUR,grocer,5411\n\
//!              2026-03-06,2150.00,EUR,,\n";
//! let ledger = read(file, "march.csv", &ReadOptions::default())?;
//! assert_eq!(ledger.entries().len(), 2);
//! assert_eq!(ledger.coverage().to_string(), "2026-03-01 to 2026-03-31");
//! # Ok::<(), blindscore_history::statement::StatementError>(())
//! ```
//!
//! # What an entry without better knowledge is
//!
//! | known | money out | money in |
//! | --- | --- | --- |
//! | flow and category in the file | as stated | as stated |
//! | category only | expenditure | refund |
//! | merchant code or rule of the profile: expenditure | expenditure | refund of that category |
//! | merchant code or rule of the profile: other flow | that flow | that flow |
//! | nothing | expenditure, unclassified | transfer |
//!
//! Money that comes in is never income unless the file, a rule or the source's
//! own category says so.
//!
//! # Which period a statement covers
//!
//! [`ReadOptions::coverage`] states it. Without, it is taken to be the whole
//! months from the first entry's to the last entry's, as people export months.
//! A source that attests a period knows its own data and states it.

mod alipay;
mod assemble;
mod balance;
mod berlin;
mod camt;
mod chinese;
mod classify;
pub mod csv;
mod decode;
mod draft;
mod error;
mod format;
mod json;
mod mpesa;
mod ofx;
mod open;
mod options;
mod plaid;
mod records;
mod source;
mod text_stream;
mod uk;
mod value;
mod wechat;
mod xlsx;
mod xml;

use crate::ledger::Ledger;

pub use csv::{CsvProfile, ProfileError};
pub use draft::Basis;
pub(crate) use error::shown;
pub use error::{StatementError, StatementFault};
pub use format::Format;
pub(crate) use open::OpenedAccount;
pub use open::{Beside, Opened, Posting, Why};
pub use options::{Limits, ReadOptions};
use source::Source;

/// Reads a statement from the bytes of a file; `file_name` is for messages only.
///
/// # Errors
/// If the file is too large, of no known format, or broken anywhere. The error
/// names the place and what to do, and shows no amount.
pub fn read(
    bytes: &[u8],
    file_name: &str,
    options: &ReadOptions,
) -> Result<Ledger, StatementError> {
    read_bytes(bytes, options).map_err(|error| error.in_file(file_name))
}

/// Reads a statement from a stream, such as an open file, in bounded memory.
///
/// The CSV of a bank is read line by line, however long it is; of everything
/// else at most [`Limits::bytes`] are taken in. What is kept is bounded by
/// [`Limits::entries`] and [`Limits::bytes`].
///
/// # Errors
/// As [`read`], or if the stream cannot be read.
pub fn read_from(
    mut reader: impl std::io::Read,
    file_name: &str,
    options: &ReadOptions,
) -> Result<Ledger, StatementError> {
    Source::stream(&mut reader)
        .and_then(|source| read_source(source, options))
        .map_err(|error| error.in_file(file_name))
}

/// Opens a statement for gathering, in bounded memory like [`read_from`]: with
/// rules on texts applied, every currency taken, accounts kept apart, and what
/// each entry rests on kept beside it.
///
/// # Errors
/// As [`read_from`].
pub fn open(
    mut reader: impl std::io::Read,
    file_name: &str,
    options: &ReadOptions,
) -> Result<Opened, StatementError> {
    Source::stream(&mut reader)
        .and_then(|source| {
            let format = format(&source, options)?;
            let space = format.id_space(source.head(), options)?;
            open::opened(format.read(source, options)?, space, file_name, options)
        })
        .map_err(|error| error.in_file(file_name))
}

fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Ledger, StatementError> {
    let limit = options.limits.bytes;
    if bytes.len() > limit {
        return Err(StatementFault::TooLarge { limit }.into());
    }
    read_source(Source::Whole(bytes), options)
}

fn read_source(source: Source<'_>, options: &ReadOptions) -> Result<Ledger, StatementError> {
    let format = format(&source, options)?;
    assemble::ledger(format.read(source, options)?, options)
}

fn format(source: &Source<'_>, options: &ReadOptions) -> Result<Format, StatementError> {
    match options.format {
        Some(format) => Ok(format),
        None => {
            let found = Format::detect(source.head(), options);
            found.ok_or_else(|| format::unrecognised(source.head(), options))
        }
    }
}
