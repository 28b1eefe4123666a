//! Proving: the applicant's side.

use blindscore_history::form::Form;
use thiserror::Error;

use crate::parameters::NOISE_BOUND_LOG2;
use crate::secret::SecretPolynomial;

use super::encoding::Proof;
use super::mask::Mask;
use super::pool::Pool;
use super::rejection::accepts;
use super::round::{Rounds, inner_product};
use super::statement::{PHASE_STEP_LOG2, Statement};

/// Attempts after which proving gives up; the chance of it is 2^-98.
pub const MAX_ATTEMPTS: u32 = 400;

/// Largest noise of an honest packed opening: eight deviations of the worst
/// plan with spread tables, 2^39.3.
const PACKED_NOISE: u64 = 677_000_000_000;
/// Largest distance of a phase from its rounding.
const ROUNDING: u64 = 1 << (PHASE_STEP_LOG2 - 1);

/// Fills a buffer with fresh secret bytes: the operating system's in earnest,
/// repeatable ones in tests.
pub type Randomness<'a> = &'a mut dyn FnMut(&mut [u8]) -> Result<(), NoRandomness>;

/// The source of randomness failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the operating system gives no randomness; without it a proof would show the key")]
pub struct NoRandomness;

/// How far proving is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The attempt that starts now, from 1.
    pub attempt: u32,
    /// Attempts that are needed on average, rounded up. Any may be the last.
    pub expected: u32,
}

/// What a proof took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofReport {
    /// Attempts, the last one included.
    pub attempts: u32,
}

/// Why there is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ProveError {
    /// The secret is not that of the statement's key.
    #[error(
        "the secret key does not belong to the statement's public key: use that of its application"
    )]
    NotTheKey,
    /// The result does not open to what is claimed.
    #[error(
        "output {output} of the result does not open to what the statement says: do not release it"
    )]
    NotTheOpening {
        /// 0 is the score, from 1 on canaries.
        output: usize,
    },
    /// No attempt was let out.
    #[error(
        "no proof after {attempts} attempts: try again, and doubt the random source if it repeats"
    )]
    Attempts {
        /// Attempts made.
        attempts: u32,
    },
    /// No randomness.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
}

/// What is proven to be known: the secret, the key's noise, and the noise of
/// each output. Wiped on drop.
pub struct Witness {
    parts: Mask,
}

impl Witness {
    /// The witness of a statement, if `secret` is one.
    ///
    /// # Errors
    /// The secret is not of the statement's key; an output opens to something
    /// else than the statement says, or with more noise than it may have.
    pub fn of(secret: &SecretPolynomial, statement: &Statement) -> Result<Self, ProveError> {
        let s = secret.bits().to_vec();
        let e = Rounds::new(statement).key_noise(&s);
        let noise_bound = match statement.form() {
            Form::Packed => PACKED_NOISE,
            Form::Composable => ROUNDING,
        };
        let noise_of = |row: &super::statement::Row| {
            row.target.wrapping_sub(inner_product(&row.mask, &s)) as i64
        };
        let eps: Vec<i64> = statement.rows().iter().map(noise_of).collect();
        let witness = Self::pretended(s, e, eps);
        let Mask { e, eps, .. } = &witness.parts;
        if e.iter().any(|e| e.unsigned_abs() > 1 << NOISE_BOUND_LOG2) {
            return Err(ProveError::NotTheKey);
        }
        match eps.iter().position(|eps| eps.unsigned_abs() > noise_bound) {
            Some(output) => Err(ProveError::NotTheOpening { output }),
            None => Ok(witness),
        }
    }

    pub(super) fn parts(&self) -> &Mask {
        &self.parts
    }

    /// Any numbers whatever, to attack the proof with.
    pub fn pretended(s: Vec<i64>, e: Vec<i64>, eps: Vec<i64>) -> Self {
        Self {
            parts: Mask { s, e, eps },
        }
    }
}

impl std::fmt::Debug for Witness {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Witness(..)")
    }
}

/// Proves a statement, on all cores. `progress` hears of every attempt.
///
/// What depends on the secret was verified before it is returned.
///
/// # Errors
/// The secret does not fit the statement; there is no randomness; no attempt
/// was let out.
pub fn prove(
    statement: &Statement,
    secret: &SecretPolynomial,
    randomness: Randomness<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Proof, ProofReport), ProveError> {
    let witness = Witness::of(secret, statement)?;
    let rounds = Rounds::new(statement);
    let expected = expected_attempts(statement.form());
    let mut pool = Pool::new(&rounds, randomness)?;
    for attempt in 1..=MAX_ATTEMPTS {
        progress(Progress { attempt, expected });
        let drawn = pool.challenge();
        let answers = match pool.answers(&witness, &drawn) {
            Some((answers, difference)) if accepts(statement.form(), difference, randomness)? => {
                answers
            }
            _ => {
                pool.renew(&drawn);
                continue;
            }
        };
        if let Some(proof) = pool.proof(&drawn, answers) {
            return Ok((proof, ProofReport { attempts: attempt }));
        }
        // By what is found here the masks that would stay have been looked at.
        pool = Pool::new(&rounds, randomness)?;
    }
    Err(ProveError::Attempts {
        attempts: MAX_ATTEMPTS,
    })
}

/// A prover that may lie: the witness is not checked, nothing is rejected to
/// protect it, and what comes out need not verify. To attack the proof with;
/// an honest secret leaks by it.
///
/// # Errors
/// In no attempt out of `attempts` all rounds were short enough; there is no
/// randomness.
pub fn prove_unchecked(
    statement: &Statement,
    witness: &Witness,
    attempts: u32,
    randomness: Randomness<'_>,
) -> Result<Proof, ProveError> {
    let rounds = Rounds::new(statement);
    for _ in 0..attempts {
        let pool = Pool::new(&rounds, randomness)?;
        let drawn = pool.challenge();
        if let Some((answers, _)) = pool.answers(witness, &drawn) {
            return Ok(pool.assemble(&drawn, answers));
        }
    }
    Err(ProveError::Attempts { attempts })
}

/// `exp(M0 / (2 sigma^2))`, rounded up.
fn expected_attempts(form: Form) -> u32 {
    match form {
        Form::Packed => 7,
        Form::Composable => 6,
    }
}
