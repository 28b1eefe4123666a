//! Levels of a table's row.

use std::collections::BTreeMap;

use super::compute::known_level;
use super::error::LevelsError;
use crate::scheme::{LineKind, Scheme};

pub(super) fn levels(
    scheme: &Scheme,
    values: &BTreeMap<String, Option<i64>>,
) -> Result<Vec<u32>, LevelsError> {
    let mut levels = Vec::with_capacity(scheme.lines().len());
    for line in scheme.lines() {
        let name = line.name();
        if !matches!(line.kind(), LineKind::Column(_)) {
            let line = name.to_owned();
            return Err(LevelsError::NotAColumn { line });
        }
        let value = values
            .get(name)
            .ok_or_else(|| LevelsError::MissingColumn(name.to_owned()))?;
        levels.push(value.map_or(0, |value| known_level(line, i128::from(value))));
    }
    let is_foreign = |name: &&String| scheme.find(name, 0).is_none();
    match values.keys().find(is_foreign) {
        Some(name) => Err(LevelsError::UnknownColumn(name.clone())),
        None => Ok(levels),
    }
}
