//! This project's CSV: `Variable,Bin,Points`, a row a bin.
//!
//! A bin is a range (`(-inf, 7.5)`, `[7.5, inf)`, exact), a JSON list of
//! categories (`["joint","e-wallet"]`), `special -1`, `other` or `missing`. The
//! first row, `basepoints`, has an empty bin. Points add up to the score.

use std::fmt::Write;

use blindscore_history::decimal::Decimal;

use super::bins::{self, Bin, Interval};
use super::draft::{About, Draft, Scale, Variable};
use super::error::{ExportError, ImportFault, short};
use super::format::Format;
use super::table::{Group, Table};
use crate::scaling::Scaling;

/// The variable of the points that everybody starts with.
pub(super) const BASE: &str = "basepoints";
const MISSING: &str = "missing";
const OTHER: &str = "other";
const SPECIAL: &str = "special ";

/// Reads the table.
pub(super) fn read(table: &Table) -> Result<Draft, ImportFault> {
    let mut base = Decimal::from(0);
    let mut variables = Vec::new();
    for group in table.groups("Variable", "Bin", "Points", None)? {
        if group.variable == BASE {
            base = group.rows[0].points.clone();
        } else {
            variables.push(variable(&group)?);
        }
    }
    Ok(Draft {
        format: Format::Csv,
        about: About::default(),
        base,
        variables,
        points_count_risk: false,
        scaling: None,
        notes: Vec::new(),
    })
}

fn variable(group: &Group) -> Result<Variable, ImportFault> {
    let name = &group.variable;
    let refused = |message: String| ImportFault::variable(name, message);
    let (mut intervals, mut groups, mut special) = (Vec::new(), Vec::new(), Vec::new());
    let (mut missing, mut other) = (None, None);
    for row in &group.rows {
        let points = row.points.clone();
        let bin = row.bin.trim();
        if bin == MISSING {
            missing = Some(points);
        } else if bin == OTHER {
            other = Some(points);
        } else if let Some(value) = bin.strip_prefix(SPECIAL) {
            let value = value.parse();
            let value = value.map_err(|error| refused(format!("bin {bin:?}: {error}")))?;
            special.push((value, points));
        } else if let Ok(categories) = serde_json::from_str::<Vec<String>>(bin) {
            groups.push((categories, points));
        } else if let Some(interval) = Interval::read(bin) {
            intervals.push(Bin {
                text: bin,
                interval,
                points,
            });
        } else {
            let bin = short(bin);
            return Err(refused(format!(
                "bin {bin:?}; want a range such as [7.5, inf), a list such as [\"joint\"], \
                 special, other or missing"
            )));
        }
    }
    let missing = missing.ok_or_else(|| refused("has no bin missing".to_owned()))?;
    let numeric = !intervals.is_empty();
    let categorical = !groups.is_empty() || other.is_some();
    if numeric == categorical {
        return Err(refused(
            "want either ranges or lists of categories".to_owned(),
        ));
    }
    let scale = if numeric {
        bins::numbers(name, intervals)?
    } else {
        bins::refuse_twice(name, groups.iter().flat_map(|(group, _)| group))?;
        Scale::Categories { groups, other }
    };
    let mut variable = Variable::new(name, scale, missing);
    variable.special = special;
    Ok(variable)
}

/// Writes the table. A scale is worked into the points, whose sum is then the
/// score before it is rounded.
pub(super) fn write(draft: &Draft) -> Result<String, ExportError> {
    // A scale turns them round; without one they would be read as the better
    // the more.
    if draft.points_count_risk && draft.scaling.is_none() {
        return Err(ExportError::CountsRisk);
    }
    let points = |points: &Decimal, offset: bool| match &draft.scaling {
        None => Ok(points.clone()),
        Some(scaling) => scaled(points, scaling, offset),
    };
    let mut text = String::from("Variable,Bin,Points\n");
    row(&mut text, BASE, "", &points(&draft.base, true)?);
    let mut columns = std::collections::BTreeSet::new();
    for variable in &draft.variables {
        let name = &variable.column;
        if !columns.insert(name) || name == BASE {
            return Err(ExportError::OneColumn {
                column: name.clone(),
            });
        }
        let mut bin = |bin: &str, of: &Decimal| -> Result<(), ExportError> {
            row(&mut text, name, bin, &points(of, false)?);
            Ok(())
        };
        match &variable.scale {
            Scale::Numbers { cuts, points } => {
                for (index, of) in points.iter().enumerate() {
                    let lower = index.checked_sub(1).and_then(|at| cuts.get(at));
                    bin(&Interval::text(lower, cuts.get(index)), of)?;
                }
            }
            Scale::Categories { groups, other } => {
                for (group, of) in groups {
                    let list = serde_json::to_string(group).expect("texts are JSON");
                    bin(&list, of)?;
                }
                if let Some(of) = other {
                    bin(OTHER, of)?;
                }
            }
        }
        for (value, of) in &variable.special {
            bin(&format!("{SPECIAL}{value}"), of)?;
        }
        bin(MISSING, &variable.missing)?;
    }
    Ok(text)
}

/// `offset + factor * points`, or without the offset.
fn scaled(points: &Decimal, scaling: &Scaling, offset: bool) -> Result<Decimal, ExportError> {
    let whole = points.rounded(0).unwrap_or(0);
    let offset = if offset {
        scaling.offset_millionths()
    } else {
        0
    };
    let product = scaling.factor_millionths().checked_mul(whole);
    let scaled = product.and_then(|product| product.checked_add(offset));
    scaled
        .map(|millionths| Decimal::scaled_down(millionths, 6))
        .ok_or(ExportError::Scale)
}

fn row(text: &mut String, variable: &str, bin: &str, points: &Decimal) {
    let quoted = |cell: &str| {
        if cell.contains([',', '"', '\n', '\r']) || cell.starts_with(' ') {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    writeln!(text, "{},{},{points}", quoted(variable), quoted(bin))
        .expect("writing to a string does not fail");
}
