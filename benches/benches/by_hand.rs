//! `cargo bench -p blindscore-benches --features by-hand --bench
//! by_hand`: what one would write by
//! hand on `FheUint16`. A quarter of the card of 12 characteristics with 4
//! comparisons each, so that it ends in minutes; the work is proportional.

use blindscore_benches::by_hand::characteristics;
use blindscore_fhe::reference::Reference;
use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};

fn by_hand(criterion: &mut Criterion) {
    let reference = Reference::generate();
    let characteristics = characteristics();
    let numbers = reference.encrypt(&vec![17; characteristics.len()]);
    let mut group = criterion.benchmark_group("by hand");
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.bench_function("FheUint16, 3 x 4 comparisons, all cores", |b| {
        b.iter(|| reference.score(&numbers, &characteristics));
    });
    group.finish();
}

criterion_group!(benches, by_hand);
criterion_main!(benches);
