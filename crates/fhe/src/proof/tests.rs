//! Statistics of masks, answers and rejection, which need what no proof shows:
//! attempts that are not let out, and answers without rejection.

#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_history::digest::Framed;
use blindscore_history::form::Form;
use rayon::prelude::*;

use super::mask::{Mask, Stream};
use super::pool::answer;
use super::prove::{NoRandomness, Witness};
use super::rejection::{accepts, coin_of_exp, margin};
use super::statement::{Canaries, Opening, PHASE_STEP_LOG2, Statement};
use super::{CHOSEN, VARIANCE};
use crate::parameters::{N, encode};
use crate::public_key::{KeyOrigin, PublicKey};
use crate::result::BlindResult;
use crate::secret::{SecretPolynomial, generate};

/// An honest statement on an invented result, and its witness.
pub(super) struct Fixture {
    pub(super) statement: Statement,
    pub(super) witness: Witness,
}

fn key() -> (SecretPolynomial, PublicKey) {
    let origin = KeyOrigin {
        signing_key: [1; 32],
        application_id: [2; 16],
        nonce: [3; 32],
    };
    generate(origin, &[4; 32])
}

/// A result whose outputs open to 700 and to noise of about 2^`noise`.
fn result(secret: &SecretPolynomial, outputs: usize, noise: u32) -> BlindResult {
    let mut stream = Framed::new("blindscore tests result").stream();
    let mut word = || {
        let mut bytes = [0; 8];
        stream.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    };
    let mask: Vec<u64> = (0..N).map(|_| word()).collect();
    let phases = secret.output_phases(&BlindResult::new(mask.clone(), vec![0; outputs]));
    let bodies = phases.iter().map(|minus_product| {
        let noise = word() as i64 >> (64 - noise);
        encode(700)
            .wrapping_sub(*minus_product)
            .wrapping_add(noise as u64)
    });
    let bodies = bodies.collect();
    BlindResult::new(mask, bodies)
}

impl Fixture {
    pub(super) fn new(form: Form, outputs: usize) -> Self {
        let (secret, public) = key();
        let statement = match form {
            Form::Packed => {
                let result = result(&secret, outputs, 36);
                let opening = Opening::new(700, Vec::new());
                Statement::packed(&public, &result, 1000, &opening, b"").unwrap()
            }
            Form::Composable => {
                let result = result(&secret, outputs, 44);
                let canaries = Canaries {
                    expected: &vec![700; outputs - 1],
                    bound: 1 << 47,
                };
                let opening = secret.opening(&result);
                assert!(
                    opening
                        .phases()
                        .iter()
                        .all(|x| x % (1 << PHASE_STEP_LOG2) == 0)
                );
                Statement::composable(&public, &result, 1000, canaries, &opening, b"").unwrap()
            }
        };
        let witness = Witness::of(&secret, &statement).unwrap();
        Self { statement, witness }
    }
}

/// Randomness by number.
pub(super) fn seeded(number: u64) -> impl FnMut(&mut [u8]) -> Result<(), NoRandomness> {
    let mut stream = Framed::new("blindscore tests coins").u64(number).stream();
    move |bytes| {
        stream.fill(bytes);
        Ok(())
    }
}

/// By how much the answers' squares exceed the masks' in attempt number
/// `attempt`: masks, answers, norm test, and nothing else.
fn difference(fixture: &Fixture, attempt: u64) -> Option<i64> {
    let Fixture { statement, witness } = fixture;
    let mut mask = Mask::zero(statement.outputs());
    let mut stream = Stream::new();
    let mut difference = 0;
    for round in 0..CHOSEN {
        let key = Framed::new("blindscore tests masks")
            .u32(statement.outputs() as u32)
            .u64(attempt)
            .u32(round as u32)
            .digest();
        mask.expand(key.as_bytes(), statement.output_stair(), &mut stream);
        difference += answer(&mut mask, witness, statement)?.1;
    }
    Some(difference)
}

