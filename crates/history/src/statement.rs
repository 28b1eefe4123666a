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

mod classify;
pub mod csv;
mod decode;
mod draft;
mod error;
mod format;
mod options;
mod plaid;

use crate::ledger::Ledger;

pub use csv::{CsvProfile, ProfileError};
pub(crate) use error::shown;
pub use error::{StatementError, StatementFault};
pub use format::Format;
pub use options::{Limits, ReadOptions};

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

fn read_bytes(bytes: &[u8], options: &ReadOptions) -> Result<Ledger, StatementError> {
    let limit = options.limits.bytes;
    if bytes.len() > limit {
        return Err(StatementFault::TooLarge { limit }.into());
    }
    let format = match options.format {
        Some(format) => format,
        None => Format::detect(bytes, options).ok_or_else(|| format::unrecognised(options))?,
    };
    format.read(bytes, options)
}
