//! Draws that come out the same on every machine.

use crate::digest::Framed;
use crate::label;

/// One applicant's stream of draws.
pub(super) struct Random {
    stream: blake3::OutputReader,
    block: [u8; 64],
    used: usize,
}

impl Random {
    pub(super) fn of(seed: u64, index: u64) -> Self {
        Self {
            stream: Framed::new(label::SYNTH).u64(seed).u64(index).stream(),
            block: [0; 64],
            used: 64,
        }
    }

    fn u16(&mut self) -> u16 {
        if self.used + 2 > self.block.len() {
            self.stream.fill(&mut self.block);
            self.used = 0;
        }
        let pair = [self.block[self.used], self.block[self.used + 1]];
        self.used += 2;
        u16::from_le_bytes(pair)
    }

    fn u32(&mut self) -> u32 {
        u32::from(self.u16()) << 16 | u32::from(self.u16())
    }

    /// A number in `0..1`.
    pub(super) fn unit(&mut self) -> f64 {
        f64::from(self.u32()) / 4_294_967_296.0
    }

    /// A number in `low..high`.
    pub(super) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A whole number in `0..bound`.
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        let wide = u64::from(self.u32()) * u64::from(bound);
        u32::try_from(wide >> 32).expect("below the bound")
    }

    /// A standard normal, as the sum of twelve uniforms less six: within 6,
    /// which is enough for people.
    pub(super) fn normal(&mut self) -> f64 {
        let sum: u32 = (0..12).map(|_| u32::from(self.u16())).sum();
        (f64::from(sum) + 6.0) / 65_536.0 - 6.0
    }

    /// True with this probability.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_have_mean_0_and_variance_1() {
        let mut random = Random::of(1, 2);
        let draws: Vec<f64> = (0..20_000).map(|_| random.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let variance = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
        // Four standard errors of each.
        assert!(mean.abs() < 0.029, "{mean}");
        assert!((variance - 1.0).abs() < 0.04, "{variance}");
    }

    #[test]
    fn streams_of_neighbours_differ_and_bounds_hold() {
        let draws = |index| {
            let mut random = Random::of(1, index);
            (0..8).map(|_| random.below(10)).collect::<Vec<_>>()
        };
        assert_eq!(draws(5), draws(5));
        assert_ne!(draws(5), draws(6));
        assert!(draws(5).iter().all(|draw| *draw < 10));
    }
}
