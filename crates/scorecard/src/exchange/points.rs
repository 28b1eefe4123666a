//! Whole points for a card whose points may have digits after the point.
//!
//! Encryption carries sums of at most [`SPAN_MAX`] steps. Points that fit, in
//! whole numbers or counted in tenths, hundredths and so on, are kept exactly.
//! Others are counted in the finest step that fits, each rounded to the
//! nearest, and the report says by how much a score can differ; the points as
//! imported are kept beside them.

use blindscore_history::decimal::Decimal;

use super::card_file::{DECIMALS_MAX, Original};
use super::draft::{Draft, Variable};
use super::error::{ImportFault, Note};
use super::report::PointsReport;
use crate::model::Scorecard;
use crate::scaling::{MILLION, Scaling};
use crate::{BASE_POINTS_MAX, POINTS_MAX, SPAN_MAX};

/// Whole points of a draft.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) base_points: i64,
    /// For each variable the points of level 0, 1, ….
    pub(crate) points: Vec<Vec<i64>>,
    pub(crate) baselines: Vec<i64>,
    pub(crate) scaling: Scaling,
    pub(crate) original: Option<Original>,
    /// By how much the score before rounding can differ, in billionths.
    difference: i128,
    decimals: u8,
    pub(crate) notes: Vec<Note>,
}

impl Counted {
    /// What the reader is told.
    pub(crate) fn report(&self, card: &Scorecard) -> PointsReport {
        let difference = i64::try_from(self.difference).unwrap_or(i64::MAX);
        PointsReport {
            exact: self.difference == 0,
            decimals: self.decimals,
            steps: card.span(),
            step: Decimal::scaled_down(card.scaling().factor_millionths().abs(), 6).to_string(),
            largest_difference: Decimal::scaled_down(difference, DECIMALS_MAX).to_string(),
        }
    }
}

/// Points without their decimal point, all with the same number of decimals.
struct Plain {
    decimals: u8,
    base: i64,
    points: Vec<Vec<i64>>,
    baselines: Vec<i64>,
}

pub(crate) fn count(draft: &Draft) -> Result<Counted, ImportFault> {
    let mut notes = Vec::new();
    let plain = plain(draft, &mut notes)?;
    let span: i64 = plain.points.iter().map(|points| spread(points)).sum();
    let fits = span <= i64::from(SPAN_MAX);
    if let Some(scaling) = &draft.scaling {
        if plain.decimals > 0 || !fits {
            return Err(ImportFault::field(
                "the scale",
                format!(
                    "its scores are rescaled, which needs whole points that span at most \
                     {SPAN_MAX}; export the points as they are published"
                ),
            ));
        }
        if draft.points_count_risk != (scaling.factor_millionths() < 0) {
            return Err(ImportFault::field(
                "the scale",
                "its scores are rescaled and a higher one is worse, by the reasons it gives; \
                 rescale them so that a higher one is better"
                    .to_owned(),
            ));
        }
        return Ok(Counted {
            base_points: plain.base,
            points: plain.points,
            baselines: plain.baselines,
            scaling: scaling.clone(),
            original: None,
            difference: 0,
            decimals: 0,
            notes,
        });
    }
    // The scale has millionths, so more digits cannot be kept exactly.
    if fits && plain.decimals <= 6 {
        exact(plain, draft.points_count_risk, notes)
    } else {
        finest(plain, draft.points_count_risk, notes)
    }
}

/// The scale of a card whose points count risk. The score as imported is
/// `offset + factor * points`, higher for worse; what is published is turned
/// round within the range of all that can occur, higher for better, as every
/// published score is.
fn turned_round(
    offset: i64,
    factor: i64,
    points: &[Vec<i64>],
    notes: &mut Vec<Note>,
) -> Result<Scaling, ImportFault> {
    let least: i64 = points.iter().filter_map(|p| p.iter().min()).sum();
    let greatest: i64 = points.iter().filter_map(|p| p.iter().max()).sum();
    let ends = factor
        .checked_mul(least + greatest)
        .and_then(|ends| ends.checked_add(offset)?.checked_add(offset))
        .ok_or_else(|| ImportFault::field("the points", "out of bounds"))?;
    notes.push(Note::new(format!(
        "points count risk (pointsAbove), and a higher published score is a better one: what \
         encryption publishes is {} less the score; `scorecard apply` gives both",
        Decimal::scaled_down(ends, 6),
    )));
    scaling(ends - offset, -factor, 0, points)
}

