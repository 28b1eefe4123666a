//! A field's text as a level.

use blindscore_history::scheme::Line;

use super::coding::{ColumnCoding, NumberFault, whole};
use super::table_error::ValueFault;

/// A level as it stands.
pub(super) fn level(text: &str, line: &Line, level_max: u32) -> Result<u32, ValueFault> {
    if text.is_empty() {
        return if line.adds_up() {
            Err(ValueFault::Empty)
        } else {
            Ok(0)
        };
    }
    let digits = text.strip_suffix(".0").unwrap_or(text);
    match digits.parse::<u32>() {
        Ok(level) if level <= level_max => Ok(level),
        Ok(_) => Err(ValueFault::NotALevel { level_max }),
        Err(_) if whole(text, 0).is_ok() => Err(ValueFault::NotALevel { level_max }),
        Err(_) => Err(ValueFault::NotANumber),
    }
}

/// The level of a column line's value.
pub(super) fn value(text: &str, line: &Line, coding: &ColumnCoding) -> Result<u32, ValueFault> {
    if coding.is_not_known(text) {
        return Ok(0);
    }
    let number = match &coding.categories {
        Some(_) => coding.code_of(text).ok_or(ValueFault::UnseenCategory)?,
        None => whole(text, coding.decimals).map_err(|fault| match fault {
            NumberFault::NotANumber => ValueFault::NotANumber,
            NumberFault::TooLarge => ValueFault::TooLarge,
        })?,
    };
    // As the history crate defines the level of a column line.
    let steps = (i128::from(number) - i128::from(line.origin().unwrap_or(0)))
        .div_euclid(i128::from(line.unit()));
    let most = line.cap() - 1;
    Ok(1 + u32::try_from(steps.max(0)).map_or(most, |steps| steps.min(most)))
}
