//! Rounding, bounds, and the agreement of odds with the scale.

use proptest::prelude::*;

use super::*;

const WIDE: i64 = 1_000_000;

fn halves() -> Scaling {
    Scaling::new(0, 500_000, -WIDE, WIDE).expect("valid")
}

#[test]
fn a_half_goes_away_from_zero() {
    for (raw, want) in [
        (1, 1),
        (3, 2),
        (5, 3),
        (-1, -1),
        (-3, -2),
        (-5, -3),
        (0, 0),
        (4, 2),
    ] {
        assert_eq!(halves().published(raw), want, "{raw} / 2");
    }
}

#[test]
fn just_below_a_half_goes_towards_zero() {
    let scaling = |offset| Scaling::new(offset, MILLION, -WIDE, WIDE).expect("valid");
    assert_eq!(scaling(499_999).published(0), 0);
    assert_eq!(scaling(500_000).published(0), 1);
    assert_eq!(scaling(-499_999).published(0), 0);
    assert_eq!(scaling(-500_000).published(0), -1);
    assert_eq!(scaling(-500_000).published(1), 1);
}

#[test]
fn rounding_comes_before_clamping() {
    let scaling = Scaling::new(0, 500_000, -2, 3).expect("valid");
    assert_eq!(scaling.published(5), 3);
    assert_eq!(scaling.published(7), 3);
    assert_eq!(scaling.published(-5), -2);
}

#[test]
fn extremes_do_not_overflow() {
    let scaling = Scaling::new(OFFSET_MAX, FACTOR_MAX, 300, 850).expect("valid");
    assert_eq!(scaling.published(i64::MAX), 850);
    assert_eq!(scaling.published(i64::MIN), 300);
}

#[test]
fn a_negative_factor_turns_the_order_round() {
    let scaling = Scaling::new(900_000_000, -MILLION, 300, 850).expect("valid");
    assert_eq!(scaling.published(100), 800);
    assert_eq!(scaling.published(200), 700);
}

#[test]
fn empty_ranges_and_unbounded_numbers_are_refused() {
    assert_eq!(
        Scaling::new(0, 1, 850, 300),
        Err(ScalingError::EmptyRange { min: 850, max: 300 })
    );
    assert_eq!(
        Scaling::new(0, 1, 300, 300),
        Err(ScalingError::EmptyRange { min: 300, max: 300 })
    );
    assert_eq!(Scaling::new(0, 0, 300, 850), Err(ScalingError::ZeroFactor));
    for (offset, factor, min, max) in [
        (OFFSET_MAX + 1, 1, 0, 1),
        (i64::MIN, 1, 0, 1),
        (0, FACTOR_MAX + 1, 0, 1),
        (0, i64::MIN, 0, 1),
        (0, 1, i64::MIN, 1),
        (0, 1, 0, i64::MAX),
    ] {
        assert!(matches!(
            Scaling::new(offset, factor, min, max),
            Err(ScalingError::OutOfBounds { .. })
        ));
    }
}

fn odds() -> Odds {
    Odds {
        direction: OddsDirection::GoodToBad,
        base_odds_millionths: 20_000_000,
        base_score: 600,
        points_to_double_odds: 50,
        raw_at_base_millionths: 600_000_000,
        raw_to_double_millionths: 50_000_000,
    }
}

fn identity() -> Scaling {
    Scaling::new(0, MILLION, 300, 850).expect("valid")
}

#[test]
fn odds_that_agree_are_kept() {
    let scaling = identity().with_odds(odds()).expect("agrees");
    assert_eq!(scaling.odds(), Some(&odds()));
    let doubled = scaling.odds().map(|o| o.good_to_bad_at(650));
    assert!((doubled.unwrap_or(0.0) - 40.0).abs() < 1e-9);
}

#[test]
fn both_directions_say_the_same() {
    let bad_to_good = Odds {
        direction: OddsDirection::BadToGood,
        base_odds_millionths: 50_000,
        ..odds()
    };
    let (one, other) = (bad_to_good.good_to_bad_at(550), odds().good_to_bad_at(550));
    assert!((one - other).abs() < 1e-9 && (one - 10.0).abs() < 1e-9);
}

