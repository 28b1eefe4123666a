//! Column lines: cells of a table to levels.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_history::levels::{LevelsError, TableColumns};
use blindscore_history::proposal::{ColumnOptions, Ratios, TableScheme, propose_columns};
use blindscore_history::scheme::{CellFault, ColumnLine, Line, LineKind, Scheme, SchemeError};
use proptest::prelude::*;
use serde_json::{Value, json};

fn scheme(lines: &Value) -> Result<Scheme, SchemeError> {
    let scheme = json!({
        "blindscore_scheme": 1, "name": "table", "version": 1, "currency": "EUR",
        "sources_max": 1, "tabular": true, "lines": lines,
    });
    Scheme::from_json(&scheme.to_string())
}

fn one(mut line: Value) -> Scheme {
    line["name"] = json!("x");
    line["kind"] = json!("column");
    scheme(&json!([line])).unwrap()
}

fn column(scheme: &Scheme) -> &ColumnLine {
    let LineKind::Column(column) = scheme.lines()[0].kind() else {
        panic!("not a column")
    };
    column
}

#[test]
fn cuts_are_closed_on_the_left_unless_marked() {
    let scheme =
        one(json!({"cuts": ["-1.5", "0.3240000009536743", ">7"], "special": ["-999", "0.50"]}));
    let column = column(&scheme);
    for (cell, level) in [
        ("", 0),
        (" NaN ", 0),
        ("-1e9", 1),
        ("-1.50000000000000000001", 1),
        ("-1.5", 2),
        ("0.324", 2),
        ("0.3240000009536743", 3),
        ("+.325", 3),
        ("7.0", 3),
        ("7.0000000000000000001", 4),
        ("1e300", 4),
        ("-999.0", 5),
        ("0.5", 6),
    ] {
        assert_eq!(column.level(cell), Ok(level), "{cell}");
    }
    for cell in ["seven", "1,5", "inf", "0x10", "--1"] {
        assert_eq!(column.level(cell), Err(CellFault::NotANumber), "{cell}");
    }
    assert_eq!(
        (scheme.lines()[0].cap(), scheme.line_windows()[0].level_max),
        (6, 6)
    );
    assert!(!scheme.lines()[0].adds_up());
}

#[test]
fn steps_read_so_many_decimals() {
    let scheme = one(json!({"unit": 5, "origin": -10, "cap": 8, "decimals": 2, "special": ["-1"]}));
    let column = column(&scheme);
    // Level 1 from -0.10, in steps of 0.05.
    for (cell, level) in [
        ("-7", 1),
        ("-0.1", 1),
        ("-0.050001", 1),
        ("-0.05", 2),
        ("0", 3),
        ("0.149999", 5),
        ("0.15", 6),
        ("99", 8),
        ("-1", 9),
    ] {
        assert_eq!(column.level(cell), Ok(level), "{cell}");
    }
}

#[test]
fn categories_are_groups_and_gaps_in_whole_numbers_do_not_matter() {
    let groups = json!([["joint", "e-wallet"], ["1", "NA"], ["prepaid"]]);
    let strict = one(json!({"values": groups}));
    let lenient = one(json!({"values": groups, "other": true}));
    for (cell, level) in [
        ("", 0),
        ("nan", 0),
        ("joint", 1),
        (" e-wallet ", 1),
        ("NA", 2),
        ("1.0", 2),
        ("prepaid", 3),
    ] {
        assert_eq!(column(&strict).level(cell), Ok(level), "{cell}");
        assert_eq!(column(&lenient).level(cell), Ok(level), "{cell}");
    }
    assert_eq!(
        column(&strict).level("barter"),
        Err(CellFault::UnknownCategory)
    );
    assert_eq!(column(&lenient).level("Joint"), Ok(4));
    assert_eq!((strict.lines()[0].cap(), lenient.lines()[0].cap()), (3, 4));
}

