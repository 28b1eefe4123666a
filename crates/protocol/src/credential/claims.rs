//! What a credential says, before it is one: plain values that the applicant's
//! side takes from a release.

use std::collections::BTreeSet;
use std::fmt;

use blindscore_history::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::CredentialError;
use super::{PROOF_MAX, REASONS_MAX, SOURCES_MAX, jose};
use crate::id::{ApplicationId, PartyId};
use crate::message::Standing;
use crate::text::{Plain, is_plain};

/// Largest absolute published score.
const SCORE_MAX: i64 = 1_000_000_000;
/// Longest reason code and text.
const CODE_BYTES_MAX: usize = 16;
const REASON_CHARS_MAX: usize = 400;

/// What goes into a credential. `Debug` hides it: it is a person's.
#[derive(Clone, PartialEq, Eq)]
pub struct CredentialClaims {
    /// The published score.
    pub score: i64,
    /// The range that the scorecard publishes.
    pub range: ScoreRange,
    /// The scorecard.
    pub scorecard: ScorecardClaim,
    /// At most [`REASONS_MAX`], the largest shortfall first.
    pub reasons: Vec<CredentialReason>,
    /// Whom the release is for.
    pub lender: PartyId,
    /// What for.
    pub purpose: Plain,
    /// The sources, 1 to [`SOURCES_MAX`], each once.
    pub sources: Vec<PartyId>,
    /// Who stands behind the data. Never hidden.
    pub standing: Standing,
    /// When the platform evaluated.
    pub evaluated_at: Timestamp,
    /// From when on the release is no answer any more.
    pub valid_until: Timestamp,
    /// The consent.
    pub consent: ApplicationId,
    /// Digest of the platform's receipt.
    pub receipt: Digest,
    /// The release with the proof of opening.
    pub proof: ProofClaim,
}

/// The range of published scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreRange {
    /// The lowest.
    pub min: i64,
    /// The highest.
    pub max: i64,
}

/// Which scorecard, in words and by digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScorecardClaim {
    /// Its name.
    pub name: Plain,
    /// Who answers for it.
    pub provider: Plain,
    /// Its digest, which is what counts.
    pub digest: Digest,
}

/// A reason for points lost, in the scorecard's words. `Debug` hides it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialReason {
    /// The reason code, such as `R01`.
    pub code: String,
    /// What it means.
    pub text: String,
}

/// The release that holds the proof of opening: all trust in the credential
/// comes from it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofClaim {
    /// Its digest; the release itself goes another way.
    Digest(Digest),
    /// Its bytes, at most [`PROOF_MAX`].
    Embedded(#[serde(serialize_with = "to_text", deserialize_with = "from_text")] Vec<u8>),
}

/// A part of a credential that the holder shows or keeps back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// The score.
    Score,
    /// The published range.
    Range,
    /// The scorecard.
    Scorecard,
    /// The sources, all or none: a part of them would mislead.
    Sources,
    /// The proof.
    Proof,
    /// One reason by its rank, from 0.
    Reason(u8),
}

impl Claim {
    /// The claims that are there in every credential; reasons come after.
    pub(super) const NAMED: [Self; 5] = [
        Self::Score,
        Self::Range,
        Self::Scorecard,
        Self::Sources,
        Self::Proof,
    ];

    /// Its name in the credential.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Score => "score",
            Self::Range => "range",
            Self::Scorecard => "scorecard",
            Self::Sources => "sources",
            Self::Proof => "proof",
            Self::Reason(_) => "reason",
        }
    }
}

impl CredentialClaims {
    /// Refuses what no credential may say.
    pub(super) fn check(&self, now: Timestamp) -> Result<(), CredentialError> {
        let unfit = |field, fault| Err(CredentialError::Unfit { field, fault });
        if !self.range.is_one() {
            return unfit("range", RANGE_FAULT);
        }
        if !self.range.holds(self.score) {
            return unfit("score", "is outside the range of its scorecard");
        }
        if self.reasons.len() > REASONS_MAX {
            return unfit("reasons", "are more than four; take the first four");
        }
        if !self.reasons.iter().all(CredentialReason::is_one) {
            return unfit("reasons", REASON_FAULT);
        }
        if !are_sources(&self.sources) {
            return unfit("sources", SOURCES_FAULT);
        }
        if !self.proof.is_one() {
            return unfit("proof", PROOF_FAULT);
        }
        if self.valid_until.as_second() <= now.as_second() {
            return unfit("valid_until", "is over; release the score anew");
        }
        if self.evaluated_at > now {
            return unfit("evaluated_at", "is still to come; compare the clocks");
        }
        Ok(())
    }
}

pub(super) const RANGE_FAULT: &str = "is empty or beyond a billion; want min below max";
pub(super) const REASON_FAULT: &str =
    "need a code of 1 to 16 of A-Z, 0-9, _ and -, and a plain text of 1 to 400 characters";
pub(super) const SOURCES_FAULT: &str = "must be one to eight names, each once";
pub(super) const PROOF_FAULT: &str = "is empty or larger than any release";

impl ScoreRange {
    pub(super) fn is_one(self) -> bool {
        -SCORE_MAX <= self.min && self.min < self.max && self.max <= SCORE_MAX
    }

    pub(super) fn holds(self, score: i64) -> bool {
        (self.min..=self.max).contains(&score)
    }
}

impl CredentialReason {
    pub(super) fn is_one(&self) -> bool {
        let allowed =
            |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        (1..=CODE_BYTES_MAX).contains(&self.code.len())
            && self.code.bytes().all(allowed)
            && is_plain(&self.text, REASON_CHARS_MAX)
    }
}

impl ProofClaim {
    pub(super) fn is_one(&self) -> bool {
        match self {
            Self::Digest(_) => true,
            Self::Embedded(bytes) => (1..=PROOF_MAX).contains(&bytes.len()),
        }
    }
}

pub(super) fn is_score(score: i64) -> bool {
    (-SCORE_MAX..=SCORE_MAX).contains(&score)
}

pub(super) fn are_sources(sources: &[PartyId]) -> bool {
    let once: BTreeSet<_> = sources.iter().collect();
    (1..=SOURCES_MAX).contains(&sources.len()) && once.len() == sources.len()
}

impl fmt::Debug for CredentialClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialClaims")
            .field("consent", &self.consent)
            .field("lender", &self.lender)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for CredentialReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialReason(..)")
    }
}

impl fmt::Debug for ProofClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(digest) => write!(f, "Digest({digest})"),
            Self::Embedded(bytes) => write!(f, "Embedded({} bytes)", bytes.len()),
        }
    }
}

fn to_text<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&jose::encode(bytes))
}

fn from_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    jose::decode(&text).ok_or_else(|| serde::de::Error::custom("not base64url"))
}
