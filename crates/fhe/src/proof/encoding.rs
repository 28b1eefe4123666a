//! A proof as bytes: fixed width, no compression, one encoding a proof.
//!
//! ```text
//!  challenge          32
//!  salt               32
//!  seeds              748 x 16      of the rounds that are not chosen, ascending
//!  answers            20 x           of the chosen rounds, ascending:
//!    z_s                3840         2048 numbers of 15 bits, two's complement
//!    z_E                2048 x 4     i32
//!    z_eps              n x 8        i64
//! ```
//!
//! The 15-bit numbers follow each other from the low bits of the first byte to
//! the high bits of the last, without a gap: 8 of them are 15 bytes.

use blindscore_history::digest::Digest;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::admission::Words;
use crate::parameters::{BLOCK_SIZES, N};

use super::{CHOSEN, LIMIT, ROUNDS, Salt, Seed};

/// A proof of correct opening.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    pub(super) challenge: Digest,
    pub(super) salt: Salt,
    pub(super) seeds: Vec<Seed>,
    pub(super) answers: Vec<Answer>,
}

/// The masked witness of a chosen round. Secret until rejection let it out, so
/// wiped on drop.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(super) struct Answer {
    pub(super) s: Vec<i16>,
    pub(super) e: Vec<i32>,
    pub(super) eps: Vec<i64>,
}

/// Bytes that are not a proof. The sender is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "the proof has {got} bytes; no proof of this version has as many: it was cut or padded on the way, ask for the release again"
)]
pub struct ProofError {
    /// Length in bytes.
    pub got: usize,
}

impl Proof {
    /// Length in bytes of a proof over `outputs` outputs.
    pub const fn bytes_for(outputs: usize) -> usize {
        let seeds = (ROUNDS - CHOSEN) * size_of::<Seed>();
        let answers = CHOSEN * (SECRET_BYTES + 4 * N + 8 * outputs);
        Digest::LEN + size_of::<Salt>() + seeds + answers
    }

    /// Length of the largest proof there is.
    pub const BYTES_MAX: usize = Self::bytes_for(N / BLOCK_SIZES[0]);

    /// Outputs that it opens.
    pub fn outputs(&self) -> usize {
        self.answers.first().map_or(0, |answer| answer.eps.len())
    }

    /// The challenge, which depends on everything else.
    pub fn challenge(&self) -> Digest {
        self.challenge
    }

    /// The proof in its fixed layout, little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::bytes_for(self.outputs()));
        bytes.extend_from_slice(self.challenge.as_bytes());
        bytes.extend(self.salt);
        bytes.extend(self.seeds.as_flattened());
        for answer in &self.answers {
            bytes.extend(answer.s.as_chunks().0.iter().flat_map(packed));
            bytes.extend(answer.e.iter().flat_map(|z| z.to_le_bytes()));
            bytes.extend(answer.eps.iter().flat_map(|z| z.to_le_bytes()));
        }
        bytes
    }

    /// Admits foreign bytes. Lengths fix everything: any bytes of the length of
    /// a proof are one, and [`verify`](super::verify) refuses it if it is false.
    ///
    /// # Errors
    /// A length that no number of outputs (1, 8 or 16) gives.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProofError> {
        let got = bytes.len();
        let outputs = [1]
            .into_iter()
            .chain(BLOCK_SIZES.map(|block| N / block))
            .find(|outputs| Self::bytes_for(*outputs) == got)
            .ok_or(ProofError { got })?;
        let mut words = Words::exactly("proof", bytes, got).map_err(|_| ProofError { got })?;
        let challenge = Digest::new(words.array());
        let salt = words.array();
        let seeds = (0..ROUNDS - CHOSEN).map(|_| words.array()).collect();
        let mut answer = || Answer {
            s: (0..N / 8).flat_map(|_| unpacked(&words.array())).collect(),
            e: (0..N).map(|_| i32::from_le_bytes(words.array())).collect(),
            eps: (0..outputs)
                .map(|_| i64::from_le_bytes(words.array()))
                .collect(),
        };
        Ok(Self {
            challenge,
            salt,
            seeds,
            answers: (0..CHOSEN).map(|_| answer()).collect(),
        })
    }
}

/// Bits of a coefficient of `z_s`: those of `[-2^14, 2^14)`.
const SECRET_BITS: usize = LIMIT.ilog2() as usize + 1;
/// Bytes of `z_s`. Eight coefficients fill as many bytes as one has bits.
const SECRET_BYTES: usize = N / 8 * SECRET_BITS;

/// Eight coefficients of `z_s` in 15 bytes.
fn packed(z: &[i16; 8]) -> [u8; SECRET_BITS] {
    let field = |z: i16| u128::from(z as u16) & ((1 << SECRET_BITS) - 1);
    let all = z
        .iter()
        .rev()
        .fold(0, |all, z| all << SECRET_BITS | field(*z));
    std::array::from_fn(|i| (all >> (8 * i)) as u8)
}

/// The eight coefficients of `z_s` in 15 bytes.
fn unpacked(bytes: &[u8; SECRET_BITS]) -> [i16; 8] {
    let all = bytes
        .iter()
        .rev()
        .fold(0, |all, byte| all << 8 | u128::from(*byte));
    let spare = 16 - SECRET_BITS;
    std::array::from_fn(|i| ((all >> (SECRET_BITS * i)) as i16) << spare >> spare)
}

impl std::fmt::Debug for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Proof")
            .field("outputs", &self.outputs())
            .field("challenge", &self.challenge)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_specified_lengths_come_out() {
        let lengths = [1, 8, 16].map(Proof::bytes_for);
        assert_eq!(lengths, [252_832, 253_952, 255_232]);
        assert_eq!(Proof::BYTES_MAX, 255_232);
    }

    #[test]
    fn bytes_of_the_right_length_round_trip_and_others_are_refused() {
        for outputs in [1, 8, 16] {
            let bytes: Vec<u8> = (0..Proof::bytes_for(outputs))
                .map(|i| (i * i / 7) as u8)
                .collect();
            let proof = Proof::from_bytes(&bytes).unwrap();
            assert_eq!(
                (proof.outputs(), proof.to_bytes()),
                (outputs, bytes.clone())
            );
            for got in [bytes.len() - 1, bytes.len() + 1, 0] {
                let mut other = bytes.clone();
                other.resize(got, 0);
                assert_eq!(Proof::from_bytes(&other), Err(ProofError { got }));
            }
        }
    }
}
