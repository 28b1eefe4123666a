//! Why a score is what it is: the points of each characteristic, and the
//! reasons for points lost.
//!
//! A reason is given for a characteristic whose points fall short of its
//! baseline: the largest shortfall first, at equal shortfalls in the order of
//! the card, each code once, at most [`REASONS_MAX`]. Everybody with the card
//! and the levels gets the same list.

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
    /// The most points that the characteristic can give.
    pub greatest: i64,
}

impl CharacteristicPoints {
    /// How many points are missing to the baseline; 0 or less if none.
    pub fn shortfall(&self) -> i64 {
        self.baseline - self.points
    }
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
            .map(|c| points_of(c, scheme, levels.levels()[c.line_window]))
            .collect();
        Ok(Explanation {
            score,
            base_points: self.base_points,
            reasons: self.reasons(points.iter().map(CharacteristicPoints::shortfall)),
            points,
        })
    }

    /// The reasons at levels that were checked.
    pub(crate) fn reasons_at(&self, levels: &[u32]) -> Vec<ReasonCode> {
        let shortfall = |c: &Characteristic| c.baseline - c.points_at(levels[c.line_window]);
        self.reasons(self.characteristics.iter().map(shortfall))
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

fn points_of(characteristic: &Characteristic, scheme: &Scheme, level: u32) -> CharacteristicPoints {
    CharacteristicPoints {
        name: characteristic.name.clone(),
        attribute: table::label(characteristic, scheme, characteristic.attribute_at(level)),
        level,
        points: characteristic.points_at(level),
        baseline: characteristic.baseline,
        greatest: characteristic.greatest(),
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

    use super::*;
    use crate::build::{CharacteristicBuilder, ScorecardBuilder};
    use crate::fixture;

    fn zeros(scheme: &Scheme) -> ApplicantLevels {
        let levels = vec![0; scheme.line_windows().len()];
        ApplicantLevels::from_levels(scheme, date(2026, 11, 15), levels).expect("levels")
    }

    /// A card whose characteristics, all at level 0, fall short as listed.
    fn short_by(shortfalls: &[(&str, i64)]) -> Scorecard {
        let scheme = fixture::scheme();
        shortfalls
            .iter()
            .enumerate()
            .fold(
                ScorecardBuilder::new("Reasons", "Example Tester"),
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
            (balance.level, balance.points, balance.shortfall()),
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
