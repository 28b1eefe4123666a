//! A source puts its name to what it sealed.

use blindscore_evaluator::SealedHistory;
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{AccountKind, Attestation, Standing};
use blindscore_protocol::person::{IdentityRecord, PersonCommitment, PersonSalt};
use blindscore_protocol::sign::{Signed, SigningKey};
use blindscore_protocol::signing_key::Signatory;
use jiff::Timestamp;
use thiserror::Error;

use super::Source;
use super::journal::{JournalError, KeyJournal};

/// What a source attests, besides the history itself.
#[derive(Clone, Copy, Debug)]
pub struct AttestRequest<'a> {
    /// The history that it sealed.
    pub sealed: &'a SealedHistory,
    /// The scheme of its levels, for the currency.
    pub scheme: &'a Scheme,
    /// The customer, as the source itself verified.
    pub customer: &'a IdentityRecord,
    /// The application's salt, from the applicant.
    pub salt: &'a PersonSalt,
    /// The kind of account.
    pub account: AccountKind,
    /// Now.
    pub issued: Timestamp,
}

/// Why a source did not attest.
#[derive(Debug, Error)]
pub enum AttestError {
    /// Another party's signing key.
    #[error("the signing key is {got}'s, the history {want}'s: sign with the source's own key")]
    OtherParty {
        /// Whose key it is.
        got: PartyId,
        /// Who sealed.
        want: PartyId,
    },
    /// A history under another scheme.
    #[error(
        "the sealed history stands on scheme {got}, not on {want}: give the scheme it was sealed under"
    )]
    OtherScheme {
        /// The history's scheme.
        got: Digest,
        /// The scheme given.
        want: Digest,
    },
    /// A table column is nobody's account.
    #[error("scheme {name} is tabular: sources do not attest tables")]
    Tabular {
        /// The scheme's name.
        name: String,
    },
    /// Too many keys for one person.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl Source {
    /// Attests a history that this source sealed. The journal counts the keys
    /// that each customer asked for; store it before the attestation leaves.
    ///
    /// # Errors
    /// Another party's signing key; another or a tabular scheme; a customer
    /// with too many new keys this month.
    pub fn attest(
        &self,
        signatory: &Signatory,
        request: &AttestRequest<'_>,
        journal: &mut KeyJournal,
    ) -> Result<Signed<Attestation>, AttestError> {
        let header = request.sealed.header();
        for got in [signatory.id(), self.id()] {
            if *got != header.source {
                let (got, want) = (got.clone(), header.source.clone());
                return Err(AttestError::OtherParty { got, want });
            }
        }
        check_scheme(request.sealed, request.scheme)?;
        let customer = request.customer.customer(self.sealing_key.expose());
        journal.admit(customer, header.applicant_key, request.issued)?;
        let attestation = statement(
            request.sealed,
            request.scheme,
            Standing::Attested,
            request.account,
            request.customer.commitment(request.salt),
            request.issued,
        );
        Ok(Signed::sign(attestation, signatory.key()))
    }
}

/// The applicant's own word on a history that it sealed itself.
pub(crate) fn declare(
    sealed: &SealedHistory,
    scheme: &Scheme,
    account: AccountKind,
    issued: Timestamp,
    key: &SigningKey,
) -> Result<Signed<Attestation>, AttestError> {
    check_scheme(sealed, scheme)?;
    let attestation = statement(
        sealed,
        scheme,
        Standing::SelfDeclared,
        account,
        PersonCommitment::nobody(),
        issued,
    );
    Ok(Signed::sign(attestation, key))
}

fn check_scheme(sealed: &SealedHistory, scheme: &Scheme) -> Result<(), AttestError> {
    let (got, want) = (sealed.header().scheme, scheme.digest());
    if got != want {
        return Err(AttestError::OtherScheme { got, want });
    }
    if scheme.is_tabular() {
        let name = scheme.name().to_owned();
        return Err(AttestError::Tabular { name });
    }
    Ok(())
}

fn statement(
    sealed: &SealedHistory,
    scheme: &Scheme,
    standing: Standing,
    account: AccountKind,
    person: PersonCommitment,
    issued: Timestamp,
) -> Attestation {
    let history = sealed.header().clone();
    let (from, to) = Attestation::period_of(&history);
    Attestation {
        history,
        standing,
        account,
        currency: scheme.currency(),
        from,
        to,
        person,
        issued,
    }
}
