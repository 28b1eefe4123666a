//! Golden digests: the bytes of keys, seals and results are a function of
//! their inputs, on any machine, with any number of threads and with either
//! prime (CI runs this test with the feature `portable` too).

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

use blindscore_client::applicant::SecretKey;
use blindscore_evaluator::{Lineup, Plan, PreparedHistory, SealedHistory};
use blindscore_examples::person::Person;
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_tests::{key, seal};

const GOLDEN: [&str; 8] = [
    "key 2f4482979bdaffad6dc23b566b6b306d5ee632c0ec35cd946b5031335dd66d08",
    "packed seal b4bda5724aaa374309e0d3f1f89bb160f40df3dab8657573c9e28df1569a8dab",
    "packed plan 8b9fed757f988b19a3b658790dd4388c3baa9adb55c7d9e03bd083c6f8759a7a",
    "packed result 6ef5a06cdd60137d7d0dfc654f770721c738e9cc18c7096ffeec79875d270b95",
    "bank's cells 4afed2dc3b352a18761153799e95cdc2807ff40722d4a47178733111ce7869e1",
    "wallet's cells d870b8d203115408dd39eb9283b3537e316f2b4610ba3edede125ce190efb55e",
    "composable plan a55cf34e805c290aca42c2bb3321ceb68f759259961d4ce3293d88e5e62682a6",
    "composable result 7661a1db505834585db38a0eeab0a041e5224c031f1310b67722d89c3fc230fa",
];

fn evaluate(
    person: &Person,
    secret: &SecretKey,
    sealed: &[SealedHistory],
    threads: usize,
) -> (Digest, Digest) {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap();
    pool.install(|| {
        let lineup = Lineup::of(&sealed.iter().collect::<Vec<_>>()).unwrap();
        let plan = Plan::compile(&person.scheme, &person.scorecards[0], &lineup).unwrap();
        let prepared: Vec<_> = sealed.iter().map(PreparedHistory::new).collect();
        let histories: Vec<_> = prepared.iter().collect();
        let evaluation = plan.evaluate(secret.public_key(), &histories).unwrap();
        (plan.digest(), evaluation.result().digest())
    })
}

#[test]
fn bytes_stay_the_same_whatever_the_number_of_threads() {
    let person = Person::load().unwrap();
    let secret = key(7);
    let packed = seal(&person, &person.bank, &secret, Form::Packed);
    let composable =
        [&person.bank, &person.wallet].map(|held| seal(&person, held, &secret, Form::Composable));
    for threads in [1, 2, 5] {
        let (packed_plan, packed_result) =
            evaluate(&person, &secret, std::slice::from_ref(&packed), threads);
        let (plan, result) = evaluate(&person, &secret, &composable, threads);
        let got = [
            ("key", secret.public_key().id()),
            ("packed seal", packed.ciphertexts().digest()),
            ("packed plan", packed_plan),
            ("packed result", packed_result),
            ("bank's cells", composable[0].ciphertexts().digest()),
            ("wallet's cells", composable[1].ciphertexts().digest()),
            ("composable plan", plan),
            ("composable result", result),
        ];
        let got = got.map(|(name, digest)| format!("{name} {digest}"));
        assert_eq!(got, GOLDEN, "{threads} threads");
    }
}
