//! What a modeller decides: binning, selection, penalties, scale and texts.
//! The defaults give a usable card on small and on large data.

use serde::{Deserialize, Serialize};

use super::FitError;

/// Everything that [`fit`](super::fit) is told beside scheme and table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FitOptions {
    /// The scorecard's name.
    pub name: String,
    /// Who answers for it.
    pub provider: String,
    /// The provider's version, from 1.
    pub version: u32,
    /// How levels are cut into bins.
    pub binning: BinningOptions,
    /// What differs for single columns. A column that is not listed takes the
    /// defaults.
    pub columns: Vec<ColumnOptions>,
    /// Whether only the listed columns may enter.
    pub only_listed: bool,
    /// How characteristics are chosen.
    pub selection: Selection,
    /// Characteristics with a lower information value do not enter.
    pub least_iv: f64,
    /// Of two characteristics whose weights of evidence correlate more than
    /// this, the one with the lower information value does not enter.
    pub greatest_correlation: f64,
    /// The most characteristics that enter.
    pub characteristics_max: usize,
    /// Ridge penalty: half of it times the sum of squared coefficients is
    /// added to the negative log-likelihood.
    pub l2: f64,
    /// What signs coefficients may have.
    pub signs: Signs,
    /// From log-odds to points.
    pub scale: ScaleOptions,
    /// The points from which a shortfall is counted for reasons.
    pub baseline: Baseline,
    /// Seed of all that is drawn: the folds that choose the L1 penalty.
    pub seed: u64,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self {
            name: "Fitted scorecard".into(),
            provider: "Example Lender".into(),
            version: 1,
            binning: BinningOptions::default(),
            columns: Vec::new(),
            only_listed: false,
            selection: Selection::default(),
            least_iv: 0.02,
            greatest_correlation: 0.95,
            characteristics_max: 30,
            l2: 1.0,
            signs: Signs::default(),
            scale: ScaleOptions::default(),
            baseline: Baseline::default(),
            seed: 0,
        }
    }
}

/// How the levels of a column are cut into bins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BinningOptions {
    /// The most bins, special and not-known ones not counted.
    pub bins_max: usize,
    /// The least share of all rows in a bin.
    pub least_share: f64,
    /// The fewest good rows and the fewest bad rows in a bin.
    pub least_class: f64,
    /// The direction of the bad rate over rising levels.
    pub trend: Trend,
    /// What one more bin must bring, as a chi-square of one degree of freedom:
    /// 6.63 is a level of 0.01. With 0 the information value alone counts.
    pub least_gain: f64,
    /// Rows of average quality that each bin is given beside its own, so that
    /// no weight of evidence is infinite and small bins are believed less.
    pub smoothing: f64,
}

impl Default for BinningOptions {
    fn default() -> Self {
        Self {
            bins_max: 8,
            least_share: 0.03,
            least_class: 1.0,
            trend: Trend::Auto,
            least_gain: 6.63,
            smoothing: 1.0,
        }
    }
}

/// The direction of the bad rate over rising levels. Special, not-known and
/// category bins are free of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trend {
    /// Any.
    None,
    /// The bad rate never falls.
    Ascending,
    /// The bad rate never rises.
    Descending,
    /// The bad rate rises, then falls.
    Peak,
    /// The bad rate falls, then rises.
    Valley,
    /// Ascending or descending, whichever the data support better.
    AutoMonotonic,
    /// As [`AutoMonotonic`](Self::AutoMonotonic), or a peak or a valley where
    /// that brings more than twice what a further bin must bring.
    #[default]
    Auto,
}

/// What differs for one column.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ColumnOptions {
    /// The column: `line@months`, or a column line's name.
    pub column: String,
    /// Never enters.
    pub exclude: bool,
    /// Enters whatever its information value, and is never removed.
    pub force: bool,
    /// The characteristic's name; else it is made of line and window.
    pub name: Option<String>,
    /// The direction of the bad rate.
    pub trend: Option<Trend>,
    /// The most bins.
    pub bins_max: Option<usize>,
    /// Cuts given instead of found: the lowest level of each bin but the
    /// first, ascending.
    pub cuts: Option<Vec<u32>>,
    /// Levels that mean something special: each has a bin of its own.
    pub special: Vec<u32>,
    /// The reason's code, such as `R01`; else it is counted.
    pub reason_code: Option<String>,
    /// The reason's text; else it is made of line and window.
    pub reason_text: Option<String>,
}

/// How characteristics are chosen among those with enough information value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "method", deny_unknown_fields)]
pub enum Selection {
    /// All of them.
    All,
    /// One by one: the one with the best score test enters if its p-value is
    /// below `enter`; then whichever has a Wald test above `leave` goes.
    Stepwise {
        /// Entering needs a p-value below this.
        enter: f64,
        /// Staying needs a p-value not above this.
        leave: f64,
    },
    /// An L1 penalty on the coefficients leaves some of them at zero; those
    /// that remain are fitted again without it.
    Lasso {
        /// The penalty; `None` lets five-fold cross-validation choose the
        /// largest one within a standard error of the best.
        penalty: Option<f64>,
    },
}

