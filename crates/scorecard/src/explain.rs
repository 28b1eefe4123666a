//! Why a score is what it is: the points of each characteristic, and the
//! reasons for points lost.
//!
//! A reason is given for a characteristic whose points fall short of its
//! baseline: the largest shortfall first, at equal shortfalls in the order of
//! the card, each code once, at most [`REASONS_MAX`]. Everybody with the card
//! and the levels gets the same list.
//!
//! What lowers the published score counts as short. With a negative factor raw
//! points count risk, so there the points *above* the baseline do: PMML's
//! `pointsAbove` beside `pointsBelow` (PMML 4.4, Scorecard, `reasonCodeAlgorithm`).

use std::cmp::Reverse;
use std::fmt;

use blindscore_history::levels::ApplicantLevels;
use blindscore_history::scheme::Scheme;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

use crate::model::{Characteristic, ReasonCode, Scorecard};
use crate::score::{PlainScore, ScoreError};
use crate::table;

/// The most reasons that are given.
pub const REASONS_MAX: usize = 4;

/// A score with what led to it. Shown with `Display` as a table; `Debug` hides
/// everything, since it is a person's.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The score.
    pub score: PlainScore,
    /// The points that everybody starts with.
    pub base_points: i64,
    /// Whether more points are worse, so that points above a baseline are the
    /// reasons and not those below.
    pub points_count_risk: bool,
    /// One entry a characteristic, in card order.
    pub points: Vec<CharacteristicPoints>,
    /// At most [`REASONS_MAX`] reasons, the largest shortfall first.
    pub reasons: Vec<ReasonCode>,
}

/// What one characteristic gave. `Debug` hides all but its name.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct CharacteristicPoints {
    /// The characteristic's name.
    pub name: String,
    /// The attribute that the level fell into, as money, months, per mille or
    /// number; or `not known`.
    pub attribute: String,
    /// The level.
    pub level: u32,
    /// The points of the attribute.
    pub points: i64,
    /// The points from which a shortfall is counted.
    pub baseline: i64,
    /// How far the points are from the baseline to the side that lowers the
    /// published score; 0 or less if they are not.
    pub shortfall: i64,
    /// The most points that the characteristic can give.
    pub greatest: i64,
}

impl Scorecard {
    /// Scores the combined levels of one applicant and says why.
    pub fn explain(
        &self,
        scheme: &Scheme,
        levels: &ApplicantLevels,
    ) -> Result<Explanation, ScoreError> {
        let score = self.score(scheme, levels)?;
        let points: Vec<CharacteristicPoints> = self
            .characteristics
            .iter()
            .map(|c| self.points_of(c, scheme, levels.levels()[c.line_window]))
            .collect();
        Ok(Explanation {
            score,
            base_points: self.base_points,
            points_count_risk: self.points_count_risk(),
            reasons: self.reasons(points.iter().map(|given| given.shortfall)),
            points,
        })
    }

    /// The reasons at levels that were checked.
    pub(crate) fn reasons_at(&self, levels: &[u32]) -> Vec<ReasonCode> {
        let shortfall = |c: &Characteristic| self.shortfall(c, levels[c.line_window]);
        self.reasons(self.characteristics.iter().map(shortfall))
    }

    /// How far the points at a level are from the baseline to the side that
    /// lowers the published score.
    fn shortfall(&self, characteristic: &Characteristic, level: u32) -> i64 {
        let below = characteristic.baseline - characteristic.points_at(level);
        if self.points_count_risk() {
            -below
        } else {
            below
        }
    }

    fn points_of(
        &self,
        characteristic: &Characteristic,
        scheme: &Scheme,
        level: u32,
    ) -> CharacteristicPoints {
        CharacteristicPoints {
            name: characteristic.name.clone(),
            attribute: table::label(characteristic, scheme, characteristic.attribute_at(level)),
            level,
            points: characteristic.points_at(level),
            baseline: characteristic.baseline,
            shortfall: self.shortfall(characteristic, level),
            greatest: characteristic.greatest(),
        }
    }

