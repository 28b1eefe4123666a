//! How a scorecard came about: what [`fit`](super::fit) reports.

use serde::Serialize;

use super::binning::ColumnBins;
use super::bins::Counts;
use super::points::Rounding;
use super::table::TrainingTable;
use super::table_error::TableError;

/// The convention of every weight of evidence here.
pub(super) const SIGN_CONVENTION: &str = "WoE = ln(share of good / share of bad): above 0 is \
     better than average; the model explains the log-odds of good";

/// How a scorecard came about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FitReport {
    /// The table.
    pub table: TableSummary,
    /// What a weight of evidence above zero means.
    pub sign_convention: &'static str,
    /// Every column that was looked at, in the scheme's order.
    pub candidates: Vec<Candidate>,
    /// What entered and left, in order.
    pub steps: Vec<SelectionStep>,
    /// The regression.
    pub model: ModelReport,
    /// From log-odds to points.
    pub scale: ScaleReport,
    /// What rounding cost.
    pub rounding: Rounding,
    /// What a modeller should look at.
    pub warnings: Vec<String>,
}

/// The rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct TableSummary {
    /// How many there are.
    pub rows: usize,
    /// How many are good.
    pub good: usize,
    /// How many are bad.
    pub bad: usize,
    /// The weight of the good.
    pub good_weight: f64,
    /// The weight of the bad.
    pub bad_weight: f64,
}

impl TableSummary {
    /// Counts the rows of a table.
    ///
    /// # Errors
    /// If it has no outcomes.
    pub fn of(table: &TrainingTable) -> Result<Self, TableError> {
        let outcomes = table.bad().ok_or(TableError::NoOutcome)?;
        let mut weights = Counts::default();
        for (row, &bad) in outcomes.iter().enumerate() {
            let weight = table.weight(row);
            let (good, bad) = if bad { (0.0, weight) } else { (weight, 0.0) };
            weights.add(Counts { rows: 1, good, bad });
        }
        let bad = outcomes.iter().filter(|&&bad| bad).count();
        Ok(Self {
            rows: outcomes.len(),
            good: outcomes.len() - bad,
            bad,
            good_weight: weights.good,
            bad_weight: weights.bad,
        })
    }

    /// The share of bad rows by weight.
    pub fn bad_rate(&self) -> f64 {
        self.bad_weight / (self.good_weight + self.bad_weight)
    }
}

/// A column that could have entered.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Candidate {
    /// Its bins.
    #[serde(flatten)]
    pub bins: ColumnBins,
    /// Whether it entered, and if not why.
    pub selected: Selected,
    /// Whether the options force it in.
    pub forced: bool,
}

/// Whether a column entered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Selected {
    /// It is in the scorecard.
    Yes,
    /// All its rows fall into one bin.
    Constant,
    /// Its information value is below the least.
    LittleInformation,
    /// Another column says nearly the same, and more.
    SaysTheSame {
        /// The other column.
        column: String,
    },
    /// The selection did not take it.
    NotChosen,
}

/// A step of the selection.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SelectionStep {
    /// The column.
    pub column: String,
    /// Whether it entered; else it left.
    pub entered: bool,
    /// The p-value of the test that decided.
    pub p_value: f64,
    /// The mean log loss after the step, on the training table.
    pub log_loss: f64,
}

/// The regression.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelReport {
    /// The log-odds of good where all weights of evidence are 0.
    pub intercept: f64,
    /// One a characteristic, in card order.
    pub coefficients: Vec<Coefficient>,
    /// The ridge penalty.
    pub l2: f64,
    /// The L1 penalty that selected, if one did.
    pub l1: Option<f64>,
    /// The mean log loss on the training table.
    pub log_loss: f64,
    /// Steps of Newton's method.
    pub iterations: usize,
}

/// One coefficient.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coefficient {
    /// The characteristic's name.
    pub name: String,
    /// The column.
    pub column: String,
    /// The coefficient of the weight of evidence.
    pub estimate: f64,
    /// Its standard error, from the curvature of the penalised likelihood.
    pub standard_error: Option<f64>,
    /// The two-sided p-value of its Wald test. After a selection such values
    /// are too small.
    pub p_value: Option<f64>,
    /// The variance inflation factor: 1 says that no other column tells what
    /// this one does.
    pub inflation: Option<f64>,
}

/// From log-odds to points.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScaleReport {
    /// Published points that double the odds.
    pub points_to_double_odds: u32,
    /// Good-to-bad odds at the base score.
    pub base_odds: f64,
    /// The published score of those odds.
    pub base_score: i64,
    /// Published points for a unit of log-odds.
    pub factor: f64,
    /// Raw points to a published point.
    pub raw_per_published: f64,
    /// The span of the raw points; at most [`SPAN_MAX`](crate::SPAN_MAX).
    pub span: u32,
    /// The span that whole published points would have had.
    pub span_wanted: f64,
    /// The share of training rows whose score the published range clamps.
    pub clamped: f64,
}
