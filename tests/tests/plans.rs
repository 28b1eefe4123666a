//! Plans that a gate or a limit refuses, each just beyond one that passes. The
//! numbers are those of the checks in `docs/protocol.md`.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_client::source::{SealError, SealRequest, Source};
use blindscore_evaluator::{Lineup, MAX_CELLS, Participant, Plan, PlanError};
use blindscore_fhe::SealingKey;
use blindscore_history::form::Form;
use blindscore_history::levels::{CoverageRule, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_scorecard::{CharacteristicBuilder, Scorecard, ScorecardBuilder};
use blindscore_tests::key;

fn scheme(sources_max: u32, tabular: bool, lines: &[String]) -> Scheme {
    let lines = lines.join(",");
    let text = format!(
        r#"{{"blindscore_scheme": 1, "name": "limits", "version": 1, "currency": "EUR",
        "sources_max": {sources_max}, "tabular": {tabular}, "lines": [{lines}]}}"#
    );
    Scheme::from_json(&text).unwrap()
}

fn pooled(name: &str, cap: u32, windows: &[u8]) -> String {
    format!(
        r#"{{"name": "{name}", "kind": "pooled", "flows": ["expenditure"], "unit": 100,
        "cap": {cap}, "windows": {windows:?}}}"#
    )
}

/// A card of `number` characteristics alike.
fn card(scheme: &Scheme, number: usize, line: &str, window: Option<u8>) -> Scorecard {
    let one = |index| {
        let name = format!("Characteristic {index}");
        CharacteristicBuilder::new(name, line, window).attributes([(0, 0), (1, 10)])
    };
    let start = ScorecardBuilder::new("Limits", "Example");
    let card = (1..=number).fold(start, |card, index| card.characteristic(one(index)));
    card.build(scheme).unwrap()
}

fn lineup(form: Form, sources: usize) -> Lineup {
    let participant = |number: usize| Participant {
        source: format!("source-{number}").parse().unwrap(),
        roles: Default::default(),
    };
    Lineup::new(form, (0..sources).map(participant).collect()).unwrap()
}

