//! A release in the form that wallets hold.

use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_protocol::credential::{
    Credential, CredentialClaims, CredentialError, CredentialReason, ProofClaim, SaltSeed,
    ScoreRange, ScorecardClaim,
};
use blindscore_protocol::envelope::{self, EnvelopeError};
use blindscore_protocol::message::{Release, ReleasedReasons};
use blindscore_protocol::sign::Signed;
use blindscore_protocol::text::PlainError;
use blindscore_scorecard::Scorecard;
use jiff::Timestamp;
use thiserror::Error;

use super::{CheckedScore, Released, SecretKey};
use crate::entropy::{EntropyError, fresh};

/// Why there is no credential. The release stands all the same.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The release is not this score's.
    #[error("the release, the score and the scorecard are not of one application")]
    Other,
    /// A message that is no release.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The scorecard's name or provider cannot be shown.
    #[error("the scorecard's name or provider is {0}")]
    Name(#[from] PlainError),
    /// A claim that cannot be.
    #[error(transparent)]
    Credential(#[from] CredentialError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl SecretKey {
    /// Writes a release as an SD-JWT verifiable credential, bound to the key of
    /// this application. With `embedded` it carries the whole release, and so
    /// the proof; else it names the release by digest.
    ///
    /// # Errors
    /// A release of another score or key; no randomness.
    pub fn credential(
        &self,
        checked: &CheckedScore,
        released: &Released,
        scorecard: &Scorecard,
        embedded: bool,
        now: Timestamp,
    ) -> Result<Credential, ExportError> {
        let (signed, _) = envelope::open::<Signed<Release>>(&released.message, PARAMETER_ID)?;
        let terms = &signed.statement().terms;
        let one = terms.receipt == checked.receipt.digest()
            && terms.scorecard == scorecard.digest()
            && terms.applicant_key == self.public.id();
        if !one {
            return Err(ExportError::Other);
        }
        let reasons = match &terms.reasons {
            Some(ReleasedReasons::Applicant { reasons }) => reasons.as_slice(),
            None => &[],
        };
        let (min, max) = scorecard.published_range();
        let sources = checked.histories.sources();
        let claims = CredentialClaims {
            score: terms.published,
            range: ScoreRange { min, max },
            scorecard: ScorecardClaim {
                name: scorecard.name().parse()?,
                provider: scorecard.provider().parse()?,
                digest: scorecard.digest(),
            },
            reasons: reasons
                .iter()
                .map(|reason| CredentialReason {
                    code: reason.code.clone(),
                    text: reason.text.clone(),
                })
                .collect(),
            lender: terms.lender.clone(),
            purpose: terms.purpose.clone(),
            sources,
            standing: terms.standing,
            evaluated_at: checked.receipt.statement().issued,
            valid_until: terms.valid_until,
            consent: terms.consent,
            receipt: terms.receipt,
            proof: if embedded {
                ProofClaim::Embedded(released.message.clone())
            } else {
                ProofClaim::Digest(signed.digest())
            },
        };
        let seed = SaltSeed::new(*fresh::<32>()?);
        Ok(Credential::issue(&claims, &self.signing, &seed, now)?)
    }
}