#[test]
fn levels_are_shown_as_what_they_stand_for() {
    let text = |scheme: &Scheme, from, to| scheme.level_range_as_money(0, from, to);
    let cuts = one(json!({"cuts": ["2.5", ">4", "7", ">7"], "special": ["-1", "-2"]}));
    for (from, to, want) in [
        (0, Some(1), "not known"),
        (0, Some(3), "not known or up to 4"),
        (1, Some(2), "under 2.5"),
        (2, Some(3), "2.5 up to 4"),
        (3, Some(4), "above 4 to under 7"),
        (4, Some(5), "7"),
        (5, Some(6), "above 7"),
        (2, Some(6), "2.5 or more"),
        (1, Some(6), "any"),
        (6, Some(7), "special value -1"),
        (5, None, "above 7 or special value -1 or special value -2"),
        (8, None, "no level"),
    ] {
        assert_eq!(text(&cuts, from, to), want, "{from} {to:?}");
    }
    let categories = one(json!({"values": [["b", "a"], ["c"]], "other": true}));
    assert_eq!(text(&categories, 1, Some(2)), "a, b");
    assert_eq!(text(&categories, 2, None), "c, any other");
    assert_eq!(text(&categories, 3, None), "any other");
    let steps = one(json!({"unit": 5, "origin": -10, "cap": 8, "decimals": 2, "special": ["-1"]}));
    assert_eq!(text(&steps, 2, Some(4)), "-0.05 to under 0.05");
    assert_eq!(text(&steps, 8, Some(9)), "0.25 or more");
    assert_eq!(text(&steps, 8, None), "0.25 or more or special value -1");
}

#[test]
fn one_scheme_has_one_digest_whatever_its_text() {
    let digest = |line: Value| one(line).digest();
    assert_eq!(
        digest(json!({"cuts": ["2.50", ">1e1"], "special": ["-1.0"]})),
        digest(json!({"cuts": ["2.5", ">10"], "special": ["-1"], "column": "x"}))
    );
    assert_eq!(
        digest(json!({"values": [["b", "a"], ["c"]], "other": false})),
        digest(json!({"values": [["a", "b"], ["c"]]}))
    );
    assert_eq!(
        digest(json!({"unit": 1, "cap": 9, "decimals": 0, "special": []})),
        digest(json!({"unit": 1, "cap": 9, "origin": 0}))
    );
    // Groups are levels: their order counts.
    assert_ne!(
        digest(json!({"values": [["a"], ["c"]]})),
        digest(json!({"values": [["c"], ["a"]]}))
    );
    let scheme = one(json!({"cuts": ["2.50"], "column": "Größe (m²)"}));
    assert_eq!(Scheme::from_json(&scheme.to_json()).unwrap(), scheme);
}

