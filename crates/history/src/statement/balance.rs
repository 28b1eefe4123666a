//! End-of-day balances, derived backwards from a known one.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::StatementFault;
use super::draft::Draft;
use crate::ledger::{DayBalance, Direction};

/// The closing balance of `date`, on which `closing` is known, and of each day
/// before it that has a booked entry. Later days have none: what else happened
/// after `date` is not known.
pub(super) fn backwards(
    date: Date,
    closing: i64,
    drafts: &[Draft],
) -> Result<Vec<DayBalance>, StatementFault> {
    let mut net: BTreeMap<Date, i128> = BTreeMap::from([(date, 0)]);
    for draft in drafts.iter().filter(|d| !d.pending && d.date <= date) {
        *net.entry(draft.date).or_default() += signed(draft);
    }
    let mut closing = i128::from(closing);
    let mut balances = Vec::with_capacity(net.len());
    for (date, moved) in net.into_iter().rev() {
        let known = i64::try_from(closing).map_err(|_| StatementFault::BalanceRange)?;
        balances.push(DayBalance {
            date,
            closing: known,
        });
        closing -= moved;
    }
    balances.reverse();
    Ok(balances)
}

/// What the booked entries add up to.
pub(super) fn moved(drafts: &[Draft]) -> i128 {
    drafts.iter().filter(|d| !d.pending).map(signed).sum()
}

fn signed(draft: &Draft) -> i128 {
    let amount = i128::from(draft.amount);
    match draft.direction {
        Direction::In => amount,
        Direction::Out => -amount,
    }
}
