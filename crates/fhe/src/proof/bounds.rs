//! What a verified proof is worth, as logarithms of probabilities.

use super::{CHOSEN, ROUNDS};

/// log2 of the probability of a wrong score in packed form, for each sealing,
/// whatever the key that the proof admits, under the plan's spectral gate
/// (`docs/proof.md`). In composable form the plan computes its own
/// ([`Noise::hostile_key_log2`](crate::noise::Noise::hostile_key_log2)).
pub const PACKED_WRONG_SCORE_LOG2: f64 = -106.0;

/// log2 of the probability that a forger guesses the chosen rounds, for each
/// try: `1 / C(768, 20)`, -130.3.
pub fn forging_bound_log2() -> f64 {
    let ways = |i: usize| ((ROUNDS - i) as f64 / (i + 1) as f64).log2();
    -(0..CHOSEN).map(ways).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_positions_are_worth_130_bits() {
        assert!((forging_bound_log2() + 130.26).abs() < 0.05);
    }
}
