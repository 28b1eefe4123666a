//! A small scheme with every kind of line, and a card over it, for the tests.

use blindscore_history::scheme::Scheme;

use crate::build::{CharacteristicBuilder, ScorecardBuilder};
use crate::model::Scorecard;
use crate::scaling::Scaling;

pub(crate) const SCHEME: &str = r#"{
    "blindscore_scheme": 1, "name": "fixture", "version": 1, "currency": "EUR",
    "sources_max": 2, "tabular": true,
    "lines": [
        {"name": "groceries", "kind": "pooled", "flows": ["expenditure"], "categories": ["FOOD"],
         "unit": 20000, "cap": 20, "windows": [3, 12]},
        {"name": "dining", "kind": "pooled", "flows": ["expenditure"],
         "categories": ["DINING_LODGING"], "unit": 20000, "cap": 10, "windows": [3, 12]},
        {"name": "lowest_balance", "kind": "single", "measure": "lowest_balance",
         "role": "main_account", "unit": 10000, "origin": -100000, "cap": 31, "windows": [3]},
        {"name": "living", "kind": "sum", "members": ["groceries", "dining"]},
        {"name": "age", "kind": "column", "unit": 1, "origin": 18, "cap": 60}
    ]}"#;

pub(crate) fn scheme() -> Scheme {
    Scheme::from_json(SCHEME).expect("the fixture is a scheme")
}

/// Groceries 12 months, lowest balance 3 months, age: raw 420 to 570.
pub(crate) fn card() -> ScorecardBuilder {
    ScorecardBuilder::new("Fixture card", "Example Tester")
        .base_points(500)
        .characteristic(
            CharacteristicBuilder::new("Groceries", "groceries", Some(12))
                .attributes([(0, -20), (10, 10), (20, 30)])
                .reason("R01", "little spent on groceries")
                .baseline(30),
        )
        .characteristic(
            CharacteristicBuilder::new("Lowest balance", "lowest_balance", Some(3))
                .attributes([(1, -60), (11, 0), (16, 40)])
                .not_known(-10)
                .reason("R02", "the account ran low")
                .baseline(40),
        )
        .characteristic(
            CharacteristicBuilder::new("Age", "age", None)
                .attributes([(1, 0)])
                .not_known(0)
                .reason("R03", "age")
                .baseline(0),
        )
        .scaling(Scaling::new(0, 1_000_000, 300, 850).expect("valid"))
}

pub(crate) fn built() -> Scorecard {
    card().build(&scheme()).expect("the fixture is a scorecard")
}
