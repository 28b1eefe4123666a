//! The JSON form: the published schema and the reader agree, and one scheme has
//! one digest however it is written.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use blindscore_history::arbitrary::{self, SchemeBounds};
use blindscore_history::scheme::{CellSize, PooledMeasure, Scheme, SchemeError, SingleMeasure};
use proptest::prelude::*;
use serde_json::{Value, json};

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

fn published() -> Published {
    Published::new(Scheme::JSON_SCHEMA)
}

fn example() -> Value {
    serde_json::from_str(Scheme::EXAMPLE_JSON).unwrap()
}

fn line(kind: &str) -> Value {
    match kind {
        "pooled" => json!({"name": "new", "kind": "pooled", "flows": ["cash"], "unit": 1,
                           "cap": 1, "windows": [1]}),
        "single" => json!({"name": "new", "kind": "single", "measure": "cash_share",
                           "role": "wallet", "unit": 1, "cap": 1, "windows": [1]}),
        "sum" => json!({"name": "new", "kind": "sum",
                        "members": ["essential_spend", "discretionary_spend"]}),
        "cuts" => json!({"name": "new", "kind": "column", "column": "New", "special": ["-1"],
                         "cuts": ["-.5", "0", ">2.5e3"]}),
        "derived" => json!({"name": "new", "kind": "column", "formula": "a / \"b c\"",
                            "cuts": ["0.5"]}),
        "values" => json!({"name": "new", "kind": "column", "values": [["a", "b"], ["c"]],
                           "other": true}),
        _ => json!({"name": "new", "kind": "column", "unit": 1, "cap": 1}),
    }
}

/// The example with a new last line.
fn with_line(line: Value) -> Value {
    let mut scheme = example();
    scheme["tabular"] = json!(line["kind"] == "column");
    scheme["lines"].as_array_mut().unwrap().push(line);
    scheme
}

fn read(json: &Value) -> Result<Scheme, SchemeError> {
    Scheme::from_json(&json.to_string())
}

#[test]
fn the_example_and_every_kind_of_line_pass_both() {
    let published = published();
    assert!(published.is_valid(&example()));
    read(&example()).unwrap();
    for kind in [
        "pooled", "single", "sum", "column", "cuts", "derived", "values",
    ] {
        let scheme = with_line(line(kind));
        assert!(published.is_valid(&scheme), "{kind}");
        read(&scheme).unwrap();
    }
}

#[test]
fn every_measure_passes_both() {
    let published = published();
    for measure in SingleMeasure::ALL {
        let mut single = line("single");
        single["measure"] = json!(measure.name());
        assert!(
            published.is_valid(&with_line(single.clone())),
            "{measure:?}"
        );
        read(&with_line(single)).unwrap();
        assert_eq!(json!(measure), json!(measure.name()));
    }
    for measure in PooledMeasure::ALL {
        let mut pooled = line("pooled");
        pooled["measure"] = json!(measure.name());
        assert!(
            published.is_valid(&with_line(pooled.clone())),
            "{measure:?}"
        );
        read(&with_line(pooled)).unwrap();
        assert_eq!(json!(measure), json!(measure.name()));
    }
}

