//! The measures of single lines; [`SingleMeasure`] states the formulas.

use super::compute::{is_refund, reads_category};
use super::months::Month;
use crate::ledger::{Direction, Entry};
use crate::scheme::{Scheme, SingleMeasure};
use crate::taxonomy::{Category, Flow};

/// The value over a whole window, `months` latest first; `None` is not known.
pub(super) fn value(measure: SingleMeasure, months: &[Month<'_>], scheme: &Scheme) -> Option<i128> {
    let readable = |c: &Category| scheme.reads(*c);
    let spending: Vec<Category> = Category::ALL.into_iter().filter(readable).collect();
    match measure {
        SingleMeasure::LowestBalance => {
            balances_known(months)?;
            months
                .iter()
                .filter_map(lowest_balance)
                .min()
                .map(i128::from)
        }
        SingleMeasure::MonthsActive => Some(count(months, |month| !month.entries.is_empty())),
        SingleMeasure::MonthsOverdrawn => {
            balances_known(months)?;
            Some(count(months, |month| {
                lowest_balance(month).is_some_and(|b| b < 0)
            }))
        }
        SingleMeasure::IncomeRegularity => {
            let (total, deviation) = unevenness(months, income)?;
            let most = 2 * (length(months) - 1) * total;
            Some((1000 * (most - deviation)).div_euclid(most))
        }
        SingleMeasure::SpendingVolatility => {
            let (total, deviation) = unevenness(months, |month| spent(month, &spending))?;
            Some((1000 * deviation).div_euclid(length(months) * total))
        }
        SingleMeasure::CashShare => share(
            sum(months, |month| net_out(month, Flow::Cash)),
            sum(months, |month| spent(month, &spending)),
        ),
        SingleMeasure::EssentialShare => {
            let (essential, other): (Vec<_>, Vec<_>) = spending
                .iter()
                .partition(|category| category.is_essential());
            share(
                sum(months, |month| spent(month, &essential)),
                sum(months, |month| spent(month, &other)),
            )
        }
        SingleMeasure::SavingsRate => {
            let income = sum(months, income);
            let used = sum(months, |month| {
                [Flow::Cash, Flow::DebtService, Flow::TaxFee]
                    .into_iter()
                    .map(|flow| net_out(month, flow))
                    .sum::<i128>()
                    + spent(month, &spending)
            });
            (income > 0).then(|| (1000 * (income - used)).div_euclid(income))
        }
    }
}

/// Whether balances are known: some day of the window is listed, and some day
/// up to the end of its first month.
fn balances_known(months: &[Month<'_>]) -> Option<()> {
    let listed = months.iter().any(|month| !month.balances.is_empty());
    let first = months.last()?;
    let from_the_start = first.carried.is_some() || !first.balances.is_empty();
    (listed && from_the_start).then_some(())
}

/// The least balance of a day of the month. The one carried in is the balance
/// of its first day unless that day is listed.
fn lowest_balance(month: &Month<'_>) -> Option<i64> {
    let first_listed = month
        .balances
        .first()
        .is_some_and(|b| b.date == month.first_day);
    let carried = month.carried.filter(|_| !first_listed);
    month
        .balances
        .iter()
        .map(|b| b.closing)
        .chain(carried)
        .min()
}

/// The sum `X` over the months and the sum `D` of `|n*x - X|`; `None` where no
/// mean deviation is defined.
fn unevenness(months: &[Month<'_>], of: impl Fn(&Month<'_>) -> i128) -> Option<(i128, i128)> {
    let total = sum(months, &of);
    let count = length(months);
    let deviation = sum(months, |month| (count * of(month) - total).abs());
    (count >= 2 && total > 0).then_some((total, deviation))
}

fn share(part: i128, rest: i128) -> Option<i128> {
    let whole = part + rest;
    (whole > 0).then(|| (1000 * part).div_euclid(whole))
}

fn income(month: &Month<'_>) -> i128 {
    net(month, Flow::Income, Direction::In).max(0)
}

fn net_out(month: &Month<'_>, flow: Flow) -> i128 {
    net(month, flow, Direction::Out).max(0)
}

fn net(month: &Month<'_>, flow: Flow, direction: Direction) -> i128 {
    let signed = |entry: &Entry| {
        let amount = i128::from(entry.amount);
        if entry.direction == direction {
            amount
        } else {
            -amount
        }
    };
    month
        .entries
        .iter()
        .filter(|entry| entry.flow == flow)
        .map(signed)
        .sum()
}

/// Spending of a month over some categories, after refunds.
fn spent(month: &Month<'_>, categories: &[Category]) -> i128 {
    let signed = |entry: &Entry| {
        let amount = i128::from(entry.amount);
        match entry.flow {
            Flow::Expenditure if entry.direction == Direction::Out => amount,
            Flow::Expenditure => -amount,
            _ if is_refund(entry) => -amount,
            _ => 0,
        }
    };
    let read = |entry: &&Entry| reads_category(categories, entry);
    month
        .entries
        .iter()
        .filter(read)
        .map(signed)
        .sum::<i128>()
        .max(0)
}

fn sum(months: &[Month<'_>], of: impl Fn(&Month<'_>) -> i128) -> i128 {
    months.iter().map(of).sum()
}

fn count(months: &[Month<'_>], is: impl Fn(&Month<'_>) -> bool) -> i128 {
    sum(months, |month| i128::from(is(month)))
}

fn length(months: &[Month<'_>]) -> i128 {
    sum(months, |_| 1)
}
