//! Rates of exchange: exact fractions that somebody gave, never looked up.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::Currency;

/// What one unit of a currency is worth in another, as an exact fraction.
///
/// Written `USD=0.92` or `USD=23/25`: one dollar is 0.92 of the currency that is
/// converted to.
///
/// ```
/// use blindscore_history::money::Rate;
/// let rate: Rate = "USD=0.92".parse()?;
/// // 12.50 USD are 11.50 EUR.
/// assert_eq!(rate.convert(1_250, "EUR".parse()?), Some(1_150));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    from: Currency,
    numerator: u64,
    denominator: u64,
}

/// Largest numerator and denominator. With these and the largest amount a
/// conversion could leave `i128`, which is out of range like any such result.
const PART_MAX: u64 = 1_000_000_000_000_000_000;

impl Rate {
    /// A rate that stands in a file beside its currency: a positive decimal
    /// number, with a point or a comma.
    pub(crate) fn beside(from: Currency, text: &str) -> Result<Self, RateError> {
        Self::checked(from, decimal(&text.replacen(',', ".", 1))?)
    }

    fn checked(from: Currency, parts: (u64, u64)) -> Result<Self, RateError> {
        let fits = |part: u64| (1..=PART_MAX).contains(&part);
        let (numerator, denominator) = parts;
        if !fits(numerator) || !fits(denominator) {
            return Err(RateError::Range);
        }
        Ok(Self {
            from,
            numerator,
            denominator,
        })
    }

    /// The currency that is converted.
    pub fn from(&self) -> Currency {
        self.from
    }

    /// An amount of [`from`](Self::from) in minor units of `to`: multiplied
    /// exactly, then rounded once to the nearest minor unit, halves to the even
    /// one. `None` if the result is larger than any amount we keep.
    pub fn convert(&self, minor: i64, to: Currency) -> Option<i64> {
        let scale = |currency: Currency| 10_i128.pow(u32::from(currency.minor_digits()));
        let above = i128::from(self.numerator).checked_mul(scale(to))?;
        let dividend = i128::from(minor).checked_mul(above)?;
        let divisor = i128::from(self.denominator) * scale(self.from);
        let floor = dividend.div_euclid(divisor);
        let twice = 2 * dividend.rem_euclid(divisor);
        let up = twice > divisor || (twice == divisor && floor % 2 != 0);
        i64::try_from(floor + i128::from(up)).ok()
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}/{}", self.from, self.numerator, self.denominator)
    }
}

/// Text that is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RateError {
    /// Not of the form expected.
    #[error("not a rate; want one such as USD=0.92 or USD=23/25")]
    Form,
    /// A currency that is not known.
    #[error("unknown currency; want an ISO 4217 code in capitals before the '='")]
    Currency,
    /// Zero, or too many digits.
    #[error("a rate is above zero and has at most eighteen digits above and below the line")]
    Range,
    /// Two rates of one currency.
    #[error("two rates for {0}; want one a currency")]
    Twice(Currency),
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (from, value) = text.split_once('=').ok_or(RateError::Form)?;
        let from = from.trim().parse().map_err(|_| RateError::Currency)?;
        let value = value.trim();
        let parts = match value.split_once('/') {
            Some((above, below)) => (whole(above.trim())?, whole(below.trim())?),
            None => decimal(value)?,
        };
        Self::checked(from, parts)
    }
}

fn whole(digits: &str) -> Result<u64, RateError> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(RateError::Form);
    }
    digits.parse().map_err(|_| RateError::Range)
}

