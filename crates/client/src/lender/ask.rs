//! A lender asks for a score.

use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{Outputs, ScoreRequest};
use blindscore_protocol::sign::Signed;
use blindscore_protocol::signing_key::Signatory;
use blindscore_protocol::text::Plain;
use jiff::Timestamp;

use crate::entropy::{EntropyError, fresh};

/// What a lender wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What for, in words that the applicant will read.
    pub purpose: Plain,
    /// The platform that is to compute.
    pub platform: PartyId,
    /// The scheme.
    pub scheme: Digest,
    /// Scorecards whose score will do.
    pub scorecards: Vec<Digest>,
    /// Sources that must take part.
    pub sources: Vec<PartyId>,
    /// Whether a score of self-declared data will do.
    pub self_declared: bool,
    /// Whether to ask for the reasons too.
    pub outputs: Outputs,
    /// Days that the lender keeps what it gets.
    pub storage_days: u32,
    /// From when on no answer is taken.
    pub expires: Timestamp,
}

/// Signs a request for a score, with a fresh nonce.
///
/// # Errors
/// The operating system gives no randomness.
pub fn ask(
    lender: &Signatory,
    wanted: Wanted,
    now: Timestamp,
) -> Result<Signed<ScoreRequest>, EntropyError> {
    let Wanted {
        mut scorecards,
        mut sources,
        ..
    } = wanted;
    scorecards.sort_unstable();
    scorecards.dedup();
    sources.sort_unstable();
    sources.dedup();
    let request = ScoreRequest {
        parameters: PARAMETER_ID,
        lender: lender.id().clone(),
        nonce: Digest::new(*fresh::<32>()?),
        purpose: wanted.purpose,
        platform: wanted.platform,
        scheme: wanted.scheme,
        scorecards,
        sources,
        self_declared: wanted.self_declared,
        outputs: wanted.outputs,
        storage_days: wanted.storage_days,
        issued: now,
        expires: wanted.expires,
    };
    Ok(Signed::sign(request, lender.key()))
}
