//! The parameters of protocol version 1, all but the gadget of a scheme's cells
//! ([`Gadget`](crate::Gadget)).
//!
//! Ring, key and noise are the GLWE part of tfhe's vetted set
//! `V1_8_PARAM_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128`. That constant sits
//! behind tfhe's `shortint` feature, which production builds leave out, so the
//! numbers are stated here once and `tests/` compares them with tfhe's own.

use tfhe::core_crypto::prelude::{
    CiphertextModulus, DynamicDistribution, GlweDimension, PolynomialSize,
};

/// Degree `N` of the ring `Z[X]/(X^N + 1)`.
pub const N: usize = 2048;

/// `N` as tfhe's type.
pub const POLYNOMIAL_SIZE: PolynomialSize = PolynomialSize(N);

/// GLWE dimension `k`: one mask polynomial.
pub const GLWE_DIMENSION: GlweDimension = GlweDimension(1);

/// Noise is TUniform(b): uniform on `[-2^b, 2^b]` with both ends at half weight.
pub const NOISE_BOUND_LOG2: u32 = 17;

/// Message modulus `p`, a prime: scores `S` are residues mod `p`.
pub const MESSAGE_MODULUS: u64 = 1021;

/// Sealed coefficients are rounded to this many bits, in either form.
pub const SENT_BITS: u32 = 48;

/// Bits that the rounding drops.
pub const SENT_DROPPED_BITS: u32 = 64 - SENT_BITS;

/// Name of this set in every message and digest.
///
/// Under id 1 all cells had three levels, and packed histories were sent at 64
/// bits.
pub const PARAMETER_ID: u32 = 2;

/// Numbers that fit in one block of the accumulator when a plan splits the
/// polynomial into as many outputs as it can.
pub const BLOCK_SIZES: [usize; 2] = [128, 256];

/// The torus modulus, 2^64, as tfhe's type.
pub fn ciphertext_modulus() -> CiphertextModulus<u64> {
    CiphertextModulus::new_native()
}

/// The noise distribution as tfhe's type.
pub fn noise_distribution() -> DynamicDistribution<u64> {
    DynamicDistribution::new_t_uniform(NOISE_BOUND_LOG2)
}

/// Variance of one noise coefficient, in units of the torus times 2^64:
/// `(2^(2b+1) + 1) / 6` for TUniform(b).
pub fn noise_variance() -> f64 {
    (2f64.powi(2 * NOISE_BOUND_LOG2 as i32 + 1) + 1.0) / 6.0
}

/// `enc(m) = round(m * 2^64 / p)` for `m` taken mod `p`.
///
/// ```
/// use blindscore_fhe::parameters::{decode, encode, MESSAGE_MODULUS};
/// assert_eq!(encode(0), 0);
/// assert_eq!(decode(encode(700).wrapping_add(12345)), 700);
/// assert_eq!(decode(encode(0).wrapping_sub(99)), 0);
/// assert_eq!(encode(MESSAGE_MODULUS), 0);
/// ```
pub const fn encode(message: u64) -> u64 {
    let m = (message % MESSAGE_MODULUS) as u128;
    (((m << 65) + MESSAGE_MODULUS as u128) / (2 * MESSAGE_MODULUS as u128)) as u64
}

/// The message nearest to a phase: `round(phase * p / 2^64) mod p`.
pub const fn decode(phase: u64) -> u64 {
    let scaled = phase as u128 * MESSAGE_MODULUS as u128;
    (((scaled + (1 << 63)) >> 64) % MESSAGE_MODULUS as u128) as u64
}

/// Distance between two neighbouring messages, `2^64 / p`, about 2^54.
pub const fn message_distance() -> u64 {
    encode(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_survives_noise_below_half_the_distance() {
        let half = message_distance() / 2 - 1;
        for m in 0..MESSAGE_MODULUS {
            assert_eq!(decode(encode(m)), m);
            assert_eq!(decode(encode(m).wrapping_add(half)), m);
            assert_eq!(decode(encode(m).wrapping_sub(half)), m);
        }
    }
}