/// Attempts a proof: those that the coin lets out, within `tolerance` of what
/// is stated; and, far sharper, the mean of the coin's probabilities, within
/// two per cent.
fn attempts_a_proof(form: Form, outputs: usize, stated: f64, attempts: u64, tolerance: f64) {
    let fixture = Fixture::new(form, outputs);
    let one = |attempt: u64| {
        let Some(difference) = difference(&fixture, attempt) else {
            return (0.0, 0.0);
        };
        let exponent = (margin(form) + difference).max(0) as f64;
        let number = attempt * 100 + outputs as u64;
        let out = accepts(form, difference, &mut seeded(number)).unwrap();
        let chance = (-exponent / (2 * VARIANCE) as f64).exp();
        (chance, f64::from(u8::from(out)))
    };
    let all: Vec<(f64, f64)> = (0..attempts).into_par_iter().map(one).collect();
    let chance = all.iter().map(|(chance, _)| chance).sum::<f64>() / attempts as f64;
    let out = all.iter().map(|(_, out)| out).sum::<f64>();
    let measured = attempts as f64 / out;
    println!(
        "{form}: {out} of {attempts} attempts let out, one of {measured:.2}; by their chances one of {:.3}; stated {stated}",
        1.0 / chance
    );
    assert!((1.0 / chance / stated - 1.0).abs() < 0.02, "{chance}");
    assert!((measured / stated - 1.0).abs() < tolerance, "{measured}");
}

/// A thousand attempts have a deviation of 8 %; the seeds are fixed.
#[test]
fn about_one_of_six_attempts_is_let_out() {
    attempts_a_proof(Form::Packed, 1, 6.39, 1000, 0.25);
    attempts_a_proof(Form::Composable, 8, 5.67, 1000, 0.25);
}

#[test]
#[ignore = "ten thousand attempts in each form take a minute of a core"]
fn one_of_6_39_and_one_of_5_67_attempts_is_let_out() {
    attempts_a_proof(Form::Packed, 1, 6.39, 10_000, 0.1);
    attempts_a_proof(Form::Composable, 8, 5.67, 10_000, 0.1);
}

#[test]
fn the_coin_falls_as_the_exponential_says() {
    for (numerator, denominator) in [(0u64, 7u64), (1, 10), (2, 3), (1, 1), (5, 2), (9, 2)] {
        let mut randomness = seeded(numerator * 100 + denominator);
        let tosses = 40_000;
        let mut heads = 0;
        for _ in 0..tosses {
            heads += u32::from(coin_of_exp(numerator, denominator, &mut randomness).unwrap());
        }
        let measured = f64::from(heads) / f64::from(tosses);
        let want = (-(numerator as f64) / denominator as f64).exp();
        // Four deviations.
        let tolerance = 4.0 * (want * (1.0 - want) / f64::from(tosses)).sqrt();
        assert!(
            (measured - want).abs() <= tolerance,
            "{measured} for {want}"
        );
    }
}

#[test]
fn without_randomness_nothing_is_let_out() {
    let mut broken = |_: &mut [u8]| Err(NoRandomness);
    assert_eq!(accepts(Form::Packed, 0, &mut broken), Err(NoRandomness));
}

