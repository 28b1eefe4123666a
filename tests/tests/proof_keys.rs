//! Keys made to cheat, against the proof and, where they pass it, against the
//! bounds that hold behind it: on real evaluations, packed and composable.
//!
//! The long runs are ignored; `docs/numbers.md` has their command and figures.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_fhe::PackedTable;
use blindscore_fhe::parameters::{MESSAGE_MODULUS, N, decode, message_distance};
use blindscore_fhe::proof::{
    Canaries, ProveError, Refused, Statement, Witness, prove_unchecked, verify,
};
use blindscore_fhe::ring::{Cut, Ring};
use blindscore_history::digest::Framed;
use blindscore_history::form::Form;
use blindscore_history::scheme::Scheme;
use blindscore_tests::hostile::{HostileKey, Shape, encoded, honest_secret, statement};
use blindscore_tests::proofs::{Card, Evaluated, KeyPair, seeded};
use rayon::prelude::*;

/// Shapes of noise that pass the proof: all of the weight of white noise of
/// 2^26, about as much as the norm test leaves room for.
const PASSING: [Shape; 3] = [
    Shape::White { size: 1 << 26 },
    Shape::Frequency {
        size: 1 << 26,
        number: 0,
    },
    Shape::Subring {
        size: 1 << 26,
        step: 128,
    },
];

/// A statement with a bound on phases so wide that only the proof can refuse.
fn laxly(key: &HostileKey, evaluated: &Evaluated) -> Statement {
    let result = evaluated.evaluation.result();
    let opening = key.opening(result);
    let span = MESSAGE_MODULUS as u32;
    let (public, context) = (&key.public, b"hostile");
    let statement = match result.outputs() {
        1 => Statement::packed(public, result, span, &opening, context),
        outputs => {
            let canaries = Canaries {
                expected: &vec![0; outputs - 1],
                bound: u64::MAX,
            };
            Statement::composable(public, result, span, canaries, &opening, context)
        }
    };
    statement.unwrap()
}

fn truth(key: &HostileKey, evaluated: &Evaluated) -> Witness {
    let result = evaluated.evaluation.result();
    key.witness(result, &encoded(&key.opening(result)))
}

#[test]
fn keys_outside_the_bounds_cannot_be_proven() {
    let card = Card::with_outputs(16);
    let distance = message_distance() as i64;
    let noise = KeyPair::honest(5);
    let noise = noise.secret.key_noise(&noise.public).to_vec();
    let mut long_secret = honest_secret(5);
    long_secret[1000] = 1 << 15;
    let monomial = |size, k| Shape::Monomial { size, k };
    let keys = [
        ("Delta X^3", HostileKey::shaped(5, monomial(distance, 3))),
        (
            "Delta X^2047",
            HostileKey::shaped(5, monomial(distance, 2047)),
        ),
        (
            "Delta/2^15 X^k",
            HostileKey::shaped(5, monomial(distance >> 15, 700)),
        ),
        (
            "white 2^27",
            HostileKey::shaped(5, Shape::White { size: 1 << 27 }),
        ),
        (
            "s with an entry of 2^15",
            HostileKey::new(5, long_secret, noise.clone()),
        ),
    ];
    for (name, key) in &keys {
        for form in [Form::Packed, Form::Composable] {
            let evaluated = card.evaluate(&key.public, form, 1);
            let statement = laxly(key, &evaluated);
            // With the whole truth, answers are too long, without any rejection.
            let witness = truth(key, &evaluated);
            let error = prove_unchecked(&statement, &witness, 3, &mut seeded(1)).unwrap_err();
            assert_eq!(
                error,
                ProveError::Attempts { attempts: 3 },
                "{name}, {form}"
            );
            // With an honest key's numbers in their place, they do not fit.
            let eps = vec![0; statement.outputs()];
            let lie = Witness::pretended(honest_secret(5), noise.clone(), eps);
            let proof = prove_unchecked(&statement, &lie, 3, &mut seeded(1)).unwrap();
            assert_eq!(
                verify(&statement, &proof),
                Err(Refused::Challenge),
                "{name}, {form}"
            );
        }
    }
}

