//! Histories with somebody behind them: admitted with the attestation of a
//! source, or marked as the applicant's own word.

use blindscore_fhe::PublicKey;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::envelope::{self, EnvelopeError};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{Attestation, SealedHistoryHeader, Standing};
use blindscore_protocol::person::PersonCommitment;
use blindscore_protocol::registry::{Registry, Trade, TrustError};
use blindscore_protocol::sign::{SignatureError, Signed, VerifyingKey};
use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

use crate::error::MessageError;
use crate::history::SealedHistory;

/// A sealed history and the attestation that fits it, believed. There is no
/// other way to one than [`AttestedHistory::admit`].
#[derive(Clone, Debug)]
pub struct AttestedHistory {
    history: SealedHistory,
    attestation: Signed<Attestation>,
}

/// The histories of one application: one person's, of one standing, sealed to
/// one key for one date.
#[derive(Clone, Debug)]
pub struct Gathered {
    histories: Vec<AttestedHistory>,
}

/// Why an attestation is not believed, or does not fit.
#[derive(Debug, Error)]
pub enum AttestationError {
    /// The sealed history itself.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The attestation's frame.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Who signed it.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// A self-declared history that its applicant did not sign.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// It speaks of another history.
    #[error(
        "the attestation of {source_id} is not about this sealed history: one of the two was changed or mixed up; ask the source for both again"
    )]
    OtherHistory {
        /// Who attests.
        source_id: PartyId,
    },
    /// Sealed to another key.
    #[error(
        "{source_id} sealed and attested for key {got}; want {want}: ask it to seal to this applicant's key"
    )]
    OtherKey {
        /// Who attests.
        source_id: PartyId,
        /// The key it names.
        got: Digest,
        /// The applicant's.
        want: Digest,
    },
    /// A standing that its signer cannot give.
    #[error(
        "a self-declared history is sealed under that name and signed by the applicant's key, an attested one is neither: {source_id} mixes them"
    )]
    Standing {
        /// The name.
        source_id: PartyId,
    },
    /// Terms that do not follow from the history.
    #[error("the attestation of {source_id} {fault}: ask the source to attest again")]
    Terms {
        /// Who attests.
        source_id: PartyId,
        /// What is wrong with it.
        fault: &'static str,
    },
}

/// Why histories do not make one application.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GatherError {
    /// None.
    #[error("no sealed history: gather at least one")]
    None,
    /// Two of one source.
    #[error("{source_id} has two histories; an evaluation takes one a source")]
    SourceTwice {
        /// The source.
        source_id: PartyId,
    },
    /// Different persons.
    #[error(
        "{one} and {other} attest to different persons: one of the histories is somebody else's, or one source verified the person otherwise"
    )]
    OtherPerson {
        /// A source.
        one: PartyId,
        /// A source that attests to another person.
        other: PartyId,
    },
    /// Attested data and the applicant's own word.
    #[error(
        "{attested} is attested and {declared} is self-declared: they are never counted together; evaluate them apart"
    )]
    MixedStanding {
        /// An attesting source.
        attested: PartyId,
        /// The self-declared one.
        declared: PartyId,
    },
    /// Different keys or dates.
    #[error("{one} and {other} sealed for different {what}: ask one to seal again")]
    Different {
        /// A source.
        one: PartyId,
        /// Another.
        other: PartyId,
        /// What differs.
        what: &'static str,
    },
}

/// What an attestation must fit, as a verifier knows it.
#[derive(Clone, Copy, Debug)]
pub struct Vouching<'a> {
    /// The registry of the verifier.
    pub registry: &'a Registry,
    /// The applicant's key.
    pub key: &'a PublicKey,
    /// The scheme.
    pub scheme: &'a Scheme,
    /// Now, by the verifier's clock.
    pub now: Timestamp,
}

/// Believes an attestation: signed by the source that it names with a key valid
/// at that time, or by the applicant's key if self-declared; for this key and
/// scheme; with terms that follow from the history's header.
///
/// # Errors
/// The first of these that is not so.
pub fn believe_attestation<'a>(
    vouching: &Vouching<'_>,
    attestation: &'a Signed<Attestation>,
) -> Result<&'a Attestation, AttestationError> {
    let said = attestation.statement();
    let source_id = || said.source().clone();
    let applicant = VerifyingKey::new(vouching.key.origin().signing_key);
    let named_self = said.source().is_self_declared();
    match said.standing {
        Standing::Attested if !named_self => {
            vouching.registry.believe(
                attestation,
                said.source(),
                Trade::Source,
                said.issued,
                vouching.now,
            )?;
        }
        Standing::SelfDeclared if named_self && attestation.key() == applicant => {
            attestation.verify()?;
        }
        _ => {
            let source_id = source_id();
            return Err(AttestationError::Standing { source_id });
        }
    }
    let header = &said.history;
    if header.applicant_key != vouching.key.id() {
        let (got, want) = (header.applicant_key, vouching.key.id());
        let source_id = source_id();
        return Err(AttestationError::OtherKey {
            source_id,
            got,
            want,
        });
    }
    let terms = |fault| {
        let source_id = source_id();
        Err(AttestationError::Terms { source_id, fault })
    };
    if header.scheme != vouching.scheme.digest() {
        return terms("is for another scheme");
    }
    if vouching.scheme.is_tabular() {
        return terms("is for a tabular scheme, which serves training and no applicant");
    }
    if said.currency != vouching.scheme.currency() {
        return terms("is in another currency than the scheme");
    }
    if (said.from, said.to) != Attestation::period_of(header) {
        return terms("names another period than its months cover");
    }
    if said.standing == Standing::SelfDeclared && said.person != PersonCommitment::nobody() {
        return terms("is self-declared and names a verified person");
    }
    if said.standing == Standing::Attested && said.person == PersonCommitment::nobody() {
        return terms("names no verified person");
    }
    Ok(said)
}

