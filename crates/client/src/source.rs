//! The source's side: a holder of a customer's statement seals its levels.

use std::collections::BTreeSet;

use blindscore_evaluator::{Ciphertexts, MessageError, SealedHistory};
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_fhe::{ComposableHistory, PackedHistory, PublicKey, SealingKey, TooManySlots};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::levels::{CoverageRule, Role, SourceLevels};
use blindscore_history::scheme::{LineKind, Scheme};
use blindscore_protocol::envelope;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{SealedHistoryHeader, SealingKeyHeader};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::entropy::{EntropyError, fresh};

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
    /// A scheme too large for the packed form.
    #[error(transparent)]
    Slots(#[from] TooManySlots),
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
    /// Levels of another scheme, or of too short a period; a scheme too large for
    /// the packed form.
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
        let roles: BTreeSet<Role> = roles.iter().cloned().collect();
        let ciphertexts = match form {
            Form::Packed => {
                Ciphertexts::Packed(PackedHistory::seal(key, &self.sealing_key, scheme, levels)?)
            }
            Form::Composable => {
                let wanted = |index| match scheme.lines()[line_of(scheme, index)].kind() {
                    LineKind::Single(single) => roles.contains(single.role()),
                    _ => true,
                };
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
            source: self.id.clone(),
            roles: roles.into_iter().collect(),
            scheme: scheme.digest(),
            applicant_key: key.id(),
            form,
            as_of: levels.as_of(),
            covered_months: levels.covered_months(),
            cells: Vec::new(),
            ciphertexts: ciphertexts.digest(),
        };
        Ok(SealedHistory::new(header, ciphertexts))
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
        let key = <[u8; 32]>::try_from(payload).map_err(|_| {
            let what = "sealing key";
            blindscore_fhe::AdmissionError::Length {
                what,
                got: payload.len(),
                want: 32,
            }
        })?;
        Ok(Self::new(header.source, SealingKey::new(key)))
    }
}

fn line_of(scheme: &Scheme, line_window: usize) -> usize {
    scheme.line_windows()[line_window].line
}
