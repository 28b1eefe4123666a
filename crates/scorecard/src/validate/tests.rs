use proptest::prelude::*;

use super::*;
use crate::train::{FitOptions, ScaleOptions, fit, fixture};

fn quick() -> ValidateOptions<'static> {
    ValidateOptions {
        bootstrap: 0,
        ..ValidateOptions::default()
    }
}

fn fitted() -> (Scheme, TrainingTable, Scorecard) {
    let (scheme, table) = (fixture::scheme(), fixture::table(2_500, 4));
    let card = fit(&scheme, &table, &FitOptions::default())
        .expect("fitted")
        .scorecard;
    (scheme, table, card)
}

#[test]
fn measures_agree_with_each_other() {
    let (scheme, table, card) = fitted();
    let fresh = fixture::table(2_500, 5);
    let options = ValidateOptions {
        reference: Some(&table),
        ..ValidateOptions::default()
    };
    let found = validate(&card, &scheme, &fresh, &options).expect("measured");
    assert!(
        found.auc.area > 0.68 && found.auc.area < 0.95,
        "{:?}",
        found.auc
    );
    let (low, high) = found.auc.bootstrap.expect("asked for");
    // Two ways to one interval: a fifth of its width apart at most.
    let width = found.auc.interval.1 - found.auc.interval.0;
    assert!((low - found.auc.interval.0).abs() < width / 5.0);
    assert!((high - found.auc.interval.1).abs() < width / 5.0);
    assert!((found.gini - (2.0 * found.auc.area - 1.0)).abs() < 1e-15);
    // The area by trapezes under the whole curve is the AUC.
    let area: f64 = found
        .curve
        .windows(2)
        .map(|p| (p[1].good_share - p[0].good_share) * (p[1].bad_share + p[0].bad_share) / 2.0)
        .sum();
    assert!((area - found.auc.area).abs() < 1e-9, "{area}");
    let most = found
        .curve
        .iter()
        .map(|p| p.bad_share - p.good_share)
        .fold(0.0, f64::max);
    assert!((found.ks.distance - most).abs() < 1e-12);
    let rows: usize = found.bands.iter().map(|band| band.rows).sum();
    assert_eq!(rows, 2_500);
    let last = found.bands.last().expect("a band");
    assert!((last.capture - 1.0).abs() < 1e-12 && (last.lift - 1.0).abs() < 1e-12);
    let odds = found.calibration.expect("stated odds");
    assert!(odds.brier < odds.brier_of_average && odds.log_loss < odds.log_loss_of_average);
    let slope = odds.slope.expect("finite");
    assert!((0.75..1.25).contains(&slope), "{slope}");
    let stability = found.stability.expect("a reference");
    assert!(stability.psi < 0.05, "{}", stability.psi);
    assert!(found.characteristics.iter().all(|one| one.auc > 0.5));
}

#[test]
fn a_sample_has_not_moved_from_itself() {
    let (scheme, table, card) = fitted();
    let same = stability(&card, &scheme, &table, &table, 10).expect("measured");
    assert_eq!(same.psi, 0.0);
    assert!(
        same.characteristics
            .iter()
            .all(|one| one.psi == 0.0 && one.points_shift == 0.0)
    );
    // All rows of low balance: the characteristic has moved, and so the score.
    let low: Vec<usize> = (0..table.rows())
        .filter(|&row| table.levels(2).expect("there")[row] < 8)
        .collect();
    let moved = stability(&card, &scheme, &table, &table.subset(&low), 10).expect("measured");
    assert!(moved.psi > 0.02, "{}", moved.psi);
    let balance = moved
        .characteristics
        .iter()
        .find(|one| one.name == "Balance")
        .expect("there");
    assert!(balance.psi > 0.25 && balance.points_shift < 0.0);
}

