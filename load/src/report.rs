//! What is told at the end, for people and for programs.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::afterwards::Found;
use crate::drive::Phase;
use crate::resources::Taken;
use crate::tally::Percentiles;

/// All of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Report {
    /// What was told to do.
    pub(crate) run: Run,
    /// The steady load.
    pub(crate) steady: Told,
    /// What the service took of the machine meanwhile.
    pub(crate) service: Taken,
    /// Evaluations for each second that the service kept a core busy, which
    /// others on the machine change less than the rate.
    pub(crate) evaluations_a_core_second: Option<f64>,
    /// Bytes that the service's folder grew by, of one evaluation; without
    /// PostgreSQL, which keeps its own.
    pub(crate) disk_an_evaluation: Option<f64>,
    /// More than could be done.
    pub(crate) overload: Option<Overload>,
    /// What was found afterwards.
    pub(crate) afterwards: Found,
    /// Scores of reviewed answers that are the scores in the clear.
    pub(crate) reviewed: u64,
    /// Whether the service was stopped and started before it was looked.
    pub(crate) restarted: bool,
}

/// What was told to do.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Run {
    /// `sqlite`, `postgres`, or that of a running service.
    pub(crate) database: &'static str,
    /// Cores of the machine, which tool and service share.
    pub(crate) cores: usize,
    /// Applicants.
    pub(crate) applicants: u32,
    /// Their form.
    pub(crate) form: String,
    /// Scorecards of an order.
    pub(crate) scorecards: u32,
    /// How orders came.
    pub(crate) pace: String,
    /// One bootstrap of tfhe on one core, in milliseconds, measured before.
    pub(crate) bootstrap_ms: f64,
}

/// What came of a phase, as it is told.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Told {
    /// Seconds.
    pub(crate) seconds: f64,
    /// Orders acknowledged a second.
    pub(crate) orders_a_second: f64,
    /// Evaluations acknowledged a second.
    pub(crate) evaluations_a_second: f64,
    /// The same, in the time of one bootstrap.
    pub(crate) evaluations_a_bootstrap: f64,
    /// Orders a second in the slowest and the fastest ten seconds.
    pub(crate) range: Option<(f64, f64)>,
    /// Milliseconds to the answer, by form and of all.
    pub(crate) latency: BTreeMap<String, Percentiles>,
    /// Orders acknowledged.
    pub(crate) acknowledged: u64,
    /// Orders that were not, by type of problem.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Shortest and longest `Retry-After`, in seconds.
    pub(crate) retry_after: Option<(u64, u64)>,
    /// Orders that were due while too many were under way.
    pub(crate) held_back: u64,
}

/// More than could be done.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Overload {
    /// Orders a second that were sent.
    pub(crate) sent_a_second: f64,
    /// What came of them.
    pub(crate) told: Told,
    /// What the service took of the machine meanwhile.
    pub(crate) service: Taken,
    /// What the platform held before anything was sent again.
    pub(crate) before_sending_again: Found,
    /// Orders that were refused, sent again under the same key and acknowledged.
    pub(crate) acknowledged_later: u64,
    /// Orders that never came through.
    pub(crate) never: u64,
}

impl Told {
    /// What came of a phase.
    pub(crate) fn of(phase: &Phase, bootstrap_ms: f64) -> Self {
        let tally = &phase.tally;
        let seconds = phase.took.as_secs_f64().max(f64::MIN_POSITIVE);
        let evaluations: usize = phase.done.iter().map(|order| order.receipts.len()).sum();
        let evaluations = evaluations as f64 / seconds;
        let all = [("all".to_owned(), tally.all().percentiles())];
        let each = tally.times.iter();
        let each = each.map(|(form, times)| ((*form).to_owned(), times.percentiles()));
        Self {
            seconds,
            orders_a_second: tally.orders() as f64 / seconds,
            evaluations_a_second: evaluations,
            evaluations_a_bootstrap: evaluations * bootstrap_ms / 1e3,
            range: tally.range(),
            latency: each.chain(all).collect(),
            acknowledged: tally.orders(),
            refused: tally.refused.clone(),
            retry_after: tally.retry_after,
            held_back: tally.held_back,
        }
    }
}

