//! Short text that one party writes and another reads.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One line of 1 to 200 characters without control characters, marks that turn
/// the direction of writing, or white space at its ends: it shows on a screen
/// as what it is.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Plain(String);

/// Text that is not plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "not plain text; want 1 to 200 characters on one line, without control or direction marks and without white space at the ends"
)]
pub struct PlainError;

impl Plain {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Plain {
    type Error = PlainError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if is_plain(&text, 200) {
            Ok(Self(text))
        } else {
            Err(PlainError)
        }
    }
}

impl FromStr for Plain {
    type Err = PlainError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl From<Plain> for String {
    fn from(text: Plain) -> Self {
        text.0
    }
}

impl fmt::Display for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

/// Whether a text is plain, with at most `chars_max` characters.
pub(crate) fn is_plain(text: &str, chars_max: usize) -> bool {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{61c}' | '\u{feff}')
    };
    (1..=chars_max).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(hidden)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_screen_would_hide_is_refused() {
        assert!("A loan of the spring, größer 贷款".parse::<Plain>().is_ok());
        for bad in [
            "",
            " x",
            "x ",
            "a\nb",
            "a\u{202e}b",
            "a\u{200b}b",
            &"x".repeat(201),
        ] {
            assert_eq!(bad.parse::<Plain>(), Err(PlainError), "{bad:?}");
        }
    }
}
