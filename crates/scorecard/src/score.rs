//! Scoring in the clear: what the encrypted evaluation must equal, integer for
//! integer.

use std::fmt;

use blindscore_history::levels::ApplicantLevels;
use blindscore_history::scheme::Scheme;
use serde::{Deserialize, Serialize};

use crate::model::{Characteristic, Scorecard};

/// A score computed in the clear. `Debug` hides it: it is a person's.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlainScore {
    /// The shifted score `S = raw - raw_min`, in `0..=span`.
    pub shifted: u32,
    /// Base points and the points of every characteristic.
    pub raw: i64,
    /// The published score.
    pub published: i64,
}

impl fmt::Debug for PlainScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainScore { .. }")
    }
}

impl Scorecard {
    /// Scores the combined levels of one applicant.
    pub fn score(
        &self,
        scheme: &Scheme,
        levels: &ApplicantLevels,
    ) -> Result<PlainScore, ScoreError> {
        self.check_binding(scheme, levels)?;
        self.score_levels(levels.levels())
    }

    /// Scores bare levels: one a line-window, in the scheme's order. For
    /// tables, training and tests; it cannot see whether the levels were made
    /// for this scheme, as [`Scorecard::score`] does.
    pub fn score_levels(&self, levels: &[u32]) -> Result<PlainScore, ScoreError> {
        self.check_levels(levels)?;
        let points: i64 = self
            .characteristics
            .iter()
            .map(|c| c.points_at(levels[c.line_window]))
            .sum();
        let raw = self.base_points + points;
        let shifted = u32::try_from(raw - self.raw_min)
            .expect("points lie between the least and the greatest, whose sums bound the span");
        Ok(PlainScore {
            shifted,
            raw,
            published: self.scaling.published(raw),
        })
    }

    /// The published score of a shifted score: a public function, so whoever
    /// trusts `S` needs nothing else.
    pub fn published(&self, shifted: u32) -> Result<i64, ScoreError> {
        if shifted > self.span {
            return Err(ScoreError::BeyondSpan { span: self.span });
        }
        Ok(self.scaling.published(self.raw_min + i64::from(shifted)))
    }

    pub(crate) fn check_scheme(&self, scheme: &Scheme) -> Result<(), ScoreError> {
        if scheme.digest() != self.scheme {
            return Err(ScoreError::AnotherScheme {
                whose: "the scheme at hand",
                got: scheme.digest().short(),
                want: self.scheme.short(),
            });
        }
        Ok(())
    }

    pub(crate) fn check_binding(
        &self,
        scheme: &Scheme,
        levels: &ApplicantLevels,
    ) -> Result<(), ScoreError> {
        self.check_scheme(scheme)?;
        if levels.scheme_digest() != self.scheme {
            return Err(ScoreError::AnotherScheme {
                whose: "the scheme of the levels",
                got: levels.scheme_digest().short(),
                want: self.scheme.short(),
            });
        }
        Ok(())
    }

    fn check_levels(&self, levels: &[u32]) -> Result<(), ScoreError> {
        if levels.len() != self.line_windows {
            return Err(ScoreError::LevelCount {
                got: levels.len(),
                want: self.line_windows,
            });
        }
        let beyond = |c: &&Characteristic| levels[c.line_window] > c.level_max;
        match self.characteristics.iter().find(beyond) {
            Some(c) => Err(ScoreError::BeyondLevels {
                line: c.line.clone(),
                months: c.months,
                level_max: c.level_max,
            }),
            None => Ok(()),
        }
    }
}

/// Why nothing was scored. Never holds a level or a score.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScoreError {
    /// Scheme or levels are not those of the scorecard.
    #[error(
        "{whose} is {got}..; the scorecard stands on {want}..: compute the levels by the \
         scorecard's scheme"
    )]
    AnotherScheme {
        /// What does not fit.
        whose: &'static str,
        /// The start of its digest.
        got: String,
        /// The start of the digest that the scorecard names.
        want: String,
    },
    /// Not one level a line-window.
    #[error("got {got} levels; want {want}, one for each line and window of the scheme")]
    LevelCount {
        /// How many levels there are.
        got: usize,
        /// How many line-windows the scheme has.
        want: usize,
    },
    /// A level is larger than can occur.
    #[error("line {line:?}, {months} months: level out of range; want 0 to {level_max}")]
    BeyondLevels {
        /// The line.
        line: String,
        /// The window.
        months: u8,
        /// The largest level.
        level_max: u32,
    },
    /// A shifted score that this scorecard cannot give.
    #[error("shifted score out of range; this scorecard gives 0 to {span}")]
    BeyondSpan {
        /// The scorecard's span.
        span: u32,
    },
}

#[cfg(test)]
mod tests {
    use blindscore_history::levels::ApplicantLevels;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::SPAN_MAX;
    use crate::arbitrary::{bare_levels_for, full_span_scorecard_for, scorecard_for};
    use crate::fixture;

    fn with(changes: &[(&str, u8, u32)]) -> Vec<u32> {
        let scheme = fixture::scheme();
        let mut levels = vec![0; scheme.line_windows().len()];
        for &(line, months, level) in changes {
            levels[scheme.find(line, months).expect("a line-window")] = level;
        }
        levels
    }

