//! The known-answer vectors: what is kept in the repository is what the tool
//! writes, and both verifiers say of each vector what it says of itself.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_fhe::proof::{Canaries, Opening, Proof, Statement, verify};
use blindscore_fhe::{BlindResult, PublicKey};
use blindscore_tests::proofs::Scene;
use blindscore_tests::slow::{self, Public};
use blindscore_tests::vectors::{
    BadVectors, GoodVector, MaskVector, directory, files, public, verify_packed,
};

fn kept(name: &str) -> Vec<u8> {
    std::fs::read(directory().join(name)).unwrap()
}

fn good(name: &str) -> (GoodVector, Public) {
    let vector: GoodVector = serde_json::from_slice(&kept(&format!("{name}.json"))).unwrap();
    let public = Public {
        key: kept(&format!("{name}.key")),
        result: kept(&format!("{name}.result")),
        shifted: vector.shifted,
        phases: vector.phases.iter().map(|x| x.parse().unwrap()).collect(),
        span: vector.span,
        canaries: vector.canaries.clone(),
        bound: vector.bound.parse().unwrap(),
        context: hex::decode(&vector.context).unwrap(),
    };
    (vector, public)
}

#[test]
fn the_vectors_are_what_the_tool_writes() {
    for (name, bytes) in files() {
        assert!(
            kept(name) == bytes,
            "{name} differs: {}",
            blindscore_tests::vectors::COMMAND
        );
    }
}

#[test]
fn the_table_is_the_specified_one() {
    let vector: MaskVector = serde_json::from_slice(&kept("mask.json")).unwrap();
    let want = "7d227d845c5ad1c50acf6edc05a3b8d74ec6ed96d517033a189923ec8dab3962";
    assert_eq!(vector.table_sha256, want);
}

#[test]
fn both_verifiers_admit_the_good_packed_vector() {
    let (vector, public) = good("packed");
    let proof = kept("packed.proof");
    assert_eq!(blake3::hash(&proof).to_string(), vector.proof_blake3);
    assert_eq!(verify_packed(&public, &proof), Ok(()));
    assert!(slow::holds(&public, &proof));
}

#[test]
fn both_verifiers_refuse_every_bad_vector_where_it_says() {
    let (_, public) = good("packed");
    let proof = kept("packed.proof");
    let bad: BadVectors = serde_json::from_slice(&kept("bad.json")).unwrap();
    for vector in bad.vectors {
        let (mut public, mut proof) = (public.clone(), proof.clone());
        vector.change.apply(&mut public, &mut proof);
        let said = verify_packed(&public, &proof);
        assert_eq!(said, Err(vector.refused), "{}", vector.name);
        assert!(!slow::holds(&public, &proof), "{}", vector.name);
    }
}

/// With 7 and with 15 canaries; the first is the kept vector.
#[test]
fn both_verifiers_agree_on_composable_proofs() {
    for outputs in [8, 16] {
        let scene = Scene::composable(8, outputs);
        let context = b"a context, framed by whoever releases";
        let public = public(&scene, context);
        if outputs == 8 {
            let (vector, kept) = good("composable");
            assert_eq!(
                vector.statement,
                scene.statement(context).digest().to_string()
            );
            assert_eq!(format!("{kept:?}"), format!("{public:?}"));
        }
        let proof = scene.prove(&scene.statement(context), 8).to_bytes();
        let fast = |public: &Public, proof: &[u8]| {
            let key = PublicKey::from_bytes(&public.key).unwrap();
            let result = BlindResult::from_bytes(&public.result).unwrap();
            let canaries = Canaries {
                expected: &public.canaries,
                bound: public.bound,
            };
            let opening = Opening::new(public.shifted, public.phases.clone());
            let context = &public.context;
            let statement =
                Statement::composable(&key, &result, public.span, canaries, &opening, context);
            statement.is_ok_and(|statement| {
                verify(&statement, &Proof::from_bytes(proof).unwrap()).is_ok()
            })
        };
        assert!(fast(&public, &proof) && slow::holds(&public, &proof));
        // The last output's mask, one step of a phase, a phase out of bounds.
        let mut changed = proof.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(!fast(&public, &changed) && !slow::holds(&public, &changed));
        for (phase, step) in [(outputs - 1, 1 << 29), (0, 1 << 29), (1, 1 << 50), (1, 1)] {
            let mut changed = public.clone();
            changed.phases[phase] = changed.phases[phase].wrapping_add(step);
            assert!(!fast(&changed, &proof) && !slow::holds(&changed, &proof));
        }
    }
}
