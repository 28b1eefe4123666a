//! Golden digests: the bytes of keys, seals and results are a function of
//! their inputs, on any machine, with any number of threads and with either
//! pair of primes (CI runs this test with the feature `portable` too).

use blindscore_client::applicant::SecretKey;
use blindscore_client::source::SealRequest;
use blindscore_evaluator::{Lineup, Plan, PreparedHistory, SealedHistory};
use blindscore_examples::person::{Held, Person};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::levels::CoverageRule;
use blindscore_tests::key;

const GOLDEN: [&str; 8] = ["key ?"];

fn seal(person: &Person, held: &Held, secret: &SecretKey, form: Form) -> SealedHistory {
    let key = secret.public_key();
    let request = SealRequest {
        key,
        scheme: &person.scheme,
        form,
        roles: &held.roles,
        coverage: CoverageRule::Full,
    };
    held.source.seal(&request, &held.levels).unwrap()
}

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
