//! From a scorecard of this project to a draft that every format can write.
//!
//! A column of a table comes out with its own cut points and categories. A
//! line of spending is not in any table, so it comes out as a column of its
//! levels, named after line and window.

use blindscore_history::decimal::Decimal;
use blindscore_history::scheme::{Categories, ColumnLine, ColumnScale, LineKind};

use super::card_file::CardFile;
use super::draft::{About, Boundary, Draft, Reason, Scale, Variable};
use super::format::Format;
use super::points;
use crate::attribute::Attribute;
use crate::model::Characteristic;
use crate::scaling::{MILLION, Scaling};

/// The draft of a card.
pub(super) fn draft(card: &CardFile, format: Format) -> Draft {
    let (scheme, scorecard) = (card.scheme(), card.scorecard());
    let base = match card.original() {
        Some(original) => original.base_points(),
        None => scorecard.base_points().into(),
    };
    let characteristics = scorecard.characteristics().iter().enumerate();
    Draft {
        format,
        about: About {
            name: Some(scorecard.name().to_owned()),
            provider: Some(scorecard.provider().to_owned()),
            version: Some(scorecard.version()),
            scheme: Some(scheme.name().to_owned()),
            currency: Some(scheme.currency().code().to_owned()),
        },
        base,
        variables: characteristics
            .map(|(index, c)| variable(card, index, c))
            .collect(),
        points_count_risk: scorecard.points_count_risk(),
        scaling: scale(card),
        notes: Vec::new(),
    }
}

/// The scale, unless the score is the sum of the points as they are written.
fn scale(card: &CardFile) -> Option<Scaling> {
    let scorecard = card.scorecard();
    if card.original().is_some() {
        return None;
    }
    let points = scorecard.characteristics().iter();
    let points: Vec<Vec<i64>> = points.map(Characteristic::points_table).collect();
    let sum = points::scaling(0, MILLION, scorecard.base_points(), &points).ok();
    (sum.as_ref() != Some(scorecard.scaling())).then(|| scorecard.scaling().clone())
}

fn variable(card: &CardFile, index: usize, characteristic: &Characteristic) -> Variable {
    let points = |level: u32| {
        let original = card.original().and_then(|o| o.points(index, level));
        original.unwrap_or_else(|| characteristic.points_at(level).into())
    };
    let window = &card.scheme().line_windows()[characteristic.line_window()];
    let line = &card.scheme().lines()[window.line];
    let levels = Levels {
        characteristic,
        points: &points,
    };
    let mut variable = match line.kind() {
        LineKind::Column(column) => of_column(column, line.name(), &levels),
        LineKind::Pooled(_) | LineKind::Single(_) | LineKind::Sum(_) => {
            let name = format!("{}_{}m", line.name(), characteristic.months());
            of_levels(&name, u32::from(!line.adds_up()), &levels)
        }
    };
    characteristic.name().clone_into(&mut variable.name);
    variable.reason = Some(Reason {
        code: characteristic.reason().code().to_owned(),
        text: Some(characteristic.reason().text().to_owned()),
    });
    let baseline = card.original().and_then(|o| o.baseline(index));
    variable.baseline = Some(baseline.unwrap_or_else(|| characteristic.baseline().into()));
    variable
}

/// A characteristic's levels with the points that are written.
struct Levels<'a> {
    characteristic: &'a Characteristic,
    points: &'a dyn Fn(u32) -> Decimal,
}

/// Levels of one attribute.
struct Run {
    first: u32,
    last: u32,
    points: Decimal,
}

impl Levels<'_> {
    /// Levels `first..=last` in runs of one attribute and points.
    fn runs(&self, first: u32, last: u32) -> Vec<Run> {
        let attribute = |level| self.characteristic.attribute_at(level).map(Attribute::from);
        let mut runs: Vec<Run> = Vec::new();
        for level in first..=last {
            let points = (self.points)(level);
            match runs.last_mut() {
                Some(run) if run.points == points && attribute(run.last) == attribute(level) => {
                    run.last = level;
                }
                _ => runs.push(Run {
                    first: level,
                    last: level,
                    points,
                }),
            }
        }
        runs
    }
}

fn of_column(column: &ColumnLine, line: &str, levels: &Levels<'_>) -> Variable {
    let runs = levels.runs(1, column.scale_levels());
    let starts = |start: &dyn Fn(u32) -> Boundary| {
        let cuts = runs.iter().skip(1).map(|run| start(run.first)).collect();
        let points = runs.iter().map(|run| run.points.clone()).collect();
        Scale::Numbers { cuts, points }
    };
    let scale = match column.scale() {
        ColumnScale::Steps(steps) => starts(&|level| {
            let start = steps.origin() + (i64::from(level) - 1) * steps.unit();
            Boundary::at(Decimal::scaled_down(start, steps.decimals()))
        }),
        ColumnScale::Cuts(cuts) => starts(&|level| {
            let cut = &cuts[level as usize - 2];
            Boundary {
                value: cut.value().clone(),
                above: cut.is_above(),
            }
        }),
        ColumnScale::Categories(categories) => of_categories(categories, &runs),
    };
    let mut variable = Variable::new(column.header().unwrap_or(line), scale, (levels.points)(0));
    variable.line = Some(line.to_owned());
    let special = (column.scale_levels() + 1..).zip(column.special());
    variable.special = special
        .map(|(level, value)| (value.clone(), (levels.points)(level)))
        .collect();
    variable
}

fn of_categories(categories: &Categories, runs: &[Run]) -> Scale {
    let all = categories.groups();
    let mut groups = Vec::new();
    let mut other = None;
    for run in runs {
        let (first, last) = (run.first as usize - 1, run.last as usize);
        let group: Vec<String> = all[first.min(all.len())..last.min(all.len())].concat();
        if last > all.len() {
            other = Some(run.points.clone());
        }
        if !group.is_empty() {
            groups.push((group, run.points.clone()));
        }
    }
    Scale::Categories { groups, other }
}

fn of_levels(name: &str, lowest: u32, levels: &Levels<'_>) -> Variable {
    let runs = levels.runs(lowest, levels.characteristic.level_max());
    let cuts = runs
        .iter()
        .skip(1)
        .map(|run| Boundary::at(i64::from(run.first).into()));
    let scale = Scale::Numbers {
        cuts: cuts.collect(),
        points: runs.iter().map(|run| run.points.clone()).collect(),
    };
    Variable::new(name, scale, (levels.points)(0))
}
