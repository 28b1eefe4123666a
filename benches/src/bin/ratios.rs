//! `cargo run --release -p blindscore-benches --bin ratios`: the figures that
//! the project promises, as ratios to one bootstrap of tfhe.
//!
//! Machines are shared and noisy, so the contenders take turns, round after
//! round, and the median of each counts: what slows one slows its neighbour.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use blindscore_benches::Stage;
use blindscore_evaluator::{BatchItem, evaluate_batch};
use blindscore_fhe::parameters::N;
use blindscore_fhe::reference::Bootstrap;
use blindscore_fhe::ring::{Ring, Spectrum};
use blindscore_fhe::{ComposableHistory, SealingKey};
use blindscore_history::form::Form;

const ROUNDS: usize = 60;
/// Scorecards on one history in the batch, and histories of it.
const BATCH: usize = 8;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    // Figures are a core's, and nothing waits for another thread to wake up.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
    pool.install(measure)
}

fn measure() -> Result<(), Failure> {
    let bootstrap = Bootstrap::generate();
    let packed = Stage::new(Form::Packed)?;
    let composable = Stage::new(Form::Composable)?;
    let cell = composable.cell().ok_or("composable has cells")?;
    let packed_histories: Vec<_> = packed.prepared.iter().collect();
    let composable_histories: Vec<_> = composable.prepared.iter().collect();
    let (scheme, card) = (&composable.person.scheme, &composable.person.scorecards[0]);

    let (ring, small) = (Ring::shared(), vec![1; N]);
    let spectrum = RefCell::new(Spectrum::zero());
    let sealing_key = SealingKey::new([1; 32]);
    let sealed: Vec<_> = packed.sealed.iter().collect();
    let item = BatchItem {
        key: packed.secret.public_key(),
        histories: &sealed,
    };

    let contenders: [(&str, usize, &dyn Fn()); 11] = [
        ("one 2_2 bootstrap", 1, &|| {
            drop(bootstrap.run());
        }),
        ("forward transform", 500, &|| {
            ring.transform(&small, &mut spectrum.borrow_mut());
        }),
        ("plain score", 1000, &|| {
            drop(card.score(scheme, &composable.levels));
        }),
        ("packed score", 20, &|| {
            drop(
                packed
                    .plan
                    .evaluate(packed.secret.public_key(), &packed_histories),
            );
        }),
        ("packed, 8 x 1 history", 1, &|| {
            drop(evaluate_batch(&[&packed.plan; BATCH], &[item]));
        }),
        ("packed, 1 x 8 histories", 1, &|| {
            drop(evaluate_batch(&[&packed.plan], &[item; BATCH]));
        }),
        ("composable score", 1, &|| {
            drop(
                composable
                    .plan
                    .evaluate(composable.secret.public_key(), &composable_histories),
            );
        }),
        ("prepare one cell", 5, &|| {
            drop(cell.prepare());
        }),
        ("seal packed", 5, &|| {
            drop(packed.seal(&packed.person.bank));
        }),
        ("seal one cell", 5, &|| {
            let (key, held) = (composable.secret.public_key(), &composable.person.bank);
            let first = |cell| cell == 0;
            drop(ComposableHistory::seal(
                key,
                &sealing_key,
                scheme,
                &held.levels,
                first,
            ));
        }),
        ("seal composable", 1, &|| {
            drop(composable.seal(&composable.person.bank));
        }),
    ];
    let mut times = vec![Vec::with_capacity(ROUNDS); contenders.len()];
    for _ in 0..ROUNDS {
        for ((_, repeats, run), times) in contenders.iter().zip(&mut times) {
            let start = Instant::now();
            (0..*repeats).for_each(|_| run());
            times.push(start.elapsed() / *repeats as u32);
        }
    }
    let medians: Vec<Duration> = times
        .into_iter()
        .map(|mut times| {
            times.sort_unstable();
            times[times.len() / 2]
        })
        .collect();
    let products = composable.plan.budget().products;
    println!("{ROUNDS} rounds in turns, one thread, medians; composable: {products} products");
    println!("8 x 1, 1 x 8: a batch of {BATCH} scores, histories prepared in it");
    for ((name, ..), median) in contenders.iter().zip(&medians) {
        let ratio = median.as_secs_f64() / medians[0].as_secs_f64();
        let per_bootstrap = 1.0 / ratio;
        println!(
            "{name:<24} {median:>12.2?}   {ratio:>10.6} of a bootstrap (1/{per_bootstrap:.1})"
        );
    }
    Ok(())
}
