//! Units, origins and caps for the lines of a scheme.

use serde::Serialize;

use super::resolution::Resolution;
use super::sample::ValueSample;
use crate::scheme::{
    LEVEL_MAX, Line, LineKind, NUMBER_MAX, PooledMeasure, Quantity, Scheme, SchemeError, Units,
};

/// What a proposal aims at.
#[derive(Clone, Copy, Debug)]
pub struct ProposalOptions {
    /// The share of values below the useful range, for lines that have an
    /// origin.
    pub low: f64,
    /// The share of values up to the end of the useful range. Of lines whose
    /// level 0 is a true zero, people at 0 do not count.
    pub high: f64,
    /// The most levels of a line.
    pub levels: u32,
    /// The most slots of all line-windows together: 2,048 fit a packed
    /// ciphertext.
    pub slots: usize,
}

impl Default for ProposalOptions {
    /// From the 1st to the 99th percentile, at most 127 levels, 2,048 slots.
    fn default() -> Self {
        Self {
            low: 0.01,
            high: 0.99,
            levels: 127,
            slots: 2048,
        }
    }
}

/// A scheme whose units fit, and what it keeps.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The scheme: the given one with other units, origins and caps, and the
    /// next version.
    pub scheme: Scheme,
    /// One record a line-window, in the scheme's order.
    pub lines: Vec<LineProposal>,
}

/// What the proposal does to one line-window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineProposal {
    /// The line.
    pub line: String,
    /// The window in months.
    pub months: u8,
    /// The unit before.
    pub unit_before: i64,
    /// The cap before.
    pub cap_before: u32,
    /// The unit proposed.
    pub unit: i64,
    /// The cap proposed.
    pub cap: u32,
    /// What the levels of the given scheme keep.
    pub before: Resolution,
    /// What the levels of the proposed scheme keep.
    pub after: Resolution,
}

/// Chooses units, origins and caps of `scheme` by a sample of what people's
/// histories measure. Lines of which the sample knows nothing stay as they are.
///
/// # Errors
/// If the scheme that comes out cannot be, which a scheme with very few slots
/// to share brings about.
pub fn propose(
    scheme: &Scheme,
    sample: &ValueSample,
    options: &ProposalOptions,
) -> Result<Proposal, SchemeError> {
    let ranges: Vec<Option<Range>> = (0..scheme.lines().len())
        .map(|line| range(scheme, line, sample, options))
        .collect();
    let most = options.levels.clamp(2, LEVEL_MAX);
    // The most levels whose slots there is room for; never fewer than four.
    let mut levels = most;
    let mut proposed = with_levels(scheme, &ranges, levels)?;
    while levels > 4 && proposed.slots() > options.slots {
        levels -= 1;
        proposed = with_levels(scheme, &ranges, levels)?;
    }
    let lines = compared(scheme, &proposed, sample);
    Ok(Proposal {
        scheme: proposed,
        lines,
    })
}

/// The useful range of a line's longest window.
#[derive(Clone, Copy)]
struct Range {
    low: i64,
    high: i64,
}

fn range(
    scheme: &Scheme,
    line: usize,
    sample: &ValueSample,
    options: &ProposalOptions,
) -> Option<Range> {
    let first = scheme.first_window(line)?;
    let last = first + scheme.lines()[line].windows().len() - 1;
    let mut values = sample.sorted(last);
    let adds_up = scheme.lines()[line].adds_up();
    if adds_up {
        values.retain(|value| *value > 0);
    }
    let low = if adds_up {
        0
    } else {
        quantile(&values, options.low)?
    };
    let high = quantile(&values, options.high)?;
    (high > low).then_some(Range { low, high })
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into a sample, from a share between 0 and 1"
)]
fn quantile(sorted: &[i64], share: f64) -> Option<i64> {
    let last = sorted.len().checked_sub(1)?;
    let at = (last as f64 * share.clamp(0.0, 1.0)).round() as usize;
    sorted.get(at.min(last)).copied()
}

/// The scheme with at most so many levels a line.
fn with_levels(
    scheme: &Scheme,
    ranges: &[Option<Range>],
    levels: u32,
) -> Result<Scheme, SchemeError> {
    let mut units: Vec<Option<Units>> = (0..ranges.len())
        .map(|line| alone(scheme, line, ranges[line], levels))
        .collect();
    for line in scheme.lines() {
        if let LineKind::Sum(sum) = line.kind() {
            together(scheme, sum.members(), ranges, levels, &mut units);
        }
    }
    scheme.with_units(scheme.version().saturating_add(1), &units)
}

