//! The applicant decides: a checked score, proven, for one lender.

use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_fhe::proof::{
    NoRandomness, Progress, ProofReport, ProveError, StatementError, prove,
};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_protocol::envelope;
use blindscore_protocol::message::{
    Outputs, Release, ReleaseTerms, ReleasedReason, ReleasedReasons,
};
use blindscore_protocol::parts::Parts;
use blindscore_protocol::sign::Signed;
use jiff::Timestamp;
use thiserror::Error;

use super::{CheckedScore, SecretKey};

/// The most phases that are released under one key: each is a hint at it, and
/// this many leave it its strength (less than one bit of 134).
pub const PHASES_MAX: usize = 32;

/// Phases kept of a released phase: it is sent over 2 to this power.
const PHASE_STEP: u64 = 1 << blindscore_fhe::proof::PHASE_STEP_LOG2;

/// Counts the phases that left under each key. An implementation must have
/// stored the count durably before it returns.
pub trait PhaseLedger {
    /// Counts the `phases` of a result under a key. The same result again
    /// releases the same phases and counts once.
    ///
    /// # Errors
    /// More than [`PHASES_MAX`] under this key; a count that cannot be stored.
    fn count(&mut self, key: Digest, result: Digest, phases: usize)
    -> Result<(), PhaseLedgerError>;
}

/// Why phases were not counted. Nothing was released.
#[derive(Debug, Error)]
pub enum PhaseLedgerError {
    /// Too many under one key.
    #[error(
        "{released} phases left under this key and {PHASES_MAX} may: {more} more would weaken it; apply again with a new key"
    )]
    TooMany {
        /// Phases that left.
        released: usize,
        /// Phases of this release.
        more: usize,
    },
    /// Not stored.
    #[error("the count of released phases cannot be stored: {0}")]
    Store(String),
}

/// The count of one key, in memory: the arithmetic of a ledger. Whoever keeps
/// it stores it durably.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhaseCount {
    results: Vec<(Digest, usize)>,
}

/// A release, ready to be handed to the lender.
pub struct Released {
    /// The message.
    pub message: Vec<u8>,
    /// What proving took.
    pub report: ProofReport,
    /// Length of the proof in it, in bytes.
    pub proof_bytes: usize,
}

