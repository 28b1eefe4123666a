//! Several statements into one history: files of one account over time, and
//! several accounts of one holder.
//!
//! What comes out is a function of the *set* of files: their order does not
//! matter, and a file given twice counts once (a property test holds that).
//! The steps, each exact and each in a file of its own:
//!
//! 1. **Accounts.** Files of one account are put together, by the identifier
//!    that the source gives the account or, where it gives none, by the format
//!    ([`AccountRule`]).
//! 2. **Duplicates** within an account count once (`duplicates.rs`).
//! 3. **Own transfers** between two of the accounts become transfers
//!    (`transfers.rs`).
//! 4. **Refunds** take the category of what they refund (`refunds.rs`).
//! 5. **Currencies** are converted by the rates given
//!    ([`Gathered::in_currency`]).
//! 6. **The period** that every account covers is cut out, for a ledger
//!    ([`Gathered::ledger`]).
//!
//! `docs/history.md` states the rules and their limits in full.

mod accounts;
mod duplicates;
mod error;
mod ledger;
mod refunds;
mod transfers;

use crate::statement::{Opened, Posting};

pub use accounts::AccountRule;
pub use error::GatherError;
pub use ledger::GatheredAccount;

use accounts::Grouped;

/// Most entries of all files together.
pub const ENTRIES_MAX: usize = 2_000_000;

/// Most accounts of one holder.
pub const ACCOUNTS_MAX: usize = 32;

/// Statements put together.
#[derive(Clone, Debug)]
pub struct Gathered {
    accounts: Vec<GatheredAccount>,
    entries: Vec<GatheredEntry>,
    counts: Counts,
}

/// An entry of a [`Gathered`], with its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatheredEntry {
    /// Index of the account in [`Gathered::accounts`].
    pub account: usize,
    /// The entry.
    pub posting: Posting,
}

/// What was put together, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Booked entries in all files.
    pub read: usize,
    /// Entries that stood in several files and count once: how many fell away.
    pub duplicates: usize,
    /// Entries not booked yet, which never count.
    pub pending: usize,
    /// Transfers between own accounts, two entries each.
    pub own_transfers: usize,
    /// Transfers to or from an own account whose other half is in no file.
    pub own_transfers_half: usize,
    /// Refunds that took the category of what they refund.
    pub refunds: usize,
}

/// Puts opened files together.
///
/// # Errors
/// If there is no file, there are too many entries or accounts, or the files of
/// one account leave a gap or contradict each other in a balance.
pub fn gather(files: Vec<Opened>, rule: AccountRule) -> Result<Gathered, GatherError> {
    let mut counts = Counts {
        read: files.iter().map(Opened::entries).sum(),
        pending: files.iter().map(Opened::pending).sum(),
        ..Counts::default()
    };
    if counts.read > ENTRIES_MAX {
        let got = counts.read;
        let max = ENTRIES_MAX;
        return Err(GatherError::TooManyEntries { got, max });
    }
    let groups = accounts::grouped(files, rule)?;
    let mut entries = Vec::with_capacity(counts.read);
    let mut accounts = Vec::with_capacity(groups.len());
    for (index, group) in groups.into_iter().enumerate() {
        let Grouped { account, parts } = group;
        accounts.push(account);
        let once = duplicates::once(parts).into_iter();
        entries.extend(once.map(|posting| GatheredEntry {
            account: index,
            posting,
        }));
    }
    counts.duplicates = counts.read - entries.len();
    entries.sort_by(|a, b| order(a).cmp(&order(b)));
    (counts.own_transfers, counts.own_transfers_half) = transfers::mark(&mut entries, &accounts);
    counts.refunds = refunds::link(&mut entries);
    Ok(Gathered {
        accounts,
        entries,
        counts,
    })
}

/// A total order that depends on nothing but the entries themselves: two that
/// are equal under it are interchangeable.
fn order(entry: &GatheredEntry) -> impl Ord + use<'_> {
    let GatheredEntry { account, posting } = entry;
    let inner = &posting.entry;
    (
        (inner.date, *account, inner.id.as_str()),
        (inner.direction, inner.amount, posting.currency),
        (inner.flow, inner.category),
        (&posting.other_account, &posting.party, &posting.text),
    )
}

impl Gathered {
    /// The accounts, in an order of their own.
    pub fn accounts(&self) -> &[GatheredAccount] {
        &self.accounts
    }

    /// The entries by date, then account, then id.
    pub fn entries(&self) -> &[GatheredEntry] {
        &self.entries
    }

    /// What was put together, in numbers.
    pub fn counts(&self) -> Counts {
        self.counts
    }
}
