//! `cargo bench -p blindscore-benches --bench proof`: proving on one core and
//! on two, and verifying, beside one bootstrap of tfhe.
//!
//! Proving takes as many attempts as chance wants, so each iteration has
//! randomness of its own, and 100 samples are a hundred proofs at least.

use std::cell::Cell;
use std::hint::black_box;
use std::time::Duration;

use blindscore_benches::pool;
use blindscore_benches::proof::ProofStage;
use blindscore_benches::subject::Subject;
use blindscore_fhe::proof::verify;
use blindscore_fhe::yardstick::Bootstrap;
use blindscore_history::form::Form;
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};

fn proofs(criterion: &mut Criterion) {
    let bootstrap = Bootstrap::generate(2);
    let mut bench = bootstrap.bench();
    let subject = Subject::bundled().expect("bundled data");
    let mut group = criterion.benchmark_group("proof");
    group.bench_function("one 2_2 bootstrap", |b| {
        b.iter(|| bootstrap.run(&mut bench));
    });
    group
        .sample_size(100)
        .sampling_mode(SamplingMode::Flat)
        .measurement_time(Duration::from_secs(60));
    for (form, sources) in [(Form::Packed, 1), (Form::Composable, 2)] {
        let stage = ProofStage::new(&subject, form, sources).expect("bundled data");
        let (proof, _) = stage.prove(0);
        for cores in [1, 2] {
            let pool = pool(cores).expect("threads");
            let number = Cell::new(0);
            group.bench_function(format!("prove {form}, cores: {cores}"), |b| {
                b.iter(|| {
                    number.set(number.get() + 1);
                    let number = number.get();
                    pool.install(|| stage.prove(number))
                });
            });
            group.bench_function(format!("verify {form}, cores: {cores}"), |b| {
                b.iter(|| pool.install(|| verify(black_box(&stage.statement), &proof)));
            });
        }
    }
    group.finish();
}

criterion_group!(benches, proofs);
criterion_main!(benches);
