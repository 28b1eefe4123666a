//! Why a release is refused.

use blindscore_evaluator::{
    AttestationError, CommissionError, EvaluateError, MessageError, PlanError,
};
use blindscore_fhe::proof::{ProofError, Refused, StatementError};
use blindscore_protocol::consent::ConsentError;
use blindscore_protocol::envelope::EnvelopeError;
use blindscore_protocol::parts::PartsError;
use blindscore_protocol::sign::SignatureError;
use blindscore_scorecard::ScoreError;
use thiserror::Error;

/// Why a release was refused. Outside, a release holds or does not.
#[derive(Debug, Error)]
pub enum VerifyError {
    /// The release's frame.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Its enclosures.
    #[error(transparent)]
    Parts(#[from] PartsError),
    /// Its signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// A key or an evaluation that is none.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// The consent record.
    #[error(transparent)]
    Consent(#[from] ConsentError),
    /// An attestation, or a history that does not fit its attestation.
    #[error(transparent)]
    Attestation(#[from] AttestationError),
    /// The chain of signed statements.
    #[error(transparent)]
    Commission(#[from] CommissionError),
    /// The scorecard makes no plan with these sources.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The histories given do not fit.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// Terms that the enclosures do not bear out.
    #[error("the release {fault}")]
    Terms {
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The evaluation, run again, is another.
    #[error(
        "the evaluation, run again on the sealed histories, gives other bytes: the platform did not do what its receipt says"
    )]
    OtherBytes,
    /// An opening that no honest key and evaluation give.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// Bytes that are no proof.
    #[error(transparent)]
    ProofBytes(#[from] ProofError),
    /// A proof that does not hold.
    #[error("the proof does not hold: {0}")]
    Proof(#[from] Refused),
    /// A score that the scorecard does not publish.
    #[error(transparent)]
    Score(#[from] ScoreError),
}
