//! A blind evaluation as a message.

use blindscore_fhe::BlindResult;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_protocol::envelope;
use blindscore_protocol::message::EvaluationHeader;

use crate::error::MessageError;

/// A result with what it came from: plan, key, histories.
#[derive(Clone, Debug)]
pub struct Evaluation {
    header: EvaluationHeader,
    result: BlindResult,
}

impl Evaluation {
    pub(crate) fn new(header: EvaluationHeader, result: BlindResult) -> Self {
        Self { header, result }
    }

    /// What it came from.
    pub fn header(&self) -> &EvaluationHeader {
        &self.header
    }

    /// The ciphertext of the score.
    pub fn result(&self) -> &BlindResult {
        &self.result
    }

    /// The message.
    pub fn to_bytes(&self) -> Vec<u8> {
        envelope::close(&self.header, &self.result.to_bytes())
    }

    /// Admits a message.
    ///
    /// # Errors
    /// The envelope's checks; a result that is cut or padded; a digest that is
    /// not the result's.
    pub fn admit(bytes: &[u8]) -> Result<Self, MessageError> {
        let (header, payload) = envelope::open::<EvaluationHeader>(bytes, PARAMETER_ID)?;
        let result = BlindResult::from_bytes(payload)?;
        if result.digest() != header.result {
            let (stated, found) = (header.result, result.digest());
            return Err(MessageError::Mismatch {
                what: "evaluation",
                stated,
                found,
            });
        }
        Ok(Self { header, result })
    }
}
