use serde_json::{Value, json};

use super::*;
use crate::Scorecard;
use crate::fixture;

fn content() -> Value {
    json!({"contact": "models@lender.example", "intended_use": "consumer loans",
        "training_data": {"description": "loans of a bank", "rows": 3000, "bads": 300},
        "validation": [{"name": "Gini", "value": "0.42",
            "interval": {"low": "0.38", "high": "0.46"}, "sample": "hold-out, 95 %"}],
        "does_not_use": ["age", "sex"], "limitations": ["not tried on the self-employed"],
        "date": "2026-11-01"})
}

fn read(value: &Value) -> Result<ModelCard, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

fn refusal(pointer: &str, bad: Value) -> String {
    let mut value = content();
    *value.pointer_mut(pointer).expect("the place is there") = bad;
    read(&value).expect_err("refused")
}

fn with(card: Option<&Value>) -> Scorecard {
    let mut value: Value = serde_json::from_str(&fixture::built().to_json()).expect("valid JSON");
    if let Some(card) = card {
        value["model_card"] = card.clone();
    }
    Scorecard::from_json(&value.to_string(), &fixture::scheme()).expect("valid")
}

#[test]
fn a_card_without_one_keeps_its_digest() {
    let json = fixture::built().canonical_json();
    assert!(!json.contains("model_card"), "{json}");
    assert_eq!(with(None).digest(), fixture::built().digest());
    assert_eq!(with(None).model_card(), None);
}

#[test]
fn a_model_card_is_in_the_digest_whole() {
    let card = with(Some(&content()));
    assert_ne!(card.digest(), fixture::built().digest());
    let again = Scorecard::from_json(&card.to_json(), &fixture::scheme()).expect("reads back");
    assert_eq!(again, card);
    for (pointer, other) in [
        ("/contact", json!("others@lender.example")),
        ("/training_data/bads", json!(301)),
        // The same number, another text.
        ("/validation/0/value", json!("0.420")),
        ("/date", json!("2026-11-02")),
    ] {
        let mut changed = content();
        *changed.pointer_mut(pointer).expect("the place is there") = other;
        assert_ne!(with(Some(&changed)).digest(), card.digest(), "{pointer}");
    }
}

#[test]
fn a_builder_gives_the_same_card() {
    let model_card = read(&content()).expect("a model card");
    let built = fixture::card().model_card(model_card);
    let built = built.build(&fixture::scheme()).expect("valid");
    assert_eq!(built, with(Some(&content())));
}

#[test]
fn texts_are_plain_and_bounded() {
    for (pointer, bad, want) in [
        ("/contact", json!(""), "`contact` is empty"),
        (
            "/intended_use",
            json!("a\u{1b}[2Jb"),
            "`intended_use` holds the unprintable",
        ),
        (
            "/training_data/description",
            json!("a\u{202e}b"),
            "`training_data.description` holds",
        ),
        (
            "/does_not_use/1",
            json!(" x"),
            "`does_not_use[1]` is empty or has white space",
        ),
        (
            "/limitations/0",
            json!("x".repeat(1_001)),
            "`limitations[0]` has 1001 characters",
        ),
        (
            "/validation/0/name",
            json!("x".repeat(121)),
            "`validation[0].name` has 121",
        ),
    ] {
        let error = refusal(pointer, bad);
        assert!(error.contains(want), "{pointer}: {error}");
    }
}

#[test]
fn lists_and_counts_have_bounds() {
    for (pointer, bad, want) in [
        (
            "/limitations",
            json!([]),
            "`limitations` has 0 entries; want 1 to 64",
        ),
        (
            "/does_not_use",
            json!(vec!["x"; 65]),
            "`does_not_use` has 65 entries",
        ),
        ("/training_data/rows", json!(0), "`training_data.rows` is 0"),
        (
            "/training_data/rows",
            json!(1_u64 << 53),
            "`training_data.rows` is",
        ),
        ("/training_data/bads", json!(3000), "is 3000 of 3000 rows"),
        ("/training_data/rows", json!(-1), "invalid value"),
        (
            "/validation/0/interval/low",
            json!("0.43"),
            "`validation[0].interval`",
        ),
        (
            "/validation/0/interval/high",
            json!("0.4199"),
            "`validation[0].interval`",
        ),
        ("/validation/0/value", json!("nan"), "not a decimal number"),
        ("/date", json!("2026-02-30"), "not a day"),
        ("/date", json!("2026-11-01T00:00:00"), "not a day"),
    ] {
        let error = refusal(pointer, bad);
        assert!(error.contains(want), "{pointer}: {error}");
    }
}

#[test]
fn a_refused_model_card_is_named_in_the_scorecards_error() {
    let mut value: Value = serde_json::from_str(&fixture::built().to_json()).expect("valid JSON");
    value["model_card"] = content();
    value["model_card"]["training_data"]["rows"] = json!("many");
    let read = |value: &Value| {
        Scorecard::from_json(&value.to_string(), &fixture::scheme())
            .expect_err("refused")
            .to_string()
    };
    assert!(
        read(&value).contains("at `model_card.training_data.rows`"),
        "{}",
        read(&value)
    );
    value["model_card"] = content();
    value["model_card"]["contact"] = json!("");
    assert!(
        read(&value).contains("at `model_card`: model card: `contact`"),
        "{}",
        read(&value)
    );
}

#[test]
fn a_table_shows_the_model_card() {
    let card = with(Some(&content()));
    let text = card.to_table(&fixture::scheme()).expect("printed");
    for want in [
        "model card of 2026-11-01",
        "contact: models@lender.example",
        "of them bad: 300",
        "- Gini 0.42 (0.38 to 0.46), hold-out, 95 %",
        "fairness: no figures",
        "- not tried on the self-employed",
        "lines used, and the part of the span",
        "groceries, 12 months: 50 points, 33.3 %",
    ] {
        assert!(text.contains(want), "no {want:?} in\n{text}");
    }
}
