//! One application as the wallet remembers it: what was agreed, how far it is,
//! how it ended. Written whole after every step, so that a restart goes on
//! where the last one ended.

use blindscore_client::applicant::Choice;
use blindscore_history::digest::Digest;
use blindscore_protocol::consent::Period;
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::message::Outputs;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The form of a record.
pub(super) const FORM: u32 = 1;

/// An application.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// [`FORM`].
    pub(super) blindscore_wallet_application: u32,
    /// Its id, which is the consent's.
    pub(super) id: ApplicationId,
    /// The lender's request.
    pub(super) request: Digest,
    /// Who asks.
    pub(super) lender: PartyId,
    /// What for.
    pub(super) purpose: String,
    /// What the person chose.
    pub(super) agreed: Agreed,
    /// Under which the one evaluation is ordered.
    pub(super) idempotency_key: String,
    /// When the choice was made.
    pub(super) drafted: Timestamp,
    /// When consent was given.
    pub(super) granted: Option<Timestamp>,
    /// How many steps of [`Record::plan`] are done.
    pub(super) done: usize,
    /// Why it does not go on.
    pub(super) stopped: Option<String>,
    /// The receipts that the platform gave, one a scorecard.
    pub(super) receipts: Vec<Receipted>,
    /// When the person decided to keep the score to itself.
    pub(super) kept: Option<Timestamp>,
    /// What was released.
    pub(super) release: Option<Handover>,
    /// When the consent was withdrawn.
    pub(super) withdrawn: Option<Timestamp>,
}

/// What the person chose; [`Choice`] in a form that is stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Agreed {
    pub(super) scorecards: Vec<Digest>,
    pub(super) sources: Vec<PartyId>,
    pub(super) data: Period,
    pub(super) outputs: Outputs,
    pub(super) valid_from: Timestamp,
    pub(super) valid_until: Timestamp,
}

/// A receipt, and its place in the log.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Receipted {
    pub(super) scorecard: Digest,
    pub(super) receipt: Digest,
    pub(super) log_index: u64,
}

/// A release on its way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Handover {
    /// The scorecard whose score it is.
    pub(super) scorecard: Digest,
    /// When the person decided.
    pub(super) decided: Timestamp,
    /// How many of [`HandoverStep::ALL`] are done.
    pub(super) done: usize,
    /// Why it does not go on.
    pub(super) stopped: Option<String>,
    /// The proof, once there is one.
    pub(super) proof: Option<Proven>,
    /// What the lender called it when it took it.
    pub(super) taken: Option<String>,
    /// When the lender took it.
    pub(super) taken_at: Option<Timestamp>,
    /// What the lender answered, if it did while the wallet waited.
    pub(super) answer: Option<Answer>,
}

/// What a lender made of a release.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(super) enum Answer {
    /// It still checks.
    Checking,
    /// It decided.
    Decided {
        at: Timestamp,
        decision: Decision,
        /// The principal reasons, if it declined.
        reasons: Vec<String>,
    },
    /// It holds no such release: a check of the lender refused it.
    NotHeld,
}

/// A lender's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Decision {
    Approved,
    Declined,
    Referred,
}

/// What proving took.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proven {
    pub(super) attempts: u32,
    pub(super) milliseconds: u64,
    pub(super) proof_bytes: usize,
    pub(super) message_bytes: usize,
}

/// A step between consent and score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Request and public key are handed in.
    Registered,
    /// A source seals and signs.
    Sealed(PartyId),
    /// It hands in what it sealed.
    HandedIn(PartyId),
    /// The consent is handed in.
    Consented,
    /// The platform computes.
    Scored,
    /// The receipts are found in the log, which only grew.
    Logged,
    /// Everything is computed again and compared; the score is opened.
    Checked,
}

/// A step between the decision to release and the lender's receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HandoverStep {
    Checked,
    Proven,
    Sent,
    Answered,
}

/// Where an application stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Drafted,
    Running,
    Stopped,
    Scored,
    Kept,
    Releasing,
    ReleaseStopped,
    Released,
    Withdrawn,
}

impl Record {
    /// The steps between consent and score.
    pub(super) fn plan(&self) -> Vec<Step> {
        let mut plan = vec![Step::Registered];
        for source in &self.agreed.sources {
            plan.push(Step::Sealed(source.clone()));
            plan.push(Step::HandedIn(source.clone()));
        }
        plan.extend([Step::Consented, Step::Scored, Step::Logged, Step::Checked]);
        plan
    }

    /// Whether a step is done.
    pub(super) fn did(&self, step: &Step) -> bool {
        let place = self.plan().iter().position(|planned| planned == step);
        place.is_some_and(|place| place < self.done)
    }

    /// Where it stands.
    pub(super) fn stage(&self) -> Stage {
        if self.withdrawn.is_some() {
            return Stage::Withdrawn;
        }
        if self.granted.is_none() {
            return Stage::Drafted;
        }
        if let Some(release) = &self.release {
            return match &release.stopped {
                Some(_) => Stage::ReleaseStopped,
                None if release.done < HandoverStep::ALL.len() => Stage::Releasing,
                None => Stage::Released,
            };
        }
        if self.done == self.plan().len() {
            return if self.kept.is_some() {
                Stage::Kept
            } else {
                Stage::Scored
            };
        }
        if self.stopped.is_some() {
            Stage::Stopped
        } else {
            Stage::Running
        }
    }

    /// Whether the data are the person's own word.
    pub(super) fn is_own_word(&self) -> bool {
        self.agreed.sources.iter().any(PartyId::is_self_declared)
    }
}

impl Agreed {
    /// As the consent's draft takes it. One run: every scorecard once.
    pub(super) fn choice(&self) -> Choice {
        Choice {
            scorecards: self.scorecards.clone(),
            sources: self.sources.clone(),
            data: self.data,
            outputs: self.outputs,
            uses: 1,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
        }
    }
}

impl HandoverStep {
    /// In order.
    pub(super) const ALL: [Self; 4] = [Self::Checked, Self::Proven, Self::Sent, Self::Answered];
}

impl Stage {
    /// In a path.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Scored => "scored",
            Self::Kept => "kept",
            Self::Releasing => "releasing",
            Self::ReleaseStopped => "release-stopped",
            Self::Released => "released",
            Self::Withdrawn => "withdrawn",
        }
    }
}
