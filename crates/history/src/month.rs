//! Calendar months: the windows of a scheme count whole ones.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A month of a year, such as March 2026; shown as `2026-03`.
///
/// ```
/// use blindscore_history::month::YearMonth;
/// let march: YearMonth = "2026-03".parse()?;
/// assert_eq!(march.minus(3).to_string(), "2025-12");
/// assert_eq!(march.last_day().to_string(), "2026-03-31");
/// # Ok::<(), blindscore_history::month::MonthParseError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearMonth {
    year: i16,
    month: i8,
}

impl YearMonth {
    /// The month that `date` lies in.
    pub fn of(date: Date) -> Self {
        Self {
            year: date.year(),
            month: date.month(),
        }
    }

    /// The month `months` before this one. Stops at January of the year -9999,
    /// where the calendar ends.
    #[must_use]
    pub fn minus(self, months: u32) -> Self {
        Self::at(self.index() - i64::from(months))
    }

    /// The month `months` after this one. Stops at December of the year 9999,
    /// where the calendar ends.
    #[must_use]
    pub fn plus(self, months: u32) -> Self {
        Self::at(self.index() + i64::from(months))
    }

    /// How many months this one lies after `earlier`; negative when before it.
    pub fn months_since(self, earlier: Self) -> i32 {
        i32::try_from(self.index() - earlier.index())
            .expect("20,000 years are fewer than 2^31 months")
    }

    /// Its first day.
    pub fn first_day(self) -> Date {
        Date::new(self.year, self.month, 1).expect("every month of the calendar has a first day")
    }

    /// Its last day.
    pub fn last_day(self) -> Date {
        self.first_day().last_of_month()
    }

    fn index(self) -> i64 {
        i64::from(self.year) * 12 + i64::from(self.month) - 1
    }

    fn at(index: i64) -> Self {
        let index = index.clamp(Self::of(Date::MIN).index(), Self::of(Date::MAX).index());
        Self {
            year: i16::try_from(index.div_euclid(12)).expect("clamped to the calendar"),
            month: i8::try_from(index.rem_euclid(12) + 1).expect("1 to 12"),
        }
    }
}

impl fmt::Display for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = self.first_day().to_string();
        f.pad(day.strip_suffix("-01").unwrap_or(&day))
    }
}

impl fmt::Debug for YearMonth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "YearMonth({self})")
    }
}

/// Text that is not a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a month; want year and month such as 2026-03")]
pub struct MonthParseError;

impl FromStr for YearMonth {
    type Err = MonthParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let first: Date = format!("{text}-01").parse().map_err(|_| MonthParseError)?;
        let month = Self::of(first);
        // The calendar's own parser takes more spellings than the one we write.
        if month.to_string() == text {
            Ok(month)
        } else {
            Err(MonthParseError)
        }
    }
}

impl Serialize for YearMonth {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for YearMonth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn steps_over_years_and_february() {
        let month = YearMonth::of(date(2024, 2, 29));
        assert_eq!(month.last_day(), date(2024, 2, 29));
        assert_eq!(month.minus(12).last_day(), date(2023, 2, 28));
        assert_eq!(month.minus(2).to_string(), "2023-12");
        assert_eq!(month.plus(11).to_string(), "2025-01");
        assert_eq!(month.months_since(month.minus(60)), 60);
    }

    #[test]
    fn the_calendar_ends_instead_of_overflowing() {
        assert_eq!(
            YearMonth::of(Date::MIN).minus(u32::MAX),
            YearMonth::of(Date::MIN)
        );
        assert_eq!(
            YearMonth::of(Date::MIN).plus(u32::MAX),
            YearMonth::of(Date::MAX)
        );
        let first = YearMonth::of(Date::MIN);
        assert_eq!(first.to_string().parse(), Ok(first));
    }

    #[test]
    fn only_one_spelling_is_taken() {
        for text in [
            "2026-3",
            "2026-13",
            "202603",
            "2026-03-01",
            "",
            "2026-03-",
            "+2026-03",
        ] {
            assert_eq!(text.parse::<YearMonth>(), Err(MonthParseError), "{text}");
        }
        assert_eq!("2026-03".parse(), Ok(YearMonth::of(date(2026, 3, 9))));
    }

    #[test]
    fn json_is_text() {
        let month = YearMonth::of(date(2026, 3, 9));
        assert_eq!(serde_json::to_string(&month).unwrap(), "\"2026-03\"");
        assert_eq!(
            serde_json::from_str::<YearMonth>("\"2026-03\"").unwrap(),
            month
        );
        assert!(serde_json::from_str::<YearMonth>("\"2026-00\"").is_err());
    }
}
