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
    let mut known: BTreeMap<Date, Vec<(Trust, i64)>> = BTreeMap::new();
    for part in parts {
        let last_day = part.balances().last().map(|balance| balance.date);
        for balance in part.balances() {
            let trust = if Some(balance.date) < last_day {
                Trust::GoesOn
            } else if balance.date < part.coverage().last {
                Trust::CoversMore
            } else {
                Trust::EndsHere
            };
            let claims = known.entry(balance.date).or_default();
            claims.push((trust, balance.closing));
        }
    }
    known
        .into_iter()
        .map(|(date, claims)| settle(date, &claims))
        .collect()
}

/// How far a part's balance can be the one at the end of its day: the last one
/// of an export may have been taken in the middle of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Trust {
    /// The part ends on that day.
    EndsHere,
    /// The part's last balance, though its period goes on.
    CoversMore,
    /// The part has later balances.
    GoesOn,
}

/// The closing balance that the most trusted claims agree on.
fn settle(date: Date, claims: &[(Trust, i64)]) -> Result<DayBalance, LedgerError> {
    let conflict = LedgerError::BalanceConflict { date };
    let Some(&(most, closing)) = claims.iter().max_by_key(|(trust, _)| *trust) else {
        return Err(conflict);
    };
    let mut trusted = claims.iter().filter(|(trust, _)| *trust == most);
    if trusted.any(|&(_, other)| other != closing) {
        return Err(conflict);
    }
    Ok(DayBalance { date, closing })
}
