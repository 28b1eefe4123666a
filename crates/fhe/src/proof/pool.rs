//! The rounds that a prover is committed to.
//!
//! An attempt that is not let out costs 20 rounds and not 768: whether it is
//! depends on the masks of the chosen rounds and on coins, and on nothing else.
//! So those masks are drawn again, the others stay, and the challenge over the
//! new commitments is a fresh one. What leaves is distributed as if all masks
//! had been fresh; `docs/proof.md` has the argument, which stands on never
//! looking at the masks that stay.

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use rayon::prelude::*;
use zeroize::Zeroizing;

use super::encoding::{Answer, Proof};
use super::mask::{Mask, Weight};
use super::prove::{NoRandomness, Randomness, Witness};
use super::round::{Rounds, Scratch};
use super::statement::Statement;
use super::{ROUNDS, Salt, Seed, transcript};

/// A challenge, and which rounds it chooses.
pub(super) struct Drawn {
    challenge: Digest,
    chosen: [bool; ROUNDS],
}

/// Rounds that are committed to. Seeds are wiped on drop.
///
/// Masks are expanded again when they are needed again: 20 of 768 are, and
/// all of them would take 25 MB.
pub(super) struct Pool<'a> {
    rounds: &'a Rounds<'a>,
    salt: Salt,
    root: Zeroizing<[u8; 32]>,
    /// How often rounds were renewed.
    renewals: u32,
    seeds: Zeroizing<Vec<Seed>>,
    commitments: Vec<Digest>,
    /// Which masks pass the norm test. To be asked of masks that leave only.
    admitted: Vec<bool>,
}

impl<'a> Pool<'a> {
    /// All rounds anew, under a fresh root.
    pub(super) fn new(
        rounds: &'a Rounds<'a>,
        randomness: Randomness<'_>,
    ) -> Result<Self, NoRandomness> {
        let mut root = Zeroizing::new([0; 32]);
        randomness(&mut *root)?;
        let mut salt = [0; 32];
        randomness(&mut salt)?;
        let mut pool = Self {
            rounds,
            salt,
            root,
            renewals: 0,
            seeds: Zeroizing::new(vec![Seed::default(); ROUNDS]),
            commitments: vec![Digest::new([0; Digest::LEN]); ROUNDS],
            admitted: vec![false; ROUNDS],
        };
        pool.commit_to(&[true; ROUNDS]);
        Ok(pool)
    }

    /// Draws the masks of chosen rounds again, which an attempt that was not
    /// let out has used.
    pub(super) fn renew(&mut self, drawn: &Drawn) {
        self.renewals += 1;
        self.commit_to(&drawn.chosen);
    }

    fn commit_to(&mut self, which: &[bool; ROUNDS]) {
        let Self { rounds, salt, .. } = &*self;
        let outputs = rounds.statement.outputs();
        let which: Vec<usize> = (0..ROUNDS).filter(|round| which[*round]).collect();
        let seed = |round| seed_of(&self.root, self.renewals, round);
        let seeds = Zeroizing::new(which.iter().map(|i| seed(*i)).collect::<Vec<Seed>>());
        let commit = |scratch: &mut Scratch, (round, seed): (&usize, &Seed)| {
            rounds.expand(*round, salt, seed, scratch);
            let admitted = rounds.is_short(scratch);
            (rounds.commitment(*round, false, scratch), admitted)
        };
        let committed: Vec<(Digest, bool)> = which
            .par_iter()
            .zip(&*seeds)
            .map_init(|| Scratch::new(outputs), commit)
            .collect();
        for ((round, seed), (commitment, admitted)) in which.iter().zip(&*seeds).zip(committed) {
            self.seeds[*round] = *seed;
            self.commitments[*round] = commitment;
            self.admitted[*round] = admitted;
        }
    }

    pub(super) fn challenge(&self) -> Drawn {
        let statement = self.rounds.statement.digest();
        let challenge = transcript::challenge(&statement, &self.salt, &self.commitments);
        let chosen = transcript::chosen(&challenge);
        Drawn { challenge, chosen }
    }

    /// The answers of the chosen rounds, and by how much their squares exceed
    /// their masks'. `None` if an answer is too long. Masks of chosen rounds
    /// are not tested: what leaves would lean.
    pub(super) fn answers(&self, witness: &Witness, drawn: &Drawn) -> Option<(Vec<Answer>, i64)> {
        let statement = self.rounds.statement;
        let answer_round = |scratch: &mut Scratch, round: usize| {
            let seed = &self.seeds[round];
            self.rounds.expand(round, &self.salt, seed, scratch);
            answer(&mut scratch.mask, witness, statement)
        };
        let answers: Option<Vec<(Answer, i64)>> = (0..ROUNDS)
            .into_par_iter()
            .filter(|round| drawn.chosen[*round])
            .map_init(|| Scratch::new(statement.outputs()), answer_round)
            .collect();
        let answers = answers?;
        let difference = answers.iter().map(|(_, added)| added).sum();
        let answers = answers.into_iter().map(|(answer, _)| answer).collect();
        Some((answers, difference))
    }

