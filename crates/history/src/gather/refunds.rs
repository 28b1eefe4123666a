//! Refunds take the category of what they refund, so that they reduce it.
//!
//! A refund whose category is not known takes that of
//!
//! 1. the entry of its account that the source names as refunded, else
//! 2. the latest payment of its account to the same party, of the same currency
//!    and at least its amount, on its day or at most [`DAYS`] days before, among
//!    the last [`LOOKED_AT`] payments to that party.
//!
//! A refund counts in the month in which it arrives, not in that of the
//! payment. It stays unclassified if nothing is found; then it reduces spending
//! without a category.

use std::collections::BTreeMap;

use super::GatheredEntry;
use crate::ledger::Direction;
use crate::statement::{Beside, Posting};
use crate::taxonomy::{Category, Flow};

/// How old a payment is at most when it is refunded.
const DAYS: i32 = 180;

/// How many payments to one party are looked at, so that work stays bounded.
const LOOKED_AT: usize = 1_000;

/// Links refunds; gives how many found what they refund. `entries` are by date.
pub(super) fn link(entries: &mut [GatheredEntry]) -> usize {
    let named = by_id(entries);
    let paid = by_party(entries);
    let mut found = 0;
    for index in 0..entries.len() {
        let GatheredEntry { account, posting } = &entries[index];
        if !wants_category(posting) {
            continue;
        }
        let refunded = posting.refunds.as_ref();
        let of_entry = refunded
            .and_then(|id| named.get(&(*account, id.clone())))
            .map(|&category| (category, Beside::RefundOfEntry));
        let of_party = || {
            let payments = paid.get(&(*account, posting.party.clone()))?;
            let category = latest(payments, posting, entries)?;
            Some((category, Beside::RefundOfParty))
        };
        let Some((category, beside)) = of_entry.or_else(of_party) else {
            continue;
        };
        let posting = &mut entries[index].posting;
        posting.entry.category = category;
        posting.why.beside = Some(beside);
        found += 1;
    }
    found
}

fn wants_category(posting: &Posting) -> bool {
    let entry = &posting.entry;
    (entry.flow, entry.direction, entry.category)
        == (Flow::RefundReversal, Direction::In, Category::Unclassified)
}

fn is_payment(posting: &Posting) -> bool {
    let entry = &posting.entry;
    (entry.flow, entry.direction) == (Flow::Expenditure, Direction::Out)
        && entry.category != Category::Unclassified
}

/// The categories of the payments that refunds name.
fn by_id(entries: &[GatheredEntry]) -> BTreeMap<(usize, Box<str>), Category> {
    let refunds = entries
        .iter()
        .filter(|entry| wants_category(&entry.posting));
    let wanted: std::collections::BTreeSet<_> = refunds
        .filter_map(|entry| Some((entry.account, entry.posting.refunds.as_deref()?)))
        .collect();
    let payments = entries.iter().filter(|entry| is_payment(&entry.posting));
    payments
        .filter(|entry| wanted.contains(&(entry.account, entry.posting.entry.id.as_str())))
        .map(|entry| {
            let entry_of = &entry.posting.entry;
            (
                (entry.account, entry_of.id.as_str().into()),
                entry_of.category,
            )
        })
        .collect()
}

/// The payments to those parties that refunds come from.
fn by_party(entries: &[GatheredEntry]) -> BTreeMap<(usize, Box<str>), Vec<usize>> {
    let mut paid: BTreeMap<(usize, Box<str>), Vec<usize>> = entries
        .iter()
        .filter(|entry| wants_category(&entry.posting) && !entry.posting.party.is_empty())
        .map(|entry| ((entry.account, entry.posting.party.clone()), Vec::new()))
        .collect();
    for (index, entry) in entries.iter().enumerate() {
        if is_payment(&entry.posting)
            && let Some(payments) = paid.get_mut(&(entry.account, entry.posting.party.clone()))
        {
            payments.push(index);
        }
    }
    paid
}

fn latest(payments: &[usize], refund: &Posting, entries: &[GatheredEntry]) -> Option<Category> {
    let upto = payments.partition_point(|&at| entries[at].posting.entry.date <= refund.entry.date);
    let looked_at = payments[..upto].iter().rev().take(LOOKED_AT);
    looked_at
        .map(|&at| &entries[at].posting)
        .take_while(|payment| {
            let age = refund.entry.date.since(payment.entry.date);
            age.is_ok_and(|age| age.get_days() <= DAYS)
        })
        .find(|payment| {
            payment.currency == refund.currency && payment.entry.amount >= refund.entry.amount
        })
        .map(|payment| payment.entry.category)
}