#[test]
fn columns_that_cannot_be_are_refused() {
    let many: Vec<String> = (0..255).map(|n| n.to_string()).collect();
    let groups: Vec<[String; 1]> = many.iter().map(|n| [n.clone()]).collect();
    for (line, path, message) in [
        (
            json!({"cuts": [], "formula": "a * b"}),
            "formula",
            "no part of a formula",
        ),
        (
            json!({"cuts": [], "formula": "a / b", "column": "c"}),
            "formula",
            "does not go with `column`",
        ),
        (
            json!({"values": [["a"]], "formula": "a / b"}),
            "formula",
            "does not go with `values`",
        ),
        (
            json!({"unit": 1, "cap": 2, "cuts": []}),
            "unit",
            "does not go with `cuts`",
        ),
        (
            json!({"values": [["a"]], "cuts": []}),
            "values",
            "does not go with `cuts`",
        ),
        (
            json!({"unit": 1, "cap": 2, "other": true}),
            "other",
            "does not go with `unit`",
        ),
        (
            json!({"values": [["a"]], "special": ["1"]}),
            "special",
            "does not go with `values`",
        ),
        (
            json!({"unit": 1, "cap": 2, "decimals": 10}),
            "decimals",
            "got 10; want 0 to 9",
        ),
        (
            json!({"cuts": ["1", "1.0"]}),
            "cuts[1]",
            "strictly ascending",
        ),
        (
            json!({"cuts": [">1", "1"]}),
            "cuts[1]",
            "strictly ascending",
        ),
        (
            json!({"cuts": ["1", "x"]}),
            "cuts[1]",
            "want a decimal number",
        ),
        (json!({"cuts": many}), "cuts", "255 items; want 0 to 254"),
        (
            json!({"cuts": many[..254], "special": ["-1"]}),
            "special",
            "1 items; want 0 to 0",
        ),
        (
            json!({"cuts": [], "special": ["-1", "-1.0"]}),
            "special[1]",
            "twice",
        ),
        (
            json!({"cuts": [], "special": ["-"]}),
            "special[0]",
            "want a decimal number",
        ),
        (json!({"values": []}), "values", "0 items; want 1 to 255"),
        (
            json!({"values": groups, "other": true}),
            "values",
            "255 items; want 1 to 254",
        ),
        (json!({"values": [["a"], []]}), "values[1]", "0 items"),
        (json!({"values": [["a"], ["b", "a"]]}), "values[1]", "twice"),
        (json!({"values": [["a "]]}), "values[0]", "want a category"),
        (
            json!({"values": [["a\u{7}"]]}),
            "values[0]",
            "want a category",
        ),
        (
            json!({"cuts": [], "column": " "}),
            "column",
            "want a column's header",
        ),
        (json!({"cap": 2}), "unit", "missing"),
    ] {
        let mut whole = line.clone();
        whole["name"] = json!("x");
        whole["kind"] = json!("column");
        let error = scheme(&json!([whole])).unwrap_err().to_string();
        let at = format!("at lines[0].{path}: ");
        assert!(
            error.contains(&at) && error.contains(message),
            "{line}: {error}"
        );
    }
    let error = scheme(&json!([{"name": "x", "kind": "sum", "members": ["y"], "cuts": []}]));
    assert!(error.unwrap_err().to_string().contains("no such field"));
}

#[test]
fn a_derived_column_is_computed_from_the_tables() {
    let line = |formula: &str| {
        one(json!({"formula": formula, "cuts": ["0", "0.333333333", "1"], "special": ["-1"]}))
    };
    let scheme = line("(bill - paid)/limit");
    let headers = ["limit", "paid", "x", "bill"];
    let columns = TableColumns::find(&scheme, &headers).unwrap();
    for (cells, level) in [
        (["3", "0", "", "1"], 3),
        (["3", "0.000000004", "", "1"], 2),
        (["100", "50", "", "150"], 4),
        (["100", "250", "", "100"], 1),
        (["100", "250", "", "150"], 5),
        (["0", "0", "", "1"], 0),
        (["-1", "0", "", "1"], 0),
        (["5", "NA", "", "1"], 0),
    ] {
        assert_eq!(columns.levels(&cells), Ok(vec![level]), "{cells:?}");
    }
    let error = columns.levels(&["3", "none", "", "1"]).unwrap_err();
    assert!(error.to_string().starts_with("column `paid`: not a number"));
    let missing = TableColumns::find(&scheme, &["limit", "bill"]).unwrap_err();
    assert_eq!(missing, LevelsError::NoSuchColumn("paid".to_owned()));
    // One formula, one digest; and it is in the digest.
    let again = Scheme::from_json(&scheme.to_json()).unwrap();
    assert_eq!(again.digest(), scheme.digest());
    assert_eq!(line("( bill-paid ) / limit").digest(), scheme.digest());
    assert_ne!(line("(bill + paid) / limit").digest(), scheme.digest());
    assert!(scheme.to_json().contains("(bill - paid) / limit"));
}

fn proposed(rows: u32, ratios: Ratios) -> Result<TableScheme, String> {
    let mut text = "id,code,limit,bill,word\n".to_owned();
    for row in 0..rows {
        let bill = if row % 9 == 0 { 0 } else { row * 7 % 5_000 };
        text += &format!("{row},{},{},{bill},w\n", row % 20, 100 + row % 900);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, text).unwrap();
    let mut options = ColumnOptions::new("table", "EUR".parse().unwrap());
    options.ratios = ratios;
    options.derive = vec![("Left over".to_owned(), "limit - bill".parse().unwrap())];
    propose_columns(&path, &options, &|_| {}).map_err(|error| error.to_string())
}