/// Four sums of 84 levels a source, over three sources: 253 entries a table, so
/// 7 canaries; 36 products a characteristic on one of the sums.
fn wide() -> Scheme {
    let member = |name: String| pooled(&name, 28, &[1, 3, 6, 12]);
    let family = |number: usize| {
        let names = ["a", "b", "c"].map(|name| format!("{name}{number}"));
        let sum = format!(r#"{{"name": "all{number}", "kind": "sum", "members": {names:?}}}"#);
        names.map(member).into_iter().chain([sum])
    };
    let lines: Vec<String> = (1..=4).flat_map(family).collect();
    scheme(3, false, &lines)
}

/// A card of one characteristic on each of the first `number` sums.
fn sums(scheme: &Scheme, number: usize) -> Scorecard {
    let one = |index: usize| {
        CharacteristicBuilder::new(
            format!("Characteristic {index}"),
            format!("all{index}"),
            Some(12),
        )
        .attributes([(0, 0), (1, 10)])
    };
    let start = ScorecardBuilder::new("Limits", "Example");
    let card = (1..=number).fold(start, |card, index| card.characteristic(one(index)));
    card.build(scheme).unwrap()
}

#[test]
fn v38_more_products_than_seven_canaries_carry_are_refused() {
    let (scheme, lineup) = (wide(), lineup(Form::Composable, 3));
    let plan = Plan::compile(&scheme, &sums(&scheme, 3), &lineup).unwrap();
    assert_eq!((plan.outputs(), plan.budget().products), (8, 108));
    let error = Plan::compile(&scheme, &sums(&scheme, 4), &lineup).unwrap_err();
    let PlanError::Noise {
        gate,
        got,
        want,
        products,
        ..
    } = &error
    else {
        panic!("the gate must refuse, got {error}");
    };
    assert!(gate.contains("hostile key"), "{error}");
    assert!(got > want && *want == -50.0, "{error}");
    assert_eq!(*products, 36);
    assert!(error.to_string().contains("Characteristic"), "{error}");
    // Two sources need 15 canaries only, and the same card passes.
    let two = self::lineup(Form::Composable, 1);
    let plan = Plan::compile(&scheme, &sums(&scheme, 4), &two).unwrap();
    assert_eq!(plan.outputs(), 16);
}

#[test]
fn v33_more_sources_than_the_scheme_admits_are_refused() {
    let scheme = wide();
    let card = card(&scheme, 1, "a1", Some(1));
    assert!(Plan::compile(&scheme, &card, &lineup(Form::Composable, 3)).is_ok());
    let error = Plan::compile(&scheme, &card, &lineup(Form::Composable, 4)).unwrap_err();
    assert_eq!(error, PlanError::TooManySources { got: 4, want: 3 });
}

#[test]
fn v34_more_slots_than_the_packed_form_has_are_refused() {
    let of = |last: &str| {
        scheme(
            1,
            false,
            &[pooled("a", 255, &[1, 2, 3, 4, 5, 6, 7]), last.to_owned()],
        )
    };
    let (full, over) = (
        of(&pooled("b", 255, &[1])),
        of(&pooled("b", 127, &[1, 2, 3])),
    );
    assert_eq!((full.slots(), over.slots()), (2048, 2176));
    let packed = lineup(Form::Packed, 1);
    assert!(Plan::compile(&full, &card(&full, 1, "a", Some(1)), &packed).is_ok());
    let over_card = card(&over, 1, "a", Some(1));
    let error = Plan::compile(&over, &over_card, &packed).unwrap_err();
    assert!(matches!(error, PlanError::Slots(slots) if slots.needed == 2176));
    let error = seal(&over, Form::Packed).unwrap_err();
    assert!(matches!(error, SealError::Slots(_)), "{error}");
    assert!(Plan::compile(&over, &over_card, &lineup(Form::Composable, 1)).is_ok());
}

#[test]
fn v74_more_cells_than_a_sealed_history_holds_are_refused() {
    assert_eq!(MAX_CELLS, 1820);
    let windows: Vec<u8> = (1..=60).collect();
    let lines: Vec<_> = (0..31)
        .map(|n| pooled(&format!("line_{n}"), 1, &windows))
        .collect();
    let some = scheme(2, false, &lines[..30]);
    let many = scheme(2, false, &lines);
    let two = lineup(Form::Composable, 2);
    assert!(Plan::compile(&some, &card(&some, 1, "line_0", Some(1)), &two).is_ok());
    let error = Plan::compile(&many, &card(&many, 1, "line_0", Some(1)), &two).unwrap_err();
    assert!(
        matches!(error, PlanError::TooManyCells { got: 1860, .. }),
        "{error}"
    );
    let error = seal(&many, Form::Composable).unwrap_err();
    assert!(
        matches!(error, SealError::TooManyCells { got: 1860 }),
        "{error}"
    );
}

fn seal(scheme: &Scheme, form: Form) -> Result<(), SealError> {
    let secret = key(1);
    let levels = vec![0; scheme.line_windows().len()];
    let as_of = "2026-11-15".parse().unwrap();
    let months = scheme.longest_window();
    let levels = SourceLevels::from_levels(scheme, as_of, months, levels).unwrap();
    let request = SealRequest {
        key: secret.public_key(),
        scheme,
        form,
        roles: &[],
        coverage: CoverageRule::Full,
    };
    let source = Source::new("bank".parse().unwrap(), SealingKey::new([1; 32]));
    source.seal(&request, &levels).map(drop)
}

#[test]
fn v75_a_table_with_several_sources_is_refused() {
    let column = r#"{"name": "age", "kind": "column", "unit": 1, "origin": 18, "cap": 60}"#;
    let scheme = scheme(3, true, &[column.to_owned()]);
    let one = CharacteristicBuilder::new("Age", "age", None)
        .attributes([(1, 0), (30, 10)])
        .not_known(5);
    let start = ScorecardBuilder::new("Table", "Example");
    let card = start.characteristic(one).build(&scheme).unwrap();
    for form in [Form::Packed, Form::Composable] {
        assert!(Plan::compile(&scheme, &card, &lineup(form, 1)).is_ok());
    }
    let error = Plan::compile(&scheme, &card, &lineup(Form::Composable, 2)).unwrap_err();
    assert_eq!(error, PlanError::TabularWithSeveral { sources: 2 });
}