fn decimal(text: &str) -> Result<(u64, u64), RateError> {
    let (whole_part, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole_part.is_empty() || (fraction.is_empty() && text.contains('.')) {
        return Err(RateError::Form);
    }
    let places = u32::try_from(fraction.len()).map_err(|_| RateError::Range)?;
    let denominator = 10_u64.checked_pow(places).ok_or(RateError::Range)?;
    Ok((whole(&format!("{whole_part}{fraction}"))?, denominator))
}

/// The rates given for one conversion, at most one a currency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates(BTreeMap<Currency, Rate>);

impl Rates {
    /// The rates of a list.
    ///
    /// # Errors
    /// If it has two of one currency.
    pub fn new(rates: impl IntoIterator<Item = Rate>) -> Result<Self, RateError> {
        let mut known = BTreeMap::new();
        for rate in rates {
            if known.insert(rate.from, rate).is_some() {
                return Err(RateError::Twice(rate.from));
            }
        }
        Ok(Self(known))
    }

    /// The rate of a currency.
    pub fn of(&self, from: Currency) -> Option<&Rate> {
        self.0.get(&from)
    }

    /// All of them, by currency.
    pub fn iter(&self) -> impl Iterator<Item = &Rate> {
        self.0.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn convert(rate: &str, minor: i64, to: &str) -> Option<i64> {
        let rate: Rate = rate.parse().unwrap();
        rate.convert(minor, to.parse().unwrap())
    }

    #[test]
    fn conversion_is_exact_and_rounds_halves_to_even() {
        assert_eq!(convert("USD=0.92", 1_250, "EUR"), Some(1_150));
        assert_eq!(convert("USD=0.5", 1, "EUR"), Some(0));
        assert_eq!(convert("USD=0.5", 3, "EUR"), Some(2));
        assert_eq!(convert("USD=0.5", 5, "EUR"), Some(2));
        assert_eq!(convert("USD=0.5000001", 1, "EUR"), Some(1));
        assert_eq!(convert("USD=1/3", 100, "EUR"), Some(33));
        assert_eq!(convert("USD=2/3", 100, "EUR"), Some(67));
        // Minor units of different sizes.
        assert_eq!(convert("JPY=0.0061", 1_000, "EUR"), Some(610));
        assert_eq!(convert("EUR=163.9", 610, "JPY"), Some(1_000));
        assert_eq!(convert("KWD=3.05", 1_000, "EUR"), Some(305));
        assert_eq!(convert("USD=0.5", -3, "EUR"), Some(-2));
        assert_eq!(convert("USD=1000000", i64::MAX, "CLF"), None);
        assert_eq!(convert("USD=999999999999999999", i64::MAX, "EUR"), None);
    }

    #[test]
    fn a_rate_in_a_file_may_have_a_comma() {
        let (dollar, euro) = ("USD".parse().unwrap(), "EUR".parse().unwrap());
        let beside = |text: &str| Rate::beside(dollar, text);
        assert_eq!(
            beside("0,9200").unwrap().convert(-4_000, euro),
            Some(-3_680)
        );
        assert_eq!(
            beside("0.123456789012345678").unwrap().convert(1_000, euro),
            Some(123)
        );
        for text in [
            "", "0", "0,000", "-1", "1e3", "x", "1.2.3", "1,2.3", "1,2,3",
        ] {
            assert!(beside(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for (text, error) in [
            ("", RateError::Form),
            ("USD", RateError::Form),
            ("USD=", RateError::Form),
            ("USD=1,5", RateError::Form),
            ("USD=-1", RateError::Form),
            ("USD=1e3", RateError::Form),
            ("USD=.5", RateError::Form),
            ("USD=5.", RateError::Form),
            ("usd=1", RateError::Currency),
            ("USD=0", RateError::Range),
            ("USD=0.0", RateError::Range),
            ("USD=1/0", RateError::Range),
            ("USD=9999999999999999999", RateError::Range),
            ("USD=0.0000000000000000001", RateError::Range),
            ("USD=99999999999999999999999", RateError::Range),
        ] {
            assert_eq!(text.parse::<Rate>(), Err(error), "{text}");
        }
        let twice = ["USD=1", "USD=2"].map(|text| text.parse().unwrap());
        assert_eq!(
            Rates::new(twice),
            Err(RateError::Twice("USD".parse().unwrap()))
        );
    }

    proptest! {
        #[test]
        fn a_conversion_is_within_half_a_unit(
            minor in any::<i64>(), above in 1..=PART_MAX, below in 1..=PART_MAX,
        ) {
            let rate = Rate { from: "USD".parse().unwrap(), numerator: above, denominator: below };
            if let Some(got) = rate.convert(minor, "EUR".parse().unwrap()) {
                let exact = i128::from(minor) * i128::from(above);
                let off = (i128::from(got) * i128::from(below) - exact).unsigned_abs();
                prop_assert!(2 * off <= u128::from(below));
            }
        }

        #[test]
        fn what_a_rate_shows_is_that_rate(above in 1..=PART_MAX, below in 1..=PART_MAX) {
            let rate = Rate { from: "USD".parse().unwrap(), numerator: above, denominator: below };
            prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        }
    }
}
