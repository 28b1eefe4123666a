//! Exports of banks as CSV, each layout described by a [`CsvProfile`].

mod choose;
mod header;
mod order;
pub mod profile;
mod row;
pub(crate) mod stream;

use std::collections::BTreeMap;

use csv::StringRecord;

use super::draft::{self, Draft};
use super::format::Reader;
use super::{ReadOptions, StatementError, StatementFault, decode};
use crate::ledger::{DayBalance, Ledger};
use crate::money::Currency;
use header::Header;
use row::Row;

pub use profile::{CsvProfile, ProfileError};

pub(super) struct BankCsv;

impl Reader for BankCsv {
    fn name(&self) -> &'static str {
        "bank-csv"
    }

    fn recognises(&self, bytes: &[u8], options: &ReadOptions) -> bool {
        // A named profile that does not exist, or two that fit, is an error that
        // the reader explains better than "unknown format".
        !matches!(choose::profile(bytes, options), Ok(None))
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Ledger, StatementError> {
        let profile =
            choose::profile(bytes, options)?.ok_or_else(|| super::format::unrecognised(options))?;
        let text = decode::decode(bytes, profile.encoding(), &options.limits)?;
        let header = Header::find(&text, profile)?;
        let rows = read_rows(&text, &header, profile, options)?;
        finish(rows, profile, options)
    }
}

/// Every profile that can be named: the caller's first, then the built-in ones.
pub(super) fn profiles(options: &ReadOptions) -> impl Iterator<Item = &CsvProfile> {
    options.profiles.iter().chain(CsvProfile::builtin())
}

fn read_rows(
    text: &str,
    header: &Header,
    profile: &CsvProfile,
    options: &ReadOptions,
) -> Result<Vec<Row>, StatementError> {
    let body = &text[header.body..];
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(profile.delimiter())
        .from_reader(body.as_bytes());
    let mut lines = Lines {
        text: body,
        at: 0,
        line: header.line + 1,
    };
    let mut reading = row::Reading::new(header, profile, options);
    let mut record = StringRecord::new();
    let mut rows = Vec::new();
    // The text is UTF-8 already and lines may have any length, so that reading
    // from memory cannot fail; if it ever does, it must not pass for the end.
    while csv
        .read_record(&mut record)
        .map_err(|_| StatementFault::OpenQuote)?
    {
        let start = record.position().map_or(0, csv::Position::byte);
        let line = lines.of(usize::try_from(start).unwrap_or(usize::MAX));
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        let ended = csv.position().byte() >= body.len() as u64;
        check_shape(&record, ended, header, profile, options)
            .map_err(|fault| StatementError::from(fault).on_line(line))?;
        let row = reading.row(&record, line);
        rows.push(row.map_err(|error| error.on_line(line))?);
        if rows.len() > options.limits.entries {
            let limit = options.limits.entries;
            return Err(StatementFault::TooManyEntries { limit }.into());
        }
    }
    Ok(rows)
}

fn check_shape(
    record: &StringRecord,
    ended: bool,
    header: &Header,
    profile: &CsvProfile,
    options: &ReadOptions,
) -> Result<(), StatementFault> {
    let limit = options.limits.fields;
    if record.len() > limit {
        return Err(StatementFault::TooManyFields { limit });
    }
    let runs_over = |field: &str| field.contains(['\n', '\r']);
    // The text ends with a line end, so only an open quote can swallow it.
    let swallowed_end = ended && record.iter().next_back().is_some_and(|f| f.ends_with('\n'));
    if swallowed_end || (!profile.multiline() && record.iter().any(runs_over)) {
        return Err(StatementFault::OpenQuote);
    }
    let (got, want) = (record.len(), header.fields);
    let spare_is_empty = record
        .iter()
        .skip(want)
        .all(|field| field.trim().is_empty());
    if got < want || !spare_is_empty {
        return Err(StatementFault::Fields { got, want });
    }
    Ok(())
}

fn finish(
    mut rows: Vec<Row>,
    profile: &CsvProfile,
    options: &ReadOptions,
) -> Result<Ledger, StatementError> {
    let order = order::check(&rows, profile)?;
    if order == Some(order::Order::Descending) {
        rows.reverse();
    }
    rows.sort_by_key(|row| row.draft.date);
    let balances = if order.is_some() {
        closings(&rows)
    } else {
        Vec::new()
    };
    let currency = rows
        .first()
        .map(|row| row.currency)
        .or(options.currency)
        .or(profile.currency())
        .ok_or(StatementFault::NoCurrency)?;
    let drafts: Vec<Draft> = rows.into_iter().map(|row| row.draft).collect();
    draft::ledger(currency, drafts, balances, options)
}

/// The last balance written on each day. If the file does not tell in which
/// order its lines happened, no balance is known to be a day's last.
fn closings(rows: &[Row]) -> Vec<DayBalance> {
    let days: BTreeMap<_, i64> = rows
        .iter()
        .filter_map(|row| Some((row.draft.date, row.balance?)))
        .collect();
    days.into_iter()
        .map(|(date, closing)| DayBalance { date, closing })
        .collect()
}

/// The currency of the whole file, line by line.
#[derive(Default)]
struct OneCurrency(Option<Currency>);

impl OneCurrency {
    fn take(&mut self, got: Currency, options: &ReadOptions) -> Result<Currency, StatementFault> {
        match (*self.0.get_or_insert(got), options.currency) {
            (first, _) if first != got => Err(StatementFault::SeveralCurrencies { first, got }),
            (_, Some(want)) if want != got => Err(StatementFault::OtherCurrency { got, want }),
            _ => Ok(got),
        }
    }
}

/// Turns byte positions, asked for in ascending order, into line numbers.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first character at or after `start` that is no line end:
    /// the reader counts blank lines to the record after them.
    fn of(&mut self, start: usize) -> u64 {
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
