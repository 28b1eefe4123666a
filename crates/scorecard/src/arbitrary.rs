//! Random valid scorecards for property tests, here and in every crate that
//! must agree with the plain scorer. Behind the feature `arbitrary`.
//!
//! The strategies reach the corners on purpose: the full span of 1020,
//! negative points, one attribute over all levels, several characteristics
//! over one line-window, factors of both signs.

use blindscore_history::scheme::Scheme;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::SPAN_MAX;
use crate::build::{CharacteristicBuilder, ScorecardBuilder};
use crate::model::Scorecard;
use crate::scaling::{MILLION, Scaling};

/// The most characteristics of a random scorecard: a dozen is what a real one
/// has.
const CHARACTERISTICS: usize = 12;
/// The most cuts of a random characteristic.
const CUTS: usize = 6;
/// Points are drawn as parts of this many of the characteristic's width.
const PARTS: u32 = 1_000;

/// Random valid scorecards over `scheme`.
pub fn scorecard_for(scheme: &Scheme) -> impl Strategy<Value = Scorecard> + use<> {
    let span = prop_oneof![
        1 => Just(0),
        2 => Just(SPAN_MAX),
        7 => 0..=SPAN_MAX,
    ];
    strategy(scheme, span.boxed(), false)
}

/// Random valid scorecards over `scheme` whose span is exactly [`SPAN_MAX`]:
/// one point more and the shifted score would not fit the message modulus.
pub fn full_span_scorecard_for(scheme: &Scheme) -> impl Strategy<Value = Scorecard> + use<> {
    strategy(scheme, Just(SPAN_MAX).boxed(), true)
}

/// One level a line-window of `scheme`, each anywhere in its range and often
/// at an end of it. No ledger need exist that has these levels: windows do not
/// nest and sums do not add up.
pub fn bare_levels_for(scheme: &Scheme) -> impl Strategy<Value = Vec<u32>> + use<> {
    let one = |level_max| prop_oneof![Just(0), Just(level_max), 0..=level_max];
    let all: Vec<_> = scheme
        .line_windows()
        .iter()
        .map(|line_window| one(line_window.level_max))
        .collect();
    all
}

/// What is drawn for one characteristic, before it meets the scheme.
#[derive(Debug, Clone)]
struct Draw {
    line_window: prop::sample::Index,
    cuts: Vec<u32>,
    least: i64,
    weight: u32,
    parts: Vec<u32>,
    falling: bool,
    baseline: i64,
}

fn draw() -> impl Strategy<Value = Draw> {
    (
        any::<prop::sample::Index>(),
        vec(any::<u32>(), 0..=CUTS),
        -400_i64..=400,
        0_u32..=100,
        vec(0..=PARTS, CUTS + 2),
        any::<bool>(),
        -400_i64..=400,
    )
        .prop_map(
            |(line_window, cuts, least, weight, parts, falling, baseline)| Draw {
                line_window,
                cuts,
                least,
                weight,
                parts,
                falling,
                baseline,
            },
        )
}

fn strategy(
    scheme: &Scheme,
    span: BoxedStrategy<u32>,
    fill: bool,
) -> impl Strategy<Value = Scorecard> + use<> {
    let scheme = scheme.clone();
    let scaling = (
        -1_000 * MILLION..=1_000 * MILLION,
        1..=3 * MILLION,
        any::<bool>(),
    )
        .prop_map(|(offset, factor, negative)| {
            Scaling::new(offset, if negative { -factor } else { factor }, 300, 850)
                .expect("bounded and not empty")
        });
    (
        vec(draw(), 1..=CHARACTERISTICS),
        span,
        -2_000_i64..=2_000,
        scaling,
    )
        .prop_map(move |(draws, span, base_points, scaling)| {
            assemble(&scheme, &draws, span, fill)
                .base_points(base_points)
                .scaling(scaling)
                .build(&scheme)
                .expect("the draws are within every bound")
        })
}

fn assemble(scheme: &Scheme, draws: &[Draw], span: u32, fill: bool) -> ScorecardBuilder {
    let shapes: Vec<Shape<'_>> = draws
        .iter()
        .enumerate()
        .map(|(index, draw)| Shape::new(scheme, draw, fill && index == 0))
        .collect();
    let weights: Vec<u32> = shapes.iter().map(Shape::weight).collect();
    shapes.iter().zip(share(span, &weights)).enumerate().fold(
        ScorecardBuilder::new("Random card", "Example Tester"),
        |card, (index, (shape, width))| card.characteristic(shape.characteristic(index, width)),
    )
}

