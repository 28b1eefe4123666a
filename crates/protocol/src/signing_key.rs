//! A party's signing key at rest: an envelope of its 32-byte seed. It is not
//! encrypted here: keep the file where only its owner reads.

use ed25519_dalek::SigningKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::envelope::{self, EnvelopeError};
use crate::id::PartyId;
use crate::message::SigningKeyHeader;
use crate::sign::VerifyingKey;

/// A source, platform or lender with the key that it signs with.
pub struct Signatory {
    id: PartyId,
    key: SigningKey,
}

/// Why a signing key was not read.
#[derive(Debug, Error)]
pub enum SigningKeyError {
    /// The frame.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Halves that do not belong together.
    #[error(
        "the signing key's parts do not belong together: the file was changed; use a copy or make a new key"
    )]
    Parts,
}

impl Signatory {
    /// A party with its key, from a seed of 32 secret random bytes.
    pub fn new(id: PartyId, seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        Self { id, key }
    }

    /// The party's name.
    pub fn id(&self) -> &PartyId {
        &self.id
    }

    /// The key.
    pub fn key(&self) -> &SigningKey {
        &self.key
    }

    /// Its verifying half, for the registry.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::of(&self.key)
    }

    /// The key for keeping at rest. Secret.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let header = SigningKeyHeader {
            party: self.id.clone(),
            key: self.verifying_key(),
        };
        Zeroizing::new(envelope::close(&header, self.key.as_bytes()))
    }

    /// Reads back what [`Signatory::to_bytes`] gave.
    ///
    /// # Errors
    /// The envelope's checks; a seed that is not the key's.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SigningKeyError> {
        let (header, payload) = envelope::open::<SigningKeyHeader>(bytes, 0)?;
        let seed: &[u8; 32] = payload.try_into().map_err(|_| SigningKeyError::Parts)?;
        let signatory = Self::new(header.party, seed);
        if signatory.verifying_key() == header.key {
            Ok(signatory)
        } else {
            Err(SigningKeyError::Parts)
        }
    }
}

impl std::fmt::Debug for Signatory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signatory({}, ..)", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_and_a_foreign_half_is_not() {
        let bank = Signatory::new("bank".parse().unwrap(), &[7; 32]);
        let again = Signatory::from_bytes(&bank.to_bytes()).unwrap();
        assert_eq!(again.verifying_key(), bank.verifying_key());
        let header = SigningKeyHeader {
            party: bank.id().clone(),
            key: bank.verifying_key(),
        };
        let other = envelope::close(&header, &[8; 32]);
        assert!(matches!(
            Signatory::from_bytes(&other),
            Err(SigningKeyError::Parts)
        ));
        assert!(!format!("{bank:?}").contains("07"));
    }
}