/// Why a score was not released.
#[derive(Debug, Error)]
pub enum ReleaseError {
    /// Another application's key.
    #[error(
        "the score was opened with key {want}, this is {got}: release it with the key of its application"
    )]
    OtherKey {
        /// This key.
        got: Digest,
        /// The key it was reviewed with.
        want: Digest,
    },
    /// The consent or the request ended.
    #[error("the {what} ended at {at}: {next}")]
    Expired {
        /// What ended.
        what: &'static str,
        /// When.
        at: Timestamp,
        /// What to do.
        next: &'static str,
    },
    /// Too many phases.
    #[error(transparent)]
    Phases(#[from] PhaseLedgerError),
    /// An opening that nobody would accept.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// No proof.
    #[error(transparent)]
    Prove(#[from] ProveError),
}

impl SecretKey {
    /// Releases a checked score to the lender that asked, with a proof that it
    /// is what the platform's result opens to. `progress` hears of each attempt
    /// at the proof.
    ///
    /// # Errors
    /// Another key; a consent or request that ended; too many phases released
    /// under this key; no randomness.
    pub fn release(
        &self,
        checked: &CheckedScore,
        ledger: &mut dyn PhaseLedger,
        now: Timestamp,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Released, ReleaseError> {
        let (got, want) = (self.public.id(), checked.evaluation.header().applicant_key);
        if got != want {
            return Err(ReleaseError::OtherKey { got, want });
        }
        let terms = self.terms(checked, now)?;
        let phases = checked.opening.phases().len();
        if phases > 0 {
            ledger.count(want, checked.evaluation.header().result, phases)?;
        }
        let statement = checked.plan.statement(
            &self.public,
            checked.evaluation.result(),
            &checked.opening,
            &terms.context(),
        )?;
        let mut randomness = |bytes: &mut [u8]| getrandom::fill(bytes).map_err(|_| NoRandomness);
        let (proof, report) = prove(&statement, &self.secret, &mut randomness, progress)?;
        let proof = proof.to_bytes();
        let payload = self.enclose(checked, &proof);
        let release = Release {
            terms,
            parts: Parts::digest(&payload),
        };
        let signed = Signed::sign(release, &self.signing);
        Ok(Released {
            message: envelope::close(&signed, &payload),
            report,
            proof_bytes: proof.len(),
        })
    }

    fn terms(&self, checked: &CheckedScore, now: Timestamp) -> Result<ReleaseTerms, ReleaseError> {
        let binding = checked.consent.binding();
        let request = checked.request.statement();
        let ends = [
            ("consent", binding.valid_until, "consent again"),
            ("request", request.expires, "ask the lender for a new one"),
        ];
        if let Some((what, at, next)) = ends.into_iter().find(|(_, at, _)| now >= *at) {
            return Err(ReleaseError::Expired { what, at, next });
        }
        let header = checked.evaluation.header();
        let reasons = match binding.outputs {
            Outputs::Score => None,
            Outputs::ScoreAndReasons => {
                let reasons = checked.explanation().reasons.iter();
                Some(ReleasedReasons::Applicant {
                    reasons: reasons
                        .map(|reason| ReleasedReason {
                            code: reason.code().to_owned(),
                            text: reason.text().to_owned(),
                        })
                        .collect(),
                })
            }
        };
        let phases = checked.opening.phases().iter();
        Ok(ReleaseTerms {
            protocol: ReleaseTerms::PROTOCOL,
            parameters: PARAMETER_ID,
            consent: binding.consent,
            consent_digest: checked.consent.digest(),
            lender: request.lender.clone(),
            purpose: request.purpose.clone(),
            request: checked.request.digest(),
            nonce: request.nonce,
            receipt: checked.receipt.digest(),
            scorecard: header.scorecard,
            plan: header.plan,
            applicant_key: header.applicant_key,
            shifted: checked.opened.shifted(),
            published: checked.opened.published(),
            phases: phases.map(|phase| phase / PHASE_STEP).collect(),
            standing: checked.standing,
            reasons,
            issued: now,
            valid_until: binding.valid_until.min(request.expires),
        })
    }

    fn enclose(&self, checked: &CheckedScore, proof: &[u8]) -> Vec<u8> {
        let request = envelope::close(&checked.request, &[]);
        let public_key = self.public_key_message();
        let consent = checked.consent.to_json();
        let receipt = envelope::close(&checked.receipt, &[]);
        let evaluation = checked.evaluation.to_bytes();
        let histories = checked.histories.histories();
        let attestations: Vec<Vec<u8>> = histories
            .iter()
            .map(|history| envelope::close(history.signed(), &[]))
            .collect();
        let sealed = match checked.plan.form() {
            Form::Packed => Some(histories[0].history().to_bytes()),
            Form::Composable => None,
        };
        Parts {
            request: &request,
            public_key: &public_key,
            consent: consent.as_bytes(),
            receipt: &receipt,
            evaluation: &evaluation,
            attestations: attestations.iter().map(Vec::as_slice).collect(),
            sealed: sealed.as_deref(),
            proof,
        }
        .to_bytes()
    }
}

impl PhaseCount {
    /// A count that was stored: results, with the phases of each.
    pub fn new(results: Vec<(Digest, usize)>) -> Self {
        Self { results }
    }

    /// The results that were released, with the phases of each.
    pub fn results(&self) -> &[(Digest, usize)] {
        &self.results
    }

    /// Counts a result's phases.
    ///
    /// # Errors
    /// More than [`PHASES_MAX`] in all.
    pub fn add(&mut self, result: Digest, phases: usize) -> Result<(), PhaseLedgerError> {
        if self.results.iter().any(|(known, _)| *known == result) {
            return Ok(());
        }
        let counted = self.results.iter();
        let released = counted.fold(0_usize, |sum, (_, n)| sum.saturating_add(*n));
        if released.saturating_add(phases) > PHASES_MAX {
            let more = phases;
            return Err(PhaseLedgerError::TooMany { released, more });
        }
        self.results.push((result, phases));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blindscore_history::digest::Framed;

    #[test]
    fn no_more_phases_than_a_key_can_bear() {
        let result = |n| Framed::new("blindscore example v1").u32(n).digest();
        let mut count = PhaseCount::default();
        for n in 0..4 {
            count.add(result(n), 8).unwrap();
        }
        // The same result releases the same phases.
        count.add(result(0), 8).unwrap();
        assert!(matches!(
            count.add(result(4), 8),
            Err(PhaseLedgerError::TooMany {
                released: 32,
                more: 8
            })
        ));
        assert!(PhaseCount::default().add(result(0), 33).is_err());
    }
}
