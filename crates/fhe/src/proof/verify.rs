//! Verification, for anybody: no secret, no state.

use rayon::prelude::*;
use thiserror::Error;

use super::encoding::{Answer, Proof};
use super::mask::Mask;
use super::round::{Rounds, Scratch};
use super::statement::Statement;
use super::{ROUNDS, transcript};

/// Why a proof was refused: for a log. Outside, a proof holds or it does not;
/// which of these it was says nothing that a peer should act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Refused {
    /// A proof over another number of outputs.
    #[error("the proof opens {got} outputs, the statement has {want}")]
    Outputs {
        /// Outputs of the proof.
        got: usize,
        /// Outputs of the statement.
        want: usize,
    },
    /// A round with a coefficient or a norm above its limit.
    #[error("round {round} of the proof is longer than a round may be")]
    Norm {
        /// The first such round.
        round: usize,
    },
    /// The rounds are those of another statement, or of none.
    #[error("the proof does not belong to this key, result, opening and context")]
    Challenge,
}

/// What a proof sends for one round.
enum Sent<'a> {
    Seed(&'a [u8; 32]),
    Answer(&'a Answer),
}

/// Verifies a proof, on all cores.
///
/// # Errors
/// The proof does not show the statement.
pub fn verify(statement: &Statement, proof: &Proof) -> Result<(), Refused> {
    let (got, want) = (proof.outputs(), statement.outputs());
    if got != want {
        return Err(Refused::Outputs { got, want });
    }
    let rounds = Rounds::new(statement);
    let commit = |scratch: &mut Scratch, (round, sent): (usize, &Sent<'_>)| {
        match sent {
            Sent::Seed(seed) => rounds.expand(round, seed, &mut scratch.mask),
            Sent::Answer(answer) => answer.read_into(&mut scratch.mask),
        }
        let weight = scratch.mask.weight(statement.output_stair());
        if !weight.is_admitted(statement.outputs()) {
            return Err(Refused::Norm { round });
        }
        let chosen = matches!(sent, Sent::Answer(_));
        Ok(rounds.commitment(round, chosen, scratch))
    };
    let sent = sent(proof);
    let commitments: Vec<_> = sent
        .par_iter()
        .enumerate()
        .map_init(|| Scratch::new(statement.outputs()), commit)
        .collect::<Result<_, _>>()?;
    if transcript::challenge(&statement.digest(), &commitments) == proof.challenge {
        Ok(())
    } else {
        Err(Refused::Challenge)
    }
}

/// What is sent for each round, by the challenge's choice.
fn sent(proof: &Proof) -> Vec<Sent<'_>> {
    let (mut seeds, mut answers) = (proof.seeds.iter(), proof.answers.iter());
    let next = |chosen: bool| {
        if chosen {
            answers.next().map(Sent::Answer)
        } else {
            seeds.next().map(Sent::Seed)
        }
    };
    let sent: Vec<_> = transcript::chosen(&proof.challenge)
        .into_iter()
        .filter_map(next)
        .collect();
    debug_assert_eq!(sent.len(), ROUNDS, "23 are chosen, 489 are not");
    sent
}

impl Answer {
    fn read_into(&self, mask: &mut Mask) {
        for (to, z) in mask.s.iter_mut().zip(&self.s) {
            *to = i64::from(*z);
        }
        for (to, z) in mask.e.iter_mut().zip(&self.e) {
            *to = i64::from(*z);
        }
        mask.eps.copy_from_slice(&self.eps);
    }
}
