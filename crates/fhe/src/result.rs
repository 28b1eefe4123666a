//! A blind evaluation's result: the mask and the coefficients needed, nothing
//! else, so it leaves no room to carry anything out.

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;

use crate::admission::{AdmissionError, Words, words_to_bytes};
use crate::parameters::{BLOCK_SIZES, N};

/// One mask and `n` body coefficients: `n = 1` in packed form (the score), 8 or
/// 16 in composable form (the score, then the canaries), read at `h * N/n`.
#[derive(Clone, PartialEq, Eq)]
pub struct BlindResult {
    mask: Vec<u64>,
    bodies: Vec<u64>,
}

impl BlindResult {
    pub(crate) fn new(mask: Vec<u64>, bodies: Vec<u64>) -> Self {
        debug_assert!(mask.len() == N && is_output_count(bodies.len()));
        Self { mask, bodies }
    }

    /// The mask's coefficients.
    pub fn mask(&self) -> &[u64] {
        &self.mask
    }

    /// The body's coefficients at the output positions.
    pub fn bodies(&self) -> &[u64] {
        &self.bodies
    }

    /// Number of outputs.
    pub fn outputs(&self) -> usize {
        self.bodies.len()
    }

    /// The number of outputs as `u32`, the mask, the outputs; little-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = (self.bodies.len() as u32).to_le_bytes().to_vec();
        bytes.extend(words_to_bytes(&self.mask));
        bytes.extend(words_to_bytes(&self.bodies));
        bytes
    }

    /// Admits foreign bytes.
    ///
    /// # Errors
    /// An impossible number of outputs; another length than it asks for. A
    /// zero mask is not refused: a scorecard without points has one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AdmissionError> {
        let length = |want| AdmissionError::Length {
            what: "result",
            got: bytes.len(),
            want,
        };
        let (head, rest) = bytes.split_first_chunk().ok_or(length(4 + 8 * (N + 1)))?;
        let outputs = u32::from_le_bytes(*head);
        if !is_output_count(outputs as usize) {
            return Err(AdmissionError::Outputs { got: outputs });
        }
        let n = outputs as usize;
        let mut words =
            Words::exactly("result", rest, 8 * (N + n)).map_err(|_| length(4 + 8 * (N + n)))?;
        Ok(Self {
            mask: words.u64s(N),
            bodies: words.u64s(n),
        })
    }

    /// Digest of the result, by which a receipt names it.
    pub fn digest(&self) -> Digest {
        Framed::new(label::RESULT).bytes(&self.to_bytes()).digest()
    }
}

fn is_output_count(outputs: usize) -> bool {
    outputs == 1 || BLOCK_SIZES.iter().any(|block| N / block == outputs)
}

impl std::fmt::Debug for BlindResult {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BlindResult")
            .field("outputs", &self.bodies.len())
            .finish_non_exhaustive()
    }
}
