//! The figures that the project promises, in one run.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use blindscore_evaluator::{Plan, PreparedHistory, SealedHistory};
use blindscore_examples::cast::Cast;
use blindscore_examples::morning_after;
use blindscore_examples::person::Person;
use blindscore_examples::walk::{Party, Setting, Walk, walk};
use blindscore_fhe::Gadget;
use blindscore_fhe::proof::verify;
use blindscore_fhe::yardstick::{Bootstrap, Transforms};
use blindscore_history::form::Form;
use serde::Serialize;

use crate::limits::{Limit, Work};
use crate::proof::ProofStage;
use crate::stage::Stage;
use crate::subject::Subject;
use crate::turns::{Contender, medians};
use crate::{Error, memory, pool};

/// Bytes copied to measure what the memory gives: more than the caches hold.
const COPIED: usize = 64 << 20;

/// How much is measured.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Rounds in which the contenders take turns.
    pub rounds: usize,
    /// Proofs a form: how many attempts one takes is chance.
    pub proofs: u64,
}

/// One form with a number of sources. Times are of one core but for those that
/// say otherwise.
#[derive(Clone, Debug, Serialize)]
pub struct FormFigures {
    /// Packed or composable.
    pub form: Form,
    /// Sources.
    pub sources: usize,
    /// Whether the scheme is an invented one, since the given one does not
    /// allow so many sources.
    pub invented: bool,
    /// External products, and 0 in packed form.
    pub products: usize,
    /// Cells that the sources seal.
    pub cells: usize,
    /// One bootstrap of tfhe, in turns with what follows.
    pub bootstrap_us: f64,
    /// All sources seal.
    pub seal_us: f64,
    /// The platform admits what they sent.
    pub admit_us: f64,
    /// It brings that to the transform domain, once an application.
    pub prepare_us: f64,
    /// It evaluates one scorecard.
    pub evaluate_us: f64,
    /// The applicant opens the result.
    pub open_us: f64,
    /// Mean over the proofs, the first scorecard's.
    pub prove_ms: Option<f64>,
    /// Mean over the proofs.
    pub verify_ms: Option<f64>,
    /// Mean number of attempts that a proof took.
    pub attempts: Option<f64>,
    /// Proving and verifying in bootstraps, measured in turns with them.
    pub prove_per_bootstrap: Option<f64>,
    /// See `prove_per_bootstrap`.
    pub verify_per_bootstrap: Option<f64>,
    /// Scores a second on all cores, one scorecard on each history.
    pub per_second_all_cores: f64,
    /// The same if the subject's scorecards, taken in turns, make eight on each
    /// history.
    pub per_second_shared: f64,
    /// How far this is from what the machine can.
    pub limit: Limit,
    /// Bytes that all sources upload.
    pub upload_bytes: usize,
    /// What the process held more at its peak while it admitted, prepared and
    /// evaluated.
    pub peak_bytes: Option<u64>,
}

/// What other figures are held against.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Units {
    /// One `2_2` bootstrap of tfhe with its key switch.
    pub bootstrap_us: f64,
    /// One forward transform of size N, ours.
    pub transform_us: f64,
    /// One forward Fourier transform of size N, tfhe's.
    pub fourier_us: f64,
    /// Copying memory, read and write counted once each.
    pub copy_gb_per_s: f64,
    /// One score in the clear.
    pub plain_ns: f64,
    /// One cell sealed.
    pub seal_cell_us: f64,
}

/// Everything but the curves.
#[derive(Clone, Debug)]
pub struct Figures {
    /// The units.
    pub units: Units,
    /// The forms.
    pub forms: Vec<FormFigures>,
    /// Bytes of every message and key.
    pub sizes_bytes: BTreeMap<String, usize>,
    /// Peak memory of the whole run.
    pub peak_bytes: Option<u64>,
}

