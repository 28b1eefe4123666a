//! What stands in several files of one account counts once.
//!
//! Within one format, entries are told apart by their ids:
//!
//! - An id that the source gives, with the same amount, currency and direction,
//!   is one entry. Its date may have moved between exports (a card payment is
//!   dated anew when it is booked): dates at most [`MOVED_DAYS`] apart are one
//!   entry, of the latest of them, unless one file itself has that id, amount
//!   and direction on several days. A receipt number that a payment shares with
//!   its charge stays two entries, as their amounts differ.
//! - An id that was derived covers date, amount, direction, text and the number
//!   among those alike in the file, so of entries alike as many count as the
//!   file with most of them has.
//!
//! Between formats (a CSV export and an OFX file of one account) ids say
//! nothing. There, of the entries of one day, amount, currency and direction,
//! those of the format with most of them count, and of several such those with
//! most classified, then of the first format by name.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use super::accounts::Part;
use crate::ledger::Direction;
use crate::money::Currency;
use crate::statement::{Basis, Posting};
use crate::taxonomy::Category;

/// How many days the date of an entry moves at most between exports.
const MOVED_DAYS: i32 = 5;

/// The entries of an account, each once.
pub(super) fn once(parts: Vec<Part>) -> Vec<Posting> {
    let mut spaces: BTreeMap<String, Vec<Vec<Posting>>> = BTreeMap::new();
    for part in parts {
        spaces.entry(part.space).or_default().push(part.postings);
    }
    let within: Vec<Vec<Posting>> = spaces.into_values().map(once_by_id).collect();
    between(within)
}

type Key = (bool, String, i64, Direction, Currency);

/// The entries of one format's files.
fn once_by_id(mut files: Vec<Vec<Posting>>) -> Vec<Posting> {
    if files.len() == 1 {
        return files.pop().unwrap_or_default();
    }
    let mut alike: BTreeMap<Key, Vec<(usize, Posting)>> = BTreeMap::new();
    for (file, postings) in files.into_iter().enumerate() {
        for posting in postings {
            let entry = &posting.entry;
            let key = (
                posting.given_id,
                entry.id.clone(),
                entry.amount,
                entry.direction,
                posting.currency,
            );
            alike.entry(key).or_default().push((file, posting));
        }
    }
    alike.into_values().flat_map(distinct).collect()
}

/// Of entries of one id, amount and direction, those that are different ones.
fn distinct(mut alike: Vec<(usize, Posting)>) -> Vec<Posting> {
    alike.sort_by(|(_, a), (_, b)| {
        let by_date = a.entry.date.cmp(&b.entry.date);
        by_date.then_with(|| rank(a).cmp(&rank(b)))
    });
    let mut seen = BTreeSet::new();
    let on_several_days = alike.iter().any(|&(file, _)| !seen.insert(file));
    let mut kept: Vec<Posting> = Vec::new();
    let mut end: Option<Date> = None;
    for (_, posting) in alike {
        let date = posting.entry.date;
        let same = match end {
            Some(end) if on_several_days => date == end,
            Some(end) => date
                .since(end)
                .is_ok_and(|span| span.get_days() <= MOVED_DAYS),
            None => false,
        };
        // They come by date, so the latest date is the one that stays.
        match kept.last_mut().filter(|_| same) {
            Some(last) if rank(last) <= rank(&posting) => last.entry.date = date,
            Some(last) => *last = posting,
            None => kept.push(posting),
        }
        end = Some(date);
    }
    kept
}

/// Of what several files say of one entry, the better comes first.
fn rank(posting: &Posting) -> impl Ord + use<'_> {
    let basis = match (&posting.why.basis, &posting.why.rule) {
        (Basis::Stated, _) => 0,
        (Basis::MerchantCode(_), _) => 1,
        (Basis::Provider(_), _) => 2,
        (Basis::ProfileRule(_), _) => 3,
        (Basis::Nothing, Some(_)) => 4,
        (Basis::Nothing, None) => 5,
    };
    let entry = &posting.entry;
    (
        (entry.category == Category::Unclassified, basis),
        (entry.flow, entry.category, posting.why.to_string()),
        (&posting.other_account, &posting.party, &posting.text),
    )
}

/// The entries of an account over its formats.
fn between(mut formats: Vec<Vec<Posting>>) -> Vec<Posting> {
    if formats.len() == 1 {
        return formats.pop().unwrap_or_default();
    }
    type Moved = (Date, i64, Direction, Currency);
    let mut alike: BTreeMap<Moved, BTreeMap<usize, Vec<Posting>>> = BTreeMap::new();
    for (format, postings) in formats.into_iter().enumerate() {
        for posting in postings {
            let entry = &posting.entry;
            let key = (entry.date, entry.amount, entry.direction, posting.currency);
            let claims = alike.entry(key).or_default();
            claims.entry(format).or_default().push(posting);
        }
    }
    let most = |claims: BTreeMap<usize, Vec<Posting>>| {
        claims
            .into_iter()
            .max_by_key(|(format, postings)| {
                let known = postings.iter().filter(|p| p.why.is_known()).count();
                (postings.len(), known, std::cmp::Reverse(*format))
            })
            .map(|(_, postings)| postings)
            .unwrap_or_default()
    };
    alike.into_values().flat_map(most).collect()
}
