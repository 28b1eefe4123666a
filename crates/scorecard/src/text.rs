//! Texts that people will read on their screens: bounded, and free of
//! characters that would break a table or show something other than what the
//! digest covers.

use crate::error::TextFault;

/// Longest name of a scorecard, provider or characteristic, in characters.
pub(crate) const NAME_CHARS_MAX: usize = 120;
/// Longest text of a reason, in characters.
pub(crate) const REASON_CHARS_MAX: usize = 400;
/// Longest reason code, in bytes.
pub(crate) const CODE_BYTES_MAX: usize = 16;

/// Checks a text of `1..=chars_max` characters.
pub(crate) fn check(text: &str, chars_max: usize) -> Result<(), TextFault> {
    if text.trim() != text || text.is_empty() {
        return Err(TextFault::Blank);
    }
    let chars = text.chars().count();
    if chars > chars_max {
        return Err(TextFault::TooLong {
            got: chars,
            limit: chars_max,
        });
    }
    match text.chars().find(|&c| c.is_control() || reorders(c)) {
        Some(c) => Err(TextFault::Unprintable { code: u32::from(c) }),
        None => Ok(()),
    }
}

/// Checks a reason code: upper-case letters, digits, `_` and `-`.
pub(crate) fn check_code(code: &str) -> Result<(), TextFault> {
    let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if code.is_empty() || code.len() > CODE_BYTES_MAX || !code.bytes().all(allowed) {
        return Err(TextFault::Code);
    }
    Ok(())
}

/// Line separators and the marks that turn the direction of writing: with
/// them a table can show points beside another attribute than their own.
fn reorders(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_texts_pass_in_any_script() {
        assert_eq!(check("Rent & utilities, 12 months", 120), Ok(()));
        assert_eq!(check("家賃", 120), Ok(()));
    }

    #[test]
    fn blank_long_and_unprintable_texts_are_refused() {
        assert_eq!(check("", 10), Err(TextFault::Blank));
        assert_eq!(check(" a", 10), Err(TextFault::Blank));
        assert_eq!(
            check("abcd", 3),
            Err(TextFault::TooLong { got: 4, limit: 3 })
        );
        assert_eq!(
            check("a\u{1b}[2J", 10),
            Err(TextFault::Unprintable { code: 0x1b })
        );
        assert_eq!(
            check("a\u{202e}b", 10),
            Err(TextFault::Unprintable { code: 0x202e })
        );
    }

    #[test]
    fn codes_are_short_and_upper_case() {
        assert_eq!(check_code("R01"), Ok(()));
        for bad in ["", "r01", "R 1", "R0123456789ABCDEF"] {
            assert_eq!(check_code(bad), Err(TextFault::Code), "{bad:?}");
        }
    }
}
