//! The published JSON Schema and the reader agree on the form: what the reader
//! writes and accepts, the schema accepts; what the schema refuses, the reader
//! refuses.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::arbitrary::scorecard_for;
use crate::fixture;
use crate::model::Scorecard;

/// The published schema, compiled.
struct Published {
    schemas: boon::Schemas,
    root: boon::SchemaIndex,
}

impl Published {
    fn new(text: &str) -> Self {
        let schema: Value = serde_json::from_str(text).expect("the schema is JSON");
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        compiler
            .add_resource("published.json", schema)
            .expect("the schema is a resource");
        let root = compiler
            .compile("published.json", &mut schemas)
            .expect("the schema is one of its own draft");
        Self { schemas, root }
    }

    fn is_valid(&self, value: &Value) -> bool {
        self.schemas.validate(value, self.root).is_ok()
    }
}

fn schema() -> Published {
    Published::new(Scorecard::JSON_SCHEMA)
}

/// The fixture with odds and a model card, so that every field of the form is there.
fn full() -> Value {
    let mut value: Value = serde_json::from_str(&fixture::built().to_json()).expect("valid JSON");
    value["scaling"]["odds"] = json!({"direction": "good_to_bad",
        "base_odds_millionths": 20_000_000, "base_score": 600, "points_to_double_odds": 50,
        "raw_at_base_millionths": 600_000_000, "raw_to_double_millionths": 50_000_000});
    value["model_card"] = json!({"contact": "models@lender.example",
        "intended_use": "consumer loans", "training_data": {"description": "loans of a bank",
            "population": "its customers", "period": "2024", "outcome": "90 days past due",
            "rows": 3000, "bads": 300},
        "validation": [{"name": "Gini", "value": "0.42",
            "interval": {"low": "0.38", "high": "0.46"}, "sample": "hold-out, 95 %"}],
        "fairness": [{"name": "approval, women to men", "value": "0.97", "sample": "hold-out"}],
        "does_not_use": ["age"], "limitations": ["not tried on the self-employed"],
        "date": "2026-11-01"});
    value
}

fn reads(value: &Value) -> bool {
    Scorecard::from_json(&value.to_string(), &fixture::scheme()).is_ok()
}

#[test]
fn a_card_with_every_field_passes_both() {
    assert!(schema().is_valid(&full()) && reads(&full()));
}

#[test]
fn what_the_schema_refuses_the_reader_refuses() {
    let schema = schema();
    let changes: [(&str, Value); 41] = [
        ("/blindscore_scorecard", json!(2)),
        ("/name", json!("")),
        ("/provider", json!("x".repeat(121))),
        ("/version", json!(0)),
        ("/version", json!(4_294_967_296_u64)),
        ("/scheme", json!("00")),
        ("/base_points", json!(1_000_000_001)),
        ("/characteristics", json!([])),
        ("/characteristics/0/attributes", json!([])),
        ("/characteristics/0/attributes/0/from", json!(-1)),
        ("/characteristics/0/attributes/0/points", json!(1_000_001)),
        ("/characteristics/0/attributes/0/points", json!(1.5)),
        ("/characteristics/0/attributes/0/to", json!(null)),
        ("/characteristics/0/window", json!(0)),
        ("/characteristics/0/line", json!("Groceries")),
        ("/characteristics/1/not_known", json!({})),
        ("/characteristics/1/reason/code", json!("lower")),
        ("/characteristics/1/reason/text", json!("x".repeat(401))),
        ("/characteristics/1/baseline", json!(-1_000_001)),
        ("/scaling/factor_millionths", json!(0)),
        ("/scaling/min", json!(-1_000_000_001)),
        ("/scaling/odds/direction", json!("even")),
        ("/scaling/odds/base_odds_millionths", json!(0)),
        ("/scaling/odds/raw_to_double_millionths", json!(0)),
        ("/model_card", json!(null)),
        ("/model_card/contact", json!("")),
        ("/model_card/intended_use", json!("x".repeat(1001))),
        ("/model_card/date", json!("2026-11-1")),
        ("/model_card/date", json!("20261101")),
        ("/model_card/date", json!("2026-13-01")),
        ("/model_card/does_not_use", json!([])),
        ("/model_card/limitations", json!(vec!["x"; 65])),
        ("/model_card/training_data/rows", json!(0)),
        ("/model_card/training_data/bads", json!(1.5)),
        ("/model_card/training_data/population", json!(null)),
        ("/model_card/validation/0/value", json!(0.42)),
        ("/model_card/validation/0/value", json!("1e3")),
        ("/model_card/validation/0/value", json!("01")),
        ("/model_card/validation/0/interval", json!({"low": "0"})),
        ("/model_card/validation/0/interval/high", json!("")),
        ("/model_card/fairness/0/sample", json!("x".repeat(121))),
    ];
    for (pointer, bad) in changes {
        let mut card = full();
        *card.pointer_mut(pointer).expect("the place is there") = bad;
        assert!(!schema.is_valid(&card), "the schema takes {pointer}");
        assert!(!reads(&card), "the reader takes {pointer}");
    }
}

#[test]
fn every_object_is_closed_and_its_fields_required() {
    let schema = schema();
    let optional = [
        "window",
        "to",
        "not_known",
        "odds",
        "model_card",
        "population",
        "period",
        "outcome",
        "rows",
        "bads",
        "validation",
        "fairness",
        "interval",
    ];
    for pointer in [
        "",
        "/characteristics/1",
        "/characteristics/1/attributes/0",
        "/characteristics/1/not_known",
        "/characteristics/1/reason",
        "/scaling",
        "/scaling/odds",
        "/model_card",
        "/model_card/training_data",
        "/model_card/validation/0",
        "/model_card/validation/0/interval",
    ] {
        let at = |card: &mut Value, change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            change(
                card.pointer_mut(pointer)
                    .and_then(Value::as_object_mut)
                    .expect("an object"),
            );
        };
        let mut more = full();
        at(&mut more, &|object| {
            object.insert("friends".into(), json!(1));
        });
        assert!(!schema.is_valid(&more) && !reads(&more), "{pointer}");
        let whole = full();
        let fields = whole.pointer(pointer).and_then(Value::as_object);
        for field in fields.expect("an object").keys() {
            let mut less = full();
            at(&mut less, &|object| {
                object.remove(field);
            });
            let may_go = optional.contains(&field.as_str());
            assert_eq!(schema.is_valid(&less), may_go, "{pointer}/{field}");
            assert!(may_go || !reads(&less), "{pointer}/{field}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_card_passes_the_schema(card in scorecard_for(&fixture::scheme())) {
        let schema = schema();
        for json in [card.to_json(), card.canonical_json()] {
            let value: Value = serde_json::from_str(&json).expect("valid JSON");
            prop_assert!(schema.is_valid(&value));
        }
    }
}