#[test]
fn faults_of_one_field_fail_both() {
    let published = published();
    let mut bad = Vec::new();
    for (field, value) in [
        ("blindscore_scheme", json!(2)),
        ("name", json!("Everyday")),
        ("name", json!("")),
        ("version", json!(0)),
        ("version", json!("1")),
        ("currency", json!("eur")),
        ("sources_max", json!(0)),
        ("sources_max", json!(9)),
        ("spread", json!(-1)),
        ("spread", json!(1_u64 << 53)),
        ("tabular", Value::Null),
        ("sensitive", json!({"FOOD": "why not"})),
        ("sensitive", json!({"HEALTH": ""})),
        ("sensitive", json!(["HEALTH"])),
        ("lines", json!([])),
        ("friends", json!(true)),
    ] {
        let mut scheme = example();
        scheme[field] = value;
        bad.push(scheme);
    }
    for (kind, field, value) in [
        ("pooled", "name", json!("New")),
        ("pooled", "name", json!("a".repeat(49))),
        ("pooled", "kind", json!("polled")),
        ("pooled", "kind", Value::Null),
        ("pooled", "direction", json!("sideways")),
        ("pooled", "flows", json!([])),
        ("pooled", "flows", json!(["cash", "cash"])),
        ("pooled", "flows", json!(["friends"])),
        ("pooled", "categories", json!([])),
        ("pooled", "categories", Value::Null),
        ("pooled", "categories", json!(["RELIGION"])),
        ("pooled", "measure", json!("lowest_balance")),
        ("pooled", "origin", json!(0)),
        ("pooled", "role", json!("wallet")),
        ("pooled", "members", json!(["a", "b"])),
        ("pooled", "unit", json!(0)),
        ("pooled", "unit", json!(1_u64 << 53)),
        ("pooled", "unit", json!(1.5)),
        ("pooled", "cap", json!(0)),
        ("pooled", "cap", json!(256)),
        ("pooled", "windows", json!([])),
        ("pooled", "windows", json!([0])),
        ("pooled", "windows", json!([61])),
        ("pooled", "windows", json!([3, 3])),
        ("single", "measure", json!("amount")),
        ("single", "role", json!("Main Account")),
        ("single", "origin", json!(-(1_i64 << 53))),
        ("single", "flows", json!(["cash"])),
        ("sum", "members", json!(["essential_spend"])),
        (
            "sum",
            "members",
            json!(["essential_spend", "essential_spend"]),
        ),
        ("sum", "cap", json!(3)),
        ("column", "windows", json!([1])),
        ("column", "measure", json!("amount")),
        ("column", "decimals", json!(10)),
        ("column", "cuts", json!(["1"])),
        ("column", "values", json!([["a"]])),
        ("column", "other", json!(true)),
        ("column", "column", json!("")),
        ("column", "special", json!([-1])),
        ("cuts", "cuts", json!([1])),
        ("cuts", "formula", json!("a / b")),
        ("values", "formula", json!("a / b")),
        ("derived", "formula", json!("")),
        ("derived", "formula", Value::Null),
        ("pooled", "formula", json!("a / b")),
        ("cuts", "cuts", json!(["1", "one"])),
        ("cuts", "unit", json!(1)),
        ("cuts", "special", json!(["-1", "-1"])),
        ("values", "special", json!(["-1"])),
        ("values", "values", json!([])),
        ("values", "values", json!([[]])),
        ("values", "values", json!([["a", "a"]])),
        ("values", "decimals", json!(1)),
        ("pooled", "cuts", json!(["1"])),
    ] {
        let mut line = line(kind);
        line[field] = value;
        bad.push(with_line(line));
    }
    for scheme in &bad {
        assert!(!published.is_valid(scheme), "schema lets through {scheme}");
        assert!(read(scheme).is_err(), "reader lets through {scheme}");
    }
}

#[test]
fn required_fields_are_required_by_both() {
    let published = published();
    let fields = [
        "blindscore_scheme",
        "name",
        "version",
        "currency",
        "sources_max",
        "lines",
    ];
    for field in fields {
        let mut scheme = example();
        scheme.as_object_mut().unwrap().remove(field);
        assert!(!published.is_valid(&scheme), "{field}");
        assert!(read(&scheme).is_err(), "{field}");
    }
    let optional = ["direction", "categories", "origin"];
    for kind in ["pooled", "single", "sum", "column"] {
        for field in line(kind).as_object().unwrap().keys() {
            let mut line = line(kind);
            line.as_object_mut().unwrap().remove(field);
            let scheme = with_line(line);
            assert_eq!(
                published.is_valid(&scheme),
                optional.contains(&field.as_str()),
                "{field}"
            );
            assert!(read(&scheme).is_err(), "{kind} without {field}");
        }
    }
}

#[test]
fn white_space_order_and_defaults_do_not_change_the_digest() {
    let one = read(&example()).unwrap();
    let same = [
        Scheme::EXAMPLE_JSON.to_owned(),
        example().to_string(),
        one.to_json(),
        Scheme::EXAMPLE_JSON.replace('\n', "\r\n\t"),
        Scheme::EXAMPLE_JSON.replace("  \"spread\": 0,\n", ""),
        Scheme::EXAMPLE_JSON.replace("  \"tabular\": false,\n  \"sensitive\": {},\n", ""),
        Scheme::EXAMPLE_JSON.replacen("      \"direction\": \"out\",\n", "", 1),
        Scheme::EXAMPLE_JSON.replace("\"FOOD\", \"HOUSING\"", "\"HOUSING\", \"FOOD\""),
        Scheme::EXAMPLE_JSON.replace(
            "[\"essential_spend\", \"discretionary_spend\"]",
            "[\"discretionary_spend\", \"essential_spend\"]",
        ),
        Scheme::EXAMPLE_JSON.replace(
            "\"name\": \"income\",\n      \"kind\": \"pooled\"",
            "\"kind\": \"pooled\",\n      \"name\": \"income\"",
        ),
        Scheme::EXAMPLE_JSON.replace("      \"origin\": 0,\n", ""),
    ];
    for (index, text) in same.iter().enumerate() {
        assert!(
            index == 0 || text != Scheme::EXAMPLE_JSON,
            "text {index} does not differ"
        );
        let scheme = Scheme::from_json(text).unwrap();
        assert_eq!(scheme.digest(), one.digest(), "text {index}");
        assert_eq!(scheme, one, "text {index}");
    }
}