/// Measures a subject. `watch` is told what goes on.
///
/// # Errors
/// What the scheme or the first scorecard does not allow.
pub fn measure(
    subject: &Subject,
    effort: Effort,
    watch: &mut (dyn FnMut(&str) + Send),
) -> Result<Figures, Error> {
    watch("making tfhe's bootstrapping key");
    let bootstrap = Bootstrap::generate(2);
    let mut stages = Vec::new();
    let packed = match Stage::new(subject, Form::Packed, 1) {
        Ok(stage) => Some(stage),
        // A scheme too large for one ciphertext still has the other form.
        Err(Error::Seal(_) | Error::Plan(_)) => None,
        Err(error) => return Err(error),
    };
    stages.extend(packed.map(|stage| (stage, false)));
    for sources in 1..=3 {
        stages.push(composable(subject, sources)?);
    }
    let one = pool(1)?;
    let units = one.install(|| units(&stages, &bootstrap, effort, watch))?;
    let mut forms = Vec::new();
    for (stage, invented) in &stages {
        watch(&format!(
            "{}, sources: {}",
            stage.form(),
            stage.holders.len()
        ));
        let throughput = throughput(stage)?;
        let around = || around(stage, *invented, throughput, &units, &bootstrap, effort);
        forms.push(one.install(around)?);
    }
    let cell = stages.iter().find_map(|(stage, _)| stage.cell());
    let cell_bytes = cell.map(|cell| ("cell".to_owned(), cell.to_bytes().len()));
    drop(stages);
    for figures in &mut forms {
        if figures.invented || figures.sources > 2 {
            continue;
        }
        watch(&format!(
            "proofs, {}, sources: {}",
            figures.form, figures.sources
        ));
        let stage = ProofStage::new(subject, figures.form, figures.sources)?;
        one.install(|| proofs(&stage, &bootstrap, effort, figures));
    }
    watch("sizes");
    let mut sizes_bytes = sizes()?;
    sizes_bytes.extend(cell_bytes);
    sizes_bytes.insert(
        "tfhe_keys_of_the_bootstrap".to_owned(),
        bootstrap.key_bytes(),
    );
    Ok(Figures {
        units,
        forms,
        sizes_bytes,
        peak_bytes: memory::peak(),
    })
}

