use blindscore_history::arbitrary::{AS_OF, ledger, scheme};
use blindscore_history::levels::{CoverageRule, SourceLevels};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::arbitrary::scorecard_for;
use crate::{CharacteristicBuilder, Scaling, ScorecardBuilder, fixture};

/// Lines of every kind that a rule looks at.
fn looked_at() -> Scheme {
    let spending = |name: &str, categories: &[&str]| {
        json!({"name": name, "kind": "pooled", "flows": ["expenditure"],
            "categories": categories, "unit": 10_000, "cap": 20, "windows": [12]})
    };
    let flow = |name: &str, flow: &str| {
        json!({"name": name, "kind": "pooled", "flows": [flow], "unit": 10_000, "cap": 20,
            "windows": [12]})
    };
    let single = |name: &str, unit: i64, cap: u32, windows: &[u8]| {
        json!({"name": name, "kind": "single", "measure": name, "role": "main_account",
            "unit": unit, "origin": 0, "cap": cap, "windows": windows})
    };
    let column =
        |name: &str| json!({"name": name, "kind": "column", "unit": 1, "origin": 0, "cap": 9});
    let json = json!({"blindscore_scheme": 1, "name": "looked-at", "version": 1,
    "currency": "EUR", "sources_max": 2, "tabular": true,
    "sensitive": {"HEALTH": "to see fixed costs", "PERSONAL_OTHER": "to see dues"},
    "lines": [
        spending("groceries", &["FOOD"]), spending("doctors", &["HEALTH"]),
        spending("care", &["FOOD", "PERSONAL_OTHER"]), spending("habits", &["ALCOHOL_TOBACCO"]),
        spending("leisure", &["RECREATION", "GAMBLING"]), flow("gifts", "transfer"),
        flow("earned", "income"),
        {"name": "sum_up", "kind": "sum", "members": ["groceries", "doctors"]},
        {"name": "paid", "kind": "pooled", "flows": ["expenditure"], "categories": ["FOOD"],
         "measure": "months", "unit": 1, "cap": 12, "windows": [3, 12]},
        single("months_active", 1, 13, &[12]), single("essential_share", 50, 21, &[12]),
        single("income_regularity", 50, 21, &[1, 12]), single("lowest_balance", 100, 30, &[3]),
        column("age_in_years"), column("party"), column("stage")
    ]});
    Scheme::from_json(&json.to_string()).expect("a scheme")
}

/// A card of three equal groceries-like characteristics beside the one given,
/// so that none dominates.
fn around(characteristic: CharacteristicBuilder) -> ScorecardBuilder {
    let mut card = ScorecardBuilder::new("Looked at", "Example Tester");
    for (name, line) in [("A", "earned"), ("B", "groceries"), ("C", "leisure_not")] {
        let line = if line == "leisure_not" { "paid" } else { line };
        card = card.characteristic(good(name, line, Some(12)));
    }
    card.characteristic(characteristic)
        .scaling(Scaling::new(0, 1_000_000, 0, 1_000).expect("valid"))
}

/// Nothing to find: rising points, a baseline among them, a reason in words.
fn good(name: &str, line: &str, window: Option<u8>) -> CharacteristicBuilder {
    CharacteristicBuilder::new(name, line, window)
        .attributes([(0, 0), (5, 20), (10, 40)])
        .reason("R01", "too little of what this counts")
        .baseline(20)
}

/// The same for a line that can be not known.
fn known(name: &str, line: &str, window: Option<u8>) -> CharacteristicBuilder {
    good(name, line, window)
        .attributes([(1, 0), (5, 20), (8, 40)])
        .not_known(0)
}

fn findings(card: ScorecardBuilder) -> Vec<Finding> {
    let scheme = looked_at();
    let card = card.build(&scheme).expect("valid");
    let report = card.lint(&scheme).expect("its scheme");
    report.findings
}

/// Severity, subject and figure of the findings of one rule.
fn of(card: ScorecardBuilder, code: &str) -> Vec<(Severity, String, Option<i64>)> {
    findings(card)
        .into_iter()
        .filter(|finding| finding.code == code)
        .map(|f| (f.severity, f.subject, f.figure.map(|figure| figure.value)))
        .collect()
}

#[test]
fn a_plain_card_shows_nothing_but_the_missing_model_card() {
    let codes: Vec<_> = findings(around(good("D", "earned", Some(12))))
        .iter()
        .map(|f| f.code)
        .collect();
    // Earned has two characteristics of four.
    assert_eq!(codes, ["dominant-line", "no-model-card"]);
}

