//! What a lender asks for.

use blindscore_history::digest::Digest;
use blindscore_history::label;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::envelope::Kind;
use crate::id::PartyId;
use crate::sign::Statement;
use crate::text::Plain;

/// What a lender gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outputs {
    /// The score.
    Score,
    /// The score, with the reasons for it.
    ScoreAndReasons,
}

/// A lender's request for a score, signed by a key that the registry knows for
/// the lender. Everything in it is shown to the applicant before consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreRequest {
    /// Parameter id.
    pub parameters: u32,
    /// Who asks.
    pub lender: PartyId,
    /// 32 fresh random bytes: an answer answers this request and no other.
    pub nonce: Digest,
    /// What for, in the lender's words.
    pub purpose: Plain,
    /// The platform that is to compute.
    pub platform: PartyId,
    /// The scheme.
    pub scheme: Digest,
    /// Scorecards whose score will do, ascending.
    pub scorecards: Vec<Digest>,
    /// Sources that must take part, ascending. A score without one of them is
    /// refused.
    pub sources: Vec<PartyId>,
    /// Whether a score of self-declared data will do.
    pub self_declared: bool,
    /// What the lender asks to get.
    pub outputs: Outputs,
    /// Days that the lender keeps what it gets.
    pub storage_days: u32,
    /// When it was signed.
    pub issued: Timestamp,
    /// From when on no answer is taken.
    pub expires: Timestamp,
}

impl Statement for ScoreRequest {
    const KIND: Kind = Kind::ScoreRequest;
    const LABEL: &'static str = label::SCORE_REQUEST;

    fn parameters(&self) -> Option<u32> {
        Some(self.parameters)
    }
}