    /// The proof, if a verifier would admit it: seeds by their masks' norms,
    /// answers by their norms and commitments, against faults of the machine
    /// too, for a wrong answer could show the key. A wrong commitment to a
    /// seed's mask would only make the proof fail, and show nothing.
    pub(super) fn proof(&self, drawn: &Drawn, answers: Vec<Answer>) -> Option<Proof> {
        let short = |round: usize| drawn.chosen[round] || self.admitted[round];
        let chosen = (0..ROUNDS).filter(|round| drawn.chosen[*round]);
        let chosen: Vec<usize> = chosen.collect();
        let statement = self.rounds.statement;
        let holds = |scratch: &mut Scratch, (round, answer): (&usize, &Answer)| {
            let commitment = self.rounds.open(*round, answer, scratch);
            commitment == Some(self.commitments[*round])
        };
        let all_hold = (0..ROUNDS).all(short)
            && chosen
                .par_iter()
                .zip(&answers)
                .map_init(|| Scratch::new(statement.outputs()), holds)
                .all(|holds| holds);
        all_hold.then(|| self.assemble(drawn, answers))
    }

    pub(super) fn assemble(&self, drawn: &Drawn, answers: Vec<Answer>) -> Proof {
        let public = self.seeds.iter().zip(drawn.chosen);
        let public = public.filter(|(_, chosen)| !chosen);
        Proof {
            challenge: drawn.challenge,
            salt: self.salt,
            seeds: public.map(|(seed, _)| *seed).collect(),
            answers,
        }
    }
}

/// Adds the witness to a round's mask: the answer, and by how much its squares
/// exceed the mask's. `None` if it is too long to be admitted.
pub(super) fn answer(
    mask: &mut Mask,
    witness: &Witness,
    statement: &Statement,
) -> Option<(Answer, i64)> {
    let Weight { squares, .. } = mask.weight(statement.output_stair());
    add(&mut mask.s, &witness.parts().s);
    add(&mut mask.e, &witness.parts().e);
    add(&mut mask.eps, &witness.parts().eps);
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

/// The seed of a round after so many renewals.
fn seed_of(root: &[u8; 32], renewals: u32, round: usize) -> Seed {
    let mut seed = Seed::default();
    Framed::keyed(root, label::PROOF_SEED)
        .u32(round as u32)
        .u32(renewals)
        .stream()
        .fill(&mut seed);
    seed
}

fn add(to: &mut [i64], from: &[i64]) {
    for (x, y) in to.iter_mut().zip(from) {
        *x = x.wrapping_add(*y);
    }
}

#[cfg(test)]
mod tests {
    use blindscore_history::form::Form;

    use super::*;
    use crate::proof::prove::prove_unchecked;
    use crate::proof::tests::{Fixture, seeded};

    fn pool<'a>(rounds: &'a Rounds<'a>) -> Pool<'a> {
        Pool::new(rounds, &mut seeded(5)).unwrap()
    }

    #[test]
    fn renewing_draws_the_chosen_rounds_again_and_no_others() {
        let fixture = Fixture::new(Form::Packed, 1);
        let rounds = Rounds::new(&fixture.statement);
        let mut pool = pool(&rounds);
        let (seeds, commitments) = (pool.seeds.clone(), pool.commitments.clone());
        let drawn = pool.challenge();
        pool.renew(&drawn);
        let mut scratch = Scratch::new(1);
        for round in 0..ROUNDS {
            let chosen = drawn.chosen[round];
            assert_eq!(pool.seeds[round] != seeds[round], chosen);
            assert_eq!(pool.commitments[round] != commitments[round], chosen);
            let replayed = rounds.replay(round, &pool.salt, &pool.seeds[round], &mut scratch);
            assert_eq!(replayed, Some(pool.commitments[round]));
        }
        let again = pool.challenge();
        assert!(again.challenge != drawn.challenge && again.chosen != drawn.chosen);
        // What was renewed once is renewed to something else.
        let seeds = pool.seeds.clone();
        pool.renew(&drawn);
        assert!((0..ROUNDS).all(|i| (pool.seeds[i] != seeds[i]) == drawn.chosen[i]));
    }

    #[test]
    fn an_answer_or_a_mask_that_a_verifier_would_refuse_does_not_leave() {
        let Fixture { statement, witness } = Fixture::new(Form::Composable, 8);
        let rounds = Rounds::new(&statement);
        let mut pool = pool(&rounds);
        let drawn = pool.challenge();
        let answers = || pool.answers(&witness, &drawn).unwrap().0;
        assert!(pool.proof(&drawn, answers()).is_some());
        for answer in 0..answers().len() {
            let faults: [fn(&mut Answer); 3] =
                [|z| z.s[7] ^= 1, |z| z.e[2047] ^= 1, |z| z.eps[3] ^= 1];
            for fault in faults {
                let mut answers = answers();
                fault(&mut answers[answer]);
                assert!(pool.proof(&drawn, answers).is_none());
            }
        }
        let answers = answers();
        let seeded_round = drawn.chosen.iter().position(|chosen| !chosen).unwrap();
        pool.admitted[seeded_round] = false;
        assert!(pool.proof(&drawn, answers).is_none());
    }

    #[test]
    fn any_number_of_threads_gives_the_same_proof() {
        let Fixture { statement, witness } = Fixture::new(Form::Packed, 1);
        let prove = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let prove = || prove_unchecked(&statement, &witness, 3, &mut seeded(6));
            pool.unwrap().install(prove).unwrap().to_bytes()
        };
        let one = prove(1);
        assert!([2, 3, 8].iter().all(|threads| prove(*threads) == one));
    }
}
