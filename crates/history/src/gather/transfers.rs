//! Transfers between the holder's own accounts: neither spending nor income.
//!
//! Two entries are one transfer if they are of two different accounts, one out
//! and one in, of the same amount and currency, at most [`DAYS`] days apart, and
//! nothing speaks against it:
//!
//! - what speaks **for** it is the other party's account: an entry that names
//!   one of the holder's other accounts is a transfer, whatever else is said of
//!   it and with or without its other half;
//! - what speaks **against** it is the same: an entry that names an account
//!   which is none of the holder's never pairs, one that names an own account
//!   pairs with that account only;
//! - where no account is named, both entries must be open: transfers, debt
//!   service (a card's repayment), or spending that nobody gave a category and
//!   that no merchant code and no word of the file calls spending.
//!
//! Saving stays saving: it is neither spending nor income already. Of several
//! ways to pair, those with accounts named come first, then those with fewer
//! days between, money that arrives after it left before money that arrived
//! earlier, then the order of dates, accounts and ids. Each entry pairs once.

use std::collections::{BTreeMap, VecDeque};

use jiff::ToSpan;
use jiff::civil::Date;

use super::{GatheredAccount, GatheredEntry};
use crate::ledger::Direction;
use crate::money::Currency;
use crate::statement::{Basis, Beside, Posting};
use crate::taxonomy::{Category, Flow};

/// How many days the two halves lie apart at most: over a weekend with a holiday
/// beside it.
const DAYS: i64 = 4;

/// Marks transfers; gives how many have both halves and how many one. `entries`
/// are in their final order.
pub(super) fn mark(entries: &mut [GatheredEntry], accounts: &[GatheredAccount]) -> (usize, usize) {
    if accounts.len() < 2 {
        return (0, 0);
    }
    let halves: Vec<Option<Half>> = entries
        .iter()
        .map(|entry| Half::of(entry, accounts))
        .collect();
    let mut paired = vec![false; entries.len()];
    let mut pairs = 0;
    for named in [Named::Both, Named::One, Named::None] {
        let mut waiting = Waiting::new(entries, &halves, &paired);
        for days in 0..=DAYS {
            for later in [days, -days]
                .into_iter()
                .take(if days == 0 { 1 } else { 2 })
            {
                for (out, half) in halves.iter().enumerate() {
                    let Some(half) = half else { continue };
                    let entry = &entries[out];
                    if paired[out] || entry.posting.entry.direction != Direction::Out {
                        continue;
                    }
                    let Some(into) = waiting.take(entry, *half, later, named, accounts.len())
                    else {
                        continue;
                    };
                    (paired[out], paired[into]) = (true, true);
                    pairs += 1;
                    let beside = match named {
                        Named::None => Beside::OwnTransfer,
                        Named::Both | Named::One => Beside::OwnTransferNamed,
                    };
                    for half in [out, into] {
                        settle(&mut entries[half].posting, beside);
                    }
                }
            }
        }
    }
    let mut alone = 0;
    for (index, half) in halves.iter().enumerate() {
        if !paired[index] && half.is_some_and(|half| half.names.is_some()) {
            settle(&mut entries[index].posting, Beside::OwnTransferNamed);
            alone += 1;
        }
    }
    (pairs, alone)
}

fn settle(posting: &mut Posting, beside: Beside) {
    posting.entry.flow = Flow::Transfer;
    posting.entry.category = Category::Unclassified;
    posting.why.beside = Some(beside);
}

/// What can be half of a transfer: the own account that it names, if any.
#[derive(Clone, Copy)]
struct Half {
    names: Option<usize>,
}

impl Half {
    fn of(entry: &GatheredEntry, accounts: &[GatheredAccount]) -> Option<Self> {
        let GatheredEntry { account, posting } = entry;
        let inner = &posting.entry;
        if inner.amount == 0 || inner.flow == Flow::SavingInvestment {
            return None;
        }
        if posting.other_account.is_empty() {
            return is_open(posting).then_some(Self { names: None });
        }
        let is_named = |own: &GatheredAccount| own.is(&posting.other_account);
        let named = accounts.iter().position(is_named)?;
        (named != *account).then_some(Self { names: Some(named) })
    }
}

/// Whether an entry may be half of a transfer though no account says so.
fn is_open(posting: &Posting) -> bool {
    let entry = &posting.entry;
    match entry.flow {
        Flow::Transfer | Flow::DebtService => true,
        Flow::Expenditure => {
            entry.category == Category::Unclassified
                && !matches!(posting.why.basis, Basis::Stated | Basis::MerchantCode(_))
        }
        Flow::Income
        | Flow::SavingInvestment
        | Flow::Cash
        | Flow::TaxFee
        | Flow::RefundReversal => false,
    }
}

/// How many of the two halves name the other's account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Both,
    One,
    None,
}

/// What postings that could be one transfer have in common: day, amount, currency,
/// account, and the account on the other side if it is known.
type Alike = (Date, i64, Currency, usize, Option<usize>);

/// The entries that came in, by what pairs them: date, amount, currency,
/// account, and the own account that they name.
struct Waiting(BTreeMap<Alike, VecDeque<usize>>);

impl Waiting {
    fn new(entries: &[GatheredEntry], halves: &[Option<Half>], paired: &[bool]) -> Self {
        let mut waiting: BTreeMap<_, VecDeque<usize>> = BTreeMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let inner = &entry.posting.entry;
            let (Some(half), Direction::In, false) =
                (halves[index], inner.direction, paired[index])
            else {
                continue;
            };
            let key = (
                inner.date,
                inner.amount,
                entry.posting.currency,
                entry.account,
                half.names,
            );
            waiting.entry(key).or_default().push_back(index);
        }
        Self(waiting)
    }

    /// Takes the first that pairs with `out`, `later` days after it.
    fn take(
        &mut self,
        out: &GatheredEntry,
        half: Half,
        later: i64,
        named: Named,
        accounts: usize,
    ) -> Option<usize> {
        let inner = &out.posting.entry;
        let date = inner.date.checked_add(later.days()).ok()?;
        let others = match half.names {
            Some(only) => only..only + 1,
            None => 0..accounts,
        };
        for account in others.filter(|&account| account != out.account) {
            let back = match (named, half.names) {
                (Named::Both, Some(_)) | (Named::One, None) => Some(out.account),
                (Named::One, Some(_)) | (Named::None, None) => None,
                (Named::Both, None) | (Named::None, Some(_)) => return None,
            };
            let key = (date, inner.amount, out.posting.currency, account, back);
            if let Some(queue) = self.0.get_mut(&key)
                && let Some(found) = queue.pop_front()
            {
                return Some(found);
            }
        }
        None
    }
}
