//! toad's export: `{variable: {bin: score}}`, or the same as CSV with
//! `name,value,score`.
//!
//! As its `ScoreCard.predict` reads it: bins `[a ~ b)`, categories joined by
//! commas, `nan` for what is missing, `else` for what is in no group. Without
//! `else`, a category in no group has the variable's least score; without
//! `nan`, a missing number is taken for -1.

use blindscore_history::decimal::Decimal;

use super::bins::{self, Bin, Interval};
use super::draft::{About, Draft, Scale, Variable};
use super::error::{ImportFault, Note};
use super::format::Format;
use super::json::Json;
use super::table::Table;

/// The name of the bin of missing values.
const MISSING: &str = "nan";
/// The name of the group of all other categories.
const ELSE: &str = "else";

pub(super) fn read_json(json: &Json) -> Result<Draft, ImportFault> {
    let mut variables = Vec::new();
    for (name, scores) in json.fields("the card")? {
        let mut bins = Vec::new();
        for (bin, score) in scores.fields(name)? {
            let score = score.number(&format!("{name}[{bin:?}]"))?;
            bins.push((bin.clone(), score.clone()));
        }
        variables.push((name.clone(), bins));
    }
    draft(variables)
}

pub(super) fn read_csv(table: &Table) -> Result<Draft, ImportFault> {
    let groups = table.groups("name", "value", "score", None)?;
    let variables = groups.into_iter().map(|group| {
        let bins = group.rows.into_iter().map(|row| (row.bin, row.points));
        (group.variable, bins.collect())
    });
    draft(variables.collect())
}

fn draft(variables: Vec<(String, Vec<(String, Decimal)>)>) -> Result<Draft, ImportFault> {
    let mut notes = vec![Note::new(
        "toad gives reasons by the median of its training data, which its export leaves out: \
         reasons here are for points below the best of each variable",
    )];
    let variables: Vec<Variable> = variables
        .iter()
        .map(|(name, bins)| variable(name, bins, &mut notes))
        .collect::<Result<_, _>>()?;
    Ok(Draft {
        format: Format::Toad,
        about: About::default(),
        base: 0.into(),
        variables,
        points_count_risk: false,
        scaling: None,
        notes,
    })
}

fn variable(
    name: &str,
    bins: &[(String, Decimal)],
    notes: &mut Vec<Note>,
) -> Result<Variable, ImportFault> {
    let least = bins.iter().map(|(_, score)| score).min();
    let least = least.ok_or_else(|| ImportFault::variable(name, "has no bins"))?;
    let is_numeric = bins.iter().any(|(bin, _)| Interval::read(bin).is_some());
    if !is_numeric {
        return categories(name, bins, least, notes);
    }
    let (mut intervals, mut missing) = (Vec::new(), None);
    for (bin, score) in bins {
        if bin == MISSING {
            missing = Some(score.clone());
            continue;
        }
        let interval = Interval::read(bin).ok_or_else(|| {
            let message = format!("bin {bin:?} is neither a range nor {MISSING}");
            ImportFault::variable(name, message)
        })?;
        intervals.push(Bin {
            text: bin,
            interval,
            points: score.clone(),
        });
    }
    let scale = bins::numbers(name, intervals)?;
    let missing = missing.unwrap_or_else(|| {
        notes.push(Note::about(
            name,
            "no bin for missing: as in toad, an empty cell is taken for -1",
        ));
        points_of_minus_one(&scale).unwrap_or(least).clone()
    });
    Ok(Variable::new(name, scale, missing))
}

fn points_of_minus_one(scale: &Scale) -> Option<&Decimal> {
    let Scale::Numbers { cuts, points } = scale else {
        return None;
    };
    let value = Decimal::from(-1);
    points.get(cuts.partition_point(|cut| cut.value <= value && !(cut.above && cut.value == value)))
}

fn categories(
    name: &str,
    bins: &[(String, Decimal)],
    least: &Decimal,
    notes: &mut Vec<Note>,
) -> Result<Variable, ImportFault> {
    let (mut groups, mut missing, mut other) = (Vec::new(), None, None);
    for (bin, score) in bins {
        if bin == ELSE {
            other = Some(score.clone());
            continue;
        }
        let (nan, known): (Vec<&str>, Vec<&str>) = bin.split(',').partition(|c| *c == MISSING);
        if !nan.is_empty() && missing.replace(score.clone()).is_some() {
            return Err(ImportFault::variable(
                name,
                "has nan in two bins; want it in one",
            ));
        }
        if !known.is_empty() {
            let known = known.into_iter().map(|c| c.trim().to_owned());
            groups.push((known.collect(), score.clone()));
        }
    }
    bins::refuse_twice(name, groups.iter().flat_map(|(group, _)| group))?;
    if groups.is_empty() {
        return Err(ImportFault::variable(
            name,
            "has no categories but nan and else",
        ));
    }
    let other = other.unwrap_or_else(|| {
        notes.push(Note::about(
            name,
            "as in toad, a category that is in no bin has the variable's least score",
        ));
        least.clone()
    });
    let missing = missing.unwrap_or_else(|| other.clone());
    let scale = Scale::Categories {
        groups,
        other: Some(other),
    };
    Ok(Variable::new(name, scale, missing))
}
