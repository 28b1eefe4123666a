//! Decimal numbers as people and tables write them, exactly.
//!
//! A cut point of a table's column is a decimal text: `7.5`, or
//! `0.3240000009536743` where a tool went through 32-bit floats. Which side of
//! it a value lies on must not depend on how a machine rounds, so texts are
//! compared digit by digit; nothing here passes through a float.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A decimal number of any sign and size that a 64-bit float can have.
/// Displayed without exponent and needless zeros: one number, one text.
///
/// ```
/// use blindscore_history::decimal::Decimal;
/// let read = |text: &str| text.parse::<Decimal>();
/// assert_eq!(read("-3.50e1")?.to_string(), "-35");
/// assert!(read("0.324")? < read("0.3240000009536743")?);
/// assert_eq!(read("-0.0")?, Decimal::from(0));
/// # Ok::<(), blindscore_history::decimal::DecimalError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// Never for zero.
    negative: bool,
    /// Digits before the point, without leading zeros; may be empty.
    whole: String,
    /// Digits after the point, without trailing zeros; may be empty.
    fraction: String,
}

/// Why a text is not a decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// Not a number at all.
    #[error("not a decimal number; want digits with at most one point, such as -12.5")]
    NotANumber,
    /// A magnitude that no 64-bit float has.
    #[error("a number of too many digits; want at most {DIGITS_MAX} before and after the point")]
    TooLong,
}

/// The most digits on either side of the point: `5e-324` and `1.8e308` fit, as
/// does every digit that a 64-bit float has.
const DIGITS_MAX: usize = 400;
/// The longest text that is read.
const TEXT_MAX: usize = 900;

impl Decimal {
    /// Whether it is below zero.
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    /// Whether it is a whole number.
    pub fn is_whole(&self) -> bool {
        self.fraction.is_empty()
    }

    /// How many digits it has after the point.
    pub fn places(&self) -> usize {
        self.fraction.len()
    }

    /// How many digits it has without the zeros at either end: `12500` and
    /// `0.00125` have three.
    pub fn significant_digits(&self) -> usize {
        let all = format!("{}{}", self.whole, self.fraction);
        all.trim_start_matches('0').trim_end_matches('0').len()
    }

    /// The number times `10^places`, rounded down to a whole number (towards
    /// minus infinity); the nearest `i128` when it is beyond one.
    pub fn floor(&self, places: u8) -> i128 {
        let (magnitude, rest) = self.scaled(places);
        match magnitude {
            Some(magnitude) if self.negative => -magnitude - i128::from(rest != Rest::Zero),
            Some(magnitude) => magnitude,
            None if self.negative => i128::MIN,
            None => i128::MAX,
        }
    }

    /// The number times `10^places`, rounded to a whole number, a half to the
    /// even one; `None` beyond 64 bits.
    pub fn rounded(&self, places: u8) -> Option<i64> {
        let (magnitude, rest) = self.scaled(places);
        let magnitude = magnitude?;
        let up = match rest {
            Rest::Zero | Rest::BelowHalf => false,
            Rest::Half => magnitude % 2 == 1,
            Rest::AboveHalf => true,
        };
        let rounded = magnitude.checked_add(i128::from(up))?;
        i64::try_from(if self.negative { -rounded } else { rounded }).ok()
    }

    /// The number rounded to so many digits after the point, a half to the
    /// even digit; `None` beyond 64 bits of digits.
    #[must_use]
    pub fn to_places(&self, places: u8) -> Option<Self> {
        self.rounded(places)
            .map(|digits| Self::scaled_down(digits, places))
    }

    /// `digits / 10^places`.
    pub fn scaled_down(digits: i64, places: u8) -> Self {
        Self::scaled_down_wide(digits.into(), places)
    }

