//! Members of a foreign document: absent is told apart from wrong.

use jiff::Timestamp;
use serde_json::Value;

use super::ImportError;
use crate::text::Plain;

/// The member at a path of names; nothing if any of them is absent or null.
pub(super) fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    let found = path.iter().try_fold(value, |value, name| value.get(name))?;
    (!found.is_null()).then_some(found)
}

/// One line of text; empty counts as absent.
pub(super) fn text(
    value: &Value,
    path: &[&str],
    member: &'static str,
) -> Result<Option<Plain>, ImportError> {
    let want = "1 to 200 characters on one line";
    let Some(found) = at(value, path) else {
        return Ok(None);
    };
    let found = found.as_str().map(str::trim);
    match found.ok_or(ImportError::Member { member, want })? {
        "" => Ok(None),
        found => match found.parse() {
            Ok(plain) => Ok(Some(plain)),
            Err(_) => Err(ImportError::Member { member, want }),
        },
    }
}

/// A point in time (RFC 3339).
pub(super) fn time(
    value: &Value,
    path: &[&str],
    member: &'static str,
) -> Result<Option<Timestamp>, ImportError> {
    let want = "a time such as 2026-06-01T09:30:00Z";
    let Some(found) = at(value, path) else {
        return Ok(None);
    };
    match found.as_str().and_then(|text| text.parse().ok()) {
        Some(time) => Ok(Some(time)),
        None => Err(ImportError::Member { member, want }),
    }
}

/// A whole number, not negative.
pub(super) fn count(
    value: &Value,
    path: &[&str],
    member: &'static str,
) -> Result<Option<u32>, ImportError> {
    let want = "a whole number from 0 to 4294967295";
    let Some(found) = at(value, path) else {
        return Ok(None);
    };
    match found.as_u64().and_then(|number| number.try_into().ok()) {
        Some(count) => Ok(Some(count)),
        None => Err(ImportError::Member { member, want }),
    }
}

/// A list; absent counts as empty.
pub(super) fn list<'a>(
    value: &'a Value,
    path: &[&str],
    member: &'static str,
) -> Result<&'a [Value], ImportError> {
    let want = "a list";
    match at(value, path) {
        None => Ok(&[]),
        Some(found) => match found.as_array() {
            Some(list) => Ok(list),
            None => Err(ImportError::Member { member, want }),
        },
    }
}
