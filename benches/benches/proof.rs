//! `cargo bench -p blindscore-benches --bench proof`: proving on one core and
//! on two, and verifying, beside one bootstrap of tfhe.
//!
//! Proving takes as many attempts as chance wants, so each iteration has
//! randomness of its own, and 100 samples are a hundred proofs at least.

use std::cell::Cell;
use std::hint::black_box;
use std::time::Duration;

use blindscore_benches::proof::{ProofStage, pool};
use blindscore_fhe::proof::verify;
use blindscore_fhe::reference::Bootstrap;
use blindscore_history::form::Form;
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};

fn proofs(criterion: &mut Criterion) {
    let bootstrap = Bootstrap::generate();
    let mut group = criterion.benchmark_group("proof");
    group.bench_function("one 2_2 bootstrap", |b| {
        b.iter(|| black_box(bootstrap.run()));
    });
    group
        .sample_size(100)
        .sampling_mode(SamplingMode::Flat)
        .measurement_time(Duration::from_secs(60));
    for form in [Form::Packed, Form::Composable] {
        let stage = ProofStage::new(form).expect("bundled data");
        let (proof, _) = stage.prove(0);
        for cores in [1, 2] {
            let pool = pool(cores);
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
