//! The frame around every message.
//!
//! ```text
//! offset  bytes
//!      0  4   magic "BSCR"
//!      4  2   kind, u16 little-endian
//!      6  2   version of the protocol, u16
//!      8  4   length of the header, u32
//!     12  8   length of the payload, u64
//!     20      header: canonical JSON (RFC 8785)
//!             payload
//!             32  BLAKE3 digest of all before it
//! ```
//!
//! The digest catches bytes that changed on the way; it does not say who wrote
//! them. Nothing may follow it.

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

/// Version of the protocol that this crate speaks.
pub const VERSION: u16 = 1;
/// Largest header that is read, in bytes.
pub const MAX_HEADER: usize = 64 * 1024;

const MAGIC: [u8; 4] = *b"BSCR";
const FIXED: usize = 20;

/// What an envelope holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum Kind {
    /// An applicant's public key.
    PublicKey = 1,
    /// A source's sealed history.
    SealedHistory = 2,
    /// A platform's blind evaluation.
    Evaluation = 3,
    /// An applicant's secret key at rest.
    SecretKey = 4,
    /// A source's sealing key at rest.
    SealingKey = 5,
    /// A party's signing key at rest.
    SigningKey = 6,
    /// A source's attestation of a sealed history.
    Attestation = 7,
    /// A lender's request for a score.
    ScoreRequest = 8,
    /// An applicant's withdrawal of consent.
    Withdrawal = 9,
    /// A platform's receipt for an evaluation.
    Receipt = 10,
    /// A signed tree head of a platform's log.
    TreeHead = 11,
    /// An applicant's release of a score to a lender.
    Release = 12,
}

impl Kind {
    /// The kind's name in errors.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PublicKey => "public key",
            Self::SealedHistory => "sealed history",
            Self::Evaluation => "evaluation",
            Self::SecretKey => "secret key",
            Self::SealingKey => "sealing key",
            Self::SigningKey => "signing key",
            Self::Attestation => "attestation",
            Self::ScoreRequest => "score request",
            Self::Withdrawal => "withdrawal",
            Self::Receipt => "receipt",
            Self::TreeHead => "tree head",
            Self::Release => "release",
        }
    }

    /// Largest payload that is read, in bytes.
    pub const fn max_payload(self) -> usize {
        match self {
            // 1,820 cells of 144 KB, the larger size. A scheme can have more line-windows than
            // that: such a history is neither sealed nor planned for.
            Self::SealedHistory => 256 << 20,
            Self::PublicKey | Self::Evaluation | Self::SecretKey => 64 << 10,
            // Proof, key, result, receipt, consent, attestations and, in packed
            // form, the ciphertext: about 400 KB.
            Self::Release => 1 << 20,
            Self::SealingKey | Self::SigningKey => 64,
            // All of it is in the header.
            Self::Attestation
            | Self::ScoreRequest
            | Self::Withdrawal
            | Self::Receipt
            | Self::TreeHead => 0,
        }
    }

    /// Largest envelope of this kind, in bytes: what a reader need take in.
    pub const fn max_envelope(self) -> usize {
        FIXED + MAX_HEADER + self.max_payload() + Digest::LEN
    }

    fn of(number: u16) -> Option<Self> {
        [
            Self::PublicKey,
            Self::SealedHistory,
            Self::Evaluation,
            Self::SecretKey,
            Self::SealingKey,
            Self::SigningKey,
            Self::Attestation,
            Self::ScoreRequest,
            Self::Withdrawal,
            Self::Receipt,
            Self::TreeHead,
            Self::Release,
        ]
        .into_iter()
        .find(|kind| *kind as u16 == number)
    }
}

/// A message's header: serialised, with the kind of envelope it goes into.
pub trait Header: Serialize + DeserializeOwned {
    /// The kind of envelope.
    const KIND: Kind;

    /// The parameter id that the message was made under, if it depends on one.
    fn parameters(&self) -> Option<u32>;
}

