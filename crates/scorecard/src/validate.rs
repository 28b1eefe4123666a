//! How good a scorecard is on a table with known outcomes: one that it was
//! fitted on, or, which says more, one that it was not.
//!
//! [`validate`] takes all measures at once: how well scores order good and bad
//! ([`Auc`], Gini, [`Ks`], capture and lift), whether the odds that the card
//! states come true ([`Calibration`]), score bands, each characteristic, how
//! far the sample has moved from an earlier one ([`Stability`]) and how groups
//! fare ([`Fairness`]). [`cross_validate`] and [`out_of_time`] fit anew on a
//! part and look at the rest; [`compare`] sets two cards against each other on
//! the same rows.
//!
//! Bad is what scores warn of: everywhere here a bad rate is a share of bad
//! rows, and a higher published score is a better one, whichever way the
//! card's raw points run. All sums are weighted if the table is.

use serde::Serialize;

use blindscore_history::scheme::Scheme;

use crate::model::Scorecard;
use crate::train::maths::normal_reach;
use crate::train::{FitError, TableError, TableSummary, TrainingTable};

mod bands;
mod calibration;
mod characteristics;
mod compare;
mod cross;
mod curve;
mod fairness;
pub(crate) mod folds;
mod print;
pub(crate) mod random;
pub(crate) mod roc;
mod scored;
mod stability;
#[cfg(test)]
mod tests;

pub use bands::Band;
pub use calibration::{Calibration, CalibrationGroup, HosmerLemeshow};
pub use characteristics::{AttributeResult, CharacteristicResult};
pub use compare::{Comparison, Contender, compare};
pub use cross::{CrossValidation, FoldOptions, FoldResult, Kept, cross_validate, out_of_time};
pub use curve::{Bar, CurvePoint, Gain, Ks};
pub use fairness::{Fairness, GroupResult};
pub use roc::{AreaDifference, Auc};
pub use scored::scores;
pub use stability::{CharacteristicStability, Shift, Stability, stability};

/// What [`validate`] is told.
#[derive(Debug, Clone)]
pub struct ValidateOptions<'a> {
    /// The confidence of every interval.
    pub confidence: f64,
    /// Samples for the bootstrap interval of the AUC; 0 leaves it out.
    pub bootstrap: usize,
    /// The seed of the bootstrap.
    pub seed: u64,
    /// How many score bands, of about as many rows each.
    pub bands: usize,
    /// The lowest scores of all bands but the first, instead.
    pub band_edges: Option<Vec<i64>>,
    /// Whether the card was fitted on this very table: Hosmer and Lemeshow's
    /// test then has two degrees of freedom less.
    pub fitted_here: bool,
    /// An earlier sample, to measure how far this one has moved from it.
    pub reference: Option<&'a TrainingTable>,
    /// Who scores this or more counts as selected where groups are compared;
    /// else the highest score of which at least four in five rows have as
    /// much.
    pub cutoff: Option<i64>,
    /// The group that others are compared with; else the one that is selected
    /// most often.
    pub reference_group: Option<String>,
}

impl Default for ValidateOptions<'_> {
    fn default() -> Self {
        Self {
            confidence: 0.95,
            bootstrap: 200,
            seed: 0,
            bands: 10,
            band_edges: None,
            fitted_here: false,
            reference: None,
            cutoff: None,
            reference_group: None,
        }
    }
}

/// The most bootstrap samples.
const BOOTSTRAP_MAX: usize = 100_000;

/// Everything that was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Validation {
    /// The scorecard's digest.
    pub scorecard: String,
    /// The rows.
    pub table: TableSummary,
    /// The area under the ROC curve.
    pub auc: Auc,
    /// `2 AUC - 1`.
    pub gini: f64,
    /// The greatest distance between the cumulative shares.
    pub ks: Ks,
    /// Whether stated odds come true; `None` of a card that states none.
    pub calibration: Option<Calibration>,
    /// Score bands, the lowest scores first.
    pub bands: Vec<Band>,
    /// What the riskiest rows hold.
    pub gains: Vec<Gain>,
    /// Each characteristic, in card order.
    pub characteristics: Vec<CharacteristicResult>,
    /// How far the sample has moved from the reference, if there is one.
    pub stability: Option<Stability>,
    /// How groups fare, if the table has groups.
    pub fairness: Option<Fairness>,
    /// The ROC curve and the cumulative shares, thinned for drawing.
    pub curve: Vec<CurvePoint>,
    /// Good and bad over the score.
    pub distribution: Vec<Bar>,
}

