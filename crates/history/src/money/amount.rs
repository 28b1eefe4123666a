//! Amounts as people and banks write them.

use super::{Currency, symbol};

/// How a file writes its numbers: the decimal separator and, if it groups
/// digits, the thousands separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AmountStyle {
    decimal: char,
    thousands: Option<char>,
}

impl AmountStyle {
    /// `1,234.50`: decimal point, thousands commas.
    pub const POINT: Self = Self {
        decimal: '.',
        thousands: Some(','),
    };
    /// `1.234,50`: decimal comma, thousands points.
    pub const COMMA: Self = Self {
        decimal: ',',
        thousands: Some('.'),
    };
    /// `1234.50`: decimal point, no groups.
    pub const PLAIN: Self = Self {
        decimal: '.',
        thousands: None,
    };

    /// A style of its separators. A thousands separator of `' '` also takes the
    /// no-break and thin spaces, and `'` also its typographic form.
    ///
    /// # Errors
    /// If the decimal separator is neither point nor comma, the thousands
    /// separator none of point, comma, space and apostrophe, or both are equal.
    pub fn new(decimal: char, thousands: Option<char>) -> Result<Self, AmountStyleError> {
        if !matches!(decimal, '.' | ',') {
            return Err(AmountStyleError::Decimal);
        }
        match thousands {
            Some(separator) if !matches!(separator, '.' | ',' | ' ' | '\'') => {
                Err(AmountStyleError::Thousands)
            }
            Some(separator) if separator == decimal => Err(AmountStyleError::Same),
            _ => Ok(Self { decimal, thousands }),
        }
    }

    fn groups(self, char: char) -> bool {
        match self.thousands {
            Some(' ') => matches!(char, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}'),
            Some('\'') => matches!(char, '\'' | '\u{2019}'),
            separator => separator == Some(char),
        }
    }
}

/// Separators that make no style.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountStyleError {
    /// The decimal separator is not one we read.
    #[error("the decimal separator must be \".\" or \",\"")]
    Decimal,
    /// The thousands separator is not one we read.
    #[error("the thousands separator must be \".\", \",\", a space or an apostrophe")]
    Thousands,
    /// Both are the same.
    #[error("decimal and thousands separator are the same; want two different ones")]
    Same,
}

/// Why text is not an amount. Never shows the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AmountError {
    /// There is nothing.
    #[error("no amount; want a number")]
    Empty,
    /// Something else than digits and separators.
    #[error("not an amount; want digits with the file's separators, such as {sample}")]
    NotANumber {
        /// A number in the style expected.
        sample: &'static str,
    },
    /// A thousands separator where no group of three ends.
    #[error(
        "a thousands separator stands where no group of three digits ends; \
         check which separator is the decimal one"
    )]
    Grouping,
    /// Two signs, or half a pair of parentheses.
    #[error("more than one sign; want a minus before or after, or parentheses")]
    Sign,
    /// More decimal digits than the currency has.
    #[error("more decimal digits than {0} has; want at most {digits}", digits = .0.minor_digits())]
    TooPrecise(Currency),
    /// Out of range.
    #[error("larger than any amount we keep; want at most 2^63 - 1 minor units")]
    TooLarge,
    /// A code or symbol that is not this currency's.
    #[error("the text beside the number does not name {0}; want its code, its symbol or nothing")]
    OtherCurrency(Currency),
}

/// Reads an amount in minor units of `currency`, exactly.
///
/// Negative is a minus before or after the number, or parentheses around it. The
/// currency's code or symbol may stand on either side. Groups must be groups:
/// the last of three digits, those before of two or three (lakhs and crores).
/// Zeros beyond the currency's minor digits are taken.
///
/// # Errors
/// If the text is no amount of this style and currency, or its size is more
/// than `i64::MAX` minor units.
///
/// ```
/// use blindscore_history::money::{AmountStyle, parse_amount};
/// let euro = "EUR".parse()?;
/// assert_eq!(parse_amount("(1.234,5)", &AmountStyle::COMMA, euro)?, -123_450);
/// assert_eq!(parse_amount("€ 12.00-", &AmountStyle::POINT, euro)?, -1_200);
/// assert!(parse_amount("$ 12.00", &AmountStyle::POINT, euro).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn parse_amount(
    text: &str,
    style: &AmountStyle,
    currency: Currency,
) -> Result<i64, AmountError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(AmountError::Empty);
    }
    let (before, number, after) = split(text, *style).ok_or(not_a_number(*style))?;
    let size = read_number(number, *style, currency)?;
    let negative = read_signs(before, after)?;
    for mark in [mark(before), mark(after)] {
        if mark.contains(['.', ',']) && !mark.contains(char::is_alphabetic) {
            return Err(not_a_number(*style));
        }
        if !mark.is_empty() && !symbol::names(&mark, currency) {
            return Err(AmountError::OtherCurrency(currency));
        }
    }
    Ok(if negative { -size } else { size })
}