/// A characteristic without its points.
struct Shape<'a> {
    draw: &'a Draw,
    line: &'a str,
    window: Option<u8>,
    adds_up: bool,
    froms: Vec<u32>,
}

impl<'a> Shape<'a> {
    /// `cut` asks for at least two values of points.
    fn new(scheme: &'a Scheme, draw: &'a Draw, cut: bool) -> Self {
        let found = &scheme.line_windows()[draw.line_window.index(scheme.line_windows().len())];
        let line = &scheme.lines()[found.line];
        let lowest = u32::from(!line.adds_up());
        let room = found.level_max - lowest;
        let mut froms = vec![lowest];
        if room > 0 {
            froms.extend(draw.cuts.iter().map(|cut| lowest + 1 + cut % room));
            if cut && froms.len() == 1 {
                froms.push(found.level_max);
            }
        }
        froms.sort_unstable();
        froms.dedup();
        Self {
            draw,
            line: line.name(),
            window: Some(found.months).filter(|&months| months > 0),
            adds_up: line.adds_up(),
            froms,
        }
    }

    /// How many points it gives: one an attribute, and one for not known.
    fn values(&self) -> usize {
        self.froms.len() + usize::from(!self.adds_up)
    }

    /// Its share of the span; a single value can take none.
    fn weight(&self) -> u32 {
        if self.values() > 1 {
            self.draw.weight + 1
        } else {
            0
        }
    }

    fn characteristic(&self, index: usize, width: u32) -> CharacteristicBuilder {
        let last = self.values() - 1;
        let mut points: Vec<i64> = (0..=last)
            .map(|value| {
                let part = match value {
                    0 => 0,
                    _ if value == last => PARTS,
                    _ => self.draw.parts[value],
                };
                let part = if self.draw.falling {
                    PARTS - part
                } else {
                    part
                };
                self.draw.least + i64::from(width) * i64::from(part) / i64::from(PARTS)
            })
            .collect();
        let mut builder = CharacteristicBuilder::new(
            format!("Characteristic {}", index + 1),
            self.line,
            self.window,
        )
        .reason(
            format!("R{:02}", index + 1),
            format!("reason {}", index + 1),
        )
        .baseline(self.draw.baseline);
        if !self.adds_up {
            builder = builder.not_known(points.remove(0));
        }
        builder.attributes(self.froms.iter().copied().zip(points))
    }
}

/// Splits `span` by `weights`, to the last point unless all weights are zero.
fn share(span: u32, weights: &[u32]) -> Vec<u32> {
    let total: u32 = weights.iter().sum();
    if total == 0 {
        return vec![0; weights.len()];
    }
    let mut shares: Vec<u32> = weights.iter().map(|w| span * w / total).collect();
    let left = span - shares.iter().sum::<u32>();
    if let Some(first) = weights.iter().position(|&w| w > 0) {
        shares[first] += left;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    #[test]
    fn shares_add_up() {
        assert_eq!(share(1020, &[0, 1, 2]), [0, 340, 680]);
        assert_eq!(share(10, &[3, 3, 3]), [4, 3, 3]);
        assert_eq!(share(10, &[0, 0]), [0, 0]);
    }

    proptest! {
        #[test]
        fn the_full_span_is_reached_exactly(card in full_span_scorecard_for(&fixture::scheme())) {
            prop_assert_eq!(card.span(), SPAN_MAX);
        }

        #[test]
        fn every_card_reads_back_the_same(card in scorecard_for(&fixture::scheme())) {
            let scheme = fixture::scheme();
            let again = Scorecard::from_json(&card.to_json(), &scheme);
            prop_assert_eq!(again.as_ref(), Ok(&card));
            let canonical = Scorecard::from_json(&card.canonical_json(), &scheme);
            prop_assert_eq!(canonical.map(|c| c.digest()), Ok(card.digest()));
        }

        #[test]
        fn a_full_card_takes_no_further_point(
            card in full_span_scorecard_for(&fixture::scheme()),
        ) {
            let json = card.to_json();
            let mut value: serde_json::Value = serde_json::from_str(&json).expect("valid JSON");
            let list = value["characteristics"].as_array_mut().expect("a list");
            list.push(serde_json::json!({
                "name": "One point", "line": "groceries", "window": 3,
                "attributes": [{"from": 0, "to": 1, "points": 0}, {"from": 1, "points": 1}],
                "reason": {"code": "ONE", "text": "one"}, "baseline": 0
            }));
            let refused = Scorecard::from_json(&value.to_string(), &fixture::scheme());
            let by_one = matches!(refused, Err(crate::ScorecardError::Span { got: 1021, .. }));
            prop_assert!(by_one);
        }
    }
}
