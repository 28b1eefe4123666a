//! What the tests of CSV statements share.

#![allow(
    dead_code,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "helpers of tests, not all used by each"
)]

use blindscore_history::ledger::Ledger;
use blindscore_history::statement::{CsvProfile, ReadOptions, StatementError, read};

pub const HEADER: &str = "date,amount,currency,description,mcc,balance\n";

pub fn file(lines: &str) -> String {
    format!("{HEADER}{lines}")
}

pub fn opened(text: &str) -> Ledger {
    read(text.as_bytes(), "a.csv", &ReadOptions::default()).unwrap()
}

pub fn refused_with(bytes: &[u8], options: &ReadOptions) -> StatementError {
    let error = read(bytes, "a.csv", options).unwrap_err();
    assert_eq!(error.file(), "a.csv");
    assert!(error.to_string().starts_with("a.csv"), "{error}");
    error
}

pub fn refused(lines: &str) -> StatementError {
    refused_with(file(lines).as_bytes(), &ReadOptions::default())
}

pub fn profile(text: &str) -> ReadOptions {
    ReadOptions {
        profiles: vec![CsvProfile::from_toml(text).unwrap()],
        ..ReadOptions::default()
    }
}

pub const PLAIN: &str = "name = \"plain\"\ncurrency = \"EUR\"\n\
                     [date]\ncolumn = \"day\"\nformat = \"%Y-%m-%d\"\n\
                     [amount]\nmode = \"signed\"\ncolumn = \"sum\"\n";
