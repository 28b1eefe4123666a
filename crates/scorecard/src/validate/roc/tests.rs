use proptest::prelude::*;

use super::*;

/// Every pair of a good and a bad row, counted.
fn brute(scores: &[f64], bad: &[bool], weights: &[f64]) -> f64 {
    let (mut right, mut all) = (0.0, 0.0);
    for good in (0..bad.len()).filter(|&r| !bad[r]) {
        for other in (0..bad.len()).filter(|&r| bad[r]) {
            let weight = weights[good] * weights[other];
            all += weight;
            if scores[good] > scores[other] {
                right += weight;
            } else if scores[good] == scores[other] {
                right += weight / 2.0;
            }
        }
    }
    right / all
}

fn rows() -> impl Strategy<Value = (Vec<f64>, Vec<bool>, Vec<f64>)> {
    let row = (0_i32..12, any::<bool>(), 1_u32..5);
    prop::collection::vec(row, 4..60)
        .prop_map(|rows| {
            let scores = rows.iter().map(|r| f64::from(r.0)).collect();
            let bad = rows.iter().map(|r| r.1).collect();
            (scores, bad, rows.iter().map(|r| f64::from(r.2)).collect())
        })
        .prop_filter("both classes", |(_, bad, _): &(_, Vec<bool>, _)| {
            bad.contains(&true) && bad.contains(&false)
        })
}

#[test]
fn a_small_example_by_hand() {
    // Good 3, 4, 5, 5; bad 1, 4: pairs 8, wrong or tied: (3, 4) wrong,
    // (4, 4) tied, so 6.5 / 8.
    let scores = [3.0, 4.0, 5.0, 5.0, 1.0, 4.0];
    let bad = [false, false, false, false, true, true];
    let auc = measure(&scores, &bad, &[1.0; 6], 0.95, 0, 0);
    assert!((auc.area - 0.8125).abs() < 1e-15);
    // Placements: good 0.5, 0.75, 1, 1; bad 1, 0.625. Variances about .8125:
    // good 0.171875 / 3, bad 0.0703125 / 1; over 4 and 2 rows.
    let want: f64 = 0.171_875 / 3.0 / 4.0 + 0.070_312_5 / 2.0;
    assert!((auc.standard_error - want.sqrt()).abs() < 1e-12, "{auc:?}");
    assert_eq!(auc.interval.1, 1.0);
}

#[test]
fn a_score_does_not_differ_from_itself() {
    let scores = [3.0, 4.0, 5.0, 5.0, 1.0, 4.0];
    let bad = [false, false, false, false, true, true];
    let twice = scores.map(|score| 2.0 * score + 7.0);
    let found = difference(&scores, &twice, &bad, &[1.0; 6], 0.95);
    assert_eq!((found.difference, found.z, found.p_value), (0.0, 0.0, 1.0));
}

#[test]
fn percentiles_lie_between_neighbours() {
    let sorted = [0.0, 1.0, 2.0, 3.0, 4.0];
    assert_eq!(percentile(&sorted, 0.5), 2.0);
    assert_eq!(percentile(&sorted, 0.125), 0.5);
    assert_eq!(percentile(&sorted, 1.0), 4.0);
}

proptest! {
    #[test]
    fn the_area_is_that_of_all_pairs((scores, bad, weights) in rows()) {
        let want = brute(&scores, &bad, &weights);
        prop_assert!((auc(&scores, &bad, &weights) - want).abs() < 1e-12);
        let measured = measure(&scores, &bad, &weights, 0.9, 50, 1);
        prop_assert!((measured.area - want).abs() < 1e-12);
        let (low, high) = measured.bootstrap.expect("asked for");
        prop_assert!(low <= high && (0.0..=1.0).contains(&low) && high <= 1.0);
        let flipped: Vec<f64> = scores.iter().map(|s| -s).collect();
        prop_assert!((auc(&flipped, &bad, &weights) - (1.0 - want)).abs() < 1e-12);
    }

    #[test]
    fn equal_weights_change_nothing((scores, bad, _) in rows(), weight in 0.1..9.0_f64) {
        let one = measure(&scores, &bad, &vec![1.0; bad.len()], 0.95, 0, 0);
        let other = measure(&scores, &bad, &vec![weight; bad.len()], 0.95, 0, 0);
        prop_assert!((one.area - other.area).abs() < 1e-9);
        prop_assert!((one.standard_error - other.standard_error).abs() < 1e-9);
    }

    #[test]
    fn a_difference_turns_round((scores, bad, weights) in rows(), seed in any::<u64>()) {
        let mut other = scores.clone();
        Random::new(seed).shuffle(&mut other);
        let one = difference(&scores, &other, &bad, &weights, 0.95);
        let back = difference(&other, &scores, &bad, &weights, 0.95);
        prop_assert!((one.difference + back.difference).abs() < 1e-12);
        prop_assert!((one.standard_error - back.standard_error).abs() < 1e-9);
        prop_assert!((one.p_value - back.p_value).abs() < 1e-6);
    }
}
