//! Who did what, how long it took, and where a walk can end early.

use std::time::{Duration, Instant};

use blindscore_client::EntropyError;
use blindscore_client::applicant::{OpenError, ReleaseError, ReviewError};
use blindscore_client::lender::VerifyError;
use blindscore_client::source::{AttestError, SealError};
use blindscore_evaluator::{AttestationError, GatherError, MessageError, OrderError};
use blindscore_history::levels::LevelsError;
use blindscore_protocol::consent::{AnswerError, ConsentError, RegisterError};
use blindscore_protocol::envelope::EnvelopeError;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::log::{LogError, LogFault};
use blindscore_protocol::registry::TrustError;
use blindscore_protocol::text::PlainError;
use blindscore_scorecard::{ScoreError, Scorecard};
use thiserror::Error;

/// Who takes a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// The person whose score it is.
    Applicant,
    /// A data holder.
    Source(PartyId),
    /// The party that computes blind.
    Platform,
    /// The party that asks and decides.
    Lender,
}

/// A step of the walk.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who took it.
    pub party: Party,
    /// What was done, in the words of the API.
    pub verb: &'static str,
    /// The scorecard that it was done for, if for one.
    pub scorecard: Option<String>,
    /// How long it took.
    pub time: Duration,
    /// Length of the message that came out; 0 if none did.
    pub bytes: usize,
}

/// Where the walk ended early.
#[derive(Debug, Error)]
pub enum WalkError {
    /// Nothing to score, or nobody to ask.
    #[error("no scorecard or no data holder")]
    NoScorecard,
    /// Cheating worked: a defect.
    #[error("not refused: {attack}")]
    NotRefused {
        /// Who tried what.
        attack: &'static str,
    },
    /// The platform's log did not take an entry.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The log does not show what it must.
    #[error(transparent)]
    LogFault(#[from] LogFault),
    /// Who signed the log's head.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// No randomness for keys.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// A text of the walk.
    #[error(transparent)]
    Text(#[from] PlainError),
    /// A time out of range.
    #[error(transparent)]
    Time(#[from] jiff::Error),
    /// A source could not seal.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A source did not attest.
    #[error(transparent)]
    Attest(#[from] AttestError),
    /// A message was not admitted.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A signed message was not admitted.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// A history or its attestation was not believed.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// Histories that do not go together.
    #[error(transparent)]
    Gather(#[from] GatherError),
    /// A consent that is no answer.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// A consent that cannot be.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// A consent that the platform does not take.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The platform refused.
    #[error(transparent)]
    Order(#[from] OrderError),
    /// The applicant does not believe the answer.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// The applicant could not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The applicant could not release.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// The lender does not believe the release.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// Levels that do not go together.
    #[error(transparent)]
    Levels(#[from] LevelsError),
    /// A scorecard that does not fit the levels.
    #[error(transparent)]
    Score(#[from] ScoreError),
}

pub(super) struct Log<'a> {
    steps: Vec<Step>,
    scorecard: Option<String>,
    watch: &'a mut dyn FnMut(&Step),
}

impl<'a> Log<'a> {
    pub(super) fn new(watch: &'a mut dyn FnMut(&Step)) -> Self {
        Self {
            steps: Vec::new(),
            scorecard: None,
            watch,
        }
    }

    /// The scorecard that the next steps are about.
    pub(super) fn scorecard(&mut self, scorecard: Option<&Scorecard>) {
        self.scorecard = scorecard.map(|scorecard| scorecard.name().to_owned());
    }

    pub(super) fn step<T>(
        &mut self,
        party: Party,
        verb: &'static str,
        act: impl FnOnce(&mut usize) -> Result<T, WalkError>,
    ) -> Result<T, WalkError> {
        let start = Instant::now();
        let mut bytes = 0;
        let outcome = act(&mut bytes)?;
        let step = Step {
            party,
            verb,
            scorecard: self.scorecard.clone(),
            time: start.elapsed(),
            bytes,
        };
        (self.watch)(&step);
        self.steps.push(step);
        Ok(outcome)
    }

    pub(super) fn last_time(&self) -> Duration {
        self.steps.last().map(|step| step.time).unwrap_or_default()
    }

    pub(super) fn into_steps(self) -> Vec<Step> {
        self.steps
    }
}
