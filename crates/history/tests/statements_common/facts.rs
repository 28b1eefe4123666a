//! Entries as short facts, for comparison with what was worked out by hand.

#![allow(
    dead_code,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "helpers of tests, not all used by each"
)]

use blindscore_history::ledger::{Direction, Entry, Ledger};
use blindscore_history::statement::{Format, ReadOptions, StatementError, StatementFault, read};
use blindscore_history::taxonomy::{Category, Flow};

pub type Fact<'a> = (String, i64, Direction, Flow, Category, &'a str);

/// Date, amount, direction, flow, category and id of every entry.
pub fn facts(ledger: &Ledger) -> Vec<Fact<'_>> {
    let fact = |e: &'_ Entry| {
        (
            e.date.to_string(),
            e.amount,
            e.direction,
            e.flow,
            e.category,
        )
    };
    ledger
        .entries()
        .iter()
        .map(|entry| {
            let (date, amount, direction, flow, category) = fact(entry);
            (date, amount, direction, flow, category, entry.id.as_str())
        })
        .collect()
}

/// Amount, direction, flow and category of every entry.
pub fn short(ledger: &Ledger) -> Vec<(i64, Direction, Flow, Category)> {
    let fact = |e: &Entry| (e.amount, e.direction, e.flow, e.category);
    ledger.entries().iter().map(fact).collect()
}

/// That a row with a million columns, or a thousand, is refused under `header`.
pub fn refuses_columns_without_number(header: &str) {
    let long = format!("{header}{}\n", ",".repeat(1_000_000));
    let error = read(long.as_bytes(), "a", &ReadOptions::default()).unwrap_err();
    let fault = error.fault();
    assert!(
        matches!(fault, StatementFault::LineTooLong { .. }),
        "{error}"
    );
    let many = format!("{header}{}\n", ",".repeat(1_000));
    let error = read(many.as_bytes(), "a", &ReadOptions::default()).unwrap_err();
    let fault = error.fault();
    assert!(
        matches!(fault, StatementFault::TooManyFields { .. }),
        "{error}"
    );
}

/// Reads a file that must be recognised as `format`.
pub fn opened(bytes: &[u8], format: &str) -> Ledger {
    opened_with(bytes, format, &ReadOptions::default())
}

pub fn opened_with(bytes: &[u8], format: &str, options: &ReadOptions) -> Ledger {
    assert_eq!(Format::detect(bytes, options), Format::named(format));
    read(bytes, "a", options).unwrap()
}

/// Reads a file that must be recognised as `format` and refused.
pub fn refused(bytes: &[u8], format: &str) -> StatementError {
    let options = ReadOptions::default();
    assert_eq!(Format::detect(bytes, &options), Format::named(format));
    read(bytes, "a", &options).unwrap_err()
}

/// Date and closing balance of every day that has one.
pub fn closings(ledger: &Ledger) -> Vec<(String, i64)> {
    let balances = ledger.balances().iter();
    balances
        .map(|day| (day.date.to_string(), day.closing))
        .collect()
}

pub fn in_currency(code: &str) -> ReadOptions {
    ReadOptions {
        currency: Some(code.parse().unwrap()),
        ..ReadOptions::default()
    }
}