#[test]
fn lines_that_reveal_are_found_by_what_they_read() {
    use Severity::{Note, Serious, Warning};
    let reveals = |characteristic| {
        let found = of(around(characteristic), "sensitive-line");
        found
            .into_iter()
            .map(|(severity, subject, _)| (severity, subject))
            .collect::<Vec<_>>()
    };
    let pooled = |line: &str| reveals(good("D", line, Some(12)));
    for (line, severity) in [
        ("doctors", Serious),
        ("care", Warning),
        ("habits", Warning),
        ("leisure", Note),
        ("gifts", Warning),
        ("sum_up", Warning),
    ] {
        assert_eq!(pooled(line), [(severity, line.to_owned())]);
    }
    assert_eq!(pooled("paid"), []);
    let single = reveals(known("D", "essential_share", Some(12)));
    assert_eq!(single, [(Note, "essential_share".to_owned())]);
    assert_eq!(reveals(known("D", "lowest_balance", Some(3))), []);
    assert_eq!(
        reveals(known("D", "party", None)),
        [(Serious, "party".to_owned())]
    );
    assert_eq!(reveals(known("D", "stage", None)), []);
    assert_eq!(
        reveals(known("Religion of the household", "stage", None)),
        [(Serious, "stage".to_owned())]
    );
}

