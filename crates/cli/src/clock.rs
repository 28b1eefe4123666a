//! The time, for everything that is dated or expires.

use jiff::{Span, Timestamp};

use crate::error::{Failure, Outcome};

/// Now, by this machine's clock, in whole seconds: finer times would tell
/// lender and platform more of a person's rhythm than they need.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// So many days of 24 hours after a time.
pub(crate) fn days_after(start: Timestamp, days: u32) -> Outcome<Timestamp> {
    let too_many = |_| Failure::usage(format!("{days} days are too many")).hint("give fewer days");
    let hours = Span::new()
        .try_hours(i64::from(days).saturating_mul(24))
        .map_err(too_many)?;
    start.checked_add(hours).map_err(too_many)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_whole_seconds_and_days_are_bounded() {
        assert_eq!(now().subsec_nanosecond(), 0);
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let week = days_after(start, 7).unwrap();
        assert_eq!(week.to_string(), "2026-01-08T00:00:00Z");
        assert!(days_after(start, u32::MAX).is_err());
    }
}
