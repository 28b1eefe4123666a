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

/// `M0`: one of 7.14 (packed) and 6.29 (composable) attempts is let out.
const fn margin(form: Form) -> i64 {
    match form {
        Form::Packed => 10_900_000,
        Form::Composable => 10_200_000,
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
