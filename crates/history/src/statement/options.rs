//! What a caller can say about a statement.

use super::Format;
use super::csv::CsvProfile;
use crate::ledger::Coverage;
use crate::money::Currency;
use crate::rules::Rules;
use crate::taxonomy::{MccMap, PlaidMap};

/// What the reader should know or assume; the default assumes nothing.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The file's format, instead of looking at its content.
    pub format: Option<Format>,
    /// The name of the column profile for a CSV file, instead of looking at its
    /// header.
    pub profile: Option<String>,
    /// Column profiles besides the built-in ones; they come first.
    pub profiles: Vec<CsvProfile>,
    /// The currency of a file that names none. [`read`](super::read), which
    /// makes a ledger of one currency, also requires it of files that name one,
    /// and chooses among accounts of several currencies by it;
    /// [`open`](super::open) takes entries of every currency, to be converted
    /// later.
    pub currency: Option<Currency>,
    /// The period that the statement covers, instead of the whole months from
    /// the first entry's to the last entry's. An entry outside it is refused.
    pub coverage: Option<Coverage>,
    /// Ids of the accounts to take from a file of several; empty means all of
    /// the currency that are for payments or credit.
    pub accounts: Vec<String>,
    /// A name for the account. It enters the ids made for entries that have
    /// none, so that entries of two accounts that look alike both count when
    /// their ledgers are merged.
    pub account: String,
    /// A map of merchant category codes instead of the built-in one.
    pub mcc_map: Option<MccMap>,
    /// A map of Plaid categories instead of the built-in one.
    pub plaid_map: Option<PlaidMap>,
    /// Rules on texts instead of the built-in ones; [`open`](super::open) applies
    /// them, [`read`](super::read) does not.
    pub rules: Option<Rules>,
    /// Whether [`open`](super::open) keeps the start of each entry's text, for
    /// showing.
    pub keep_texts: bool,
    /// Bounds on what is read.
    pub limits: Limits,
}

impl ReadOptions {
    pub(super) fn mcc_map(&self) -> &MccMap {
        self.mcc_map.as_ref().unwrap_or_else(|| MccMap::builtin())
    }

    pub(super) fn plaid_map(&self) -> &PlaidMap {
        self.plaid_map
            .as_ref()
            .unwrap_or_else(|| PlaidMap::builtin())
    }
}

/// Bounds that keep a hostile file from costing more than its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest file in bytes.
    pub bytes: usize,
    /// Longest line of a CSV file, in bytes of UTF-8.
    pub line_bytes: usize,
    /// Most fields on a line of a CSV file.
    pub fields: usize,
    /// Most entries.
    pub entries: usize,
}

impl Default for Limits {
    /// 64 MiB, 64 KiB a line, 256 fields, a million entries.
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            line_bytes: 64 << 10,
            fields: 256,
            entries: 1_000_000,
        }
    }
}