/// The subject with so many sources, or an invented one with as many
/// characteristics where its scheme does not allow them.
fn composable(subject: &Subject, sources: usize) -> Result<(Stage, bool), Error> {
    if sources <= subject.scheme.sources_max() as usize {
        return Ok((Stage::new(subject, Form::Composable, sources)?, false));
    }
    let characteristics = subject.scorecards[0].characteristics().len().min(64);
    let invented = Subject::invented(characteristics, sources as u32, &[characteristics])?;
    Ok((Stage::new(&invented, Form::Composable, sources)?, true))
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn units(
    stages: &[(Stage, bool)],
    bootstrap: &Bootstrap,
    effort: Effort,
    watch: &mut (dyn FnMut(&str) + Send),
) -> Result<Units, Error> {
    let (first, _) = &stages[0];
    let mut bench = bootstrap.bench();
    let (mut ours, mut tfhes) = (Transforms::new(), Transforms::new());
    let (from, mut to) = (vec![1u8; COPIED], vec![0u8; COPIED]);
    let (scheme, card) = (&first.subject.scheme, first.card());
    let cells = stages
        .iter()
        .find(|(stage, _)| stage.form() == Form::Composable);
    let (cells, _) = cells.unwrap_or(&stages[0]);
    let mut contenders = [
        Contender::new("bootstrap", 1, || bootstrap.run(&mut bench)),
        Contender::new("transform", 200, || ours.prime()),
        Contender::new("fourier", 200, || tfhes.fourier()),
        Contender::new("copy", 1, || to.copy_from_slice(black_box(&from))),
        Contender::new("plain", 2000, || {
            drop(black_box(card.score(scheme, black_box(&first.levels))));
        }),
        Contender::new("seal a cell", 5, || drop(black_box(cells.seal_one_cell()))),
    ];
    let times = medians(effort.rounds, &mut contenders, &mut |round| {
        watch(&format!("units, round {round} of {}", effort.rounds));
    });
    drop(contenders);
    let time = |index: usize| times[index].1;
    Ok(Units {
        bootstrap_us: microseconds(time(0)),
        transform_us: microseconds(time(1)),
        fourier_us: microseconds(time(2)),
        copy_gb_per_s: 2.0 * COPIED as f64 / time(3).as_secs_f64() / 1e9,
        plain_ns: microseconds(time(4)) * 1e3,
        seal_cell_us: microseconds(time(5)),
    })
}

/// Everything around one evaluation, on the calling thread's pool.
fn around(
    stage: &Stage,
    invented: bool,
    throughput: Throughput,
    units: &Units,
    bootstrap: &Bootstrap,
    effort: Effort,
) -> Result<FormFigures, Error> {
    let evaluation = stage.evaluate(stage.plan())?;
    let (scheme, card, plan) = (&stage.subject.scheme, stage.card(), stage.plan());
    let repeats = match stage.form() {
        Form::Packed => 20,
        Form::Composable => 1,
    };
    let admit = || -> Result<Vec<SealedHistory>, Error> {
        let messages = stage.messages.iter();
        let admit = |message: &Vec<u8>| Ok(SealedHistory::admit(message, scheme)?);
        messages.map(admit).collect()
    };
    let mut bench = bootstrap.bench();
    let mut contenders = [
        Contender::new("bootstrap", 1, || bootstrap.run(&mut bench)),
        Contender::new("seal", repeats, || drop(black_box(stage.seal()))),
        Contender::new("admit", repeats, || drop(black_box(admit()))),
        Contender::new("prepare", repeats, || {
            let sealed = stage.sealed.iter();
            drop(black_box(
                sealed.map(PreparedHistory::new).collect::<Vec<_>>(),
            ));
        }),
        Contender::new("evaluate", repeats, || {
            drop(black_box(stage.evaluate(plan)));
        }),
        Contender::new("open", 20, || {
            drop(black_box(stage.secret.open(plan, card, &evaluation)));
        }),
    ];
    let times = medians(effort.rounds, &mut contenders, &mut |_| {});
    drop(contenders);
    memory::reset();
    let before = memory::resident();
    let histories = admit()?;
    let prepared: Vec<_> = histories.iter().map(PreparedHistory::new).collect();
    let histories: Vec<_> = prepared.iter().collect();
    let again = plan.evaluate(stage.secret.public_key(), &histories)?;
    debug_assert_eq!(again.header().result, evaluation.header().result);
    let peak = memory::peak()
        .zip(before)
        .map(|(peak, before)| peak.saturating_sub(before));
    let time = |index: usize| microseconds(times[index].1);
    let work = Work::of(stage.form(), Gadget::of(scheme), plan.budget().products);
    Ok(FormFigures {
        form: stage.form(),
        sources: stage.holders.len(),
        invented,
        products: plan.budget().products,
        cells: stage.cells(),
        bootstrap_us: time(0),
        seal_us: time(1),
        admit_us: time(2),
        prepare_us: time(3),
        evaluate_us: time(4),
        open_us: time(5),
        prove_ms: None,
        verify_ms: None,
        attempts: None,
        prove_per_bootstrap: None,
        verify_per_bootstrap: None,
        per_second_all_cores: throughput.alone,
        per_second_shared: throughput.shared,
        limit: Limit::new(work, time(4), units),
        upload_bytes: stage.messages.iter().map(Vec::len).sum(),
        peak_bytes: peak,
    })
}

/// Scores a second on all cores in a batch of many applicants.
#[derive(Clone, Copy)]
struct Throughput {
    /// One scorecard on each history.
    alone: f64,
    /// Eight on each.
    shared: f64,
}

fn throughput(stage: &Stage) -> Result<Throughput, Error> {
    let (people, scores) = match stage.form() {
        Form::Packed => (64, 4096),
        Form::Composable => (4, 64),
    };
    let others = stage.others(people)?;
    let eight: Vec<_> = stage.plans.iter().cycle().take(8).collect();
    let rate = |plans: &[&Plan]| {
        let applications = scores / plans.len();
        let start = Instant::now();
        stage.batch(plans, &others, applications);
        (applications * plans.len()) as f64 / start.elapsed().as_secs_f64()
    };
    Ok(Throughput {
        alone: rate(&eight[..1]),
        shared: rate(&eight),
    })
}

fn proofs(stage: &ProofStage, bootstrap: &Bootstrap, effort: Effort, figures: &mut FormFigures) {
    let [mut bootstraps, mut proving, mut verifying] = [Duration::ZERO; 3];
    let mut attempts = 0;
    let mut bench = bootstrap.bench();
    for number in 0..effort.proofs {
        let start = Instant::now();
        bootstrap.run(&mut bench);
        bootstraps += start.elapsed();
        let start = Instant::now();
        let (proof, took) = stage.prove(number);
        proving += start.elapsed();
        attempts += took;
        let start = Instant::now();
        // Its own proof holds, else proving is broken; the tests say so.
        let _ = black_box(verify(&stage.statement, &proof));
        verifying += start.elapsed();
    }
    let mean = |time: Duration| Some(time.as_secs_f64() * 1e3 / effort.proofs.max(1) as f64);
    figures.prove_ms = mean(proving);
    figures.verify_ms = mean(verifying);
    let ratio = |time: Duration| Some(time.as_secs_f64() / bootstraps.as_secs_f64());
    figures.prove_per_bootstrap = ratio(proving);
    figures.verify_per_bootstrap = ratio(verifying);
    figures.attempts = Some(f64::from(attempts) / effort.proofs.max(1) as f64);
}

/// Bytes of every message of the bundled application in both forms, and of the
/// keys.
fn sizes() -> Result<BTreeMap<String, usize>, Error> {
    let person = Person::load().map_err(Box::new)?;
    let cast = Cast::load()?;
    let holders = person.holders(&cast);
    let mut sizes = BTreeMap::new();
    for (form, name, holders) in [
        (Form::Packed, "packed", &holders[..1]),
        (Form::Composable, "composable", &holders[..]),
    ] {
        let setting = Setting {
            scheme: &person.scheme,
            scorecards: &person.scorecards,
            holders,
            cast: &cast,
            form,
            seed: Some([7; 32]),
            now: morning_after(),
        };
        let walked = walk(&setting, &mut |_| {}).map_err(Box::new)?;
        sized(&walked, name, &mut sizes);
    }
    Ok(sizes)
}

fn sized(walked: &Walk, form: &str, sizes: &mut BTreeMap<String, usize>) {
    for step in walked.steps.iter().filter(|step| step.bytes > 0) {
        let what = match (&step.party, step.verb) {
            (Party::Lender, "ask for a score") => "score_request",
            (Party::Applicant, "generate key") => "public_key",
            (Party::Source(_), "attest") => "attestation",
            (Party::Applicant, "read notice, consent") => "consent",
            (Party::Platform, "log digests, sign head") => "log_head",
            _ => continue,
        };
        sizes.insert(what.to_owned(), step.bytes);
    }
    let mut add = |what: &str, bytes: usize| sizes.insert(format!("{form}_{what}"), bytes);
    let uploads = walked.uploads.iter();
    add("history", uploads.map(|upload| upload.sealed.len()).sum());
    if let Some((evaluation, _)) = walked.answers.first() {
        add("result", evaluation.result().to_bytes().len());
        add("evaluation", evaluation.to_bytes().len());
    }
    add("proof", walked.released.proof_bytes);
    add("release", walked.released.message.len());
    sizes.insert("secret_key".to_owned(), walked.secret.to_bytes().len());
    sizes.insert("evaluation_key".to_owned(), 0);
}
