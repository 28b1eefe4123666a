//! `cargo bench -p blindscore-benches --bench score`: everything an
//! application costs, on one thread, beside one bootstrap of tfhe.

use std::hint::black_box;

use blindscore_benches::stage::Stage;
use blindscore_benches::subject::Subject;
use blindscore_fhe::yardstick::Bootstrap;
use blindscore_history::form::Form;
use criterion::{Criterion, criterion_group, criterion_main};

/// The bundled application: one source in packed form, two in composable form.
fn stages() -> [Stage; 2] {
    let subject = Subject::bundled().expect("bundled data");
    let stage = |form, sources| Stage::new(&subject, form, sources).expect("bundled data");
    [stage(Form::Packed, 1), stage(Form::Composable, 2)]
}

fn evaluate(criterion: &mut Criterion) {
    let bootstrap = Bootstrap::generate(2);
    let mut bench = bootstrap.bench();
    let [packed, composable] = stages();
    let mut group = criterion.benchmark_group("evaluate");
    group.bench_function("one 2_2 bootstrap", |b| {
        b.iter(|| bootstrap.run(&mut bench));
    });
    group.bench_function("plain", |b| {
        let (scheme, card) = (&composable.subject.scheme, composable.card());
        b.iter(|| card.score(black_box(scheme), black_box(&composable.levels)));
    });
    for (name, stage) in [("packed", &packed), ("composable", &composable)] {
        group.bench_function(name, |b| b.iter(|| stage.evaluate(black_box(stage.plan()))));
    }
    group.finish();
}

fn around(criterion: &mut Criterion) {
    let [packed, composable] = stages();
    let mut group = criterion.benchmark_group("around");
    group.bench_function("seal packed", |b| {
        b.iter(|| packed.seal());
    });
    group.bench_function("seal composable, all cells", |b| {
        b.iter(|| composable.seal());
    });
    let cell = composable.cell().expect("composable");
    group.bench_function("prepare one cell", |b| b.iter(|| black_box(cell).prepare()));
    for (name, stage) in [("open packed", &packed), ("open composable", &composable)] {
        let evaluation = stage.evaluate(stage.plan()).expect("evaluates");
        group.bench_function(name, |b| {
            b.iter(|| {
                let (plan, card) = (stage.plan(), stage.card());
                stage.secret.open(plan, card, black_box(&evaluation))
            });
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
