//! The applicant looks first.
//!
//! A platform's answer goes through every check before the person sees a
//! score, and only what came through can be released. Whoever sent an answer
//! that fails learns nothing from it: from outside, a failed review looks like
//! a person who declined.

use blindscore_evaluator::{
    AttestedHistory, Commission, CommissionError, Evaluation, Gathered, Lineup, Plan, PlanError,
    PreparedHistory,
};
use blindscore_fhe::proof::Opening;
use blindscore_history::digest::Digest;
use blindscore_history::levels::{ApplicantLevels, LevelsError, Part, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_protocol::consent::ConsentRecord;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{Receipt, ScoreRequest, Standing};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::{Explanation, Scorecard};
use jiff::Timestamp;
use thiserror::Error;

use super::{OpenError, OpenedScore, SecretKey, re_execute};

/// All that came back to an applicant, to be reviewed.
#[derive(Clone, Copy, Debug)]
pub struct Review<'a> {
    /// The applicant's copy of the registry.
    pub registry: &'a Registry,
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The scorecard, from its provider.
    pub scorecard: &'a Scorecard,
    /// The lender's request.
    pub request: &'a Signed<ScoreRequest>,
    /// The consent that was given.
    pub consent: &'a ConsentRecord,
    /// The histories, as sources sealed and attested them.
    pub histories: &'a Gathered,
    /// The platform's evaluation.
    pub evaluation: &'a Evaluation,
    /// The platform's receipt for it.
    pub receipt: &'a Signed<Receipt>,
    /// Now.
    pub now: Timestamp,
}

/// A score that passed every check of PROOF section 7: the only thing that can
/// be released. `Debug` hides the score.
#[derive(Clone)]
pub struct CheckedScore {
    pub(super) opened: OpenedScore,
    pub(super) opening: Opening,
    pub(super) plan: Plan,
    pub(super) standing: Standing,
    pub(super) consent: ConsentRecord,
    pub(super) request: Signed<ScoreRequest>,
    pub(super) receipt: Signed<Receipt>,
    pub(super) evaluation: Evaluation,
    pub(super) histories: Gathered,
    explanation: Explanation,
    levels: Vec<SourceLevels>,
}

/// Why an answer did not pass. Nothing must be released.
#[derive(Debug, Error)]
pub enum ReviewError {
    /// The chain of signed statements.
    #[error(transparent)]
    Commission(#[from] CommissionError),
    /// The scorecard makes no plan with these sources.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// What the key shows.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// A history that opens to something that its source cannot have sealed.
    #[error("the history of {source_id} does not hold up: {fault}")]
    History {
        /// The source.
        source_id: PartyId,
        /// What is wrong.
        fault: Box<OpenError>,
    },
    /// Levels that do not go together.
    #[error(transparent)]
    Levels(#[from] LevelsError),
}

impl SecretKey {
    /// Reviews an answer, in this order: request, consent, attestations and
    /// receipt; every ciphertext of every history; the evaluation run again,
    /// byte for byte; the opening with its canaries; the score computed in the
    /// clear from the levels that were sealed.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn review(&self, review: &Review<'_>) -> Result<CheckedScore, ReviewError> {
        let histories = review.histories.histories().iter();
        let attestations: Vec<_> = histories.map(AttestedHistory::signed).collect();
        let commission = Commission {
            registry: review.registry,
            key: self.public_key(),
            scheme: review.scheme,
            scorecard: review.scorecard,
            request: review.request,
            consent: review.consent,
            attestations: &attestations,
            at: review.receipt.statement().issued,
            now: review.now,
        };
        let standing = commission.check()?;
        commission.check_receipt(review.receipt, review.evaluation.header(), standing)?;

        let levels = self.look_into_all(review)?;
        let sealed = review.histories.sealed();
        let lineup = Lineup::of(&sealed)?;
        let plan = Plan::compile(review.scheme, review.scorecard, &lineup)?;
        let prepared: Vec<_> = sealed.iter().map(|h| PreparedHistory::new(h)).collect();
        let histories: Vec<_> = prepared.iter().collect();
        re_execute(&plan, self.public_key(), &histories, review.evaluation)?;

        let opened = self.open(&plan, review.scorecard, review.evaluation)?;
        let roles: Vec<_> = sealed.iter().map(|h| h.participant().roles).collect();
        let parts: Vec<_> = levels
            .iter()
            .zip(&roles)
            .map(|(levels, roles)| Part { levels, roles })
            .collect();
        let combined = ApplicantLevels::combine(review.scheme, &parts)?;
        let explanation = opened.explain(review.scheme, review.scorecard, &combined)?;
        Ok(CheckedScore {
            opened,
            opening: self.secret.opening(review.evaluation.result()),
            plan,
            standing,
            consent: review.consent.clone(),
            request: review.request.clone(),
            receipt: review.receipt.clone(),
            evaluation: review.evaluation.clone(),
            histories: review.histories.clone(),
            explanation,
            levels,
        })
    }

    fn look_into_all(&self, review: &Review<'_>) -> Result<Vec<SourceLevels>, ReviewError> {
        let look = |history: &AttestedHistory| {
            self.look_into(history.history(), review.scheme)
                .map_err(|fault| {
                    let source_id = history.header().source.clone();
                    let fault = Box::new(fault);
                    ReviewError::History { source_id, fault }
                })
        };
        review.histories.histories().iter().map(look).collect()
    }
}

impl CheckedScore {
    /// The score that the applicant opened.
    pub fn opened(&self) -> OpenedScore {
        self.opened
    }

    /// Points a characteristic, and reasons.
    pub fn explanation(&self) -> &Explanation {
        &self.explanation
    }

    /// The levels that each source sealed, in plan order: for the person to
    /// compare with what it knows of itself.
    pub fn levels(&self) -> &[SourceLevels] {
        &self.levels
    }

    /// Who stands behind the data.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// The plan that was run.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The evaluation that was reviewed.
    pub fn evaluation(&self) -> &Evaluation {
        &self.evaluation
    }

    /// The receipt's digest.
    pub fn receipt(&self) -> Digest {
        self.receipt.digest()
    }
}

impl std::fmt::Debug for CheckedScore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckedScore")
            .field("receipt", &self.receipt.digest())
            .finish_non_exhaustive()
    }
}
