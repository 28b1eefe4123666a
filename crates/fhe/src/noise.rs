//! The noise budget: what a plan's result carries, and the gates it must pass.
//!
//! All variances are of honest noise in units of the torus times 2^64, with
//! `v = Var TUniform(17)`. They follow from the public-key encryption of zero
//! `(A r + e1, B r + e2)`, whose phase is `E r + e2 - e1 s`: variance
//! `v N/2 + v + v N/2 = v (N + 1)` for ternary `r` (mean square 1/2) and binary
//! `s` (mean square 1/2). The budget is computed in floating point and gates a
//! plan; it never enters a digest.

use std::f64::consts::{LOG2_E, PI, SQRT_2};

use crate::gadget::Gadget;
use crate::parameters::{N, SENT_DROPPED_BITS, message_distance, noise_variance};
use crate::proof::PHASE_STEP_LOG2;

/// Largest admitted log2 of the probability of a wrong score on honest inputs.
pub const WRONG_SCORE_GATE: f64 = -128.0;
/// Largest admitted log2 of the probability that an honest key fails a canary.
pub const CANARY_REFUSAL_GATE: f64 = -45.0;
/// Largest admitted log2 of the success of a hostile key within its canaries.
pub const HOSTILE_KEY_GATE: f64 = -50.0;
/// Canaries must lie within this many standard deviations.
const CANARY_DEVIATIONS: f64 = 8.0;

/// Honest noise of a result's outputs, Gaussian for all purposes here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    variance: f64,
}

impl Noise {
    /// Noise of a packed score under the centred table `t`, ternary `r`:
    /// `v |t|^2 N/2 + (v + u) (|t|^2 (1 + N/4) + |1*t|^2 / 4)`.
    ///
    /// `u` is what rounding to 48 bits adds to `e1` and `e2`. `e1 s t` keeps a
    /// part along the constant polynomial because `s` is binary, mean 1/2; with
    /// spread tables `|1*t|^2` is near `N |t|^2` and the whole near
    /// `v |t|^2 (N + 1)`, with 3 % of it from rounding.
    pub fn packed(table: &[i64]) -> Self {
        let n = N as f64;
        let square = |sum: f64, x: f64| sum + x * x;
        let norm = table.iter().map(|t| *t as f64).fold(0.0, square);
        let total: i64 = table.iter().sum();
        let by_ones = table.iter().scan(0, |prefix, t| {
            *prefix += t;
            Some((2 * *prefix - total) as f64)
        });
        let along_ones = by_ones.fold(0.0, square);
        let sent = noise_variance() + uniform_variance(SENT_DROPPED_BITS);
        let by_r = noise_variance() * norm * n / 2.0;
        Self {
            variance: by_r + sent * (norm * (1.0 + n / 4.0) + along_ones / 4.0),
        }
    }

    /// Noise of a composable output after `products` external products spread
    /// over `accumulators` whitened accumulators.
    ///
    /// A product adds `2 l N (B^2/12)` (`gadget`'s) times a row's variance, which is that of
    /// an encryption of zero plus the source's rounding to 48 bits; the
    /// decomposition's own rounding is there but negligible.
    pub fn composable(gadget: Gadget, products: usize, accumulators: usize) -> Self {
        let n = N as f64;
        let zero = noise_variance() * (n + 1.0);
        let rounding = |bits: u32| uniform_variance(bits) * (1.0 + n / 2.0);
        let row = zero + rounding(SENT_DROPPED_BITS);
        let digit = uniform_variance(gadget.base_log());
        let rows = gadget.rows() as f64;
        let product = rows * n * digit * row + rounding(64 - gadget.kept_bits());
        Self {
            variance: products as f64 * product + accumulators as f64 * zero,
        }
    }

    /// Standard deviation in units of the torus times 2^64.
    pub fn deviation(self) -> f64 {
        self.variance.sqrt()
    }

    /// log2 of the standard deviation as a part of the torus, such as -20.0.
    pub fn log2_of_torus(self) -> f64 {
        self.deviation().log2() - 64.0
    }

    /// log2 of the probability that an output decodes wrongly.
    pub fn wrong_score_log2(self) -> f64 {
        self.beyond_log2(message_distance() as f64 / 2.0)
    }

