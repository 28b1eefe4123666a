//! Proving: the applicant's side.

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::form::Form;
use blindscore_history::label;
use rayon::prelude::*;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::parameters::NOISE_BOUND_LOG2;
use crate::secret::SecretPolynomial;

use super::encoding::{Answer, Proof};
use super::mask::{Mask, Weight};
use super::rejection::accepts;
use super::round::{Rounds, Scratch, inner_product};
use super::statement::{PHASE_STEP_LOG2, Statement};
use super::verify::verify;
use super::{ROUNDS, transcript};

/// Attempts after which proving gives up; the chance of it is 2^-87.
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
/// The proof was verified before it is returned.
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
    for attempt in 1..=MAX_ATTEMPTS {
        progress(Progress { attempt, expected });
        let Some((proof, difference)) = answer_once(&rounds, &witness, randomness)? else {
            continue;
        };
        // Verified against faults of the machine too: a wrong answer could show
        // the key.
        if accepts(statement.form(), difference, randomness)? && verify(statement, &proof).is_ok() {
            return Ok((proof, ProofReport { attempts: attempt }));
        }
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
        if let Some((proof, _)) = answer_once(&rounds, witness, randomness)? {
            return Ok(proof);
        }
    }
    Err(ProveError::Attempts { attempts })
}

/// One of `exp(-M0 / (2 sigma^2))`, rounded up.
fn expected_attempts(form: Form) -> u32 {
    match form {
        Form::Packed => 8,
        Form::Composable => 7,
    }
}

/// One attempt: commitments to all rounds, challenge, answers; and by how much
/// the answers' squares exceed their masks'. `None` if a round is too long.
fn answer_once(
    rounds: &Rounds<'_>,
    witness: &Witness,
    randomness: Randomness<'_>,
) -> Result<Option<(Proof, i64)>, NoRandomness> {
    let statement = rounds.statement;
    let outputs = statement.outputs();
    let mut root = Zeroizing::new([0; 32]);
    randomness(&mut *root)?;
    let seeds = seeds_from(&root);
    // Masks are expanded again when they are needed again: 23 of 512 are, and
    // all of them would take 17 MB.
    let commit = |scratch: &mut Scratch, (round, seed): (usize, &[u8; 32])| {
        rounds.expand(round, seed, &mut scratch.mask);
        let admitted = scratch
            .mask
            .weight(statement.output_stair())
            .is_admitted(outputs);
        (rounds.commitment(round, false, scratch), admitted)
    };
    let (commitments, admitted): (Vec<Digest>, Vec<bool>) = seeds
        .par_iter()
        .enumerate()
        .map_init(|| Scratch::new(outputs), commit)
        .unzip();
    let challenge = transcript::challenge(&statement.digest(), &commitments);
    let chosen = transcript::chosen(&challenge);
    // A seed that a verifier would refuse is public knowledge and may decide.
    // A mask of a chosen round must not: what leaves would lean.
    if (0..ROUNDS).any(|round| !chosen[round] && !admitted[round]) {
        return Ok(None);
    }
    let answer_round = |mask: &mut Mask, round: usize| {
        rounds.expand(round, &seeds[round], mask);
        answer(mask, witness, statement)
    };
    let answers: Option<Vec<(Answer, i64)>> = (0..ROUNDS)
        .into_par_iter()
        .filter(|round| chosen[*round])
        .map_init(|| Mask::zero(outputs), answer_round)
        .collect();
    let Some(answers) = answers else {
        return Ok(None);
    };
    let difference = answers.iter().map(|(_, added)| added).sum();
    let public = seeds.iter().zip(chosen).filter(|(_, chosen)| !chosen);
    let proof = Proof {
        challenge,
        seeds: public.map(|(seed, _)| *seed).collect(),
        answers: answers.into_iter().map(|(answer, _)| answer).collect(),
    };
    Ok(Some((proof, difference)))
}

/// Adds the witness to a round's mask: the answer, and by how much its squares
/// exceed the mask's. `None` if it is too long to be admitted.
pub(super) fn answer(
    mask: &mut Mask,
    witness: &Witness,
    statement: &Statement,
) -> Option<(Answer, i64)> {
    let Weight { squares, .. } = mask.weight(statement.output_stair());
    add(&mut mask.s, &witness.parts.s);
    add(&mut mask.e, &witness.parts.e);
    add(&mut mask.eps, &witness.parts.eps);
    let weight = mask.weight(statement.output_stair());
    if !weight.is_admitted(statement.outputs()) {
        return None;
    }
    // Within the limits they fit: 15 bits, 32 bits.
    let answer = Answer {
        s: mask.s.iter().map(|z| *z as i16).collect(),
        e: mask.e.iter().map(|z| *z as i32).collect(),
        eps: mask.eps.clone(),
    };
    Some((answer, weight.squares as i64 - squares as i64))
}

/// A seed for each round from the attempt's root.
fn seeds_from(root: &[u8; 32]) -> Zeroizing<Vec<[u8; 32]>> {
    let mut seeds = Zeroizing::new(vec![[0; 32]; ROUNDS]);
    for (round, seed) in seeds.iter_mut().enumerate() {
        let framed = Framed::keyed(root, label::PROOF_SEED).u32(round as u32);
        framed.stream().fill(seed);
    }
    seeds
}

fn add(to: &mut [i64], from: &[i64]) {
    for (x, y) in to.iter_mut().zip(from) {
        *x = x.wrapping_add(*y);
    }
}