impl AttestedHistory {
    /// Admits a sealed history with its attestation.
    ///
    /// # Errors
    /// In this order: what [`SealedHistory::admit`] refuses; the attestation's
    /// envelope; what [`believe_attestation`] refuses; an attestation of
    /// another history.
    pub fn admit(
        vouching: &Vouching<'_>,
        sealed: &[u8],
        attestation: &[u8],
    ) -> Result<Self, AttestationError> {
        let history = SealedHistory::admit(sealed, vouching.scheme)?;
        let (attestation, _) = envelope::open::<Signed<Attestation>>(attestation, PARAMETER_ID)?;
        let said = believe_attestation(vouching, &attestation)?;
        if said.history != *history.header() {
            let source_id = said.source().clone();
            return Err(AttestationError::OtherHistory { source_id });
        }
        Ok(Self {
            history,
            attestation,
        })
    }

    /// The sealed history.
    pub fn history(&self) -> &SealedHistory {
        &self.history
    }

    /// Its header.
    pub fn header(&self) -> &SealedHistoryHeader {
        self.history.header()
    }

    /// What its source says of it.
    pub fn attestation(&self) -> &Attestation {
        self.attestation.statement()
    }

    /// The attestation with its signature.
    pub fn signed(&self) -> &Signed<Attestation> {
        &self.attestation
    }
}

impl Gathered {
    /// Gathers the histories of one application, in plan order.
    ///
    /// # Errors
    /// None; two of one source; different persons, keys, dates; attested and
    /// self-declared ones together.
    pub fn new(mut histories: Vec<AttestedHistory>) -> Result<Self, GatherError> {
        histories.sort_by(|a, b| a.header().source.cmp(&b.header().source));
        let Some(first) = histories.first() else {
            return Err(GatherError::None);
        };
        if let Some(pair) = histories
            .windows(2)
            .find(|pair| pair[0].header().source == pair[1].header().source)
        {
            let source_id = pair[0].header().source.clone();
            return Err(GatherError::SourceTwice { source_id });
        }
        for other in &histories {
            one_application(first.attestation(), other.attestation())?;
        }
        Ok(Self { histories })
    }

    /// The histories, in plan order.
    pub fn histories(&self) -> &[AttestedHistory] {
        &self.histories
    }

    /// The sealed histories, in plan order.
    pub fn sealed(&self) -> Vec<&SealedHistory> {
        self.histories
            .iter()
            .map(AttestedHistory::history)
            .collect()
    }

    /// Who stands behind all of them.
    pub fn standing(&self) -> Standing {
        self.histories[0].attestation().standing
    }

    /// The sources' names, ascending.
    pub fn sources(&self) -> Vec<PartyId> {
        let source = |history: &AttestedHistory| history.header().source.clone();
        self.histories.iter().map(source).collect()
    }

    /// First and last day of all the periods.
    pub fn period(&self) -> (Date, Date) {
        let of = self.histories.iter().map(AttestedHistory::attestation);
        let from = of.clone().map(|said| said.from).min().unwrap_or_default();
        let to = of.map(|said| said.to).max().unwrap_or_default();
        (from, to)
    }
}

/// Whether two attestations are of one application.
///
/// # Errors
/// Different persons, keys, dates; attested beside self-declared.
pub fn one_application(first: &Attestation, other: &Attestation) -> Result<(), GatherError> {
    let (one, two) = (first.source().clone(), other.source().clone());
    if first.standing != other.standing {
        let (attested, declared) = match first.standing {
            Standing::Attested => (one, two),
            Standing::SelfDeclared => (two, one),
        };
        return Err(GatherError::MixedStanding { attested, declared });
    }
    if first.person != other.person {
        return Err(GatherError::OtherPerson { one, other: two });
    }
    let (a, b) = (&first.history, &other.history);
    let differs = [
        (a.applicant_key != b.applicant_key, "keys"),
        (a.as_of != b.as_of, "as-of dates"),
        (a.scheme != b.scheme, "schemes"),
        (a.form != b.form, "forms"),
    ];
    match differs.into_iter().find(|(differs, _)| *differs) {
        Some((_, what)) => {
            let (one, other) = (one, two);
            Err(GatherError::Different { one, other, what })
        }
        None => Ok(()),
    }
}
