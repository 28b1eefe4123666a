//! Orders, one after the other or so many a second, and what came of each.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use blindscore_client::http::{Async, HttpError, idempotency_key};
use blindscore_history::digest::Digest;
use blindscore_protocol::api::{EvaluationAnswer, ProblemKind};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::Fault;
use crate::applicants::Applicant;
use crate::tally::Tally;

/// Orders under way at once when they are sent whether answers come or not.
const UNDER_WAY: usize = 4096;
/// How long a refused order is sent again.
const PATIENCE: Duration = Duration::from_secs(900);

/// Who sends what to whom.
pub(crate) struct Load {
    /// The platform.
    pub(crate) calls: Async,
    /// The applicants, who take turns.
    pub(crate) applicants: Vec<Applicant>,
    turn: AtomicUsize,
}

/// An order, by its applicant and its idempotency key.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Place in the list of applicants.
    pub(crate) applicant: usize,
    key: String,
}

/// An order that was acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    /// Place in the list of applicants.
    pub(crate) applicant: usize,
    /// The use that it was.
    pub(crate) consent_use: u32,
    /// Its receipts with their places in the log.
    pub(crate) receipts: Vec<(Digest, u64)>,
}

/// What came of a phase's orders.
#[derive(Debug, Default)]
pub(crate) struct Phase {
    /// Counts and times.
    pub(crate) tally: Tally,
    /// Acknowledged.
    pub(crate) done: Vec<Done>,
    /// Refused for now: nothing was begun.
    pub(crate) refused: Vec<Sent>,
    /// Whatever else: whether it was done is not known.
    pub(crate) unknown: Vec<Sent>,
    /// The last answer of each applicant that reviews one.
    pub(crate) kept: BTreeMap<usize, EvaluationAnswer>,
    /// How long it took.
    pub(crate) took: Duration,
}

/// How orders come.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    /// So many under way at any time.
    UnderWay(u32),
    /// So many a second, evenly.
    ASecond(f64),
}

impl Load {
    /// Nothing sent yet.
    pub(crate) fn new(calls: Async, applicants: Vec<Applicant>) -> Self {
        let turn = AtomicUsize::new(0);
        Self {
            calls,
            applicants,
            turn,
        }
    }

    fn next(&self) -> Result<Sent, Fault> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        Ok(Sent {
            applicant: turn % self.applicants.len(),
            key: idempotency_key()?,
        })
    }

    async fn send(&self, sent: &Sent) -> Result<EvaluationAnswer, HttpError> {
        let applicant = &self.applicants[sent.applicant];
        let order = applicant.caller().evaluate(&applicant.order, &sent.key);
        self.calls.send(&order).await
    }

    /// Sends an order that was due at `due` and records what came of it: how
    /// long to wait if it was refused for now.
    async fn order(
        &self,
        sent: Sent,
        due: Instant,
        start: Instant,
        phase: &Mutex<Phase>,
    ) -> Option<Duration> {
        let answer = self.send(&sent).await;
        let now = Instant::now();
        let applicant = &self.applicants[sent.applicant];
        let mut phase = phase.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Ok(answer) => {
                phase.tally.done(applicant.form, now - due, now - start);
                phase.done.push(done(sent.applicant, &answer));
                if applicant.reviewing {
                    phase.kept.insert(sent.applicant, answer);
                }
                None
            }
            Err(error) => {
                let kind = error.problem();
                let name = kind.map_or("no answer", ProblemKind::name);
                let passes = kind.is_some_and(ProblemKind::passes);
                let wait = error.retry_after();
                phase.tally.refused(name, passes, wait);
                match kind {
                    Some(ProblemKind::Busy | ProblemKind::RateLimited) => phase.refused.push(sent),
                    _ => phase.unknown.push(sent),
                }
                Some(Duration::from_secs(wait.unwrap_or(1)))
            }
        }
    }
}

fn done(applicant: usize, answer: &EvaluationAnswer) -> Done {
    let receipts = answer.answers.iter();
    Done {
        applicant,
        consent_use: answer.consent_use,
        receipts: receipts
            .map(|answered| (answered.receipt, answered.log_index))
            .collect(),
    }
}

/// Sends orders at this pace for so long, and waits for the last answers.
pub(crate) async fn drive(load: &Arc<Load>, pace: Pace, long: Duration) -> Result<Phase, Fault> {
    let phase = Arc::new(Mutex::new(Phase::default()));
    let start = Instant::now();
    let mut tasks: JoinSet<Result<(), Fault>> = JoinSet::new();
    match pace {
        Pace::UnderWay(concurrency) => {
            for _ in 0..concurrency {
                let (load, phase) = (Arc::clone(load), Arc::clone(&phase));
                tasks.spawn(async move {
                    while start.elapsed() < long {
                        let sent = load.next()?;
                        let refused = load.order(sent, Instant::now(), start, &phase).await;
                        if let Some(wait) = refused {
                            sleep(wait).await;
                        }
                    }
                    Ok(())
                });
            }
        }
        Pace::ASecond(rate) => {
            for number in 0.. {
                // By its number, so that what is late now is made up for.
                let after = Duration::from_secs_f64(f64::from(number) / rate);
                if after >= long {
                    break;
                }
                let due = start + after;
                sleep_until(due).await;
                while tasks.try_join_next().is_some() {}
                if tasks.len() >= UNDER_WAY {
                    let mut phase = phase.lock().unwrap_or_else(PoisonError::into_inner);
                    phase.tally.held_back += 1;
                    continue;
                }
                let (load, phase) = (Arc::clone(load), Arc::clone(&phase));
                let sent = load.next()?;
                tasks.spawn(async move {
                    load.order(sent, due, start, &phase).await;
                    Ok(())
                });
            }
        }
    }
    while let Some(task) = tasks.join_next().await {
        task??;
    }
    let mut phase = phase.lock().unwrap_or_else(PoisonError::into_inner);
    phase.took = start.elapsed();
    Ok(std::mem::take(&mut phase))
}

/// Sends orders again, each under its own idempotency key, until each is
/// acknowledged: those that were, and how many never came through.
pub(crate) async fn settle(
    load: &Arc<Load>,
    orders: Vec<Sent>,
    at_once: u32,
) -> Result<(Vec<Done>, u64), Fault> {
    let all = orders.len();
    let orders = Arc::new(Mutex::new(orders.into_iter()));
    let end = Instant::now() + PATIENCE;
    let mut tasks: JoinSet<Vec<Done>> = JoinSet::new();
    for _ in 0..at_once {
        let (load, orders) = (Arc::clone(load), Arc::clone(&orders));
        tasks.spawn(async move {
            let next = || {
                let mut orders = orders.lock().unwrap_or_else(PoisonError::into_inner);
                orders.next()
            };
            let mut settled = Vec::new();
            while let Some(sent) = next() {
                while Instant::now() < end {
                    match load.send(&sent).await {
                        Ok(answer) => {
                            settled.push(done(sent.applicant, &answer));
                            break;
                        }
                        Err(error) if may_pass(&error) => {
                            sleep(Duration::from_secs(error.retry_after().unwrap_or(1))).await;
                        }
                        Err(_) => break,
                    }
                }
            }
            settled
        });
    }
    let mut settled = Vec::new();
    while let Some(task) = tasks.join_next().await {
        settled.extend(task?);
    }
    let lost = all - settled.len();
    Ok((settled, lost as u64))
}

fn may_pass(error: &HttpError) -> bool {
    match error.problem() {
        Some(kind) => kind.passes() || kind == ProblemKind::Conflict,
        None => matches!(error, HttpError::Transport { .. }),
    }
}
