//! Attacks on the proof of correct opening: claims that are not so, proofs that
//! were changed, proofs of something else. Each is refused for the reason that
//! it should be.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::LazyLock;

use blindscore_fhe::BlindResult;
use blindscore_fhe::parameters::{MESSAGE_MODULUS, N, encode};
use blindscore_fhe::proof::{
    self, CHOSEN, Canaries, MAX_ATTEMPTS, NoRandomness, Opening, Proof, ProveError, ROUNDS,
    Refused, Statement, StatementError, Witness, verify,
};
use blindscore_tests::hostile::honest_secret;
use blindscore_tests::proofs::{Card, KeyPair, Scene, seeded};
use proptest::prelude::*;

const CONTEXT: &[u8] =
    b"protocol 1, consent 3f, lender, purpose, card, plan, receipt, key, validity, S, nonce";

/// An honest packed and an honest composable proof, made once.
static PACKED: LazyLock<(Scene, Vec<u8>)> = LazyLock::new(|| honest(Scene::packed(3)));
static COMPOSABLE: LazyLock<(Scene, Vec<u8>)> = LazyLock::new(|| honest(Scene::composable(4, 8)));

fn honest(scene: Scene) -> (Scene, Vec<u8>) {
    let proof = scene.prove(&scene.statement(CONTEXT), 1);
    (scene, proof.to_bytes())
}

/// What a verifier says of bytes as a proof of a statement.
fn said(statement: &Statement, proof: &[u8]) -> Result<(), Refused> {
    verify(statement, &Proof::from_bytes(proof).unwrap())
}

const SALT: usize = 32;
const SEEDS: usize = SALT + 32;
const ANSWERS: usize = SEEDS + 16 * (ROUNDS - CHOSEN);
/// Length of z_s: 15 bits a coefficient.
const SECRET: usize = 15 * N / 8;

/// Length of an answer: z_s, z_E, z_eps.
fn answer_length(outputs: usize) -> usize {
    SECRET + 4 * N + 8 * outputs
}

// --- what is claimed -------------------------------------------------------

#[test]
fn another_score_is_refused_with_the_old_proof_and_cannot_be_proven() {
    let (scene, bytes) = &*PACKED;
    let honest = scene.opening().shifted();
    let (result, span) = (
        scene.evaluated.evaluation.result(),
        scene.evaluated.plan.span(),
    );
    for shifted in [honest - 1, honest + 1, 0, span] {
        let opening = Opening::new(shifted, Vec::new());
        let statement = scene.evaluated.statement(&scene.public, &opening, CONTEXT);
        assert_eq!(said(&statement, bytes), Err(Refused::Challenge));
        let error = proof::prove(&statement, &scene.secret, &mut seeded(2), &mut |_| {});
        assert_eq!(error.unwrap_err(), ProveError::NotTheOpening { output: 0 });
        // A prover that checks nothing: with the noise that it would need, no
        // round is short enough; with the noise that it would like, the rounds
        // do not come out.
        let s = honest_secret(3);
        let e = scene.secret.key_noise(&scene.public).to_vec();
        let phase = scene.secret.output_phases(result)[0];
        let needed = phase.wrapping_sub(encode(u64::from(shifted))) as i64;
        let needed = Witness::pretended(s.clone(), e.clone(), vec![needed]);
        let error = proof::prove_unchecked(&statement, &needed, 3, &mut seeded(3));
        assert_eq!(error.unwrap_err(), ProveError::Attempts { attempts: 3 });
        let liked = phase.wrapping_sub(encode(u64::from(honest))) as i64;
        let liked = Witness::pretended(s, e, vec![liked]);
        let made = proof::prove_unchecked(&statement, &liked, 3, &mut seeded(3)).unwrap();
        assert_eq!(verify(&statement, &made), Err(Refused::Challenge));
    }
    // S + p has the same encoding, so it must be refused by its range.
    let opening = Opening::new(honest + MESSAGE_MODULUS as u32, Vec::new());
    for span in [span, u32::MAX] {
        let statement = Statement::packed(&scene.public, result, span, &opening, CONTEXT);
        assert_eq!(statement.unwrap_err(), StatementError::Range);
    }
}

