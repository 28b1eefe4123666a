//! Exchange rates that a file itself gives, exactly as decimals.

use super::StatementFault;
use crate::money::Currency;

/// How many units of one currency a unit of another is: a decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    digits: i128,
    /// Decimal places of `digits`.
    places: u32,
}

/// Most digits of a rate, before and after the point together.
const DIGITS_MAX: usize = 18;

impl Rate {
    /// Reads a positive decimal number, with a point or a comma.
    pub(super) fn parse(text: &str) -> Result<Self, StatementFault> {
        let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let digits = format!("{whole}{fraction}");
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        if digits.is_empty() || digits.len() > DIGITS_MAX || !plain {
            return Err(StatementFault::Rate);
        }
        let places = u32::try_from(fraction.len()).map_err(|_| StatementFault::Rate)?;
        let digits: i128 = digits.parse().map_err(|_| StatementFault::Rate)?;
        if digits == 0 {
            return Err(StatementFault::Rate);
        }
        Ok(Self { digits, places })
    }

    /// `minor` units of `from` in minor units of `to`, rounded half to even.
    pub(super) fn convert(
        self,
        minor: i64,
        from: Currency,
        to: Currency,
    ) -> Result<i64, StatementFault> {
        let up = 10_i128.pow(u32::from(to.minor_digits()));
        let down = 10_i128.pow(self.places + u32::from(from.minor_digits()));
        // At most 19 + 18 + 4 digits on the left: over i128 only for amounts
        // beyond any account's.
        let product = i128::from(minor)
            .checked_mul(self.digits)
            .and_then(|product| product.checked_mul(up))
            .ok_or(StatementFault::Rate)?;
        let (quotient, rest) = (product.div_euclid(down), product.rem_euclid(down));
        let away = match (rest * 2).cmp(&down) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => quotient.rem_euclid(2),
            std::cmp::Ordering::Greater => 1,
        };
        i64::try_from(quotient + away).map_err(|_| StatementFault::Rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn convert(rate: &str, minor: i64, from: &str, to: &str) -> Result<i64, StatementFault> {
        Rate::parse(rate)?.convert(minor, from.parse().unwrap(), to.parse().unwrap())
    }

    #[test]
    fn conversions_are_exact_and_round_half_to_even() {
        assert_eq!(convert("0.9200", -4_000, "USD", "EUR"), Ok(-3_680));
        assert_eq!(convert("1", 1_234, "USD", "EUR"), Ok(1_234));
        assert_eq!(convert("150,25", 1_000, "EUR", "JPY"), Ok(1_502));
        assert_eq!(convert("0.5", 25, "USD", "EUR"), Ok(12));
        assert_eq!(convert("0.5", 27, "USD", "EUR"), Ok(14));
        assert_eq!(convert("0.5", -25, "USD", "EUR"), Ok(-12));
        assert_eq!(convert("0.0067", 1_000, "JPY", "EUR"), Ok(670));
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for rate in [
            "",
            "0",
            "0.000",
            "-1",
            "1e3",
            "x",
            "1.2.3",
            "1234567890123456789",
        ] {
            assert_eq!(Rate::parse(rate), Err(StatementFault::Rate), "{rate}");
        }
        assert_eq!(
            convert("999999999999999999", i64::MAX, "USD", "EUR"),
            Err(StatementFault::Rate)
        );
    }
}
