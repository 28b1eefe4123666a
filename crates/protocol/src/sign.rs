//! Signed statements.
//!
//! A party signs the digest of what it says, never loose bytes: the digest
//! stands under the statement's own label, and the signature (Ed25519, RFC
//! 8032) under one more, so that no statement can be taken for another and no
//! signature of this project for one of another protocol. A signature says
//! which key spoke; whose key that is, and when it may speak, is for the
//! [`registry`](crate::registry), or for the applicant's key id.

use std::fmt;
use std::str::FromStr;

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use ed25519_dalek::Signer;
pub use ed25519_dalek::SigningKey;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

use crate::envelope::{Header, Kind};

/// An Ed25519 verifying key as bytes: 64 lower-case hex digits in text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifyingKey([u8; 32]);

/// An Ed25519 signature as bytes: 128 lower-case hex digits in text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

/// Text that is no key or signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not {what}; want {digits} hex digits, letters in lower case")]
pub struct HexError {
    what: &'static str,
    digits: usize,
}

/// A signature that its key did not make over this statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "the signature on the {what} does not fit key {key}: it was changed, or signed by somebody else"
)]
pub struct SignatureError {
    /// What was signed.
    pub what: &'static str,
    /// The key that is said to have signed.
    pub key: VerifyingKey,
}

/// Something that a party signs.
pub trait Statement: Serialize + DeserializeOwned {
    /// The kind of envelope that the signed statement goes into.
    const KIND: Kind;
    /// Label of its digest.
    const LABEL: &'static str;

    /// The parameter id that it was made under, if it depends on one.
    fn parameters(&self) -> Option<u32> {
        None
    }
}

/// A statement with the signature of one key. Not yet believed: see
/// [`Signed::verify`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed<S> {
    statement: S,
    key: VerifyingKey,
    signature: Signature,
}

impl VerifyingKey {
    /// A key from its bytes. Whether it is a point of the curve shows when a
    /// signature is checked.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The verifying half of a signing key.
    pub fn of(key: &SigningKey) -> Self {
        Self(key.verifying_key().to_bytes())
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Checks a signature of this key on a digest that stands under `domain`,
    /// by the strict rules: no small-order keys, no second spelling.
    pub fn verifies(&self, domain: &str, digest: &Digest, signature: &Signature) -> bool {
        let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(&self.0) else {
            return false;
        };
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(to_sign(domain, digest).as_bytes(), &signature)
            .is_ok()
    }

    /// Checks a signature of this key on bytes of another protocol's making, by
    /// the same rules. They must never be 32 bytes long, as what is signed of a
    /// digest is.
    pub(crate) fn verifies_bytes(&self, bytes: &[u8], signature: &Signature) -> bool {
        let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(&self.0) else {
            return false;
        };
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(bytes, &signature).is_ok()
    }
}

impl Signature {
    /// Signs a digest that stands under `domain`.
    pub fn sign(key: &SigningKey, domain: &str, digest: &Digest) -> Self {
        Self(key.sign(to_sign(domain, digest).as_bytes()).to_bytes())
    }

    /// Signs bytes of another protocol's making; see
    /// [`VerifyingKey::verifies_bytes`].
    pub(crate) fn sign_bytes(key: &SigningKey, bytes: &[u8]) -> Self {
        Self(key.sign(bytes).to_bytes())
    }

