//! Random ledgers.

use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;
use proptest::sample::select;

use super::AS_OF;
use crate::ledger::{Coverage, DayBalance, Direction, Entry, Ledger};
use crate::money::Currency;
use crate::month::YearMonth;
use crate::taxonomy::{Category, Flow};

/// Days after the last whole month that a ledger may go on for: past [`AS_OF`].
const DAYS_AFTER: i32 = 40;

/// A ledger that covers exactly so many whole months before the month of
/// [`AS_OF`], up to four weeks before them and some days after. Entries of
/// every flow, category and direction (refunds that outweigh what they refund
/// too), now and then of an amount at the end of `i64`.
pub fn ledger(currency: Currency, months: u8) -> impl Strategy<Value = Ledger> {
    let end = YearMonth::of(AS_OF);
    let (first, last) = (
        end.minus(u32::from(months)).first_day(),
        end.minus(1).last_day(),
    );
    let period = (0..28_i32, 0..DAYS_AFTER).prop_map(move |(before, after)| Coverage {
        first: plus(first, -before),
        last: plus(last, after),
    });
    period.prop_flat_map(move |coverage| {
        let balances = prop::collection::btree_map(day(coverage), balance(), 0..30);
        let entries = prop::collection::vec(entry(coverage), 0..120);
        (entries, balances).prop_map(move |(entries, balances)| {
            let listed = balances
                .into_iter()
                .map(|(date, closing)| DayBalance { date, closing });
            Ledger::new(currency, coverage, entries, listed.collect())
                .expect("all within the period, dates ascending")
        })
    })
}

fn entry(coverage: Coverage) -> impl Strategy<Value = Entry> {
    (
        day(coverage),
        prop_oneof![12 => 0..500_000_i64, 1 => i64::MAX - 3..=i64::MAX],
        prop_oneof![Just(Direction::Out), Just(Direction::In)],
        prop_oneof![
            2 => Just(Flow::Expenditure),
            1 => Just(Flow::RefundReversal),
            3 => select(Flow::ALL.to_vec())
        ],
        select(Category::ALL.to_vec()),
        any::<u32>(),
    )
        .prop_map(|(date, amount, direction, flow, category, id)| Entry {
            date,
            amount,
            direction,
            flow,
            category,
            id: id.to_string(),
        })
}

fn balance() -> impl Strategy<Value = i64> {
    prop_oneof![8 => -200_000..800_000_i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX)]
}

fn day(coverage: Coverage) -> impl Strategy<Value = Date> {
    let first = coverage.first;
    let days = first.until(coverage.last).map_or(0, |span| span.get_days());
    (0..=days).prop_map(move |days| plus(first, days))
}

fn plus(date: Date, days: i32) -> Date {
    date.saturating_add(days.days())
}
