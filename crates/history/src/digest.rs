//! Domain-separated digests.
//!
//! Every digest of the project is BLAKE3 in `derive_key` mode under a label of
//! [`crate::label`], over a *framed* list of fields: each field is preceded by
//! its length as `u64` little-endian, so no two different lists share an
//! encoding and no label's digests mean anything under another label.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A 32-byte BLAKE3 digest; shown as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// A digest from its bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first eight hex digits, for people.
    pub fn short(&self) -> String {
        hex::encode(&self.0[..4])
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// Text that is not 64 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a digest; want 64 hex digits, letters in lower case")]
pub struct DigestParseError;

impl FromStr for Digest {
    type Err = DigestParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // One spelling a digest: headers are compared and hashed as bytes.
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(DigestParseError);
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| DigestParseError)?;
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A framed list of fields on its way to a digest or a key stream.
///
/// ```
/// use blindscore_history::digest::Framed;
/// let one = Framed::new("blindscore example v1").bytes(b"ab").bytes(b"c").digest();
/// let two = Framed::new("blindscore example v1").bytes(b"a").bytes(b"bc").digest();
/// assert_ne!(one, two);
/// ```
#[derive(Clone)]
pub struct Framed {
    hasher: blake3::Hasher,
}

impl Framed {
    /// An empty list under `label` (a constant of [`crate::label`]).
    pub fn new(label: &str) -> Self {
        Self {
            hasher: blake3::Hasher::new_derive_key(label),
        }
    }

    /// An empty list keyed by a secret, with `label` as its first field.
    pub fn keyed(key: &[u8; 32], label: &str) -> Self {
        Self {
            hasher: blake3::Hasher::new_keyed(key),
        }
        .bytes(label.as_bytes())
    }

    /// Appends a field.
    #[must_use]
    pub fn bytes(mut self, field: &[u8]) -> Self {
        self.hasher.update(&(field.len() as u64).to_le_bytes());
        self.hasher.update(field);
        self
    }

    /// Appends a `u32` field, little-endian.
    #[must_use]
    pub fn u32(self, field: u32) -> Self {
        self.bytes(&field.to_le_bytes())
    }

    /// Appends a `u64` field, little-endian.
    #[must_use]
    pub fn u64(self, field: u64) -> Self {
        self.bytes(&field.to_le_bytes())
    }

    /// Appends an `i64` field, little-endian two's complement.
    #[must_use]
    pub fn i64(self, field: i64) -> Self {
        self.bytes(&field.to_le_bytes())
    }

    /// Appends a digest.
    #[must_use]
    pub fn digest_field(self, field: &Digest) -> Self {
        self.bytes(field.as_bytes())
    }

    /// The digest of the list.
    pub fn digest(&self) -> Digest {
        Digest(*self.hasher.finalize().as_bytes())
    }

    /// The extendable output over the list: as many bytes as are read, at any
    /// position.
    pub fn stream(&self) -> blake3::OutputReader {
        self.hasher.finalize_xof()
    }
}

impl fmt::Debug for Framed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Framed { .. }")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_separate_domains() {
        let one = Framed::new("blindscore a v1").u32(7).digest();
        let two = Framed::new("blindscore b v1").u32(7).digest();
        assert_ne!(one, two);
    }

    #[test]
    fn text_round_trips_and_bad_text_is_refused() {
        let digest = Framed::new("blindscore a v1").digest();
        assert_eq!(digest.to_string().parse(), Ok(digest));
        assert_eq!("12".parse::<Digest>(), Err(DigestParseError));
        for bad in ["zz", "AB", "aB"] {
            assert_eq!(
                bad.repeat(32).parse::<Digest>(),
                Err(DigestParseError),
                "{bad}"
            );
        }
    }
}
