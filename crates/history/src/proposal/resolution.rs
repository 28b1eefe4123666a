//! What levels keep of values.

use serde::Serialize;

/// How well the levels of one line-window tell people apart.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Resolution {
    /// How many people's value is known.
    pub known: usize,
    /// The share of them at the lowest level there is for a value.
    pub at_bottom: f64,
    /// The share of them at the cap.
    pub at_cap: f64,
    /// How many levels occur.
    pub levels_used: usize,
    /// Of all pairs whose values differ, the share whose levels differ; 1 if
    /// no values differ.
    pub told_apart: f64,
}

impl Resolution {
    /// The resolution of `level` over sorted known `values`; the cap and the
    /// lowest level are given.
    #[allow(clippy::cast_precision_loss, reason = "shares for people to read")]
    pub(super) fn of(values: &[i64], bottom: u32, cap: u32, level: impl Fn(i64) -> u32) -> Self {
        let known = values.len();
        let share = |count: usize| {
            if known == 0 {
                0.0
            } else {
                count as f64 / known as f64
            }
        };
        let levels: Vec<u32> = values.iter().map(|value| level(*value)).collect();
        let differing = pairs(known) - equal_pairs(values);
        let told = pairs(known) - equal_pairs(&levels);
        Self {
            known,
            at_bottom: share(levels.iter().filter(|level| **level == bottom).count()),
            at_cap: share(levels.iter().filter(|level| **level >= cap).count()),
            levels_used: levels.chunk_by(|a, b| a == b).count(),
            told_apart: if differing == 0 {
                1.0
            } else {
                told as f64 / differing as f64
            },
        }
    }
}

/// Pairs of `count` things.
fn pairs(count: usize) -> u128 {
    let count = count as u128;
    count * count.saturating_sub(1) / 2
}

/// Pairs of equal neighbours' runs in a sorted list.
fn equal_pairs<T: PartialEq>(sorted: &[T]) -> u128 {
    sorted
        .chunk_by(|a, b| a == b)
        .map(|run| pairs(run.len()))
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_counted() {
        // Values 1, 2, 2, 9: five of six pairs differ. Levels 0, 1, 1, 1 tell
        // the three pairs with the 1 apart.
        let got = Resolution::of(&[1, 2, 2, 9], 0, 1, |value| u32::from(value > 1));
        assert_eq!((got.known, got.levels_used), (4, 2));
        assert!((got.told_apart - 0.6).abs() < 1e-12);
        assert!((got.at_bottom - 0.25).abs() < 1e-12);
        assert!((got.at_cap - 0.75).abs() < 1e-12);
        assert!((Resolution::of(&[3, 3], 0, 9, |_| 1).told_apart - 1.0).abs() < 1e-12);
        assert_eq!(Resolution::of(&[], 0, 9, |_| 1).known, 0);
    }
}
