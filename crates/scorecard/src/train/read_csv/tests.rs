use std::collections::BTreeMap;

use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::CellFault;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::fixture;
use crate::train::fixture as tabular;
use crate::train::table_error::ValueFault;

fn columns() -> TableColumns {
    TableColumns {
        outcome: Some("bad".into()),
        id: Some("id".into()),
        ..TableColumns::default()
    }
}

fn read(csv: &str) -> Result<TrainingTable, TableError> {
    TrainingTable::from_csv(csv.as_bytes(), &fixture::scheme(), &columns())
}

const HEADER: &str = "id,groceries@3,groceries@12,dining@12,lowest_balance,age,other,bad\n";

#[test]
fn levels_and_values_are_read_and_the_rest_is_named() {
    let table = read(&format!("{HEADER}a,1,2,3,,47,x,0\nb,4,5.0,6,31,NA,y,1\n")).expect("a table");
    let scheme = fixture::scheme();
    let levels = |line: &str, months| table.levels(scheme.find(line, months).expect("there"));
    assert_eq!(levels("groceries", 12), Some(&[2, 5][..]));
    assert_eq!(levels("lowest_balance", 3), Some(&[0, 31][..]));
    // Age 47 by unit 1 from 18 is level 30; not known is 0.
    assert_eq!(levels("age", 0), Some(&[30, 0][..]));
    // A sum is added up where its members are there, and only there.
    assert_eq!(levels("living", 12), Some(&[5, 11][..]));
    assert_eq!(levels("living", 3), None);
    assert_eq!(table.bad(), Some(&[false, true][..]));
    assert_eq!(table.ignored_columns(), ["other"]);
    assert_eq!(table.ids().expect("ids")[1].as_ref(), "b");
}

#[test]
fn a_number_beyond_every_level_is_the_last_level() {
    let table = read(&format!("{HEADER}a,1,2,3,,1e99,x,0\nb,1,2,3,,-1e99,x,1\n")).expect("a table");
    let scheme = fixture::scheme();
    let levels = table
        .levels(scheme.find("age", 0).expect("there"))
        .expect("read");
    let cap = scheme.line_windows()[scheme.find("age", 0).expect("there")].level_max;
    assert_eq!(levels, [u8::try_from(cap).expect("a level"), 1]);
}

fn refusal(csv: &str) -> String {
    read(csv).expect_err("refused").to_string()
}

#[test]
fn faults_are_named_by_row_and_column() {
    for (rows, want) in [
        (
            "a,1,2,3,,47,x,0\nb,4,5,6,31,old,y,1\n",
            "row 2 (line 3), column \"age\": not a number",
        ),
        ("a,1,2,,,47,x,0\n", "column \"dining@12\": empty"),
        (
            "a,1,2,3.5,,47,x,0\n",
            "column \"dining@12\": not a whole level from 0 to 20",
        ),
        (
            "a,1,2,21,,47,x,0\n",
            "column \"dining@12\": not a whole level from 0 to 20",
        ),
        ("a,1,2,x,,47,x,0\n", "column \"dining@12\": not a number"),
        ("a,1,2,3,,47,x,2\n", "column \"bad\": not an outcome"),
        (
            "a,1,2,3,,47,x,0\na,1,2,3,,47,x,1\n",
            "rows 1 and 2 have one id",
        ),
        (
            "a,1,2,3,,47,x,0\nb,1,2,3,,4",
            "row 2 (line 3) has 6 fields; want 8",
        ),
        ("a,1,2,3,,47,x,0,9\n", "row 1 (line 2) has 9 fields"),
        (",1,2,3,,47,x,0\n", "the id is empty"),
        ("", "no rows"),
    ] {
        let message = refusal(&format!("{HEADER}{rows}"));
        assert!(message.contains(want), "{message:?} lacks {want:?}");
    }
    assert!(refusal("").contains("no rows"));
    assert!(refusal("id,bad\na,1\n").contains("no column belongs to scheme \"fixture\""));
    assert!(refusal("id,age\na,1\n").contains("no column \"bad\" for the outcome"));
    assert!(refusal("id,bad,age,age\n").contains("columns 3 and 4 are both named \"age\""));
    let wide: Vec<String> = (0..10_000).map(|i| format!("c{i}")).collect();
    assert!(refusal(&wide.join(",")).contains("10000 columns; want at most 4096"));
}

