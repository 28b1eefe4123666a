//! How groups fare under a scorecard: an analysis of a column that neither the
//! fit nor the card reads.
//!
//! It shows differences and how sure they are. It cannot say why they are
//! there, and passes nothing: whether a difference is lawful depends on the
//! law of the place, on what the score is used for and on what else could
//! have been used. The *four-fifths* figure of the United States' Uniform
//! Guidelines on Employee Selection Procedures (1978) is a rule of thumb for
//! noticing, not a limit for credit.
//!
//! Measures that compare groups of different bad rates cannot all be equal at
//! once (A. Chouldechova, *Fair prediction with disparate impact*, 2017).

use serde::Serialize;

use super::roc;
use super::scored::{Scored, wilson};
use super::{ValidateError, ValidateOptions};
use crate::train::TrainingTable;
use crate::train::maths::normal_reach;

/// What every report on groups says.
pub(super) const NOTE: &str = "An analysis, not a finding of law: it shows how groups fare at one \
     cut-off in this sample. It neither proves nor rules out discrimination, and no figure here is \
     a pass.";
/// Groups of fewer rows are marked: their figures move by chance.
const FEW_ROWS: usize = 100;
/// The share of rows selected where no cut-off is given.
const SELECTED: f64 = 0.8;

/// How groups fare at a cut-off.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fairness {
    /// What these figures are and are not.
    pub note: &'static str,
    /// Who has this published score or more counts as selected.
    pub cutoff: i64,
    /// The share of all rows selected.
    pub selection_rate: f64,
    /// The group that others are compared with.
    pub reference: String,
    /// Each group, in the order of first appearance.
    pub groups: Vec<GroupResult>,
}

/// How a group fares. Rates that have no rows under them are `None`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupResult {
    /// The group.
    pub group: String,
    /// How many rows it has.
    pub rows: usize,
    /// Whether they are so few that its figures move by chance.
    pub few_rows: bool,
    /// The share of bad rows.
    pub bad_rate: f64,
    /// The mean published score.
    pub mean_score: f64,
    /// The share selected.
    pub selection_rate: f64,
    /// The interval of that share.
    pub selection_interval: (f64, f64),
    /// Its selection rate over the reference group's.
    pub adverse_impact_ratio: Option<f64>,
    /// The share selected of its good rows.
    pub good_selected: Option<f64>,
    /// The share selected of its bad rows.
    pub bad_selected: Option<f64>,
    /// Its share of good selected less the reference group's: the
    /// equal-opportunity gap (M. Hardt, E. Price, N. Srebro, 2016).
    pub equal_opportunity_gap: Option<f64>,
    /// The mean stated probability of bad, if the card states odds.
    pub expected_bad_rate: Option<f64>,
    /// The stated probability less the bad rate: above 0 the card takes the
    /// group for riskier than it is.
    pub calibration_gap: Option<f64>,
    /// How well the score orders within the group; `None` of a group with one
    /// class.
    pub auc: Option<f64>,
}

pub(super) fn measure(
    scored: &Scored<'_>,
    table: &TrainingTable,
    options: &ValidateOptions<'_>,
) -> Result<Option<Fairness>, ValidateError> {
    let Some(labels) = table.groups() else {
        return Ok(None);
    };
    let cutoff = options.cutoff.unwrap_or_else(|| usual_cutoff(scored));
    let reach = normal_reach(options.confidence);
    let mut groups: Vec<GroupResult> = Vec::new();
    for (code, name) in labels.names().iter().enumerate() {
        let rows: Vec<usize> = (0..scored.rows())
            .filter(|&r| labels.code(r) == code)
            .collect();
        // A part of a table may have none of a group.
        if !rows.is_empty() {
            groups.push(group(name, &rows, scored, cutoff, reach));
        }
    }
    let reference = match &options.reference_group {
        Some(wanted) => groups
            .iter()
            .position(|group| group.group == *wanted)
            .ok_or_else(|| {
                let names: Vec<&str> = groups.iter().map(|group| group.group.as_str()).collect();
                ValidateError::UnknownGroup {
                    got: wanted.clone(),
                    want: names.join(", "),
                }
            })?,
        None => most_selected(&groups),
    };
    let (base, name) = (groups[reference].clone(), groups[reference].group.clone());
    for group in &mut groups {
        group.adverse_impact_ratio =
            (base.selection_rate > 0.0).then(|| group.selection_rate / base.selection_rate);
        group.equal_opportunity_gap = group
            .good_selected
            .zip(base.good_selected)
            .map(|(own, other)| own - other);
    }
    let all: f64 = scored.weights.iter().sum();
    let selected: f64 = (0..scored.rows())
        .filter(|&row| scored.scores[row].published >= cutoff)
        .map(|row| scored.weights[row])
        .sum();
    Ok(Some(Fairness {
        note: NOTE,
        cutoff,
        selection_rate: selected / all,
        reference: name,
        groups,
    }))
}