/// Measures a scorecard on a table with outcomes.
///
/// # Errors
/// If table and card are of different schemes, the table lacks a column that
/// the card reads, or outcomes of both classes, or an option is out of range.
pub fn validate(
    card: &Scorecard,
    scheme: &Scheme,
    table: &TrainingTable,
    options: &ValidateOptions<'_>,
) -> Result<Validation, ValidateError> {
    check(card, scheme, options)?;
    let scored = scored::Scored::new(card, table)?;
    let reach = normal_reach(options.confidence);
    let auc = roc::measure(
        &scored.goodness,
        scored.bad,
        &scored.weights,
        options.confidence,
        options.bootstrap,
        options.seed,
    );
    let curve = curve::curve(&scored);
    let edges = bands::edges(&scored, options.bands, options.band_edges.as_deref())?;
    let stability = options
        .reference
        .map(|reference| stability::stability(card, scheme, reference, table, options.bands));
    Ok(Validation {
        scorecard: card.digest().to_string(),
        table: TableSummary::of(table)?,
        gini: 2.0 * auc.area - 1.0,
        auc,
        ks: curve::ks(&curve),
        calibration: calibration::measure(&scored, reach, options.fitted_here),
        bands: bands::bands(&scored, &edges, reach),
        gains: curve::gains(&curve),
        characteristics: characteristics::measure(card, scheme, table, &scored),
        stability: stability.transpose()?,
        fairness: fairness::measure(&scored, table, options)?,
        curve: curve::thin(&curve),
        distribution: curve::distribution(&scored),
    })
}

fn check(
    card: &Scorecard,
    scheme: &Scheme,
    options: &ValidateOptions<'_>,
) -> Result<(), ValidateError> {
    if scheme.digest() != card.scheme_digest() {
        return Err(ValidateError::AnotherScheme {
            got: scheme.digest().short(),
            want: card.scheme_digest().short(),
        });
    }
    let within = |name, got: f64, least: f64, most: f64| {
        if (least..=most).contains(&got) {
            Ok(())
        } else {
            Err(ValidateError::Option {
                name,
                got,
                least,
                most,
            })
        }
    };
    within("confidence", options.confidence, 0.5, 0.9999)?;
    within(
        "bootstrap",
        options.bootstrap as f64,
        0.0,
        BOOTSTRAP_MAX as f64,
    )?;
    within("bands", options.bands as f64, 2.0, bands::BANDS_MAX as f64)
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ValidateError {
    /// The table is at fault.
    #[error(transparent)]
    Table(TableError),
    /// Table or scheme are not those of the scorecard.
    #[error(
        "the table or scheme at hand is by scheme {got}..; the scorecard stands on {want}..: \
         read the table by the scorecard's scheme"
    )]
    AnotherScheme {
        /// The start of its digest.
        got: String,
        /// The start of the digest that the scorecard names.
        want: String,
    },
    /// The table lacks a column that the card reads.
    #[error(
        "table: no column for characteristic {characteristic:?}; want line {line:?} over {months} \
         months (0: a column line)"
    )]
    NoColumn {
        /// The characteristic.
        characteristic: String,
        /// Its line.
        line: String,
        /// Its window.
        months: u8,
    },
    /// Two tables are not of the same rows.
    #[error(
        "comparison: row {row} differs between the two tables; bring the same rows in one order"
    )]
    OtherRows {
        /// The first row that differs, from 1.
        row: usize,
    },
    /// An option is out of range.
    #[error("options: `{name}` is {got}; want {least} to {most}")]
    Option {
        /// The option.
        name: &'static str,
        /// Its value.
        got: f64,
        /// The least that it may be.
        least: f64,
        /// The most.
        most: f64,
    },
    /// Edges of bands that cannot be.
    #[error("options: the edges of the score bands must ascend, 1 to {limit} of them")]
    Edges {
        /// The most of them.
        limit: usize,
    },
    /// There is no such group.
    #[error("options: no group {got:?}; want one of {want}")]
    UnknownGroup {
        /// What was asked for.
        got: String,
        /// The groups that there are.
        want: String,
    },
    /// Too few rows of a class for so many folds.
    #[error("folds: {rows} rows of the rarer class; want at least one for each of {folds} folds")]
    FewRows {
        /// How many there are.
        rows: usize,
        /// How many folds were asked for.
        folds: usize,
    },
    /// A part of the table could not be fitted.
    #[error("{part}: {error}")]
    Fit {
        /// Which part.
        part: String,
        /// Why.
        error: Box<FitError>,
    },
}