    /// As [`scaled_down`](Self::scaled_down), of more digits.
    pub(crate) fn scaled_down_wide(digits: i128, places: u8) -> Self {
        let places = usize::from(places);
        let text = format!("{:0>width$}", digits.unsigned_abs(), width = places + 1);
        let (whole, fraction) = text.split_at(text.len() - places);
        Self::new(digits < 0, whole, fraction)
    }

    /// Without needless zeros, and without the sign of a zero.
    fn new(negative: bool, whole: &str, fraction: &str) -> Self {
        let whole = whole.trim_start_matches('0').to_owned();
        let fraction = fraction.trim_end_matches('0').to_owned();
        let is_zero = whole.is_empty() && fraction.is_empty();
        Self {
            negative: negative && !is_zero,
            whole,
            fraction,
        }
    }

    /// The magnitude times `10^places` without its fraction, and how much that
    /// fraction is; `None` beyond 128 bits.
    fn scaled(&self, places: u8) -> (Option<i128>, Rest) {
        let places = usize::from(places);
        let (kept, dropped) = self.fraction.split_at(self.fraction.len().min(places));
        let zeros = "0".repeat(places - kept.len());
        let digits = format!("0{}{kept}{zeros}", self.whole);
        (digits.parse().ok(), Rest::of(dropped))
    }

    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        self.whole
            .len()
            .cmp(&other.whole.len())
            .then_with(|| self.whole.cmp(&other.whole))
            // Without trailing zeros, the digits order as texts do.
            .then_with(|| self.fraction.cmp(&other.fraction))
    }
}

/// What is left of a number below its last digit kept.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    Zero,
    BelowHalf,
    Half,
    AboveHalf,
}

impl Rest {
    fn of(digits: &str) -> Self {
        let digits = digits.trim_end_matches('0');
        match digits.as_bytes() {
            [] => Self::Zero,
            [b'5'] => Self::Half,
            [first, ..] if *first < b'5' => Self::BelowHalf,
            _ => Self::AboveHalf,
        }
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        if text.len() > TEXT_MAX {
            return Err(DecimalError::TooLong);
        }
        let (negative, text) = match text.as_bytes().first() {
            Some(b'-') => (true, &text[1..]),
            Some(b'+') => (false, &text[1..]),
            _ => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent)?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = whole.bytes().chain(fraction.bytes());
        let has_digits = !whole.is_empty() || !fraction.is_empty();
        if !has_digits || !digits.all(|b| b.is_ascii_digit()) {
            return Err(DecimalError::NotANumber);
        }
        let moved = shifted(whole, fraction, exponent)?;
        Ok(Self::new(negative, &moved.0, &moved.1))
    }
}

fn parse_exponent(text: &str) -> Result<i32, DecimalError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DecimalError::NotANumber);
    }
    text.parse().map_err(|_| DecimalError::TooLong)
}

/// The digits before and after the point, once it has moved to the right by
/// `exponent`.
fn shifted(whole: &str, fraction: &str, exponent: i32) -> Result<(String, String), DecimalError> {
    let all = format!("{whole}{fraction}");
    let first = all.bytes().position(|b| b != b'0');
    let Some(first) = first else {
        return Ok((String::new(), String::new()));
    };
    let digits = all.trim_start_matches('0').trim_end_matches('0');
    // Where the point stands, counted from the first digit that is not zero.
    let point = whole.len() as i128 - first as i128 + i128::from(exponent);
    let most = DIGITS_MAX as i128;
    if point > most || digits.len() as i128 - point > most {
        return Err(DecimalError::TooLong);
    }
    let count = usize::try_from(point.unsigned_abs()).map_err(|_| DecimalError::TooLong)?;
    if point <= 0 {
        return Ok((String::new(), format!("{}{digits}", "0".repeat(count))));
    }
    if count >= digits.len() {
        let zeros = "0".repeat(count - digits.len());
        return Ok((format!("{digits}{zeros}"), String::new()));
    }
    let (whole, fraction) = digits.split_at(count);
    Ok((whole.to_owned(), fraction.to_owned()))
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self::scaled_down(number, 0)
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_magnitude(other),
            (true, true) => other.cmp_magnitude(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        let whole = if self.whole.is_empty() {
            "0"
        } else {
            &self.whole
        };
        write!(f, "{sign}{whole}")?;
        if self.fraction.is_empty() {
            return Ok(());
        }
        write!(f, ".{}", self.fraction)
    }
}

