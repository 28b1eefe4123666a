//! The rows of one sheet, cell by cell.

use csv::StringRecord;

use crate::statement::records::Records;
use crate::statement::xml::{Markup, Piece};
use crate::statement::{Limits, StatementError, StatementFault};

/// Most strings that cells can point to.
const STRINGS_MAX: usize = 2_000_000;

/// The strings of `sharedStrings.xml`.
pub(super) fn shared_strings(part: &str, limits: &Limits) -> Result<Vec<String>, StatementError> {
    let limit = limits.entries.saturating_mul(16).min(STRINGS_MAX);
    let mut markup = Markup::strict(part);
    let mut strings = Vec::new();
    let mut text: Option<String> = None;
    // Phonetic guides (rPh) hold text that is not the cell's.
    let (mut is_text, mut guide) = (false, 0_usize);
    loop {
        match markup.next()? {
            Piece::Open { name, .. } => match name.as_str() {
                "si" => text = Some(String::new()),
                "rPh" => guide += 1,
                "t" => is_text = true,
                _ => {}
            },
            Piece::Close { name } => match name.as_str() {
                "si" => {
                    strings.push(text.take().unwrap_or_default());
                    if strings.len() > limit {
                        return Err(StatementFault::TooManyEntries { limit }.into());
                    }
                }
                "rPh" => guide = guide.saturating_sub(1),
                "t" => is_text = false,
                _ => {}
            },
            Piece::Text(piece) => {
                if let Some(text) = text.as_mut().filter(|_| is_text && guide == 0) {
                    text.push_str(&piece);
                }
            }
            Piece::End => return Ok(strings),
        }
    }
}

/// The rows of a sheet as records; a row's line is its number.
pub(crate) struct SheetRecords<'a> {
    markup: Markup<'a>,
    strings: &'a [String],
    record: StringRecord,
    row: u64,
    limits: Limits,
}

/// A cell being read.
struct Cell {
    column: usize,
    kind: String,
    text: String,
}

impl<'a> SheetRecords<'a> {
    pub(super) fn new(sheet: &'a str, strings: &'a [String], limits: &Limits) -> Self {
        Self {
            markup: Markup::strict(sheet),
            strings,
            record: StringRecord::new(),
            row: 0,
            limits: *limits,
        }
    }

    /// Reads the row that has just been opened.
    fn read_row(&mut self) -> Result<(), StatementError> {
        self.record.clear();
        let mut cell: Option<Cell> = None;
        let mut is_value = false;
        loop {
            match self.markup.next()? {
                Piece::Open { name, attributes } => match name.as_str() {
                    "c" => cell = Some(self.open_cell(&attributes)?),
                    "v" | "t" => is_value = true,
                    "f" => {
                        let what = "a formula in a cell";
                        return Err(self.at(StatementFault::Workbook { what }));
                    }
                    _ => {}
                },
                Piece::Text(piece) => {
                    if let Some(cell) = cell.as_mut().filter(|_| is_value) {
                        cell.text.push_str(&piece);
                        let limit = self.limits.line_bytes;
                        if cell.text.len() > limit {
                            return Err(self.at(StatementFault::LineTooLong { limit }));
                        }
                    }
                }
                Piece::Close { name } => match name.as_str() {
                    "c" => {
                        if let Some(cell) = cell.take() {
                            self.close_cell(cell)?;
                        }
                    }
                    "v" | "t" => is_value = false,
                    "row" => return Ok(()),
                    _ => {}
                },
                Piece::End => return Err(self.markup.fault("the XML breaks off")),
            }
        }
    }

    fn open_cell(&self, attributes: &[(&str, String)]) -> Result<Cell, StatementError> {
        let value = |key| attributes.iter().find(|(name, _)| *name == key);
        let column = match value("r") {
            Some((_, reference)) => column_of(reference),
            None => Some(self.record.len()),
        };
        let limit = self.limits.fields;
        let column = column
            .filter(|&column| column < limit)
            .ok_or_else(|| self.at(StatementFault::TooManyFields { limit }))?;
        let kind = value("t").map_or("", |(_, kind)| kind.as_str());
        Ok(Cell {
            column,
            kind: kind.to_owned(),
            text: String::new(),
        })
    }