    /// The bound on canaries' noise, `tau`: eight deviations, rounded up, and
    /// the half step by which released phases are rounded. The half step counts
    /// only in a plan without products, whose outputs are constants.
    pub fn canary_bound(self) -> u64 {
        let rounding = 1 << (PHASE_STEP_LOG2 - 1);
        (CANARY_DEVIATIONS * self.deviation()).ceil() as u64 + rounding
    }

    /// log2 of the probability that any of `outputs` leaves the bound, honestly.
    pub fn canary_refusal_log2(self, outputs: usize) -> f64 {
        self.beyond_log2(self.canary_bound() as f64) + (outputs as f64).log2()
    }

    /// log2 of the best success of a hostile key within `canaries`, over the
    /// size `s` of its noise (`docs/security.md`, "Canaries"):
    /// `erf(tau/(s sqrt 2))^J * 2 * 2 tau/(sqrt(2 pi) s) * exp(-(Delta - tau)^2/(2 s^2))`.
    pub fn hostile_key_log2(self, canaries: usize) -> f64 {
        let tau = self.canary_bound() as f64;
        let distance = message_distance() as f64 - tau;
        let success = |s: f64| {
            canaries as f64 * libm::erf(tau / (s * SQRT_2)).log2()
                + (4.0 * tau / ((2.0 * PI).sqrt() * s)).log2()
                - distance * distance / (2.0 * s * s) * LOG2_E
        };
        let start = tau.log2() - 2.0;
        (0..2000)
            .map(|step| success((start + f64::from(step) / 100.0).exp2()))
            .fold(f64::MIN, f64::max)
    }

    /// log2 of the probability of noise beyond `bound` in either direction.
    fn beyond_log2(self, bound: f64) -> f64 {
        if self.variance == 0.0 {
            return f64::NEG_INFINITY;
        }
        let x = bound / (self.deviation() * SQRT_2);
        // erfc(x) <= exp(-x^2) / (x sqrt pi), tight where a gate decides.
        (-x * x * LOG2_E - (x * PI.sqrt()).log2()).min(0.0)
    }
}

/// Variance of a number uniform over `2^bits`.
fn uniform_variance(bits: u32) -> f64 {
    2f64.powi(2 * bits as i32) / 12.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_designs_figures_come_out() {
        let noise = Noise::composable(Gadget::Fine, 93, 12);
        assert!(
            (noise.log2_of_torus() + 20.0).abs() < 0.05,
            "{}",
            noise.log2_of_torus()
        );
        assert!(noise.wrong_score_log2() < WRONG_SCORE_GATE);
        assert!(noise.canary_refusal_log2(8) < CANARY_REFUSAL_GATE);
        // The design's analysis has 2^-51.3 with 7 canaries, 2^-95.6 with 15.
        assert!(
            (noise.hostile_key_log2(7) + 51.3).abs() < 0.6,
            "{}",
            noise.hostile_key_log2(7)
        );
        assert!(
            (noise.hostile_key_log2(15) + 95.6).abs() < 1.0,
            "{}",
            noise.hostile_key_log2(15)
        );
    }

    #[test]
    fn seven_canaries_carry_about_115_products_and_fifteen_thousands() {
        let admitted = |products, canaries| {
            Noise::composable(Gadget::Fine, products, 12).hostile_key_log2(canaries)
                <= HOSTILE_KEY_GATE
        };
        assert!(admitted(110, 7));
        assert!(!admitted(130, 7));
        assert!(admitted(4000, 15));
    }

    #[test]
    fn compact_cells_carry_about_a_hundred_products_with_fifteen_canaries() {
        let noise = |products| Noise::composable(Gadget::Compact, products, 12);
        assert!((noise(93).log2_of_torus() + 17.3).abs() < 0.06);
        let admitted = |products, canaries| {
            let noise = noise(products);
            noise.hostile_key_log2(canaries) <= HOSTILE_KEY_GATE
                && noise.canary_refusal_log2(canaries + 1) <= CANARY_REFUSAL_GATE
                && noise.wrong_score_log2() <= WRONG_SCORE_GATE
        };
        let most = (1..1000)
            .take_while(|products| admitted(*products, 15))
            .count();
        assert!((95..125).contains(&most), "{most}");
        assert!(!admitted(50, 7));
    }

    #[test]
    fn no_noise_never_fails() {
        assert_eq!(Noise::packed(&[0; N]).wrong_score_log2(), f64::NEG_INFINITY);
    }
}
