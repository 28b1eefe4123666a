//! Amounts written as JSON numbers, read exactly from their text.

use super::{AmountError, Currency};

/// Reads the text of a JSON number, in major units of `currency`.
///
/// The text goes straight to minor units; passing it through a float would turn
/// some amounts into their neighbours.
pub(crate) fn parse_json_number(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let not_a_number = AmountError::NotANumber { sample: "1234.50" };
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    if whole.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_a_number);
    }
    let digits = all.trim_start_matches('0');
    if digits.is_empty() {
        return Ok(0);
    }
    let exponent: i32 = exponent.parse().map_err(|_| AmountError::TooLarge)?;
    let places = i64::try_from(fraction.len()).map_err(|_| not_a_number)?;
    let shift = i64::from(currency.minor_digits()) + i64::from(exponent) - places;
    let size = shifted(digits, shift, currency)?;
    Ok(if negative { -size } else { size })
}

/// The value of non-empty `digits` without leading zeros, times `10^shift`.
fn shifted(digits: &str, shift: i64, currency: Currency) -> Result<i64, AmountError> {
    let parse = |text: &str| text.parse().map_err(|_| AmountError::TooLarge);
    match usize::try_from(shift) {
        // 2^63 - 1 has 19 digits.
        Ok(zeros) if zeros > 19 => Err(AmountError::TooLarge),
        Ok(zeros) => parse(&format!("{digits}{}", "0".repeat(zeros))),
        Err(_) => {
            let kept = digits.trim_end_matches('0');
            let dropped = usize::try_from(shift.unsigned_abs()).unwrap_or(usize::MAX);
            match digits.len().checked_sub(dropped) {
                Some(length) if length >= kept.len() => parse(&digits[..length]),
                _ => Err(AmountError::TooPrecise(currency)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, code: &str) -> Result<i64, AmountError> {
        parse_json_number(text, code.parse().unwrap())
    }

    #[test]
    fn numbers_are_exact() {
        for (text, code, minor) in [
            ("72.1", "USD", 7_210),
            ("-2150.0", "USD", -215_000),
            ("9.99", "USD", 999),
            ("0", "USD", 0),
            ("-0.00", "USD", 0),
            ("0e999999999999", "USD", 0),
            ("1e3", "USD", 100_000),
            ("1.5E+2", "JPY", 150),
            ("12000e-3", "JPY", 12),
            ("0.001", "KWD", 1),
            ("4.35", "USD", 435),
            ("92233720368547758.07", "USD", i64::MAX),
            ("90071992547409.93", "USD", 9_007_199_254_740_993),
        ] {
            assert_eq!(read(text, code), Ok(minor), "{text}");
        }
    }

    #[test]
    fn numbers_out_of_range_or_too_fine_are_refused() {
        let dollar = "USD".parse().unwrap();
        for text in [
            "1e18",
            "92233720368547758.08",
            "1e999999999",
            "1e99999999999",
        ] {
            assert_eq!(read(text, "USD"), Err(AmountError::TooLarge), "{text}");
        }
        for text in ["0.001", "1e-3", "1.5e-999", "72.10000000000001"] {
            assert_eq!(
                read(text, "USD"),
                Err(AmountError::TooPrecise(dollar)),
                "{text}"
            );
        }
        for text in ["", "-", "\"7\"", ".5", "1.2.3", "null", "é"] {
            assert!(
                matches!(read(text, "USD"), Err(AmountError::NotANumber { .. })),
                "{text}"
            );
        }
    }
}
