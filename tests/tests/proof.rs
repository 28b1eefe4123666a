//! The proof of correct opening on real evaluations: honest proofs verify, in
//! packed form and with 7 and 15 canaries.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_fhe::proof::{self, Proof};
use blindscore_tests::proofs::{Scene, seeded};

#[test]
fn honest_proofs_verify_through_their_bytes() {
    for (scene, outputs, length) in [
        (Scene::packed(1), 1, 252_832),
        (Scene::composable(1, 8), 8, 253_952),
        (Scene::composable(1, 16), 16, 255_232),
    ] {
        let statement = scene.statement(b"context");
        assert_eq!(statement.outputs(), outputs);
        let mut heard = Vec::new();
        let (proof, report) =
            proof::prove(&statement, &scene.secret, &mut seeded(1), &mut |progress| {
                heard.push(progress.attempt);
            })
            .unwrap();
        assert_eq!(heard, (1..=report.attempts).collect::<Vec<_>>());
        let bytes = proof.to_bytes();
        assert_eq!(bytes.len(), length);
        let received = Proof::from_bytes(&bytes).unwrap();
        assert_eq!(proof::verify(&statement, &received), Ok(()));
    }
}
