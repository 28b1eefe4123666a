//! `demo`: every party in one process, on the bundled data.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use blindscore_client::source::Source;
use blindscore_examples::walk::{Holder, Party, Step, Walk, WalkError, WalkedScore, walk};
use blindscore_examples::{AS_OF, SCORECARDS};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::ledger::Coverage;
use blindscore_history::levels::{CoverageRule, Role, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_history::statement::{ReadOptions, read};
use blindscore_protocol::id::PartyId;
use blindscore_scorecard::Scorecard;
use clap::Args;
use serde::Serialize;

use crate::commands::open::unopened;
use crate::error::{Failure, Outcome};
use crate::inputs::{self, FormArgument, Origin, STATEMENTS};
use crate::output::{count, heading, microseconds, milliseconds, print, print_json, table};
use crate::progress::watched;
use crate::report::{ParametersReport, PlanReport, SchemeReport, ScoreReport, explanation};

/// Show everything at once: one invented person, two data holders, two scorecards
///
/// A bank and a wallet each seal their part of one person's spending history;
/// a platform scores it without seeing it; the person opens the scores and
/// compares them with those computed in the clear. Nothing is written or sent.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore demo\n  blindscore demo --form packed --json")]
pub(crate) struct Demo {
    /// How levels are sealed; packed takes one source, so the bank alone
    #[arg(long, value_enum, default_value = "composable")]
    form: FormArgument,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// A data holder of the demo, with what it read.
struct Reader {
    source: Source,
    roles: Vec<Role>,
    levels: SourceLevels,
    file: &'static str,
    entries: usize,
    covers: Coverage,
    reading: Duration,
}

#[derive(Serialize)]
struct DemoReport {
    form: Form,
    as_of: String,
    key: Digest,
    scheme: SchemeReport,
    parameters: ParametersReport,
    sources: Vec<SourceReport>,
    plans: Vec<PlanReport>,
    scores: Vec<ScoreReport>,
    timings_us: BTreeMap<String, u64>,
    total_us: u64,
    sizes_bytes: BTreeMap<String, usize>,
}

#[derive(Serialize)]
struct SourceReport {
    source: PartyId,
    roles: Vec<Role>,
    statement: &'static str,
    entries: usize,
    covers: Coverage,
    covered_months: u8,
}

impl Demo {
    pub(crate) fn run(&self) -> Outcome {
        let start = Instant::now();
        let form = self.form.into();
        let scheme = inputs::scheme(&Origin::builtin("everyday"))?;
        let scorecards: Vec<Scorecard> = SCORECARDS
            .iter()
            .map(|(name, _)| inputs::scorecard(&Origin::builtin(name), &scheme))
            .collect::<Outcome<_>>()?;
        let readers = readers(&scheme, form)?;
        let holders: Vec<_> = readers
            .iter()
            .map(|r| Holder {
                source: &r.source,
                roles: &r.roles,
                levels: &r.levels,
            })
            .collect();
        let walked = watched("scoring", |spinner| {
            let mut watch = |step: &Step| spinner.set_message(format!("{} done", step.verb));
            walk(&scheme, &scorecards, &holders, form, None, &mut watch)
        });
        let walked = walked.map_err(failed)?;
        let total = start.elapsed();
        if self.json {
            print_json(&report(&scheme, form, &readers, walked, total))?;
        } else {
            print(&text(form, &readers, &walked, total))?;
        }
        Ok(())
    }
}

/// Each holder reads its own statement. The first has every role.
fn readers(scheme: &Scheme, form: Form) -> Outcome<Vec<Reader>> {
    let holders = if form == Form::Packed {
        1
    } else {
        STATEMENTS.len()
    };
    let mut readers = Vec::new();
    for (index, (name, file, text)) in STATEMENTS.into_iter().take(holders).enumerate() {
        let start = Instant::now();
        let ledger =
            read(text.as_bytes(), file, &ReadOptions::default()).map_err(Failure::internal)?;
        let levels = SourceLevels::compute(scheme, &ledger, AS_OF, CoverageRule::Full);
        let levels = levels.map_err(Failure::internal)?;
        let reading = start.elapsed();
        let id = name.parse().map_err(Failure::internal)?;
        let roles = if index == 0 {
            scheme.roles()
        } else {
            Vec::new()
        };
        readers.push(Reader {
            source: Source::generate(id).map_err(Failure::internal)?,
            roles: roles.into_iter().cloned().collect(),
            levels,
            file,
            entries: ledger.entries().len(),
            covers: ledger.coverage(),
            reading,
        });
    }
    Ok(readers)
}

/// The data are bundled, so whatever fails but a security check is a defect.
fn failed(error: WalkError) -> Failure {
    match error {
        WalkError::Open(error) => unopened(error),
        error => {
            Failure::internal(error).hint("please report this, with the version of blindscore")
        }
    }
}

fn report(
    scheme: &Scheme,
    form: Form,
    readers: &[Reader],
    walk: Walk,
    total: Duration,
) -> DemoReport {
    let mut timings_us = BTreeMap::new();
    let mut sizes_bytes = BTreeMap::new();
    for reader in readers {
        let name = format!("{}_read_statement_and_build_levels", reader.source.id());
        timings_us.insert(name, microseconds(reader.reading));
    }
    for (name, step) in named(&walk.steps) {
        timings_us.insert(name.clone(), microseconds(step.time));
        if step.bytes > 0 {
            sizes_bytes.insert(name, step.bytes);
        }
    }
    DemoReport {
        form,
        as_of: AS_OF.to_string(),
        key: walk.key,
        scheme: SchemeReport::of(scheme),
        parameters: ParametersReport::only(),
        sources: readers.iter().map(source_report).collect(),
        plans: walk
            .scores
            .iter()
            .map(|score| PlanReport::of(&score.plan))
            .collect(),
        scores: walk.scores.into_iter().map(score_report).collect(),
        timings_us,
        total_us: microseconds(total),
        sizes_bytes,
    }
}

/// Steps by name, such as `bank_seal`; those that come again are numbered.
fn named(steps: &[Step]) -> Vec<(String, &Step)> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let name = |step: &Step| format!("{}_{}", party(&step.party), step.verb.replace(' ', "_"));
    let of_name = |wanted: &str| steps.iter().filter(|step| name(step) == wanted).count();
    let number = |step| {
        let name = name(step);
        let nth = seen.entry(name.clone()).or_default();
        *nth += 1;
        if of_name(&name) > 1 {
            (format!("{name}_{nth}"), step)
        } else {
            (name, step)
        }
    };
    steps.iter().map(number).collect()
}

fn source_report(reader: &Reader) -> SourceReport {
    SourceReport {
        source: reader.source.id().clone(),
        roles: reader.roles.clone(),
        statement: reader.file,
        entries: reader.entries,
        covers: reader.covers,
        covered_months: reader.levels.covered_months(),
    }
}

fn score_report(score: WalkedScore) -> ScoreReport {
    ScoreReport {
        scorecard: score.name,
        provider: score.provider,
        digest: score.scorecard,
        encrypted: score.opened.published(),
        plaintext: score.plain.published,
        equal: score.equal,
        shifted: score.opened.shifted(),
        points: score.explanation.points,
        reasons: score.explanation.reasons,
    }
}

fn text(form: Form, readers: &[Reader], walk: &Walk, total: Duration) -> String {
    let mut text =
        String::from("One invented person applies for credit. Their spending is known to ");
    text += match form {
        Form::Packed => "a bank.\n",
        Form::Composable => "a bank and a wallet, a part to each.\n",
    };
    text += &heading("Who held and who saw what");
    text += &parties(readers, walk);
    text += &heading("What happened");
    text += &steps(readers, walk);
    text += &heading("The scores");
    text += &scores(walk);
    for score in &walk.scores {
        text += &heading(&format!(
            "Why {} by {}",
            score.opened.published(),
            score.name
        ));
        text += &explanation(&score.explanation);
    }
    text += &format!(
        "\nAll of it took {} ms, {} ms of them at the platform. Nothing was written or sent.\n\
         To take the steps yourself, on files: blindscore examples write play\n",
        milliseconds(total),
        milliseconds(
            walk.steps
                .iter()
                .filter(|s| s.party == Party::Platform)
                .map(|s| s.time)
                .sum()
        ),
    );
    text
}

fn parties(readers: &[Reader], walk: &Walk) -> String {
    let received: usize = walk
        .steps
        .iter()
        .filter(|s| s.party != Party::Platform)
        .map(|s| s.bytes)
        .sum();
    let mut rows = Vec::new();
    for reader in readers {
        rows.push([
            reader.source.id().to_string(),
            format!(
                "{}: {} entries of its own customer",
                reader.file,
                count(reader.entries)
            ),
            "what it had before, nothing else".to_owned(),
        ]);
    }
    rows.push([
        "platform".to_owned(),
        format!("{} scorecards, no key", walk.scores.len()),
        format!(
            "{} bytes of ciphertext and public key, and times; no amount, no score",
            count(received)
        ),
    ]);
    rows.push([
        "applicant".to_owned(),
        "the only key that opens anything".to_owned(),
        "own levels, scores, points and reasons".to_owned(),
    ]);
    table(["party", "held", "saw"], rows, &[])
}

fn steps(readers: &[Reader], walk: &Walk) -> String {
    let reading = readers.iter().map(|reader| {
        let verb = "read statement, build levels".to_owned();
        [
            reader.source.id().to_string(),
            verb,
            milliseconds(reader.reading),
            String::new(),
        ]
    });
    let walked = walk.steps.iter().map(|step| {
        let bytes = if step.bytes == 0 {
            String::new()
        } else {
            count(step.bytes)
        };
        [
            party(&step.party),
            match &step.scorecard {
                Some(scorecard) => format!("{}: {scorecard}", step.verb),
                None => step.verb.to_owned(),
            },
            milliseconds(step.time),
            bytes,
        ]
    });
    table(
        ["party", "did", "ms", "bytes sent"],
        reading.chain(walked),
        &[2, 3],
    )
}

fn scores(walk: &Walk) -> String {
    let rows = walk.scores.iter().map(|score| {
        [
            score.name.clone(),
            score.opened.published().to_string(),
            score.plain.published.to_string(),
            if score.equal { "yes" } else { "NO" }.to_owned(),
        ]
    });
    table(
        ["scorecard", "encrypted", "in the clear", "equal"],
        rows,
        &[1, 2],
    )
}

fn party(party: &Party) -> String {
    match party {
        Party::Applicant => "applicant".to_owned(),
        Party::Source(source) => source.to_string(),
        Party::Platform => "platform".to_owned(),
    }
}
