//! An applicant's public key as a message.

use blindscore_fhe::PublicKey;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::label;
use blindscore_protocol::envelope;
use blindscore_protocol::message::PublicKeyHeader;
use blindscore_protocol::sign::{Signature, SignatureError, VerifyingKey};

use crate::error::MessageError;

/// The message that carries a public key, with the signature of the signing key
/// that it names over its id (under [`label::KEY_POSSESSION`]).
pub fn public_key_message(key: &PublicKey, possession: Signature) -> Vec<u8> {
    let header = PublicKeyHeader {
        parameters: PARAMETER_ID,
        applicant_key: key.id(),
        possession,
    };
    envelope::close(&header, &key.to_bytes())
}

/// Admits a public key.
///
/// # Errors
/// The envelope's checks; a key that is cut, padded or trivial; an id that is
/// not the key's; a signature that the key's signing key did not make.
pub fn admit_public_key(bytes: &[u8]) -> Result<PublicKey, MessageError> {
    let (header, payload) = envelope::open::<PublicKeyHeader>(bytes, PARAMETER_ID)?;
    let key = PublicKey::from_bytes(payload)?;
    if key.id() != header.applicant_key {
        let (stated, found) = (header.applicant_key, key.id());
        return Err(MessageError::Mismatch {
            what: "public key",
            stated,
            found,
        });
    }
    let signer = VerifyingKey::new(key.origin().signing_key);
    if !signer.verifies(label::KEY_POSSESSION, &key.id(), &header.possession) {
        return Err(SignatureError {
            what: "public key",
            key: signer,
        }
        .into());
    }
    Ok(key)
}