/// Rejection on one short mask instead of 23 long ones: the same coin, a
/// witness that is large beside `sigma`, so that a lean shows at once. What is
/// measured is `<z, v> / |v|^2`: 1 for answers that lean by all of `v`, 0 for
/// answers that say nothing of it.
#[test]
fn answers_lean_towards_the_witness_without_rejection_and_not_with_it() {
    const SAMPLES: u64 = 60_000;
    let witness = [900i64, -700, 300, 0, 1100, -200, 500, 800];
    let square: i64 = witness.iter().map(|v| v * v).sum();
    // Far enough that the exponent is hardly ever cut off at 0.
    let margin = 7 * ((VARIANCE as f64 * square as f64).sqrt() as i64);
    let one = |number: u64| {
        let mut mask = Mask::zero(0);
        let key = Framed::new("blindscore tests lean")
            .u64(number / 256)
            .digest();
        mask.expand(key.as_bytes(), 0, &mut Stream::new());
        let y = &mask.s[8 * (number % 256) as usize..][..8];
        let z: Vec<i64> = y.iter().zip(witness).map(|(y, v)| y + v).collect();
        let squares = |x: &[i64]| x.iter().map(|x| x * x).sum::<i64>();
        let exponent = (margin + squares(&z) - squares(y)).max(0) as u64;
        let out = coin_of_exp(exponent, 2 * VARIANCE, &mut seeded(number)).unwrap();
        let lean: i64 = z.iter().zip(witness).map(|(z, v)| z * v).sum();
        (lean as f64 / square as f64, out)
    };
    let all: Vec<(f64, bool)> = (0..SAMPLES).into_par_iter().map(one).collect();
    let mean = |leans: Vec<f64>| (leans.iter().sum::<f64>() / leans.len() as f64, leans.len());
    let (without, _) = mean(all.iter().map(|(lean, _)| *lean).collect());
    let (with, out) = mean(
        all.iter()
            .filter(|(_, out)| *out)
            .map(|(lean, _)| *lean)
            .collect(),
    );
    // Deviation of one: sigma / |v|.
    let deviation = (VARIANCE as f64 / square as f64).sqrt();
    println!("lean {without:.3} without rejection, {with:.3} with it, {out} let out");
    assert!(out > 500, "{out} let out: enough to tell 0 from 1");
    assert!((without - 1.0).abs() < 4.0 * deviation / (SAMPLES as f64).sqrt());
    assert!(with.abs() < 4.0 * deviation / (out as f64).sqrt());
    assert!(
        4.0 * deviation / (out as f64).sqrt() < 0.5,
        "0 and 1 are told apart"
    );
}

/// Rounds of a scaled-down proof, each with a mask of eight coefficients: a few
/// are chosen, their answers are let out or not, and if not their masks are
/// drawn again or, to see that the test would notice, are not. The mean lean of
/// answers that leave later than at the first attempt, and the deviation that
/// the mean has.
fn lean_after_renewals(renew: bool) -> (f64, f64) {
    const TRIALS: u64 = 16_000;
    const ROUNDS: usize = 4;
    const CHOSEN: usize = 2;
    let witness = [150i64, -100, 50, 0, 200, -30, 90, 120];
    // All chosen rounds together.
    let square = CHOSEN as i64 * witness.iter().map(|v| v * v).sum::<i64>();
    let margin = 7 * ((VARIANCE as f64 * square as f64).sqrt() as i64);
    let one = |number: u64| {
        let key = Framed::new("blindscore tests renewals").u64(number);
        let mut pool = Mask::zero(0);
        pool.expand(key.digest().as_bytes(), 0, &mut Stream::new());
        let mut fresh = pool.s.as_chunks::<8>().0.iter();
        let mut draw = || *fresh.next().expect("256 masks for 4 rounds");
        let mut masks: [[i64; 8]; ROUNDS] = std::array::from_fn(|_| draw());
        let mut coins = seeded(number);
        for attempt in 1.. {
            let mut byte = [0];
            coins(&mut byte).unwrap();
            let first = usize::from(byte[0]) % ROUNDS;
            let chosen = [first, (first + 1 + usize::from(byte[0] >> 4) % 3) % ROUNDS];
            let (mut difference, mut lean) = (0, 0);
            for (y, v) in chosen.iter().flat_map(|i| masks[*i].iter().zip(witness)) {
                difference += (y + v) * (y + v) - y * y;
                lean += (y + v) * v;
            }
            let exponent = (margin + difference).max(0) as u64;
            if coin_of_exp(exponent, 2 * VARIANCE, &mut coins).unwrap() {
                return (attempt > 1).then_some(lean as f64 / square as f64);
            }
            if renew {
                chosen.iter().for_each(|i| masks[*i] = draw());
            }
        }
        None
    };
    let leans: Vec<f64> = (0..TRIALS).into_par_iter().filter_map(one).collect();
    let count = leans.len() as f64;
    let deviation = (VARIANCE as f64 / square as f64 / count).sqrt();
    (leans.iter().sum::<f64>() / count, deviation)
}

#[test]
fn masks_that_stay_do_not_lean_and_used_ones_would() {
    let (renewed, deviation) = lean_after_renewals(true);
    let (stale, _) = lean_after_renewals(false);
    println!("lean {renewed:.3} with used masks drawn again, {stale:.3} without; +-{deviation:.3}");
    assert!(renewed.abs() < 4.0 * deviation);
    assert!(stale > 8.0 * deviation);
}
