//! Levels from elsewhere: files, lists and tables, and what is refused there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use std::collections::{BTreeMap, BTreeSet};

use blindscore_history::arbitrary::{self, AS_OF, SchemeBounds};
use blindscore_history::levels::{ApplicantLevels, LevelsError, Part, SourceLevels};
use blindscore_history::scheme::Scheme;
use proptest::prelude::*;
use serde_json::{Value, json};

fn small() -> Scheme {
    Scheme::from_json(
        r#"{"blindscore_scheme": 1, "name": "small", "version": 1, "currency": "EUR",
            "sources_max": 2, "lines": [
            {"name": "food", "kind": "pooled", "flows": ["expenditure"], "categories": ["FOOD"],
             "unit": 100, "cap": 9, "windows": [1, 3]},
            {"name": "cash", "kind": "pooled", "flows": ["cash"], "unit": 100, "cap": 8,
             "windows": [1, 3]},
            {"name": "both", "kind": "sum", "members": ["food", "cash"]},
            {"name": "active", "kind": "single", "measure": "months_active",
             "role": "main_account", "unit": 1, "cap": 4, "windows": [3]}]}"#,
    )
    .unwrap()
}

const GOOD: [u32; 7] = [2, 9, 0, 4, 2, 13, 4];

fn file() -> Value {
    let levels = SourceLevels::from_levels(&small(), AS_OF, 3, GOOD.to_vec()).unwrap();
    serde_json::from_str(&levels.to_json(&small()).unwrap()).unwrap()
}

fn read(file: &Value) -> Result<SourceLevels, LevelsError> {
    SourceLevels::from_json(&file.to_string(), &small())
}

proptest! {
    #[test]
    fn files_read_back(
        (scheme, application) in arbitrary::scheme().prop_flat_map(|scheme| {
            let application = arbitrary::application(&scheme);
            (Just(scheme), application)
        })
    ) {
        for levels in &application.levels {
            let text = levels.to_json(&scheme).unwrap();
            prop_assert_eq!(&SourceLevels::from_json(&text, &scheme).unwrap(), levels);
        }
        let combined = ApplicantLevels::combine(&scheme, &application.parts()).unwrap();
        let text = combined.to_json(&scheme).unwrap();
        prop_assert_eq!(ApplicantLevels::from_json(&text, &scheme), Ok(combined));
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "\\PC{0,200}", cut in 0_usize..600) {
        prop_assert!(SourceLevels::from_json(&text, &small()).is_err());
        let file = file().to_string();
        let cut = cut.min(file.len() - 1);
        prop_assert!(SourceLevels::from_json(&file[..cut], &small()).is_err());
    }

    #[test]
    fn columns_become_levels(
        scheme in arbitrary::scheme_within(SchemeBounds {
            lines: 1..=1, tabular: true, ..SchemeBounds::default()
        }),
        value in any::<Option<i64>>(),
    ) {
        let line = &scheme.lines()[0];
        let row = BTreeMap::from([(line.name().to_owned(), value)]);
        let levels = SourceLevels::from_columns(&scheme, AS_OF, &row).unwrap();
        let want = value.map_or(0, |value| {
            let mut level = 1;
            let start = |level: u32| {
                let steps = i128::from(level) - 1;
                i128::from(line.origin().unwrap()) + steps * i128::from(line.unit())
            };
            while level < line.cap() && i128::from(value) >= start(level + 1) {
                level += 1;
            }
            level
        });
        prop_assert_eq!(levels.levels(), [want]);
        prop_assert_eq!(levels.cells(&scheme), [Some(want)]);
        prop_assert_eq!(levels.covered_months(), 0);
    }
}

#[test]
fn lists_that_no_source_can_have_are_refused() {
    let scheme = small();
    let refused = |index: usize, level: u32| {
        let mut levels = GOOD.to_vec();
        levels[index] = level;
        SourceLevels::from_levels(&scheme, AS_OF, 3, levels).unwrap_err()
    };
    let line = |name: &str| name.to_owned();
    assert_eq!(
        refused(1, 10),
        LevelsError::AboveCap {
            line: line("food"),
            months: 3,
            max: 9
        }
    );
    assert_eq!(
        refused(6, 5),
        LevelsError::AboveCap {
            line: line("active"),
            months: 3,
            max: 4
        }
    );
    assert_eq!(
        refused(1, 1),
        LevelsError::Falling {
            line: line("food"),
            months: 3
        }
    );
    assert_eq!(
        refused(5, 12),
        LevelsError::NotTheSum {
            line: line("both"),
            months: 3
        }
    );
    assert_eq!(
        refused(0, u32::MAX),
        LevelsError::AboveCap {
            line: line("food"),
            months: 1,
            max: 9
        }
    );

    for covered in [0, 4] {
        assert_eq!(
            SourceLevels::from_levels(&scheme, AS_OF, covered, GOOD.to_vec()),
            Err(LevelsError::CoveredMonths {
                got: covered,
                least: 1,
                greatest: 3
            })
        );
    }
    assert_eq!(
        SourceLevels::from_levels(&scheme, AS_OF, 3, GOOD[..6].to_vec()),
        Err(LevelsError::Count { got: 6, want: 7 })
    );
}

