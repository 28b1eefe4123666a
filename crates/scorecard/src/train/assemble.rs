//! The scorecard of a chosen model, and the report on it.

use blindscore_history::scheme::Scheme;

use super::diagnose::{coefficients, warnings};
use super::logistic::Model;
use super::options::{Baseline, ColumnOptions, FitOptions};
use super::points::{self, ExactPoints, Rounding, WholePoints};
use super::report::SIGN_CONVENTION;
use super::select::Chosen;
use super::table::TrainingTable;
use super::{
    Candidate, Fit, FitError, FitReport, ModelReport, ScaleReport, Selected, TableSummary,
};
use crate::build::{CharacteristicBuilder, ScorecardBuilder};
use crate::model::Scorecard;
use crate::scaling::{MILLION, Odds, OddsDirection, Scaling};
use crate::validate::roc;

pub(super) fn assemble(
    scheme: &Scheme,
    table: &TrainingTable,
    options: &FitOptions,
    summary: TableSummary,
    mut candidates: Vec<Candidate>,
    chosen: Chosen,
) -> Result<Fit, FitError> {
    for &index in &chosen.model.which {
        candidates[index].selected = Selected::Yes;
    }
    let model = &chosen.model;
    let terms: Vec<(f64, Vec<f64>)> = model
        .which
        .iter()
        .zip(&model.coefficients)
        .map(|(&index, &b)| {
            (
                b,
                candidates[index]
                    .bins
                    .bins
                    .iter()
                    .map(|bin| bin.woe)
                    .collect(),
            )
        })
        .collect();
    let exact = points::exact(&options.scale, model.intercept, &terms);
    let whole = points::round(&exact, options.scale.points);
    let texts = texts(scheme, options, &candidates, model);
    let scorecard = card(scheme, options, &candidates, model, &whole, &texts)?;

    let rows = Scored::new(table, &candidates, model, &exact, &whole);
    let rounding = rows.rounding(table, &whole)?;
    let clamped = rows.clamped(table, &scorecard);
    let coefficients = coefficients(table, &candidates, model, &texts)?;
    let mut report = FitReport {
        table: summary,
        sign_convention: SIGN_CONVENTION,
        steps: chosen.steps,
        model: ModelReport {
            intercept: model.intercept,
            coefficients,
            l2: options.l2,
            l1: chosen.l1,
            log_loss: model.log_loss,
            iterations: model.iterations,
        },
        scale: ScaleReport {
            points_to_double_odds: options.scale.points_to_double_odds,
            base_odds: options.scale.base_odds,
            base_score: options.scale.base_score,
            factor: points::factor(&options.scale),
            raw_per_published: whole.size(),
            span: scorecard.span(),
            span_wanted: exact.span(),
            clamped,
        },
        rounding,
        warnings: Vec::new(),
        candidates,
    };
    report.warnings = warnings(&report);
    Ok(Fit { scorecard, report })
}

/// Name, reason code and reason text of a characteristic.
pub(super) struct Texts {
    pub(super) name: String,
    code: String,
    text: String,
}

fn texts(
    scheme: &Scheme,
    options: &FitOptions,
    candidates: &[Candidate],
    model: &Model,
) -> Vec<Texts> {
    let none = ColumnOptions::default();
    let against = match options.baseline {
        Baseline::Average => "the average applicant",
        Baseline::Greatest => "the best applicants",
    };
    model
        .which
        .iter()
        .enumerate()
        .map(|(number, &index)| {
            let bins = &candidates[index].bins;
            let listed = options
                .columns
                .iter()
                .find(|column| column.column == bins.column);
            let listed = listed.unwrap_or(&none);
            let name = listed
                .name
                .clone()
                .unwrap_or_else(|| name(scheme, bins.line_window));
            Texts {
                code: listed
                    .reason_code
                    .clone()
                    .unwrap_or_else(|| format!("R{:02}", number + 1)),
                text: listed
                    .reason_text
                    .clone()
                    .unwrap_or_else(|| format!("{name}: fewer points than {against}")),
                name,
            }
        })
        .collect()
}

/// `essential_spend@3` as `Essential spend, 3 months`.
fn name(scheme: &Scheme, line_window: usize) -> String {
    let found = &scheme.line_windows()[line_window];
    let line = scheme.lines()[found.line].name().replace('_', " ");
    let mut letters = line.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    let line: String = first.into_iter().chain(letters).collect();
    match found.months {
        0 => line,
        1 => format!("{line}, 1 month"),
        months => format!("{line}, {months} months"),
    }
}

fn card(
    scheme: &Scheme,
    options: &FitOptions,
    candidates: &[Candidate],
    model: &Model,
    whole: &WholePoints,
    texts: &[Texts],
) -> Result<Scorecard, FitError> {
    let builder = ScorecardBuilder::new(&options.name, &options.provider)
        .version(options.version)
        .base_points(whole.base)
        .scaling(scaling(options, whole)?);
    let parts = model.which.iter().zip(&whole.bins).zip(texts);
    let builder = parts.fold(builder, |builder, ((&index, points), texts)| {
        builder.characteristic(characteristic(
            scheme,
            options,
            &candidates[index],
            points,
            texts,
        ))
    });
    Ok(builder.build(scheme)?)
}

