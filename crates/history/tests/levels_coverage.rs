//! What a ledger must cover, and what is read of one that covers less.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use blindscore_history::ledger::{Coverage, DayBalance, Direction, Entry, Ledger};
use blindscore_history::levels::{CoverageRule, LevelsError, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_history::taxonomy::{Category, Flow};
use jiff::civil::{Date, date};

const AS_OF: Date = date(2026, 3, 15);

fn scheme() -> Scheme {
    Scheme::from_json(
        r#"{"blindscore_scheme": 1, "name": "covered", "version": 1, "currency": "EUR",
            "sources_max": 2, "lines": [
            {"name": "food", "kind": "pooled", "flows": ["expenditure"], "categories": ["FOOD"],
             "unit": 1, "cap": 100, "windows": [1, 3, 6]},
            {"name": "active", "kind": "single", "measure": "months_active",
             "role": "main_account", "unit": 1, "cap": 7, "windows": [1, 3, 6]}]}"#,
    )
    .unwrap()
}

/// Food for 1 cent every day covered.
fn ledger(currency: &str, first: Date, last: Date) -> Ledger {
    let mut entries = Vec::new();
    let mut day = first;
    while day <= last {
        entries.push(Entry {
            date: day,
            amount: 1,
            direction: Direction::Out,
            flow: Flow::Expenditure,
            category: Category::Food,
            id: day.to_string(),
        });
        day = day.tomorrow().unwrap();
    }
    let balances = vec![DayBalance {
        date: first,
        closing: 1,
    }];
    let coverage = Coverage { first, last };
    Ledger::new(currency.parse().unwrap(), coverage, entries, balances).unwrap()
}

fn compute(first: Date, last: Date, rule: CoverageRule) -> Result<SourceLevels, LevelsError> {
    SourceLevels::compute(&scheme(), &ledger("EUR", first, last), AS_OF, rule)
}

#[test]
fn the_longest_window_covered_to_the_day_is_enough() {
    let (first, last) = (date(2025, 9, 1), date(2026, 2, 28));
    for rule in [CoverageRule::Full, CoverageRule::AllowShorter] {
        let levels = compute(first, last, rule).unwrap();
        assert_eq!(levels.covered_months(), 6);
        assert_eq!(levels.levels(), [28, 90, 100, 2, 4, 7]);
    }
    let longer = compute(date(2020, 1, 1), date(2026, 12, 31), CoverageRule::Full).unwrap();
    assert_eq!(longer, compute(first, last, CoverageRule::Full).unwrap());
}

#[test]
fn a_day_too_few_at_the_start_is_short() {
    let (first, last) = (date(2025, 9, 2), date(2026, 2, 28));
    let error = compute(first, last, CoverageRule::Full).unwrap_err();
    assert_eq!(error, LevelsError::Short { got: 5, want: 6 });
    let levels = compute(first, last, CoverageRule::AllowShorter).unwrap();
    assert_eq!(levels.covered_months(), 5);
}

#[test]
fn shorter_coverage_reads_whole_months_and_knows_no_longer_window() {
    // From 20 December: January and February are whole.
    let levels = compute(
        date(2025, 12, 20),
        date(2026, 3, 14),
        CoverageRule::AllowShorter,
    )
    .unwrap();
    assert_eq!(levels.covered_months(), 2);
    assert_eq!(levels.levels(), [28, 59, 59, 2, 0, 0]);
    assert_eq!(levels.cells(&scheme())[..3], [Some(28), Some(31), Some(0)]);
}

#[test]
fn a_ledger_that_ends_too_early_is_never_read() {
    let (first, last) = (date(2025, 1, 1), date(2026, 2, 27));
    let want = date(2026, 2, 28);
    for rule in [CoverageRule::Full, CoverageRule::AllowShorter] {
        let error = compute(first, last, rule).unwrap_err();
        assert_eq!(error, LevelsError::Stale { first, last, want });
    }
}

#[test]
fn no_whole_month_is_never_enough() {
    let (first, last) = (date(2026, 2, 2), date(2026, 3, 14));
    let error = compute(first, last, CoverageRule::AllowShorter).unwrap_err();
    assert_eq!(error, LevelsError::NoMonth { first, last });
    let error = compute(first, last, CoverageRule::Full).unwrap_err();
    assert_eq!(error, LevelsError::Short { got: 0, want: 6 });
}

#[test]
fn another_currency_is_refused() {
    let ledger = ledger("USD", date(2025, 1, 1), date(2026, 3, 1));
    let error = SourceLevels::compute(&scheme(), &ledger, AS_OF, CoverageRule::Full).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the ledger is in USD; want the scheme's EUR"
    );
}

#[test]
fn a_tabular_scheme_reads_no_ledger() {
    let text = scheme()
        .to_json()
        .replace("\"tabular\":false", "\"tabular\":true")
        .replace(
            "\"lines\":[",
            "\"lines\":[{\"name\":\"age\",\"kind\":\"column\",\"unit\":1,\"cap\":9},",
        );
    let tabular = Scheme::from_json(&text).unwrap();
    let ledger = ledger("EUR", date(2025, 1, 1), date(2026, 3, 1));
    let error = SourceLevels::compute(&tabular, &ledger, AS_OF, CoverageRule::Full).unwrap_err();
    assert_eq!(error, LevelsError::Tabular);
}

#[test]
fn dates_at_the_ends_of_the_calendar_do_not_panic() {
    let whole = ledger("EUR", date(2026, 1, 1), date(2026, 1, 2));
    let all = Coverage {
        first: Date::MIN,
        last: Date::MAX,
    };
    let all = Ledger::new(whole.currency(), all, whole.entries().to_vec(), Vec::new()).unwrap();
    for as_of in [Date::MIN, date(0, 12, 31), date(1, 1, 1), Date::MAX] {
        for ledger in [&whole, &all] {
            let levels = SourceLevels::compute(&scheme(), ledger, as_of, CoverageRule::Full);
            let possible = as_of.year() >= 1 && ledger.coverage().last == Date::MAX;
            assert_eq!(levels.is_ok(), possible, "{as_of}");
        }
    }
}
