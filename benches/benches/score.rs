//! `cargo bench -p blindscore-benches --bench score`: everything an
//! application costs, on one thread, beside one bootstrap of tfhe.

use std::hint::black_box;

use blindscore_benches::Stage;
use blindscore_fhe::reference::Bootstrap;
use blindscore_history::form::Form;
use criterion::{Criterion, criterion_group, criterion_main};

fn evaluate(criterion: &mut Criterion) {
    let bootstrap = Bootstrap::generate();
    let packed = Stage::new(Form::Packed).expect("bundled data");
    let composable = Stage::new(Form::Composable).expect("bundled data");
    let mut group = criterion.benchmark_group("evaluate");
    group.bench_function("one 2_2 bootstrap", |b| {
        b.iter(|| black_box(bootstrap.run()));
    });
    group.bench_function("plain", |b| {
        let (scheme, card) = (&composable.person.scheme, &composable.person.scorecards[0]);
        b.iter(|| card.score(black_box(scheme), black_box(&composable.levels)));
    });
    for (name, stage) in [
        ("packed", &packed),
        ("composable, 93 products", &composable),
    ] {
        let histories: Vec<_> = stage.prepared.iter().collect();
        group.bench_function(name, |b| {
            b.iter(|| {
                stage
                    .plan
                    .evaluate(stage.secret.public_key(), black_box(&histories))
            });
        });
    }
    group.finish();
}

fn around(criterion: &mut Criterion) {
    let packed = Stage::new(Form::Packed).expect("bundled data");
    let composable = Stage::new(Form::Composable).expect("bundled data");
    let mut group = criterion.benchmark_group("around");
    group.bench_function("seal packed", |b| {
        b.iter(|| packed.seal(&packed.person.bank));
    });
    group.bench_function("seal composable, all cells", |b| {
        b.iter(|| composable.seal(&composable.person.bank));
    });
    let cell = composable.cell().expect("composable");
    group.bench_function("prepare one cell", |b| b.iter(|| black_box(cell).prepare()));
    for (name, stage) in [("open packed", &packed), ("open composable", &composable)] {
        let histories: Vec<_> = stage.prepared.iter().collect();
        let evaluation = stage
            .plan
            .evaluate(stage.secret.public_key(), &histories)
            .expect("evaluates");
        let card = &stage.person.scorecards[0];
        group.bench_function(name, |b| {
            b.iter(|| stage.secret.open(&stage.plan, card, black_box(&evaluation)));
        });
    }
    group.finish();
}

fn one_thread() -> Criterion {
    // Figures are a core's; the pool is global and set once.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build_global();
    pool.expect("nothing used the pool before");
    Criterion::default()
}

criterion_group! {
    name = benches;
    config = one_thread();
    targets = evaluate, around
}
criterion_main!(benches);