impl Report {
    /// Whether nothing was lost and nothing was counted twice.
    pub(crate) fn is_well(&self) -> bool {
        self.afterwards.is_well()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let run = &self.run;
        let (form, cards) = (&run.form, run.scorecards);
        writeln!(
            f,
            "{} applicants ({form}), {cards} scorecard(s) an order, {}; database {}",
            run.applicants, run.pace, run.database,
        )?;
        writeln!(
            f,
            "{} cores shared by tool and service; one bootstrap alone {:.1} ms",
            run.cores, run.bootstrap_ms,
        )?;
        writeln!(f, "\nSteady load")?;
        told(f, &self.steady)?;
        writeln!(f, "\nService")?;
        taken(f, &self.service)?;
        if let Some(rate) = self.evaluations_a_core_second {
            line(f, "evaluations a core-s", &format!("{rate:.1}"))?;
        }
        if let Some(bytes) = self.disk_an_evaluation {
            let disk = format!("{:.1} KB", bytes / 1e3);
            line(f, "disk an evaluation", &disk)?;
        }
        if let Some(overload) = &self.overload {
            writeln!(
                f,
                "\nOverload, {:.0} orders a second",
                overload.sent_a_second
            )?;
            told(f, &overload.told)?;
            line(f, "memory at the highest", &mb(overload.service.highest))?;
            line(f, "sent again and done", &overload.acknowledged_later)?;
            line(f, "never done", &overload.never)?;
        }
        let found = &self.afterwards;
        let when = match self.restarted {
            true => ", after a restart",
            false => "",
        };
        writeln!(f, "\nAfterwards{when}")?;
        line(f, "orders acknowledged", &found.orders)?;
        line(f, "uses counted", &found.uses)?;
        line(f, "receipts promised", &found.evaluations)?;
        line(f, "receipts held", &found.receipts)?;
        line(f, "log grew by", &found.log_entries)?;
        line(f, "answers reviewed", &self.reviewed)?;
        for fault in &found.faults {
            line(f, "FAULT", fault)?;
        }
        match self.is_well() {
            true => write!(f, "nothing lost, nothing counted twice"),
            false => write!(f, "NOT as it must be"),
        }
    }
}

fn told(f: &mut fmt::Formatter<'_>, told: &Told) -> fmt::Result {
    let rate = format!("{:.1}", told.evaluations_a_second);
    line(f, "evaluations a second", &rate)?;
    let bootstrap = format!("{:.2}", told.evaluations_a_bootstrap);
    line(f, "in one bootstrap's time", &bootstrap)?;
    let range = match told.range {
        Some((least, most)) => format!(" (10-second stretches: {least:.1} to {most:.1})"),
        None => String::new(),
    };
    let orders = format!("{:.1}{range}", told.orders_a_second);
    line(f, "orders a second", &orders)?;
    let orders = told.acknowledged;
    line(
        f,
        "acknowledged",
        &format!("{orders} in {:.1} s", told.seconds),
    )?;
    for (name, count) in &told.refused {
        line(f, &format!("refused: {name}"), count)?;
    }
    if let Some((least, most)) = told.retry_after {
        line(f, "Retry-After", &format!("{least} to {most} s"))?;
    }
    if told.held_back > 0 {
        line(f, "held back by the tool", &told.held_back)?;
    }
    for (name, times) in &told.latency {
        let Percentiles {
            count,
            p50,
            p95,
            p99,
            max,
        } = times;
        let times = format!("p50 {p50:.1}  p95 {p95:.1}  p99 {p99:.1}  max {max:.1} ms  ({count})");
        line(f, &format!("latency, {name}"), &times)?;
    }
    Ok(())
}

fn taken(f: &mut fmt::Formatter<'_>, taken: &Taken) -> fmt::Result {
    line(f, "memory at the start", &mb(taken.start))?;
    line(f, "after the first minute", &mb(taken.first_minute))?;
    line(f, "at the end", &mb(taken.end))?;
    line(f, "at the highest", &mb(taken.highest))?;
    let minutes = taken.minutes.iter().map(|bytes| bytes / 1_000_000);
    let minutes: Vec<_> = minutes.map(|mb| mb.to_string()).collect();
    if minutes.len() > 1 {
        line(f, "by minute, MB", &minutes.join(" "))?;
    }
    let cores = |cores: Option<f64>| match cores {
        Some(cores) => format!("{cores:.2}"),
        None => "not known".to_owned(),
    };
    line(f, "cores kept busy", &cores(taken.cores))?;
    line(f, "by this tool", &cores(taken.tool_cores))
}

fn mb(bytes: Option<u64>) -> String {
    match bytes {
        Some(bytes) => format!("{:.1} MB", bytes as f64 / 1e6),
        None => "not known".to_owned(),
    }
}

fn line(f: &mut fmt::Formatter<'_>, name: &str, value: &impl fmt::Display) -> fmt::Result {
    writeln!(f, "  {name:<23} {value}")
}
