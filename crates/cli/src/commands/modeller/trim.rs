//! A fitted card on no more of its scheme than it uses.
//!
//! A scheme that was made for a table cuts every column as finely as levels
//! allow, so that binning can choose. What is kept of it are the lines that the
//! card reads, and the cut points at which its points change: the next table
//! needs no other columns, and an applicant seals no finer levels than the card
//! tells apart.

use std::collections::BTreeSet;

use blindscore_history::scheme::{ColumnScale, LineKind, Scheme};
use blindscore_scorecard::{Characteristic, Scorecard};
use serde_json::{Value, json};

use super::card::Card;
use crate::error::{Failure, Outcome};

/// The scorecard, with the lines and cut points that it uses and no others.
pub(crate) fn trimmed(scheme: &Scheme, scorecard: &Scorecard) -> Outcome<Card> {
    let read: Vec<&str> = scorecard
        .characteristics()
        .iter()
        .map(Characteristic::line)
        .collect();
    let kept = scheme
        .with_lines(|line| read.contains(&line.name()))
        .map_err(Failure::internal)?;
    let mut scheme_json: Value =
        serde_json::from_str(&kept.to_json()).map_err(Failure::internal)?;
    let mut card_json: Value =
        serde_json::from_str(&scorecard.to_json()).map_err(Failure::internal)?;
    for (index, line) in kept.lines().iter().enumerate() {
        let LineKind::Column(column) = line.kind() else {
            continue;
        };
        let ColumnScale::Cuts(cuts) = column.scale() else {
            continue;
        };
        let levels = Levels::of(scorecard, line.name(), cuts.len() + 1);
        let used = levels
            .starts
            .iter()
            .map(|start| cuts[start - 2].to_string());
        scheme_json["lines"][index]["cuts"] = used.collect();
        let characteristics = card_json["characteristics"].as_array_mut();
        for characteristic in characteristics.into_iter().flatten() {
            if characteristic["line"] == line.name() {
                levels.renumber(characteristic);
            }
        }
    }
    let scheme = Scheme::from_json(&scheme_json.to_string()).map_err(Failure::internal)?;
    card_json["scheme"] = scheme.digest().to_string().into();
    let scorecard =
        Scorecard::from_json(&card_json.to_string(), &scheme).map_err(Failure::internal)?;
    Ok(Card { scheme, scorecard })
}

/// The levels of a line's numbers that start an attribute.
struct Levels {
    /// Ascending, from 2.
    starts: Vec<usize>,
    /// The level of the highest numbers; those of special values lie above.
    last: usize,
}

impl Levels {
    fn of(scorecard: &Scorecard, line: &str, last: usize) -> Self {
        let over = scorecard.characteristics().iter();
        let attributes = over
            .filter(|c| c.line() == line)
            .flat_map(Characteristic::attributes);
        let starts: BTreeSet<usize> = attributes
            .map(|attribute| attribute.from() as usize)
            .filter(|from| (2..=last).contains(from))
            .collect();
        Self {
            starts: starts.into_iter().collect(),
            last,
        }
    }

    /// The level that takes the place of one at which an attribute starts.
    fn now(&self, level: usize) -> usize {
        if level > self.last {
            return level - self.last + self.starts.len() + 1;
        }
        1 + self.starts.partition_point(|start| *start <= level)
    }

    fn renumber(&self, characteristic: &mut Value) {
        let attributes = characteristic["attributes"].as_array_mut();
        for attribute in attributes.into_iter().flatten() {
            for end in ["from", "to"] {
                let level = attribute[end].as_u64();
                if let Some(level) = level.and_then(|level| usize::try_from(level).ok()) {
                    attribute[end] = json!(self.now(level));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use blindscore_scorecard::{CharacteristicBuilder, ScorecardBuilder};

    use super::*;

    /// Ten cut points and two special values; the card uses three of the cuts
    /// and one of the values.
    #[test]
    fn unused_lines_and_cuts_go_and_no_score_changes() {
        let cuts: Vec<String> = (1..=10).map(|cut| cut.to_string()).collect();
        let scheme = json!({"blindscore_scheme": 1, "name": "t", "version": 1,
            "currency": "EUR", "sources_max": 1, "tabular": true, "lines": [
            {"name": "other", "kind": "column", "cuts": ["1"]},
            {"name": "a", "kind": "column", "cuts": cuts, "special": ["-1", "-2"]},
            {"name": "b", "kind": "column", "values": [["x"], ["y"]]}]});
        let scheme = Scheme::from_json(&scheme.to_string()).expect("a scheme");
        let card = ScorecardBuilder::new("t", "Example Tester")
            .characteristic(
                CharacteristicBuilder::new("A", "a", None)
                    .attributes([(1, 0), (4, 10), (5, 25), (11, 7), (13, 99)])
                    .not_known(3)
                    .reason("R01", "a reason of some length"),
            )
            .characteristic(
                CharacteristicBuilder::new("B", "b", None)
                    .attributes([(1, 0), (2, 50)])
                    .not_known(1)
                    .reason("R02", "another reason"),
            )
            .build(&scheme)
            .expect("a card");
        let now = trimmed(&scheme, &card).expect("trimmed");
        assert_eq!(now.scheme.lines().len(), 2);
        // Not known, four ranges, two special values; not known, two categories.
        assert_eq!(now.scheme.slots(), 7 + 3);
        let cells = [
            "", "0", "3", "3.5", "4", "9", "10", "10.5", "11", "-1", "-2",
        ];
        for a in cells {
            for b in ["", "x", "y"] {
                let score = |scheme: &Scheme, card: &Scorecard| {
                    let headers = ["other", "a", "b"];
                    let columns = blindscore_history::levels::TableColumns::find(scheme, &headers);
                    let levels = columns.expect("columns").levels(&["", a, b]);
                    card.score_levels(&levels.expect("levels")).expect("scored")
                };
                let (before, after) = (score(&scheme, &card), score(&now.scheme, &now.scorecard));
                assert_eq!(before, after, "{a:?} {b:?}");
            }
        }
        let again = trimmed(&now.scheme, &now.scorecard).expect("trimmed again");
        assert_eq!(again.scheme.digest(), now.scheme.digest());
    }
}
