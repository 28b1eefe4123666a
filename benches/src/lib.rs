//! What the benches and `blindscore bench` measure, and how.
//!
//! [`measure`] takes the figures that the project promises, [`curves`] how they
//! grow; contenders take [`turns`], beside one bootstrap of tfhe
//! ([`blindscore_fhe::yardstick`]), so that ratios carry over to other machines.

pub mod by_hand;
pub mod curves;
pub mod limits;
pub mod measure;
pub mod memory;
pub mod noise;
pub mod proof;
pub mod stage;
pub mod subject;
pub mod turns;

use blindscore_client::source::SealError;
use blindscore_evaluator::{EvaluateError, MessageError, PlanError};
use blindscore_examples::cast::CastError;
use blindscore_examples::person::PersonError;
use blindscore_examples::walk::WalkError;
use blindscore_fhe::proof::StatementError;
use blindscore_history::levels::LevelsError;
use blindscore_history::scheme::SchemeError;
use blindscore_protocol::id::PartyIdError;
use blindscore_scorecard::ScorecardError;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use thiserror::Error;

/// What cannot be measured, and why.
#[derive(Debug, Error)]
pub enum Error {
    /// The scheme.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    /// A scorecard.
    #[error(transparent)]
    Scorecard(#[from] Box<ScorecardError>),
    /// Levels.
    #[error(transparent)]
    Levels(#[from] LevelsError),
    /// A source's name.
    #[error(transparent)]
    Party(#[from] PartyIdError),
    /// Sealing.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A plan whose gates do not hold.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Evaluating.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// A message.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// The bundled person.
    #[error(transparent)]
    Person(#[from] Box<PersonError>),
    /// The bundled parties.
    #[error(transparent)]
    Cast(#[from] CastError),
    /// The bundled application.
    #[error(transparent)]
    Walk(#[from] Box<WalkError>),
    /// Threads.
    #[error("the system gives no threads: {0}")]
    Threads(#[from] ThreadPoolBuildError),
}

impl From<ScorecardError> for Error {
    fn from(error: ScorecardError) -> Self {
        Self::Scorecard(Box::new(error))
    }
}

/// A pool of `cores` threads.
///
/// # Errors
/// The system gives none.
pub fn pool(cores: usize) -> Result<ThreadPool, Error> {
    Ok(ThreadPoolBuilder::new().num_threads(cores).build()?)
}
