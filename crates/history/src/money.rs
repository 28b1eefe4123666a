//! Money as exact integers: minor units of a known currency.
//!
//! Text becomes an `i64` digit by digit, never through a float, and what cannot
//! be read without guessing is refused: digits the currency does not have,
//! groups that are no groups, a sign too many, a symbol of another currency.

mod amount;
mod currency;
mod number;
mod rate;
mod symbol;

pub use amount::{AmountError, AmountStyle, AmountStyleError, parse_amount};
pub use currency::{Currency, UnknownCurrency};
pub(crate) use number::parse_json_number;
pub use rate::{Rate, RateError, Rates};

/// An amount for people, such as `1,234.50 EUR`; `minor` is in minor units.
///
/// ```
/// use blindscore_history::money::format_money;
/// assert_eq!(format_money(-123_450, "EUR".parse()?), "-1,234.50 EUR");
/// assert_eq!(format_money(1_234, "JPY".parse()?), "1,234 JPY");
/// # Ok::<(), blindscore_history::money::UnknownCurrency>(())
/// ```
pub fn format_money(minor: i64, currency: Currency) -> String {
    format_total(i128::from(minor), currency)
}

/// A sum of amounts for people, like [`format_money`].
pub fn format_total(minor: i128, currency: Currency) -> String {
    format!("{} {currency}", digits(minor, currency))
}

/// The number alone: sign, thousands commas, decimal point.
pub(crate) fn digits(minor: i128, currency: Currency) -> String {
    let places = usize::from(currency.minor_digits());
    let plain = format!("{:0>width$}", minor.unsigned_abs(), width = places + 1);
    let (whole, fraction) = plain.split_at(plain.len() - places);
    let mut text = String::new();
    if minor < 0 {
        text.push('-');
    }
    text.push_str(&grouped(whole));
    if places > 0 {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// Digits with commas between thousands, such as `1,234,567`.
pub fn grouped(digits: &str) -> String {
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(minor: i64, code: &str) -> String {
        format_money(minor, code.parse().unwrap())
    }

    #[test]
    fn small_large_and_negative_amounts() {
        assert_eq!(show(0, "EUR"), "0.00 EUR");
        assert_eq!(show(-7, "EUR"), "-0.07 EUR");
        assert_eq!(show(100_000, "EUR"), "1,000.00 EUR");
        assert_eq!(show(99_999, "JPY"), "99,999 JPY");
        assert_eq!(show(1_234_567, "KWD"), "1,234.567 KWD");
        assert_eq!(show(i64::MIN, "USD"), "-92,233,720,368,547,758.08 USD");
        assert_eq!(show(i64::MAX, "JPY"), "9,223,372,036,854,775,807 JPY");
    }
}
