//! The header line: found by its columns, never by its number, because what
//! banks put before it changes.

use std::io::BufRead;

use super::profile::CsvProfile;
use crate::statement::{StatementError, StatementFault, text_stream};

/// How many lines may come before the table.
const SEARCHED: usize = 100;

/// The header line of a file.
pub(super) struct Header {
    /// Its line number, from 1.
    pub(super) line: u64,
    /// How many bytes of text it ends after.
    pub(super) bytes: u64,
    /// How many fields it has.
    pub(super) fields: usize,
    names: Vec<String>,
}

impl Header {
    /// The first line with all columns that the profile needs.
    pub(super) fn find(
        text: &mut impl BufRead,
        profile: &CsvProfile,
    ) -> Result<Self, StatementError> {
        let mut bytes = 0;
        let mut line = String::new();
        for number in (1..).take(SEARCHED) {
            line.clear();
            // Lines are bounded by what yields the text.
            let length = text.read_line(&mut line).map_err(text_stream::fault)?;
            if length == 0 {
                break;
            }
            bytes += length as u64;
            if !may_hold(&line, profile.required()) {
                continue;
            }
            let names = fields(&line, profile);
            if profile
                .required()
                .all(|column| names.iter().any(|name| name == column))
            {
                let header = Self {
                    line: number,
                    bytes,
                    fields: names.len(),
                    names,
                };
                return header.checked(profile);
            }
        }
        let columns: Vec<_> = profile
            .required()
            .map(|column| format!("{column:?}"))
            .collect();
        let fault = StatementFault::NoHeader {
            profile: profile.name().to_owned(),
            columns: columns.join(", "),
            searched: SEARCHED,
        };
        Err(fault.into())
    }

    /// A header line that is known to be one; `line` is its number.
    pub(super) fn from_names(
        names: Vec<String>,
        line: u64,
        profile: &CsvProfile,
    ) -> Result<Self, StatementError> {
        let missing = |column: &&str| !names.iter().any(|name| name == column);
        if let Some(column) = profile.required().find(missing) {
            let fault = StatementFault::NoColumn {
                profile: profile.name().to_owned(),
            };
            return Err(StatementError::from(fault).in_field(column).on_line(line));
        }
        let header = Self {
            line,
            bytes: 0,
            fields: names.len(),
            names,
        };
        header.checked(profile)
    }

    /// The position of a column.
    pub(super) fn position(&self, column: &str) -> Option<usize> {
        self.names.iter().position(|name| name == column)
    }

    fn checked(self, profile: &CsvProfile) -> Result<Self, StatementError> {
        for column in profile.named() {
            if self.names.iter().filter(|name| *name == column).count() > 1 {
                let error = StatementError::from(StatementFault::RepeatedColumn);
                return Err(error.in_field(column).on_line(self.line));
            }
        }
        Ok(self)
    }
}

/// How many of the profile's columns the header in `head` has, if it has those
/// that tell the profile.
pub(super) fn known_columns(head: &str, profile: &CsvProfile) -> Option<usize> {
    head.lines().take(SEARCHED).find_map(|line| {
        if !may_hold(line, profile.required().chain(profile.detect())) {
            return None;
        }
        let names = fields(line, profile);
        let has = |column: &str| names.iter().any(|name| name == column);
        let telling = profile.detect().all(has) && profile.required().all(has);
        telling.then(|| profile.named().filter(|column| has(column)).count())
    })
}

/// Whether a line can have the columns: a look that costs far less than taking
/// it apart, which every profile would do with every line.
fn may_hold<'a>(line: &str, mut columns: impl Iterator<Item = &'a str>) -> bool {
    columns.all(|column| line.contains(column) || column.contains('"'))
}

/// The fields of one line, trimmed.
fn fields(line: &str, profile: &CsvProfile) -> Vec<String> {
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(profile.delimiter())
        .buffer_capacity(line.len().clamp(1, 1 << 12))
        .from_reader(line.as_bytes());
    let record = csv
        .records()
        .next()
        .and_then(Result::ok)
        .unwrap_or_default();
    record.iter().map(|field| field.trim().to_owned()).collect()
}
