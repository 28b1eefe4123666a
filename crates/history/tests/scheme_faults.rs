//! Every fault of a scheme is refused, with its place.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use blindscore_history::scheme::{Scheme, SchemeError, SchemeFault};
use serde_json::{Value, json};

/// Two pooled lines, their sum, a single line and room to spoil them.
fn base() -> Value {
    json!({
        "blindscore_scheme": 1, "name": "base", "version": 1, "currency": "EUR",
        "sources_max": 3,
        "lines": [
            {"name": "food", "kind": "pooled", "flows": ["expenditure"],
             "categories": ["FOOD"], "unit": 1000, "cap": 40, "windows": [1, 3]},
            {"name": "total", "kind": "sum", "members": ["food", "dining"]},
            {"name": "dining", "kind": "pooled", "flows": ["expenditure"],
             "categories": ["DINING_LODGING"], "unit": 1000, "cap": 45, "windows": [1, 3]},
            {"name": "balance", "kind": "single", "measure": "lowest_balance",
             "role": "main_account", "unit": 1000, "cap": 255, "windows": [3]}
        ]
    })
}

fn spoiled(pointer: &str, value: Value) -> SchemeError {
    let mut json = base();
    match json.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => {
            let (parent, field) = pointer.rsplit_once('/').unwrap();
            json.pointer_mut(parent).unwrap()[field] = value;
        }
    }
    Scheme::from_json(&json.to_string()).expect_err(pointer)
}

#[test]
fn the_base_is_valid_at_the_very_edge_of_the_table_range() {
    let scheme = Scheme::from_json(&base().to_string()).unwrap();
    let sum = scheme.find("total", 3).unwrap();
    assert_eq!(scheme.line_windows()[sum].level_max, 3 * 85);
}

#[test]
fn faults_of_lines_name_the_line_and_the_path() {
    let out_of_range = |got, least, greatest| SchemeFault::OutOfRange {
        got,
        least,
        greatest,
    };
    let range = |sources_max, cap| SchemeFault::Range {
        sources_max,
        cap,
        max: 255,
    };
    let pooled_of_sum = json!({"name": "more", "kind": "sum", "members": ["food", "total"]});
    let cases = [
        (
            "/lines/0/cap",
            json!(86),
            "food",
            "lines[0].cap",
            range(3, 86),
        ),
        (
            "/lines/0/cap",
            json!(41),
            "total",
            "lines[1].members",
            range(3, 86),
        ),
        (
            "/lines/3/cap",
            json!(256),
            "balance",
            "lines[3].cap",
            out_of_range(256, 1, 255),
        ),
        (
            "/lines/0/unit",
            json!(0),
            "food",
            "lines[0].unit",
            out_of_range(0, 1, (1 << 53) - 1),
        ),
        (
            "/lines/0/windows",
            json!([1, 61]),
            "food",
            "lines[0].windows[1]",
            out_of_range(61, 1, 60),
        ),
        (
            "/lines/0/windows",
            json!([3, 3]),
            "food",
            "lines[0].windows[1]",
            SchemeFault::Windows { got: 3, before: 3 },
        ),
        (
            "/lines/2/name",
            json!("food"),
            "food",
            "lines[2].name",
            SchemeFault::Twice("food".to_owned()),
        ),
        (
            "/lines/0/flows",
            json!(["cash", "cash"]),
            "food",
            "lines[0].flows",
            SchemeFault::Twice("cash".to_owned()),
        ),
        (
            "/lines/0/flows",
            json!(["income"]),
            "food",
            "lines[0].categories",
            SchemeFault::NoCategories,
        ),
        (
            "/lines/0/categories",
            json!(["FOOD", "HEALTH"]),
            "food",
            "lines[0].categories[1]",
            SchemeFault::Sensitive("HEALTH"),
        ),
        (
            "/lines/0/measure",
            json!("months"),
            "food",
            "lines[0].unit",
            SchemeFault::MonthsUnit { got: 1000 },
        ),
        (
            "/lines/0/origin",
            json!(0),
            "food",
            "lines[0].origin",
            SchemeFault::Foreign { kind: "pooled" },
        ),
        (
            "/lines/1/unit",
            json!(1000),
            "total",
            "lines[1].unit",
            SchemeFault::Foreign { kind: "sum" },
        ),
        (
            "/lines/1/members",
            json!(["food", "drinks"]),
            "total",
            "lines[1].members[1]",
            SchemeFault::UnknownMember("drinks".to_owned()),
        ),
        (
            "/lines/1/members",
            json!(["food", "food"]),
            "total",
            "lines[1].members[1]",
            SchemeFault::Twice("food".to_owned()),
        ),
        (
            "/lines/1/members",
            json!(["food", "total"]),
            "total",
            "lines[1].members[1]",
            SchemeFault::MemberKind {
                member: "total".to_owned(),
                kind: "sum",
            },
        ),
        (
            "/lines/1/members",
            json!(["balance", "food"]),
            "total",
            "lines[1].members[0]",
            SchemeFault::MemberKind {
                member: "balance".to_owned(),
                kind: "single",
            },
        ),
        (
            "/lines/1/members",
            json!(["food"]),
            "total",
            "lines[1].members",
            SchemeFault::Length {
                got: 1,
                least: 2,
                greatest: 4,
            },
        ),
        (
            "/lines/3",
            pooled_of_sum,
            "more",
            "lines[3].members[1]",
            SchemeFault::MemberKind {
                member: "total".to_owned(),
                kind: "sum",
            },
        ),
        (
            "/lines/2/unit",
            json!(999),
            "total",
            "lines[1].members[1]",
            differ("unit"),
        ),
        (
            "/lines/2/windows",
            json!([1, 6]),
            "total",
            "lines[1].members[1]",
            differ("windows"),
        ),
    ];
    for (pointer, value, name, path, fault) in cases {
        let (name, path) = (name.to_owned(), path.to_owned());
        assert_eq!(
            spoiled(pointer, value),
            SchemeError::Line { name, path, fault }
        );
    }
}

