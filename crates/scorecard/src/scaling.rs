//! From raw points to the published score, in exact arithmetic.
//!
//! ```text
//! published = clamp(round(offset + factor * raw), min, max)
//! ```
//!
//! Offset and factor are whole numbers of millionths, so every program on
//! every processor publishes the same score. A half is rounded away from zero:
//! 600.5 to 601, -2.5 to -3. Rounding comes before clamping.
//!
//! A positive factor says that more raw points mean a higher published score.
//! A negative factor turns the order round: raw points then count risk, and
//! more of them mean a lower published score. A factor of zero would publish
//! one score for everybody and is refused.
//!
//! # What the score says about odds
//!
//! A scorecard may state the odds behind its score ([`Odds`]). The statement
//! changes no score, but it is covered by the digest and must agree with the
//! scale, so a card cannot promise *50 points double the odds* and scale by
//! 40. With `raw_to_double` the raw points that double the good-to-bad odds
//! and `raw_at_base` those at which the odds are the base odds, two equations
//! hold without a logarithm:
//!
//! ```text
//! points_to_double_odds = factor * raw_to_double
//! base_score            = offset + factor * raw_at_base
//! ```
//!
//! A model that counts its raw points in units of `u` for a natural logarithm
//! of the odds has `raw_to_double = u ln 2` and `raw_at_base = u ln(base
//! odds)`, which turns the equations into the textbook's `factor = pdo / (u ln
//! 2)` and `offset = base_score - factor u ln(base odds)`.

mod odds;

pub use odds::{Odds, OddsDirection};

/// Millionths in one.
pub(crate) const MILLION: i64 = 1_000_000;
/// Largest absolute factor: a million published points for a raw point.
const FACTOR_MAX: i64 = MILLION * MILLION;
/// Largest absolute offset in millionths. Below 2^53, as are all numbers of a
/// scorecard, so that the canonical JSON is exact.
const OFFSET_MAX: i64 = 1_000_000_000 * MILLION;
/// Largest absolute published score.
const PUBLISHED_MAX: i64 = 1_000_000_000;

/// An exact scale from raw points to the published range.
///
/// ```
/// use blindscore_scorecard::Scaling;
/// let scaling = Scaling::new(400_000_000, 500_000, 300, 850)?; // 400 + raw / 2
/// assert_eq!(scaling.published(401), 601); // 600.5 goes away from zero
/// assert_eq!(scaling.published(2_000), 850); // clamped
/// # Ok::<(), blindscore_scorecard::ScalingError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scaling {
    offset_millionths: i64,
    factor_millionths: i64,
    min: i64,
    max: i64,
    odds: Option<Odds>,
}

impl Scaling {
    /// A scale without a statement on odds. `offset` and `factor` are in
    /// millionths; `min` and `max` bound the published score.
    pub fn new(
        offset_millionths: i64,
        factor_millionths: i64,
        min: i64,
        max: i64,
    ) -> Result<Self, ScalingError> {
        bounded("offset_millionths", offset_millionths, OFFSET_MAX)?;
        bounded("factor_millionths", factor_millionths, FACTOR_MAX)?;
        bounded("min", min, PUBLISHED_MAX)?;
        bounded("max", max, PUBLISHED_MAX)?;
        if factor_millionths == 0 {
            return Err(ScalingError::ZeroFactor);
        }
        if min >= max {
            return Err(ScalingError::EmptyRange { min, max });
        }
        Ok(Self {
            offset_millionths,
            factor_millionths,
            min,
            max,
            odds: None,
        })
    }

    /// The same scale with a statement on odds, which must agree with it: the
    /// factor to within a millionth, and so the base score.
    pub fn with_odds(self, odds: Odds) -> Result<Self, ScalingError> {
        odds.check(&self)?;
        Ok(Self {
            odds: Some(odds),
            ..self
        })
    }

    /// The published score of `raw` points.
    pub fn published(&self, raw: i64) -> i64 {
        let clamped = self
            .unclamped(raw)
            .clamp(i128::from(self.min), i128::from(self.max));
        i64::try_from(clamped).expect("clamped between two i64")
    }

    /// The score of `raw` points, rounded, before the range cuts it.
    pub(crate) fn unclamped(&self, raw: i64) -> i128 {
        // |offset| < 2^50 and |factor * raw| < 2^40 * 2^63, far inside i128.
        let scaled = i128::from(self.offset_millionths)
            + i128::from(self.factor_millionths) * i128::from(raw);
        round_half_away(scaled)
    }

    /// The offset in millionths of a published point.
    pub fn offset_millionths(&self) -> i64 {
        self.offset_millionths
    }

    /// The factor in millionths of a published point for a raw point; never
    /// zero. Positive: more raw points are better. Negative: they are worse.
    pub fn factor_millionths(&self) -> i64 {
        self.factor_millionths
    }

    /// The lowest score that is published.
    pub fn min(&self) -> i64 {
        self.min
    }

    /// The highest score that is published.
    pub fn max(&self) -> i64 {
        self.max
    }

    /// What the scorecard says about odds, if anything.
    pub fn odds(&self) -> Option<&Odds> {
        self.odds.as_ref()
    }
}

/// Why a scaling was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScalingError {
    /// A number is out of bounds.
    #[error("`{field}` is {got}; want -{limit} to {limit}")]
    OutOfBounds {
        /// The JSON field.
        field: &'static str,
        /// Its value.
        got: i64,
        /// The largest absolute value.
        limit: i64,
    },
    /// The factor is zero.
    #[error("`factor_millionths` is 0, which gives everybody one score; want another factor")]
    ZeroFactor,
    /// The published range holds no two scores.
    #[error("`min` {min} is not below `max` {max}; the published range would be empty")]
    EmptyRange {
        /// The lower end.
        min: i64,
        /// The upper end.
        max: i64,
    },
    /// A number that must be positive is not.
    #[error("`{field}` is {got}; want a number above 0")]
    NotPositive {
        /// The JSON field.
        field: &'static str,
        /// Its value.
        got: i64,
    },
    /// `raw_to_double_millionths` is zero.
    #[error("`odds.raw_to_double_millionths` is 0; want the raw points that double the odds")]
    ZeroRawToDouble,
    /// The factor is not what the odds say.
    #[error(
        "`factor_millionths` is {got}, but `odds` says {want} (points_to_double_odds divided by \
         raw_to_double); correct one of them, or leave `odds` out"
    )]
    FactorContradictsOdds {
        /// The factor in millionths.
        got: i64,
        /// The factor that the odds ask for, in millionths.
        want: i128,
    },
    /// The offset is not what the odds say.
    #[error(
        "`offset_millionths` is {got}, but `odds` says {want} (base_score less factor times \
         raw_at_base); correct one of them, or leave `odds` out"
    )]
    OffsetContradictsOdds {
        /// The offset in millionths.
        got: i64,
        /// The offset that the odds ask for, in millionths.
        want: i128,
    },
}

fn bounded(field: &'static str, got: i64, limit: i64) -> Result<(), ScalingError> {
    if got.unsigned_abs() > limit.unsigned_abs() {
        return Err(ScalingError::OutOfBounds { field, got, limit });
    }
    Ok(())
}

/// `millionths / 10^6` to the nearest whole number, a half away from zero.
fn round_half_away(millionths: i128) -> i128 {
    let million = i128::from(MILLION);
    let magnitude = (millionths.abs() + million / 2) / million;
    millionths.signum() * magnitude
}

#[cfg(test)]
mod tests;