/// What stands before the number, the number, what stands after it.
fn split(text: &str, style: AmountStyle) -> Option<(&str, &str, &str)> {
    let mut start = text.find(|char: char| char.is_ascii_digit())?;
    let end = text.rfind(|char: char| char.is_ascii_digit())? + 1;
    // `.50` starts with its separator; the point of `Fr.50` belongs to the franc.
    if let Some(rest) = text[..start].strip_suffix(style.decimal)
        && !rest.ends_with(char::is_alphabetic)
    {
        start = rest.len();
    }
    Some((&text[..start], &text[start..end], &text[end..]))
}

fn read_number(text: &str, style: AmountStyle, currency: Currency) -> Result<i64, AmountError> {
    let (whole, fraction) = text.split_once(style.decimal).unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(not_a_number(style));
    }
    check_groups(whole, style)?;
    let places = usize::from(currency.minor_digits());
    let (kept, beyond) = fraction.split_at(fraction.len().min(places));
    if beyond.bytes().any(|digit| digit != b'0') {
        return Err(AmountError::TooPrecise(currency));
    }
    let padding = std::iter::repeat_n('0', places - kept.len());
    let digits = whole.chars().filter_map(|char| char.to_digit(10));
    let minor = kept
        .chars()
        .chain(padding)
        .filter_map(|char| char.to_digit(10));
    digits.chain(minor).try_fold(0_i64, |sum, digit| {
        sum.checked_mul(10)
            .and_then(|sum| sum.checked_add(i64::from(digit)))
            .ok_or(AmountError::TooLarge)
    })
}

fn check_groups(whole: &str, style: AmountStyle) -> Result<(), AmountError> {
    let groups: Vec<&str> = whole.split(|char| style.groups(char)).collect();
    let all_digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    if !groups.iter().all(all_digits) {
        return Err(not_a_number(style));
    }
    let last = groups.len() - 1;
    let fits = |(index, group): (usize, &&str)| match index {
        _ if last == 0 => true,
        0 => (1..=3).contains(&group.len()),
        _ if index == last => group.len() == 3,
        _ => (2..=3).contains(&group.len()),
    };
    if groups.iter().enumerate().all(fits) {
        Ok(())
    } else {
        Err(AmountError::Grouping)
    }
}

fn read_signs(before: &str, after: &str) -> Result<bool, AmountError> {
    let count = |text: &str, signs: &[char]| text.matches(signs).count();
    let minus = count(before, MINUS) + count(after, MINUS);
    let plus = count(before, &['+']) + count(after, &['+']);
    let pairs = count(before, &['(']);
    let closed = pairs == count(after, &[')']) && count(before, &[')']) + count(after, &['(']) == 0;
    if !closed || minus + plus + pairs > 1 {
        return Err(AmountError::Sign);
    }
    Ok(minus + pairs == 1)
}

const MINUS: &[char] = &['-', '\u{2212}', '\u{2013}'];

/// What is left beside the number once signs and spaces are gone.
fn mark(text: &str) -> String {
    let sign = |char: char| MINUS.contains(&char) || matches!(char, '+' | '(' | ')');
    text.chars()
        .filter(|&char| !char.is_whitespace() && !sign(char))
        .collect()
}

