//! The source's side: a holder of a customer's statement seals its levels.

use blindscore_evaluator::{Ciphertexts, MAX_CELLS, MessageError, Participant, SealedHistory};
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_fhe::{
    AdmissionError, ComposableHistory, PackedHistory, PublicKey, SealingKey, TooManySlots,
};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::levels::{CoverageRule, Role, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_protocol::envelope;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{SealedHistoryHeader, SealingKeyHeader};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::entropy::{EntropyError, fresh};

mod attest;
mod journal;

pub(crate) use attest::declare;
pub use attest::{AttestError, AttestRequest};
pub use journal::{JournalError, KEYS_MAX, KeyJournal};

/// A data holder: its name and the secret that its sealing randomness comes
/// from.
#[derive(Debug)]
pub struct Source {
    id: PartyId,
    sealing_key: SealingKey,
}

/// What an application asks a source to seal.
#[derive(Clone, Copy, Debug)]
pub struct SealRequest<'a> {
    /// The applicant's key.
    pub key: &'a PublicKey,
    /// The scheme of the levels.
    pub scheme: &'a Scheme,
    /// Packed if this is the only source, composable otherwise.
    pub form: Form,
    /// Roles that the application assigns to this source.
    pub roles: &'a [Role],
    /// Whether levels of a period shorter than the longest window will do.
    pub coverage: CoverageRule,
}

/// Why a source did not seal.
#[derive(Debug, Error)]
pub enum SealError {
    /// Levels under another scheme.
    #[error(
        "the levels stand on scheme {got}, the request on {want}: build them under the request's scheme"
    )]
    OtherScheme {
        /// Scheme of the levels.
        got: Digest,
        /// Scheme of the request.
        want: Digest,
    },
    /// Levels of a period that is too short.
    #[error(
        "the levels cover {got} whole months, the scheme's longest window has {want}: get a longer statement, or let the request allow shorter coverage"
    )]
    Coverage {
        /// Months covered.
        got: u8,
        /// The longest window.
        want: u8,
    },
    /// A role that no line asks for.
    #[error("no line of the scheme has the role {role}: ask for a role of the scheme, or for none")]
    Role {
        /// The role.
        role: Role,
    },
    /// A scheme too large for the packed form.
    #[error(transparent)]
    Slots(#[from] TooManySlots),
    /// A scheme too large for the composable form.
    #[error(
        "the scheme asks for {got} cells and a sealed history holds {MAX_CELLS}: drop lines or windows from the scheme"
    )]
    TooManyCells {
        /// Cells that the scheme and the roles ask for.
        got: usize,
    },
    /// A history that nobody would admit.
    #[error(transparent)]
    History(#[from] MessageError),
}

impl Source {
    /// A source with a fresh sealing key.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn generate(id: PartyId) -> Result<Self, EntropyError> {
        Ok(Self::new(id, SealingKey::new(*fresh::<32>()?)))
    }

    /// A source with the sealing key that it keeps.
    pub fn new(id: PartyId, sealing_key: SealingKey) -> Self {
        Self { id, sealing_key }
    }

    /// The source's name.
    pub fn id(&self) -> &PartyId {
        &self.id
    }

    /// Seals levels to the applicant's key.
    ///
    /// Deterministic: the same request and levels give the same bytes.
    ///
    /// # Errors
    /// Levels of another scheme, or of too short a period; a role that the
    /// scheme does not have; a scheme too large for the form.
    pub fn seal(
        &self,
        request: &SealRequest<'_>,
        levels: &SourceLevels,
    ) -> Result<SealedHistory, SealError> {
        let SealRequest {
            key,
            scheme,
            form,
            roles,
            coverage,
        } = *request;
        if levels.scheme_digest() != scheme.digest() {
            let (got, want) = (levels.scheme_digest(), scheme.digest());
            return Err(SealError::OtherScheme { got, want });
        }
        let (got, want) = (levels.covered_months(), scheme.longest_window());
        if coverage == CoverageRule::Full && got < want {
            return Err(SealError::Coverage { got, want });
        }
        let known = scheme.roles();
        if let Some(role) = roles.iter().find(|role| !known.contains(role)) {
            return Err(SealError::Role { role: role.clone() });
        }
        let participant = Participant {
            source: self.id.clone(),
            roles: roles.iter().cloned().collect(),
        };
        let ciphertexts = match form {
            Form::Packed => {
                Ciphertexts::Packed(PackedHistory::seal(key, &self.sealing_key, scheme, levels)?)
            }
            Form::Composable => {
                let cells = participant.cells(scheme);
                if cells.len() > MAX_CELLS {
                    return Err(SealError::TooManyCells { got: cells.len() });
                }
                let wanted = |index| cells.binary_search(&index).is_ok();
                let sealing_key = &self.sealing_key;
                Ciphertexts::Composable(ComposableHistory::seal(
                    key,
                    sealing_key,
                    scheme,
                    levels,
                    wanted,
                ))
            }
        };
        let header = SealedHistoryHeader {
            parameters: PARAMETER_ID,
            source: participant.source,
            roles: participant.roles.into_iter().collect(),
            scheme: scheme.digest(),
            applicant_key: key.id(),
            form,
            as_of: levels.as_of(),
            covered_months: levels.covered_months(),
            cells: Vec::new(),
            ciphertexts: ciphertexts.digest(),
        };
        Ok(SealedHistory::new(header, ciphertexts, scheme)?)
    }

    /// The source's name and sealing key, for keeping at rest. Secret.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let header = SealingKeyHeader {
            source: self.id.clone(),
        };
        Zeroizing::new(envelope::close(&header, self.sealing_key.expose()))
    }

    /// Reads back what [`Source::to_bytes`] gave.
    ///
    /// # Errors
    /// The envelope's checks; a key of another length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, MessageError> {
        let (header, payload) = envelope::open::<SealingKeyHeader>(bytes, PARAMETER_ID)?;
        let mut key = Zeroizing::new([0; 32]);
        if payload.len() != key.len() {
            let length = AdmissionError::Length {
                what: "sealing key",
                got: payload.len(),
                want: key.len(),
            };
            return Err(length.into());
        }
        key.copy_from_slice(payload);
        Ok(Self::new(header.source, SealingKey::new(*key)))
    }
}
