//! A page to look at: how a scorecard came about and how good it is.
//!
//! One HTML text that needs nothing else: plots are SVG within it, there is no
//! script, and nothing is fetched, which the page's own policy forbids too. It
//! reads in light and in dark. Every text from outside is escaped.
//!
//! It holds sums over rows only, of no single person; a bin or band of one row
//! is still that person's, so a page on very few rows should be kept as the
//! table is.

use blindscore_history::scheme::Scheme;

use crate::model::Scorecard;
use crate::train::Fit;
use crate::validate::{Comparison, CrossValidation, Validation};

mod bins;
mod markup;
mod page;
mod plots;
mod svg;

/// What a page shows.
#[derive(Debug, Clone)]
pub struct Report<'a> {
    /// The page's title.
    pub title: String,
    /// The scorecard.
    pub scorecard: &'a Scorecard,
    /// Its scheme.
    pub scheme: &'a Scheme,
    /// How it came about, if it was fitted. The card that was fitted may stand
    /// on a larger scheme, but has the same characteristics in the same order.
    pub fit: Option<&'a Fit>,
    /// Measures by sample, with the samples' names.
    pub validations: Vec<(String, &'a Validation)>,
    /// What rows say that had no part in the fit.
    pub cross_validation: Option<&'a CrossValidation>,
    /// Another scorecard on the same rows.
    pub comparison: Option<&'a Comparison>,
}

/// The page.
///
/// # Errors
/// If the scorecard stands on another scheme.
pub fn html(report: &Report<'_>) -> Result<String, crate::ScoreError> {
    report.scorecard.check_scheme(report.scheme)?;
    Ok(page::page(report))
}

#[cfg(test)]
mod tests;