    #[test]
    fn points_add_up_and_the_least_is_zero() {
        let card = fixture::built();
        let score = card.score_levels(&with(&[])).expect("scored");
        // 500 - 20 - 10 (not known) + 0 (not known)
        assert_eq!((score.raw, score.shifted, score.published), (470, 50, 470));
        let least = with(&[("lowest_balance", 3, 1)]);
        assert_eq!(card.score_levels(&least).expect("scored").shifted, 0);
        let greatest = with(&[
            ("groceries", 12, 20),
            ("lowest_balance", 3, 31),
            ("age", 0, 7),
        ]);
        assert_eq!(card.score_levels(&greatest).expect("scored").shifted, 150);
    }

    #[test]
    fn cuts_belong_to_the_upper_attribute() {
        let card = fixture::built();
        let raw = |level| {
            let levels = with(&[("groceries", 12, level)]);
            card.score_levels(&levels).expect("scored").raw
        };
        assert_eq!(
            [raw(9), raw(10), raw(19), raw(20), raw(40)],
            [470, 500, 500, 520, 520]
        );
    }

    #[test]
    fn foreign_levels_are_refused() {
        let card = fixture::built();
        assert_eq!(
            card.score_levels(&[0; 3]),
            Err(ScoreError::LevelCount {
                got: 3,
                want: fixture::scheme().line_windows().len()
            })
        );
        assert_eq!(
            card.score_levels(&with(&[("groceries", 12, 41)])),
            Err(ScoreError::BeyondLevels {
                line: "groceries".into(),
                months: 12,
                level_max: 40
            })
        );
        let other = Scheme::from_json(&fixture::SCHEME.replace("fixture", "another"));
        let other = other.expect("a scheme");
        let zeros = vec![0; other.line_windows().len()];
        let levels = ApplicantLevels::from_levels(&other, date(2026, 11, 15), zeros);
        let levels = levels.expect("levels");
        assert!(matches!(
            card.score(&other, &levels),
            Err(ScoreError::AnotherScheme {
                whose: "the scheme at hand",
                ..
            })
        ));
        assert!(matches!(
            card.score(&fixture::scheme(), &levels),
            Err(ScoreError::AnotherScheme {
                whose: "the scheme of the levels",
                ..
            })
        ));
    }

    #[test]
    fn the_published_score_is_a_function_of_the_shifted() {
        let card = fixture::built();
        assert_eq!(card.published(0), Ok(420));
        assert_eq!(card.published(150), Ok(570));
        assert_eq!(
            card.published(151),
            Err(ScoreError::BeyondSpan { span: 150 })
        );
    }

    #[test]
    fn debug_shows_no_score() {
        let score = fixture::built().score_levels(&with(&[])).expect("scored");
        assert_eq!(format!("{score:?}"), "PlainScore { .. }");
    }

    /// The definition, without the model's own look-up.
    fn naive(card: &Scorecard, levels: &[u32]) -> i64 {
        let points = card.characteristics().iter().map(|c| {
            let level = levels[c.line_window()];
            match c
                .attributes()
                .iter()
                .filter(|a| a.contains(level))
                .collect::<Vec<_>>()[..]
            {
                [attribute] => attribute.points(),
                [] => c.not_known().expect("not known"),
                _ => panic!("two attributes hold one level"),
            }
        });
        card.base_points() + points.sum::<i64>()
    }

    proptest! {
        #[test]
        fn the_score_is_the_naive_sum_and_fits(
            card in scorecard_for(&fixture::scheme()),
            levels in bare_levels_for(&fixture::scheme()),
        ) {
            let score = card.score_levels(&levels).expect("scored");
            prop_assert_eq!(score.raw, naive(&card, &levels));
            prop_assert!(score.shifted <= card.span() && card.span() <= SPAN_MAX);
            prop_assert_eq!(score.raw, card.raw_min() + i64::from(score.shifted));
            prop_assert_eq!(card.published(score.shifted), Ok(score.published));
        }

        #[test]
        fn the_tables_hold_the_score(
            card in full_span_scorecard_for(&fixture::scheme()),
            levels in bare_levels_for(&fixture::scheme()),
        ) {
            let shifted: i64 = card
                .characteristics()
                .iter()
                .map(|c| c.points_table()[levels[c.line_window()] as usize] - c.least())
                .sum();
            prop_assert_eq!(
                i64::from(card.score_levels(&levels).expect("scored").shifted),
                shifted
            );
        }

        #[test]
        fn published_follows_the_sign_of_the_factor(
            card in scorecard_for(&fixture::scheme()),
        ) {
            let published: Vec<i64> = (0..=card.span())
                .map(|s| card.published(s).expect("within the span"))
                .collect();
            let rising = card.scaling().factor_millionths() > 0;
            let ordered = |p: &[i64]| if rising { p[0] <= p[1] } else { p[0] >= p[1] };
            prop_assert!(published.windows(2).all(ordered));
            let (lowest, highest) = card.published_range();
            prop_assert!(published.iter().all(|p| (lowest..=highest).contains(p)));
            prop_assert!(card.published(card.span() + 1).is_err());
        }
    }
}
