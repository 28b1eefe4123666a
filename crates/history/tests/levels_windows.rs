//! Window sums, floors, caps and cells against a second computation that is as
//! plain as can be: every window summed on its own, entry by entry.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use blindscore_history::arbitrary::{self, AS_OF};
use blindscore_history::ledger::{Direction, Entry, Ledger};
use blindscore_history::levels::{CoverageRule, SourceLevels};
use blindscore_history::scheme::{LineKind, PooledLine, PooledMeasure, Scheme};
use blindscore_history::taxonomy::{Category, Flow};
use proptest::prelude::*;

fn eur() -> blindscore_history::money::Currency {
    "EUR".parse().unwrap()
}

fn scheme_and_ledger() -> impl Strategy<Value = (Scheme, Ledger)> {
    arbitrary::scheme().prop_flat_map(|scheme| {
        let ledger = arbitrary::ledger(eur(), scheme.longest_window());
        (Just(scheme), ledger)
    })
}

/// Months from year 0, so that a window is a range of numbers.
fn month_number(entry: &Entry) -> i32 {
    i32::from(entry.date.year()) * 12 + i32::from(entry.date.month())
}

fn naive_level(ledger: &Ledger, line: &PooledLine, unit: i64, cap: u32, window: u8) -> u32 {
    let as_of = i32::from(AS_OF.year()) * 12 + i32::from(AS_OF.month());
    let mut total = 0_i128;
    for month in as_of - i32::from(window)..as_of {
        let mut of_month = 0_i128;
        for entry in ledger.entries() {
            if month_number(entry) == month {
                of_month += naive_share(line, entry);
            }
        }
        total += match line.measure() {
            PooledMeasure::Amount if of_month > 0 => of_month,
            PooledMeasure::Months if of_month > 0 => 1,
            _ => 0,
        };
    }
    let mut level = 0;
    while level < cap && i128::from(unit) * i128::from(level + 1) <= total {
        level += 1;
    }
    level
}

fn naive_share(line: &PooledLine, entry: &Entry) -> i128 {
    let has_category = matches!(entry.flow, Flow::Expenditure | Flow::RefundReversal);
    let category_read = line.categories().contains(&entry.category) || !has_category;
    let read = line.flows().contains(&entry.flow) && category_read;
    let refund = entry.flow == Flow::RefundReversal
        && entry.direction == Direction::In
        && line.flows().contains(&Flow::Expenditure)
        && line.direction() == Direction::Out
        && category_read;
    let sign = match (read, entry.direction == line.direction()) {
        (true, true) => 1,
        (true, false) => -1,
        (false, _) if refund => -1,
        (false, _) => 0,
    };
    sign * i128::from(entry.amount)
}

proptest! {
    #[test]
    fn pooled_levels_are_exact((scheme, ledger) in scheme_and_ledger()) {
        let computed = SourceLevels::compute(&scheme, &ledger, AS_OF, CoverageRule::Full).unwrap();
        prop_assert_eq!(computed.covered_months(), scheme.longest_window());
        for (window, &level) in scheme.line_windows().iter().zip(computed.levels()) {
            let line = &scheme.lines()[window.line];
            if let LineKind::Pooled(pooled) = line.kind() {
                let want = naive_level(&ledger, pooled, line.unit(), line.cap(), window.months);
                prop_assert_eq!(level, want, "{} over {}", line.name(), window.months);
            }
        }
    }

    #[test]
    fn what_is_computed_passes_the_checks((scheme, ledger) in scheme_and_ledger()) {
        let computed = SourceLevels::compute(&scheme, &ledger, AS_OF, CoverageRule::Full).unwrap();
        for (window, &level) in scheme.line_windows().iter().zip(computed.levels()) {
            prop_assert!(level <= window.source_level_max);
        }
        let again = SourceLevels::from_levels(
            &scheme, AS_OF, computed.covered_months(), computed.levels().to_vec());
        prop_assert_eq!(again, Ok(computed));
    }

    #[test]
    fn prefix_sums_of_cells_are_the_levels((scheme, ledger) in scheme_and_ledger()) {
        let computed = SourceLevels::compute(&scheme, &ledger, AS_OF, CoverageRule::Full).unwrap();
        let cells = computed.cells(&scheme);
        prop_assert_eq!(cells.len(), scheme.line_windows().len());
        for (index, window) in scheme.line_windows().iter().enumerate() {
            let first = index - window.window;
            let sum_to_here = |line: usize| {
                let first = scheme.first_window(line).unwrap();
                cells[first..=first + window.window].iter().map(|cell| cell.unwrap()).sum::<u32>()
            };
            let want = computed.levels()[index];
            match scheme.lines()[window.line].kind() {
                LineKind::Pooled(_) => prop_assert_eq!(sum_to_here(window.line), want),
                LineKind::Single(_) | LineKind::Column(_) => {
                    prop_assert_eq!(cells[index], Some(want));
                }
                LineKind::Sum(sum) => {
                    prop_assert!(cells[first..=index].iter().all(Option::is_none));
                    let members: u32 = sum.members().iter().map(|&m| sum_to_here(m)).sum();
                    prop_assert_eq!(members, want);
                }
            }
        }
    }

    /// The order in which a statement lists a month's entries has no meaning.
    #[test]
    fn the_order_of_entries_does_not_matter((scheme, ledger) in scheme_and_ledger()) {
        let mut entries = ledger.entries().to_vec();
        entries.reverse();
        let balances = ledger.balances().to_vec();
        let reversed = Ledger::new(eur(), ledger.coverage(), entries, balances).unwrap();
        let rule = CoverageRule::Full;
        prop_assert_eq!(
            SourceLevels::compute(&scheme, &ledger, AS_OF, rule),
            SourceLevels::compute(&scheme, &reversed, AS_OF, rule)
        );
    }

    /// Neither the as-of date's month nor what lies before the window is read.
    #[test]
    fn entries_outside_the_window_do_not_matter((scheme, ledger) in scheme_and_ledger()) {
        let months = i32::from(scheme.longest_window());
        let as_of = i32::from(AS_OF.year()) * 12 + i32::from(AS_OF.month());
        let inside = |entry: &&Entry| (as_of - months..as_of).contains(&month_number(entry));
        let entries = ledger.entries().iter().filter(inside).cloned().collect();
        let balances = ledger.balances().to_vec();
        let cut = Ledger::new(eur(), ledger.coverage(), entries, balances).unwrap();
        let rule = CoverageRule::Full;
        prop_assert_eq!(
            SourceLevels::compute(&scheme, &ledger, AS_OF, rule),
            SourceLevels::compute(&scheme, &cut, AS_OF, rule)
        );
    }

    #[test]
    fn sensitive_spending_is_invisible_unless_turned_on((scheme, ledger) in scheme_and_ledger()) {
        prop_assume!(scheme.sensitive().is_empty());
        // The number of active months counts entries whatever they are.
        let measures = format!("{:?}", scheme.lines());
        prop_assume!(!measures.contains("MonthsActive"));
        let mut entries = ledger.entries().to_vec();
        for entry in &mut entries {
            if entry.flow.carries_category() && entry.category.is_sensitive() {
                entry.amount = 1 + entry.amount / 3;
                entry.category = Category::Health;
            }
        }
        let balances = ledger.balances().to_vec();
        let other = Ledger::new(eur(), ledger.coverage(), entries, balances).unwrap();
        let rule = CoverageRule::Full;
        prop_assert_eq!(
            SourceLevels::compute(&scheme, &ledger, AS_OF, rule),
            SourceLevels::compute(&scheme, &other, AS_OF, rule)
        );
    }
}
