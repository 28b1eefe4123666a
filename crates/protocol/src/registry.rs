//! Who is trusted for what: a file that an operator edits.
//!
//! ```json
//! {"blindscore_registry": 1, "name": "example",
//!  "identity": {"name": "example-1", "fields": ["name", "born"]},
//!  "parties": [
//!    {"id": "bank", "name": "Example Bank", "roles": ["source"],
//!     "contact": "privacy@bank.example", "address": "1 Example Street", "country": "IE",
//!     "keys": [{"key": "3b6a…", "from": "2026-01-01T00:00:00Z", "until": "2027-01-01T00:00:00Z"}]}]}
//! ```
//!
//! A key speaks from `from` until just before `until`, or until it is
//! `revoked`. To rotate, add the next key before the last one ends; both may
//! speak while they overlap. Keep ended keys: what they signed in their time
//! stays checkable. A revoked key is the exception: since a thief can date back
//! what it signs, nothing that it ever signed is taken.

use std::collections::BTreeSet;

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::PartyId;
use crate::person::IdentityProfile;
use crate::sign::{SignatureError, Signed, Statement, VerifyingKey};
use crate::text::Plain;

/// What a party is trusted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trade {
    /// Attests its customers' histories.
    Source,
    /// Evaluates, signs receipts, keeps the log.
    Platform,
    /// Asks for scores.
    Lender,
}

impl Trade {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Platform => "platform",
            Self::Lender => "lender",
        }
    }
}

/// A key of a party, and when it may speak.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartyKey {
    /// The key.
    pub key: VerifyingKey,
    /// From when on.
    pub from: Timestamp,
    /// Until just before when.
    pub until: Timestamp,
    /// When it was revoked, if it was: nothing that it signed is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Timestamp>,
}

/// A party that is trusted for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Its name in messages.
    pub id: PartyId,
    /// Its name for people.
    pub name: Plain,
    /// What it is trusted for.
    pub roles: BTreeSet<Trade>,
    /// Where people reach it.
    pub contact: Plain,
    /// Its postal address.
    pub address: Plain,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: String,
    /// Its keys.
    pub keys: Vec<PartyKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    blindscore_registry: u32,
    name: Plain,
    identity: IdentityProfile,
    parties: Vec<Party>,
}

/// The trusted parties. Valid by construction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registry {
    name: Plain,
    identity: IdentityProfile,
    parties: Vec<Party>,
    digest: Digest,
}

/// A registry file that cannot be.
#[derive(Debug, Error)]
pub enum RegistryError {
    /// Larger than any registry.
    #[error("the registry is {got} bytes; at most {} are read", Registry::JSON_MAX)]
    TooLarge {
        /// Its length.
        got: usize,
    },
    /// No registry.
    #[error("the registry is not valid: {0}")]
    Json(#[from] serde_json::Error),
    /// Another version.
    #[error("the registry has form {got}; this program reads 1")]
    Version {
        /// The form.
        got: u32,
    },
    /// A party twice.
    #[error("the registry names {party} twice: join the two entries")]
    Twice {
        /// The party.
        party: PartyId,
    },
    /// A name that means something else.
    #[error(
        "the registry may not name a party {party}: that is how an applicant's own data are marked"
    )]
    Reserved {
        /// The name.
        party: PartyId,
    },
    /// A key of two parties, or twice.
    #[error("the registry lists key {key} twice (last for {party}): each key is one party's, once")]
    KeyTwice {
        /// The key.
        key: VerifyingKey,
        /// The party.
        party: PartyId,
    },
    /// A key that ends before it begins.
    #[error("key {key} of {party} ends before it begins: mend from and until")]
    Validity {
        /// The key.
        key: VerifyingKey,
        /// The party.
        party: PartyId,
    },
    /// A party without roles or keys, or with a country that is none.
    #[error("the registry's entry for {party} {fault}")]
    Entry {
        /// The party.
        party: PartyId,
        /// What is wrong.
        fault: &'static str,
    },
    /// An identity profile that names nobody.
    #[error("the identity profile must have a name and 1 to 16 different fields")]
    Identity,
}

