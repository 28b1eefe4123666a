//! What the lender keeps: what it asked, what came back, what it refused.

use std::fmt;

use blindscore_history::digest::Digest;
use blindscore_protocol::api::Message;
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::message::{ReleasedReason, ScoreRequest, Standing};
use blindscore_protocol::sign::Signed;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A request that was sent, with the policy for what comes back.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    /// The request.
    pub(super) request: Signed<ScoreRequest>,
    /// How to decide.
    pub(super) policy: Rules,
}

/// A request as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredAsked {
    pub(super) request: Message,
    pub(super) policy: Rules,
}

/// The lender's own policy: made when it asked, and not changed after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    /// From how many points on to approve, a scorecard.
    pub(super) cut_offs: Vec<CutOff>,
    /// Whether a score of self-declared data may be approved without a person.
    pub(super) self_declared: bool,
    /// Whether the evaluation must have been run again here.
    pub(super) recomputed: bool,
}

/// The cut-off for one scorecard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CutOff {
    pub(super) scorecard: Digest,
    pub(super) name: String,
    pub(super) provider: String,
    pub(super) lowest: i64,
    pub(super) highest: i64,
    pub(super) points: i64,
}

/// A release that was taken.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    /// The request that it answers.
    pub(super) request: Digest,
    /// When it came.
    pub(super) received: Timestamp,
    /// What came of it.
    pub(super) state: AnswerState,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum AnswerState {
    /// Its checks are under way.
    Checking,
    /// They all passed.
    Verified(Box<Verified>),
}

/// What holds of a release. `Debug` hides the score.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Verified {
    pub(super) score: i64,
    pub(super) lowest: i64,
    pub(super) highest: i64,
    pub(super) scorecard: Digest,
    pub(super) scorecard_name: String,
    pub(super) provider: String,
    pub(super) standing: Standing,
    pub(super) sources: Vec<PartyId>,
    pub(super) platform: PartyId,
    pub(super) evaluated_at: Timestamp,
    pub(super) valid_until: Timestamp,
    pub(super) consent: ApplicationId,
    pub(super) receipt: Digest,
    /// As the applicant states them; nothing if they were kept back.
    pub(super) reasons: Option<Vec<ReleasedReason>>,
    /// Whether the evaluation was run again; if not, why not.
    pub(super) rerun: Rerun,
    pub(super) log: LogCheck,
    pub(super) proof_bytes: u64,
    /// log2 of the chance that a key made to deceive passes with a wrong score.
    pub(super) wrong_score_bound_log2: f64,
    /// Milliseconds that all checks took, fetching included.
    pub(super) took_ms: u64,
    pub(super) decision: Decided,
}

/// Whether the evaluation was run again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Rerun {
    /// With the same bytes, on so many bytes of sealed histories.
    Same { bytes: u64 },
    /// The platform's signature is believed.
    Not { why: String },
}

/// Whether the receipt is in the platform's log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum LogCheck {
    /// Proved under a head that the platform signed.
    Included {
        index: u64,
        size: u64,
        root: Digest,
        signed: Timestamp,
    },
    /// Not shown.
    NotShown { why: String },
}

/// What the policy says.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Decided {
    pub(super) outcome: DecidedOutcome,
    /// The cut-off that it was decided by.
    pub(super) cut_off: i64,
    pub(super) at: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum DecidedOutcome {
    Approved,
    Declined { reasons: Vec<ReleasedReason> },
    Referred { why: String },
}

/// A release that was refused: nothing of it is kept but this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Refusal {
    pub(super) at: Timestamp,
    /// The request that it says it answers, if it is one of ours.
    pub(super) request: Option<Digest>,
    /// The check that refused it, with its number.
    pub(super) check: String,
    pub(super) number: String,
    /// In the words of that check.
    pub(super) words: String,
}

impl Rules {
    /// The cut-off for a scorecard.
    pub(super) fn cut_off(&self, scorecard: Digest) -> Option<&CutOff> {
        let mut all = self.cut_offs.iter();
        all.find(|cut_off| cut_off.scorecard == scorecard)
    }
}

impl Asked {
    /// The request's digest, by which all name it.
    pub(super) fn digest(&self) -> Digest {
        self.request.digest()
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verified")
            .field("receipt", &self.receipt)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Decided {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decided(..)")
    }
}
