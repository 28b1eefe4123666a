//! A lender's decision, from a verified score and nothing else.

use blindscore_history::digest::Digest;
use blindscore_protocol::message::{ReleasedReason, ReleasedReasons, Standing};
use jiff::Timestamp;
use thiserror::Error;

use super::verify::{EvaluationCheck, VerifiedScore};

/// A lender's own policy. One a scorecard: points of different scorecards do
/// not compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The scorecard that the cut-off is for.
    pub scorecard: Digest,
    /// From how many points on to approve.
    pub cut_off: i64,
    /// Whether a score of self-declared data may be approved.
    pub self_declared: bool,
    /// Whether the evaluation must have been run again, rather than believed by
    /// the platform's signature.
    pub recomputed: bool,
}

/// What a lender decided, to tell the applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The score reaches the cut-off.
    Approved,
    /// It does not.
    Declined(AdverseAction),
    /// A person must look: the policy does not decide on such a score.
    Referred {
        /// Why.
        why: &'static str,
    },
}

/// What a declined applicant is told. `Debug` hides the reasons.
#[derive(Clone, PartialEq, Eq)]
pub struct AdverseAction {
    /// The principal reasons, in the scorecard's words, at most four; empty if
    /// the consent keeps them back.
    pub reasons: Vec<ReleasedReason>,
    /// Who stated them.
    pub stated_by: &'static str,
}

/// A score that the policy is not for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecideError {
    /// Of another scorecard.
    #[error(
        "the policy's cut-off is for scorecard {want}, the score is of {got}: use the policy for that card"
    )]
    OtherScorecard {
        /// The score's scorecard.
        got: Digest,
        /// The policy's.
        want: Digest,
    },
    /// Past its time.
    #[error("the score was released until {at}: ask again")]
    Expired {
        /// Until when.
        at: Timestamp,
    },
}

impl Policy {
    /// Decides on a verified score.
    ///
    /// # Errors
    /// A score of another scorecard, or past its time.
    pub fn decide(&self, score: &VerifiedScore, now: Timestamp) -> Result<Decision, DecideError> {
        if score.scorecard() != self.scorecard {
            let (got, want) = (score.scorecard(), self.scorecard);
            return Err(DecideError::OtherScorecard { got, want });
        }
        if now >= score.valid_until() {
            let at = score.valid_until();
            return Err(DecideError::Expired { at });
        }
        if score.standing() == Standing::SelfDeclared && !self.self_declared {
            let why = "nobody but the applicant stands behind the data";
            return Ok(Decision::Referred { why });
        }
        if score.evaluation() == EvaluationCheck::Attested && self.recomputed {
            let why =
                "the evaluation was not run again; fetch the sealed histories and verify anew";
            return Ok(Decision::Referred { why });
        }
        if score.published() >= self.cut_off {
            return Ok(Decision::Approved);
        }
        let (reasons, stated_by) = match score.reasons() {
            Some(ReleasedReasons::Applicant { reasons }) => (reasons.clone(), "the applicant"),
            None => (Vec::new(), "nobody"),
        };
        Ok(Decision::Declined(AdverseAction { reasons, stated_by }))
    }
}

impl std::fmt::Debug for AdverseAction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AdverseAction(..)")
    }
}