fn characteristic(
    scheme: &Scheme,
    options: &FitOptions,
    candidate: &Candidate,
    points: &[i64],
    texts: &Texts,
) -> CharacteristicBuilder {
    let bins = &candidate.bins;
    let found = &scheme.line_windows()[bins.line_window];
    let line = &scheme.lines()[found.line];
    let lowest = u32::from(!line.adds_up());
    // A new attribute wherever the bin changes.
    let mut attributes: Vec<(u32, i64)> = Vec::new();
    let mut last = None;
    for level in lowest..=found.level_max {
        let bin = bins.bin_of(level);
        if last != Some(bin) {
            attributes.push((level, points[bin]));
            last = Some(bin);
        }
    }
    let window = Some(found.months).filter(|&months| months > 0);
    let builder = CharacteristicBuilder::new(&texts.name, line.name(), window)
        .attributes(attributes)
        .reason(&texts.code, &texts.text)
        .baseline(baseline(options.baseline, candidate, points));
    match lowest {
        0 => builder,
        _ => builder.not_known(points[bins.bin_of(0)]),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a mean of points that fit")]
fn baseline(baseline: Baseline, candidate: &Candidate, points: &[i64]) -> i64 {
    match baseline {
        Baseline::Greatest => points.iter().copied().max().unwrap_or(0),
        Baseline::Average => {
            let weight = |index: usize| {
                let bin = &candidate.bins.bins[index];
                bin.good + bin.bad
            };
            let (mut sum, mut all) = (0.0, 0.0);
            for (index, &points) in points.iter().enumerate() {
                sum += weight(index) * points as f64;
                all += weight(index);
            }
            (sum / all).round() as i64
        }
    }
}

/// An exact scale whose statement on odds holds to a millionth.
fn scaling(options: &FitOptions, whole: &WholePoints) -> Result<Scaling, FitError> {
    let scale = &options.scale;
    let million = i128::from(MILLION);
    let pdo = i64::from(scale.points_to_double_odds);
    // Below 10^5 * 10^9, so nothing here comes near 2^127.
    let raw_to_double = i128::from(pdo) * i128::from(whole.size_millionths);
    let raw_at_base = i128::from(scale.base_score) * i128::from(whole.size_millionths);
    let factor = divide(i128::from(pdo) * million * million, raw_to_double);
    let offset = divide(
        i128::from(scale.base_score) * million * million - factor * raw_at_base,
        million,
    );
    let narrow = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
    let scaling = Scaling::new(narrow(offset), narrow(factor), scale.min, scale.max)
        .and_then(|scaling| {
            scaling.with_odds(Odds {
                direction: OddsDirection::GoodToBad,
                base_odds_millionths: odds_millionths(scale.base_odds),
                base_score: scale.base_score,
                points_to_double_odds: pdo,
                raw_at_base_millionths: narrow(raw_at_base),
                raw_to_double_millionths: narrow(raw_to_double),
            })
        })
        .map_err(crate::ScorecardError::from)?;
    Ok(scaling)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "odds are checked to be below 10^5"
)]
fn odds_millionths(odds: f64) -> i64 {
    (odds * MILLION as f64).round() as i64
}

/// To the nearest; the divisor is above zero.
fn divide(value: i128, by: i128) -> i128 {
    (2 * value + by).div_euclid(2 * by)
}

/// Each row's score before and after rounding, in published points.
struct Scored {
    exact: Vec<f64>,
    whole: Vec<i64>,
}

impl Scored {
    fn new(
        table: &TrainingTable,
        candidates: &[Candidate],
        model: &Model,
        exact: &ExactPoints,
        whole: &WholePoints,
    ) -> Self {
        let mut scored = Self {
            exact: vec![exact.base; table.rows()],
            whole: vec![whole.base; table.rows()],
        };
        for (place, &index) in model.which.iter().enumerate() {
            let bins = &candidates[index].bins;
            let levels = table.levels(bins.line_window).unwrap_or_default();
            for (row, &level) in levels.iter().enumerate() {
                let bin = bins.bin_of(u32::from(level));
                scored.exact[row] += exact.bins[place][bin];
                scored.whole[row] += whole.bins[place][bin];
            }
        }
        scored
    }

    fn rounding(&self, table: &TrainingTable, whole: &WholePoints) -> Result<Rounding, FitError> {
        let bad = table.both_classes()?;
        let weights: Vec<f64> = (0..table.rows()).map(|row| table.weight(row)).collect();
        let whole_scores: Vec<f64> = self.whole.iter().map(|&raw| raw as f64).collect();
        let differences = self.exact.iter().zip(&whole_scores);
        let differences: Vec<f64> = differences
            .map(|(exact, raw)| (exact - raw / whole.size()).abs())
            .collect();
        Ok(Rounding {
            auc_before: roc::auc(&self.exact, bad, &weights),
            auc_after: roc::auc(&whole_scores, bad, &weights),
            largest_difference: differences.iter().copied().fold(0.0, f64::max),
            mean_difference: differences.iter().sum::<f64>() / differences.len() as f64,
            bound: (whole.bins.len() + 1) as f64 / 2.0 / whole.size(),
        })
    }

    /// The share of rows, by weight, at an end of the published range.
    fn clamped(&self, table: &TrainingTable, card: &Scorecard) -> f64 {
        let scaling = card.scaling();
        let (mut clamped, mut all) = (0.0, 0.0);
        for (row, &raw) in self.whole.iter().enumerate() {
            let published = scaling.published(raw);
            if published <= scaling.min() || published >= scaling.max() {
                clamped += table.weight(row);
            }
            all += table.weight(row);
        }
        clamped / all
    }
}

impl ExactPoints {
    fn span(&self) -> f64 {
        let width = |bins: &Vec<f64>| {
            let most = bins.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            most - bins.iter().copied().fold(f64::INFINITY, f64::min)
        };
        self.bins.iter().map(width).sum()
    }
}
