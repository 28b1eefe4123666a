//! A field's text as a level.

use blindscore_history::decimal::Decimal;
use blindscore_history::scheme::Line;

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
        Err(_) if text.parse::<Decimal>().is_ok() => Err(ValueFault::NotALevel { level_max }),
        Err(_) => Err(ValueFault::NotANumber),
    }
}
