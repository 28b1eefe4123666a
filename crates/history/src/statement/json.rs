//! JSON of an API's responses: text to values, with errors that name the path
//! and never a value.

use encoding_rs::Encoding;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::{StatementError, StatementFault, decode};

/// The responses in a file: one object, or an array of them in the order they
/// came. `whose` names the API in messages.
pub(super) fn pages<T: DeserializeOwned>(
    bytes: &[u8],
    whose: &'static str,
) -> Result<Vec<T>, StatementError> {
    let text = decode::decode_marked_up(bytes, encoding_rs::UTF_8)?;
    // A line end that was put behind a text cut in a string would look like a
    // part of the string.
    let text = text.trim_end();
    if text.trim_start().starts_with('[') {
        parse_as(text, whose)
    } else {
        Ok(vec![parse_as(text, whose)?])
    }
}

/// Whether a file is JSON whose start has every one of `keys`, quoted.
pub(super) fn has_keys(bytes: &[u8], keys: &[&str]) -> bool {
    let head = &bytes[..bytes.len().min(1 << 20)];
    // Tools of one system save what they fetch as UTF-16, with its mark.
    let decoded = match Encoding::for_bom(head) {
        Some((encoding, _)) => encoding.decode(head).0.into_owned().into_bytes(),
        None => Vec::new(),
    };
    let head = if decoded.is_empty() { head } else { &decoded };
    let head = head.trim_ascii_start();
    let has = |key: &&str| {
        let key = key.as_bytes();
        head.windows(key.len() + 2).any(|window| {
            window.first() == Some(&b'"')
                && window.last() == Some(&b'"')
                && &window[1..=key.len()] == key
        })
    };
    matches!(head.first(), Some(b'{' | b'[')) && keys.iter().all(has)
}

/// An error within the value at `path`.
pub(super) fn under(path: &str, error: StatementError) -> StatementError {
    match error.field() {
        Some(field) => {
            let field = format!("{path}.{field}");
            error.in_field(&field)
        }
        None => error.in_field(path),
    }
}

fn parse_as<T: DeserializeOwned>(text: &str, whose: &str) -> Result<T, StatementError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let located = fault(error.inner(), whose);
        if path == "." {
            located
        } else {
            located.in_field(&path)
        }
    })?;
    json.end().map_err(|error| fault(&error, whose))?;
    Ok(value)
}

/// The parser's own messages quote values, so only those that cannot are kept.
fn fault(error: &serde_json::Error, whose: &str) -> StatementError {
    let message = error.to_string();
    let message = message.split(" at line").next().unwrap_or_default();
    let what = match error.classify() {
        Category::Data if message.starts_with("missing field") => message.to_owned(),
        Category::Data if message.starts_with("duplicate field") => message.to_owned(),
        Category::Data => format!("a value of another kind than {whose} sends"),
        Category::Eof => "the JSON breaks off".to_owned(),
        Category::Syntax | Category::Io => format!("not JSON at character {}", error.column()),
    };
    let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
    StatementError::from(StatementFault::Json { what }).on_line(line)
}