/// Why an envelope was not opened. Its sender, or the way here, is at fault.
#[derive(Debug, Error)]
pub enum EnvelopeError {
    /// Not a file of blindscore's.
    #[error("not a blindscore {want}: it does not start with the magic bytes")]
    Magic {
        /// What was expected.
        want: &'static str,
    },
    /// A message of another kind.
    #[error("a {got} where a {want} is wanted: check which file goes where")]
    Kind {
        /// What it is.
        got: &'static str,
        /// What was expected.
        want: &'static str,
    },
    /// Another version of the protocol.
    #[error(
        "the {what} speaks protocol version {got}; this program speaks {VERSION}: use a program of the same version"
    )]
    Version {
        /// What was opened.
        what: &'static str,
        /// Its version.
        got: u16,
    },
    /// Cut short.
    #[error("the {what} is cut: {got} bytes of {want}; fetch it again")]
    Truncated {
        /// What was opened.
        what: &'static str,
        /// Its length.
        got: usize,
        /// The length that it names.
        want: usize,
    },
    /// Bytes after the end.
    #[error("the {what} has {extra} bytes after its end; fetch it again")]
    Trailing {
        /// What was opened.
        what: &'static str,
        /// Bytes too many.
        extra: usize,
    },
    /// Larger than any honest message.
    #[error("the {what} is too large: {got} bytes; at most {limit} are read")]
    TooLarge {
        /// What was opened.
        what: &'static str,
        /// The length that it names or has.
        got: u64,
        /// The limit.
        limit: usize,
    },
    /// Changed on the way.
    #[error("the {what} was changed on the way: its digest does not fit; fetch it again")]
    Digest {
        /// What was opened.
        what: &'static str,
    },
    /// A header that is not one.
    #[error("the {what}'s header is not valid: {reason}")]
    Header {
        /// What was opened.
        what: &'static str,
        /// What is wrong in it.
        reason: String,
    },
    /// Made under other parameters.
    #[error("the {what} was made under parameter set {got}; want {want}: it must be made again")]
    Parameters {
        /// What was opened.
        what: &'static str,
        /// Its parameter id.
        got: u32,
        /// Ours.
        want: u32,
    },
}

/// Puts a header and a payload into an envelope.
///
/// # Panics
/// If the header's type cannot be written as JSON, which none of ours does.
pub fn close<H: Header>(header: &H, payload: &[u8]) -> Vec<u8> {
    let header = serde_json_canonicalizer::to_vec(header).expect("headers are plain JSON");
    let mut bytes = Vec::with_capacity(FIXED + header.len() + payload.len() + Digest::LEN);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&(H::KIND as u16).to_le_bytes());
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&(header.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&(payload.len() as u64).to_le_bytes());
    bytes.extend_from_slice(&header);
    bytes.extend_from_slice(payload);
    let digest = digest(&bytes);
    bytes.extend_from_slice(digest.as_bytes());
    bytes
}

/// Where the payload begins, by the length that an envelope's beginning names;
/// nothing if it is cut or names a header above the limit.
pub fn payload_offset(beginning: &[u8]) -> Option<usize> {
    let fixed = beginning.first_chunk::<FIXED>()?;
    let [_, _, _, _, _, _, _, _, h0, h1, h2, h3, ..] = *fixed;
    let header = u32::from_le_bytes([h0, h1, h2, h3]) as usize;
    (header <= MAX_HEADER).then_some(FIXED + header)
}

