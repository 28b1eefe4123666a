//! One holder's entries in one currency, over a stated period.
//!
//! Every statement reader ends in a [`Ledger`], and everything after it (the
//! levels that a scheme asks for, the tables that a person reads) starts from
//! one. It is valid by construction: entries in order of date, amounts never
//! negative, nothing outside the period it says it covers.

mod merge;
mod summary;

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::Currency;
use crate::month::YearMonth;
use crate::taxonomy::{Category, Flow};

pub use summary::{Summary, SummaryRow};

/// Which way money moved, seen from the account's holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Into the account.
    In,
    /// Out of the account.
    Out,
}

/// One booked movement of money.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The day it was booked.
    pub date: Date,
    /// How much, in minor units of the ledger's currency; never negative.
    pub amount: i64,
    /// Which way.
    pub direction: Direction,
    /// What kind of movement.
    pub flow: Flow,
    /// What it was spent on; [`Category::Unclassified`] for flows that carry no
    /// category.
    pub category: Category,
    /// The source's own id of the entry, or one derived by the reader so that
    /// the same entry in two overlapping files has the same id.
    pub id: String,
}

/// The period that a statement covers, both days included: within it, a day
/// without entries is a day on which nothing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// First day.
    pub first: Date,
    /// Last day; not before the first.
    pub last: Date,
}

impl Coverage {
    /// Whether `date` lies in the period.
    pub fn contains(self, date: Date) -> bool {
        self.first <= date && date <= self.last
    }

    /// Whether every day of `month` lies in the period.
    pub fn contains_month(self, month: YearMonth) -> bool {
        self.first <= month.first_day() && month.last_day() <= self.last
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.first, self.last)
    }
}

/// The balance at the end of a day.
///
/// A ledger lists the days on which something happened and the balance is
/// known; on a day that is not listed, the balance of the last listed day before
/// it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayBalance {
    /// The day.
    pub date: Date,
    /// Its closing balance in minor units; negative when overdrawn.
    pub closing: i64,
}

/// The entries of one holder in one currency, over a stated period.
#[derive(Clone, PartialEq, Eq)]
pub struct Ledger {
    currency: Currency,
    coverage: Coverage,
    entries: Vec<Entry>,
    balances: Vec<DayBalance>,
}

impl Ledger {
    /// A ledger of `entries`, which are sorted by date; entries of one day keep
    /// the order given.
    ///
    /// # Errors
    /// If the period ends before it starts, an amount is negative, an entry or a
    /// balance lies outside the period, or the balances are not one a date in
    /// ascending order.
    pub fn new(
        currency: Currency,
        coverage: Coverage,
        mut entries: Vec<Entry>,
        balances: Vec<DayBalance>,
    ) -> Result<Self, LedgerError> {
        if coverage.last < coverage.first {
            return Err(LedgerError::CoverageReversed(coverage));
        }
        for (position, entry) in entries.iter().enumerate() {
            if entry.amount < 0 {
                return Err(LedgerError::NegativeAmount { position });
            }
            if !coverage.contains(entry.date) {
                let date = entry.date;
                return Err(LedgerError::EntryOutside {
                    position,
                    date,
                    coverage,
                });
            }
        }
        check_balances(&balances, coverage)?;
        entries.sort_by_key(|entry| entry.date);
        Ok(Self {
            currency,
            coverage,
            entries,
            balances,
        })
    }

