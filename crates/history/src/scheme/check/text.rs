//! The text: its size, its JSON, the form of names.

use super::super::Scheme;
use super::super::error::{SchemeError, SchemeFault};
use super::super::raw::RawScheme;

pub(super) fn raw(text: &str) -> Result<RawScheme, SchemeError> {
    if text.len() > Scheme::JSON_MAX {
        return Err(SchemeError::TooLarge {
            got: text.len(),
            max: Scheme::JSON_MAX,
        });
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let raw = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        json_error(path, error.inner())
    })?;
    reader
        .end()
        .map_err(|error| json_error(String::new(), &error))?;
    Ok(raw)
}

fn json_error(path: String, error: &serde_json::Error) -> SchemeError {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    // The place is reported once, by our own error.
    let place = format!(" at line {line} column {column}");
    SchemeError::Json {
        line,
        column,
        path,
        message: message.strip_suffix(&place).unwrap_or(&message).to_owned(),
    }
}

/// The form of a name.
pub(super) struct NameForm {
    /// Its most characters.
    pub(super) length_max: usize,
    punctuation: &'static [u8],
    want: &'static str,
}

impl NameForm {
    pub(super) const SCHEME: Self = Self {
        length_max: 64,
        punctuation: b"_-",
        want: "a name: a letter a-z, then up to 63 of a-z, 0-9, _ and -",
    };
    pub(super) const LINE: Self = Self {
        length_max: 48,
        punctuation: b"_",
        want: "a name: a letter a-z, then up to 47 of a-z, 0-9 and _",
    };

    pub(super) fn check(&self, name: &str) -> Result<(), SchemeFault> {
        let inner =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || self.punctuation.contains(&b);
        let fits = name.len() <= self.length_max
            && name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(inner);
        if fits {
            return Ok(());
        }
        Err(SchemeFault::Name {
            got: name.chars().take(self.length_max).collect(),
            want: self.want,
        })
    }
}

/// Whether a text for people says something, is not longer than `length_max`
/// characters and fits on a line.
pub(super) fn is_plain(text: &str, length_max: usize) -> bool {
    !text.trim().is_empty()
        && text.chars().count() <= length_max
        && !text.chars().any(char::is_control)
}
