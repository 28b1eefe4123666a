use proptest::prelude::*;

use super::*;
use crate::validate::{ValidateOptions, scores, validate};

fn fitted(options: &FitOptions) -> (Scheme, TrainingTable, Fit) {
    let (scheme, table) = (fixture::scheme(), fixture::table(3_000, 1));
    let fit = fit(&scheme, &table, options).expect("fitted");
    (scheme, table, fit)
}

fn selected(fit: &Fit, column: &str) -> Selected {
    let found = fit
        .report
        .candidates
        .iter()
        .find(|c| c.bins.column == column);
    found.expect("a candidate").selected.clone()
}

fn names(fit: &Fit) -> Vec<&str> {
    fit.report
        .model
        .coefficients
        .iter()
        .map(|c| c.column.as_str())
        .collect()
}

#[test]
fn what_matters_enters_and_noise_does_not() {
    let (scheme, _, fit) = fitted(&FitOptions::default());
    assert_eq!(names(&fit), ["groceries", "balance", "purpose"]);
    assert_eq!(selected(&fit, "constant"), Selected::Constant);
    assert_eq!(selected(&fit, "noise"), Selected::Constant);
    assert!(fit.report.rounding.auc_after > 0.7);
    let card = &fit.scorecard;
    assert!(card.span() <= crate::SPAN_MAX);
    let again = Scorecard::from_json(&card.to_json(), &scheme).expect("read back");
    assert_eq!(&again, card);
    // More groceries are better; purposes 2 and 4 (levels 3 and 5) worse.
    let points = card.characteristics()[0].points_table();
    assert!(points[40] > points[1]);
    let points = card.characteristics()[2].points_table();
    assert!(points[3] < points[1] && points[5] < points[2], "{points:?}");
    // Level 6 is a category that no row has: neither good nor bad is known.
    assert_eq!(points[6], 0);
}

#[test]
fn one_table_gives_one_card() {
    let (_, _, one) = fitted(&FitOptions::default());
    let (_, _, other) = fitted(&FitOptions::default());
    assert_eq!(one.scorecard.to_json(), other.scorecard.to_json());
    assert_eq!(one.report, other.report);
}

#[test]
fn the_group_is_not_read() {
    let scheme = fixture::scheme();
    let table = fixture::table(2_000, 3);
    let mut swapped = table.clone();
    swapped.groups = None;
    let options = FitOptions::default();
    let one = fit(&scheme, &table, &options).expect("fitted");
    let other = fit(&scheme, &swapped, &options).expect("fitted");
    assert_eq!(one.scorecard, other.scorecard);
}

#[test]
fn every_selection_and_sign_gives_a_card() {
    for selection in [
        Selection::All,
        Selection::Lasso { penalty: None },
        Selection::Lasso { penalty: Some(5.0) },
        Selection::Stepwise {
            enter: 0.01,
            leave: 0.02,
        },
    ] {
        for signs in [Signs::Free, Signs::NotNegative] {
            let options = FitOptions {
                selection,
                signs,
                ..FitOptions::default()
            };
            let (_, _, fit) = fitted(&options);
            assert!(
                names(&fit).contains(&"groceries"),
                "{selection:?} {signs:?}"
            );
            if signs == Signs::NotNegative {
                assert!(
                    fit.report
                        .model
                        .coefficients
                        .iter()
                        .all(|c| c.estimate > 0.0)
                );
            }
        }
    }
}

#[test]
fn options_steer_single_columns() {
    let options = FitOptions {
        least_iv: 0.0,
        columns: vec![
            ColumnOptions {
                column: "purpose".into(),
                exclude: true,
                ..ColumnOptions::default()
            },
            ColumnOptions {
                column: "groceries".into(),
                cuts: Some(vec![5, 30]),
                special: vec![1],
                name: Some("Food".into()),
                reason_code: Some("FOOD".into()),
                reason_text: Some("little spent on food".into()),
                ..ColumnOptions::default()
            },
        ],
        ..FitOptions::default()
    };
    let (_, _, fit) = fitted(&options);
    let food = &fit.scorecard.characteristics()[0];
    assert_eq!((food.name(), food.reason().code()), ("Food", "FOOD"));
    let froms: Vec<u32> = food
        .attributes()
        .iter()
        .map(crate::Attribute::from)
        .collect();
    assert_eq!(froms, [1, 2, 5, 30]);
    assert!(!names(&fit).contains(&"purpose"));
}

