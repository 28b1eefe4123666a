//! Counters for Prometheus. Labels are routes, statuses and types of refusal:
//! none names a party or a person.

use std::sync::atomic::AtomicI64;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

/// A request, as it is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

/// A refusal, as it is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Refused {
    problem: String,
}

/// The counters of one service.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Answered, Counter>,
    refusals: Family<Refused, Counter>,
    seconds: Histogram,
    evaluations: Counter,
    evaluation_seconds: Histogram,
    deleted: Counter,
    queue: Gauge<i64, AtomicI64>,
    log_size: Gauge<i64, AtomicI64>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("blindscore");
        let requests = Family::<Answered, Counter>::default();
        let refusals = Family::<Refused, Counter>::default();
        let seconds = Histogram::new(exponential_buckets(0.000_5, 2.0, 16));
        let evaluation_seconds = Histogram::new(exponential_buckets(0.000_5, 2.0, 16));
        let (evaluations, deleted) = (Counter::default(), Counter::default());
        let queue = Gauge::<i64, AtomicI64>::default();
        let log_size = Gauge::<i64, AtomicI64>::default();
        registry.register("requests", "Requests answered", requests.clone());
        registry.register(
            "refusals",
            "Requests refused, by type of problem",
            refusals.clone(),
        );
        registry.register_with_unit(
            "request_duration",
            "From a request's head to its answer",
            Unit::Seconds,
            seconds.clone(),
        );
        registry.register(
            "evaluations",
            "Evaluations with receipts",
            evaluations.clone(),
        );
        registry.register_with_unit(
            "evaluation_duration",
            "Admitting, evaluating and signing of an order",
            Unit::Seconds,
            evaluation_seconds.clone(),
        );
        registry.register(
            "histories_deleted",
            "Sealed histories deleted",
            deleted.clone(),
        );
        registry.register(
            "queue_taken",
            "Places of the queue that are taken",
            queue.clone(),
        );
        registry.register("log_entries", "Entries of the log", log_size.clone());
        Self {
            registry,
            requests,
            refusals,
            seconds,
            evaluations,
            evaluation_seconds,
            deleted,
            queue,
            log_size,
        }
    }

    pub(crate) fn answered(
        &self,
        method: &str,
        route: &str,
        status: u16,
        problem: Option<&str>,
        took: Duration,
    ) {
        let answered = Answered {
            method: method.to_owned(),
            route: route.to_owned(),
            status,
        };
        self.requests.get_or_create(&answered).inc();
        self.seconds.observe(took.as_secs_f64());
        if let Some(problem) = problem {
            let problem = problem.to_owned();
            self.refusals.get_or_create(&Refused { problem }).inc();
        }
    }

    pub(crate) fn evaluated(&self, count: usize, took: Duration) {
        self.evaluations.inc_by(count as u64);
        self.evaluation_seconds.observe(took.as_secs_f64());
    }

    pub(crate) fn deleted(&self, count: u64) {
        self.deleted.inc_by(count);
    }

    /// All of it, in Prometheus' text form.
    pub(crate) fn text(&self, queue: usize, log_size: u64) -> String {
        self.queue.set(i64::try_from(queue).unwrap_or(i64::MAX));
        self.log_size
            .set(i64::try_from(log_size).unwrap_or(i64::MAX));
        let mut text = String::new();
        // A string takes all text.
        let _ = encode(&mut text, &self.registry);
        text
    }
}