impl Default for Selection {
    fn default() -> Self {
        Self::Stepwise {
            enter: 0.05,
            leave: 0.10,
        }
    }
}

/// What signs coefficients may have. The model explains the log-odds of good
/// by weights of evidence ln(share of good / share of bad), so a coefficient
/// below zero turns a characteristic against its own data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signs {
    /// Any.
    Free,
    /// None below zero.
    #[default]
    NotNegative,
}

/// From log-odds to points.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScaleOptions {
    /// Published points that double the good-to-bad odds.
    pub points_to_double_odds: u32,
    /// Good-to-bad odds at the base score.
    pub base_odds: f64,
    /// The published score at which the odds are the base odds.
    pub base_score: i64,
    /// The lowest score that is published.
    pub min: i64,
    /// The highest score that is published.
    pub max: i64,
    /// How large a raw point is.
    pub points: PointSize,
}

impl Default for ScaleOptions {
    fn default() -> Self {
        Self {
            points_to_double_odds: 50,
            base_odds: 20.0,
            base_score: 600,
            min: 300,
            max: 850,
            points: PointSize::default(),
        }
    }
}

/// How large a raw point is, in published points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointSize {
    /// As a published point, or as much larger as the span asks for.
    #[default]
    Published,
    /// As small as the span allows, so that rounding costs least.
    Finest,
}

/// The points from which a shortfall is counted for reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Baseline {
    /// The average of the training sample, rounded.
    #[default]
    Average,
    /// The most that the characteristic gives.
    Greatest,
}

impl FitOptions {
    /// Reads options from JSON; what is left out keeps its default.
    pub fn from_json(json: &str) -> Result<Self, FitError> {
        const JSON_MAX: usize = 1 << 20;
        if json.len() > JSON_MAX {
            return Err(FitError::Options {
                message: format!("got {} bytes; want at most {JSON_MAX}", json.len()),
            });
        }
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let options: Self =
            serde_path_to_error::deserialize(&mut deserializer).map_err(|e| FitError::Options {
                message: format!("at `{}`: {}", e.path(), e.inner()),
            })?;
        deserializer.end().map_err(|e| FitError::Options {
            message: e.to_string(),
        })?;
        options.check()?;
        Ok(options)
    }

    /// Checks ranges.
    pub(super) fn check(&self) -> Result<(), FitError> {
        let share = |name, value: f64, least: f64, most: f64| {
            if value.is_finite() && (least..=most).contains(&value) {
                Ok(())
            } else {
                Err(FitError::Option {
                    name,
                    got: value,
                    least,
                    most,
                })
            }
        };
        let binning = &self.binning;
        share("binning.least_share", binning.least_share, 0.0, 0.5)?;
        share("binning.least_class", binning.least_class, 0.0, 1e9)?;
        share("binning.least_gain", binning.least_gain, 0.0, 1e6)?;
        share("binning.smoothing", binning.smoothing, 0.0, 1e6)?;
        share("binning.bins_max", binning.bins_max as f64, 1.0, 50.0)?;
        share("least_iv", self.least_iv, 0.0, 100.0)?;
        share("greatest_correlation", self.greatest_correlation, 0.0, 1.0)?;
        share(
            "characteristics_max",
            self.characteristics_max as f64,
            1.0,
            255.0,
        )?;
        share("l2", self.l2, 0.0, 1e9)?;
        let scale = &self.scale;
        let pdo = f64::from(scale.points_to_double_odds);
        share("scale.points_to_double_odds", pdo, 1.0, 100_000.0)?;
        share("scale.base_odds", scale.base_odds, 1e-3, 1e5)?;
        share("scale.base_score", scale.base_score as f64, -1e6, 1e6)?;
        share("scale.min", scale.min as f64, -1e6, 1e6)?;
        share("scale.max", scale.max as f64, -1e6, 1e6)?;
        match self.selection {
            Selection::Stepwise { enter, leave } => {
                share("selection.enter", enter, 0.0, 1.0)?;
                // Below it a characteristic could enter and leave for ever.
                share("selection.leave", leave, enter, 1.0)
            }
            Selection::Lasso {
                penalty: Some(penalty),
            } => share("selection.penalty", penalty, 0.0, 1e9),
            Selection::Lasso { penalty: None } | Selection::All => Ok(()),
        }?;
        for column in &self.columns {
            if let Some(bins_max) = column.bins_max {
                share("columns.bins_max", bins_max as f64, 1.0, 50.0)?;
            }
        }
        Ok(())
    }
}
