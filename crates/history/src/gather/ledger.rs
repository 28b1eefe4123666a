//! From gathered entries to one ledger: one currency, one period.

use std::collections::BTreeSet;
use std::fmt;

use super::{GatherError, Gathered, GatheredEntry};
use crate::ledger::{Coverage, DayBalance, Ledger};
use crate::money::{Currency, Rates};

/// One of the accounts that were put together.
#[derive(Clone, PartialEq, Eq)]
pub struct GatheredAccount {
    /// What the source calls the account, in plain form; never shown.
    pub(super) ids: BTreeSet<String>,
    pub(super) files: Vec<String>,
    pub(super) formats: Vec<String>,
    pub(super) currencies: Vec<Currency>,
    pub(super) periods: Vec<Coverage>,
    pub(super) balances: Vec<DayBalance>,
}

/// Identifiers shorter than this do not tell whether one is the end of another.
const TAIL_MIN: usize = 6;

impl GatheredAccount {
    /// The files that it stands in, by name.
    pub fn files(&self) -> &[String] {
        &self.files
    }

    /// The formats of those files.
    pub fn formats(&self) -> &[String] {
        &self.formats
    }

    /// The currencies of its entries.
    pub fn currencies(&self) -> &[Currency] {
        &self.currencies
    }

    /// The period that its files cover together.
    ///
    /// # Errors
    /// If they leave a gap.
    pub fn coverage(&self) -> Result<Coverage, GatherError> {
        let currency = self.currencies.first().copied();
        let currency = currency.ok_or(GatherError::NoCurrency)?;
        let bare = |&period| Ledger::new(currency, period, Vec::new(), Vec::new());
        let bare = self.periods.iter().map(bare).collect::<Result<_, _>>();
        let merged = bare.and_then(Ledger::merge);
        merged
            .map(|ledger| ledger.coverage())
            .map_err(|fault| GatherError::Account {
                files: self.files.join(", "),
                fault,
            })
    }

    /// Whether an identifier in plain form names this account: it is equal to
    /// one of the account's, or the longer of both ends with the other, as an
    /// IBAN ends with the account number in it.
    pub(super) fn is(&self, named: &str) -> bool {
        self.ids.iter().any(|id| {
            let enough = id.len().min(named.len()) >= TAIL_MIN;
            id == named || (enough && (id.ends_with(named) || named.ends_with(id.as_str())))
        })
    }
}

/// What the account is called stays out of logs.
impl fmt::Debug for GatheredAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatheredAccount")
            .field("files", &self.files)
            .field("formats", &self.formats)
            .finish_non_exhaustive()
    }
}

impl Gathered {
    /// The one currency of all entries, if it is one.
    ///
    /// # Errors
    /// If there are several, or none.
    pub fn currency(&self) -> Result<Currency, GatherError> {
        let all: BTreeSet<Currency> = self
            .accounts
            .iter()
            .flat_map(|account| account.currencies.iter().copied())
            .collect();
        let mut all = all.into_iter();
        match (all.next(), all.next()) {
            (Some(only), None) => Ok(only),
            (Some(first), Some(other)) => Err(GatherError::SeveralCurrencies { first, other }),
            (None, _) => Err(GatherError::NoCurrency),
        }
    }

    /// The same in one currency: every entry is converted by itself and rounded
    /// once, halves to the even minor unit.
    ///
    /// # Errors
    /// If a currency has no rate, a rate is for `to` itself, or an amount leaves
    /// the range.
    pub fn in_currency(mut self, to: Currency, rates: &Rates) -> Result<Self, GatherError> {
        if rates.of(to).is_some() {
            return Err(GatherError::OwnRate(to));
        }
        for GatheredEntry { posting, .. } in &mut self.entries {
            let from = posting.currency;
            if from == to {
                continue;
            }
            let rate = rates.of(from).ok_or(GatherError::NoRate { from, to })?;
            let date = posting.entry.date;
            let converted = rate.convert(posting.entry.amount, to);
            posting.entry.amount = converted.ok_or(GatherError::RateRange { date, from })?;
            posting.currency = to;
        }
        for account in &mut self.accounts {
            let [from] = account.currencies[..] else {
                account.currencies = vec![to];
                continue;
            };
            if from == to {
                continue;
            }
            // An account without entries may go without a rate.
            if let Some(rate) = rates.of(from) {
                for DayBalance { date, closing } in &mut account.balances {
                    let date = *date;
                    let converted = rate.convert(*closing, to);
                    *closing = converted.ok_or(GatherError::RateRange { date, from })?;
                }
            } else {
                account.balances.clear();
            }
            account.currencies = vec![to];
        }
        Ok(self)
    }

    /// The days that the statements of every account cover.
    ///
    /// # Errors
    /// If the files of one account leave a gap, or no day lies in all of them.
    pub fn common_period(&self) -> Result<Coverage, GatherError> {
        let periods = self
            .accounts
            .iter()
            .map(GatheredAccount::coverage)
            .collect::<Result<Vec<_>, _>>()?;
        let ends_first = periods
            .iter()
            .min_by_key(|period| (period.last, period.first));
        let begins_last = periods
            .iter()
            .max_by_key(|period| (period.first, period.last));
        let (Some(&first), Some(&other)) = (ends_first, begins_last) else {
            return Err(GatherError::NoFiles);
        };
        if first.last < other.first {
            return Err(GatherError::NoCommonDay { first, other });
        }
        Ok(Coverage {
            first: other.first,
            last: first.last,
        })
    }

    /// One ledger over the days that every account covers; entries outside them
    /// fall away. It has balances if there is exactly one account.
    ///
    /// # Errors
    /// If there are several currencies, or no period that all accounts cover
    /// without a gap.
    pub fn ledger(&self) -> Result<Ledger, GatherError> {
        let currency = self.currency()?;
        let period = self.common_period()?;
        let entries = self
            .entries
            .iter()
            .map(|entry| &entry.posting.entry)
            .filter(|entry| period.contains(entry.date))
            .cloned()
            .collect();
        let balances = match &self.accounts[..] {
            [only] => only.balances.clone(),
            _ => Vec::new(),
        };
        Ok(Ledger::new(currency, period, entries, balances)?)
    }
}
