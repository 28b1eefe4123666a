//! From a ledger to one level a line-window.
//!
//! Sums are exact in `i128`: an amount has 63 bits, no memory holds 2^40
//! entries, and the largest product of the formulas adds 23 bits.

use jiff::civil::Date;

use super::error::LevelsError;
use super::months::{self, Month};
use super::{CoverageRule, check, single};
use crate::ledger::{Direction, Entry, Ledger};
use crate::scheme::{Line, LineKind, LineWindow, PooledLine, PooledMeasure, Scheme};
use crate::taxonomy::{Category, Flow};

/// The months covered and the levels.
pub(super) fn levels(
    scheme: &Scheme,
    ledger: &Ledger,
    as_of: Date,
    rule: CoverageRule,
) -> Result<(u8, Vec<u32>), LevelsError> {
    let months = covered_months(scheme, ledger, as_of, rule)?;
    let mut levels = Vec::with_capacity(scheme.line_windows().len());
    for window in scheme.line_windows() {
        levels.push(level(scheme, window, &months));
    }
    check::fill_sums(scheme, &mut levels);
    let covered = u8::try_from(months.len()).expect("at most the longest window, 60");
    Ok((covered, levels))
}

/// Level 0 is not known, level 1 starts at the origin; values below the origin
/// are level 1, values above the cap the cap.
pub(super) fn known_level(line: &Line, value: i128) -> u32 {
    let above = value - i128::from(line.origin().unwrap_or(0));
    let steps = above.div_euclid(i128::from(line.unit()));
    let most = line.cap() - 1;
    1 + u32::try_from(steps.max(0)).map_or(most, |steps| steps.min(most))
}

/// What each line-window measures, before units and caps: of a pooled line the
/// total, of a sum line its members' totals added, of a single line the value
/// if it is known.
pub(super) fn values(
    scheme: &Scheme,
    ledger: &Ledger,
    as_of: Date,
    rule: CoverageRule,
) -> Result<(u8, Vec<Option<i128>>), LevelsError> {
    let months = covered_months(scheme, ledger, as_of, rule)?;
    let mut values: Vec<Option<i128>> = scheme
        .line_windows()
        .iter()
        .map(|window| value(scheme, window, &months))
        .collect();
    for (index, window) in scheme.line_windows().iter().enumerate() {
        if let LineKind::Sum(sum) = scheme.lines()[window.line].kind() {
            let member = |line: &usize| {
                let first = scheme.first_window(*line)?;
                values[first + window.window]
            };
            values[index] = sum.members().iter().map(member).sum();
        }
    }
    let covered = u8::try_from(months.len()).expect("at most the longest window, 60");
    Ok((covered, values))
}

fn covered_months<'a>(
    scheme: &Scheme,
    ledger: &'a Ledger,
    as_of: Date,
    rule: CoverageRule,
) -> Result<Vec<Month<'a>>, LevelsError> {
    if scheme.is_tabular() {
        return Err(LevelsError::Tabular);
    }
    if ledger.currency() != scheme.currency() {
        return Err(LevelsError::Currency {
            got: ledger.currency().to_string(),
            want: scheme.currency().to_string(),
        });
    }
    months::split(scheme, ledger, as_of, rule)
}

pub(super) fn level_of(line: &Line, value: i128) -> u32 {
    if line.adds_up() {
        total_level(line, value)
    } else {
        known_level(line, value)
    }
}

fn level(scheme: &Scheme, window: &LineWindow, months: &[Month<'_>]) -> u32 {
    let line = &scheme.lines()[window.line];
    let value = value(scheme, window, months);
    if line.adds_up() {
        total_level(line, value.unwrap_or(0))
    } else {
        value.map_or(0, |value| known_level(line, value))
    }
}

/// The value of a pooled or single line; sums are made of their members', and a
/// scheme with columns was refused.
fn value(scheme: &Scheme, window: &LineWindow, months: &[Month<'_>]) -> Option<i128> {
    let whole = months.get(..usize::from(window.months));
    match scheme.lines()[window.line].kind() {
        LineKind::Pooled(pooled) => Some(
            whole
                .unwrap_or(months)
                .iter()
                .map(|month| counted(pooled, month))
                .sum(),
        ),
        LineKind::Single(single) => {
            whole.and_then(|months| single::value(single.measure(), months, scheme))
        }
        LineKind::Sum(_) | LineKind::Column(_) => None,
    }
}

fn total_level(line: &Line, total: i128) -> u32 {
    let steps = total.div_euclid(i128::from(line.unit()));
    u32::try_from(steps).map_or(line.cap(), |steps| steps.min(line.cap()))
}

/// What a month adds to a pooled line's total; never negative.
fn counted(line: &PooledLine, month: &Month<'_>) -> i128 {
    let total: i128 = month.entries.iter().map(|entry| signed(line, entry)).sum();
    match line.measure() {
        PooledMeasure::Amount => total.max(0),
        PooledMeasure::Months => i128::from(total > 0),
    }
}

/// What an entry adds to its month, as [`PooledLine`] defines.
fn signed(line: &PooledLine, entry: &Entry) -> i128 {
    if !reads_category(line.categories(), entry) {
        return 0;
    }
    let amount = i128::from(entry.amount);
    let refunds_spending = line.direction() == Direction::Out
        && line.flows().contains(&Flow::Expenditure)
        && is_refund(entry);
    if line.flows().contains(&entry.flow) {
        if entry.direction == line.direction() {
            amount
        } else {
            -amount
        }
    } else if refunds_spending {
        -amount
    } else {
        0
    }
}

pub(super) fn is_refund(entry: &Entry) -> bool {
    entry.flow == Flow::RefundReversal && entry.direction == Direction::In
}

pub(super) fn reads_category(categories: &[Category], entry: &Entry) -> bool {
    !entry.flow.carries_category() || categories.contains(&entry.category)
}
