//! What an applicant releases to a lender.

use blindscore_history::digest::Digest;
use blindscore_history::label;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Standing;
use crate::envelope::{Kind, VERSION};
use crate::id::{ApplicationId, PartyId};
use crate::sign::Statement;
use crate::text::Plain;

/// A reason for points lost, in the scorecard's words.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedReason {
    /// The reason code.
    pub code: String,
    /// Its text.
    pub text: String,
}

/// The reasons, and who says so. The proof covers the score, not the reasons.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stated_by", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReleasedReasons {
    /// The applicant's own statement: whoever reads it must know that nothing
    /// but the scorecard's list of codes binds it.
    Applicant {
        /// At most four, the largest shortfall first.
        reasons: Vec<ReleasedReason>,
    },
}

/// The terms of a release: everything that the proof of opening is bound to.
/// `Debug` hides the score.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseTerms {
    /// Version of the protocol.
    pub protocol: u16,
    /// Parameter id.
    pub parameters: u32,
    /// The consent's id.
    pub consent: ApplicationId,
    /// Digest of the consent record.
    pub consent_digest: Digest,
    /// Who may read it as an answer.
    pub lender: PartyId,
    /// What for.
    pub purpose: Plain,
    /// Digest of the lender's request.
    pub request: Digest,
    /// The request's nonce.
    pub nonce: Digest,
    /// Digest of the platform's receipt.
    pub receipt: Digest,
    /// The scorecard.
    pub scorecard: Digest,
    /// The plan.
    pub plan: Digest,
    /// Applicant key id.
    pub applicant_key: Digest,
    /// The score above the scorecard's least, `S`.
    pub shifted: u32,
    /// The score in points.
    pub published: i64,
    /// The phases of all outputs over 2^29, in composable form.
    pub phases: Vec<u64>,
    /// Who stands behind the data.
    pub standing: Standing,
    /// Reasons, if the consent gives them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasons: Option<ReleasedReasons>,
    /// When it was signed.
    pub issued: Timestamp,
    /// From when on it is no answer any more.
    pub valid_until: Timestamp,
}

impl ReleaseTerms {
    /// The version that this crate speaks, for [`ReleaseTerms::protocol`].
    pub const PROTOCOL: u16 = VERSION;

    /// The context that the proof of opening is bound to: the terms as
    /// canonical JSON (RFC 8785).
    ///
    /// # Panics
    /// Never: terms are plain JSON.
    pub fn context(&self) -> Vec<u8> {
        serde_json_canonicalizer::to_vec(self).expect("terms are plain JSON")
    }
}

/// A release: terms and the digest of the proof that fits them, signed by the
/// applicant's key of this application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The terms.
    pub terms: ReleaseTerms,
    /// Digest of the enclosed parts: proof, key, result and all.
    pub parts: Digest,
}

impl Statement for Release {
    const KIND: Kind = Kind::Release;
    const LABEL: &'static str = label::RELEASE;

    fn parameters(&self) -> Option<u32> {
        Some(self.terms.parameters)
    }
}

impl std::fmt::Debug for ReleaseTerms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReleaseTerms")
            .field("consent", &self.consent)
            .field("lender", &self.lender)
            .field("receipt", &self.receipt)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ReleasedReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReleasedReason(..)")
    }
}

impl std::fmt::Debug for ReleasedReasons {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ReleasedReasons(..)")
    }
}