fn plain(draft: &Draft, notes: &mut Vec<Note>) -> Result<Plain, ImportFault> {
    let all = draft.variables.iter().flat_map(|variable| {
        variable
            .level_points()
            .into_iter()
            .chain(&variable.baseline)
    });
    let places = all
        .chain([&draft.base])
        .map(Decimal::places)
        .max()
        .unwrap_or(0);
    let decimals = u8::try_from(places).unwrap_or(u8::MAX).min(DECIMALS_MAX);
    if places > usize::from(decimals) {
        notes.push(Note::new(format!(
            "points have up to {places} digits after the point; {decimals} are kept, which moves \
             no point by more than {}",
            Decimal::scaled_down(5, DECIMALS_MAX + 1)
        )));
    }
    let one = 10_i64.pow(u32::from(decimals));
    let scaled = |points: &Decimal, limit: i64, who: &dyn Fn(String) -> ImportFault| {
        points
            .rounded(decimals)
            .filter(|scaled| scaled.unsigned_abs() <= (limit * one).unsigned_abs())
            .ok_or_else(|| who(format!("points out of bounds; want -{limit} to {limit}")))
    };
    let of = |variable: &Variable| {
        let who = |message: String| ImportFault::variable(&variable.name, message);
        let points: Vec<i64> = variable
            .level_points()
            .into_iter()
            .map(|points| scaled(points, POINTS_MAX, &who))
            .collect::<Result<_, _>>()?;
        // Where the file has no baseline, it is the most that can be had on the
        // scale; what is not known or special is not held against it.
        let scale = 1..=variable.scale_points().len();
        let signed = |points: i64| {
            if draft.points_count_risk {
                -points
            } else {
                points
            }
        };
        let best = points[scale]
            .iter()
            .copied()
            .max_by_key(|points| signed(*points));
        let baseline = match &variable.baseline {
            Some(baseline) => scaled(baseline, POINTS_MAX, &who)?,
            None => best.unwrap_or(points[0]),
        };
        Ok((points, baseline))
    };
    let counted: Vec<(Vec<i64>, i64)> = draft
        .variables
        .iter()
        .map(of)
        .collect::<Result<_, ImportFault>>()?;
    let (points, baselines) = counted.into_iter().unzip();
    let who = |message: String| ImportFault::field("the base points", message);
    Ok(Plain {
        decimals,
        base: scaled(&draft.base, BASE_POINTS_MAX, &who)?,
        points,
        baselines,
    })
}

/// Every point kept: whole, or counted in units of the last decimal.
fn exact(plain: Plain, risk: bool, mut notes: Vec<Note>) -> Result<Counted, ImportFault> {
    let as_they_are = plain.decimals == 0 && !risk;
    let one = 10_i64.pow(u32::from(plain.decimals));
    let (base_points, offset) = if as_they_are {
        (plain.base, 0)
    } else {
        (0, plain.base * (MILLION / one))
    };
    let factor = MILLION / one;
    let scaling = if risk {
        turned_round(offset, factor, &plain.points, &mut notes)?
    } else {
        scaling(offset, factor, base_points, &plain.points)?
    };
    Ok(Counted {
        scaling,
        base_points,
        baselines: plain.baselines.clone(),
        points: plain.points.clone(),
        original: (!as_they_are).then_some(Original {
            decimals: plain.decimals,
            base_points: plain.base,
            points: plain.points,
            baselines: plain.baselines,
        }),
        difference: 0,
        decimals: plain.decimals,
        notes,
    })
}

/// How many steps are tried before the one with the least loss is taken.
const STEPS_TRIED: i64 = 256;

