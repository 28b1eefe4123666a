//! What a platform remembers of consents: which it was given, how often each
//! was used, and which were taken back.
//!
//! The register is a value in memory with a snapshot in JSON; where it is kept
//! is the caller's choice. A use is counted before the evaluation runs, so a
//! crash loses a use and never gives one away: write the snapshot down first.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use thiserror::Error;

use super::{Ask, Binding, ConsentError, ConsentRecord, ConsentRefusal, WithdrawalError};
use crate::id::{ApplicationId, PartyId};
use crate::message::Withdrawal;
use crate::sign::Signed;
use crate::strict_json;

/// The consents that one platform was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRegister {
    platform: PartyId,
    consents: BTreeMap<ApplicationId, Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    record: ConsentRecord,
    uses: u32,
}

/// Where a consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentState {
    /// Given, for a time that is yet to begin.
    NotYet,
    /// Valid.
    Given {
        /// Runs that are left.
        uses_left: u32,
    },
    /// No run left.
    UsedUp,
    /// Over.
    Expired,
    /// Taken back by the applicant.
    Withdrawn,
}

/// Why the register does not take something.
#[derive(Debug, Error)]
pub enum RegisterError {
    /// For another platform.
    #[error("the consent names platform {got}; this is {want}")]
    Platform {
        /// The platform that it names.
        got: PartyId,
        /// This one.
        want: PartyId,
    },
    /// Another record of an id that is taken.
    #[error(
        "another consent record with id {consent} was handed in before: one application has one consent"
    )]
    Another {
        /// The id.
        consent: ApplicationId,
    },
    /// A withdrawal of a consent that was never handed in.
    #[error("there is no consent {consent} here to withdraw")]
    Unknown {
        /// The id.
        consent: ApplicationId,
    },
    /// A withdrawal that is none.
    #[error(transparent)]
    Withdrawal(#[from] WithdrawalError),
    /// A snapshot that is none.
    #[error("the register of consents is not valid: {0}")]
    Json(String),
    /// A record in it that is none.
    #[error("the register's consent {index} is not valid: {fault}")]
    Record {
        /// Counted from 0.
        index: usize,
        /// What is wrong.
        fault: ConsentError,
    },
    /// More uses than a consent has.
    #[error("the register counts {got} uses of consent {consent}, which has {want}")]
    Uses {
        /// The consent.
        consent: ApplicationId,
        /// The uses counted.
        got: u32,
        /// The uses that it has.
        want: u32,
    },
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    blindscore_consents: u32,
    platform: PartyId,
    consents: Vec<RawEntry>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct RawEntry {
    record: Value,
    uses: u32,
}

impl ConsentState {
    /// Where a consent stands that was used so often.
    pub fn of(record: &ConsentRecord, uses: u32, now: Timestamp) -> Self {
        if record.withdrawal().is_some() {
            return Self::Withdrawn;
        }
        let left = record.binding().uses.saturating_sub(uses);
        match record.binding().valid_at(now) {
            Err(ConsentRefusal::Expired { .. }) => Self::Expired,
            _ if left == 0 => Self::UsedUp,
            Err(_) => Self::NotYet,
            Ok(()) => Self::Given { uses_left: left },
        }
    }

    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotYet => "not yet valid",
            Self::Given { .. } => "given",
            Self::UsedUp => "used up",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Whether nothing may be computed, and why.
    fn refusal(self, binding: &Binding) -> Result<(), ConsentRefusal> {
        match self {
            Self::Given { .. } => Ok(()),
            Self::Withdrawn => Err(ConsentRefusal::Withdrawn),
            Self::Expired => Err(ConsentRefusal::Expired {
                until: binding.valid_until,
            }),
            Self::UsedUp => Err(ConsentRefusal::UsedUp { uses: binding.uses }),
            Self::NotYet => Err(ConsentRefusal::NotYet {
                from: binding.valid_from,
            }),
        }
    }
}

impl ConsentRegister {
    /// Largest snapshot that is read, in bytes.
    pub const JSON_MAX: usize = 256 << 20;

    /// An empty register of a platform.
    pub const fn new(platform: PartyId) -> Self {
        Self {
            platform,
            consents: BTreeMap::new(),
        }
    }

    /// Takes a record in. The same record again changes nothing, and a
    /// withdrawal that it carries counts.
    ///
    /// # Errors
    /// It names another platform, or another record has its id.
    pub fn admit(&mut self, record: ConsentRecord) -> Result<(), RegisterError> {
        let (got, want) = (&record.binding().platform, &self.platform);
        if got != want {
            let (got, want) = (got.clone(), want.clone());
            return Err(RegisterError::Platform { got, want });
        }
        let consent = record.id();
        let Some(known) = self.consents.get_mut(&consent) else {
            let entry = Entry { record, uses: 0 };
            self.consents.insert(consent, entry);
            return Ok(());
        };
        if known.record.digest() != record.digest() {
            return Err(RegisterError::Another { consent });
        }
        if known.record.withdrawal().is_none() {
            known.record = record;
        }
        Ok(())
    }

    /// Checks that the consent allows this now and counts one use of it: the
    /// number of the use, from 1. Call it before the evaluation runs, and keep
    /// the register before its result goes out.
    ///
    /// # Errors
    /// Why it does not allow it. Nothing is counted then.
    pub fn begin_use(
        &mut self,
        consent: ApplicationId,
        ask: &Ask<'_>,
    ) -> Result<u32, ConsentRefusal> {
        let entry = self.consents.get_mut(&consent);
        let entry = entry.ok_or(ConsentRefusal::Unknown { consent })?;
        let binding = entry.record.binding();
        ConsentState::of(&entry.record, entry.uses, ask.now).refusal(binding)?;
        entry.record.allows(ask)?;
        entry.uses += 1;
        Ok(entry.uses)
    }

    /// Takes a consent back, at once: no use begins after this. The caller
    /// deletes the ciphertexts. Withdrawing again changes nothing.
    ///
    /// # Errors
    /// No such consent, or not signed by the key that gave it.
    pub fn withdraw(&mut self, withdrawal: &Signed<Withdrawal>) -> Result<(), RegisterError> {
        let consent = withdrawal.statement().consent;
        let entry = self.consents.get_mut(&consent);
        let entry = entry.ok_or(RegisterError::Unknown { consent })?;
        entry.record = entry.record.with_withdrawal(withdrawal)?;
        Ok(())
    }

    /// Where a consent stands; nothing if it was never handed in.
    pub fn state(&self, consent: ApplicationId, now: Timestamp) -> Option<ConsentState> {
        let entry = self.consents.get(&consent)?;
        Some(ConsentState::of(&entry.record, entry.uses, now))
    }

    /// A record, with its withdrawal if there is one.
    pub fn record(&self, consent: ApplicationId) -> Option<&ConsentRecord> {
        self.consents.get(&consent).map(|entry| &entry.record)
    }

    /// How often a consent was used.
    pub fn uses(&self, consent: ApplicationId) -> Option<u32> {
        self.consents.get(&consent).map(|entry| entry.uses)
    }

    /// All records, in order of their ids.
    pub fn records(&self) -> impl Iterator<Item = &ConsentRecord> {
        self.consents.values().map(|entry| &entry.record)
    }

    /// The platform whose register it is.
    pub fn platform(&self) -> &PartyId {
        &self.platform
    }

    /// A snapshot.
    ///
    /// # Panics
    /// Never: a snapshot is plain JSON.
    pub fn to_json(&self) -> String {
        let entry = |entry: &Entry| json!({"record": entry.record.to_value(), "uses": entry.uses});
        let value = json!({
            "blindscore_consents": 1,
            "platform": self.platform,
            "consents": self.consents.values().map(entry).collect::<Vec<_>>(),
        });
        serde_json::to_string_pretty(&value).expect("a snapshot is plain JSON") + "\n"
    }

    /// Reads a snapshot, checking every record in it.
    ///
    /// # Errors
    /// What is wrong in it, and where.
    pub fn from_json(bytes: &[u8]) -> Result<Self, RegisterError> {
        let value = strict_json::parse(bytes, Self::JSON_MAX).map_err(RegisterError::Json)?;
        let raw: Raw =
            serde_json::from_value(value).map_err(|e| RegisterError::Json(e.to_string()))?;
        if raw.blindscore_consents != 1 {
            let fault = format!("form {}; this program reads 1", raw.blindscore_consents);
            return Err(RegisterError::Json(fault));
        }
        let mut register = Self::new(raw.platform);
        for (index, entry) in raw.consents.into_iter().enumerate() {
            let record = ConsentRecord::from_value(entry.record)
                .map_err(|fault| RegisterError::Record { index, fault })?;
            let (consent, got, want) = (record.id(), entry.uses, record.binding().uses);
            if got > want {
                return Err(RegisterError::Uses { consent, got, want });
            }
            if register.consents.contains_key(&consent) {
                return Err(RegisterError::Another { consent });
            }
            register.admit(record)?;
            if let Some(entry) = register.consents.get_mut(&consent) {
                entry.uses = got;
            }
        }
        Ok(register)
    }
}