/// The units of a line that shares them with no other.
fn alone(scheme: &Scheme, index: usize, range: Option<Range>, levels: u32) -> Option<Units> {
    let line = &scheme.lines()[index];
    let Range { low, high } = range?;
    let most = levels.min(limit(scheme, line));
    match line.kind() {
        LineKind::Pooled(pooled) if pooled.measure() == PooledMeasure::Months => None,
        LineKind::Pooled(_) => {
            let unit = round_unit(i128::from(high), most);
            Some(Units {
                unit,
                origin: None,
                cap: ceiling(i128::from(high), unit).clamp(1, most),
            })
        }
        LineKind::Single(_) if line.quantity() == Quantity::Months => None,
        LineKind::Single(_) => {
            // Level 1 starts at the origin, and one level is above the range.
            let width = i128::from(high) - i128::from(low);
            let unit = round_unit(width, most.saturating_sub(2).max(1));
            let origin = low.div_euclid(unit).checked_mul(unit)?;
            let steps = ceiling(i128::from(high) - i128::from(origin), unit);
            Some(Units {
                unit,
                origin: Some(origin.clamp(-NUMBER_MAX, NUMBER_MAX)),
                cap: (steps + 1).clamp(2, most.max(2)),
            })
        }
        LineKind::Sum(_) | LineKind::Column(_) => None,
    }
}

/// Members of a sum have one unit, and their caps add up to the sum's.
fn together(
    scheme: &Scheme,
    members: &[usize],
    ranges: &[Option<Range>],
    levels: u32,
    units: &mut [Option<Units>],
) {
    let amounts = |index: &usize| units[*index].is_some() || ranges[*index].is_none();
    let Some(&first) = members.first() else {
        return;
    };
    if !members.iter().all(amounts) || members.iter().all(|index| ranges[*index].is_none()) {
        return;
    }
    let room = limit(scheme, &scheme.lines()[first]);
    let high = |index: usize| ranges[index].map_or(1, |range| i128::from(range.high));
    let total = members.iter().map(|index| high(*index)).sum();
    let widest = members.iter().map(|index| high(*index)).max().unwrap_or(1);
    let mut unit = round_unit(total, room).max(round_unit(widest, levels));
    let caps = |unit: i64| -> Vec<u32> {
        members
            .iter()
            .map(|index| ceiling(high(*index), unit).max(1))
            .collect()
    };
    while caps(unit).iter().sum::<u32>() > room && unit < NUMBER_MAX / 2 {
        unit = round_unit(i128::from(unit) + 1, 1);
    }
    for (index, cap) in members.iter().zip(caps(unit)) {
        units[*index] = Some(Units {
            unit,
            origin: None,
            cap,
        });
    }
}

/// The most levels of one source that the table range has room for.
fn limit(scheme: &Scheme, line: &Line) -> u32 {
    if line.adds_up() {
        LEVEL_MAX / scheme.sources_max()
    } else {
        LEVEL_MAX
    }
}

/// The first digits of units that people read easily.
const LEADING: [i128; 10] = [10, 12, 15, 20, 25, 30, 40, 50, 60, 80];

/// The smallest round unit of which `levels` reach over `width`.
fn round_unit(width: i128, levels: u32) -> i64 {
    let least = ((width + i128::from(levels) - 1) / i128::from(levels)).max(1);
    let mut power = 1_i128;
    loop {
        for lead in LEADING {
            // Below ten a unit is any digit that the list has.
            let unit = lead * power;
            if unit % 10 == 0 && unit / 10 >= least {
                return i64::try_from(unit / 10)
                    .unwrap_or(NUMBER_MAX)
                    .min(NUMBER_MAX);
            }
        }
        power *= 10;
    }
}

fn ceiling(width: i128, unit: i64) -> u32 {
    let unit = i128::from(unit);
    u32::try_from((width + unit - 1).div_euclid(unit)).unwrap_or(u32::MAX)
}

fn compared(before: &Scheme, after: &Scheme, sample: &ValueSample) -> Vec<LineProposal> {
    let one = |(index, window): (usize, &crate::scheme::LineWindow)| {
        let values = sample.sorted(index);
        let (old, new) = (&before.lines()[window.line], &after.lines()[window.line]);
        LineProposal {
            line: new.name().to_owned(),
            months: window.months,
            unit_before: old.unit(),
            cap_before: old.cap(),
            unit: new.unit(),
            cap: new.cap(),
            before: resolution(old, &values),
            after: resolution(new, &values),
        }
    };
    after.line_windows().iter().enumerate().map(one).collect()
}

