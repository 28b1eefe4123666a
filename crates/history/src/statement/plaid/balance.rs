//! End-of-day balances, derived backwards from the current one.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::page::Account;
use crate::ledger::{DayBalance, Direction};
use crate::money::{Currency, parse_json_number};
use crate::statement::draft::Draft;
use crate::statement::{StatementError, StatementFault};

/// The closing balance of each day that has an entry; none without an account
/// or a current balance.
pub(super) fn derived(
    account: Option<&Account>,
    drafts: &[Draft],
    currency: Currency,
) -> Result<Vec<DayBalance>, StatementError> {
    let Some(current) = account.and_then(|account| account.balances.current.as_ref()) else {
        return Ok(Vec::new());
    };
    let in_current = |error: StatementError| error.in_field("accounts[].balances.current");
    let mut closing = parse_json_number(current.get(), currency)
        .map(i128::from)
        .map_err(|error| in_current(error.into()))?;
    let mut net: BTreeMap<Date, i128> = BTreeMap::new();
    for draft in drafts.iter().filter(|draft| !draft.pending) {
        let amount = i128::from(draft.amount);
        *net.entry(draft.date).or_default() += match draft.direction {
            Direction::In => amount,
            Direction::Out => -amount,
        };
    }
    let mut balances = Vec::with_capacity(net.len());
    for (date, moved) in net.into_iter().rev() {
        let known =
            i64::try_from(closing).map_err(|_| in_current(StatementFault::BalanceRange.into()))?;
        balances.push(DayBalance {
            date,
            closing: known,
        });
        closing -= moved;
    }
    balances.reverse();
    Ok(balances)
}
