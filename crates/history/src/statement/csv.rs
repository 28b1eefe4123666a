//! Exports of banks as CSV, each layout described by a [`CsvProfile`].

mod choose;
pub mod guess;
mod header;
mod order;
pub mod profile;
mod row;
pub(crate) mod stream;

use std::collections::BTreeMap;
use std::io::{BufReader, Read};

use csv::StringRecord;

use super::draft::{Account, Draft, Statement};
use super::format::Reader;
use super::source::Source;
use super::text_stream::{self, TextStream};
use super::{ReadOptions, StatementError, StatementFault, decode};
use crate::ledger::DayBalance;
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

    fn id_space(&self, bytes: &[u8], options: &ReadOptions) -> Result<String, StatementError> {
        let profile = choose::profile(bytes, options)?;
        let profile = profile.ok_or_else(|| super::format::unrecognised(bytes, options))?;
        Ok(format!("{} {}", self.name(), profile.name()))
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Statement, StatementError> {
        self.read_source(Source::Whole(bytes), options)
    }

    fn read_source(
        &self,
        source: Source<'_>,
        options: &ReadOptions,
    ) -> Result<Statement, StatementError> {
        let profile = choose::profile(source.head(), options)?
            .ok_or_else(|| super::format::unrecognised(source.head(), options))?;
        let encoding = decode::settled(source.head(), profile.encoding());
        let text = TextStream::new(source.pieces(), encoding, &options.limits);
        let mut text = BufReader::new(text);
        let header = Header::find(&mut text, profile)?;
        let rows = read_rows(text, &header, profile, options)?;
        finish(rows, profile, options)
    }
}

/// Every profile that can be named: the caller's first, then the built-in ones.
pub(super) fn profiles(options: &ReadOptions) -> impl Iterator<Item = &CsvProfile> {
    options.profiles.iter().chain(CsvProfile::builtin())
}

/// The text of a file, as far as it has not been read.
type Text<'a> = BufReader<TextStream<Box<dyn Read + 'a>>>;

/// How long a record may be that runs over lines, in longest lines.
const LINES_MAX: u64 = 16;

fn read_rows(
    text: Text<'_>,
    header: &Header,
    profile: &CsvProfile,
    options: &ReadOptions,
) -> Result<Vec<Row>, StatementError> {
    let before = header.bytes;
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(profile.delimiter())
        .terminator(csv::Terminator::Any(b'\n'))
        .from_reader(text);
    let longest = options.limits.line_bytes as u64 + (1 << 17);
    let most = longest.saturating_mul(if profile.multiline() { LINES_MAX } else { 1 });
    let reading = row::Reading::new(header, profile, options);
    let mut record = StringRecord::new();
    let mut rows = Vec::new();
    let mut kept = 0_usize;
    loop {
        csv.get_mut().get_mut().grant(most);
        let started = header.line + csv.position().line();
        let more = csv
            .read_record(&mut record)
            .map_err(|error| unread(error, started))?;
        if !more {
            return Ok(rows);
        }
        if record.iter().all(|field| field.trim().is_empty()) {
            continue;
        }
        // Blank lines before the record have been passed over: its line is
        // told from where it ends.
        let within: u64 = record.iter().map(line_ends).sum();
        let ends = before + csv.position().byte();
        let ended = csv
            .get_ref()
            .get_ref()
            .length()
            .is_some_and(|all| ends >= all);
        // The text ends with a line end, so only an open quote can swallow it.
        let last = record.iter().next_back();
        let swallowed = ended && last.is_some_and(|field| field.ends_with('\n'));
        let line =
            (header.line + csv.position().line() + u64::from(swallowed)).saturating_sub(1 + within);
        check_shape(&record, swallowed, header, profile, options)
            .map_err(|fault| StatementError::from(fault).on_line(line))?;
        let row = reading.row(&record, line);
        let row = row.map_err(|error| error.on_line(line))?;
        kept = kept.saturating_add(row.kept());
        rows.push(row);
        if rows.len() > options.limits.entries {
            let limit = options.limits.entries;
            return Err(StatementFault::TooManyEntries { limit }.into());
        }
        // Texts are bounded together: a million long ones are no statement's.
        let limit = options.limits.bytes;
        if kept > limit.saturating_mul(2) {
            return Err(StatementFault::TooLarge { limit }.into());
        }
    }
}

fn line_ends(field: &str) -> u64 {
    field.bytes().filter(|&byte| byte == b'\n').count() as u64
}

/// What stopped the reading of a record that starts on `line`.
fn unread(error: csv::Error, line: u64) -> StatementError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => match text_stream::fault(error) {
            fault if matches!(fault.fault(), StatementFault::OpenQuote) => fault.on_line(line),
            fault => fault,
        },
        // The text is UTF-8 already and lines may have any length.
        _ => StatementError::from(StatementFault::OpenQuote).on_line(line),
    }
}

fn check_shape(
    record: &StringRecord,
    swallowed: bool,
    header: &Header,
    profile: &CsvProfile,
    options: &ReadOptions,
) -> Result<(), StatementFault> {
    let limit = options.limits.fields;
    if record.len() > limit {
        return Err(StatementFault::TooManyFields { limit });
    }
    let runs_over = |field: &str| field.contains(['\n', '\r']);
    if swallowed || (!profile.multiline() && record.iter().any(runs_over)) {
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
) -> Result<Statement, StatementError> {
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
        .map(|row| row.draft.currency)
        .or(options.currency)
        .or(profile.currency());
    let id = one_account(&rows);
    let drafts: Vec<Draft> = rows.into_iter().map(|row| row.draft).collect();
    let account = Account {
        id,
        currency,
        period: None,
        drafts,
        balances,
    };
    Ok(Statement {
        accounts: vec![account],
    })
}

/// The account that all rows name, if it is one.
fn one_account(rows: &[Row]) -> String {
    let mut named = rows.iter().map(|row| row.account.as_str());
    let first = named.next().unwrap_or_default();
    if named.all(|other| other == first) {
        first.to_owned()
    } else {
        String::new()
    }
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