fn differ(what: &'static str) -> SchemeFault {
    let (member, first) = ("dining".to_owned(), "food".to_owned());
    SchemeFault::MembersDiffer {
        member,
        first,
        what,
    }
}

#[test]
fn members_of_one_unit_but_another_measure_are_refused() {
    let mut json = base();
    for line in [0, 2] {
        json["lines"][line]["unit"] = json!(1);
    }
    json["lines"][2]["measure"] = json!("months");
    let error = Scheme::from_json(&json.to_string()).unwrap_err();
    let SchemeError::Line { fault, .. } = error else {
        panic!("{error}")
    };
    assert_eq!(fault, differ("measure"));
}

#[test]
fn faults_of_the_scheme_name_the_path() {
    let cases = [
        ("/sources_max", json!(9), "sources_max"),
        ("/version", json!(0), "version"),
        ("/currency", json!("XXX"), "currency"),
        ("/tabular", json!(true), "tabular"),
        ("/name", json!("no spaces"), "name"),
        ("/sensitive", json!({"FOOD": "it is"}), "sensitive.FOOD"),
        ("/sensitive", json!({"HEALTH": " "}), "sensitive.HEALTH"),
        (
            "/sensitive",
            json!({"HEALTH": "two\nlines"}),
            "sensitive.HEALTH",
        ),
    ];
    for (pointer, value, want) in cases {
        let error = spoiled(pointer, value);
        let SchemeError::Field { path, .. } = &error else {
            panic!("{error}")
        };
        assert_eq!(path, want);
    }
}

#[test]
fn a_column_line_needs_the_mark() {
    let column = json!({"name": "age", "kind": "column", "unit": 1, "origin": 18, "cap": 60});
    let error = spoiled("/lines/3", column.clone());
    assert_eq!(
        error.to_string(),
        "scheme, at tabular: got false; want true: a scheme is tabular if and only if it has a \
         column line"
    );
    let mut json = base();
    json["tabular"] = json!(true);
    json["lines"][3] = column;
    let scheme = Scheme::from_json(&json.to_string()).unwrap();
    assert!(scheme.is_tabular());
    assert_eq!(scheme.find("age", 0), Some(6));
    assert_eq!(scheme.line_windows()[6].level_max, 60);
}

#[test]
fn a_sensitive_category_is_read_once_turned_on() {
    let mut json = base();
    json["sensitive"] = json!({"HEALTH": "insurance for carers"});
    json["lines"][0]["categories"] = json!(["HEALTH"]);
    Scheme::from_json(&json.to_string()).unwrap();
}

#[test]
fn a_category_turned_on_twice_is_refused() {
    let text = base().to_string().replacen(
        '{',
        "{\"sensitive\": {\"HEALTH\": \"one\", \"HEALTH\": \"two\"},",
        1,
    );
    let error = Scheme::from_json(&text).unwrap_err();
    let fault = SchemeFault::Twice("HEALTH".to_owned());
    let path = "sensitive.HEALTH".to_owned();
    assert_eq!(error, SchemeError::Field { path, fault });
}

#[test]
fn faults_of_form_name_the_place_in_the_text() {
    let text = "{\n  \"blindscore_scheme\": 1,\n  \"name\": \"a\",\n  \"version\": \"one\"\n}";
    let error = Scheme::from_json(text).unwrap_err().to_string();
    assert_eq!(
        error,
        "scheme, line 4 column 18 of the text, at version: invalid type: string \"one\", \
         expected u32"
    );

    let mut json = base();
    json["lines"][2]["windows"] = json!([1, "three"]);
    let error = Scheme::from_json(&json.to_string()).unwrap_err();
    let SchemeError::Json { path, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(path, "lines[2].windows[1]");

    let error = Scheme::from_json("{\"blindscore_scheme\": 1,\n}").unwrap_err();
    let SchemeError::Json { line, column, .. } = error else {
        panic!("{error}")
    };
    assert_eq!((line, column), (2, 1));

    let twice = base().to_string().replacen('{', "{\"name\": \"other\",", 1);
    assert!(
        Scheme::from_json(&twice)
            .unwrap_err()
            .to_string()
            .contains("duplicate field")
    );

    let trailing = format!("{} {{}}", base());
    assert!(matches!(
        Scheme::from_json(&trailing),
        Err(SchemeError::Json { .. })
    ));
}

#[test]
fn a_text_too_long_is_not_parsed() {
    let text = " ".repeat(Scheme::JSON_MAX + 1);
    let (got, max) = (Scheme::JSON_MAX + 1, Scheme::JSON_MAX);
    assert_eq!(
        Scheme::from_json(&text),
        Err(SchemeError::TooLarge { got, max })
    );
}
