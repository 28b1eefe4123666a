//! A sample of a population's values, of bounded size and the same whatever the
//! order in which people come.

use std::collections::BinaryHeap;

/// A row with its lot, by which it is kept or not, and its number.
type Drawn = (u64, usize, Box<[Option<i64>]>);

/// What histories measure: a value a line-window and person, of at most so many
/// persons. Which ones is decided by a hash of their position, so neither the
/// order of the files nor the machine changes it.
#[derive(Clone)]
pub struct ValueSample {
    width: usize,
    most: usize,
    seen: usize,
    /// The persons with the smallest hashes, the largest of these on top.
    kept: BinaryHeap<Drawn>,
}

impl ValueSample {
    /// An empty sample of at most `most` persons, for `width` line-windows.
    pub fn new(width: usize, most: usize) -> Self {
        Self {
            width,
            most: most.max(1),
            seen: 0,
            kept: BinaryHeap::new(),
        }
    }

    /// Adds a person by the position in the outcome table; values beyond 64 bits
    /// count as the largest.
    pub fn add(&mut self, position: usize, values: &[Option<i128>]) {
        self.seen += 1;
        let hash = mixed(position as u64);
        let full = self.kept.len() >= self.most;
        if full
            && self
                .kept
                .peek()
                .is_some_and(|(largest, ..)| hash >= *largest)
        {
            return;
        }
        let bound = |value: i128| {
            let bounded = value.clamp(i128::from(i64::MIN), i128::from(i64::MAX));
            i64::try_from(bounded).expect("clamped")
        };
        let values: Box<[_]> = values
            .iter()
            .take(self.width)
            .map(|value| value.map(bound))
            .collect();
        self.kept.push((hash, position, values));
        if full {
            self.kept.pop();
        }
    }

    /// How many persons were added.
    pub fn seen(&self) -> usize {
        self.seen
    }

    /// How many of them are kept.
    pub fn kept(&self) -> usize {
        self.kept.len()
    }

    /// The known values of a line-window, ascending.
    pub(super) fn sorted(&self, line_window: usize) -> Vec<i64> {
        let value = |(_, _, values): &(u64, usize, Box<[Option<i64>]>)| {
            values.get(line_window).copied().flatten()
        };
        let mut values: Vec<i64> = self.kept.iter().filter_map(value).collect();
        values.sort_unstable();
        values
    }
}

/// Values stay out of logs.
impl std::fmt::Debug for ValueSample {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ValueSample({} of {} persons)", self.kept(), self.seen)
    }
}

/// The finaliser of `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).
pub(super) fn mixed(position: u64) -> u64 {
    let mut z = position.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(positions: impl Iterator<Item = usize>) -> Vec<i64> {
        let mut sample = ValueSample::new(1, 50);
        for position in positions {
            sample.add(position, &[Some(position as i128)]);
        }
        sample.sorted(0)
    }

    #[test]
    fn the_order_does_not_matter_and_the_size_is_bounded() {
        let forwards = sample(0..1000);
        assert_eq!(forwards, sample((0..1000).rev()));
        assert_eq!(forwards.len(), 50);
        // Neither the first nor the last fifty.
        assert!(forwards[25] > 200 && forwards[25] < 800, "{}", forwards[25]);
    }

    #[test]
    fn values_that_are_not_known_are_left_out() {
        let mut sample = ValueSample::new(2, 10);
        sample.add(0, &[None, Some(i128::MAX)]);
        assert!(sample.sorted(0).is_empty());
        assert_eq!(sample.sorted(1), [i64::MAX]);
    }
}
