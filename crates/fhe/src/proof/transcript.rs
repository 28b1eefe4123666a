//! The hashes of a proof. Every use has a label of its own, and every field is
//! framed with its length.

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use zeroize::Zeroizing;

use crate::parameters::N;

use super::{CHOSEN, ROUNDS, Salt, Seed};

/// The key of a round's mask stream.
pub(super) fn mask_key(
    statement: &Digest,
    salt: &Salt,
    round: usize,
    seed: &Seed,
) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    Framed::new(label::PROOF_MASK)
        .digest_field(statement)
        .bytes(salt)
        .u32(round as u32)
        .bytes(seed)
        .stream()
        .fill(&mut *key);
    key
}

/// Commits to a round: `w` as little-endian bytes, then each output's `w_h`.
///
/// `w` has a digest of its own, the only one of the project without a frame: it
/// is one field of fixed length, 16 whole chunks of the hash, which it takes side
/// by side; after a length in front they would be 17, in five steps.
pub(super) fn commit(statement: &Digest, round: usize, w: &[u8; 8 * N], outputs: &[u64]) -> Digest {
    let words = blake3::derive_key(label::PROOF_WORDS, w);
    let framed = Framed::new(label::PROOF_COMMIT)
        .digest_field(statement)
        .u32(round as u32)
        .bytes(&words);
    outputs
        .iter()
        .fold(framed, |framed, w| framed.u64(*w))
        .digest()
}

/// The challenge over all commitments.
pub(super) fn challenge(statement: &Digest, salt: &Salt, commitments: &[Digest]) -> Digest {
    let framed = Framed::new(label::PROOF_CHALLENGE)
        .digest_field(statement)
        .bytes(salt);
    commitments
        .iter()
        .fold(framed, Framed::digest_field)
        .digest()
}

/// Which rounds a challenge chooses: words of ChaCha20 under the challenge,
/// modulo 768, without repeats, until there are 20.
pub(super) fn chosen(challenge: &Digest) -> [bool; ROUNDS] {
    let mut cipher = ChaCha20::new(challenge.as_bytes().into(), &[0; 12].into());
    let mut chosen = [false; ROUNDS];
    let mut left = CHOSEN;
    while left > 0 {
        let mut word = [0; 4];
        cipher.write_keystream(&mut word);
        let round = &mut chosen[u32::from_le_bytes(word) as usize % ROUNDS];
        if !*round {
            *round = true;
            left -= 1;
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_challenge_chooses_20_rounds_and_another_one_others() {
        let rounds = |byte| chosen(&Digest::new([byte; 32]));
        for byte in 0..100 {
            assert_eq!(rounds(byte).iter().filter(|c| **c).count(), CHOSEN);
        }
        assert_ne!(rounds(1), rounds(2));
    }

    #[test]
    fn every_round_is_chosen_about_equally_often() {
        let mut counts = [0u32; ROUNDS];
        for number in 0..20_000u32 {
            let digest = Framed::new("rounds").u32(number).digest();
            for (count, chosen) in counts.iter_mut().zip(chosen(&digest)) {
                *count += u32::from(chosen);
            }
        }
        // 521 expected, deviation 22.5.
        assert!(counts.iter().all(|count| count.abs_diff(521) < 115));
    }
}