#[test]
fn ratios_are_proposed_of_amounts_where_rows_allow() {
    let formulas = |rows, ratios| -> Vec<String> {
        let made = proposed(rows, ratios).unwrap();
        let lines = made.scheme.lines().iter();
        let formula = lines.filter_map(|line| match line.kind() {
            LineKind::Column(column) => column.formula().map(ToString::to_string),
            _ => None,
        });
        let formulas: Vec<String> = formula.collect();
        assert_eq!(formulas.len(), made.ratios + 1);
        formulas
    };
    // Codes and texts make none; limits are above zero in more rows.
    let both = ["limit - bill", "bill / limit"];
    assert_eq!(formulas(500, Ratios::Always), both);
    assert_eq!(formulas(500, Ratios::IfRowsAllow), both[..1]);
    assert_eq!(formulas(4_999, Ratios::IfRowsAllow), both[..1]);
    assert_eq!(formulas(5_000, Ratios::IfRowsAllow), both);
    assert_eq!(formulas(5_000, Ratios::Never), both[..1]);
    let made = proposed(5_000, Ratios::Always).unwrap();
    let names: Vec<&str> = made.scheme.lines().iter().map(Line::name).collect();
    assert_eq!(
        names,
        [
            "code",
            "limit",
            "bill",
            "word",
            "left_over",
            "bill_per_limit"
        ]
    );
}

#[test]
fn a_tables_columns_are_found_by_header() {
    let lines = json!([
        {"name": "age", "kind": "column", "column": "Age (years)", "cuts": ["25"]},
        {"name": "kind_of_work", "kind": "column", "values": [["paid"], ["own"]]}
    ]);
    let scheme = scheme(&lines).unwrap();
    let columns = TableColumns::find(&scheme, &["kind_of_work", "zip", " Age (years) "]).unwrap();
    assert_eq!(columns.levels(&["own", "1010", "30"]), Ok(vec![2, 2]));
    // A row that ends early is not known where it ends.
    assert_eq!(columns.levels(&["own"]), Ok(vec![0, 2]));
    let error = columns.levels(&["own", "", "thirty"]).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("column `Age (years)`: not a number")
    );
    assert!(
        !error.to_string().contains("thirty"),
        "a person's value is not shown"
    );
    let missing = TableColumns::find(&scheme, &["kind_of_work", "age"]).unwrap_err();
    assert_eq!(missing, LevelsError::NoSuchColumn("Age (years)".to_owned()));
    let twice = TableColumns::find(&scheme, &["kind_of_work", "Age (years)", "kind_of_work"]);
    assert_eq!(
        twice.unwrap_err(),
        LevelsError::ColumnTwice("kind_of_work".to_owned())
    );
}

proptest! {
    /// Floats written out and read back lie in the bin that comparing floats
    /// gives.
    #[test]
    fn levels_agree_with_comparing_floats(
        mut cuts in prop::collection::btree_set(-1_000_000_i32..1_000_000, 1..20),
        value in -1_100_000_i32..1_100_000,
    ) {
        cuts.insert(0);
        let cuts: Vec<f64> = cuts.into_iter().map(|cut| f64::from(cut) / 777.0).collect();
        let value = f64::from(value) / 777.0;
        let texts: Vec<String> = cuts.iter().map(ToString::to_string).collect();
        let scheme = one(json!({"cuts": texts}));
        let passed = cuts.iter().filter(|cut| value >= **cut).count();
        prop_assert_eq!(column(&scheme).level(&value.to_string()), Ok(1 + passed as u32));
    }

    #[test]
    fn no_cell_panics(cell in "\\PC{0,12}") {
        for line in [
            json!({"cuts": ["1"], "special": ["-1"]}),
            json!({"unit": 3, "origin": 1, "cap": 255}),
            json!({"values": [["a"]], "other": true}),
        ] {
            let scheme = one(line);
            if let Ok(level) = column(&scheme).level(&cell) {
                prop_assert!(level <= scheme.lines()[0].cap());
            }
        }
    }
}
