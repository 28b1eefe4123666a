//! A scorecard over a table's columns, as every format of the exchange says
//! it: read into this form, written from it.
//!
//! Points are decimals and cut points are exact. What a scorecard of this
//! project needs besides (a scheme, whole points, a scale) is settled once, in
//! [`settle`](super::settle), for all formats.

use blindscore_history::decimal::Decimal;

use super::error::Note;
use super::format::Format;
use crate::scaling::Scaling;

/// A scorecard as a file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Draft {
    pub(crate) format: Format,
    /// Who and what, where the file says so.
    pub(crate) about: About,
    /// Points that everybody starts with.
    pub(crate) base: Decimal,
    pub(crate) variables: Vec<Variable>,
    /// Whether more points are worse, so that reasons are for too many.
    pub(crate) points_count_risk: bool,
    /// The scale from the sum of points to the score, if it is not the sum.
    pub(crate) scaling: Option<Scaling>,
    pub(crate) notes: Vec<Note>,
}

/// What a file says about the scorecard as a whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) name: Option<String>,
    pub(crate) provider: Option<String>,
    pub(crate) version: Option<u32>,
    pub(crate) scheme: Option<String>,
    pub(crate) currency: Option<String>,
}

/// A characteristic: one column and points for every cell that it can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Variable {
    /// The characteristic's name.
    pub(crate) name: String,
    /// The column's header.
    pub(crate) column: String,
    /// The scheme's line, where the file says it.
    pub(crate) line: Option<String>,
    pub(crate) scale: Scale,
    /// Codes with their points.
    pub(crate) special: Vec<(Decimal, Decimal)>,
    /// Points of an empty cell.
    pub(crate) missing: Decimal,
    pub(crate) reason: Option<Reason>,
    /// Points from which a shortfall is counted; the greatest if not given.
    pub(crate) baseline: Option<Decimal>,
}

/// A reason as a file says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reason {
    pub(crate) code: String,
    pub(crate) text: Option<String>,
}

/// What a column's cells are, and the points of each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Scale {
    /// Numbers: cut points, and one more points than cuts.
    Numbers {
        cuts: Vec<Boundary>,
        points: Vec<Decimal>,
    },
    /// Categories in groups, each with points; points of any other.
    Categories {
        groups: Vec<(Vec<String>, Decimal)>,
        other: Option<Decimal>,
    },
}

/// A cut point: the upper bin starts at the value, or just above it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Boundary {
    pub(crate) value: Decimal,
    pub(crate) above: bool,
}

impl Boundary {
    /// The usual one: the value belongs to the upper bin.
    pub(crate) fn at(value: Decimal) -> Self {
        Self {
            value,
            above: false,
        }
    }

    /// As a scheme writes it.
    pub(crate) fn text(&self) -> String {
        let mark = if self.above { ">" } else { "" };
        format!("{mark}{}", self.value)
    }
}

impl Variable {
    /// A variable without reason and baseline, named after its column.
    pub(crate) fn new(column: &str, scale: Scale, missing: Decimal) -> Self {
        Self {
            name: column.to_owned(),
            column: column.to_owned(),
            line: None,
            scale,
            special: Vec::new(),
            missing,
            reason: None,
            baseline: None,
        }
    }

    /// Points of the scale's levels, from level 1.
    pub(crate) fn scale_points(&self) -> Vec<&Decimal> {
        match &self.scale {
            Scale::Numbers { points, .. } => points.iter().collect(),
            Scale::Categories { groups, other } => groups
                .iter()
                .map(|(_, points)| points)
                .chain(other)
                .collect(),
        }
    }

    /// Points of every level: not known, the scale's, the special values'.
    pub(crate) fn level_points(&self) -> Vec<&Decimal> {
        let special = self.special.iter().map(|(_, points)| points);
        std::iter::once(&self.missing)
            .chain(self.scale_points())
            .chain(special)
            .collect()
    }
}
