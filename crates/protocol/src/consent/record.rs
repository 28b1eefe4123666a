//! A signed consent record.

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use jiff::Timestamp;
use serde_json::Value;
use thiserror::Error;

use super::document::{self, Facts};
use super::notice::{Notice, NoticeError, ScorecardTitle};
use super::{Ask, Binding, BindingError, ConsentRefusal, Entity};
use crate::id::{ApplicationId, PartyId};
use crate::message::Withdrawal;
use crate::registry::{Registry, TrustError};
use crate::sign::{Signature, SignatureError, Signed, SigningKey, VerifyingKey};
use crate::strict_json;

/// A consent record whose document says one thing throughout and whose
/// signature fits its key. It may carry the withdrawal of the same consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRecord {
    facts: Facts,
    signature: Signature,
    digest: Digest,
    withdrawal: Option<Signed<Withdrawal>>,
}

/// Why there is no consent record.
#[derive(Debug, Error)]
pub enum ConsentError {
    /// No JSON, too much of it, or a member twice.
    #[error("the consent record is not valid: {0}")]
    Json(String),
    /// A member that is not there, or not what it must be.
    #[error("the consent record's {member} is missing or not valid{reason}")]
    Member {
        /// The member.
        member: &'static str,
        /// What is wrong in it, if that can be said.
        reason: String,
    },
    /// Limits that cannot be.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// One part says this, another that.
    #[error(
        "the consent record says something else at {at:?} than its binding: only a record as it was granted is taken"
    )]
    Disagrees {
        /// The place, as member names and indices.
        at: String,
    },
    /// A party that is not trusted for its part.
    #[error(transparent)]
    Party(#[from] TrustError),
    /// A party under another name or address than the registry's.
    #[error(
        "the consent record's name, contact, address or country of {party} is not the registry's: grant consent again"
    )]
    Named {
        /// The party.
        party: PartyId,
    },
    /// Given when it was over already.
    #[error("consent given at {given} cannot end at {until}")]
    Late {
        /// When it was given.
        given: Timestamp,
        /// When it ends.
        until: Timestamp,
    },
    /// Changed after it was signed, or signed by somebody else.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The withdrawal in it is another's.
    #[error(transparent)]
    Withdrawal(#[from] WithdrawalError),
}

