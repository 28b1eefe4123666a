//! `cargo run --release -p blindscore-load -- --help`: a platform's service
//! under load.
//!
//! It starts `blindscore serve` as a process of its own, hands in invented
//! applicants and then sends orders: at first so many under way at any time,
//! minutes long, for rates, times and memory; then several times more than were
//! done, for what the service refuses. What was refused is sent again under the
//! same idempotency key. In the end, on the service started again, everything
//! acknowledged must be there, once, in the consents and in the log.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use blindscore_client::http::{Async, anybody};
use blindscore_fhe::yardstick::Bootstrap;
use clap::Parser;

mod afterwards;
mod applicants;
mod drive;
mod options;
mod parties;
mod report;
mod resources;
mod server;
mod tally;

use drive::{Done, Load, Pace, Phase, drive, settle};
use options::Options;
use parties::Parties;
use report::{Overload, Report, Run, Told};
use resources::Watch;
use server::Server;

/// Whatever ends a run early.
type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Bootstraps of which the median counts.
const BOOTSTRAPS: usize = 15;

fn main() -> ExitCode {
    let options = Options::parse();
    if let Err(fault) = options.check() {
        eprintln!("error: {fault}");
        return ExitCode::from(2);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let ran = runtime
        .map_err(Fault::from)
        .and_then(|runtime| runtime.block_on(run(&options)));
    match ran {
        Ok(report) => {
            let shown = match options.json {
                true => serde_json::to_string_pretty(&report).expect("names and numbers are JSON"),
                false => report.to_string(),
            };
            println!("{shown}");
            match report.is_well() {
                true => ExitCode::SUCCESS,
                false => ExitCode::FAILURE,
            }
        }
        Err(fault) => {
            eprintln!("error: {fault}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Result<Report, Fault> {
    let bootstrap_ms = bootstrap();
    let mut server = Server::start(options)?;
    let calls = Async::connect(&server.url, &[]).await?;
    let parties = Arc::new(Parties::enter(&calls, &server.token).await?);
    let token = server.token.clone();
    eprintln!("making and handing in {} applicants", options.applicants);
    let ran = loaded(options, &mut server, calls, &parties, bootstrap_ms).await;
    // Whatever became of the run, a platform that goes on knows whom it knew.
    let calls = Async::connect(&server.url, &[]).await?;
    parties.leave(&calls, &token).await?;
    server.stop()?;
    ran
}

async fn loaded(
    options: &Options,
    server: &mut Server,
    calls: Async,
    parties: &Arc<Parties>,
    bootstrap_ms: f64,
) -> Result<Report, Fault> {
    let applicants = applicants::prepare(options, parties, &calls).await?;
    let before = calls.send(&anybody::log_head()).await?;
    let load = Arc::new(Load::new(calls, applicants));

    let pace = match options.rate {
        Some(rate) => Pace::ASecond(rate),
        None => Pace::UnderWay(options.concurrency),
    };
    let (disk, watch) = (server.disk(), Watch::begin(server.pid));
    eprintln!("{} minutes of steady load", options.minutes);
    let long = Duration::from_secs_f64(options.minutes * 60.0);
    let mut steady = drive(&load, pace, long).await?;
    let service = watch.end();
    let told = Told::of(&steady, bootstrap_ms);
    let evaluations = told.evaluations_a_second * told.seconds;
    let grew = server.disk().zip(disk);
    let disk_an_evaluation = grew
        .filter(|_| options.database.is_none() && evaluations > 0.0)
        .map(|(now, then)| now.saturating_sub(then) as f64 / evaluations);
    let mut done = std::mem::take(&mut steady.done);
    let mut kept = std::mem::take(&mut steady.kept);
    let never = again(&load, options, &mut steady, &mut done).await?.1;

    let mut overload = None;
    if options.overload > 0.0 {
        let rate = told.orders_a_second * options.overload;
        let pace = Pace::ASecond(rate.max(1.0));
        let long = Duration::from_secs(options.overload_seconds);
        eprintln!("{} seconds of overload", options.overload_seconds);
        let watch = Watch::begin(server.pid);
        let mut phase = drive(&load, pace, long).await?;
        kept.append(&mut phase.kept);
        let service = watch.end();
        let said = overloaded(&load, options, phase, &mut done, bootstrap_ms).await?;
        overload = Some(Overload { service, ..said });
    }

    let alone = server.restart()?;
    let mut load = Arc::into_inner(load).ok_or("an order is still under way")?;
    load.calls = Async::connect(&server.url, &[]).await?;
    let mut found = afterwards::consents(&load, &done, &BTreeMap::new()).await?;
    let registry = &parties.registry;
    afterwards::log(&load, registry, &before, &done, alone, &mut found).await?;
    let mut reviewed = 0;
    for (applicant, answer) in &kept {
        match applicants::review(parties, &load.applicants[*applicant], answer) {
            Ok(agreed) => reviewed += agreed,
            Err(fault) => found.fault(format!("an answer does not stand its review: {fault}")),
        }
    }
    judge(&mut found, &told, never, overload.as_ref());
    Ok(Report {
        run: Run {
            database: match &options.database {
                _ if options.platform.is_some() => "of a running service",
                Some(url) if url.starts_with("postgres") => "postgres",
                _ => "sqlite",
            },
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            applicants: options.applicants,
            form: format!("{:?}", options.form).to_lowercase(),
            scorecards: options.scorecards,
            pace: match pace {
                Pace::UnderWay(many) => format!("{many} orders under way"),
                Pace::ASecond(rate) => format!("{rate} orders a second"),
            },
            bootstrap_ms,
        },
        evaluations_a_core_second: service
            .cores
            .filter(|cores| *cores > 0.0)
            .map(|cores| told.evaluations_a_second / cores),
        steady: told,
        service,
        disk_an_evaluation,
        overload,
        afterwards: found,
        reviewed,
        restarted: alone,
    })
}

/// What came of more orders than can be done: first what the platform holds,
/// then the refused ones sent again.
async fn overloaded(
    load: &Arc<Load>,
    options: &Options,
    mut phase: Phase,
    done: &mut Vec<Done>,
    bootstrap_ms: f64,
) -> Result<Overload, Fault> {
    let told = Told::of(&phase, bootstrap_ms);
    let sent = phase.tally.orders() + phase.tally.not_done();
    let without = phase.tally.without_retry_after;
    done.append(&mut phase.done);
    let mut unknown = BTreeMap::new();
    for sent in &phase.unknown {
        *unknown.entry(sent.applicant).or_default() += 1;
    }
    let mut before_sending_again = afterwards::consents(load, done, &unknown).await?;
    if without > 0 {
        let fault = format!("{without} refusals for now without Retry-After");
        before_sending_again.fault(fault);
    }
    let (acknowledged_later, never) = again(load, options, &mut phase, done).await?;
    Ok(Overload {
        sent_a_second: sent as f64 / options.overload_seconds.max(1) as f64,
        told,
        service: resources::Taken::default(),
        before_sending_again,
        acknowledged_later,
        never,
    })
}

/// Sends what was not acknowledged again: how many were acknowledged now, and
/// how many never.
async fn again(
    load: &Arc<Load>,
    options: &Options,
    phase: &mut Phase,
    done: &mut Vec<Done>,
) -> Result<(u64, u64), Fault> {
    let mut orders = std::mem::take(&mut phase.refused);
    orders.append(&mut phase.unknown);
    if !orders.is_empty() {
        eprintln!("sending {} orders again", orders.len());
    }
    let (mut settled, never) = settle(load, orders, options.concurrency).await?;
    let acknowledged = settled.len() as u64;
    done.append(&mut settled);
    Ok((acknowledged, never))
}

/// What must hold of a run beside what the platform holds.
fn judge(found: &mut afterwards::Found, steady: &Told, never: u64, overload: Option<&Overload>) {
    if steady.acknowledged == 0 {
        found.fault("no order was acknowledged");
    }
    if never > 0 {
        found.fault(format!("{never} orders were never acknowledged"));
    }
    let Some(overload) = overload else {
        return;
    };
    for fault in &overload.before_sending_again.faults {
        found.fault(format!("before refused orders were sent again: {fault}"));
    }
    if overload.never > 0 {
        let never = overload.never;
        found.fault(format!("{never} refused orders were never acknowledged"));
    }
    if !overload.told.refused.contains_key("busy") {
        found.fault("the overload was none: no order was refused; send more (--overload)");
    }
}

/// One bootstrap on one core, in milliseconds: what this machine is worth now.
fn bootstrap() -> f64 {
    let bootstrap = Bootstrap::generate(2);
    let mut bench = bootstrap.bench();
    let mut times: Vec<_> = (0..BOOTSTRAPS)
        .map(|_| {
            let start = Instant::now();
            bootstrap.run(&mut bench);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[BOOTSTRAPS / 2].as_secs_f64() * 1e3
}