#[test]
fn phases_that_are_not_the_results_are_refused() {
    let (scene, bytes) = &*COMPOSABLE;
    let plan = &scene.evaluated.plan;
    let result = scene.evaluated.evaluation.result();
    let honest = scene.opening();
    let claim = |shifted: u32, phases: &[u64]| {
        let opening = Opening::new(shifted, phases.to_vec());
        plan.statement(&scene.public, result, &opening, CONTEXT)
    };
    for output in 0..8 {
        // Within the bound, but another phase: the old proof is of the old one,
        // and the noise between them is too much for a new one.
        let mut phases = honest.phases().to_vec();
        phases[output] = phases[output].wrapping_add(1 << 29);
        let statement = claim(honest.shifted(), &phases).unwrap();
        assert_eq!(said(&statement, bytes), Err(Refused::Challenge), "{output}");
        let error = proof::prove(&statement, &scene.secret, &mut seeded(2), &mut |_| {});
        assert_eq!(error.unwrap_err(), ProveError::NotTheOpening { output });
        // Not rounded; beyond the bound.
        phases[output] = honest.phases()[output] + 1;
        let error = claim(honest.shifted(), &phases).unwrap_err();
        assert_eq!(error, StatementError::Rounding { output });
        phases[output] =
            honest.phases()[output].wrapping_add((2 * plan.canary_bound()) >> 29 << 29);
        let error = claim(honest.shifted(), &phases).unwrap_err();
        assert_eq!(error, StatementError::Bound { output });
    }
    let error = claim(honest.shifted() + 1, honest.phases()).unwrap_err();
    assert_eq!(error, StatementError::Bound { output: 0 });
    let beyond = honest.shifted() + MESSAGE_MODULUS as u32;
    assert_eq!(
        claim(beyond, honest.phases()).unwrap_err(),
        StatementError::Range
    );
    for phases in [&honest.phases()[1..], &[], &[0; 16][..]] {
        let error = claim(honest.shifted(), phases).unwrap_err();
        let (got, want) = (phases.len(), 8);
        assert_eq!(error, StatementError::Phases { got, want });
    }
}

#[test]
fn every_bit_of_the_context_counts() {
    let (scene, bytes) = &*PACKED;
    assert_eq!(said(&scene.statement(CONTEXT), bytes), Ok(()));
    let honest = scene.statement(CONTEXT).digest();
    for at in 0..CONTEXT.len() {
        for bit in 0..8 {
            let mut context = CONTEXT.to_vec();
            context[at] ^= 1 << bit;
            assert_ne!(scene.statement(&context).digest(), honest);
        }
    }
    let longer = [CONTEXT, b"\0"].concat();
    for context in [&CONTEXT[1..], &longer, b"", b"another lender"] {
        let statement = scene.statement(context);
        assert_eq!(said(&statement, bytes), Err(Refused::Challenge));
    }
}

// --- another key, result, place --------------------------------------------