#[test]
fn the_schemes_reason_is_quoted() {
    let found = findings(around(good("D", "doctors", Some(12))));
    let message = &found[0].message;
    assert!(message.contains("health"), "{message}");
    assert!(
        message.contains(r#"HEALTH: "to see fixed costs""#),
        "{message}"
    );
    assert!(!message.contains("dues"), "{message}");
}

#[test]
fn what_nobody_can_change_is_found() {
    let found = |characteristic| of(around(characteristic), "unchangeable");
    let share = |found: Vec<(Severity, String, Option<i64>)>| (found[0].0, found[0].2);
    assert_eq!(
        share(found(known("D", "age_in_years", None))),
        (Severity::Warning, Some(250))
    );
    // A word, not a part of one: "stage" holds "age".
    assert_eq!(found(known("D", "stage", None)), []);
    assert_eq!(
        share(found(known("Sex", "stage", None))),
        (Severity::Warning, Some(250))
    );
    assert_eq!(
        share(found(known("D", "months_active", Some(12)))),
        (Severity::Note, Some(250))
    );
    assert_eq!(
        of(around(known("D", "stage", None)), "column-line").len(),
        1
    );
}

#[test]
fn one_line_that_dominates_is_found_by_its_share() {
    // Three times 40 beside it: 65 of 185 are 351 per mille, 64 of 184 are 347.
    let share = |points| {
        let wide = good("D", "lowest_balance", Some(3))
            .attributes([(1, 0), (5, points)])
            .not_known(0);
        of(around(wide), "dominant-line")
            .into_iter()
            .map(|(severity, _, figure)| (severity, figure))
            .collect::<Vec<_>>()
    };
    assert_eq!(share(64), []);
    assert_eq!(share(65), [(Severity::Note, Some(351))]);
    assert_eq!(share(119), [(Severity::Note, Some(497))]);
    assert_eq!(share(120), [(Severity::Warning, Some(500))]);
}

#[test]
fn points_that_turn_are_found() {
    let turns = |points: [i64; 4]| {
        let cuts = [0, 3, 6, 9].into_iter().zip(points);
        of(
            around(good("D", "earned", Some(12)).attributes(cuts)),
            "not-monotone",
        )
    };
    for points in [[0, 10, 10, 40], [40, 20, 20, 0], [5, 5, 5, 5]] {
        assert_eq!(turns(points), [], "{points:?}");
    }
    assert_eq!(turns([0, 40, 40, 10])[0].2, Some(1));
    assert_eq!(turns([0, 40, 10, 40])[0].2, Some(2));
    let column = known("D", "stage", None).attributes([(1, 0), (3, 40), (6, 10)]);
    assert_eq!(of(around(column), "not-monotone")[0].0, Severity::Note);
}

#[test]
fn attributes_that_no_history_reaches_are_found() {
    let found = |characteristic| of(around(characteristic), "unreachable");
    // Two sources of three months each.
    let months = |cut| good("D", "paid", Some(3)).attributes([(0, 0), (cut, 40)]);
    assert_eq!(found(months(6)), []);
    assert_eq!(found(months(7))[0].2, Some(1));
    // One month has no regularity at all.
    let never = known("D", "income_regularity", Some(1));
    assert_eq!(found(never)[0].2, Some(3));
    assert_eq!(found(known("D", "income_regularity", Some(12))), []);
}

#[test]
fn characteristics_that_change_nothing_are_found() {
    let dead = good("D", "earned", Some(12)).attributes([(0, 7), (5, 7)]);
    assert_eq!(of(around(dead.clone()), "dead").len(), 1);
    // Its baseline is no fault of its own.
    assert_eq!(of(around(dead), "reason-always-given"), []);
}

#[test]
fn keeping_data_back_must_not_pay() {
    let with = |not_known, factor| {
        let characteristic = known("D", "lowest_balance", Some(3)).not_known(not_known);
        let card =
            around(characteristic).scaling(Scaling::new(0, factor, -1_000, 1_000).expect("valid"));
        let found = findings(card);
        let found = found
            .into_iter()
            .filter(|f| f.code.starts_with("not-known"));
        found
            .map(|f| (f.code, f.figure.expect("a figure").value))
            .collect::<Vec<_>>()
    };
    let (rising, falling) = (1_000_000, -1_000_000);
    assert_eq!(with(0, rising), []);
    assert_eq!(with(1, rising), [("not-known-shields", 1)]);
    assert_eq!(with(40, rising), [("not-known-shields", 40)]);
    assert_eq!(with(42, rising), [("not-known-best", 2)]);
    // Points count risk: fewer are better.
    assert_eq!(with(40, falling), []);
    assert_eq!(with(-3, falling), [("not-known-best", 3)]);
}

#[test]
fn reasons_that_say_nothing_or_never_come_are_found() {
    let base = || good("D", "earned", Some(12));
    let count = |characteristic, code| of(around(characteristic), code).len();
    assert_eq!(count(base(), "no-reason"), 0);
    for (code, text) in [
        ("NONE", "no reason was written down"),
        ("R02", "low"),
        ("R02", "R02"),
        ("LOWINCOME", "lowincome"),
    ] {
        assert_eq!(
            count(base().reason(code, text), "no-reason"),
            1,
            "{code} {text}"
        );
    }
    let named = CharacteristicBuilder::new("Low earnings", "earned", Some(12))
        .attributes([(0, 0), (5, 40)])
        .reason("R02", "low EARNINGS")
        .baseline(20);
    assert_eq!(count(named, "no-reason"), 1);
    assert_eq!(count(base().baseline(0), "reason-never-given"), 1);
    assert_eq!(count(base().baseline(1), "reason-never-given"), 0);
    assert_eq!(count(base().baseline(40), "reason-always-given"), 0);
    assert_eq!(count(base().baseline(41), "reason-always-given"), 1);
    // Points count risk: whoever is above the baseline gets the reason.
    let risk = |baseline, code| {
        let falling = Scaling::new(0, -1_000_000, -1_000, 1_000).expect("valid");
        let card = around(base().baseline(baseline)).scaling(falling);
        of(card, code).len()
    };
    assert_eq!(risk(40, "reason-never-given"), 1);
    assert_eq!(risk(39, "reason-never-given"), 0);
    assert_eq!(risk(0, "reason-always-given"), 0);
    assert_eq!(risk(-1, "reason-always-given"), 1);
}

#[test]
fn a_range_that_is_mostly_clamped_is_found() {
    // Totals 0 to 160, each once.
    let share = |max| {
        let card = around(good("D", "gifts", Some(12)))
            .scaling(Scaling::new(0, 1_000_000, 0, max).expect("valid"));
        let found = of(card, "clamped");
        found
            .into_iter()
            .map(|(severity, _, figure)| (severity, figure))
            .collect::<Vec<_>>()
    };
    assert_eq!(share(160), []);
    assert_eq!(share(144), []);
    assert_eq!(share(143), [(Severity::Note, Some(105))]);
    assert_eq!(share(79), [(Severity::Warning, Some(503))]);
}

/// A model card that leaves nothing out.
fn whole() -> Value {
    json!({"contact": "models@lender.example", "intended_use": "consumer loans",
        "training_data": {"description": "loans of a bank", "population": "its customers",
            "period": "2024", "outcome": "90 days past due", "rows": 3000, "bads": 300},
        "validation": [{"name": "Gini", "value": "0.42",
            "interval": {"low": "0.38", "high": "0.46"}, "sample": "hold-out, 95 %"}],
        "fairness": [{"name": "approval, women to men", "value": "0.97", "sample": "hold-out"}],
        "does_not_use": ["age"], "limitations": ["not tried on the self-employed"],
        "date": "2026-11-01"})
}

#[test]
fn what_a_model_card_leaves_out_is_found_and_costs_points() {
    let graded = |model_card: &Value| {
        let model_card = serde_json::from_value(model_card.clone()).expect("a model card");
        let scheme = looked_at();
        let card = around(good("D", "gifts", Some(12))).model_card(model_card);
        let report = card
            .build(&scheme)
            .expect("valid")
            .lint(&scheme)
            .expect("its scheme");
        let gaps = report
            .findings
            .iter()
            .filter(|f| f.code == "model-card-gap")
            .count();
        (report.grade, report.points, gaps)
    };
    // All but a statement on odds.
    assert_eq!(graded(&whole()), (Grade::A, 95, 0));
    for (pointer, field, points) in [
        ("/training_data", "population", 90),
        ("/training_data", "period", 90),
        ("/training_data", "outcome", 90),
        ("/training_data", "rows", 85),
        ("/training_data", "bads", 85),
        ("", "validation", 80),
        ("", "fairness", 80),
    ] {
        let mut less = whole();
        let object = less.pointer_mut(pointer).and_then(Value::as_object_mut);
        object.expect("an object").remove(field);
        assert_eq!(graded(&less), (Grade::of(points), points, 1), "{field}");
    }
    let mut less = whole();
    let figure = less["validation"][0].as_object_mut().expect("an object");
    figure.remove("interval");
    assert_eq!(graded(&less), (Grade::A, 90, 0));
}

#[test]
fn the_items_are_worth_a_hundred_and_grades_have_edges() {
    let scheme = fixture::scheme();
    let report = fixture::built().lint(&scheme).expect("its scheme");
    assert_eq!(report.items.iter().map(|item| item.worth).sum::<u32>(), 100);
    // The fixture's age has a reason that only repeats its name, and is a column.
    assert_eq!((report.grade, report.points), (Grade::E, 0));
    let edges = [100, 90, 89, 75, 74, 60, 59, 40, 39, 0].map(Grade::of);
    use Grade::{A, B, C, D, E};
    assert_eq!(edges, [A, A, B, B, C, C, D, D, E, E]);
}

#[test]
fn a_report_is_one_json_object_the_gravest_first() {
    let scheme = looked_at();
    let card = around(good("D", "doctors", Some(12)))
        .build(&scheme)
        .expect("valid");
    let report = card.lint(&scheme).expect("its scheme");
    assert_eq!(report.worst(), Some(Severity::Serious));
    let severities: Vec<_> = report.findings.iter().map(|f| f.severity).collect();
    assert!(severities.is_sorted_by(|a, b| a >= b), "{severities:?}");
    let json = serde_json::to_value(&report).expect("plain JSON");
    assert_eq!(json["findings"][0]["severity"], "serious");
    assert_eq!(json["findings"][0]["code"], "sensitive-line");
    assert_eq!(
        json["findings"][0]["figure"],
        json!({"value": 250, "unit": "per_mille"})
    );
    assert_eq!(json["grade"], "E");
}

#[test]
fn another_scheme_is_refused() {
    let other = fixture::built().lint(&looked_at());
    assert!(matches!(other, Err(ScoreError::AnotherScheme { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// What is called unreachable is: the levels of no ledger lie beyond.
    #[test]
    fn levels_of_histories_stay_within_reach(
        (scheme, ledger) in scheme().prop_flat_map(|scheme| {
            let ledger = ledger(scheme.currency(), scheme.longest_window());
            (Just(scheme), ledger)
        })
    ) {
        let levels = SourceLevels::compute(&scheme, &ledger, AS_OF, CoverageRule::Full);
        let levels = levels.expect("the ledger covers the window");
        for (window, &level) in scheme.line_windows().iter().zip(levels.levels()) {
            let line = &scheme.lines()[window.line];
            match reach::levels(&scheme, window) {
                Some((lowest, highest)) => {
                    let known = line.adds_up() || level > 0;
                    prop_assert!(level <= highest, "{}: {level} > {highest}", line.name());
                    prop_assert!(!known || level >= lowest, "{}", line.name());
                }
                None => prop_assert_eq!(level, 0),
            }
            prop_assert!(reach::levels(&scheme, window).is_none_or(|(_, h)| h <= window.level_max));
        }
    }

    #[test]
    fn every_card_is_looked_over(card in scorecard_for(&looked_at())) {
        let report = card.lint(&looked_at()).expect("its scheme");
        prop_assert!(report.points <= 100);
        prop_assert_eq!(report.lines.iter().map(|l| l.span).sum::<u32>(), card.span());
        let shares: u32 = report.lines.iter().map(|l| l.share_per_mille).sum();
        prop_assert!(shares <= 1_000);
    }
}
