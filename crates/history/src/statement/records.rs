//! Tables whose header is found by its names: what wallets export, as text or
//! as a workbook.
//!
//! What stands before the header and after the table changes between versions
//! of an app, so neither is counted in lines.

use csv::StringRecord;

use super::{Limits, StatementError, StatementFault};

/// How many records may come before the table.
const SEARCHED: usize = 200;

/// The rows of a table in a text or a sheet, from its very top.
pub(super) trait Records {
    /// The next record that is not empty, and its line.
    fn next(&mut self) -> Result<Option<(u64, &StringRecord)>, StatementError>;
}

/// The records of a comma-separated text.
pub(super) struct TextRecords<'a> {
    csv: csv::Reader<&'a [u8]>,
    lines: Lines<'a>,
    length: usize,
    record: StringRecord,
    limit: usize,
}

impl<'a> TextRecords<'a> {
    pub(super) fn new(text: &'a str, limits: &Limits) -> Self {
        Self {
            csv: csv::ReaderBuilder::new()
                .has_headers(false)
                .flexible(true)
                .from_reader(text.as_bytes()),
            lines: Lines::new(text, 1),
            length: text.len(),
            record: StringRecord::new(),
            limit: limits.fields,
        }
    }
}

impl Records for TextRecords<'_> {
    fn next(&mut self) -> Result<Option<(u64, &StringRecord)>, StatementError> {
        loop {
            // The text is UTF-8 already, so that reading from memory cannot fail.
            let more = self
                .csv
                .read_record(&mut self.record)
                .map_err(|_| StatementFault::OpenQuote)?;
            if !more {
                return Ok(None);
            }
            let start = self.record.position().map_or(0, csv::Position::byte);
            let line = self.lines.of(usize::try_from(start).unwrap_or(usize::MAX));
            let at = |fault: StatementFault| StatementError::from(fault).on_line(line);
            let limit = self.limit;
            if self.record.len() > limit {
                return Err(at(StatementFault::TooManyFields { limit }));
            }
            let runs_over = self.record.iter().any(|field| field.contains(['\n', '\r']));
            let ended = self.csv.position().byte() >= self.length as u64;
            if runs_over || (ended && self.record.iter().any(|field| field.ends_with('\n'))) {
                return Err(at(StatementFault::OpenQuote));
            }
            if self.record.iter().any(|field| !field.trim().is_empty()) {
                break;
            }
        }
        // Borrowed anew: the loop above must be free to try again.
        let start = self.record.position().map_or(0, csv::Position::byte);
        let line = self.lines.of(usize::try_from(start).unwrap_or(usize::MAX));
        Ok(Some((line, &self.record)))
    }
}

/// The columns of a table by what they hold.
pub(super) struct Columns<const N: usize> {
    positions: [Option<usize>; N],
    titles: [String; N],
    /// How many fields the header has, empty ones at its end left out.
    pub(super) fields: usize,
}

impl<const N: usize> Columns<N> {
    /// The columns in a header, if it has all that are needed. `names` lists
    /// the names that each column has had, in the form that `plain` makes.
    pub(super) fn of(
        header: &StringRecord,
        names: [&'static [&'static str]; N],
        needed: &[usize],
        plain: fn(&str) -> String,
    ) -> Option<Self> {
        let titles: Vec<&str> = header.iter().map(clean).collect();
        let header: Vec<String> = header.iter().map(plain).collect();
        let positions = names.map(|names| {
            header
                .iter()
                .position(|field| names.contains(&field.as_str()))
        });
        let fields = header.iter().rposition(|field| !field.is_empty())? + 1;
        let title = |at: Option<usize>| at.map_or("", |at| titles[at]).to_owned();
        let all = needed.iter().all(|&column| positions[column].is_some());
        all.then(|| Self {
            titles: positions.map(title),
            positions,
            fields,
        })
    }

    /// The trimmed text of a column; empty if the file has no such column.
    pub(super) fn get<'a>(&self, record: &'a StringRecord, column: usize) -> &'a str {
        let field = self.positions[column].and_then(|at| record.get(at));
        field.map_or("", clean)
    }

    /// An error in a column.
    pub(super) fn at(&self, column: usize, fault: impl Into<StatementFault>) -> StatementError {
        StatementError::from(fault.into()).in_field(&self.titles[column])
    }

    /// That a row has the fields of the header, and no more.
    pub(super) fn check(&self, record: &StringRecord) -> Result<(), StatementFault> {
        let (got, want) = (record.len(), self.fields);
        let spare = record
            .iter()
            .skip(want)
            .all(|field| clean(field).is_empty());
        if got < want || !spare {
            return Err(StatementFault::Fields { got, want });
        }
        Ok(())
    }
}

/// The record that `columns` takes for the header, passing what comes before it
/// to `preamble`.
pub(super) fn find_header<T>(
    records: &mut impl Records,
    mut columns: impl FnMut(&StringRecord) -> Option<T>,
    mut preamble: impl FnMut(&StringRecord),
) -> Result<Option<T>, StatementError> {
    for _ in 0..SEARCHED {
        let Some((_, record)) = records.next()? else {
            return Ok(None);
        };
        if let Some(found) = columns(record) {
            return Ok(Some(found));
        }
        preamble(record);
    }
    Ok(None)
}

/// A field without spaces and tabs around it: wallets pad their cells, and end
/// long numbers in a tab so that spreadsheets keep them as text.
fn clean(field: &str) -> &str {
    field.trim_matches(|char: char| char.is_whitespace() || char == '\u{feff}')
}

/// Turns byte positions, asked for in ascending order, into line numbers.
pub(super) struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    /// Of a text whose first line has the number `line`.
    pub(super) fn new(text: &'a str, line: u64) -> Self {
        Self { text, at: 0, line }
    }

    /// The line of the first character at or after `start` that is no line end:
    /// the reader counts blank lines to the record after them.
    pub(super) fn of(&mut self, start: usize) -> u64 {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            let line_end = matches!(byte, b'\n' | b'\r');
            if self.at >= start && !line_end {
                break;
            }
            self.at += 1;
            self.line += u64::from(byte == b'\n');
        }
        self.line
    }
}
