//! Line-windows, slots, and levels as people read them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use blindscore_history::scheme::{LineKind, Scheme};
use blindscore_history::taxonomy::Category;

fn example() -> Scheme {
    Scheme::from_json(Scheme::EXAMPLE_JSON).unwrap()
}

#[test]
fn line_windows_follow_the_scheme_with_windows_ascending() {
    let scheme = example();
    let listed: Vec<_> = scheme
        .line_windows()
        .iter()
        .map(|window| (scheme.lines()[window.line].name(), window.months))
        .collect();
    assert_eq!(
        listed[..8],
        [
            ("essential_spend", 1),
            ("essential_spend", 3),
            ("essential_spend", 12),
            ("discretionary_spend", 1),
            ("discretionary_spend", 3),
            ("discretionary_spend", 12),
            ("living_spend", 1),
            ("living_spend", 3),
        ]
    );
    for (index, (line, months)) in listed.into_iter().enumerate() {
        assert_eq!(scheme.find(line, months), Some(index));
    }
    assert_eq!(scheme.find("essential_spend", 2), None);
    assert_eq!(scheme.find("nothing", 1), None);
    assert_eq!(scheme.first_window(2), Some(6));
    assert_eq!(scheme.first_window(99), None);
    assert_eq!(scheme.longest_window(), 12);
}

#[test]
fn sums_take_slots_of_their_own() {
    let scheme = example();
    let living = scheme.find("living_spend", 12).unwrap();
    assert_eq!(scheme.line_windows()[living].source_level_max, 80);
    assert_eq!(scheme.line_windows()[living].level_max, 240);
    assert_eq!(scheme.slots(), 959);
    let LineKind::Sum(sum) = scheme.lines()[2].kind() else {
        panic!("not a sum")
    };
    assert_eq!(sum.members(), [0, 1]);
}

#[test]
fn a_line_without_categories_reads_all_but_the_sensitive_ones() {
    let text = Scheme::EXAMPLE_JSON.replace("      \"categories\": [\"GAMBLING\"],\n", "");
    for (text, want) in [
        (text.clone(), 14),
        (
            text.replace(
                "\"sensitive\": {}",
                "\"sensitive\": {\"HEALTH\": \"a reason\"}",
            ),
            15,
        ),
    ] {
        let scheme = Scheme::from_json(&text).unwrap();
        let LineKind::Pooled(gambling) = scheme.lines()[3].kind() else {
            panic!("not pooled")
        };
        assert_eq!(gambling.categories().len(), want);
        assert_eq!(
            gambling.categories().contains(&Category::Health),
            want == 15
        );
        assert!(!gambling.categories().contains(&Category::PersonalOther));
    }
}

#[test]
fn ranges_of_levels_read_as_what_they_stand_for() {
    let scheme = example();
    let text = |line: &str, months, from, to| {
        scheme.level_range_as_money(scheme.find(line, months).unwrap(), from, to)
    };
    // Amounts, from a true zero up; 240 levels at most.
    assert_eq!(text("living_spend", 3, 0, Some(2)), "under 800.00 EUR");
    assert_eq!(
        text("living_spend", 3, 2, Some(5)),
        "800.00 to under 2,000.00 EUR"
    );
    assert_eq!(text("living_spend", 3, 5, None), "2,000.00 EUR or more");
    assert_eq!(
        text("living_spend", 3, 5, Some(241)),
        "2,000.00 EUR or more"
    );
    assert_eq!(text("living_spend", 3, 0, None), "any");
    // Months of a pooled line.
    assert_eq!(text("utilities_months_paid", 12, 0, Some(1)), "0 months");
    assert_eq!(text("utilities_months_paid", 12, 1, Some(2)), "1 month");
    assert_eq!(
        text("utilities_months_paid", 12, 2, Some(5)),
        "2 to 4 months"
    );
    assert_eq!(
        text("utilities_months_paid", 12, 5, None),
        "5 months or more"
    );
    // Single lines: not known, then from the origin on.
    assert_eq!(text("lowest_balance", 3, 0, Some(1)), "not known");
    assert_eq!(text("lowest_balance", 3, 1, Some(2)), "under -900.00 EUR");
    assert_eq!(
        text("lowest_balance", 3, 10, Some(12)),
        "-100.00 to under 100.00 EUR"
    );
    assert_eq!(text("lowest_balance", 3, 40, None), "2,900.00 EUR or more");
    assert_eq!(
        text("lowest_balance", 3, 0, Some(11)),
        "not known or under 0.00 EUR"
    );
    assert_eq!(text("lowest_balance", 3, 0, None), "any, known or not");
    assert_eq!(text("lowest_balance", 3, 1, None), "any");
    assert_eq!(
        text("income_regularity", 6, 6, Some(7)),
        "250 to under 300 per mille"
    );
    assert_eq!(text("savings_rate", 12, 1, Some(11)), "under 0 per mille");
    assert_eq!(text("months_overdrawn", 12, 1, Some(2)), "0 months");
    assert_eq!(text("months_overdrawn", 12, 1, Some(4)), "0 to 2 months");
    assert_eq!(text("months_overdrawn", 12, 2, Some(3)), "1 month");
    assert_eq!(text("months_overdrawn", 12, 2, Some(4)), "1 to 2 months");
    // Nothing there.
    assert_eq!(text("savings_rate", 12, 5, Some(5)), "no level");
    assert_eq!(text("savings_rate", 12, 32, None), "no level");
    assert_eq!(scheme.level_range_as_money(999, 0, None), "no level");
}

#[test]
fn columns_read_as_bare_numbers() {
    let scheme = Scheme::from_json(
        r#"{"blindscore_scheme": 1, "name": "table", "version": 1, "currency": "JPY",
            "sources_max": 1, "tabular": true, "lines": [
            {"name": "age", "kind": "column", "unit": 1, "origin": 18, "cap": 60},
            {"name": "amount", "kind": "column", "unit": 9007199254740991,
             "origin": -9007199254740991, "cap": 255}]}"#,
    )
    .unwrap();
    assert_eq!(scheme.level_range_as_money(0, 1, Some(2)), "under 19");
    assert_eq!(scheme.level_range_as_money(0, 2, Some(3)), "19");
    assert_eq!(scheme.level_range_as_money(0, 2, Some(8)), "19 to 24");
    assert_eq!(scheme.level_range_as_money(0, 8, None), "25 or more");
    let largest = scheme.level_range_as_money(1, 255, None);
    assert_eq!(
        largest,
        format!("{} or more", 253_i64 * 9_007_199_254_740_991)
    );
}