#[test]
fn files_of_another_form_are_refused() {
    assert_eq!(read(&file()).unwrap().levels(), GOOD);

    let mut other = file();
    other["blindscore_source_levels"] = json!(2);
    assert_eq!(
        read(&other),
        Err(LevelsError::FileVersion { got: 2, want: 1 })
    );

    for as_of in [
        "2026-3-15",
        "2026-02-30",
        "2026-03-15T00:00",
        "0000-01-01",
        "-000001-01-01",
    ] {
        let mut other = file();
        other["as_of"] = json!(as_of);
        assert!(read(&other).is_err(), "{as_of}");
    }

    let mut swapped = file();
    swapped["levels"].as_array_mut().unwrap().swap(0, 1);
    let (index, line, months) = (0, "food".to_owned(), 1);
    assert_eq!(
        read(&swapped),
        Err(LevelsError::FileOrder {
            index,
            line,
            months
        })
    );

    let mut short = file();
    short["levels"].as_array_mut().unwrap().pop();
    assert_eq!(read(&short), Err(LevelsError::Count { got: 6, want: 7 }));

    let mut extra = file();
    extra["levels"][3]["amount"] = json!(5);
    assert!(matches!(read(&extra), Err(LevelsError::File { .. })));

    // A source's file is not an applicant's.
    assert!(ApplicantLevels::from_json(&file().to_string(), &small()).is_err());
    let long = " ".repeat(SourceLevels::JSON_MAX + 1);
    assert!(matches!(
        SourceLevels::from_json(&long, &small()),
        Err(LevelsError::FileTooLarge { .. })
    ));
}

#[test]
fn files_are_bound_to_their_scheme() {
    let text = small().to_json().replace("\"unit\":100", "\"unit\":200");
    let other = Scheme::from_json(&text).unwrap();
    let levels = read(&file()).unwrap();
    let mismatch = |got: &Scheme, want: &Scheme| {
        Some(LevelsError::OtherScheme {
            got: got.digest(),
            want: want.digest(),
        })
    };
    let file = file().to_string();
    assert_eq!(
        SourceLevels::from_json(&file, &other).err(),
        mismatch(&small(), &other)
    );
    assert_eq!(levels.to_json(&other).err(), mismatch(&small(), &other));
    assert!(levels.cells(&other).iter().all(Option::is_none));
}

#[test]
fn neither_errors_nor_debug_show_a_level() {
    let scheme = small();
    let levels = read(&file()).unwrap();
    assert_eq!(
        format!("{levels:?}"),
        format!(
            "SourceLevels {{ scheme: \"{}\", as_of: 2026-03-15, covered_months: 3, \
             levels: 7 redacted }}",
            scheme.digest().short()
        )
    );
    let roles = BTreeSet::new();
    let parts = [Part {
        levels: &levels,
        roles: &roles,
    }];
    let combined = ApplicantLevels::combine(&scheme, &parts).unwrap();
    assert!(format!("{combined:?}").contains("7 redacted"));

    for bad in [
        json!(77_777),
        json!(-77_777),
        json!("77777"),
        json!(77_777_777_777_u64),
    ] {
        let mut file = file();
        file["levels"][0]["level"] = bad;
        let error = read(&file).unwrap_err();
        assert!(!error.to_string().contains("7777"), "{error}");
        assert!(!format!("{error:?}").contains("7777"), "{error:?}");
    }
}

#[test]
fn rows_that_are_not_the_schemes_are_refused() {
    let scheme = Scheme::from_json(
        r#"{"blindscore_scheme": 1, "name": "table", "version": 1, "currency": "EUR",
            "sources_max": 1, "tabular": true, "lines": [
            {"name": "age", "kind": "column", "unit": 5, "origin": 18, "cap": 9},
            {"name": "job", "kind": "column", "unit": 1, "origin": 0, "cap": 4}]}"#,
    )
    .unwrap();
    let row = |cells: &[(&str, Option<i64>)]| {
        let cells = cells
            .iter()
            .map(|(name, value)| ((*name).to_owned(), *value))
            .collect();
        SourceLevels::from_columns(&scheme, AS_OF, &cells)
    };
    let good = row(&[("age", Some(28)), ("job", None)]).unwrap();
    assert_eq!(good.levels(), [3, 0]);
    let missing = LevelsError::MissingColumn("job".to_owned());
    assert_eq!(row(&[("age", Some(28))]), Err(missing));
    let unknown = LevelsError::UnknownColumn("zip".to_owned());
    assert_eq!(
        row(&[("age", None), ("job", None), ("zip", None)]),
        Err(unknown)
    );

    let line = "food".to_owned();
    let values = BTreeMap::new();
    let error = SourceLevels::from_columns(&small(), AS_OF, &values).unwrap_err();
    assert_eq!(error, LevelsError::NotAColumn { line });
}