/// What is said below of keys that pass would be empty if they did not.
#[test]
fn keys_within_the_bounds_pass_the_proof() {
    let card = Card::with_outputs(16);
    for shape in PASSING {
        let key = HostileKey::shaped(5, shape);
        for form in [Form::Packed, Form::Composable] {
            let evaluated = card.evaluate(&key.public, form, 1);
            let statement = laxly(&key, &evaluated);
            let witness = truth(&key, &evaluated);
            let proof = prove_unchecked(&statement, &witness, 10, &mut seeded(1)).unwrap();
            assert_eq!(verify(&statement, &proof), Ok(()), "{shape:?}, {form}");
        }
    }
}

/// Packed scores under keys that pass: none is wrong.
fn packed_scores_are_right(trials: u64) {
    let card = Card::with_outputs(16);
    for shape in PASSING {
        let key = HostileKey::shaped(6, shape);
        let noise = |number: u64| {
            let evaluated = card.evaluate(&key.public, Form::Packed, number);
            let phase = key.phases(evaluated.evaluation.result())[0];
            assert_eq!(
                decode(phase),
                u64::from(evaluated.plain),
                "{shape:?} {number}"
            );
            let want = blindscore_fhe::parameters::encode(u64::from(evaluated.plain));
            (phase.wrapping_sub(want) as i64).unsigned_abs()
        };
        let largest = (0..trials).into_par_iter().map(noise).max().unwrap();
        let bits = (largest as f64).log2();
        println!("{shape:?}: {trials} packed scores, all right, noise below 2^{bits:.1}");
    }
}

#[test]
fn packed_scores_are_right_under_keys_that_pass() {
    packed_scores_are_right(200);
}

#[test]
#[ignore = "ten thousand scores for each key"]
fn packed_scores_are_right_under_keys_that_pass_ten_thousand_times() {
    packed_scores_are_right(10_000);
}

/// Composable scores under keys that pass: none that the canaries admit is
/// wrong, though without them some would be.
fn composable_scores_are_never_accepted_wrong(trials: u64) {
    for outputs in [8, 16] {
        let card = Card::with_outputs(outputs);
        for shape in PASSING {
            let key = HostileKey::shaped(6, shape);
            let one = |number: u64| {
                let evaluated = card.evaluate(&key.public, Form::Composable, number);
                let opening = key.opening(evaluated.evaluation.result());
                let wrong = opening.shifted() != evaluated.plain;
                (statement(&evaluated, &key, &opening).is_some(), wrong)
            };
            let all: Vec<_> = (0..trials).into_par_iter().map(one).collect();
            let accepted = all.iter().filter(|(accepted, _)| *accepted).count();
            let wrong = all.iter().filter(|(_, wrong)| *wrong).count();
            let both = all.iter().filter(|(a, w)| *a && *w).count();
            println!(
                "{shape:?}, {} canaries: {trials} scores, {wrong} wrong, {accepted} accepted, {both} both",
                outputs - 1
            );
            assert_eq!(both, 0);
            if matches!(shape, Shape::White { .. }) {
                assert!(wrong > 0, "canaries have something to refuse");
            }
        }
    }
}

#[test]
fn composable_scores_are_never_accepted_wrong_under_keys_that_pass() {
    composable_scores_are_never_accepted_wrong(100);
}

#[test]
#[ignore = "five thousand evaluations for each key and number of canaries"]
fn composable_scores_are_never_accepted_wrong_under_keys_that_pass_ten_thousand_times() {
    composable_scores_are_never_accepted_wrong(5_000);
}

