//! The JSON that a platform's HTTP service and its callers exchange around the
//! messages of this crate. The messages themselves travel as they are, as bytes
//! or, inside of JSON, as base64; nothing here is signed or believed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use blindscore_history::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::id::{ApplicationId, PartyId};
use crate::log::{ConsistencyProof, Entry, InclusionProof};
use crate::message::Standing;
use crate::sign::VerifyingKey;

mod problem;

pub use problem::{Problem, ProblemKind};

/// A message as its sender made it; base64 in JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct Message(pub Vec<u8>);

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Message({} bytes)", self.0.len())
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(de::Error::custom)
    }
}

macro_rules! shape {
    ($(#[$about:meta])* $name:ident { $($(#[$field_about:meta])* $field:ident: $type:ty $(as $schema:ty)?,)* }) => {
        $(#[$about])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub struct $name {
            $(
                $(#[$field_about])*
                $(#[cfg_attr(feature = "openapi", schema(value_type = $schema))])?
                pub $field: $type,
            )*
        }
    };
}

shape! {
    /// Who a platform is, and what it takes.
    PlatformInfo {
        /// Its name, which signed requests carry in their tag.
        platform: PartyId as String,
        /// The key that it signs with now.
        key: VerifyingKey as String,
        /// Digest of the registry that it believes.
        registry: Digest as String,
        /// Its clock.
        time: Timestamp as String,
        /// Largest body of an upload, in bytes.
        upload_max: u64,
        /// Hours that histories are kept for looking into and running again
        /// after the last use of their consent.
        collect_hours: u32,
    }
}

shape! {
    /// A scheme of published scorecards.
    SchemeEntry {
        /// Its digest.
        digest: Digest as String,
        /// Its name.
        name: String,
        /// Its version.
        version: u32,
        /// Its currency, ISO 4217.
        currency: String,
    }
}

shape! {
    /// A published scorecard.
    ScorecardEntry {
        /// Its digest.
        digest: Digest as String,
        /// Its scheme.
        scheme: Digest as String,
        /// Its name.
        name: String,
        /// Who made it.
        provider: String,
        /// Its version.
        version: u32,
        /// Its place in the log.
        log_index: u64,
    }
}

shape! {
    /// An applicant's public key that was taken.
    KeyEntry {
        /// The key's id.
        applicant_key: Digest as String,
        /// The application that it is for, whose id the consent will have.
        application: ApplicationId as String,
    }
}

shape! {
    /// A lender's request that was taken.
    RequestEntry {
        /// Its digest.
        request: Digest as String,
        /// Who asks.
        lender: PartyId as String,
        /// From when on no answer is taken.
        expires: Timestamp as String,
    }
}

shape! {
    /// A sealed history that is held.
    HistoryEntry {
        /// Digest of its attestation, by which it is named.
        attestation: Digest as String,
        /// Digest of its ciphertexts.
        ciphertexts: Digest as String,
        /// Who sealed it.
        source: PartyId as String,
        /// The key that it is sealed to.
        applicant_key: Digest as String,
        /// The scheme.
        scheme: Digest as String,
        /// Whether a source or only the applicant vouches for it.
        standing: Standing as String,
        /// Bytes of the sealed history.
        bytes: u64,
        /// When it was taken.
        received: Timestamp as String,
    }
}

shape! {
    /// Where a consent stands.
    ConsentEntry {
        /// Its id.
        consent: ApplicationId as String,
        /// Its digest.
        digest: Digest as String,
        /// Its key.
        applicant_key: Digest as String,
        /// For whom.
        lender: PartyId as String,
        /// `not yet valid`, `given`, `used up`, `expired` or `withdrawn`.
        state: String,
        /// Runs counted.
        uses: u32,
        /// Runs allowed.
        of: u32,
        /// Until just before when.
        valid_until: Timestamp as String,
        /// Sealed histories held for it.
        histories: u64,
    }
}

shape! {
    /// A consent that was taken.
    ConsentTaken {
        /// Where it stands.
        consent: ConsentEntry,
        /// Its place in the log.
        log_index: u64,
        /// The receipt for it, a JSON-LD document.
        receipt: String,
    }
}

shape! {
    /// A withdrawal that was taken.
    Withdrawn {
        /// The consent.
        consent: ApplicationId as String,
        /// Sealed histories that were deleted.
        histories_deleted: u64,
        /// The withdrawal's place in the log.
        log_index: u64,
    }
}

shape! {
    /// What to evaluate, under one use of a consent.
    EvaluationOrder {
        /// The consent.
        consent: ApplicationId as String,
        /// The scorecards.
        scorecards: Vec<Digest> as Vec<String>,
        /// The histories, by the digests of their attestations.
        histories: Vec<Digest> as Vec<String>,
    }
}

shape! {
    /// What was evaluated.
    EvaluationAnswer {
        /// The consent.
        consent: ApplicationId as String,
        /// The number of this use, from 1.
        consent_use: u32,
        /// How many there are.
        consent_uses: u32,
        /// One a scorecard, in the order asked.
        answers: Vec<Answered>,
        /// Head of the log, which has every receipt.
        head: LogHead,
    }
}

shape! {
    /// An evaluation with its receipt.
    Answered {
        /// The scorecard.
        scorecard: Digest as String,
        /// Digest of the receipt, by which both are named.
        receipt: Digest as String,
        /// The receipt's place in the log.
        log_index: u64,
        /// The evaluation.
        evaluation: Message as String,
        /// The signed receipt.
        signed_receipt: Message as String,
    }
}

shape! {
    /// A signed head of the log.
    LogHead {
        /// How many entries it has.
        size: u64,
        /// Root of their Merkle tree.
        root: Digest as String,
        /// When it was signed.
        time: Timestamp as String,
        /// The signed tree head.
        signed: Message as String,
    }
}

shape! {
    /// A part of the log.
    LogEntries {
        /// Index of the first one given.
        start: u64,
        /// Size of the log.
        size: u64,
        /// The entries.
        entries: Vec<Entry> as Vec<Object>,
    }
}

shape! {
    /// That an entry is in the log.
    ProvenInclusion {
        /// The head that the proof is for.
        head: LogHead,
        /// The proof.
        proof: InclusionProof as Object,
    }
}

shape! {
    /// That the log only grew.
    ProvenConsistency {
        /// The newer head.
        head: LogHead,
        /// The proof.
        proof: ConsistencyProof as Object,
    }
}

shape! {
    /// What a platform holds, for its operator: ids, sizes and times.
    Holdings {
        /// The platform.
        platform: PartyId as String,
        /// Digest of its registry.
        registry: Digest as String,
        /// Published scorecards.
        scorecards: Vec<ScorecardEntry>,
        /// Consents, by id; the last 1,000 taken.
        consents: Vec<ConsentEntry>,
        /// Sealed histories; the last 1,000 taken.
        histories: Vec<HistoryEntry>,
        /// Bytes of all sealed histories held.
        ciphertext_bytes: u64,
        /// Receipts signed.
        receipts: u64,
        /// Head of the log.
        head: LogHead,
    }
}

shape! {
    /// A scorecard to publish, with its scheme: both as their files are.
    Publication {
        /// The scheme's JSON, as text.
        scheme: String,
        /// The scorecard's JSON, as text.
        scorecard: String,
    }
}

shape! {
    /// What was evaluated under a consent.
    Evaluations {
        /// The receipts, by use, then in the order asked.
        receipts: Vec<EvaluationEntry>,
    }
}

shape! {
    /// An evaluation that was made.
    EvaluationEntry {
        /// Digest of the receipt, by which both are named.
        receipt: Digest as String,
        /// The use of the consent, from 1.
        consent_use: u32,
        /// The scorecard.
        scorecard: Digest as String,
        /// The receipt's place in the log.
        log_index: u64,
    }
}

shape! {
    /// A scorecard that was published.
    Published {
        /// The scorecard.
        scorecard: ScorecardEntry,
        /// Whether it was published before.
        known: bool,
    }
}

shape! {
    /// A registry that was put in place.
    RegistryTaken {
        /// Its digest.
        registry: Digest as String,
        /// How many parties it has.
        parties: u64,
    }
}