#[test]
fn meaning_changes_the_digest() {
    let one = read(&example()).unwrap();
    let mut reordered = example();
    reordered["lines"].as_array_mut().unwrap().swap(0, 1);
    let mut spread = example();
    spread["spread"] = json!(1);
    let mut all_categories = example();
    all_categories["lines"][3]
        .as_object_mut()
        .unwrap()
        .remove("categories");
    for other in [reordered, spread, all_categories] {
        assert_ne!(read(&other).unwrap().digest(), one.digest(), "{other}");
    }
}

#[test]
fn cells_follow_from_the_scheme_unless_it_says() {
    let pooled = |cap: u32, windows: u8| {
        let windows: Vec<u8> = (1..=windows).collect();
        json!({"blindscore_scheme": 1, "name": "cells", "version": 1, "currency": "EUR",
               "sources_max": 2, "lines": [
            {"name": "a", "kind": "pooled", "flows": ["cash"], "unit": 1, "cap": cap,
             "windows": windows},
            {"name": "b", "kind": "single", "measure": "cash_share", "role": "main_account",
             "unit": 1, "cap": 100, "windows": [12]}]})
    };
    let size = |scheme: &Value| read(scheme).unwrap().cell_size();
    // Two sources' levels up to 126 and 128; 95 cells and 97.
    assert_eq!(size(&pooled(63, 47)), CellSize::Compact);
    assert_eq!(size(&pooled(64, 47)), CellSize::Fine);
    assert_eq!(size(&pooled(63, 48)), CellSize::Fine);
    for (base, other) in [(pooled(63, 4), "fine"), (pooled(64, 4), "compact")] {
        let one = read(&base).unwrap();
        let mut same = base.clone();
        same["cells"] = json!(one.cell_size().name());
        assert_eq!(read(&same).unwrap(), one, "what it would get anyway");
        let mut changed = base;
        changed["cells"] = json!(other);
        let changed = read(&changed).unwrap();
        assert_eq!(changed.cell_size().name(), other);
        assert_ne!(changed.digest(), one.digest());
        assert!(changed.to_json().contains(other) && !one.to_json().contains("cells\":"));
    }
    for wrong in [json!("tiny"), json!(null), json!(2)] {
        let mut scheme = pooled(63, 4);
        scheme["cells"] = wrong;
        assert!(read(&scheme).is_err(), "{scheme}");
    }
}

/// A digest that changes by accident orphans every attestation and scorecard.
#[test]
fn the_digest_of_the_example_is_pinned() {
    let scheme = read(&example()).unwrap();
    assert_eq!(
        scheme.digest().to_string(),
        "0c1d27c902a746df83032518175ed781a191c44f15abd7f4ffd35b5dcdc26c99"
    );
}

proptest! {
    #[test]
    fn random_schemes_read_back_and_pass_the_published_schema(
        scheme in prop_oneof![
            arbitrary::scheme(),
            arbitrary::scheme_within(SchemeBounds { tabular: true, ..SchemeBounds::default() }),
        ]
    ) {
        let json = scheme.to_json();
        let value: Value = serde_json::from_str(&json).unwrap();
        prop_assert!(published().is_valid(&value));
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        for text in [json, pretty] {
            let again = Scheme::from_json(&text).unwrap();
            prop_assert_eq!(&again, &scheme);
            prop_assert_eq!(again.digest(), scheme.digest());
        }
    }

    #[test]
    fn random_schemes_keep_their_bounds(
        (bounds, scheme) in (1_usize..=8, 2_usize..600, 1_u32..=8, any::<bool>())
            .prop_flat_map(|(lines, slots_max, sources_max, tabular)| {
                let bounds = SchemeBounds {
                    lines: 1..=lines,
                    windows: 1..=3,
                    slots_max,
                    sources_max: sources_max..=sources_max,
                    tabular,
                };
                (Just(bounds.clone()), arbitrary::scheme_within(bounds))
            })
    ) {
        prop_assert!(scheme.slots() <= bounds.slots_max);
        prop_assert!(bounds.lines.contains(&scheme.lines().len()));
        prop_assert_eq!(scheme.sources_max(), *bounds.sources_max.start());
        prop_assert_eq!(scheme.is_tabular(), bounds.tabular);
        for window in scheme.line_windows() {
            prop_assert!(window.level_max <= 255);
            prop_assert!(window.source_level_max >= 1);
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}", cut in 0_usize..3000) {
        let _ = Scheme::from_json(&text);
        let cut = cut.min(Scheme::EXAMPLE_JSON.len());
        let _ = Scheme::from_json(&Scheme::EXAMPLE_JSON[..cut]);
    }
}
