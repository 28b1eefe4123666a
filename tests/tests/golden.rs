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
use blindscore_history::scheme::CellSize;
use blindscore_tests::proofs::{Card, Evaluated, KeyPair};
use blindscore_tests::{key, seal};

const GOLDEN: [&str; 10] = [
    "key 2f4482979bdaffad6dc23b566b6b306d5ee632c0ec35cd946b5031335dd66d08",
    "packed seal 42c794ef81eab821fd1df80c749c1ae08df1e06132823fe2081984b2473442b0",
    "packed plan a96e462af16fa44b713229763d3ed23032895cdd133ae1c064148c637c6e1f78",
    "packed result 51e2626c803318407c21adde7e5f3541a5e355d1ce40a36b361716a1b63c3a1e",
    "bank's cells 784c87313b0d2d3fd671c707a348eaa740c44a6f4a15c509df9d5cd2060cac1d",
    "wallet's cells bfb4798ea464cb029cba79811277b06ab80b4e1a0a83c90247cad80c5ddfe0f1",
    "composable plan 08dd7d238d25f458df5a0684b9c79ca24102378cf65c898b67f07c9acce4b665",
    "composable result f722b6a24e835e965111903ff7b10deb5b6ba1149d3e889b07110aa81364edf4",
    "fine plan dffb359d7a24240189120235c480f84a5cdca1bb5a6e3ce058ce5a41004b9a69",
    "fine result 54c08037be4b17159dd8468864deee73ff2fe44685fb7dc6cd892e06e9df073f",
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

/// The bundled scheme has compact cells; this card's has fine ones.
fn fine_cells(threads: usize) -> Evaluated {
    let card = Card::with_outputs(8);
    assert_eq!(card.scheme.cell_size(), CellSize::Fine);
    let key = KeyPair::honest(1);
    let levels = card.holdings(Form::Composable, 1);
    let sealed: Vec<_> = (0..)
        .zip(&levels)
        .map(|(source, levels)| card.seal(&key.public, Form::Composable, source, levels))
        .collect();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
    pool.build()
        .unwrap()
        .install(|| card.evaluate_sealed(&key.public, Form::Composable, &sealed, &levels))
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
        let fine = fine_cells(threads);
        let got = [
            ("key", secret.public_key().id()),
            ("packed seal", packed.ciphertexts().digest()),
            ("packed plan", packed_plan),
            ("packed result", packed_result),
            ("bank's cells", composable[0].ciphertexts().digest()),
            ("wallet's cells", composable[1].ciphertexts().digest()),
            ("composable plan", plan),
            ("composable result", result),
            ("fine plan", fine.plan.digest()),
            ("fine result", fine.evaluation.result().digest()),
        ];
        let got = got.map(|(name, digest)| format!("{name} {digest}"));
        assert_eq!(got, GOLDEN, "{threads} threads");
    }
}