/// As its text: decimals are of tables' definitions, not of persons; a
/// person's value is never kept in one that is logged.
impl fmt::Debug for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn one_number_has_one_text() {
        for (text, want) in [
            ("7.50", "7.5"),
            ("-0.0", "0"),
            ("+007", "7"),
            (".5", "0.5"),
            ("5.", "5"),
            ("1e3", "1000"),
            ("-1.25E-3", "-0.00125"),
            (
                "3.3306690738754696e-16",
                "0.00000000000000033306690738754696",
            ),
            ("120e-1", "12"),
            ("0e999999", "0"),
        ] {
            assert_eq!(read(text).to_string(), want, "{text}");
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "", "-", ".", "1.2.3", "1e", "e5", "1 2", "nan", "inf", "0x1", "--1", "é", "1e+-2",
            "1e5.0",
        ] {
            assert_eq!(
                text.parse::<Decimal>(),
                Err(DecimalError::NotANumber),
                "{text}"
            );
        }
        for text in ["1e401", "1e-500", "1e99999999999", &"1".repeat(901)] {
            assert_eq!(
                text.parse::<Decimal>(),
                Err(DecimalError::TooLong),
                "{text}"
            );
        }
        for text in ["5e-324", "1.7976931348623157e308"] {
            assert_eq!(read(text), read(&read(text).to_string()));
        }
    }

    #[test]
    fn rounding_is_down_or_to_even() {
        assert_eq!(read("0.999").floor(2), 99);
        assert_eq!(read("-0.991").floor(2), -100);
        assert_eq!(read("-3").floor(0), -3);
        assert_eq!(read("1e300").floor(0), i128::MAX);
        assert_eq!(read("-1e300").floor(0), i128::MIN);
        assert_eq!(read("2.5").rounded(0), Some(2));
        assert_eq!(read("3.5").rounded(0), Some(4));
        assert_eq!(read("-2.51").rounded(0), Some(-3));
        assert_eq!(read("2.49999").rounded(0), Some(2));
        assert_eq!(read("1e19").rounded(0), None);
        assert_eq!(read("62.495").to_places(2).unwrap().to_string(), "62.5");
        assert_eq!(read("-0.004").to_places(2).unwrap().to_string(), "0");
        assert_eq!(read("0.001250").significant_digits(), 3);
    }

    proptest! {
        #[test]
        fn order_is_that_of_numbers(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000, places in 0_u8..8) {
            let one = Decimal::scaled_down(a, places);
            let other = Decimal::scaled_down(b, places);
            prop_assert_eq!(one.cmp(&other), a.cmp(&b));
            prop_assert_eq!(one.floor(places), i128::from(a));
            prop_assert_eq!(one.rounded(places), Some(a));
        }

        #[test]
        fn order_agrees_with_floats_that_differ(a in any::<f64>(), b in any::<f64>()) {
            prop_assume!(a.is_finite() && b.is_finite());
            let one = read(&format!("{a:e}"));
            let other = read(&format!("{b:e}"));
            prop_assert_eq!(Some(one.cmp(&other)), a.partial_cmp(&b));
            prop_assert_eq!(one.to_string().parse::<f64>().unwrap(), a);
        }

        #[test]
        fn no_text_panics(text in "[-+0-9.eE]{0,24}") {
            if let Ok(number) = text.parse::<Decimal>() {
                prop_assert_eq!(read(&number.to_string()), number.clone());
                let _ = (number.floor(9), number.rounded(9), number.significant_digits());
            }
        }
    }
}
