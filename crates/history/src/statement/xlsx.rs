//! Sheets of a workbook (ECMA-376), read so that no archive can cost more than
//! the limits: parts are unpacked up to the size limit and no further, however
//! small they are packed; rows stream; formulas are refused, not computed.
//!
//! The crate for workbooks at hand unpacks whole parts without a limit, so only
//! the archive reader and the XML reader are borrowed.

mod archive;
mod sheet;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::{Limits, StatementError};
use archive::Parts;
use sheet::SheetRecords;

/// A workbook with its parts unpacked.
pub(super) struct Workbook {
    sheets: Vec<String>,
    strings: Vec<String>,
}

impl Workbook {
    /// Unpacks what is needed of a workbook.
    pub(super) fn open(bytes: &[u8], limits: &Limits) -> Result<Self, StatementError> {
        let Parts { sheets, strings } = archive::unpack(bytes, limits)?;
        let strings = match strings {
            Some(part) => sheet::shared_strings(&part, limits)?,
            None => Vec::new(),
        };
        Ok(Self { sheets, strings })
    }

    /// Its sheets, in the order of their names.
    pub(super) fn sheets(&self) -> impl Iterator<Item = &str> {
        self.sheets.iter().map(String::as_str)
    }

    /// The rows of a sheet.
    pub(super) fn records<'a>(&'a self, sheet: &'a str, limits: &Limits) -> SheetRecords<'a> {
        SheetRecords::new(sheet, &self.strings, limits)
    }
}

/// Whether a file is an archive, as workbooks are.
pub(super) fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04")
}

/// The day of a date that a sheet keeps as a number of days, if it is one: days
/// since the end of 1899, the fraction being the time of day.
pub(super) fn serial_day(text: &str) -> Option<Date> {
    let (days, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if days.len() > 6 || !digits(days) || !digits(fraction) {
        return None;
    }
    let days: i64 = days.parse().ok()?;
    // Day 60 is a 29 February 1900 that never was; earlier days are off by one.
    if !(61..=110_000).contains(&days) {
        return None;
    }
    date(1899, 12, 30).checked_add(days.days()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_kept_as_numbers() {
        assert_eq!(serial_day("46107"), Some(date(2026, 3, 26)));
        assert_eq!(serial_day("46107.5315625"), Some(date(2026, 3, 26)));
        for text in [
            "",
            "2026-03-26",
            "46107.",
            ".5",
            "-1",
            "1e5",
            "60",
            "999999",
            "4610７",
        ] {
            assert_eq!(serial_day(text), None, "{text}");
        }
    }
}