    /// A signature from its bytes.
    pub const fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl<S: Statement> Signed<S> {
    /// Signs a statement.
    pub fn sign(statement: S, key: &SigningKey) -> Self {
        let signature = Signature::sign(key, S::LABEL, &digest_of(&statement));
        Self {
            statement,
            key: VerifyingKey::of(key),
            signature,
        }
    }

    /// Digest of the statement, by which other messages name it: over its
    /// canonical JSON (RFC 8785), without the signature.
    pub fn digest(&self) -> Digest {
        digest_of(&self.statement)
    }

    /// The key that is said to have signed.
    pub fn key(&self) -> VerifyingKey {
        self.key
    }

    /// The statement, before its signature was checked: to learn who is said
    /// to speak, and for a message that was checked before.
    pub fn statement(&self) -> &S {
        &self.statement
    }

    /// The statement, once the signature fits the key it names. The caller
    /// must know whose key it is.
    ///
    /// # Errors
    /// The key did not sign this statement.
    pub fn verify(&self) -> Result<&S, SignatureError> {
        if self.key.verifies(S::LABEL, &self.digest(), &self.signature) {
            Ok(&self.statement)
        } else {
            Err(SignatureError {
                what: S::KIND.name(),
                key: self.key,
            })
        }
    }
}

impl<S: Statement> Header for Signed<S> {
    const KIND: Kind = S::KIND;

    fn parameters(&self) -> Option<u32> {
        self.statement.parameters()
    }
}

fn digest_of<S: Statement>(statement: &S) -> Digest {
    let json = serde_json_canonicalizer::to_vec(statement).expect("statements are plain JSON");
    Framed::new(S::LABEL).bytes(&json).digest()
}

fn to_sign(domain: &str, digest: &Digest) -> Digest {
    Framed::new(label::SIGNATURE)
        .bytes(domain.as_bytes())
        .digest_field(digest)
        .digest()
}

fn from_hex<const LEN: usize>(text: &str, what: &'static str) -> Result<[u8; LEN], HexError> {
    let error = HexError {
        what,
        digits: 2 * LEN,
    };
    if text.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(error);
    }
    let mut bytes = [0; LEN];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| error)?;
    Ok(bytes)
}

macro_rules! as_hex {
    ($type:ident, $what:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($type))
            }
        }

        impl FromStr for $type {
            type Err = HexError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                from_hex(text, $what).map(Self)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

as_hex!(VerifyingKey, "a verifying key");
as_hex!(Signature, "a signature");

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Example {
        word: String,
    }

    impl Statement for Example {
        const KIND: Kind = Kind::Receipt;
        const LABEL: &'static str = "blindscore example v1";
    }

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Other {
        word: String,
    }

    impl Statement for Other {
        const KIND: Kind = Kind::Receipt;
        const LABEL: &'static str = "blindscore other example v1";
    }

    fn key(n: u8) -> SigningKey {
        SigningKey::from_bytes(&[n; 32])
    }

    fn example() -> Signed<Example> {
        let word = "yes".to_owned();
        Signed::sign(Example { word }, &key(1))
    }

    #[test]
    fn a_signature_fits_its_statement_only() {
        let mut signed = example();
        assert_eq!(signed.verify().unwrap().word, "yes");
        signed.statement.word = "no".to_owned();
        assert!(signed.verify().is_err());
    }

    #[test]
    fn a_signature_fits_its_key_only() {
        let mut signed = example();
        signed.key = VerifyingKey::of(&key(2));
        assert!(signed.verify().is_err());
        // No point of the curve, and the neutral element, under which anything
        // would verify by the lax rules.
        for bytes in [[0xff; 32], {
            let mut neutral = [0; 32];
            neutral[0] = 1;
            neutral
        }] {
            signed.key = VerifyingKey::new(bytes);
            assert!(signed.verify().is_err());
        }
    }

    #[test]
    fn a_statement_cannot_pass_for_another_kind() {
        let signed = example();
        let other = Signed {
            statement: Other {
                word: "yes".to_owned(),
            },
            key: signed.key,
            signature: signed.signature,
        };
        assert!(other.verify().is_err());
    }

    #[test]
    fn keys_have_one_spelling() {
        let text = VerifyingKey::of(&key(1)).to_string();
        assert_eq!(text.parse(), Ok(VerifyingKey::of(&key(1))));
        assert!(text.to_uppercase().parse::<VerifyingKey>().is_err());
        assert!(text[1..].parse::<VerifyingKey>().is_err());
    }
}
