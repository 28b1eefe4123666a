//! The enclosures of a release: other parties' messages, carried whole.
//!
//! ```text
//! for each part, in this order: length u64 little-endian, bytes
//!   request, public key, consent record, receipt, evaluation,
//!   number of attestations u32, each attestation,
//!   sealed history (packed form; else of length 0), proof
//! ```
//!
//! Each part is a message with checks of its own; here only lengths are
//! checked. Nothing may follow.

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use thiserror::Error;

use crate::envelope::MAX_HEADER;

/// The most histories that an evaluation can have.
const SOURCES_MAX: usize = 8;
/// Largest message that is all header.
const SIGNED: usize = MAX_HEADER + 64;
/// Largest part with a payload: key, result, packed history.
const MESSAGE: usize = MAX_HEADER + 64 * 1024 + 64;
/// Largest proof.
const PROOF: usize = 512 * 1024;

/// The parts of a release, borrowed from its payload.
#[derive(Clone, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The lender's request, an envelope.
    pub request: &'a [u8],
    /// The applicant's public key, an envelope.
    pub public_key: &'a [u8],
    /// The consent record, JSON.
    pub consent: &'a [u8],
    /// The platform's receipt, an envelope.
    pub receipt: &'a [u8],
    /// The platform's evaluation, an envelope.
    pub evaluation: &'a [u8],
    /// The sources' attestations, envelopes, in plan order.
    pub attestations: Vec<&'a [u8]>,
    /// The sealed history in packed form, an envelope.
    pub sealed: Option<&'a [u8]>,
    /// The proof of opening.
    pub proof: &'a [u8],
}

/// Bytes that are no parts. The applicant, or the way here, is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PartsError {
    /// Cut short.
    #[error("the release ends within its {part}: fetch it again")]
    Truncated {
        /// Which part.
        part: &'static str,
    },
    /// Larger than any honest part.
    #[error("the release's {part} is {got} bytes; at most {limit} are read")]
    TooLarge {
        /// Which part.
        part: &'static str,
        /// Its length.
        got: u64,
        /// The limit.
        limit: usize,
    },
    /// More attestations than sources can be.
    #[error("the release encloses {got} attestations; want 1 to {SOURCES_MAX}")]
    Attestations {
        /// How many.
        got: u32,
    },
    /// Bytes after the end.
    #[error("the release has {extra} bytes after its proof: fetch it again")]
    Trailing {
        /// How many.
        extra: usize,
    },
}

impl<'a> Parts<'a> {
    /// The parts as a payload.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut put = |part: &[u8]| {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        };
        for part in [
            self.request,
            self.public_key,
            self.consent,
            self.receipt,
            self.evaluation,
        ] {
            put(part);
        }
        bytes.extend_from_slice(&(self.attestations.len() as u32).to_le_bytes());
        let rest = [self.sealed.unwrap_or(&[]), self.proof];
        for part in self.attestations.iter().copied().chain(rest) {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }

    /// Digest of a payload, as a release names it.
    pub fn digest(payload: &[u8]) -> Digest {
        Framed::new(label::RELEASE_PARTS).bytes(payload).digest()
    }

    /// The parts of a payload.
    ///
    /// # Errors
    /// A part that is cut or too large; too many attestations; bytes after the
    /// end.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, PartsError> {
        let mut rest = bytes;
        let request = take(&mut rest, "request", SIGNED)?;
        let public_key = take(&mut rest, "public key", MESSAGE)?;
        let consent = take(&mut rest, "consent record", MAX_HEADER)?;
        let receipt = take(&mut rest, "receipt", SIGNED)?;
        let evaluation = take(&mut rest, "evaluation", MESSAGE)?;
        let Some((count, after)) = rest.split_first_chunk() else {
            return Err(PartsError::Truncated {
                part: "number of attestations",
            });
        };
        rest = after;
        let count = u32::from_le_bytes(*count);
        if count == 0 || count as usize > SOURCES_MAX {
            return Err(PartsError::Attestations { got: count });
        }
        let attestations = (0..count)
            .map(|_| take(&mut rest, "attestation", SIGNED))
            .collect::<Result<_, _>>()?;
        let sealed = take(&mut rest, "sealed history", MESSAGE)?;
        let proof = take(&mut rest, "proof", PROOF)?;
        if !rest.is_empty() {
            return Err(PartsError::Trailing { extra: rest.len() });
        }
        Ok(Self {
            request,
            public_key,
            consent,
            receipt,
            evaluation,
            attestations,
            sealed: Some(sealed).filter(|sealed| !sealed.is_empty()),
            proof,
        })
    }
}

fn take<'a>(rest: &mut &'a [u8], part: &'static str, limit: usize) -> Result<&'a [u8], PartsError> {
    let truncated = PartsError::Truncated { part };
    let (length, after) = rest.split_first_chunk().ok_or(truncated.clone())?;
    let length = u64::from_le_bytes(*length);
    if length > limit as u64 {
        let got = length;
        return Err(PartsError::TooLarge { part, got, limit });
    }
    let (taken, after) = after.split_at_checked(length as usize).ok_or(truncated)?;
    *rest = after;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parts() -> Parts<'static> {
        Parts {
            request: b"request",
            public_key: b"key",
            consent: b"{}",
            receipt: b"receipt",
            evaluation: b"evaluation",
            attestations: vec![b"one", b"two"],
            sealed: None,
            proof: b"proof",
        }
    }

    #[test]
    fn what_was_enclosed_comes_out() {
        let bytes = parts().to_bytes();
        assert!(Parts::from_bytes(&bytes).unwrap() == parts());
        let mut packed = parts();
        packed.sealed = Some(b"sealed");
        let bytes = packed.to_bytes();
        assert!(Parts::from_bytes(&bytes).unwrap() == packed);
    }

    #[test]
    fn cuts_and_additions_are_refused() {
        let mut bytes = parts().to_bytes();
        for end in 0..bytes.len() {
            assert!(Parts::from_bytes(&bytes[..end]).is_err(), "{end}");
        }
        bytes.push(0);
        assert_eq!(
            Parts::from_bytes(&bytes).err(),
            Some(PartsError::Trailing { extra: 1 })
        );
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Parts::from_bytes(&bytes);
        }

        #[test]
        fn one_payload_one_meaning(at in 0_usize..120, bit in 0_u8..8) {
            let mut bytes = parts().to_bytes();
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            if let Ok(read) = Parts::from_bytes(&bytes) {
                prop_assert_eq!(read.to_bytes(), bytes);
            }
        }
    }
}
