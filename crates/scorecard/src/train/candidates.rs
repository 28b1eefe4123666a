//! Which columns may enter, and their bins.

use std::collections::BTreeMap;

use blindscore_history::scheme::Scheme;

use super::binning::{self, ColumnBins};
use super::options::{ColumnOptions, FitOptions};
use super::table::{TrainingTable, column_name};
use super::{Candidate, FitError, Selected};

/// Bins every column of the table and says which may enter.
pub(super) fn find(
    scheme: &Scheme,
    table: &TrainingTable,
    options: &FitOptions,
) -> Result<Vec<Candidate>, FitError> {
    let wanted = by_line_window(scheme, table, options)?;
    let mut candidates = Vec::new();
    for index in table.line_windows() {
        let column = wanted.get(&index).copied();
        if column.is_some_and(|column| column.exclude) || (options.only_listed && column.is_none())
        {
            continue;
        }
        let bins = binning::bin(scheme, table, index, &options.binning, column)?;
        if bins.is_constant() && separates(scheme, table, index) {
            // No bin of it has both, so it would be left out as if it said
            // nothing; a column that says all is an outcome in disguise.
            return Err(FitError::Separation {
                column: bins.column,
            });
        }
        let forced = column.is_some_and(|column| column.force);
        let selected = if bins.is_constant() {
            Selected::Constant
        } else if bins.iv < options.least_iv && !forced {
            Selected::LittleInformation
        } else {
            Selected::NotChosen
        };
        candidates.push(Candidate {
            bins,
            selected,
            forced,
        });
    }
    leave_out_alike(table, options, &mut candidates);
    if candidates.iter().all(|c| c.selected != Selected::NotChosen) {
        let constant = candidates
            .iter()
            .filter(|c| c.selected == Selected::Constant);
        return Err(FitError::NothingToFit {
            columns: candidates.len(),
            constant: constant.count(),
            least_iv: options.least_iv,
        });
    }
    Ok(candidates)
}

/// Whether one cut through a column's known levels parts all good rows from
/// all bad ones; or would, if levels were finer: one level may hold some of
/// both, but hardly any rows.
fn separates(scheme: &Scheme, table: &TrainingTable, line_window: usize) -> bool {
    let line = &scheme.lines()[scheme.line_windows()[line_window].line];
    let least = u8::from(!line.adds_up());
    let (Some(levels), Some(bad)) = (table.levels(line_window), table.bad()) else {
        return false;
    };
    let of = |wanted: bool| {
        let rows = levels.iter().zip(bad);
        let known = rows.filter(move |(level, bad)| **level >= least && **bad == wanted);
        let levels = known.map(|(level, _)| *level);
        levels.clone().min().zip(levels.max())
    };
    /// One row in so many may lie in the level that both share.
    const SHARED: usize = 50;
    let few_at = |shared: u8| {
        let at = levels.iter().filter(|level| **level == shared).count();
        at * SHARED <= levels.iter().filter(|level| **level >= least).count()
    };
    match (of(true), of(false)) {
        (Some((bad_least, bad_most)), Some((good_least, good_most))) => {
            bad_most < good_least
                || good_most < bad_least
                || (bad_most == good_least && few_at(bad_most))
                || (good_most == bad_least && few_at(good_most))
        }
        _ => false,
    }
}

fn by_line_window<'a>(
    scheme: &Scheme,
    table: &TrainingTable,
    options: &'a FitOptions,
) -> Result<BTreeMap<usize, &'a ColumnOptions>, FitError> {
    let all = scheme.line_windows().len();
    let mut wanted = BTreeMap::new();
    for column in &options.columns {
        let name = || column.column.clone();
        let index = (0..all)
            .find(|&index| column_name(scheme, index) == column.column)
            .ok_or_else(|| FitError::UnknownColumn { column: name() })?;
        if !table.has(index) && !column.exclude {
            return Err(FitError::NoColumn { column: name() });
        }
        if wanted.insert(index, column).is_some() {
            return Err(FitError::DuplicateColumn { column: name() });
        }
    }
    Ok(wanted)
}

/// Of two columns that say nearly the same, the one that says less is left
/// out. Forced columns stay.
fn leave_out_alike(table: &TrainingTable, options: &FitOptions, candidates: &mut [Candidate]) {
    let mut order: Vec<usize> = (0..candidates.len())
        .filter(|&i| candidates[i].selected == Selected::NotChosen)
        .collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&candidates[a], &candidates[b]);
        let iv = b.bins.iv.total_cmp(&a.bins.iv);
        b.forced.cmp(&a.forced).then(iv)
    });
    let mut kept: Vec<(usize, Standard)> = Vec::new();
    for index in order {
        let one = Standard::new(table, &candidates[index].bins);
        let alike = |(_, other): &&(usize, Standard)| {
            one.correlation(table, other) > options.greatest_correlation
        };
        match kept.iter().find(alike).map(|(other, _)| *other) {
            Some(other) if !candidates[index].forced => {
                let column = candidates[other].bins.column.clone();
                candidates[index].selected = Selected::SaysTheSame { column };
            }
            _ => kept.push((index, one)),
        }
    }
}

/// A column's weights of evidence, centred.
struct Standard {
    line_window: usize,
    values: Vec<f64>,
    norm: f64,
}

impl Standard {
    fn new(table: &TrainingTable, bins: &ColumnBins) -> Self {
        let mut values = bins.woe_by_level();
        let all: f64 = bins.bins.iter().map(|bin| bin.good + bin.bad).sum();
        let mean = |f: &dyn Fn(f64) -> f64| {
            let weighted = bins
                .bins
                .iter()
                .map(|bin| (bin.good + bin.bad) * f(bin.woe));
            weighted.sum::<f64>() / all
        };
        let centre = mean(&|woe| woe);
        let norm = mean(&|woe| (woe - centre) * (woe - centre)).sqrt();
        values.iter_mut().for_each(|value| *value -= centre);
        debug_assert!(table.has(bins.line_window));
        Self {
            line_window: bins.line_window,
            values,
            norm,
        }
    }

    fn correlation(&self, table: &TrainingTable, other: &Self) -> f64 {
        let columns = (
            table.levels(self.line_window),
            table.levels(other.line_window),
        );
        let (Some(a), Some(b)) = columns else {
            return 0.0;
        };
        let (mut sum, mut all) = (0.0, 0.0);
        for (row, (&a, &b)) in a.iter().zip(b).enumerate() {
            let weight = table.weight(row);
            sum += weight * self.values[usize::from(a)] * other.values[usize::from(b)];
            all += weight;
        }
        let scale = all * self.norm * other.norm;
        if scale > 0.0 { sum / scale } else { 0.0 }
    }
}
