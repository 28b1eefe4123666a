//! What an import carried over and how, for its reader.

use blindscore_history::decimal::Decimal;
use serde::Serialize;

use super::card_file::{CardFile, Original};
use super::draft::{Boundary, Scale, Variable};
use super::error::Note;
use super::export;
use super::format::Format;
use crate::model::Characteristic;

/// What was imported. As JSON for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The format that the files were found to have.
    pub format: Format,
    /// The scorecard's name.
    pub name: String,
    /// One a characteristic, in card order.
    pub columns: Vec<ColumnReport>,
    /// What became of the points.
    pub points: PointsReport,
    /// What else the reader should know.
    pub notes: Vec<Note>,
}

/// What became of one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnReport {
    /// The characteristic.
    pub characteristic: String,
    /// The column's header in a table.
    pub column: String,
    /// The scheme's line.
    pub line: String,
    /// How many levels it has, without level 0.
    pub levels: usize,
    /// Its cut points; none for categories.
    pub cuts: Vec<CutReport>,
    /// How many categories it knows.
    pub categories: usize,
    /// Its special values.
    pub special: Vec<String>,
}

/// What became of one cut point.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CutReport {
    /// Where the level starts, exactly; `>` before it if the value itself
    /// belongs to the level below.
    pub cut: String,
    /// By how much it was moved.
    pub moved: String,
    /// The round number that it stands for, if it carries the noise of binary
    /// floats. A value of exactly that number lies on one side only, so the
    /// cut is kept as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise_of: Option<String>,
}

/// What became of the points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PointsReport {
    /// Whether an encrypted evaluation carries every point as imported.
    pub exact: bool,
    /// Digits after the point of the points as imported.
    pub decimals: u8,
    /// The span of the card in steps; encryption carries 1,020.
    pub steps: u32,
    /// What one step is in points.
    pub step: String,
    /// By how much a score can differ from the imported one at most, before it
    /// is rounded to a whole number.
    pub largest_difference: String,
}

impl ImportReport {
    /// How many cut points there are.
    pub fn cuts(&self) -> usize {
        self.columns.iter().map(|column| column.cuts.len()).sum()
    }

    /// The cut points that carry noise, with their columns.
    pub fn noisy_cuts(&self) -> impl Iterator<Item = (&ColumnReport, &CutReport)> {
        self.columns.iter().flat_map(|column| {
            let noisy = column.cuts.iter().filter(|cut| cut.noise_of.is_some());
            noisy.map(move |cut| (column, cut))
        })
    }
}

/// The report of a card that was carried over as it is.
pub(super) fn of_card(card: &CardFile) -> ImportReport {
    let draft = export::draft(card, Format::Json);
    let lines = card
        .scorecard()
        .characteristics()
        .iter()
        .map(Characteristic::line);
    let original = card.original();
    ImportReport {
        format: Format::Json,
        name: card.scorecard().name().to_owned(),
        columns: draft
            .variables
            .iter()
            .zip(lines)
            .map(|(variable, line)| column_report(variable, line))
            .collect(),
        points: PointsReport {
            exact: true,
            decimals: original.map_or(0, Original::decimals),
            steps: card.scorecard().span(),
            step: Decimal::scaled_down(card.scorecard().scaling().factor_millionths().abs(), 6)
                .to_string(),
            largest_difference: "0".to_owned(),
        },
        notes: Vec::new(),
    }
}

pub(super) fn column_report(variable: &Variable, line: &str) -> ColumnReport {
    let (cuts, categories) = match &variable.scale {
        Scale::Numbers { cuts, .. } => (cuts.iter().map(cut_report).collect(), 0),
        Scale::Categories { groups, .. } => (
            Vec::new(),
            groups.iter().map(|(group, _)| group.len()).sum(),
        ),
    };
    ColumnReport {
        characteristic: variable.name.clone(),
        column: variable.column.clone(),
        line: line.to_owned(),
        levels: variable.level_points().len() - 1,
        cuts,
        categories,
        special: variable
            .special
            .iter()
            .map(|(value, _)| value.to_string())
            .collect(),
    }
}

fn cut_report(cut: &Boundary) -> CutReport {
    CutReport {
        cut: cut.text(),
        moved: "0".to_owned(),
        noise_of: noise_of(cut),
    }
}

/// Digits from which on a number is taken for a float's.
const NOISY_DIGITS: usize = 10;
/// The most digits of the number that a float stands for.
const ROUND_PLACES: u8 = 8;
/// How far a 32-bit float is from the number that it stands for, at most, as a
/// part of it: half a unit in the last of 24 bits.
const NOISE: f64 = 6e-8;

/// The round number that a cut stands for, if it has the many digits of a
/// binary float: the shortest within a float's precision. Floats serve here to
/// recognise floats; the cut itself stays a decimal.
fn noise_of(cut: &Boundary) -> Option<String> {
    if cut.value.places() < NOISY_DIGITS {
        return None;
    }
    let value: f64 = cut.value.to_string().parse().ok()?;
    (0..=ROUND_PLACES).find_map(|places| {
        let round = cut.value.to_places(places)?;
        let number: f64 = round.to_string().parse().ok()?;
        let near = (number - value).abs() <= NOISE * value.abs().max(NOISE);
        near.then(|| round.to_string())
    })
}