/// Points counted in the step, among the finest that fit, which loses least.
fn finest(plain: Plain, risk: bool, mut notes: Vec<Note>) -> Result<Counted, ImportFault> {
    let to_billionths = 10_i128.pow(u32::from(DECIMALS_MAX - plain.decimals));
    let span: i128 = plain.points.iter().map(|p| i128::from(spread(p))).sum();
    // In millionths of a point, rounded up.
    let least = (span * to_billionths).div_euclid(i128::from(SPAN_MAX) * 1_000) + 1;
    let tried = (0..STEPS_TRIED).filter_map(|index| {
        let step = least + least * i128::from(index) / 1_000;
        Rounded::by(&plain, step, to_billionths)
    });
    let best = tried.min_by_key(|rounded| (rounded.difference, rounded.step));
    let best = best.ok_or_else(|| {
        ImportFault::field(
            "the points",
            "spread too widely to be counted in 1,020 steps",
        )
    })?;
    notes.push(Note::new(format!(
        "the points span {} with {} digits after the point, and encryption carries {SPAN_MAX} \
         steps: the encrypted card counts in steps of {} points; `scorecard apply` gives the \
         score as imported",
        Decimal::scaled_down(i64::try_from(span).unwrap_or(i64::MAX), plain.decimals),
        plain.decimals,
        Decimal::scaled_down(i64::try_from(best.step).unwrap_or(i64::MAX), 6),
    )));
    let step = i64::try_from(best.step)
        .map_err(|_| ImportFault::field("the points", "spread too widely"))?;
    let billionths = i128::from(plain.base) * to_billionths + best.offset;
    let offset = i64::try_from(billionths.div_euclid(1_000))
        .map_err(|_| ImportFault::field("the base points", "out of bounds"))?;
    let scaling = if risk {
        turned_round(offset, step, &best.points, &mut notes)?
    } else {
        scaling(offset, step, 0, &best.points)?
    };
    Ok(Counted {
        base_points: 0,
        scaling,
        points: best.points,
        baselines: best.baselines,
        difference: best.difference,
        decimals: plain.decimals,
        original: Some(Original {
            decimals: plain.decimals,
            base_points: plain.base,
            points: plain.points,
            baselines: plain.baselines,
        }),
        notes,
    })
}

/// Points in whole steps above each variable's least.
struct Rounded {
    /// In millionths of a point.
    step: i128,
    points: Vec<Vec<i64>>,
    baselines: Vec<i64>,
    /// What the score has besides, in billionths.
    offset: i128,
    /// The largest difference of a score, in billionths.
    difference: i128,
}

impl Rounded {
    fn by(plain: &Plain, step: i128, to_billionths: i128) -> Option<Self> {
        let size = step * 1_000;
        let (mut offset, mut low, mut high, mut span) = (0, 0, 0, 0);
        let (mut all, mut baselines) = (Vec::new(), Vec::new());
        for (points, baseline) in plain.points.iter().zip(&plain.baselines) {
            let least = points.iter().copied().min()?;
            let above = |p: i64| i128::from(p - least) * to_billionths;
            let steps = |p: i64| i64::try_from((above(p) + size / 2).div_euclid(size)).ok();
            let rounded: Vec<i64> = points.iter().map(|&p| steps(p)).collect::<Option<_>>()?;
            let errors = || {
                let pairs = rounded.iter().zip(points);
                pairs.map(|(&steps, &p)| i128::from(steps) * size - above(p))
            };
            low += errors().min()?;
            high += errors().max()?;
            offset += i128::from(least) * to_billionths;
            span += spread(&rounded);
            baselines.push(steps(*baseline)?);
            all.push(rounded);
        }
        if span > i64::from(SPAN_MAX) {
            return None;
        }
        // Centred, so that the largest difference is as small as it can be.
        let centre = (low + high).div_euclid(2);
        Some(Self {
            step,
            points: all,
            baselines,
            offset: offset - centre,
            difference: (high - centre).max(centre - low),
        })
    }
}

fn spread(points: &[i64]) -> i64 {
    let least = points.iter().copied().min().unwrap_or(0);
    points.iter().map(|p| p - least).max().unwrap_or(0)
}

/// A scale that publishes everything that can occur.
pub(crate) fn scaling(
    offset: i64,
    factor: i64,
    base: i64,
    points: &[Vec<i64>],
) -> Result<Scaling, ImportFault> {
    let refused =
        |error: crate::scaling::ScalingError| ImportFault::field("the points", error.to_string());
    let least: i64 = points.iter().filter_map(|p| p.iter().min()).sum();
    let greatest: i64 = points.iter().filter_map(|p| p.iter().max()).sum();
    let widest = Scaling::new(offset, factor, -PUBLISHED_MAX, PUBLISHED_MAX).map_err(refused)?;
    let ends = [
        widest.published(base + least),
        widest.published(base + greatest),
    ];
    let (min, max) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
    // A card that gives everybody one score still needs a range.
    Scaling::new(offset, factor, min, max.max(min + 1)).map_err(refused)
}

/// The widest range that a scale may have.
const PUBLISHED_MAX: i64 = 1_000_000_000;
