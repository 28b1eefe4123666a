//! Rejection: whether an attempt's answers may leave.
//!
//! Answers are masks plus the witness, so they lean towards it. Letting them
//! out with probability `exp(-(M0 + diff) / (2 sigma^2))`, `diff` being what
//! the witness added to their squares, takes the lean away: what leaves is
//! distributed as masks alone. The coin is exact, in integers (Canonne, Kamath,
//! Steinke, "The Discrete Gaussian for Differential Privacy", NeurIPS 2020,
//! algorithm 1).

use blindscore_history::form::Form;

use super::VARIANCE;
use super::prove::{NoRandomness, Randomness};

/// `2 sigma^2`.
const DENOMINATOR: u64 = 2 * VARIANCE;

/// `M0`: one of 6.39 (packed) and 5.67 (composable) attempts is let out. Derived
/// in `docs/proof.md`: 13.32 deviations of `diff` for the longest witness that
/// an honest key has, so that the exponent is cut off at 0 with 2^-128.
pub(super) const fn margin(form: Form) -> i64 {
    match form {
        Form::Packed => 10_290_000,
        Form::Composable => 9_620_000,
    }
}

/// Whether answers whose squares exceed their masks' by `difference` are let
/// out.
pub(super) fn accepts(
    form: Form,
    difference: i64,
    randomness: Randomness<'_>,
) -> Result<bool, NoRandomness> {
    let exponent = margin(form).saturating_add(difference).max(0);
    coin_of_exp(exponent as u64, DENOMINATOR, randomness)
}

/// True with probability `exp(-numerator / denominator)`.
pub(super) fn coin_of_exp(
    numerator: u64,
    denominator: u64,
    randomness: Randomness<'_>,
) -> Result<bool, NoRandomness> {
    for _ in 0..numerator / denominator {
        if !coin_of_small_exp(denominator, denominator, randomness)? {
            return Ok(false);
        }
    }
    coin_of_small_exp(numerator % denominator, denominator, randomness)
}

/// The same for a ratio of at most 1: how many coins of probability `ratio/k`,
/// `k = 1, 2, ..`, come up before the first that does not, is even with
/// probability `exp(-ratio)`.
fn coin_of_small_exp(
    numerator: u64,
    denominator: u64,
    randomness: Randomness<'_>,
) -> Result<bool, NoRandomness> {
    let mut k = 1;
    while below(denominator.saturating_mul(k), randomness)? < numerator {
        k += 1;
    }
    Ok(k % 2 == 1)
}

/// A uniform number below `bound`.
fn below(bound: u64, randomness: Randomness<'_>) -> Result<u64, NoRandomness> {
    // The largest multiple of the bound that fits; what lies above is drawn again.
    let whole = u64::MAX - u64::MAX % bound;
    loop {
        let mut bytes = [0; 8];
        randomness(&mut bytes)?;
        let number = u64::from_le_bytes(bytes);
        if number < whole {
            return Ok(number % bound);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof::CHOSEN;

    /// Squares that the longest honest witness has in `x`, over all chosen
    /// rounds: `s`, `E` and `eps` as key generation and [`Witness`] bound them.
    ///
    /// [`Witness`]: crate::proof::Witness
    fn longest(form: Form) -> f64 {
        let outputs = match form {
            Form::Packed => 20.0 * 20.0,
            Form::Composable => 16.0 * 2.0 * 2.0,
        };
        CHOSEN as f64 * (1110.0 + 1080.0 + outputs) + 1400.0
    }

    /// Chance that the exponent is cut off at 0, as a logarithm to base 2.
    fn cut_off_log2(form: Form, margin: f64) -> f64 {
        let length = longest(form);
        let excess = margin - length;
        -excess * excess / (8.0 * VARIANCE as f64 * length) * std::f64::consts::LOG2_E
    }

    #[test]
    fn margins_are_the_least_that_cut_off_with_2_to_minus_128() {
        for form in [Form::Packed, Form::Composable] {
            let margin = margin(form) as f64;
            assert!(cut_off_log2(form, margin) <= -128.0);
            assert!(cut_off_log2(form, margin - 10_000.0) > -128.0);
        }
    }

    /// How often 20 rounds' `E` moves more parts than its mean and 1,400.
    #[test]
    fn moved_parts_of_the_key_noise_hardly_ever_exceed_their_allowance() {
        // Variance of 2,048 coins whose chances sum to 1,080, at most; Bernstein.
        let variance = CHOSEN as f64 * 1080.0 * (1.0 - 1080.0 / 2048.0);
        let exponent = 1400.0 * 1400.0 / (2.0 * (variance + 1400.0 / 3.0));
        assert!(exponent * std::f64::consts::LOG2_E > 128.0);
    }

    #[test]
    fn an_honest_packed_noise_moves_its_part_by_less_than_20() {
        assert!(677_000_000_000.0 / 35f64.exp2() < 20.0);
    }

    #[test]
    fn the_table_is_fine_enough_for_2_to_minus_112() {
        let samples = (2 * CHOSEN * (4096 + 16)) as f64 * 6.39;
        let rounding = 1717.0 / 2.0 * (-144f64).exp2();
        // Beyond 858, which is 13.4 deviations: the Gaussian tail's bound.
        let end: f64 = 858.5 / 64.0;
        let end = 2.0 * (-end * end / 2.0).exp() / (end * std::f64::consts::TAU.sqrt());
        assert!((samples * (rounding + end)).log2() < -112.9);
    }
}