    fn close_cell(&mut self, cell: Cell) -> Result<(), StatementError> {
        let text = match cell.kind.as_str() {
            "s" => {
                let index: Option<usize> = cell.text.trim().parse().ok();
                let shared = index.and_then(|index| self.strings.get(index));
                let what = "a cell that points to no string";
                shared
                    .ok_or_else(|| self.at(StatementFault::Workbook { what }))?
                    .clone()
            }
            "str" | "inlineStr" | "d" => cell.text,
            "e" => {
                let what = "an error in a cell";
                return Err(self.at(StatementFault::Workbook { what }));
            }
            _ => rounded(cell.text.trim()),
        };
        // A cell cannot come twice, nor before the one to its left.
        while self.record.len() < cell.column {
            self.record.push_field("");
        }
        if self.record.len() > cell.column {
            let what = "cells out of order";
            return Err(self.at(StatementFault::Workbook { what }));
        }
        self.record.push_field(&text);
        Ok(())
    }

    fn at(&self, fault: StatementFault) -> StatementError {
        StatementError::from(fault).on_line(self.row)
    }
}

impl Records for SheetRecords<'_> {
    fn next(&mut self) -> Result<Option<(u64, &StringRecord)>, StatementError> {
        loop {
            match self.markup.next()? {
                Piece::Open { name, attributes } if name == "row" => {
                    let number = attributes.iter().find(|(name, _)| *name == "r");
                    let number = number.and_then(|(_, number)| number.parse().ok());
                    self.row = number.unwrap_or(self.row.saturating_add(1));
                    self.read_row()?;
                    if self.record.iter().any(|field| !field.trim().is_empty()) {
                        return Ok(Some((self.row, &self.record)));
                    }
                }
                Piece::End => return Ok(None),
                _ => {}
            }
        }
    }
}

/// The column of a reference such as `AB12`, from 0.
fn column_of(reference: &str) -> Option<usize> {
    let letters = reference
        .bytes()
        .take_while(u8::is_ascii_uppercase)
        .map(|letter| usize::from(letter - b'A') + 1);
    let column = letters
        .take(5)
        .fold(0, |column, letter| column * 26 + letter);
    column.checked_sub(1)
}

/// A number as the sheet's writer meant it. Sheets keep binary fractions and
/// write them with up to 17 digits, so that 28.16 may stand as
/// 28.160000000000001: from the sixth decimal on, a run of zeros or nines is an
/// artefact of that and is rounded away, in decimal digits.
fn rounded(text: &str) -> String {
    let Some((whole, fraction)) = text.split_once('.') else {
        return text.to_owned();
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let plain = digits(whole.trim_start_matches('-')) && digits(fraction);
    let Some((kept, beyond)) = fraction.split_at_checked(KEPT).filter(|_| plain) else {
        return text.to_owned();
    };
    let (run, _) = beyond.split_at(beyond.len().min(RUN));
    if run.len() == RUN && run.bytes().all(|digit| digit == b'0') {
        return format!("{whole}.{kept}");
    }
    if run.len() == RUN && run.bytes().all(|digit| digit == b'9') {
        let sign = if whole.starts_with('-') { "-" } else { "" };
        let joined = format!("{}{kept}", whole.trim_start_matches('-'));
        if let Some(up) = joined.parse::<u64>().ok().and_then(|n| n.checked_add(1)) {
            let up = format!("{up:0>width$}", width = KEPT + 1);
            let (whole, kept) = up.split_at(up.len() - KEPT);
            return format!("{sign}{whole}.{kept}");
        }
    }
    text.to_owned()
}

const KEPT: usize = 6;
const RUN: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_references() {
        for (reference, column) in [
            ("A1", Some(0)),
            ("Z9", Some(25)),
            ("AA10", Some(26)),
            ("XFD1", Some(16_383)),
            ("1", None),
            ("", None),
        ] {
            assert_eq!(column_of(reference), column, "{reference}");
        }
        assert!(column_of("ZZZZZZZZZZZZ").is_some());
    }

    #[test]
    fn artefacts_of_binary_fractions_are_rounded_away() {
        for (text, rounded_text) in [
            ("28.16", "28.16"),
            ("28.160000000000001", "28.160000"),
            ("28.159999999999997", "28.160000"),
            ("99.999999999999", "100.000000"),
            ("-0.099999999999999", "-0.100000"),
            ("28.165", "28.165"),
            ("28.1650001", "28.1650001"),
            ("1E-3", "1E-3"),
            ("46107.531562", "46107.531562"),
            ("46107.53156256", "46107.53156256"),
            ("28", "28"),
        ] {
            assert_eq!(rounded(text), rounded_text, "{text}");
        }
    }
}