#[test]
fn a_proof_does_not_serve_another_result_key_or_form() {
    let (scene, bytes) = &*PACKED;
    let other_card = Card::with_outputs(8);
    let packed = blindscore_history::form::Form::Packed;
    // The same key on another card; another key on the same card.
    let cached = other_card.evaluate(&scene.public, packed, 3);
    let opening = scene.secret.opening(cached.evaluation.result());
    let statement = cached.statement(&scene.public, &opening, CONTEXT);
    assert_eq!(said(&statement, bytes), Err(Refused::Challenge));
    let other = KeyPair::honest(99);
    let statement = scene
        .evaluated
        .statement(&other.public, &scene.opening(), CONTEXT);
    assert_eq!(said(&statement, bytes), Err(Refused::Challenge));
    let error = proof::prove(&statement, &scene.secret, &mut seeded(2), &mut |_| {});
    assert_eq!(error.unwrap_err(), ProveError::NotTheKey);

    let (composable, composable_bytes) = &*COMPOSABLE;
    let refused = said(&composable.statement(CONTEXT), bytes);
    assert_eq!(refused, Err(Refused::Outputs { got: 1, want: 8 }));
    let refused = said(&scene.statement(CONTEXT), composable_bytes);
    assert_eq!(refused, Err(Refused::Outputs { got: 8, want: 1 }));
    let plan = &composable.evaluated.plan;
    let result = scene.evaluated.evaluation.result();
    let error = plan.statement(&composable.public, result, &composable.opening(), CONTEXT);
    assert_eq!(
        error.unwrap_err(),
        StatementError::Outputs { got: 1, want: 8 }
    );
}

/// Each output moved to its neighbour's place, with everything that belongs to
/// it: only the position in the ring is wrong.
#[test]
fn a_row_at_another_position_is_refused() {
    let (scene, bytes) = &*COMPOSABLE;
    let (plan, result) = (&scene.evaluated.plan, scene.evaluated.evaluation.result());
    let opening = scene.opening();
    let mut moved = result.to_bytes();
    let bodies = moved.len() - 8 * 8;
    moved[bodies..].rotate_left(8);
    let moved = BlindResult::from_bytes(&moved).unwrap();
    let mut phases = opening.phases().to_vec();
    phases.rotate_left(1);
    let mut expected: Vec<u64> = (1..8).map(|h| plan.canary(h)).collect();
    let shifted = expected.remove(0);
    expected.push(u64::from(opening.shifted()));
    let canaries = Canaries {
        expected: &expected,
        bound: plan.canary_bound(),
    };
    let opening = Opening::new(shifted as u32, phases);
    let statement = Statement::composable(
        &scene.public,
        &moved,
        MESSAGE_MODULUS as u32,
        canaries,
        &opening,
        CONTEXT,
    );
    let statement = statement.unwrap();
    assert_eq!(said(&statement, bytes), Err(Refused::Challenge));
    let error = proof::prove(&statement, &scene.secret, &mut seeded(2), &mut |_| {});
    assert_eq!(error.unwrap_err(), ProveError::NotTheOpening { output: 0 });
}

// --- the bytes of a proof --------------------------------------------------

#[test]
fn every_part_of_a_proof_counts() {
    for (scene, bytes) in [&*PACKED, &*COMPOSABLE] {
        let statement = scene.statement(CONTEXT);
        let answer = answer_length(statement.outputs());
        let mut parts = vec![
            ("the challenge's first bit", 0),
            ("the challenge's last byte", 31),
            ("the salt's first byte", SALT),
            ("the salt's last byte", SEEDS - 1),
            ("the first seed", SEEDS),
            ("a seed in the middle", SEEDS + 16 * 370 + 9),
            ("the last seed", ANSWERS - 1),
        ];
        for (name, start) in [
            ("first", ANSWERS),
            ("twelfth", ANSWERS + 11 * answer),
            ("last", bytes.len() - answer),
        ] {
            parts.extend([
                (name, start),
                (name, start + SECRET - 1),
                (name, start + SECRET),
                (name, start + SECRET + 4 * N - 1),
                (name, start + SECRET + 4 * N),
                (name, start + answer - 8),
            ]);
        }
        for (name, at) in parts {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let refused = said(&statement, &changed).unwrap_err();
            // A flipped high bit can make a round too long; another challenge
            // takes seeds for answers.
            let outputs = matches!(refused, Refused::Outputs { .. });
            assert!(!outputs, "{name} at {at}: {refused}");
        }
    }
}

