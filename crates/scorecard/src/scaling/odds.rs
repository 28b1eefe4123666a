//! What a scorecard says about odds, and whether that agrees with its scale.

use serde::{Deserialize, Serialize};

use super::{
    FACTOR_MAX, MILLION, OFFSET_MAX, PUBLISHED_MAX, Scaling, ScalingError, bounded, round_half_away,
};

/// Which way a scorecard writes its base odds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OddsDirection {
    /// Good to bad: 20 means that twenty pay for one who does not.
    GoodToBad,
    /// Bad to good: 0.05 means the same.
    BadToGood,
}

/// What a scorecard says about the odds behind its score: information for
/// people, which changes no score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Odds {
    /// Which way `base_odds_millionths` is written.
    pub direction: OddsDirection,
    /// The odds at the base score, in millionths; above 0.
    pub base_odds_millionths: i64,
    /// The published score at which the odds are the base odds.
    pub base_score: i64,
    /// The published points by which the score rises when the good-to-bad odds
    /// double; above 0.
    pub points_to_double_odds: i64,
    /// The raw points at which the odds are the base odds, in millionths.
    pub raw_at_base_millionths: i64,
    /// The raw points by which the good-to-bad odds double, in millionths;
    /// negative when raw points count risk, never 0.
    pub raw_to_double_millionths: i64,
}

impl Odds {
    /// The good-to-bad odds that the scorecard states for a published score.
    /// A clamped score stands for a range of odds; this gives its end.
    pub fn good_to_bad_at(&self, published: i64) -> f64 {
        let base = self.base_odds_millionths as f64 / MILLION as f64;
        let base = match self.direction {
            OddsDirection::GoodToBad => base,
            OddsDirection::BadToGood => base.recip(),
        };
        let doublings =
            (published as f64 - self.base_score as f64) / self.points_to_double_odds as f64;
        base * doublings.exp2()
    }

    pub(super) fn check(&self, scaling: &Scaling) -> Result<(), ScalingError> {
        bounded(
            "odds.base_odds_millionths",
            self.base_odds_millionths,
            FACTOR_MAX,
        )?;
        bounded("odds.base_score", self.base_score, PUBLISHED_MAX)?;
        bounded(
            "odds.points_to_double_odds",
            self.points_to_double_odds,
            PUBLISHED_MAX,
        )?;
        bounded(
            "odds.raw_at_base_millionths",
            self.raw_at_base_millionths,
            OFFSET_MAX,
        )?;
        bounded(
            "odds.raw_to_double_millionths",
            self.raw_to_double_millionths,
            OFFSET_MAX,
        )?;
        for (field, value) in [
            ("odds.base_odds_millionths", self.base_odds_millionths),
            ("odds.points_to_double_odds", self.points_to_double_odds),
        ] {
            if value <= 0 {
                return Err(ScalingError::NotPositive { field, got: value });
            }
        }
        if self.raw_to_double_millionths == 0 {
            return Err(ScalingError::ZeroRawToDouble);
        }
        self.check_factor(scaling.factor_millionths)?;
        self.check_offset(scaling)
    }

    /// `factor = points_to_double_odds / raw_to_double` within a millionth.
    fn check_factor(&self, factor_millionths: i64) -> Result<(), ScalingError> {
        let million = i128::from(MILLION);
        let raw = i128::from(self.raw_to_double_millionths);
        let doubled = i128::from(self.points_to_double_odds) * million * million;
        let difference = i128::from(factor_millionths) * raw - doubled;
        if difference.abs() > raw.abs() {
            return Err(ScalingError::FactorContradictsOdds {
                got: factor_millionths,
                want: doubled / raw,
            });
        }
        Ok(())
    }

    /// `base_score = offset + factor * raw_at_base` within a millionth.
    fn check_offset(&self, scaling: &Scaling) -> Result<(), ScalingError> {
        let million = i128::from(MILLION);
        let slope = i128::from(scaling.factor_millionths) * i128::from(self.raw_at_base_millionths);
        let want = i128::from(self.base_score) * million * million - slope;
        let difference = i128::from(scaling.offset_millionths) * million - want;
        if difference.abs() > million {
            return Err(ScalingError::OffsetContradictsOdds {
                got: scaling.offset_millionths,
                want: round_half_away(want),
            });
        }
        Ok(())
    }
}
