//! Invented tables for the tests of training and validation.

use blindscore_history::scheme::Scheme;

use super::{Row, TableBuilder, TrainingTable};
use crate::validate::random::Random;

/// Two pooled lines, one of which matters, a single line with not-known
/// levels, and a column line of categories.
pub(crate) const SCHEME: &str = r#"{
    "blindscore_scheme": 1, "name": "training", "version": 1, "currency": "EUR",
    "sources_max": 1, "tabular": true,
    "lines": [
        {"name": "groceries", "kind": "column", "unit": 10, "origin": 0, "cap": 40},
        {"name": "noise", "kind": "column", "unit": 1, "origin": 0, "cap": 20},
        {"name": "balance", "kind": "column", "unit": 100, "origin": -500, "cap": 30},
        {"name": "purpose", "kind": "column", "unit": 1, "origin": 0, "cap": 6},
        {"name": "constant", "kind": "column", "unit": 1, "origin": 0, "cap": 9}
    ]}"#;

pub(crate) fn scheme() -> Scheme {
    Scheme::from_json(SCHEME).expect("the fixture is a scheme")
}

/// Invented applicants: groceries and balance say something, more of either
/// being better; purposes 2 and 5 are bad; noise says nothing. Group `b` has
/// lower balances.
pub(crate) fn table(rows: usize, seed: u64) -> TrainingTable {
    let mut random = Random::new(seed);
    let mut draw = |bound: u32| u32::try_from(random.below(bound as usize)).expect("small");
    let mut builder = TableBuilder::new(&scheme()).nominal(
        3,
        ["car", "tv", "other", "home", "boat", "pet"]
            .map(String::from)
            .to_vec(),
    );
    for row in 0..rows {
        let in_b = draw(3) == 0;
        let groceries = 1 + draw(40);
        let balance = match draw(10) {
            0 => 0,
            _ if in_b => 1 + draw(20),
            _ => 1 + draw(30),
        };
        let purpose = 1 + draw(5);
        let balance_points = if balance == 0 { 24 } else { 2 * balance };
        let wary = if purpose == 3 || purpose == 5 { 24 } else { 0 };
        let risk = (95_u32 + wary)
            .saturating_sub(2 * groceries + balance_points)
            .max(3);
        let bad = draw(100) < risk;
        builder
            .push(&Row {
                levels: &[groceries, 1 + draw(20), balance, purpose, 4],
                bad: Some(bad),
                id: Some(&format!("applicant-{row}")),
                group: Some(if in_b { "b" } else { "a" }),
                time: Some(if row % 4 == 3 { "2026-02" } else { "2026-01" }),
                ..Row::default()
            })
            .expect("a row");
    }
    builder.build().expect("a table")
}
