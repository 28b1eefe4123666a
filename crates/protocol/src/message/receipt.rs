//! What a platform says of an evaluation that it made.

use blindscore_history::digest::Digest;
use blindscore_history::label;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{EvaluationHeader, Standing};
use crate::envelope::Kind;
use crate::id::{ApplicationId, PartyId};
use crate::sign::Statement;

/// A platform's receipt for one evaluation: ids and digests, no values. It
/// binds the result to what it was computed from and to the consent that
/// allowed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Who computed.
    pub platform: PartyId,
    /// The consent's id.
    pub consent: ApplicationId,
    /// Digest of the consent record.
    pub consent_digest: Digest,
    /// Digest of the lender's request.
    pub request: Digest,
    /// The evaluation's whole header: key, scheme, scorecard, plan, histories,
    /// digest of the result.
    pub evaluation: EvaluationHeader,
    /// Digests of the attestations, in the order of the histories.
    pub attestations: Vec<Digest>,
    /// Who stands behind the histories.
    pub standing: Standing,
    /// Which use of the consent this was, counted from 1.
    pub consent_use: u32,
    /// When it was signed.
    pub issued: Timestamp,
}

impl Statement for Receipt {
    const KIND: Kind = Kind::Receipt;
    const LABEL: &'static str = label::RECEIPT;

    fn parameters(&self) -> Option<u32> {
        Some(self.evaluation.parameters)
    }
}
