//! Why statements cannot be put together.

use jiff::civil::Date;

use crate::ledger::{Coverage, LedgerError};
use crate::money::Currency;

/// Why statements cannot be put together. Shows no amount and no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GatherError {
    /// Nothing was given.
    #[error("no statement to read; want at least one file")]
    NoFiles,
    /// More entries than are taken.
    #[error("got {got} entries in all files; want at most {max}, from a shorter period")]
    TooManyEntries {
        /// How many there are.
        got: usize,
        /// How many are taken.
        max: usize,
    },
    /// More accounts than are taken.
    #[error("got {got} accounts; want at most {max} of one holder")]
    TooManyAccounts {
        /// How many there are.
        got: usize,
        /// How many are taken.
        max: usize,
    },
    /// The files of one account do not fit together.
    #[error("{files}: {fault}")]
    Account {
        /// The files of the account.
        files: String,
        /// What is wrong.
        fault: LedgerError,
    },
    /// Entries in several currencies, and none asked for.
    #[error("entries in {first} and in {other}; say which currency to convert to")]
    SeveralCurrencies {
        /// The smaller code of two.
        first: Currency,
        /// The other one.
        other: Currency,
    },
    /// A currency without a rate.
    #[error("entries in {from} and no rate to {to}; give one, or leave those files out")]
    NoRate {
        /// The currency of the entries.
        from: Currency,
        /// The currency asked for.
        to: Currency,
    },
    /// A rate for the currency that is converted to.
    #[error("a rate for {0}, which is what all is converted to; leave it out")]
    OwnRate(Currency),
    /// A converted amount out of range.
    #[error("an entry of {date} is out of range once converted from {from}; check the rate")]
    RateRange {
        /// The entry's date.
        date: Date,
        /// Its currency.
        from: Currency,
    },
    /// No day that all accounts cover.
    #[error("no day lies in the statements of all accounts: one covers {first}, another {other}")]
    NoCommonDay {
        /// The period that ends first.
        first: Coverage,
        /// The one that begins last.
        other: Coverage,
    },
    /// The currency is not known, for there is no entry.
    #[error("no entries, so their currency is not known; say which it is")]
    NoCurrency,
    /// The ledger refuses what was put together.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}