/// Why a withdrawal does not withdraw this consent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WithdrawalError {
    /// Of another consent.
    #[error("the withdrawal is of consent {got}; want {want}")]
    Consent {
        /// The consent that it names.
        got: ApplicationId,
        /// This one.
        want: ApplicationId,
    },
    /// Of another record of the same id.
    #[error("the withdrawal is of the consent record {got}; want {want}")]
    Record {
        /// The record that it names.
        got: Digest,
        /// This one.
        want: Digest,
    },
    /// By somebody else.
    #[error(
        "the withdrawal is signed by key {got}; only the key that gave the consent, {want}, can take it back"
    )]
    Key {
        /// The key that signed.
        got: VerifyingKey,
        /// The key that may.
        want: VerifyingKey,
    },
    /// The signature does not fit.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl ConsentRecord {
    /// Largest record that is read, in bytes.
    pub const JSON_MAX: usize = 64 << 10;

    /// Gives consent: writes the record and signs it with the applicant's key
    /// of this application. Names and addresses come from the registry.
    ///
    /// # Errors
    /// The binding cannot be, is over already, or names a party that the
    /// registry does not know in that trade.
    pub fn grant(
        binding: Binding,
        registry: &Registry,
        given: Timestamp,
        key: &SigningKey,
    ) -> Result<Self, ConsentError> {
        binding.check()?;
        let entities = Entity::of(&binding, registry)?;
        let facts = Facts {
            binding,
            key: VerifyingKey::of(key),
            given,
            entities,
        };
        check_given(&facts)?;
        let digest = digest_of(&facts);
        Ok(Self {
            signature: Signature::sign(key, label::CONSENT, &digest),
            facts,
            digest,
            withdrawal: None,
        })
    }

    /// Reads a record: size, members, binding, that the whole document says
    /// what the binding says, and the signature.
    ///
    /// # Errors
    /// The first of these that is wrong.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ConsentError> {
        let value = strict_json::parse(bytes, Self::JSON_MAX).map_err(ConsentError::Json)?;
        Self::from_value(value)
    }

    pub(super) fn from_value(value: Value) -> Result<Self, ConsentError> {
        let facts = facts_of(&value)?;
        let signature = member(&value, document::SIGNATURE)?;
        let withdrawal = match value.get(document::WITHDRAWAL) {
            Some(_) => Some(member(&value, document::WITHDRAWAL)?),
            None => None,
        };
        let record = Self {
            digest: digest_of(&facts),
            facts,
            signature,
            withdrawal,
        };
        if let Some(at) = strict_json::difference(&record.to_value(), &value) {
            return Err(ConsentError::Disagrees { at });
        }
        record.verify()?;
        if let Some(withdrawal) = &record.withdrawal {
            record.is_withdrawn_by(withdrawal)?;
        }
        Ok(record)
    }

    /// The document for people: indented, members in order of their names.
    ///
    /// # Panics
    /// Never: the document is plain JSON.
    pub fn to_json(&self) -> String {
        let value = self.to_value();
        serde_json::to_string_pretty(&value).expect("a document is plain JSON") + "\n"
    }

    /// What is signed: RFC 8785 canonical JSON of the document as it was
    /// granted, without signature and withdrawal.
    pub fn canonical(&self) -> Vec<u8> {
        canonical(&self.facts)
    }

    /// Digest of [`Self::canonical`], by which other messages name the consent.
    /// A withdrawal does not change it.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The consent's id.
    pub fn id(&self) -> ApplicationId {
        self.facts.binding.consent
    }

    /// What it allows.
    pub fn binding(&self) -> &Binding {
        &self.facts.binding
    }

    /// The applicant's signing key of this application. That the applicant's
    /// encryption key belongs to it, its key id says.
    pub fn signing_key(&self) -> VerifyingKey {
        self.facts.key
    }

    /// When it was given.
    pub fn given(&self) -> Timestamp {
        self.facts.given
    }

    /// The parties as they stood in the registry when it was given, lender
    /// first.
    pub fn entities(&self) -> &[Entity] {
        &self.facts.entities
    }

    /// Whether each party is in the registry in its trade, under the name and
    /// address that the record gives it. For whoever takes the record in; later
    /// the registry may have changed.
    ///
    /// # Errors
    /// The first party that is not.
    pub fn names_parties_of(&self, registry: &Registry) -> Result<(), ConsentError> {
        let known = Entity::of(self.binding(), registry)?;
        let mut pairs = known.iter().zip(self.entities());
        match pairs.find(|(known, named)| known != named) {
            Some((known, _)) => Err(ConsentError::Named {
                party: known.id.clone(),
            }),
            None => Ok(()),
        }
    }

    /// The withdrawal, if the record carries one.
    pub fn withdrawal(&self) -> Option<&Signed<Withdrawal>> {
        self.withdrawal.as_ref()
    }

    /// Checks the signature. Granting and reading leave no record whose
    /// signature does not fit; this is for who wants to see it.
    ///
    /// # Errors
    /// The key did not sign this record.
    pub fn verify(&self) -> Result<(), SignatureError> {
        let key = self.facts.key;
        if key.verifies(label::CONSENT, &self.digest, &self.signature) {
            Ok(())
        } else {
            let what = "consent record";
            Err(SignatureError { what, key })
        }
    }

    /// Whether the consent allows this, uses not counted; see
    /// [`Binding::allows`].
    ///
    /// # Errors
    /// The first thing that it does not allow.
    pub fn allows(&self, ask: &Ask<'_>) -> Result<(), ConsentRefusal> {
        if self.withdrawal.is_some() {
            return Err(ConsentRefusal::Withdrawn);
        }
        self.facts.binding.allows(ask)
    }

    /// The notice that the person was shown, written again from the record.
    ///
    /// # Errors
    /// The titles are not those of that day.
    pub fn notice(&self, titles: &[ScorecardTitle]) -> Result<Notice, NoticeError> {
        let notice = Notice::of(self.binding(), self.entities(), titles)?;
        let (got, want) = (notice.digest(), self.binding().notice);
        if got == want {
            Ok(notice)
        } else {
            Err(NoticeError::Digest { got, want })
        }
    }

    /// The withdrawal of this consent, to be signed with the same key.
    pub fn withdrawal_at(&self, at: Timestamp) -> Withdrawal {
        Withdrawal {
            consent: self.id(),
            consent_digest: self.digest,
            at,
        }
    }

    /// The record with the withdrawal in it, as a second event for people and
    /// auditors. The first withdrawal stays.
    ///
    /// # Errors
    /// It withdraws another consent, or somebody else signed it.
    pub fn with_withdrawal(
        &self,
        withdrawal: &Signed<Withdrawal>,
    ) -> Result<Self, WithdrawalError> {
        self.is_withdrawn_by(withdrawal)?;
        let mut record = self.clone();
        record.withdrawal.get_or_insert_with(|| withdrawal.clone());
        Ok(record)
    }

    /// A receipt for the applicant, published by the platform: JSON-LD that
    /// carries the record.
    ///
    /// # Panics
    /// Never: the document is plain JSON.
    pub fn receipt(&self, issued: Timestamp) -> String {
        let value = document::receipt(self, &self.facts, issued);
        serde_json::to_string_pretty(&value).expect("a document is plain JSON") + "\n"
    }

    pub(super) fn to_value(&self) -> Value {
        let mut value = self.facts.document();
        if let Some(members) = value.as_object_mut() {
            if let Some(withdrawal) = &self.withdrawal {
                document::withdraw(members, &self.facts, withdrawal);
            }
            let signature = self.signature.to_string();
            members.insert(document::SIGNATURE.to_owned(), signature.into());
        }
        value
    }

    fn is_withdrawn_by(&self, withdrawal: &Signed<Withdrawal>) -> Result<(), WithdrawalError> {
        let said = withdrawal.statement();
        let (got, want) = (said.consent, self.id());
        if got != want {
            return Err(WithdrawalError::Consent { got, want });
        }
        let (got, want) = (said.consent_digest, self.digest);
        if got != want {
            return Err(WithdrawalError::Record { got, want });
        }
        let (got, want) = (withdrawal.key(), self.facts.key);
        if got != want {
            return Err(WithdrawalError::Key { got, want });
        }
        withdrawal.verify()?;
        Ok(())
    }
}

