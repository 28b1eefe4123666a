//! The order of a file's dates.

use jiff::civil::Date;

use super::profile::{CsvProfile, OrderRule};
use super::row::Row;
use crate::statement::{StatementError, StatementFault};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    Descending,
}

/// The order that the rows follow, if the file tells one.
pub(super) fn check(rows: &[Row], profile: &CsvProfile) -> Result<Option<Order>, StatementError> {
    let order = match profile.order() {
        OrderRule::Any => return Ok(None),
        OrderRule::Ascending => Some(Order::Ascending),
        OrderRule::Descending => Some(Order::Descending),
        OrderRule::Inferred => inferred(rows),
    };
    let Some(order) = order else { return Ok(None) };
    let breaks = |before: Date, after: Date| match order {
        Order::Ascending => after < before,
        Order::Descending => after > before,
    };
    let broken = rows
        .windows(2)
        .find(|pair| breaks(pair[0].draft.date, pair[1].draft.date));
    match broken {
        None => Ok(Some(order)),
        Some(pair) => {
            let order = match order {
                Order::Ascending => "ascending",
                Order::Descending => "descending",
            };
            let error = StatementError::from(StatementFault::DateOrder { order });
            Err(error.in_field(&profile.date.column).on_line(pair[1].line))
        }
    }
}

/// What most steps between different dates tell, or the first of them if they
/// are even. One line out of order is then blamed itself, not those around it.
/// A file of one line has an order; a file of one day's lines tells none.
fn inferred(rows: &[Row]) -> Option<Order> {
    let dates = || rows.iter().map(|row| row.draft.date);
    let steps: Vec<bool> = dates()
        .zip(dates().skip(1))
        .filter(|(before, after)| before != after)
        .map(|(before, after)| before < after)
        .collect();
    let Some(&first) = steps.first() else {
        return (rows.len() == 1).then_some(Order::Ascending);
    };
    let up = steps.iter().filter(|&&up| up).count();
    let down = steps.len() - up;
    let ascending = if up == down { first } else { up > down };
    Some(if ascending {
        Order::Ascending
    } else {
        Order::Descending
    })
}