#[test]
fn bytes_that_are_no_text_and_rows_without_end_are_refused() {
    let scheme = fixture::scheme();
    let mut bytes = HEADER.as_bytes().to_vec();
    bytes.extend(b"a,1,2,3,,\xff,x,0\n");
    let error = TrainingTable::from_csv(&bytes[..], &scheme, &columns());
    assert!(matches!(error, Err(TableError::Encoding { row: 1 })));
    let endless = HEADER.as_bytes().chain(&b"\"a"[..]).chain(io::repeat(b'x'));
    let error = TrainingTable::from_csv(endless, &scheme, &columns());
    assert!(matches!(error, Err(TableError::LongRow { row: 1, .. })));
}

#[test]
fn outcomes_may_have_other_names() {
    let with = |bad_value: Option<&str>, csv: &str| {
        let columns = TableColumns {
            outcome: Some("class".into()),
            bad_value: bad_value.map(String::from),
            ..TableColumns::default()
        };
        TrainingTable::from_csv(csv.as_bytes(), &fixture::scheme(), &columns)
    };
    let german = with(Some("2"), "age,class\n30,1\n40,2\n").expect("a table");
    assert_eq!(german.bad(), Some(&[false, true][..]));
    let words = with(None, "age,class\n30,good\n40,BAD\n").expect("a table");
    assert_eq!(words.bad(), Some(&[false, true][..]));
    let third = with(Some("2"), "age,class\n30,1\n40,2\n50,3\n").expect_err("refused");
    assert!(
        third
            .to_string()
            .contains("row 3 (line 4), column \"class\""),
        "{third}"
    );
}

#[test]
fn weights_groups_samples_and_times_stay_apart_from_levels() {
    let columns = TableColumns {
        outcome: Some("bad".into()),
        weight: Some("w".into()),
        group: Some("age".into()),
        sample: Some("s".into()),
        time: Some("t".into()),
        ..TableColumns::default()
    };
    let csv = "groceries@12,age,w,s,t,bad\n1,30,0.5,train,2026-01,0\n2,40,2,test,2026-02,1\n";
    let scheme = fixture::scheme();
    let read = |csv: &str| TrainingTable::from_csv(csv.as_bytes(), &scheme, &columns);
    let table = read(csv).expect("a table");
    // The group is never read as levels, whatever its name.
    assert_eq!(table.levels(scheme.find("age", 0).expect("there")), None);
    assert_eq!(table.groups().expect("groups").names(), ["30", "40"]);
    assert_eq!((table.weight(0), table.weight(1)), (0.5, 2.0));
    let (before, after) = table.split_at_time("2026-02").expect("split");
    assert_eq!((before.rows(), after.rows()), (1, 1));
    assert_eq!(table.sample("test").expect("a sample").rows(), 1);
    assert!(matches!(
        table.sample("holdout"),
        Err(TableError::UnknownSample { .. })
    ));
    for weight in ["0", "-1", "nan", "inf", "x"] {
        let error = read(&csv.replace("0.5", weight))
            .expect_err("refused")
            .to_string();
        assert!(error.contains("row 1"), "{weight}: {error}");
    }
}

#[test]
fn cells_are_read_as_the_column_lines_say() {
    let scheme = Scheme::from_json(
        r#"{"blindscore_scheme": 1, "name": "cells", "version": 1, "currency": "EUR",
        "sources_max": 1, "tabular": true, "lines": [
        {"name": "purpose", "kind": "column", "column": "Purpose", "values": [["car"], ["radio", "tv"]]},
        {"name": "balance", "kind": "column", "column": "Balance EUR", "unit": 100, "origin": -500, "cap": 30, "decimals": 2},
        {"name": "share", "kind": "column", "cuts": ["0.25", ">0.5"], "special": ["-1"]}
        ]}"#,
    )
    .expect("a scheme");
    let columns = TableColumns::default();
    let read = |csv: &str| TrainingTable::from_csv(csv.as_bytes(), &scheme, &columns);
    let table =
        read("Purpose,Balance EUR,share\ntv,-3.01,0.5\ncar,1.5,-1.0\n,NA,\n").expect("a table");
    assert_eq!(table.levels(0), Some(&[2, 1, 0][..]));
    assert!(table.is_nominal(0) && table.bad().is_none());
    assert_eq!(table.category(0, 2), Some("radio or tv"));
    // -301 and 150 cents by unit 100 from -500.
    assert_eq!(table.levels(1), Some(&[2, 7, 0][..]));
    // Two cuts make three levels, the special value is the fourth.
    assert_eq!(table.levels(2), Some(&[2, 4, 0][..]));
    assert!(!table.is_nominal(1) && !table.is_nominal(2));
    let unseen = read("Purpose,Balance EUR,share\nboat,1,0\n").expect_err("refused");
    assert!(matches!(
        unseen,
        TableError::Value {
            row: 1,
            fault: ValueFault::Cell(CellFault::UnknownCategory),
            ..
        }
    ));
    assert!(
        !unseen.to_string().contains("boat"),
        "a message shows no person's value"
    );
    let no_column = read("purpose,Balance EUR,share\ncar,1,0\n").expect_err("refused");
    assert!(matches!(no_column, TableError::MissingColumn { .. }));
}