fn not_a_number(style: AmountStyle) -> AmountError {
    AmountError::NotANumber {
        sample: match (style.decimal, style.thousands) {
            (',', Some('.')) => "1.234,50",
            (',', Some(' ')) => "1 234,50",
            (',', Some(_)) => "1'234,50",
            (',', None) => "1234,50",
            (_, Some(',')) => "1,234.50",
            (_, Some(' ')) => "1 234.50",
            (_, Some(_)) => "1'234.50",
            (_, None) => "1234.50",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::format_money;
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, style: AmountStyle, code: &str) -> Result<i64, AmountError> {
        parse_amount(text, &style, code.parse().unwrap())
    }

    #[test]
    fn spellings_of_banks() {
        for (text, style, code, minor) in [
            ("1,935.82", AmountStyle::POINT, "USD", 193_582),
            ("(35.00)", AmountStyle::POINT, "USD", -3_500),
            ("($35.00)", AmountStyle::POINT, "USD", -3_500),
            ("-$35", AmountStyle::POINT, "USD", -3_500),
            ("$-.50", AmountStyle::POINT, "USD", -50),
            ("-58,80", AmountStyle::COMMA, "EUR", -5_880),
            ("2.100,00", AmountStyle::COMMA, "EUR", 210_000),
            ("2.100,00 €", AmountStyle::COMMA, "EUR", 210_000),
            ("EUR 2.100,00-", AmountStyle::COMMA, "EUR", -210_000),
            ("+7,1", AmountStyle::COMMA, "EUR", 710),
            ("\u{2212}7", AmountStyle::PLAIN, "EUR", -700),
            (
                "1\u{202f}234,50",
                AmountStyle::new(',', Some(' ')).unwrap(),
                "EUR",
                123_450,
            ),
            (
                "1\u{2019}234.50",
                AmountStyle::new('.', Some('\'')).unwrap(),
                "CHF",
                123_450,
            ),
            ("Fr.50", AmountStyle::PLAIN, "CHF", 5_000),
            ("12,34,567.00", AmountStyle::POINT, "INR", 123_456_700),
            ("￥10.00", AmountStyle::PLAIN, "CNY", 1_000),
            ("1000.00", AmountStyle::PLAIN, "JPY", 1_000),
            ("1.2345000", AmountStyle::PLAIN, "CLF", 12_345),
            ("0.001", AmountStyle::PLAIN, "KWD", 1),
            ("000012", AmountStyle::PLAIN, "EUR", 1_200),
        ] {
            assert_eq!(read(text, style, code), Ok(minor), "{text}");
        }
    }

    #[test]
    fn what_is_refused() {
        let euro = "EUR".parse().unwrap();
        for (text, style, error) in [
            ("", AmountStyle::POINT, AmountError::Empty),
            ("  ", AmountStyle::POINT, AmountError::Empty),
            ("n/a", AmountStyle::POINT, not_a_number(AmountStyle::POINT)),
            ("1e3", AmountStyle::POINT, not_a_number(AmountStyle::POINT)),
            (
                "1.2.3",
                AmountStyle::POINT,
                not_a_number(AmountStyle::POINT),
            ),
            (
                "1,234.50",
                AmountStyle::PLAIN,
                not_a_number(AmountStyle::PLAIN),
            ),
            ("12 3", AmountStyle::POINT, not_a_number(AmountStyle::POINT)),
            (
                "\u{0661}",
                AmountStyle::POINT,
                not_a_number(AmountStyle::POINT),
            ),
            ("58,80", AmountStyle::POINT, AmountError::Grouping),
            ("1,2345.00", AmountStyle::POINT, AmountError::Grouping),
            (",123", AmountStyle::POINT, not_a_number(AmountStyle::POINT)),
            ("1,,234", AmountStyle::POINT, AmountError::Grouping),
            ("1.234", AmountStyle::PLAIN, AmountError::TooPrecise(euro)),
            ("-5-", AmountStyle::POINT, AmountError::Sign),
            ("--5", AmountStyle::POINT, AmountError::Sign),
            ("(-5)", AmountStyle::POINT, AmountError::Sign),
            ("(5", AmountStyle::POINT, AmountError::Sign),
            ("5)", AmountStyle::POINT, AmountError::Sign),
            ("$5", AmountStyle::POINT, AmountError::OtherCurrency(euro)),
            (
                "5 USD",
                AmountStyle::POINT,
                AmountError::OtherCurrency(euro),
            ),
            ("5.", AmountStyle::POINT, not_a_number(AmountStyle::POINT)),
        ] {
            assert_eq!(read(text, style, "EUR"), Err(error), "{text}");
        }
    }

    #[test]
    fn the_edge_of_the_range() {
        let read = |text| read(text, AmountStyle::POINT, "EUR");
        assert_eq!(read("92,233,720,368,547,758.07"), Ok(i64::MAX));
        assert_eq!(read("-92233720368547758.07"), Ok(-i64::MAX));
        assert_eq!(read("92233720368547758.08"), Err(AmountError::TooLarge));
        assert_eq!(read("-92233720368547758.08"), Err(AmountError::TooLarge));
        assert_eq!(read(&"9".repeat(400)), Err(AmountError::TooLarge));
    }

    #[test]
    fn separators_that_cannot_be_told_apart_are_refused() {
        assert_eq!(
            AmountStyle::new('.', Some('.')),
            Err(AmountStyleError::Same)
        );
        assert_eq!(AmountStyle::new(';', None), Err(AmountStyleError::Decimal));
        assert_eq!(
            AmountStyle::new('.', Some('_')),
            Err(AmountStyleError::Thousands)
        );
    }

    #[test]
    fn errors_never_show_the_amount() {
        for text in ["77x77", "7,7", "7.777", "-7-", "$7777"] {
            let error = read(text, AmountStyle::POINT, "EUR").unwrap_err();
            assert!(!error.to_string().contains('7'), "{error}");
        }
    }

    proptest! {
        #[test]
        fn what_is_formatted_reads_back(minor in -i64::MAX..=i64::MAX, index in 0_usize..150) {
            let currency = Currency::all().nth(index).unwrap();
            let text = format_money(minor, currency);
            prop_assert_eq!(parse_amount(&text, &AmountStyle::POINT, currency), Ok(minor));
        }

        #[test]
        fn any_text_is_an_amount_or_an_error(text in any::<String>(), point in any::<bool>()) {
            let style = if point { AmountStyle::POINT } else { AmountStyle::COMMA };
            let _ = read(&text, style, "EUR");
        }

        #[test]
        fn number_like_text_never_panics(text in "[-+(]{0,2}[$€F]?[0-9., ']{0,30}[-)€.]{0,2}") {
            let _ = read(&text, AmountStyle::COMMA, "EUR");
        }
    }
}
