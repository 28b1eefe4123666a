//! Contenders in turns.
//!
//! Machines are shared and noisy, so the contenders take turns, round after
//! round, and the median of each counts: what slows one slows its neighbour,
//! and a ratio says more than a time.

use std::time::{Duration, Instant};

/// Something whose time is taken.
pub struct Contender<'a> {
    name: &'static str,
    repeats: u32,
    run: Box<dyn FnMut() + 'a>,
}

impl<'a> Contender<'a> {
    /// Runs `repeats` times a turn, for what takes less than the clock can tell.
    pub fn new(name: &'static str, repeats: u32, run: impl FnMut() + 'a) -> Self {
        Self {
            name,
            repeats: repeats.max(1),
            run: Box::new(run),
        }
    }

    fn turn(&mut self) -> Duration {
        let start = Instant::now();
        (0..self.repeats).for_each(|_| (self.run)());
        start.elapsed() / self.repeats
    }
}

/// The median time of each contender over `rounds` rounds, after one that
/// brings code and data near. `watch` is told each round's number.
pub fn medians(
    rounds: usize,
    contenders: &mut [Contender<'_>],
    watch: &mut dyn FnMut(usize),
) -> Vec<(&'static str, Duration)> {
    let mut times = vec![Vec::with_capacity(rounds); contenders.len()];
    for round in 0..=rounds {
        watch(round);
        for (contender, times) in contenders.iter_mut().zip(&mut times) {
            let time = contender.turn();
            if round > 0 || rounds == 0 {
                times.push(time);
            }
        }
    }
    contenders
        .iter()
        .zip(times)
        .map(|(contender, mut times)| {
            times.sort_unstable();
            (contender.name, times[times.len() / 2])
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn they_take_turns() {
        let order = RefCell::new(String::new());
        let mut contenders = [
            Contender::new("a", 2, || order.borrow_mut().push('a')),
            Contender::new("b", 1, || order.borrow_mut().push('b')),
        ];
        let medians = medians(2, &mut contenders, &mut |_| {});
        assert_eq!(medians.len(), 2);
        drop(contenders);
        assert_eq!(order.into_inner(), "aabaabaab");
    }
}