#[test]
fn headers_become_line_names() {
    for (header, want) in [
        ("LIMIT_BAL", "limit_bal"),
        ("default.payment.next", "default_payment_next"),
        ("2nd", "c_2nd"),
    ] {
        let line = format!(
            r#"{{"blindscore_scheme": 1, "name": "cells", "version": 1, "currency": "EUR",
            "sources_max": 1, "tabular": true, "lines": [
            {{"name": "{want}", "kind": "column", "cuts": ["1"]}}]}}"#
        );
        let scheme = Scheme::from_json(&line).expect("a scheme");
        let csv = format!("{header}\n0\n1\n");
        let table = TrainingTable::from_csv(csv.as_bytes(), &scheme, &TableColumns::default());
        assert_eq!(
            table.expect("a table").levels(0),
            Some(&[1, 2][..]),
            "{header}"
        );
    }
}

#[test]
fn headers_find_their_lines() {
    let scheme = tabular::scheme();
    let table = TrainingTable::from_csv(
        "\u{feff}Groceries,NOISE\n55,3\n".as_bytes(),
        &scheme,
        &TableColumns::default(),
    );
    let table = table.expect("a table");
    assert_eq!(
        (table.levels(0), table.levels(1)),
        (Some(&[6][..]), Some(&[4][..]))
    );
    let alike = TrainingTable::from_csv(
        "NOISE,Noise\n1,2\n".as_bytes(),
        &scheme,
        &TableColumns::default(),
    );
    assert!(matches!(
        alike,
        Err(TableError::DuplicateColumn {
            first: 1,
            second: 2,
            ..
        })
    ));
}

proptest! {
    /// One definition of a column line's level, here and in the history crate.
    #[test]
    fn levels_are_those_of_the_history_crate(value in -2_000_i64..6_000) {
        let scheme = tabular::scheme();
        let names = ["groceries", "noise", "balance", "purpose", "constant"];
        let csv = format!("{}\n{}\n", names.join(","), vec![value.to_string(); 5].join(","));
        let table = TrainingTable::from_csv(
            csv.as_bytes(), &scheme, &TableColumns::default()).expect("a table");
        let values: BTreeMap<String, Option<i64>> =
            names.iter().map(|name| ((*name).to_owned(), Some(value))).collect();
        let want = SourceLevels::from_columns(&scheme, date(2026, 11, 1), &values).expect("levels");
        let got: Vec<u32> =
            (0..5).map(|i| u32::from(table.levels(i).expect("a column")[0])).collect();
        prop_assert_eq!(&got[..], want.levels());
    }

    /// Nothing that a file can hold makes the reader panic.
    #[test]
    fn any_bytes_are_a_table_or_an_error(
        bytes in prop::collection::vec(prop::sample::select(
            b"0123456789,,,,\n\n\n\"ab.-e@\xff \r".to_vec()), 0..400),
        headed in any::<bool>(),
    ) {
        let mut all = if headed { HEADER.as_bytes().to_vec() } else { Vec::new() };
        all.extend(bytes);
        let read = TrainingTable::from_csv(
            &all[..], &fixture::scheme(), &columns());
        if let Ok(table) = read {
            prop_assert!(table.rows() > 0);
        }
    }
}
