//! What is measured: a scheme with scorecards on it, and invented levels.
//!
//! What an evaluation costs does not depend on the levels, so any that the
//! scheme admits will do; they are drawn from a stream, so that a run can be
//! repeated.

use blindscore_client::source::Source;
use blindscore_examples::{AS_OF, SCHEME_JSON, SCORECARDS};
use blindscore_fhe::SealingKey;
use blindscore_history::digest::Framed;
use blindscore_history::levels::{Role, SourceLevels};
use blindscore_history::scheme::{LineKind, Scheme};
use blindscore_scorecard::Scorecard;
use serde_json::json;

use crate::Error;

/// A scheme and the scorecards that are measured under it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The scheme.
    pub scheme: Scheme,
    /// Scorecards on it, at least one.
    pub scorecards: Vec<Scorecard>,
}

/// A data holder of a subject.
#[derive(Debug)]
pub struct Held {
    /// The holder.
    pub source: Source,
    /// Roles: the first holder has all of them.
    pub roles: Vec<Role>,
    /// Invented levels.
    pub levels: SourceLevels,
}

impl Subject {
    /// The bundled scheme and scorecards.
    ///
    /// # Errors
    /// None, unless the bundled data are broken.
    pub fn bundled() -> Result<Self, Error> {
        let scheme = Scheme::from_json(SCHEME_JSON)?;
        let card = |(_, json): &(&str, &str)| Scorecard::from_json(json, &scheme);
        let scorecards = SCORECARDS.iter().map(card).collect::<Result<_, _>>()?;
        Ok(Self { scheme, scorecards })
    }

    /// An invented subject for the curves: `lines` pooled lines of one window
    /// and 32 levels, for up to `sources` sources, and a scorecard for each of
    /// `cards`, which gives the number of its characteristics.
    ///
    /// # Errors
    /// More lines, sources or levels than a scheme may have.
    pub fn invented(lines: usize, sources: u32, cards: &[usize]) -> Result<Self, Error> {
        let line = |index: usize| {
            json!({"name": format!("line_{index}"), "kind": "pooled", "direction": "out",
                   "flows": ["expenditure"], "categories": ["FOOD"], "measure": "amount",
                   "unit": 1000 + index, "cap": 31, "windows": [12]})
        };
        let scheme = json!({"blindscore_scheme": 1, "name": "measured", "version": 1,
            "currency": "EUR", "sources_max": sources,
            "lines": (0..lines).map(line).collect::<Vec<_>>()});
        let scheme = Scheme::from_json(&scheme.to_string())?;
        let characteristic = |index: usize| {
            json!({"name": format!("Line {index}"), "line": format!("line_{index}"), "window": 12,
                   "attributes": [{"from": 0, "to": 8, "points": 0},
                                  {"from": 8, "to": 16, "points": 6},
                                  {"from": 16, "points": 15}],
                   "reason": {"code": format!("R{index}"), "text": "measured"}, "baseline": 6})
        };
        let card = |(number, characteristics): (usize, &usize)| {
            // Cards with as many characteristics read other lines each.
            let first = number % (lines - characteristics.min(&lines) + 1);
            let indices = first..first + characteristics;
            let card = json!({"blindscore_scorecard": 1, "name": format!("measured {number}"),
                "provider": "Example", "version": 1, "scheme": scheme.digest().to_string(),
                "base_points": number,
                "characteristics": indices.map(characteristic).collect::<Vec<_>>(),
                "scaling": {"offset_millionths": 0, "factor_millionths": 1_000_000,
                            "min": 0, "max": 4000}});
            Scorecard::from_json(&card.to_string(), &scheme)
        };
        let scorecards = cards
            .iter()
            .enumerate()
            .map(card)
            .collect::<Result<_, _>>()?;
        Ok(Self { scheme, scorecards })
    }

    /// `sources` data holders with invented levels; another `person` has
    /// others.
    ///
    /// # Errors
    /// None for a scheme that was read.
    pub fn holders(&self, sources: usize, person: u64) -> Result<Vec<Held>, Error> {
        let roles: Vec<Role> = self.scheme.roles().into_iter().cloned().collect();
        (0..sources)
            .map(|index| {
                let sealing_key = SealingKey::new([index as u8 + 1; 32]);
                Ok(Held {
                    source: Source::new(format!("source-{}", index + 1).parse()?, sealing_key),
                    roles: if index == 0 {
                        roles.clone()
                    } else {
                        Vec::new()
                    },
                    levels: invented_levels(&self.scheme, person, index as u64)?,
                })
            })
            .collect()
    }
}

/// Levels that the scheme admits.
fn invented_levels(scheme: &Scheme, person: u64, source: u64) -> Result<SourceLevels, Error> {
    let label = "blindscore benches levels";
    let mut stream = Framed::new(label).u64(person).u64(source).stream();
    let mut drawn = |most: u32| {
        let mut bytes = [0; 4];
        stream.fill(&mut bytes);
        u32::from_le_bytes(bytes) % (most + 1)
    };
    let mut levels: Vec<u32> = Vec::new();
    for window in scheme.line_windows() {
        let line = &scheme.lines()[window.line];
        let level = match line.kind() {
            // What a longer window adds cannot be less than nothing.
            LineKind::Pooled(_) if window.window > 0 => {
                let before = levels.last().copied().unwrap_or_default();
                before.max(drawn(window.source_level_max))
            }
            LineKind::Sum(sum) => {
                let member = |index: &usize| {
                    let name = scheme.lines()[*index].name();
                    let at = scheme.find(name, window.months);
                    at.map_or(0, |at| levels[at])
                };
                sum.members().iter().map(member).sum()
            }
            _ => drawn(window.source_level_max),
        };
        levels.push(level);
    }
    let months = scheme.longest_window();
    Ok(SourceLevels::from_levels(scheme, AS_OF, months, levels)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_differ_and_fit_the_scheme() {
        for subject in [
            Subject::bundled().unwrap(),
            Subject::invented(64, 8, &[4, 12, 64]).unwrap(),
        ] {
            let [first, second] = [1, 2].map(|person| subject.holders(2, person).unwrap());
            assert_ne!(first[0].levels, second[0].levels);
            assert_ne!(first[0].levels, first[1].levels);
        }
    }
}
