//! A ledger cut into the whole months before an as-of date.

use jiff::civil::Date;

use super::CoverageRule;
use super::error::LevelsError;
use crate::ledger::{DayBalance, Entry, Ledger};
use crate::month::YearMonth;
use crate::scheme::Scheme;

/// One whole month of a ledger.
#[derive(Clone, Copy)]
pub(super) struct Month<'a> {
    pub(super) first_day: Date,
    pub(super) entries: &'a [Entry],
    /// The balances listed for its days.
    pub(super) balances: &'a [DayBalance],
    /// The balance at the end of the day before it, if known.
    pub(super) carried: Option<i64>,
}

/// The covered months of the scheme's longest window, the latest first.
pub(super) fn split<'a>(
    scheme: &Scheme,
    ledger: &'a Ledger,
    as_of: Date,
    rule: CoverageRule,
) -> Result<Vec<Month<'a>>, LevelsError> {
    let covered = covered(scheme, ledger, as_of, rule)?;
    let end = YearMonth::of(as_of);
    Ok((1..=u32::from(covered))
        .map(|back| month(ledger, end.minus(back)))
        .collect())
}

fn covered(
    scheme: &Scheme,
    ledger: &Ledger,
    as_of: Date,
    rule: CoverageRule,
) -> Result<u8, LevelsError> {
    let coverage = ledger.coverage();
    let (first, last) = (coverage.first, coverage.last);
    let end = YearMonth::of(as_of);
    let want = end.minus(1).last_day();
    if last < want {
        return Err(LevelsError::Stale { first, last, want });
    }
    let longest = scheme.longest_window();
    let is_covered = |back: &u8| coverage.contains_month(end.minus(u32::from(*back)));
    let got = (1..=longest).rev().find(is_covered).unwrap_or(0);
    match rule {
        CoverageRule::Full if got < longest => Err(LevelsError::Short { got, want: longest }),
        CoverageRule::AllowShorter if got == 0 => Err(LevelsError::NoMonth { first, last }),
        CoverageRule::Full | CoverageRule::AllowShorter => Ok(got),
    }
}

fn month(ledger: &Ledger, month: YearMonth) -> Month<'_> {
    let (first_day, last_day) = (month.first_day(), month.last_day());
    let entries = ledger.entries();
    let entries_from = entries.partition_point(|entry| entry.date < first_day);
    let entries_to = entries.partition_point(|entry| entry.date <= last_day);
    let balances = ledger.balances();
    let balances_from = balances.partition_point(|balance| balance.date < first_day);
    let balances_to = balances.partition_point(|balance| balance.date <= last_day);
    Month {
        first_day,
        entries: &entries[entries_from..entries_to],
        balances: &balances[balances_from..balances_to],
        carried: balances[..balances_from]
            .last()
            .map(|balance| balance.closing),
    }
}