/// The group with the highest selection rate among those with enough rows, or
/// among all if none has.
fn most_selected(groups: &[GroupResult]) -> usize {
    let rank = |index: &usize| !groups[*index].few_rows;
    let best = (0..groups.len()).max_by(|a, b| {
        let rate = groups[*a]
            .selection_rate
            .total_cmp(&groups[*b].selection_rate);
        // Of equals the first.
        rank(a).cmp(&rank(b)).then(rate).then(b.cmp(a))
    });
    best.unwrap_or(0)
}

/// The highest score that four in five rows have or pass.
fn usual_cutoff(scored: &Scored<'_>) -> i64 {
    let mut order: Vec<usize> = (0..scored.rows()).collect();
    order.sort_by_key(|&row| std::cmp::Reverse(scored.scores[row].published));
    let all: f64 = scored.weights.iter().sum();
    let mut seen = 0.0;
    for &row in &order {
        seen += scored.weights[row];
        if seen >= SELECTED * all {
            return scored.scores[row].published;
        }
    }
    order.last().map_or(0, |&row| scored.scores[row].published)
}

fn group(name: &str, rows: &[usize], scored: &Scored<'_>, cutoff: i64, reach: f64) -> GroupResult {
    let sum = |keep: &dyn Fn(usize) -> bool| -> f64 {
        rows.iter()
            .filter(|&&row| keep(row))
            .map(|&row| scored.weights[row])
            .sum()
    };
    let mean = |of: &dyn Fn(usize) -> f64, all: f64| {
        rows.iter()
            .map(|&row| scored.weights[row] * of(row))
            .sum::<f64>()
            / all
    };
    let is_bad = |row: usize| scored.bad[row];
    let selected = |row: usize| scored.scores[row].published >= cutoff;
    let all = sum(&|_| true);
    let (good, bad) = (sum(&|row| !is_bad(row)), sum(&is_bad));
    let chosen = sum(&selected);
    let share = |part: f64, of: f64| (of > 0.0).then(|| part / of);
    let expected = scored
        .p_bad
        .as_ref()
        .map(|p_bad| mean(&|row| p_bad[row], all));
    GroupResult {
        group: name.into(),
        rows: rows.len(),
        few_rows: rows.len() < FEW_ROWS,
        bad_rate: bad / all,
        mean_score: mean(&|row| scored.scores[row].published as f64, all),
        selection_rate: chosen / all,
        selection_interval: wilson(chosen, all, reach),
        adverse_impact_ratio: None,
        good_selected: share(sum(&|row| selected(row) && !is_bad(row)), good),
        bad_selected: share(sum(&|row| selected(row) && is_bad(row)), bad),
        equal_opportunity_gap: None,
        expected_bad_rate: expected,
        calibration_gap: expected.map(|expected| expected - bad / all),
        auc: (good > 0.0 && bad > 0.0).then(|| {
            let pick = |all: &[f64]| rows.iter().map(|&row| all[row]).collect::<Vec<f64>>();
            let bad: Vec<bool> = rows.iter().map(|&row| is_bad(row)).collect();
            roc::auc(&pick(&scored.goodness), &bad, &pick(&scored.weights))
        }),
    }
}
