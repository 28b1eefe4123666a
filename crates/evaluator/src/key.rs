//! An applicant's public key as a message.

use blindscore_fhe::PublicKey;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_protocol::envelope;
use blindscore_protocol::message::PublicKeyHeader;

use crate::error::MessageError;

/// The message that carries a public key.
pub fn public_key_message(key: &PublicKey) -> Vec<u8> {
    let header = PublicKeyHeader {
        parameters: PARAMETER_ID,
        applicant_key: key.id(),
    };
    envelope::close(&header, &key.to_bytes())
}

/// Admits a public key.
///
/// # Errors
/// The envelope's checks; a key that is cut, padded or trivial; an id that is
/// not the key's.
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
    Ok(key)
}