    /// The reasons for shortfalls, one a characteristic.
    fn reasons(&self, shortfalls: impl Iterator<Item = i64>) -> Vec<ReasonCode> {
        let mut short: Vec<_> = shortfalls
            .zip(&self.characteristics)
            .filter(|(shortfall, _)| *shortfall > 0)
            .collect();
        // A stable sort keeps the card's order among equals.
        short.sort_by_key(|(shortfall, _)| Reverse(*shortfall));
        let mut reasons: Vec<ReasonCode> = Vec::new();
        for (_, characteristic) in short {
            if reasons.len() == REASONS_MAX {
                break;
            }
            if !reasons.contains(&characteristic.reason) {
                reasons.push(characteristic.reason.clone());
            }
        }
        reasons
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = Table::new();
        table.load_preset(table::PRESET);
        table.set_header(["characteristic", "here", "points", "baseline", "of at most"]);
        for given in &self.points {
            table.add_row([
                given.name.clone(),
                given.attribute.clone(),
                given.points.to_string(),
                given.baseline.to_string(),
                given.greatest.to_string(),
            ]);
        }
        for column in 2..5 {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        writeln!(f, "{table}")?;
        writeln!(
            f,
            "base points {}, raw points {}, published score {}",
            self.base_points, self.score.raw, self.score.published
        )?;
        for reason in &self.reasons {
            writeln!(f, "{}: {}", reason.code(), reason.text())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Explanation { .. }")
    }
}

impl fmt::Debug for CharacteristicPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CharacteristicPoints")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::arbitrary::{bare_levels_for, scorecard_for};
    use crate::build::{CharacteristicBuilder, ScorecardBuilder};
    use crate::fixture;
    use crate::scaling::Scaling;

    fn zeros(scheme: &Scheme) -> ApplicantLevels {
        let levels = vec![0; scheme.line_windows().len()];
        ApplicantLevels::from_levels(scheme, date(2026, 11, 15), levels).expect("levels")
    }

    /// A card whose characteristics, all at level 0, are below their baselines
    /// as listed.
    fn short_by(shortfalls: &[(&str, i64)]) -> Scorecard {
        scaled_by(1_000_000, shortfalls)
    }

    fn scaled_by(factor: i64, shortfalls: &[(&str, i64)]) -> Scorecard {
        let scheme = fixture::scheme();
        let scaling = Scaling::new(0, factor, -1_000, 1_000).expect("valid");
        shortfalls
            .iter()
            .enumerate()
            .fold(
                ScorecardBuilder::new("Reasons", "Example Tester").scaling(scaling),
                |card, (index, &(code, shortfall))| {
                    card.characteristic(
                        CharacteristicBuilder::new(format!("C{index}"), "groceries", Some(12))
                            .attributes([(0, 5)])
                            .reason(code, format!("reason {code}"))
                            .baseline(5 + shortfall),
                    )
                },
            )
            .build(&scheme)
            .expect("valid")
    }

    fn codes(card: &Scorecard) -> Vec<String> {
        let scheme = fixture::scheme();
        let explanation = card.explain(&scheme, &zeros(&scheme)).expect("explained");
        explanation
            .reasons
            .iter()
            .map(|r| r.code().to_owned())
            .collect()
    }

    #[test]
    fn the_largest_shortfall_comes_first_and_ties_keep_card_order() {
        let card = short_by(&[("A", 3), ("B", 9), ("C", 3), ("D", 0), ("E", -4)]);
        assert_eq!(codes(&card), ["B", "A", "C"]);
    }

    #[test]
    fn where_points_count_risk_those_above_the_baseline_are_the_reasons() {
        let above = [("A", -3), ("B", -9), ("C", 8), ("D", 0), ("E", -3)];
        let card = scaled_by(-1_000_000, &above);
        assert_eq!(codes(&card), ["B", "A", "E"]);
        let (scheme, levels) = (fixture::scheme(), zeros(&fixture::scheme()));
        let explained = card.explain(&scheme, &levels).expect("explained");
        assert!(explained.points_count_risk);
        let shortfalls: Vec<i64> = explained.points.iter().map(|p| p.shortfall).collect();
        assert_eq!(shortfalls, [3, 9, -8, 0, 3]);
        let raw: Vec<_> = card.reasons_at(levels.levels());
        assert_eq!(raw, explained.reasons);
        // The same card the other way round.
        assert_eq!(codes(&short_by(&above)), ["C"]);
    }

    proptest! {
        /// Whichever way points count: a characteristic is a reason only if the
        /// score without its shortfall is higher, and none left out would have
        /// raised it more than one that is given.
        #[test]
        fn reasons_are_what_lowers_the_published_score_most(
            card in scorecard_for(&fixture::scheme()),
            levels in bare_levels_for(&fixture::scheme()),
        ) {
            let (factor, unclamped) = (
                card.scaling().factor_millionths(),
                |raw: i64| card.scaling().factor_millionths() as i128 * i128::from(raw),
            );
            let raw = card.score_levels(&levels).expect("scored").raw;
            let gain = |c: &Characteristic| {
                let at_baseline = raw - c.points_at(levels[c.line_window]) + c.baseline();
                unclamped(at_baseline) - unclamped(raw)
            };
            let given = card.reasons_at(&levels);
            let is_given = |c: &&Characteristic| given.contains(c.reason());
            for reason in &given {
                let own = card.characteristics().iter().filter(|c| c.reason() == reason);
                prop_assert!(own.map(gain).max() > Some(0), "factor {}", factor);
            }
            if given.len() < REASONS_MAX {
                let mut left = card.characteristics().iter().filter(|c| !is_given(c));
                prop_assert!(left.all(|c| gain(c) <= 0));
            } else {
                let best = |code: &ReasonCode| {
                    let own = card.characteristics().iter().filter(|c| c.reason() == code);
                    own.map(gain).max()
                };
                let least = given.iter().map(best).min().flatten();
                let mut left = card.characteristics().iter().filter(|c| !is_given(c));
                prop_assert!(left.all(|c| Some(gain(c)) <= least));
            }
        }
    }

    #[test]
    fn at_most_four_reasons() {
        let card = short_by(&[("A", 1), ("B", 2), ("C", 3), ("D", 4), ("E", 5), ("F", 1)]);
        assert_eq!(codes(&card), ["E", "D", "C", "B"]);
    }

    #[test]
    fn a_shared_code_is_given_once_and_frees_its_place() {
        let card = short_by(&[("A", 9), ("A", 8), ("B", 7), ("C", 6), ("D", 5), ("E", 4)]);
        assert_eq!(codes(&card), ["A", "B", "C", "D"]);
    }

    #[test]
    fn nothing_short_gives_no_reason() {
        assert!(codes(&short_by(&[("A", 0), ("B", -1)])).is_empty());
    }

    #[test]
    fn an_explanation_shows_what_each_characteristic_gave() {
        let (scheme, card) = (fixture::scheme(), fixture::built());
        let explanation = card.explain(&scheme, &zeros(&scheme)).expect("explained");
        let balance = &explanation.points[1];
        assert_eq!(balance.attribute, "not known");
        assert_eq!(
            (balance.level, balance.points, balance.shortfall),
            (0, -10, 50)
        );
        assert_eq!((balance.baseline, balance.greatest), (40, 40));
        assert_eq!(explanation.points[0].attribute, "under 2,000.00 EUR");
        let sum: i64 = explanation.points.iter().map(|p| p.points).sum();
        assert_eq!(explanation.base_points + sum, explanation.score.raw);
        let text = explanation.to_string();
        assert!(
            text.contains("raw points 470, published score 470"),
            "{text}"
        );
        assert!(text.contains("R01: little spent on groceries"), "{text}");
    }

    #[test]
    fn debug_shows_nothing_of_the_person() {
        let (scheme, card) = (fixture::scheme(), fixture::built());
        let explanation = card.explain(&scheme, &zeros(&scheme)).expect("explained");
        assert_eq!(format!("{explanation:?}"), "Explanation { .. }");
        assert_eq!(
            format!("{:?}", explanation.points[0]),
            "CharacteristicPoints { name: \"Groceries\", .. }"
        );
    }
}