#[test]
fn seeds_swapped_reordered_or_too_few_are_refused() {
    let (scene, bytes) = &*PACKED;
    let statement = scene.statement(CONTEXT);
    let mut swapped = bytes.clone();
    let (first, second) = swapped[SEEDS..].split_at_mut(16);
    first[..16].swap_with_slice(&mut second[..16]);
    assert_eq!(said(&statement, &swapped), Err(Refused::Challenge));
    let mut reversed = bytes[..SEEDS].to_vec();
    reversed.extend(bytes[SEEDS..ANSWERS].rchunks(16).flatten());
    reversed.extend(&bytes[ANSWERS..]);
    assert_eq!(said(&statement, &reversed), Err(Refused::Challenge));
    let mut answers = bytes.clone();
    answers[ANSWERS..].rotate_left(answer_length(1));
    assert_eq!(said(&statement, &answers), Err(Refused::Challenge));
    let one_less = [&bytes[..SEEDS], &bytes[SEEDS + 16..]].concat();
    let one_more = [&bytes[..SEEDS + 16], &bytes[SEEDS..]].concat();
    let one_answer_less = &bytes[..bytes.len() - answer_length(1)];
    for wrong in [&one_less[..], &one_more, one_answer_less] {
        assert_eq!(Proof::from_bytes(wrong).unwrap_err().got, wrong.len());
    }
}

/// The bytes with the first answer replaced by these numbers.
fn with_answer(bytes: &[u8], s: &[i16], e: &[i32], eps: i64) -> Vec<u8> {
    // 15 bits each, the lowest bit first.
    let mut answer = vec![0u8; SECRET];
    for (at, bit) in (0..).zip(s.iter().flat_map(|z| (0..15).map(move |at| z >> at & 1))) {
        answer[at / 8] |= (bit as u8) << (at % 8);
    }
    answer.extend(e.iter().flat_map(|z| z.to_le_bytes()));
    answer.resize(SECRET + 4 * N, 0);
    answer.extend(eps.to_le_bytes());
    let mut changed = bytes.to_vec();
    changed[ANSWERS..ANSWERS + answer.len()].copy_from_slice(&answer);
    changed
}

#[test]
fn limits_are_where_they_are_specified() {
    let (scene, bytes) = &*PACKED;
    let statement = scene.statement(CONTEXT);
    let chosen = |bytes: &[u8]| match said(&statement, bytes) {
        Err(Refused::Norm { .. }) => false,
        Err(Refused::Challenge) => true,
        other => panic!("{other:?}"),
    };
    // z_eps; z_s and z_E cannot leave their limits, being 15 and 32 bits.
    let limit = 1i16 << 14;
    for (z, inside) in [
        (limit, false),
        (limit - 1, true),
        (-limit, true),
        (-limit - 1, false),
    ] {
        if inside {
            assert!(chosen(&with_answer(bytes, &[z], &[], 0)), "{z}");
        }
        let eps = i64::from(z) << 35;
        assert_eq!(chosen(&with_answer(bytes, &[], &[], eps)), inside, "{z}");
    }
    let last = (1i64 << 49) - 1;
    assert!(chosen(&with_answer(bytes, &[], &[], last)));
    assert!(!chosen(&with_answer(bytes, &[], &[], last + 1)));
    for extreme in [-limit, limit - 1] {
        assert!(!chosen(&with_answer(bytes, &[extreme; N], &[], 0)));
    }
    for extreme in [i64::MIN, i64::MAX, 1 << 62] {
        assert!(!chosen(&with_answer(bytes, &[], &[], extreme)));
    }
    for extreme in [i32::MIN, i32::MAX] {
        assert!(chosen(&with_answer(bytes, &[], &[extreme], 0)));
        assert!(!chosen(&with_answer(bytes, &[], &[extreme; N], 0)));
    }
}