fn resolution(line: &Line, values: &[i64]) -> Resolution {
    let bottom = u32::from(!line.adds_up());
    Resolution::of(values, bottom, line.cap(), |value| {
        crate::levels::level_of(line, i128::from(value))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_round_and_reach() {
        for (width, levels, want) in [
            (1, 10, 1),
            (100, 100, 1),
            (101, 100, 2),
            (730, 100, 8),
            (810, 100, 10),
            (1_150, 100, 12),
            (123_456, 60, 2_500),
            (9_000_000, 64, 150_000),
        ] {
            assert_eq!(round_unit(width, levels), want, "{width} in {levels}");
        }
    }

    fn scheme() -> Scheme {
        Scheme::from_json(
            r#"{"blindscore_scheme": 1, "name": "small", "version": 4, "currency": "EUR",
            "sources_max": 2, "lines": [
            {"name": "food", "kind": "pooled", "flows": ["expenditure"], "categories": ["FOOD"], "unit": 1000000, "cap": 60, "windows": [1, 3]},
            {"name": "dining", "kind": "pooled", "flows": ["expenditure"], "categories": ["DINING_LODGING"], "unit": 1000000, "cap": 60, "windows": [1, 3]},
            {"name": "both", "kind": "sum", "members": ["food", "dining"]},
            {"name": "bills", "kind": "pooled", "flows": ["expenditure"], "categories": ["UTILITIES"], "measure": "months", "unit": 1, "cap": 3, "windows": [3]},
            {"name": "lowest", "kind": "single", "measure": "lowest_balance", "role": "main_account", "unit": 1, "origin": 0, "cap": 3, "windows": [3]},
            {"name": "cash", "kind": "pooled", "flows": ["cash"], "unit": 77, "cap": 9, "windows": [3]}
            ]}"#,
        )
        .unwrap()
    }

    fn sample() -> ValueSample {
        let mut sample = ValueSample::new(scheme().line_windows().len(), 10_000);
        for person in 0..2_000_i128 {
            let (food, dining) = (20_000 + 40 * person, 30 * person);
            let lowest = Some(25 * person - 10_000).filter(|_| person % 7 > 0);
            let sum = [Some((food + dining) / 3), Some(food + dining)];
            let values = [Some(food / 3), Some(food), Some(dining / 3), Some(dining)];
            let rest = [Some(person % 4), lowest, Some(0)];
            sample.add(
                usize::try_from(person).unwrap(),
                &[&values[..], &sum, &rest].concat(),
            );
        }
        sample
    }

    #[test]
    fn a_bad_scheme_gets_units_that_tell_people_apart() {
        let proposal = propose(&scheme(), &sample(), &ProposalOptions::default()).unwrap();
        let by_line = |line: &str, months| {
            let found = proposal.lines.iter();
            found
                .clone()
                .find(|l| l.line == line && l.months == months)
                .unwrap()
        };
        assert_eq!(proposal.scheme.version(), 5);
        assert!(proposal.scheme.slots() <= 2048);
        let food = by_line("food", 3);
        assert!(
            food.before.told_apart < 0.01 && food.after.told_apart > 0.95,
            "{food:?}"
        );
        assert!(food.after.at_cap < 0.03, "{food:?}");
        // Members of a sum keep one unit.
        assert_eq!(food.unit, by_line("dining", 3).unit);
        assert!(by_line("both", 3).after.told_apart > 0.95);
        let lowest = by_line("lowest", 3);
        assert!(lowest.after.told_apart > 0.95, "{lowest:?}");
        assert!(lowest.after.known < 2_000);
        // Months stay months, and of cash nothing is known.
        assert_eq!((by_line("bills", 3).unit, by_line("bills", 3).cap), (1, 3));
        assert_eq!((by_line("cash", 3).unit, by_line("cash", 3).cap), (77, 9));
    }

    #[test]
    fn few_slots_are_shared() {
        let options = ProposalOptions {
            slots: 120,
            ..ProposalOptions::default()
        };
        let proposal = propose(&scheme(), &sample(), &options).unwrap();
        assert!(
            proposal.scheme.slots() <= 120,
            "{}",
            proposal.scheme.slots()
        );
        let everything = propose(&scheme(), &sample(), &ProposalOptions::default()).unwrap();
        assert!(everything.scheme.slots() > 120);
    }
}
