//! Several ledgers into one, whatever their order.

use std::collections::BTreeMap;

use jiff::ToSpan;
use jiff::civil::Date;

use super::{Coverage, DayBalance, Direction, Entry, Ledger, LedgerError};

pub(super) fn merge(parts: &[Ledger]) -> Result<Ledger, LedgerError> {
    let first = parts
        .iter()
        .map(Ledger::currency)
        .min()
        .ok_or(LedgerError::NothingToMerge)?;
    if let Some(other) = parts
        .iter()
        .map(Ledger::currency)
        .max()
        .filter(|&c| c != first)
    {
        return Err(LedgerError::Currencies { first, other });
    }
    let coverage = joined_coverage(parts)?;
    Ledger::new(
        first,
        coverage,
        joined_entries(parts),
        joined_balances(parts)?,
    )
}

/// The period that the parts cover together, if they leave no gap.
fn joined_coverage(parts: &[Ledger]) -> Result<Coverage, LedgerError> {
    let mut periods: Vec<Coverage> = parts.iter().map(Ledger::coverage).collect();
    periods.sort_by_key(|period| (period.first, period.last));
    let mut periods = periods.into_iter();
    let mut joined = periods.next().ok_or(LedgerError::NothingToMerge)?;
    for next in periods {
        let expected = joined.last.saturating_add(1.day());
        if next.first > expected {
            let last = next.first.saturating_sub(1.day());
            let gap = Coverage {
                first: expected,
                last,
            };
            return Err(LedgerError::Gap { gap });
        }
        joined.last = joined.last.max(next.last);
    }
    Ok(joined)
}

type Key<'a> = (Date, &'a str, i64, Direction);

/// Every entry as often as the part that has it most often: once when files
/// overlap, twice when one source itself gives two alike.
fn joined_entries(parts: &[Ledger]) -> Vec<Entry> {
    let mut best: BTreeMap<Key<'_>, Vec<&Entry>> = BTreeMap::new();
    for part in parts {
        let mut own: BTreeMap<Key<'_>, Vec<&Entry>> = BTreeMap::new();
        for entry in part.entries() {
            let key = (entry.date, entry.id.as_str(), entry.amount, entry.direction);
            own.entry(key).or_default().push(entry);
        }
        for (key, mut alike) in own {
            alike.sort_by_key(|entry| rank(entry));
            let known = best.entry(key).or_default();
            if (alike.len(), ranks(known)) > (known.len(), ranks(&alike)) {
                *known = alike;
            }
        }
    }
    best.into_values().flatten().cloned().collect()
}

fn ranks(entries: &[&Entry]) -> Vec<(bool, u8, u8)> {
    entries.iter().map(|entry| rank(entry)).collect()
}

/// Of two classifications of one entry, one with a category comes first.
fn rank(entry: &Entry) -> (bool, u8, u8) {
    let category = entry.category.code();
    (category == 0, entry.flow.code(), category)
}

fn joined_balances(parts: &[Ledger]) -> Result<Vec<DayBalance>, LedgerError> {
    let mut known: BTreeMap<Date, Vec<(i64, bool)>> = BTreeMap::new();
    for part in parts {
        for balance in part.balances() {
            let whole_day = balance.date < part.coverage().last;
            let days = known.entry(balance.date).or_default();
            days.push((balance.closing, whole_day));
        }
    }
    known
        .into_iter()
        .map(|(date, claims)| settle(date, &claims))
        .collect()
}

/// The closing balance that the claims agree on; a claim from a part that ends
/// on the day gives way to one from a part that goes on.
fn settle(date: Date, claims: &[(i64, bool)]) -> Result<DayBalance, LedgerError> {
    let any_whole = claims.iter().any(|&(_, whole)| whole);
    let mut trusted = claims
        .iter()
        .filter(|&&(_, whole)| whole || !any_whole)
        .map(|&(closing, _)| closing);
    let closing = trusted
        .next()
        .ok_or(LedgerError::BalanceConflict { date })?;
    if trusted.any(|other| other != closing) {
        return Err(LedgerError::BalanceConflict { date });
    }
    Ok(DayBalance { date, closing })
}