/// Why a signed statement is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TrustError {
    /// Nobody of that name.
    #[error(
        "{party} is not in the registry, as a {trade} or otherwise: refuse it, or let the operator add it"
    )]
    Unknown {
        /// The name.
        party: PartyId,
        /// What it would have to be.
        trade: &'static str,
    },
    /// Trusted, but not for this.
    #[error("{party} is in the registry, but not as a {trade}")]
    OtherTrade {
        /// The name.
        party: PartyId,
        /// What it would have to be.
        trade: &'static str,
    },
    /// Signed by a key that is not the party's.
    #[error(
        "the {what} in the name of {party} is signed by key {key}, which the registry does not know for it"
    )]
    UnknownKey {
        /// What was signed.
        what: &'static str,
        /// The name.
        party: PartyId,
        /// The key.
        key: VerifyingKey,
    },
    /// Signed at a time when the key did not speak.
    #[error(
        "the {what} of {party} is dated {at}, when its key {key} was not valid: ask for one signed with a valid key"
    )]
    OutsideValidity {
        /// What was signed.
        what: &'static str,
        /// The name.
        party: PartyId,
        /// The key.
        key: VerifyingKey,
        /// When it is said to have been signed.
        at: Timestamp,
    },
    /// A key in other hands.
    #[error("key {key} of {party} is revoked: nothing that it signed is taken")]
    Revoked {
        /// The name.
        party: PartyId,
        /// The key.
        key: VerifyingKey,
    },
    /// Dated later than now.
    #[error("the {what} of {party} is dated {at}, which is yet to come: check the clocks")]
    Future {
        /// What was signed.
        what: &'static str,
        /// The name.
        party: PartyId,
        /// When it is said to have been signed.
        at: Timestamp,
    },
    /// The signature does not fit.
    #[error(transparent)]
    Signature(#[from] SignatureError),
}

impl Registry {
    /// Largest registry file that is read, in bytes.
    pub const JSON_MAX: usize = 4 << 20;
    /// Seconds that clocks may differ.
    pub const CLOCK_SKEW: i64 = 300;

    /// Reads a registry.
    ///
    /// # Errors
    /// What is wrong in it, and where.
    pub fn from_json(text: &str) -> Result<Self, RegistryError> {
        if text.len() > Self::JSON_MAX {
            return Err(RegistryError::TooLarge { got: text.len() });
        }
        let raw: Raw = serde_json::from_str(text)?;
        if raw.blindscore_registry != 1 {
            return Err(RegistryError::Version {
                got: raw.blindscore_registry,
            });
        }
        Self::new(raw.name, raw.identity, raw.parties)
    }