/// Opens an envelope: its header and its payload.
///
/// # Errors
/// In the order of the checks: size, magic, kind, version, lengths, digest,
/// header (its fields, then its canonical spelling), parameters.
pub fn open<H: Header>(bytes: &[u8], parameters: u32) -> Result<(H, &[u8]), EnvelopeError> {
    let what = H::KIND.name();
    let limit = H::KIND.max_envelope();
    let too_large = |got| EnvelopeError::TooLarge { what, got, limit };
    if bytes.len() > limit {
        return Err(too_large(bytes.len() as u64));
    }
    let truncated = |want| EnvelopeError::Truncated {
        what,
        got: bytes.len(),
        want,
    };
    let Some((magic, rest)) = bytes.split_first_chunk::<4>() else {
        return Err(truncated(FIXED));
    };
    if *magic != MAGIC {
        return Err(EnvelopeError::Magic { want: what });
    }
    let Some((fixed, _)) = rest.split_first_chunk::<{ FIXED - 4 }>() else {
        return Err(truncated(FIXED));
    };
    let [k0, k1, v0, v1, h0, h1, h2, h3, payload @ ..] = *fixed;
    let kind = u16::from_le_bytes([k0, k1]);
    if kind != H::KIND as u16 {
        let got = Kind::of(kind).map_or("message of an unknown kind", Kind::name);
        return Err(EnvelopeError::Kind { got, want: what });
    }
    let version = u16::from_le_bytes([v0, v1]);
    if version != VERSION {
        return Err(EnvelopeError::Version { what, got: version });
    }
    let header_length = u32::from_le_bytes([h0, h1, h2, h3]) as usize;
    let payload_length = u64::from_le_bytes(payload);
    if header_length > MAX_HEADER || payload_length > H::KIND.max_payload() as u64 {
        return Err(too_large(
            payload_length.saturating_add(header_length as u64),
        ));
    }
    let payload_length = payload_length as usize;
    let end = FIXED + header_length + payload_length;
    let want = end + Digest::LEN;
    if bytes.len() < want {
        return Err(truncated(want));
    }
    if bytes.len() > want {
        return Err(EnvelopeError::Trailing {
            what,
            extra: bytes.len() - want,
        });
    }
    let (covered, stated) = bytes.split_at(end);
    if digest(covered).as_bytes() != stated {
        return Err(EnvelopeError::Digest { what });
    }
    let (header, payload) = covered[FIXED..].split_at(header_length);
    let header: H = header_of(header)?;
    match header.parameters() {
        Some(got) if got != parameters => Err(EnvelopeError::Parameters {
            what,
            got,
            want: parameters,
        }),
        _ => Ok((header, payload)),
    }
}

/// A header from its canonical JSON. Any other spelling is refused, so that one
/// header has one message and one digest.
fn header_of<H: Header>(bytes: &[u8]) -> Result<H, EnvelopeError> {
    let not_valid = |reason| {
        let what = H::KIND.name();
        EnvelopeError::Header { what, reason }
    };
    let header: H = serde_json::from_slice(bytes).map_err(|e| not_valid(e.to_string()))?;
    match serde_json_canonicalizer::to_vec(&header) {
        Ok(canonical) if canonical == bytes => Ok(header),
        _ => Err(not_valid("not canonical JSON (RFC 8785)".to_owned())),
    }
}