/// Numbers below 2^14 whose squares add up to `sum`, the largest first.
fn with_squares(mut sum: u64) -> Vec<i16> {
    let mut numbers = Vec::new();
    while sum > 0 {
        let number = sum.isqrt().min((1 << 14) - 1);
        sum -= number * number;
        numbers.push(number as i16);
    }
    numbers
}

#[test]
fn the_norm_bound_is_q_and_not_one_more() {
    let (scene, bytes) = &*PACKED;
    let statement = scene.statement(CONTEXT);
    // floor(1.15 (4096 + 1) 2,772,992)
    let q = 13_065_090_457;
    assert_eq!(q, 115 * 4097 * 2_772_992 / 100);
    let said = |sum: u64, eps: i64| {
        let bytes = with_answer(bytes, &with_squares(sum), &[], eps << 35);
        said(&statement, &bytes)
    };
    assert_eq!(said(q, 0), Err(Refused::Challenge));
    assert!(matches!(said(q + 1, 0), Err(Refused::Norm { .. })));
    assert_eq!(said(q - 100, -10), Err(Refused::Challenge));
    assert!(matches!(said(q - 99, -10), Err(Refused::Norm { .. })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn changed_proofs_never_panic_and_never_verify(
        composable: bool,
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..6),
    ) {
        let (scene, bytes) = if composable { &*COMPOSABLE } else { &*PACKED };
        let mut changed = bytes.clone();
        for (at, with) in changes {
            let at = at.index(changed.len());
            changed[at] ^= with;
        }
        prop_assume!(changed != *bytes);
        prop_assert!(said(&scene.statement(CONTEXT), &changed).is_err());
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400), fill: u8) {
        prop_assert!(Proof::from_bytes(&bytes).is_err());
        for outputs in [1, 8, 16] {
            let mut long = bytes.clone();
            long.resize(Proof::bytes_for(outputs), fill);
            let proof = Proof::from_bytes(&long).unwrap();
            prop_assert_eq!(proof.to_bytes(), long);
        }
    }

    #[test]
    fn any_bytes_of_the_right_length_are_not_a_proof(seed: u64) {
        let mut bytes = vec![0; Proof::bytes_for(1)];
        seeded(seed)(&mut bytes).unwrap();
        prop_assert!(said(&PACKED.0.statement(CONTEXT), &bytes).is_err());
    }
}

// --- the prover ------------------------------------------------------------

#[test]
fn without_randomness_there_is_no_proof() {
    let (scene, _) = &*PACKED;
    let mut broken = |_: &mut [u8]| Err(NoRandomness);
    let statement = scene.statement(CONTEXT);
    let error = proof::prove(&statement, &scene.secret, &mut broken, &mut |_| {}).unwrap_err();
    assert_eq!(error, ProveError::Randomness(NoRandomness));
    // Randomness that fails later, at the coin, after root and salt.
    let mut good = seeded(1);
    let mut calls = 0;
    let mut failing = |bytes: &mut [u8]| {
        calls += 1;
        if calls > 2 {
            return Err(NoRandomness);
        }
        good(bytes)
    };
    let error = proof::prove(&statement, &scene.secret, &mut failing, &mut |_| {}).unwrap_err();
    assert_eq!(error, ProveError::Randomness(NoRandomness));
}

#[test]
fn proofs_of_one_statement_share_nothing() {
    let (scene, bytes) = &*PACKED;
    let again = scene.prove(&scene.statement(CONTEXT), 2).to_bytes();
    assert_ne!(again[..SALT], bytes[..SALT]);
    assert_ne!(again[SALT..SEEDS], bytes[SALT..SEEDS]);
    let seeds = |bytes: &[u8]| -> Vec<[u8; 16]> { bytes[SEEDS..ANSWERS].as_chunks().0.to_vec() };
    let first = seeds(bytes);
    assert!(seeds(&again).iter().all(|seed| !first.contains(seed)));
    const { assert!(MAX_ATTEMPTS == 400) };
}
