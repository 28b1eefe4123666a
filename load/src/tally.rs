//! What came of orders: counts and times.

use std::collections::BTreeMap;
use std::time::Duration;

use blindscore_history::form::Form;
use hdrhistogram::Histogram;
use serde::Serialize;

/// Longest time that is told apart, in microseconds.
const MOST: u64 = 600_000_000;
/// Length of the stretches whose rates are compared.
const STRETCH: Duration = Duration::from_secs(10);

/// Times of answers, in microseconds, to three digits.
#[derive(Clone, Debug)]
pub(crate) struct Times(Histogram<u64>);

/// Times of answers in milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Percentiles {
    /// How many.
    pub(crate) count: u64,
    /// Half took no longer.
    pub(crate) p50: f64,
    /// 95 in 100 took no longer.
    pub(crate) p95: f64,
    /// 99 in 100 took no longer.
    pub(crate) p99: f64,
    /// None took longer.
    pub(crate) max: f64,
}

/// What came of orders.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Orders acknowledged, by form.
    pub(crate) times: BTreeMap<&'static str, Times>,
    /// Orders acknowledged in each stretch.
    stretches: Vec<u64>,
    /// Orders not acknowledged, by type of problem.
    pub(crate) refused: BTreeMap<String, u64>,
    /// Shortest and longest `Retry-After` that a refusal carried, in seconds.
    pub(crate) retry_after: Option<(u64, u64)>,
    /// Refusals for now that carried none.
    pub(crate) without_retry_after: u64,
    /// Orders that were due while too many were under way.
    pub(crate) held_back: u64,
}

impl Default for Times {
    fn default() -> Self {
        // Never fails: the bounds are ours.
        Self(Histogram::new_with_bounds(1, MOST, 3).expect("bounds in order"))
    }
}

impl Times {
    /// Counts one.
    pub(crate) fn record(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(MOST);
        self.0.saturating_record(micros.clamp(1, MOST));
    }

    /// The times of both.
    pub(crate) fn and(&mut self, other: &Self) {
        // Never fails: all of them have the same bounds.
        let _ = self.0.add(&other.0);
    }

    /// What is shown.
    pub(crate) fn percentiles(&self) -> Percentiles {
        let millis = |micros: u64| micros as f64 / 1e3;
        let at = |quantile| millis(self.0.value_at_quantile(quantile));
        if self.0.is_empty() {
            return Percentiles::default();
        }
        Percentiles {
            count: self.0.len(),
            p50: at(0.50),
            p95: at(0.95),
            p99: at(0.99),
            max: millis(self.0.max()),
        }
    }
}

impl Tally {
    /// Counts an order that was acknowledged so long after the start.
    pub(crate) fn done(&mut self, form: Form, took: Duration, at: Duration) {
        self.times.entry(name(form)).or_default().record(took);
        let stretch = (at.as_secs() / STRETCH.as_secs()) as usize;
        if self.stretches.len() <= stretch {
            self.stretches.resize(stretch + 1, 0);
        }
        self.stretches[stretch] += 1;
    }

    /// Counts an order that was not.
    pub(crate) fn refused(&mut self, problem: &str, passes: bool, retry_after: Option<u64>) {
        *self.refused.entry(problem.to_owned()).or_default() += 1;
        match (retry_after, self.retry_after) {
            (Some(wait), None) => self.retry_after = Some((wait, wait)),
            (Some(wait), Some((least, most))) => {
                self.retry_after = Some((least.min(wait), most.max(wait)));
            }
            (None, _) if passes => self.without_retry_after += 1,
            (None, _) => {}
        }
    }

    /// Orders acknowledged.
    pub(crate) fn orders(&self) -> u64 {
        self.all().percentiles().count
    }

    /// Orders not acknowledged.
    pub(crate) fn not_done(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Times of both forms.
    pub(crate) fn all(&self) -> Times {
        let mut all = Times::default();
        self.times.values().for_each(|times| all.and(times));
        all
    }

    /// Orders a second in the slowest and in the fastest whole stretch.
    pub(crate) fn range(&self) -> Option<(f64, f64)> {
        let (_, whole) = self.stretches.split_last()?;
        let rate = |count: &u64| *count as f64 / STRETCH.as_secs_f64();
        Some((rate(whole.iter().min()?), rate(whole.iter().max()?)))
    }
}

/// A form's name.
pub(crate) fn name(form: Form) -> &'static str {
    match form {
        Form::Packed => "packed",
        Form::Composable => "composable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_times_recorded() {
        let mut times = Times::default();
        assert_eq!(times.percentiles().count, 0);
        (1..=1000).for_each(|millis| times.record(Duration::from_millis(millis)));
        let shown = times.percentiles();
        assert_eq!(shown.count, 1000);
        for (got, want) in [
            (shown.p50, 500.0),
            (shown.p95, 950.0),
            (shown.p99, 990.0),
            (shown.max, 1000.0),
        ] {
            assert!((got - want).abs() / want < 0.002, "{got} for {want}");
        }
        times.record(Duration::from_secs(100_000));
        assert!(times.percentiles().max >= 600_000.0);
    }

    #[test]
    fn a_tally_counts_by_form_stretch_and_refusal() {
        let mut tally = Tally::default();
        let (ms, s) = (Duration::from_millis, Duration::from_secs);
        for second in 0..25 {
            tally.done(Form::Packed, ms(2), s(second));
        }
        tally.done(Form::Composable, ms(30), s(3));
        assert_eq!(tally.orders(), 26);
        assert_eq!(tally.range(), Some((1.0, 1.1)));
        tally.refused("busy", true, Some(2));
        tally.refused("busy", true, Some(1));
        tally.refused("busy", true, None);
        tally.refused("internal", false, None);
        assert_eq!((tally.refused["busy"], tally.not_done()), (3, 4));
        assert_eq!(tally.retry_after, Some((1, 2)));
        assert_eq!(tally.without_retry_after, 1);
    }
}
