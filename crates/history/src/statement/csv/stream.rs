//! Lines of one layout that somebody else brings, one at a time: a population's
//! file is read as a stream and grouped by applicant before it becomes ledgers.

use std::collections::BTreeSet;

use csv::StringRecord;
use jiff::civil::Date;

use super::header::Header;
use super::profile::CsvProfile;
use super::row::{Reading, Row};
use crate::ledger::{Coverage, DayBalance, Entry, Ledger, LedgerError};
use crate::money::Currency;
use crate::statement::draft::{Draft, Id};
use crate::statement::{ReadOptions, StatementError};

/// One line, read but not yet in a ledger.
pub(crate) struct StreamedRow(Row);

impl StreamedRow {
    /// The day it was booked.
    pub(crate) fn date(&self) -> Date {
        self.0.draft.date
    }
}

/// A file's header, checked against a profile.
pub(crate) struct StreamHeader(Header);

impl StreamHeader {
    /// The header line's names, as they stand on line `line`.
    pub(crate) fn new(
        names: Vec<String>,
        line: u64,
        profile: &CsvProfile,
    ) -> Result<Self, StatementError> {
        Header::from_names(names, line, profile).map(Self)
    }

    /// A reader of this file's lines.
    pub(crate) fn reading<'a>(
        &'a self,
        profile: &'a CsvProfile,
        options: &'a ReadOptions,
    ) -> StreamReading<'a> {
        StreamReading {
            reading: Reading::new(&self.0, profile, options),
            currency: options.currency,
        }
    }
}

/// Reads lines of one file.
pub(crate) struct StreamReading<'a> {
    reading: Reading<'a>,
    currency: Option<Currency>,
}

impl StreamReading<'_> {
    /// Reads one line, in the currency asked for.
    pub(crate) fn row(
        &self,
        record: &StringRecord,
        line: u64,
    ) -> Result<StreamedRow, StatementError> {
        let row = self.reading.row(record, line)?;
        match self.currency {
            Some(want) if row.draft.currency != want => {
                Err(self.reading.other_currency(row.draft.currency, want))
            }
            _ => Ok(StreamedRow(row)),
        }
    }
}

/// The ledger of one holder's lines, and whether their order of dates was
/// plain, without which no balance is known to be a day's last.
pub(crate) fn ledger(
    mut rows: Vec<StreamedRow>,
    currency: Currency,
    coverage: Coverage,
) -> Result<(Ledger, bool), LedgerError> {
    let dates = || rows.iter().map(StreamedRow::date);
    let steps = || dates().zip(dates().skip(1));
    let ascending = steps().all(|(before, after)| before <= after);
    let descending = !ascending && steps().all(|(before, after)| before >= after);
    if descending {
        rows.reverse();
    }
    let ordered = ascending || descending;
    let balances = if ordered { closings(&rows) } else { Vec::new() };
    let ledger = Ledger::new(currency, coverage, entries(rows), balances)?;
    Ok((ledger, ordered))
}

/// The last balance written on each day; the rows ascend.
fn closings(rows: &[StreamedRow]) -> Vec<DayBalance> {
    let mut days: Vec<DayBalance> = Vec::new();
    for row in rows {
        let Some(closing) = row.0.balance else {
            continue;
        };
        let date = row.date();
        match days.last_mut() {
            Some(last) if last.date == date => last.closing = closing,
            _ => days.push(DayBalance { date, closing }),
        }
    }
    days
}

/// Lines that the source repeats, id and all, count once. Others get no id:
/// these ledgers are never merged.
fn entries(rows: Vec<StreamedRow>) -> Vec<Entry> {
    let mut given = BTreeSet::new();
    let mut entries = Vec::with_capacity(rows.len());
    for StreamedRow(row) in rows {
        let Draft {
            date,
            amount,
            direction,
            flow,
            category,
            id,
            ..
        } = row.draft;
        let id = match id {
            Id::Given(id) if given.insert((id.clone(), date, amount, direction)) => id,
            Id::Given(_) => continue,
            Id::Derived { .. } => String::new(),
        };
        entries.push(Entry {
            date,
            amount,
            direction,
            flow,
            category,
            id,
        });
    }
    entries
}