#[test]
fn what_cannot_be_fitted_is_named() {
    let (scheme, table) = (fixture::scheme(), fixture::table(400, 2));
    let with = |options: FitOptions| {
        fit(&scheme, &table, &options)
            .map(|_| ())
            .expect_err("refused")
    };
    let column = |column: &str| ColumnOptions {
        column: column.into(),
        ..ColumnOptions::default()
    };
    let listed = |columns| FitOptions {
        columns,
        ..FitOptions::default()
    };
    assert!(matches!(
        with(listed(vec![column("gold")])),
        FitError::UnknownColumn { .. }
    ));
    assert!(matches!(
        with(listed(vec![column("noise"), column("noise")])),
        FitError::DuplicateColumn { .. }
    ));
    let cuts = ColumnOptions {
        cuts: Some(vec![9, 9]),
        ..column("noise")
    };
    assert!(matches!(with(listed(vec![cuts])), FitError::Cuts { .. }));
    let special = ColumnOptions {
        special: vec![21],
        ..column("noise")
    };
    assert!(matches!(
        with(listed(vec![special])),
        FitError::SpecialLevel { got: 21, .. }
    ));
    let only = FitOptions {
        only_listed: true,
        ..listed(vec![column("constant")])
    };
    assert!(matches!(
        with(only),
        FitError::NothingToFit { constant: 1, .. }
    ));
    let l2 = FitOptions {
        l2: f64::NAN,
        ..FitOptions::default()
    };
    assert!(matches!(with(l2), FitError::Option { name: "l2", .. }));
    assert!(FitOptions::from_json(r#"{"l2": -1}"#).is_err());
    let path = FitOptions::from_json(r#"{"binning": {"trend": "up"}}"#).expect_err("refused");
    assert!(path.to_string().contains("binning.trend"), "{path}");
}

#[test]
fn one_class_is_refused_by_name() {
    let scheme = fixture::scheme();
    let table = fixture::table(300, 2);
    let good: Vec<usize> = (0..300)
        .filter(|&row| !table.bad().expect("outcomes")[row])
        .collect();
    let error = fit(&scheme, &table.subset(&good), &FitOptions::default()).expect_err("refused");
    assert!(error.to_string().contains("outcomes are good"), "{error}");
}

/// A column that knows the outcome.
fn leak() -> (Scheme, TrainingTable) {
    let scheme = fixture::scheme();
    let mut builder = TableBuilder::new(&scheme);
    for row in 0..200_u32 {
        let bad = row % 5 == 0;
        let levels = [if bad { 1 } else { 30 }, 1 + row % 20, 3, 2, 4];
        builder
            .push(&Row {
                levels: &levels,
                bad: Some(bad),
                ..Row::default()
            })
            .expect("a row");
    }
    (scheme, builder.build().expect("a table"))
}

#[test]
fn separation_is_refused_without_a_penalty_and_reported_with_one() {
    let (scheme, table) = leak();
    // The leak is one bin each way only if a bin may be of one class.
    let binning = BinningOptions {
        least_class: 0.0,
        ..BinningOptions::default()
    };
    let bare = FitOptions {
        l2: 0.0,
        binning: binning.clone(),
        ..FitOptions::default()
    };
    let error = fit(&scheme, &table, &bare).expect_err("refused");
    assert!(
        matches!(&error, FitError::Separation { column } if column == "groceries"),
        "{error}"
    );
    let penalised = FitOptions {
        binning,
        ..FitOptions::default()
    };
    let fit = fit(&scheme, &table, &penalised).expect("fitted");
    let warnings = fit.report.warnings.join("\n");
    assert!(warnings.contains("separated without error"), "{warnings}");
    assert!(warnings.contains("knows the outcome"), "{warnings}");
}

#[test]
fn a_wide_card_is_narrowed_to_the_span() {
    let scale = ScaleOptions {
        points_to_double_odds: 2_000,
        min: -100_000,
        max: 100_000,
        ..ScaleOptions::default()
    };
    let (_, _, fit) = fitted(&FitOptions {
        scale,
        ..FitOptions::default()
    });
    let report = &fit.report.scale;
    assert!(report.raw_per_published < 1.0 && report.span_wanted > 1020.0);
    assert!(fit.scorecard.span() <= 1020 && fit.scorecard.span() > 900);
    assert!(fit.report.warnings.iter().any(|w| w.contains("would span")));
    let odds = fit.scorecard.scaling().odds().expect("stated");
    assert_eq!(odds.points_to_double_odds, 2_000);
}

#[test]
fn weights_count_as_rows_do() {
    let scheme = fixture::scheme();
    let table = fixture::table(600, 8);
    let bad = table.bad().expect("outcomes");
    let twice: Vec<usize> = (0..600)
        .flat_map(|row| if bad[row] { vec![row; 2] } else { vec![row] })
        .collect();
    let mut repeated = table.subset(&twice);
    repeated.ids = None;
    let mut weighted = table.clone();
    weighted.weights = Some(bad.iter().map(|&bad| if bad { 2.0 } else { 1.0 }).collect());
    let options = FitOptions::default();
    let one = fit(&scheme, &repeated, &options).expect("fitted").report;
    let other = fit(&scheme, &weighted, &options).expect("fitted").report;
    assert_eq!(one.model.coefficients.len(), other.model.coefficients.len());
    for (a, b) in one.model.coefficients.iter().zip(&other.model.coefficients) {
        assert!((a.estimate - b.estimate).abs() < 1e-7, "{a:?} {b:?}");
    }
}

#[test]
fn the_report_prints() {
    let (_, _, fit) = fitted(&FitOptions::default());
    let text = fit.report.to_table();
    for want in [
        "WoE = ln(share of good",
        "groceries",
        "no, one bin only",
        "rounding to whole",
    ] {
        assert!(text.contains(want), "no {want:?} in\n{text}");
    }
    serde_json::to_string(&fit.report).expect("JSON");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// The card's published score, before the ends of the range bite, is the
    /// model's score within the bound that the report states.
    #[test]
    fn the_card_is_the_model_within_the_rounding_bound(
        seed in any::<u64>(),
        rows in 300_usize..900,
        pdo in 10_u32..400,
        finest in any::<bool>(),
        stepwise in any::<bool>(),
    ) {
        let (scheme, table) = (fixture::scheme(), fixture::table(rows, seed));
        let options = FitOptions {
            selection: if stepwise { Selection::default() } else { Selection::All },
            scale: ScaleOptions {
                points_to_double_odds: pdo,
                min: -100_000,
                max: 100_000,
                points: if finest { PointSize::Finest } else { PointSize::Published },
                ..ScaleOptions::default()
            },
            ..FitOptions::default()
        };
        let Fit { scorecard, report } = fit(&scheme, &table, &options).expect("fitted");
        prop_assert!(scorecard.span() <= crate::SPAN_MAX);
        let factor = f64::from(pdo) / std::f64::consts::LN_2;
        let scored = scores(&scorecard, &table).expect("scored");
        for (row, score) in scored.iter().enumerate() {
            let mut log_odds = report.model.intercept;
            let mut levels = Vec::new();
            for index in 0..scheme.line_windows().len() {
                levels.push(u32::from(table.levels(index).expect("a column")[row]));
            }
            for one in &report.model.coefficients {
                let candidate = report.candidates.iter().find(|c| c.bins.column == one.column);
                let bins = &candidate.expect("a candidate").bins;
                log_odds += one.estimate * bins.bins[bins.bin_of(levels[bins.line_window])].woe;
            }
            let want = 600.0 + factor * (log_odds - 20_f64.ln());
            let difference = (score.published as f64 - want).abs();
            // Publishing rounds to a whole once more.
            prop_assert!(difference <= report.rounding.bound + 0.51, "{difference}");
            prop_assert_eq!(*score, scorecard.score_levels(&levels).expect("scored"));
        }
        prop_assert!(report.rounding.largest_difference <= report.rounding.bound + 1e-6);
        let options = ValidateOptions { bootstrap: 0, ..ValidateOptions::default() };
        let measured = validate(&scorecard, &scheme, &table, &options).expect("measured");
        prop_assert!((measured.auc.area - report.rounding.auc_after).abs() < 1e-9);
    }
}