#[test]
fn logarithmic_raw_points_agree_after_rounding_to_millionths() {
    // 100 raw points for a natural logarithm of the odds, pdo 20, 600 at 50:1.
    let ln = |x: f64| x.ln();
    let millionths = |x: f64| (x * 1e6).round() as i64;
    let factor = millionths(20.0 / (100.0 * ln(2.0)));
    let raw_at_base = 100.0 * ln(50.0);
    let offset = millionths(600.0 - factor as f64 / 1e6 * raw_at_base);
    let scaling = Scaling::new(offset, factor, 300, 850).expect("valid");
    let stated = Odds {
        direction: OddsDirection::GoodToBad,
        base_odds_millionths: 50_000_000,
        base_score: 600,
        points_to_double_odds: 20,
        raw_at_base_millionths: millionths(raw_at_base),
        raw_to_double_millionths: millionths(100.0 * ln(2.0)),
    };
    assert!(scaling.with_odds(stated).is_ok());
}

#[test]
fn odds_that_contradict_the_scale_are_refused() {
    let mut wrong = odds();
    wrong.points_to_double_odds = 40;
    assert_eq!(
        identity().with_odds(wrong),
        Err(ScalingError::FactorContradictsOdds {
            got: MILLION,
            want: 800_000
        })
    );
    let mut wrong = odds();
    wrong.base_score = 601;
    assert_eq!(
        identity().with_odds(wrong),
        Err(ScalingError::OffsetContradictsOdds {
            got: 0,
            want: MILLION.into()
        })
    );
    let mut wrong = odds();
    wrong.raw_to_double_millionths = -50_000_000;
    assert!(matches!(
        identity().with_odds(wrong),
        Err(ScalingError::FactorContradictsOdds { .. })
    ));
}

#[test]
fn agreement_is_held_to_a_millionth() {
    let near = Scaling::new(0, MILLION + 1, 300, 850).expect("valid");
    let mut stated = odds();
    stated.raw_at_base_millionths = 0;
    stated.base_score = 0;
    assert!(near.with_odds(stated.clone()).is_ok());
    let far = Scaling::new(0, MILLION + 2, 300, 850).expect("valid");
    assert!(far.with_odds(stated).is_err());
}

#[test]
fn odds_out_of_bounds_are_refused() {
    let zero = |change: fn(&mut Odds)| {
        let mut odds = odds();
        change(&mut odds);
        identity().with_odds(odds)
    };
    assert!(matches!(
        zero(|o| o.base_odds_millionths = 0),
        Err(ScalingError::NotPositive { .. })
    ));
    assert!(matches!(
        zero(|o| o.points_to_double_odds = -1),
        Err(ScalingError::NotPositive { .. })
    ));
    assert_eq!(
        zero(|o| o.raw_to_double_millionths = 0),
        Err(ScalingError::ZeroRawToDouble)
    );
    assert!(matches!(
        zero(|o| o.raw_at_base_millionths = i64::MIN),
        Err(ScalingError::OutOfBounds { .. })
    ));
}

proptest! {
    #[test]
    fn published_is_monotone_and_in_range(
        offset in -2_000 * MILLION..2_000 * MILLION,
        factor in 1..3 * MILLION,
        raw in -5_000_i64..5_000,
        step in 0_i64..50,
    ) {
        let up = Scaling::new(offset, factor, 300, 850).expect("valid");
        prop_assert!(up.published(raw) <= up.published(raw + step));
        prop_assert!((300..=850).contains(&up.published(raw)));
        let down = Scaling::new(offset, -factor, 300, 850).expect("valid");
        prop_assert!(down.published(raw) >= down.published(raw + step));
    }

    #[test]
    fn rounding_is_to_the_nearest_and_odd(value in -10_i128.pow(12)..10_i128.pow(12)) {
        let rounded = round_half_away(value);
        prop_assert!((rounded * 1_000_000 - value).abs() <= 500_000);
        prop_assert_eq!(round_half_away(-value), -rounded);
    }
}