/// What a document says, from the members that say it first. Whether the
/// others say the same shows when it is written again.
fn facts_of(value: &Value) -> Result<Facts, ConsentError> {
    let binding: Binding = member(value, document::BINDING)?;
    binding.check()?;
    let subject: &Value = &value[document::SUBJECT];
    let list = &value[document::ENTITIES];
    let entities = Entity::all_from_json(list, &binding).ok_or(ConsentError::Member {
        member: document::ENTITIES,
        reason: ": want lender, platform and sources of the binding, each with name, contact, address and country".to_owned(),
    })?;
    let facts = Facts {
        key: member(subject, document::IDENTIFIER)?,
        given: member(value, document::CREATED)?,
        entities,
        binding,
    };
    check_given(&facts)?;
    Ok(facts)
}

fn check_given(facts: &Facts) -> Result<(), ConsentError> {
    let (given, until) = (facts.given, facts.binding.valid_until);
    if given < until {
        Ok(())
    } else {
        Err(ConsentError::Late { given, until })
    }
}

fn member<T: serde::de::DeserializeOwned>(
    value: &Value,
    name: &'static str,
) -> Result<T, ConsentError> {
    let fault = |reason| ConsentError::Member {
        member: name,
        reason,
    };
    let found = value.get(name).ok_or_else(|| fault(String::new()))?;
    serde_json::from_value(found.clone()).map_err(|e| fault(format!(": {e}")))
}

fn canonical(facts: &Facts) -> Vec<u8> {
    let value = facts.document();
    serde_json_canonicalizer::to_vec(&value).expect("a document is plain JSON")
}

fn digest_of(facts: &Facts) -> Digest {
    let json = canonical(facts);
    Framed::new(label::CONSENT).bytes(&json).digest()
}
