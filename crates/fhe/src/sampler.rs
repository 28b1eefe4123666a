//! Randomness of an encryption of zero, cut from a stream of bytes.
//!
//! The layout is part of the protocol, since sealing and whitening are
//! deterministic: 512 bytes for the ternary `r` (two bits each, four a byte,
//! low bits first, `r = b0 - b1`), then 2,048 little-endian `u32` for `e1` and
//! as many for `e2` (the low 19 bits `u` give `((u + 1) >> 1) - 2^17`, which is
//! TUniform(17)).

use pulp::Arch;
use zeroize::Zeroize;

use crate::parameters::{N, NOISE_BOUND_LOG2};

const TERNARY_BYTES: usize = N / 4;
const NOISE_BYTES: usize = 4 * N;

/// Bytes that one encryption of zero takes from its stream.
pub(crate) const STREAM_BYTES: usize = TERNARY_BYTES + 2 * NOISE_BYTES;

/// Ternary `r` and the noises `e1`, `e2`; wiped on drop.
pub(crate) struct ZeroRandomness {
    pub(crate) r: Vec<i64>,
    pub(crate) e1: Vec<i64>,
    pub(crate) e2: Vec<i64>,
}

impl ZeroRandomness {
    /// Cuts the randomness from `stream`, starting where the stream stands.
    pub(crate) fn from_stream(stream: &mut blake3::OutputReader) -> Self {
        let mut bytes = vec![0; STREAM_BYTES];
        stream.fill(&mut bytes);
        let (ternary, noises) = bytes.split_at(TERNARY_BYTES);
        let (e1, e2) = noises.split_at(NOISE_BYTES);
        let randomness = Self {
            r: ternary_from(ternary),
            e1: noise_from(e1),
            e2: noise_from(e2),
        };
        bytes.zeroize();
        randomness
    }
}

impl Drop for ZeroRandomness {
    fn drop(&mut self) {
        self.r.zeroize();
        self.e1.zeroize();
        self.e2.zeroize();
    }
}

fn ternary_from(bytes: &[u8]) -> Vec<i64> {
    // Room for all at once: a vector that grows leaves copies behind.
    let mut ternary = vec![0; 4 * bytes.len()];
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (four, byte) in ternary.as_chunks_mut::<4>().0.iter_mut().zip(bytes) {
                let byte = i64::from(*byte);
                *four =
                    [0, 2, 4, 6].map(|at| ((byte >> at) & 1).wrapping_sub((byte >> (at + 1)) & 1));
            }
        },
    );
    ternary
}

/// TUniform(17) noise from little-endian words.
pub(crate) fn noise_from(bytes: &[u8]) -> Vec<i64> {
    let words = bytes.as_chunks::<4>().0;
    let mut noise = vec![0; words.len()];
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for (noise, word) in noise.iter_mut().zip(words) {
                let u = u32::from_le_bytes(*word) & ((1 << (NOISE_BOUND_LOG2 + 2)) - 1);
                *noise = i64::from(u.wrapping_add(1) >> 1).wrapping_sub(1 << NOISE_BOUND_LOG2);
            }
        },
    );
    noise
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::noise_variance;

    fn many() -> impl Iterator<Item = ZeroRandomness> {
        (0u32..200).map(|i| {
            let mut stream = blake3::Hasher::new()
                .update(&i.to_le_bytes())
                .finalize_xof();
            ZeroRandomness::from_stream(&mut stream)
        })
    }

    #[test]
    fn ternary_has_probabilities_one_two_one_in_four() {
        let mut counts = [0f64; 3];
        for randomness in many() {
            for r in &randomness.r {
                counts[(r + 1) as usize] += 1.0;
            }
        }
        let total: f64 = counts.iter().sum();
        for (count, want) in counts.iter().zip([0.25, 0.5, 0.25]) {
            // 409,600 draws: five standard deviations are below 0.004.
            assert!((count / total - want).abs() < 0.004, "{counts:?}");
        }
    }

    #[test]
    fn noise_stays_in_its_bound_and_has_the_stated_variance() {
        let mut squares = 0.0;
        let mut total = 0.0;
        for randomness in many() {
            for e in randomness.e1.iter().chain(&randomness.e2) {
                assert!(e.unsigned_abs() <= 1 << NOISE_BOUND_LOG2);
                squares += (*e as f64).powi(2);
                total += 1.0;
            }
        }
        let ratio = squares / total / noise_variance();
        assert!((ratio - 1.0).abs() < 0.01, "{ratio}");
    }

    #[test]
    fn the_ends_of_tuniform_have_half_weight() {
        let words: Vec<u8> = (0u32..1 << 19).flat_map(u32::to_le_bytes).collect();
        let noise = noise_from(&words);
        let count = |value: i64| noise.iter().filter(|e| **e == value).count();
        assert_eq!([count(-(1 << 17)), count(0), count(1 << 17)], [1, 2, 1]);
    }
}
