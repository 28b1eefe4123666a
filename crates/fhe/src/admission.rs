//! The one door for foreign bytes.
//!
//! Whatever comes from outside is measured before it is read and checked
//! before it is used: exact length, then the degree (which the length fixes),
//! then that the ciphertext is not trivial (a mask of zeros hides nothing, so
//! an honest source never sends one). Version, parameter id, digests and
//! signatures are the envelope's part, in the protocol crate.

use thiserror::Error;

/// Why foreign bytes were not admitted. The sender is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AdmissionError {
    /// Truncated or oversized.
    #[error(
        "the {what} has {got} bytes; want {want}: it was cut or padded on the way, ask for it again"
    )]
    Length {
        /// What was to be admitted.
        what: &'static str,
        /// Its length in bytes.
        got: usize,
        /// The only length that fits the parameters.
        want: usize,
    },
    /// Readable by anybody.
    #[error(
        "the {what} is trivial (its mask is zero), so it hides nothing: the sender must seal again"
    )]
    Trivial {
        /// What was to be admitted.
        what: &'static str,
    },
    /// A number of outputs that no plan has.
    #[error(
        "the result has {got} outputs; want 1, 8 or 16: it was made under another protocol version"
    )]
    Outputs {
        /// The number found.
        got: u32,
    },
}

/// A reader over bytes whose total length was checked beforehand.
pub(crate) struct Words<'a> {
    rest: &'a [u8],
}

impl<'a> Words<'a> {
    /// Starts reading, if `bytes` has exactly `want` bytes.
    pub(crate) fn exactly(
        what: &'static str,
        bytes: &'a [u8],
        want: usize,
    ) -> Result<Self, AdmissionError> {
        if bytes.len() == want {
            Ok(Self { rest: bytes })
        } else {
            Err(AdmissionError::Length {
                what,
                got: bytes.len(),
                want,
            })
        }
    }

    pub(crate) fn array<const LEN: usize>(&mut self) -> [u8; LEN] {
        let (head, rest) = self
            .rest
            .split_first_chunk()
            .expect("the length was checked");
        self.rest = rest;
        *head
    }

    pub(crate) fn u64s(&mut self, count: usize) -> Vec<u64> {
        let (head, rest) = self.rest.split_at(8 * count);
        self.rest = rest;
        head.as_chunks()
            .0
            .iter()
            .map(|word| u64::from_le_bytes(*word))
            .collect()
    }

    /// Little-endian integers of 48 bits.
    pub(crate) fn u48s(&mut self, count: usize) -> Vec<u64> {
        let (head, rest) = self.rest.split_at(6 * count);
        self.rest = rest;
        let widen = |&[a, b, c, d, e, f]: &[u8; 6]| u64::from_le_bytes([a, b, c, d, e, f, 0, 0]);
        head.as_chunks().0.iter().map(widen).collect()
    }
}

/// Little-endian bytes of 64-bit coefficients.
pub(crate) fn words_to_bytes(words: &[u64]) -> Vec<u8> {
    let mut bytes = vec![0; 8 * words.len()];
    for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *place = word.to_le_bytes();
    }
    bytes
}

/// Little-endian bytes of 48-bit words.
pub(crate) fn u48s_to_bytes(words: &[u64]) -> Vec<u8> {
    let mut bytes = vec![0; 6 * words.len()];
    for (place, word) in bytes.as_chunks_mut::<6>().0.iter_mut().zip(words) {
        place.copy_from_slice(&word.to_le_bytes()[..6]);
    }
    bytes
}
