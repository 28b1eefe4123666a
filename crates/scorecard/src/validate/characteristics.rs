//! Each characteristic by itself: what its attributes hold, and how well it
//! alone orders good and bad.

use serde::Serialize;

use blindscore_history::scheme::Scheme;

use super::roc;
use super::scored::Scored;
use crate::attribute::Attribute;
use crate::model::{Characteristic, Scorecard};
use crate::table;
use crate::train::TrainingTable;
use crate::train::maths::ln;

/// A characteristic on a sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CharacteristicResult {
    /// Its name.
    pub name: String,
    /// The information value of its attributes in this sample, half a row
    /// added to both classes of each.
    pub iv: f64,
    /// The AUC of its points alone.
    pub auc: f64,
    /// Whether better points go with lower bad rates throughout, among
    /// attributes with rows.
    pub in_order: bool,
    /// Not known first, if the line can be, then the attributes.
    pub attributes: Vec<AttributeResult>,
}

/// An attribute on a sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AttributeResult {
    /// The range in words.
    pub label: String,
    /// Its points.
    pub points: i64,
    /// How many rows it holds.
    pub rows: usize,
    /// The weight of the good.
    pub good: f64,
    /// The weight of the bad.
    pub bad: f64,
    /// The share of bad rows; `None` if it holds none.
    pub bad_rate: Option<f64>,
}

pub(super) fn measure(
    card: &Scorecard,
    scheme: &Scheme,
    table: &TrainingTable,
    scored: &Scored<'_>,
) -> Vec<CharacteristicResult> {
    let sign = if card.points_count_risk() { -1 } else { 1 };
    let one = |characteristic: &Characteristic| {
        let levels = table
            .levels(characteristic.line_window())
            .unwrap_or_default();
        result(characteristic, scheme, levels, scored, sign)
    };
    card.characteristics().iter().map(one).collect()
}

/// The attributes of a characteristic, not known first.
pub(super) fn attributes(characteristic: &Characteristic) -> Vec<(Option<&Attribute>, i64)> {
    let not_known = characteristic.not_known().map(|points| (None, points));
    let ranges = characteristic
        .attributes()
        .iter()
        .map(|a| (Some(a), a.points()));
    not_known.into_iter().chain(ranges).collect()
}

/// The index in [`attributes`] of each level.
pub(super) fn places(characteristic: &Characteristic) -> Vec<usize> {
    let shift = usize::from(characteristic.not_known().is_some());
    (0..=characteristic.level_max())
        .map(|level| {
            let upper = characteristic
                .attributes()
                .partition_point(|a| a.from() <= level);
            // Level 0 of a line that can be not known lies below them all.
            (upper + shift).saturating_sub(1)
        })
        .collect()
}

fn result(
    characteristic: &Characteristic,
    scheme: &Scheme,
    levels: &[u8],
    scored: &Scored<'_>,
    sign: i64,
) -> CharacteristicResult {
    let mut results: Vec<AttributeResult> = attributes(characteristic)
        .into_iter()
        .map(|(attribute, points)| AttributeResult {
            label: table::label(characteristic, scheme, attribute),
            points,
            rows: 0,
            good: 0.0,
            bad: 0.0,
            bad_rate: None,
        })
        .collect();
    let places = places(characteristic);
    let mut points = Vec::with_capacity(levels.len());
    for (row, &level) in levels.iter().enumerate() {
        let result = &mut results[places[usize::from(level)]];
        result.rows += 1;
        if scored.bad[row] {
            result.bad += scored.weights[row];
        } else {
            result.good += scored.weights[row];
        }
        points.push((sign * result.points) as f64);
    }
    for result in &mut results {
        let weight = result.good + result.bad;
        result.bad_rate = (weight > 0.0).then_some(result.bad / weight);
    }
    CharacteristicResult {
        name: characteristic.name().into(),
        iv: information(&results),
        auc: roc::auc(&points, scored.bad, &scored.weights),
        in_order: in_order(&results, sign),
        attributes: results,
    }
}

fn information(results: &[AttributeResult]) -> f64 {
    let shares = |of: &dyn Fn(&AttributeResult) -> f64| -> Vec<f64> {
        let total: f64 = results.iter().map(|r| of(r) + 0.5).sum();
        results.iter().map(|r| (of(r) + 0.5) / total).collect()
    };
    let (good, bad) = (shares(&|r| r.good), shares(&|r| r.bad));
    good.iter()
        .zip(&bad)
        .map(|(g, b)| (g - b) * ln(g / b))
        .sum()
}

fn in_order(results: &[AttributeResult], sign: i64) -> bool {
    let mut known: Vec<(i64, f64)> = results
        .iter()
        .filter_map(|r| r.bad_rate.map(|rate| (sign * r.points, rate)))
        .collect();
    known.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
    known
        .windows(2)
        .all(|pair| pair[0].0 == pair[1].0 || pair[0].1 >= pair[1].1)
}
