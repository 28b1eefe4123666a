//! Figures of a model card: exact decimals, kept as they were written. No
//! floating-point number enters a digest.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{FIGURE_CHARS_MAX, ModelCardError, plain};

/// Digits before and after the point, at most.
const DIGITS: usize = 9;

/// One figure, such as a Gini on a hold-out sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// What it is, such as `Gini`, or `approval rate, women to men`.
    pub name: String,
    /// Its value.
    pub value: Decimal,
    /// Where it lies with the confidence that the sample's text states.
    #[serde(
        default,
        deserialize_with = "crate::read::given",
        skip_serializing_if = "Option::is_none"
    )]
    pub interval: Option<Interval>,
    /// On what it was measured.
    pub sample: String,
}

/// From `low` to `high`, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// The lower end.
    pub low: Decimal,
    /// The upper end.
    pub high: Decimal,
}

/// A decimal number as it was written: `0.80` stays `0.80`. At most nine
/// digits before the point and nine after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Decimal {
    text: String,
    billionths: i64,
}

/// Text that is no decimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a decimal number; want a text such as \"0.42\", at most nine digits on each side")]
pub struct DecimalError;

impl Figure {
    pub(super) fn check(&self, field: &str) -> Result<(), ModelCardError> {
        plain(&format!("{field}.name"), &self.name, FIGURE_CHARS_MAX)?;
        plain(&format!("{field}.sample"), &self.sample, FIGURE_CHARS_MAX)?;
        let value = self.value.billionths;
        let holds = |i: &Interval| (i.low.billionths..=i.high.billionths).contains(&value);
        if self.interval.as_ref().is_none_or(holds) {
            return Ok(());
        }
        Err(ModelCardError::Interval {
            field: field.to_owned(),
        })
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let are_digits = |part: &str| {
            (1..=DIGITS).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit())
        };
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if !are_digits(whole) || !are_digits(fraction) || leading_zero {
            return Err(DecimalError);
        }
        // Eighteen digits, below 2^63.
        let magnitude: i64 = format!("{whole}{fraction:0<9}")
            .parse()
            .map_err(|_| DecimalError)?;
        Ok(Self {
            text: text.to_owned(),
            billionths: if digits.len() < text.len() {
                -magnitude
            } else {
                magnitude
            },
        })
    }
}

impl TryFrom<String> for Decimal {
    type Error = DecimalError;

    fn try_from(text: String) -> Result<Self, DecimalError> {
        text.parse()
    }
}

impl From<Decimal> for String {
    fn from(decimal: Decimal) -> Self {
        decimal.text
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// `Gini 0.42 (0.38 to 0.46), hold-out of 2025`.
impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.value)?;
        if let Some(interval) = &self.interval {
            write!(f, " ({} to {})", interval.low, interval.high)?;
        }
        write!(f, ", {}", self.sample)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_text_and_compare_by_value() {
        let read = |text: &str| text.parse::<Decimal>().map(|d| d.billionths);
        assert_eq!(read("0.42"), Ok(420_000_000));
        assert_eq!(read("-1.5"), Ok(-1_500_000_000));
        assert_eq!(read("-0.5"), Ok(-500_000_000));
        assert_eq!(read("999999999.999999999"), Ok(999_999_999_999_999_999));
        assert_eq!(read("12"), Ok(12_000_000_000));
        let kept: Decimal = "0.80".parse().expect("a decimal");
        assert_eq!(
            (kept.to_string(), kept.billionths),
            ("0.80".into(), 800_000_000)
        );
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for bad in [
            "",
            "-",
            ".5",
            "5.",
            "1e3",
            "+1",
            "01",
            "1,5",
            "0x1",
            " 1",
            "--1",
            "1.2.3",
            "1234567890",
            "0.1234567890",
            "\u{661}",
        ] {
            assert_eq!(bad.parse::<Decimal>(), Err(DecimalError), "{bad:?}");
        }
    }
}