    /// The currency of every amount.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The entries, by date.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The period covered.
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }

    /// The known end-of-day balances, by date; empty when the statement carries
    /// none or covers several accounts.
    pub fn balances(&self) -> &[DayBalance] {
        &self.balances
    }

    /// The part of this ledger within `period`.
    ///
    /// # Errors
    /// If `period` is not wholly covered.
    pub fn within(&self, period: Coverage) -> Result<Self, LedgerError> {
        if !(self.coverage.contains(period.first) && self.coverage.contains(period.last)) {
            let coverage = self.coverage;
            return Err(LedgerError::NotCovered { period, coverage });
        }
        let inside = |entry: &&Entry| period.contains(entry.date);
        let known = |balance: &&DayBalance| period.contains(balance.date);
        Self::new(
            self.currency,
            period,
            self.entries.iter().filter(inside).cloned().collect(),
            self.balances.iter().filter(known).copied().collect(),
        )
    }

    /// The same entries without balances: needed before ledgers of different
    /// accounts are merged.
    #[must_use]
    pub fn without_balances(mut self) -> Self {
        self.balances.clear();
        self
    }

    /// One ledger of several: the files of one account, or accounts of one
    /// holder. The result does not depend on the order of `parts`.
    ///
    /// An entry that stands in several parts (equal id, date, amount and
    /// direction) counts once. The result covers what the parts cover together,
    /// so ledgers of *different accounts* should first be cut to the period they
    /// all cover ([`within`](Self::within)) and rid of their balances
    /// ([`without_balances`](Self::without_balances)).
    ///
    /// # Errors
    /// If there is no part, the currencies differ, days between the parts are
    /// covered by none of them, or two parts give one day different closing
    /// balances. A part's last day may be incomplete, so there a part that
    /// covers more wins.
    pub fn merge(parts: Vec<Self>) -> Result<Self, LedgerError> {
        merge::merge(&parts)
    }

    /// Totals a month, flow and category, for people to read.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }
}

/// Amounts stay out of logs: a ledger shows its size only.
impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger")
            .field("currency", &self.currency)
            .field("coverage", &self.coverage)
            .field("entries", &self.entries.len())
            .field("balances", &self.balances.len())
            .finish()
    }
}

/// Why a ledger cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The period ends before it starts.
    #[error("the period {0} ends before it starts; give its first day first")]
    CoverageReversed(Coverage),
    /// An entry's amount is negative.
    #[error("entry {position} has a negative amount; give its size and say the direction")]
    NegativeAmount {
        /// Index of the entry in the list given.
        position: usize,
    },
    /// An entry lies outside the period.
    #[error(
        "entry {position} of {date} lies outside the period {coverage}; \
         state a period that holds every entry"
    )]
    EntryOutside {
        /// Index of the entry in the list given.
        position: usize,
        /// Its date.
        date: Date,
        /// The period stated.
        coverage: Coverage,
    },
    /// A balance lies outside the period.
    #[error("the balance of {date} lies outside the period {coverage}")]
    BalanceOutside {
        /// Its date.
        date: Date,
        /// The period stated.
        coverage: Coverage,
    },
    /// Balances are not one a date, ascending.
    #[error(
        "the balance of {date} does not come after the one before it; want one a date, ascending"
    )]
    BalanceOrder {
        /// The date that breaks the order.
        date: Date,
    },
    /// A period asked for is not covered.
    #[error("the period {period} is not covered; this ledger covers {coverage}")]
    NotCovered {
        /// The period asked for.
        period: Coverage,
        /// The period covered.
        coverage: Coverage,
    },
    /// There is nothing to merge.
    #[error("nothing to merge; want at least one ledger")]
    NothingToMerge,
    /// Ledgers to merge differ in currency.
    #[error("cannot merge a ledger in {other} into one in {first}; score each currency apart")]
    Currencies {
        /// The smaller code of the two.
        first: Currency,
        /// The other one.
        other: Currency,
    },
    /// No part covers the days between two parts.
    #[error(
        "the days {gap} lie in none of the ledgers to merge; \
         add the statement that covers them, or state the period of each statement"
    )]
    Gap {
        /// The first gap.
        gap: Coverage,
    },
    /// Two parts disagree on a closing balance.
    #[error(
        "two ledgers give {date} different closing balances; \
         if they are different accounts, merge them without balances"
    )]
    BalanceConflict {
        /// The day.
        date: Date,
    },
}

fn check_balances(balances: &[DayBalance], coverage: Coverage) -> Result<(), LedgerError> {
    let mut before = None;
    for &DayBalance { date, .. } in balances {
        if !coverage.contains(date) {
            return Err(LedgerError::BalanceOutside { date, coverage });
        }
        if before.is_some_and(|before| date <= before) {
            return Err(LedgerError::BalanceOrder { date });
        }
        before = Some(date);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
