//! Data that nobody but the applicant stands behind.

use blindscore_evaluator::SealedHistory;
use blindscore_fhe::SealingKey;
use blindscore_history::digest::Framed;
use blindscore_history::form::Form;
use blindscore_history::label;
use blindscore_history::levels::{CoverageRule, Role, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{AccountKind, Attestation};
use blindscore_protocol::sign::Signed;
use jiff::Timestamp;
use thiserror::Error;
use zeroize::Zeroizing;

use super::SecretKey;
use crate::source::{AttestError, SealError, SealRequest, Source, declare};

/// Levels that an applicant seals itself.
#[derive(Clone, Copy, Debug)]
pub struct Declaration<'a> {
    /// The scheme of the levels.
    pub scheme: &'a Scheme,
    /// Packed, since self-declared data are evaluated alone, or composable.
    pub form: Form,
    /// Roles that the applicant takes for itself.
    pub roles: &'a [Role],
    /// The levels.
    pub levels: &'a SourceLevels,
    /// Whether levels of a period shorter than the longest window will do.
    pub coverage: CoverageRule,
    /// The kind of account.
    pub account: AccountKind,
    /// Now.
    pub issued: Timestamp,
}

/// Why an applicant's own data were not sealed.
#[derive(Debug, Error)]
pub enum DeclareError {
    /// Not sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Not signed.
    #[error(transparent)]
    Attest(#[from] AttestError),
}

impl SecretKey {
    /// Seals the applicant's own data to its own key and says so: marked
    /// self-declared, signed by the applicant, never counted together with what
    /// a source attests.
    ///
    /// # Errors
    /// What a source's sealing refuses.
    pub fn declare(
        &self,
        declaration: &Declaration<'_>,
    ) -> Result<(SealedHistory, Signed<Attestation>), DeclareError> {
        let mut key = Zeroizing::new([0; 32]);
        Framed::keyed(self.signing.as_bytes(), label::SELF_SEALING)
            .stream()
            .fill(&mut *key);
        let source = Source::new(PartyId::self_declared(), SealingKey::new(*key));
        let request = SealRequest {
            key: &self.public,
            scheme: declaration.scheme,
            form: declaration.form,
            roles: declaration.roles,
            coverage: declaration.coverage,
        };
        let sealed = source.seal(&request, declaration.levels)?;
        let attestation = declare(
            &sealed,
            declaration.scheme,
            declaration.account,
            declaration.issued,
            &self.signing,
        )?;
        Ok((sealed, attestation))
    }
}