#[test]
fn a_card_fitted_here_is_calibrated_here() {
    let (scheme, table) = (fixture::scheme(), fixture::table(4_000, 9));
    let options = FitOptions {
        l2: 0.0,
        scale: ScaleOptions {
            min: -5_000,
            max: 5_000,
            points: crate::train::PointSize::Finest,
            ..ScaleOptions::default()
        },
        ..FitOptions::default()
    };
    let card = fit(&scheme, &table, &options).expect("fitted").scorecard;
    let how = ValidateOptions {
        fitted_here: true,
        ..quick()
    };
    let found = validate(&card, &scheme, &table, &how).expect("measured");
    let odds = found.calibration.expect("stated odds");
    // A logistic regression's means agree; what is left is rounding.
    assert!((odds.expected_bad_rate - odds.observed_bad_rate).abs() < 1e-3);
    assert!((odds.slope.expect("finite") - 1.0).abs() < 0.02);
    assert!(odds.shift.expect("finite").abs() < 0.02);
    assert_eq!(odds.hosmer_lemeshow.freedom as usize, odds.groups.len() - 2);
}

#[test]
fn groups_are_set_side_by_side_and_nothing_is_passed() {
    let (scheme, table, card) = fitted();
    let found = validate(&card, &scheme, &table, &quick()).expect("measured");
    let fairness = found.fairness.expect("groups");
    assert!(fairness.selection_rate >= 0.8);
    assert_eq!(fairness.reference, "a");
    let group = |name: &str| {
        fairness
            .groups
            .iter()
            .find(|g| g.group == name)
            .expect("there")
    };
    let (a, b) = (group("a"), group("b"));
    assert_eq!(
        (a.adverse_impact_ratio, a.equal_opportunity_gap),
        (Some(1.0), Some(0.0))
    );
    assert_eq!(
        b.adverse_impact_ratio,
        Some(b.selection_rate / a.selection_rate)
    );
    // By design group b has lower balances.
    assert!(b.selection_rate < a.selection_rate && b.mean_score < a.mean_score);
    let recomputed: f64 = {
        let scores = scores(&card, &table).expect("scored");
        let groups = table.groups().expect("groups");
        let rows: Vec<usize> = (0..table.rows()).filter(|&r| groups.at(r) == "b").collect();
        let selected = rows
            .iter()
            .filter(|&&r| scores[r].published >= fairness.cutoff)
            .count();
        selected as f64 / rows.len() as f64
    };
    assert!((b.selection_rate - recomputed).abs() < 1e-12);
    let text = found_text(&card, &scheme, &table);
    assert!(text.contains("not a finding of law") && !text.to_lowercase().contains("compliant"));
    let unknown = ValidateOptions {
        reference_group: Some("c".into()),
        ..quick()
    };
    let error = validate(&card, &scheme, &table, &unknown).expect_err("refused");
    assert!(
        error.to_string().contains("no group \"c\"; want one of"),
        "{error}"
    );
}

fn found_text(card: &Scorecard, scheme: &Scheme, table: &TrainingTable) -> String {
    let found = validate(card, scheme, table, &quick()).expect("measured");
    serde_json::to_string(&found).expect("JSON");
    found.to_table()
}

#[test]
fn comparison_pairs_rows_and_refuses_others() {
    let (scheme, table, card) = fitted();
    let fresh = fixture::table(2_000, 6);
    let poorer = FitOptions {
        characteristics_max: 1,
        ..FitOptions::default()
    };
    let poorer = fit(&scheme, &table, &poorer).expect("fitted").scorecard;
    let contender = |card, table| Contender {
        card,
        scheme: &scheme,
        table,
    };
    let found = compare(&contender(&poorer, &fresh), &contender(&card, &fresh), 0.95);
    let found = found.expect("compared");
    assert!(found.difference.difference > 0.0 && found.difference.p_value < 0.05);
    // The rows are the same, so the difference is surer than two samples'.
    let apart = found.auc[0]
        .standard_error
        .hypot(found.auc[1].standard_error);
    assert!(found.difference.standard_error < apart);
    assert!(found.to_table().contains("DeLong, paired"));
    let itself = compare(&contender(&card, &fresh), &contender(&card, &fresh), 0.95);
    let itself = itself.expect("compared");
    assert_eq!(
        (itself.difference.difference, itself.difference.p_value),
        (0.0, 1.0)
    );
    assert!((itself.rank_correlation - 1.0).abs() < 1e-12);
    assert!(itself.swaps.iter().all(|swap| swap.swapped == 0.0));
    let others = compare(&contender(&card, &fresh), &contender(&card, &table), 0.95);
    assert!(matches!(others, Err(ValidateError::OtherRows { .. })));
}