/// The same canaries admit honest keys: what refuses is the noise.
#[test]
fn composable_scores_of_honest_keys_are_accepted() {
    for outputs in [8, 16] {
        let card = Card::with_outputs(outputs);
        let key = KeyPair::honest(6);
        for number in 0..20 {
            let evaluated = card.evaluate(&key.public, Form::Composable, number);
            let opening = key.secret.opening(evaluated.evaluation.result());
            evaluated.statement(&key.public, &opening, b"");
            assert_eq!(opening.shifted(), evaluated.plain);
        }
    }
}

/// Why `r` is ternary. The largest key that the proof can have admitted,
/// aligned with the heaviest table there is: were `r` binary, its mean would
/// move every score by the same amount, more than half the distance of two
/// scores; ternary `r` has no mean.
#[test]
fn binary_randomness_would_let_a_key_shift_packed_scores() {
    let scheme = Scheme::from_json(
        r#"{"blindscore_scheme": 1, "name": "full", "version": 1, "currency": "EUR",
        "sources_max": 1, "lines": [
        {"name": "a", "kind": "pooled", "flows": ["expenditure"], "unit": 5000, "cap": 255, "windows": [1, 3, 6, 12]},
        {"name": "b", "kind": "pooled", "flows": ["cash"], "unit": 5000, "cap": 255, "windows": [1, 3, 6, 12]}
        ]}"#,
    )
    .unwrap();
    assert_eq!(scheme.slots(), N);
    let table = PackedTable::new(&scheme, &[510; N]);
    let t = table.coefficients();
    let ring = Ring::shared();
    let times_t = |x: &[i64]| -> Vec<i64> {
        let x: Vec<u64> = x.iter().map(|x| *x as u64).collect();
        let product = ring.product(t, &ring.factor(Cut::Tables, &x));
        product.iter().map(|x| *x as i64).collect()
    };
    // <x, mirrored(q)> is coefficient 0 of x q.
    let mirrored = |q: &[i64]| -> Vec<i64> {
        let tail = q[1..].iter().rev().map(|x| -x);
        std::iter::once(q[0]).chain(tail).collect()
    };
    let direction = mirrored(&times_t(&[1; N]));
    let length = direction
        .iter()
        .map(|x| (*x as f64).powi(2))
        .sum::<f64>()
        .sqrt();
    // The extracted bound: |E| <= 2^34.8.
    let scale = 34.8f64.exp2() / length;
    let e: Vec<i64> = direction
        .iter()
        .map(|x| (*x as f64 * scale).round() as i64)
        .collect();
    let weights = mirrored(&times_t(&e));
    let half = message_distance() as i64 / 2;
    let mut stream = Framed::new("blindscore tests randomness of seals").stream();
    let mut shifts = [Vec::new(), Vec::new()];
    for _ in 0..100 {
        let mut bits = [0; N / 4];
        stream.fill(&mut bits);
        let bit = |i: usize| i64::from(bits[i / 8] >> (i % 8) & 1);
        let noise = |r: &dyn Fn(usize) -> i64| -> i64 {
            weights.iter().enumerate().map(|(j, w)| r(j) * w).sum()
        };
        shifts[0].push(noise(&bit));
        shifts[1].push(noise(&|j| bit(j) - bit(N + j)));
    }
    let log2 = |x: i64| (x.unsigned_abs() as f64).log2();
    let [binary, ternary] = shifts;
    let least = *binary.iter().min_by_key(|x| x.unsigned_abs()).unwrap();
    let most = *ternary.iter().max_by_key(|x| x.unsigned_abs()).unwrap();
    println!(
        "binary r moves by 2^{:.1} at least, ternary by 2^{:.1} at most",
        log2(least),
        log2(most)
    );
    let same_sign = binary.iter().all(|x| x.signum() == least.signum());
    assert!(
        same_sign && least.abs() > half,
        "every score is another one"
    );
    assert!(most.abs() < half / 2, "no score is another one");
}
