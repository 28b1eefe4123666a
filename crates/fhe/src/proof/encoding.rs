//! A proof as bytes: fixed width, no compression, one encoding a proof.
//!
//! ```text
//!  challenge          32
//!  seeds              489 x 32       of the rounds that are not chosen, ascending
//!  answers            23 x           of the chosen rounds, ascending:
//!    z_s                2048 x 2     i16
//!    z_E                2048 x 4     i32
//!    z_eps              n x 8        i64
//! ```

use blindscore_history::digest::Digest;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::admission::Words;
use crate::parameters::{BLOCK_SIZES, N};

use super::{CHOSEN, ROUNDS};

/// A proof of correct opening.
#[derive(Clone, PartialEq, Eq)]
pub struct Proof {
    pub(super) challenge: Digest,
    pub(super) seeds: Vec<[u8; 32]>,
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
        Digest::LEN + 32 * (ROUNDS - CHOSEN) + CHOSEN * (2 * N + 4 * N + 8 * outputs)
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
        bytes.extend(self.seeds.as_flattened());
        for answer in &self.answers {
            bytes.extend(answer.s.iter().flat_map(|z| z.to_le_bytes()));
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
        let seeds = (0..ROUNDS - CHOSEN).map(|_| words.array()).collect();
        let mut answer = || Answer {
            s: (0..N).map(|_| i16::from_le_bytes(words.array())).collect(),
            e: (0..N).map(|_| i32::from_le_bytes(words.array())).collect(),
            eps: (0..outputs)
                .map(|_| i64::from_le_bytes(words.array()))
                .collect(),
        };
        Ok(Self {
            challenge,
            seeds,
            answers: (0..CHOSEN).map(|_| answer()).collect(),
        })
    }
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
        assert_eq!(lengths, [298_488, 299_776, 301_248]);
        assert_eq!(Proof::BYTES_MAX, 301_248);
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
