//! Verification, for anybody: no secret, no state.

use rayon::prelude::*;
use thiserror::Error;

use super::encoding::{Answer, Proof};
use super::round::{Rounds, Scratch};
use super::statement::Statement;
use super::{ROUNDS, Seed, transcript};

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
    Seed(&'a Seed),
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
        let commitment = match sent {
            Sent::Seed(seed) => rounds.replay(round, &proof.salt, seed, scratch),
            Sent::Answer(answer) => rounds.open(round, answer, scratch),
        };
        commitment.ok_or(Refused::Norm { round })
    };
    let sent = sent(proof);
    let commitments: Vec<_> = sent
        .par_iter()
        .enumerate()
        .map_init(|| Scratch::new(statement.outputs()), commit)
        .collect::<Result<_, _>>()?;
    if transcript::challenge(&statement.digest(), &proof.salt, &commitments) == proof.challenge {
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
    debug_assert_eq!(sent.len(), ROUNDS, "20 are chosen, 748 are not");
    sent
}