fn digest(bytes: &[u8]) -> Digest {
    Framed::new(label::ENVELOPE).bytes(bytes).digest()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Example {
        parameters: u32,
        name: String,
    }

    impl Header for Example {
        const KIND: Kind = Kind::Evaluation;

        fn parameters(&self) -> Option<u32> {
            Some(self.parameters)
        }
    }

    fn example() -> Vec<u8> {
        close(
            &Example {
                parameters: 1,
                name: "x".into(),
            },
            b"payload",
        )
    }

    fn refusal(bytes: &[u8]) -> EnvelopeError {
        open::<Example>(bytes, 1).expect_err("must be refused")
    }

    #[test]
    fn what_was_closed_opens() {
        let bytes = example();
        let (header, payload) = open::<Example>(&bytes, 1).unwrap();
        assert_eq!((header.name.as_str(), payload), ("x", &b"payload"[..]));
    }

    #[test]
    fn the_payload_begins_where_it_is_said_to() {
        let bytes = example();
        let at = payload_offset(&bytes).unwrap();
        assert_eq!(&bytes[at..at + 7], b"payload");
        assert_eq!(payload_offset(&bytes[..FIXED - 1]), None);
        let mut hostile = bytes;
        hostile[8..12].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(payload_offset(&hostile), None);
    }

    #[test]
    fn every_cut_is_refused() {
        let bytes = example();
        for length in 0..bytes.len() {
            assert!(matches!(
                refusal(&bytes[..length]),
                EnvelopeError::Truncated { .. }
            ));
        }
    }

    #[test]
    fn every_flipped_bit_is_refused() {
        let bytes = example();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            refusal(&changed);
        }
    }

    /// An example with that text for a header.
    fn with_header(header: &str) -> Vec<u8> {
        let mut bytes = example();
        let payload = bytes.len() - Digest::LEN - b"payload".len();
        bytes.truncate(payload + b"payload".len());
        bytes.splice(FIXED..payload, header.bytes());
        bytes[8..12].copy_from_slice(&(header.len() as u32).to_le_bytes());
        let end = digest(&bytes);
        bytes.extend_from_slice(end.as_bytes());
        bytes
    }

    #[test]
    fn a_header_has_one_spelling() {
        let canonical = r#"{"name":"x","parameters":1}"#;
        assert_eq!(with_header(canonical), example());
        for other in [
            r#"{"parameters":1,"name":"x"}"#,
            r#"{"name": "x","parameters":1}"#,
            "{\"name\":\"x\",\"parameters\":1}\n",
            r#"{"name":"\u0078","parameters":1}"#,
        ] {
            let refused = refusal(&with_header(other)).to_string();
            assert!(refused.contains("canonical"), "{other}: {refused}");
        }
    }

    #[test]
    fn a_header_has_exactly_its_fields() {
        for (header, why) in [
            (r#"{"name":"x","other":2,"parameters":1}"#, "unknown field"),
            (r#"{"name":"x"}"#, "missing field"),
            (
                r#"{"name":"x","name":"x","parameters":1}"#,
                "duplicate field",
            ),
            (r#"{"name":"x","parameters":-1}"#, "invalid value"),
            (r#"{"name":"x","parameters":1}{}"#, "trailing"),
            ("[]", "invalid"),
            ("", "EOF"),
        ] {
            let refused = refusal(&with_header(header)).to_string();
            assert!(refused.contains(why), "{header}: {refused}");
        }
    }

    #[test]
    fn trailing_bytes_kind_version_magic_size_and_parameters_are_told_apart() {
        let mut longer = example();
        longer.push(0);
        assert!(matches!(
            refusal(&longer),
            EnvelopeError::Trailing { extra: 1, .. }
        ));
        let patched = |at: usize, byte: u8| {
            let mut bytes = example();
            bytes[at] = byte;
            bytes
        };
        assert!(matches!(
            refusal(&patched(0, b'X')),
            EnvelopeError::Magic { .. }
        ));
        assert!(matches!(
            refusal(&patched(4, 1)),
            EnvelopeError::Kind {
                got: "public key",
                ..
            }
        ));
        assert!(matches!(
            refusal(&patched(6, 2)),
            EnvelopeError::Version { got: 2, .. }
        ));
        assert!(matches!(
            refusal(&patched(19, 0xff)),
            EnvelopeError::TooLarge { .. }
        ));
        assert!(matches!(
            refusal(&patched(30, 0xff)),
            EnvelopeError::Digest { .. }
        ));
        let huge = vec![0; Kind::Evaluation.max_envelope() + 1];
        assert!(matches!(refusal(&huge), EnvelopeError::TooLarge { .. }));
        let other = close(
            &Example {
                parameters: 9,
                name: String::new(),
            },
            b"",
        );
        assert!(matches!(
            refusal(&other),
            EnvelopeError::Parameters {
                got: 9,
                want: 1,
                ..
            }
        ));
    }
}
