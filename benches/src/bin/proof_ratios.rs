//! `cargo run --release -p blindscore-benches --bin proof_ratios`: what a proof
//! costs, as a ratio to one bootstrap of tfhe.
//!
//! As in `blindscore bench`, the contenders take turns. How many attempts a proof takes
//! is chance, so means count, over a hundred proofs; those on one core and on
//! two make the same attempts.

use std::time::{Duration, Instant};

use blindscore_benches::pool;
use blindscore_benches::proof::ProofStage;
use blindscore_benches::subject::Subject;
use blindscore_fhe::proof::{Proof, verify};
use blindscore_fhe::yardstick::Bootstrap;
use blindscore_history::form::Form;

const PROOFS: u64 = 100;
/// Bootstraps and verifications a turn: they take less than a proof.
const REPEATS: u32 = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bootstrap = Bootstrap::generate(2);
    let pools = [pool(1)?, pool(2)?];
    let subject = Subject::bundled()?;
    for (form, sources) in [(Form::Packed, 1), (Form::Composable, 2)] {
        let stage = ProofStage::new(&subject, form, sources)?;
        let mut bench = bootstrap.bench();
        let mut times = [Duration::ZERO; 5];
        let mut attempts = 0;
        for number in 0..PROOFS {
            let mut proofs = Vec::new();
            let mut timed = |contender: usize, repeats: u32, run: &mut dyn FnMut()| {
                let start = Instant::now();
                (0..repeats).for_each(|_| run());
                times[contender] += start.elapsed() / repeats;
            };
            timed(0, REPEATS, &mut || {
                pools[0].install(|| bootstrap.run(&mut bench));
            });
            for (contender, pool) in pools.iter().enumerate() {
                timed(1 + contender, 1, &mut || {
                    proofs.push(pool.install(|| stage.prove(number)));
                });
            }
            attempts += proofs[0].1;
            for (contender, pool) in pools.iter().enumerate() {
                timed(3 + contender, REPEATS, &mut || {
                    let held = pool.install(|| verify(&stage.statement, &proofs[0].0));
                    held.expect("an honest proof");
                });
            }
        }
        let mean = |time: Duration| time / PROOFS as u32;
        let bytes = Proof::bytes_for(stage.statement.outputs());
        let attempts = f64::from(attempts) / PROOFS as f64;
        println!(
            "{form}: {PROOFS} proofs of {bytes} bytes, in turns, means; {attempts:.2} attempts"
        );
        let names = [
            "one 2_2 bootstrap",
            "prove, one core",
            "prove, two cores",
            "verify, one core",
            "verify, two cores",
        ];
        for (name, time) in names.into_iter().zip(times) {
            let ratio = time.as_secs_f64() / times[0].as_secs_f64();
            println!("{name:<20} {:>12.2?}   {ratio:>7.2} bootstraps", mean(time));
        }
        let ratio = times[2].as_secs_f64() / times[1].as_secs_f64();
        println!("two cores take {ratio:.2} of one core's time");
    }
    Ok(())
}
