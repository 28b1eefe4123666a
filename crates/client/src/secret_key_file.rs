//! The applicant's secret key at rest: an envelope of the signing seed, the
//! secret polynomial and the public key. It is not encrypted here: keep the
//! file where only its owner reads.

use blindscore_evaluator::MessageError;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_fhe::secret::SecretPolynomial;
use blindscore_fhe::{AdmissionError, PublicKey};
use blindscore_protocol::envelope;
use blindscore_protocol::message::SecretKeyHeader;
use ed25519_dalek::SigningKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::applicant::SecretKey;

const SIGNING: usize = 32;
const SECRET: usize = SecretPolynomial::BYTES;

/// Why a secret key was not read.
#[derive(Debug, Error)]
pub enum SecretKeyError {
    /// The envelope or the public half.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// Halves that do not belong together.
    #[error(
        "the secret key's parts do not belong together: the file was changed; use a copy or generate a new key"
    )]
    Parts,
}

impl SecretKey {
    /// The key for keeping at rest. Secret.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let public = self.public.to_bytes();
        let mut payload = Zeroizing::new(Vec::with_capacity(SIGNING + SECRET + public.len()));
        payload.extend_from_slice(self.signing.as_bytes());
        payload.extend_from_slice(&*self.secret.to_bytes());
        payload.extend_from_slice(&public);
        let header = SecretKeyHeader {
            parameters: PARAMETER_ID,
            applicant_key: self.public.id(),
        };
        Zeroizing::new(envelope::close(&header, &payload))
    }

    /// Reads back what [`SecretKey::to_bytes`] gave.
    ///
    /// # Errors
    /// The envelope's checks; parts that do not belong together.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretKeyError> {
        let (header, payload) =
            envelope::open::<SecretKeyHeader>(bytes, PARAMETER_ID).map_err(MessageError::from)?;
        let length = AdmissionError::Length {
            what: "secret key",
            got: payload.len(),
            want: SIGNING + SECRET + PublicKey::BYTES,
        };
        let Some((signing, rest)) = payload.split_first_chunk::<SIGNING>() else {
            return Err(MessageError::from(length).into());
        };
        let Some((secret, public)) = rest.split_first_chunk::<SECRET>() else {
            return Err(MessageError::from(length).into());
        };
        let public = PublicKey::from_bytes(public).map_err(MessageError::from)?;
        let signing = SigningKey::from_bytes(signing);
        let same = signing.verifying_key().to_bytes() == public.origin().signing_key
            && header.applicant_key == public.id();
        let secret = SecretPolynomial::from_bytes(secret, &public).filter(|_| same);
        let secret = secret.ok_or(SecretKeyError::Parts)?;
        Ok(Self {
            signing,
            secret,
            public,
        })
    }
}