#[test]
fn cross_validation_looks_at_rows_that_the_fit_has_not_seen() {
    let (scheme, table) = (fixture::scheme(), fixture::table(1_200, 12));
    let how = FoldOptions {
        folds: 4,
        repeats: 2,
        ..FoldOptions::default()
    };
    let mut calls = Vec::new();
    let mut run = || {
        cross_validate(
            &scheme,
            &table,
            &FitOptions::default(),
            &how,
            &mut |done, of| {
                calls.push((done, of));
            },
        )
    };
    let found = run().expect("measured");
    assert_eq!(found, run().expect("measured"));
    assert_eq!(
        calls[..8],
        (1..=8).map(|done| (done, 8)).collect::<Vec<_>>()
    );
    assert_eq!(found.results.len(), 8);
    assert!(found.interval.0 < found.auc_pooled && found.auc_pooled < found.interval.1);
    assert!(found.auc_pooled > 0.65 && found.auc_pooled < found.auc_fitted);
    assert_eq!(found.kept[0].share, 1.0);
    assert!(found.to_table().contains("4 folds, 2 times over"));
    let many = FoldOptions { folds: 900, ..how };
    let error = cross_validate(
        &scheme,
        &table,
        &FitOptions::default(),
        &many,
        &mut |_, _| {},
    );
    assert!(matches!(
        error,
        Err(ValidateError::FewRows { folds: 900, .. })
    ));
}

/// Outcomes drawn without looking at the levels: out of fold, nothing is
/// found, however much a fit finds in the rows it sees.
#[test]
fn out_of_fold_chance_stays_chance() {
    let scheme = fixture::scheme();
    let mut table = fixture::table(800, 21);
    let mut random = random::Random::new(3);
    let bad = (0..800).map(|_| random.below(4) == 0).collect();
    table.replace_outcomes(bad);
    let greedy = FitOptions {
        least_iv: 0.0,
        selection: crate::train::Selection::All,
        binning: crate::train::BinningOptions {
            least_gain: 0.0,
            ..crate::train::BinningOptions::default()
        },
        ..FitOptions::default()
    };
    let how = FoldOptions {
        folds: 5,
        repeats: 3,
        ..FoldOptions::default()
    };
    let found = cross_validate(&scheme, &table, &greedy, &how, &mut |_, _| {}).expect("measured");
    assert!(found.auc_fitted > 0.6, "{}", found.auc_fitted);
    assert!(
        found.interval.0 < 0.5 && found.auc_pooled < 0.56,
        "{found:?}"
    );
}

#[test]
fn out_of_time_fits_before_and_looks_after() {
    let (scheme, table) = (fixture::scheme(), fixture::table(2_000, 14));
    let how = quick();
    let (fit, found) =
        out_of_time(&scheme, &table, &FitOptions::default(), "2026-02", &how).expect("measured");
    assert_eq!((fit.report.table.rows, found.table.rows), (1_500, 500));
    assert_eq!(found.stability.expect("a reference").rows_before, 1_500);
    let error = out_of_time(&scheme, &table, &FitOptions::default(), "2020-01", &how);
    assert!(matches!(error, Err(ValidateError::Fit { .. })));
}