    /// A registry of these parties.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(
        name: Plain,
        identity: IdentityProfile,
        mut parties: Vec<Party>,
    ) -> Result<Self, RegistryError> {
        check_identity(&identity)?;
        parties.sort_by(|a, b| a.id.cmp(&b.id));
        if let Some(pair) = parties.windows(2).find(|pair| pair[0].id == pair[1].id) {
            let party = pair[0].id.clone();
            return Err(RegistryError::Twice { party });
        }
        let mut keys = BTreeSet::new();
        for party in &parties {
            check_party(party, &mut keys)?;
        }
        let raw = Raw {
            blindscore_registry: 1,
            name,
            identity,
            parties,
        };
        let json = serde_json_canonicalizer::to_vec(&raw)?;
        Ok(Self {
            digest: Framed::new(label::REGISTRY).bytes(&json).digest(),
            name: raw.name,
            identity: raw.identity,
            parties: raw.parties,
        })
    }

    /// The registry as a file, for an operator to edit.
    ///
    /// # Panics
    /// Never: a registry is plain JSON.
    pub fn to_json(&self) -> String {
        let raw = Raw {
            blindscore_registry: 1,
            name: self.name.clone(),
            identity: self.identity.clone(),
            parties: self.parties.clone(),
        };
        serde_json::to_string_pretty(&raw).expect("a registry is plain JSON") + "\n"
    }

    /// Digest of the registry, parties in order of their names.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The registry's name.
    pub fn name(&self) -> &Plain {
        &self.name
    }

    /// Which fields of a customer record make up a person.
    pub fn identity(&self) -> &IdentityProfile {
        &self.identity
    }

    /// All parties, in order of their names.
    pub fn parties(&self) -> &[Party] {
        &self.parties
    }

    /// A party by name.
    pub fn party(&self, id: &PartyId) -> Option<&Party> {
        let at = self.parties.binary_search_by(|party| party.id.cmp(id));
        at.ok().map(|index| &self.parties[index])
    }

    /// A party that has a trade.
    ///
    /// # Errors
    /// Nobody of that name, or not in that trade.
    pub fn in_trade(&self, id: &PartyId, trade: Trade) -> Result<&Party, TrustError> {
        let (party, trade_name) = (id.clone(), trade.name());
        let Some(found) = self.party(id) else {
            return Err(TrustError::Unknown {
                party,
                trade: trade_name,
            });
        };
        if found.roles.contains(&trade) {
            Ok(found)
        } else {
            Err(TrustError::OtherTrade {
                party,
                trade: trade_name,
            })
        }
    }

    /// The statement, if `party` may speak as a `trade`, signed it with a key of
    /// its own, `at` lies in that key's time and not after `now`.
    ///
    /// # Errors
    /// The first of these that is not so.
    pub fn believe<'a, S: Statement>(
        &self,
        signed: &'a Signed<S>,
        party: &PartyId,
        trade: Trade,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<&'a S, TrustError> {
        let what = S::KIND.name();
        let known = self.in_trade(party, trade)?;
        let (party, key) = (party.clone(), signed.key());
        let Some(found) = known.keys.iter().find(|known| known.key == key) else {
            return Err(TrustError::UnknownKey { what, party, key });
        };
        if found.revoked.is_some() {
            return Err(TrustError::Revoked { party, key });
        }
        if at < found.from || at >= found.until {
            return Err(TrustError::OutsideValidity {
                what,
                party,
                key,
                at,
            });
        }
        if at.as_second() > now.as_second().saturating_add(Self::CLOCK_SKEW) {
            return Err(TrustError::Future { what, party, at });
        }
        Ok(signed.verify()?)
    }
}

fn check_identity(identity: &IdentityProfile) -> Result<(), RegistryError> {
    let fields: BTreeSet<_> = identity.fields.iter().collect();
    let name = identity.name.parse::<Plain>().is_ok();
    let plain = identity.fields.iter().all(|f| f.parse::<Plain>().is_ok());
    if name && plain && fields.len() == identity.fields.len() && (1..=16).contains(&fields.len()) {
        Ok(())
    } else {
        Err(RegistryError::Identity)
    }
}

fn check_party(party: &Party, keys: &mut BTreeSet<VerifyingKey>) -> Result<(), RegistryError> {
    let id = || party.id.clone();
    if party.id.is_self_declared() {
        return Err(RegistryError::Reserved { party: id() });
    }
    let fault = |fault| {
        let party = id();
        Err(RegistryError::Entry { party, fault })
    };
    if party.roles.is_empty() {
        return fault("trusts it for nothing: give it a role, or remove it");
    }
    if party.keys.is_empty() {
        return fault("has no key");
    }
    if party.country.len() != 2 || !party.country.bytes().all(|b| b.is_ascii_uppercase()) {
        return fault("has a country that is not two capital letters (ISO 3166-1)");
    }
    for entry in &party.keys {
        let (party, key) = (id(), entry.key);
        if !keys.insert(key) {
            return Err(RegistryError::KeyTwice { key, party });
        }
        if entry.until <= entry.from {
            return Err(RegistryError::Validity { key, party });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