#[test]
fn cards_without_odds_or_columns() {
    let (scheme, table, card) = fitted();
    let json = card.to_json();
    let mut value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    value["scaling"]
        .as_object_mut()
        .expect("an object")
        .remove("odds");
    let silent = Scorecard::from_json(&value.to_string(), &scheme).expect("a card");
    let found = validate(&silent, &scheme, &table, &quick()).expect("measured");
    assert!(found.calibration.is_none());
    // Turned round, the factor's sign with the points, nothing changes.
    for characteristic in value["characteristics"].as_array_mut().expect("a list") {
        for attribute in characteristic["attributes"].as_array_mut().expect("a list") {
            attribute["points"] = (-attribute["points"].as_i64().expect("whole")).into();
        }
        let not_known = &mut characteristic["not_known"]["points"];
        *not_known = (-not_known.as_i64().expect("whole")).into();
    }
    value["base_points"] = (-value["base_points"].as_i64().expect("whole")).into();
    value["scaling"]["factor_millionths"] = (-1_000_000).into();
    let risk = Scorecard::from_json(&value.to_string(), &scheme).expect("a card");
    let turned = validate(&risk, &scheme, &table, &quick()).expect("measured");
    assert_eq!((turned.auc, turned.bands), (found.auc, found.bands));
    let mut part = table.clone();
    part.drop_column(0);
    let error = validate(&card, &scheme, &part, &quick()).expect_err("refused");
    assert!(
        error.to_string().contains("characteristic \"Groceries\""),
        "{error}"
    );
}

#[test]
fn options_out_of_range_are_refused() {
    let (scheme, table, card) = fitted();
    for options in [
        ValidateOptions {
            confidence: 1.0,
            ..quick()
        },
        ValidateOptions {
            confidence: f64::NAN,
            ..quick()
        },
        ValidateOptions {
            bands: 1,
            ..quick()
        },
        ValidateOptions {
            bootstrap: 1_000_000_000,
            ..quick()
        },
        ValidateOptions {
            band_edges: Some(vec![500, 400]),
            ..quick()
        },
    ] {
        assert!(validate(&card, &scheme, &table, &options).is_err());
    }
    let edges = ValidateOptions {
        band_edges: Some(vec![450, 600]),
        ..quick()
    };
    let found = validate(&card, &scheme, &table, &edges).expect("measured");
    assert_eq!(found.bands.len(), 3);
    assert_eq!(
        (found.bands[1].from, found.bands[1].to),
        (Some(450), Some(600))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Random cards on random levels: whatever the card, every measure is
    /// finite and within its range.
    #[test]
    fn any_card_can_be_measured(
        card in crate::arbitrary::scorecard_for(&fixture::scheme()),
        rows in 20_usize..200,
        seed in any::<u64>(),
    ) {
        let (scheme, table) = (fixture::scheme(), fixture::table(rows, seed));
        prop_assume!(table.both_classes().is_ok());
        let found = validate(&card, &scheme, &table, &quick()).expect("measured");
        prop_assert!((0.0..=1.0).contains(&found.auc.area));
        prop_assert!(found.ks.distance >= 0.0 && found.ks.distance <= 1.0);
        prop_assert_eq!(found.bands.iter().map(|b| b.rows).sum::<usize>(), rows);
        let good: f64 = found.distribution.iter().map(|bar| bar.good_share).sum();
        prop_assert!((good - 1.0).abs() < 1e-9);
        for gain in &found.gains {
            prop_assert!(gain.capture >= 0.0 && gain.capture <= 1.0 + 1e-9);
        }
        for (score, row) in scores(&card, &table).expect("scored").iter().zip(0..) {
            let levels: Vec<u32> =
                (0..5).map(|i| u32::from(table.levels(i).expect("there")[row])).collect();
            prop_assert_eq!(*score, card.score_levels(&levels).expect("scored"));
        }
    }
}
