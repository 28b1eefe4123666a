//! Column lines: how a cell of a table becomes a level.
//!
//! Tables come from outside, for import, training and benchmarks, and their
//! cells are texts. A column line says which level each text has: numbers in
//! equal steps, numbers between cut points, or categories. All of it is exact:
//! numbers are [`Decimal`]s, compared digit by digit.

use std::collections::BTreeMap;
use std::fmt;

use super::formula::Formula;
use crate::decimal::Decimal;

/// A number or a category from a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnLine {
    pub(super) header: Option<String>,
    pub(super) formula: Option<Formula>,
    pub(super) scale: ColumnScale,
    pub(super) special: Vec<Decimal>,
}

/// How the cells of a column are cut into levels. Level 0 is not known; the
/// levels here start at 1, and [special values](ColumnLine::special) follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnScale {
    /// Numbers in equal steps.
    Steps(Steps),
    /// Numbers between cut points: level 1 is below the first.
    Cuts(Vec<Cut>),
    /// Categories.
    Categories(Categories),
}

/// Numbers in equal steps: `1 + clamp(floor((v * 10^decimals - origin) /
/// unit), 0, cap - 1)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Steps {
    pub(super) unit: i64,
    pub(super) origin: i64,
    pub(super) cap: u32,
    pub(super) decimals: u8,
}

/// Where a level starts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cut {
    pub(super) value: Decimal,
    pub(super) above: bool,
}

/// Categories in groups: the level of a category is the number of its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Categories {
    /// In each group in the order of their bytes.
    pub(super) groups: Vec<Vec<String>>,
    pub(super) other: bool,
    pub(super) levels: BTreeMap<String, u32>,
}

/// Why a cell has no level. It never holds the cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CellFault {
    /// Neither a number nor empty.
    #[error(
        "not a number; want digits with at most one point, such as -12.5, or an empty cell for not known"
    )]
    NotANumber,
    /// A category that the line does not list.
    #[error(
        "a category that the scheme does not list; correct it, or leave the cell empty for not known"
    )]
    UnknownCategory,
}

/// Cells that mean *not known*, beside the empty one: what the usual tools
/// write. A category of that name comes first.
pub const NOT_KNOWN_CELLS: [&str; 9] = [
    "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "<NA>", "#N/A",
];

impl ColumnLine {
    /// The column's header in the table, where it is not the line's name.
    pub fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }

    /// How its cells are computed from other columns, if they are in none.
    pub fn formula(&self) -> Option<&Formula> {
        self.formula.as_ref()
    }

    /// How its cells are cut into levels.
    pub fn scale(&self) -> &ColumnScale {
        &self.scale
    }

    /// Numbers that are codes and not amounts, such as -1 for *never asked*.
    /// Each has a level of its own, in this order, above those of the scale.
    pub fn special(&self) -> &[Decimal] {
        &self.special
    }

    /// How many levels the scale has, without 0 and the special values.
    pub fn scale_levels(&self) -> u32 {
        let count = match &self.scale {
            ColumnScale::Steps(steps) => return steps.cap,
            ColumnScale::Cuts(cuts) => cuts.len() + 1,
            ColumnScale::Categories(categories) => {
                categories.groups.len() + usize::from(categories.other)
            }
        };
        u32::try_from(count).expect("a line has at most 255 levels")
    }

    /// The level of a cell, white space at its ends aside. Empty cells and
    /// [`NOT_KNOWN_CELLS`] are level 0.
    ///
    /// # Errors
    /// If the cell is no number where one is wanted, or a category that is not
    /// listed.
    pub fn level(&self, cell: &str) -> Result<u32, CellFault> {
        let cell = cell.trim();
        if let ColumnScale::Categories(categories) = &self.scale {
            return categories.level(cell);
        }
        if is_not_known(cell) {
            return Ok(0);
        }
        let value: Decimal = cell.parse().map_err(|_| CellFault::NotANumber)?;
        Ok(self.level_of_number(&value))
    }

    /// The level of a number, such as a [formula](Self::formula) gives; `None`
    /// is level 0, not known. A column of categories has numbers as texts only.
    pub fn level_of(&self, value: Option<&Decimal>) -> u32 {
        value.map_or(0, |value| self.level_of_number(value))
    }

    fn level_of_number(&self, value: &Decimal) -> u32 {
        if let Some(index) = self.special.iter().position(|special| special == value) {
            let index = u32::try_from(index).expect("a line has at most 255 levels");
            return self.scale_levels() + 1 + index;
        }
        match &self.scale {
            ColumnScale::Steps(steps) => steps.level(value.floor(steps.decimals)),
            ColumnScale::Cuts(cuts) => {
                let passed = cuts.partition_point(|cut| cut.is_passed_by(value));
                1 + u32::try_from(passed).expect("a line has at most 255 levels")
            }
            ColumnScale::Categories(_) => 0,
        }
    }
}

impl Steps {
    /// How much one level is, in units of the last [decimal](Self::decimals).
    pub fn unit(&self) -> i64 {
        self.unit
    }

    /// Where level 1 starts, in units of the last [decimal](Self::decimals).
    pub fn origin(&self) -> i64 {
        self.origin
    }

    /// The largest level of a number that is not special.
    pub fn cap(&self) -> u32 {
        self.cap
    }

    /// How many digits after the point are read; further ones are dropped.
    pub fn decimals(&self) -> u8 {
        self.decimals
    }

    fn level(&self, value: i128) -> u32 {
        let above = value.saturating_sub(i128::from(self.origin));
        let steps = above.div_euclid(i128::from(self.unit));
        let most = self.cap - 1;
        1 + u32::try_from(steps.max(0)).map_or(most, |steps| steps.min(most))
    }
}

impl Cut {
    /// The cut point.
    pub fn value(&self) -> &Decimal {
        &self.value
    }

    /// Whether the upper level starts just above the value, so that the value
    /// itself belongs to the lower one. Else it belongs to the upper.
    pub fn is_above(&self) -> bool {
        self.above
    }

    fn is_passed_by(&self, value: &Decimal) -> bool {
        if self.above {
            value > &self.value
        } else {
            value >= &self.value
        }
    }
}

/// As in a scheme: `7.5`, or `>7.5` where the value belongs to the lower level.
impl fmt::Display for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = if self.above { ">" } else { "" };
        write!(f, "{mark}{}", self.value)
    }
}

impl Categories {
    /// The groups; group `i` has level `i + 1`.
    pub fn groups(&self) -> &[Vec<String>] {
        &self.groups
    }

    /// Whether a category that no group lists has the level above the last
    /// group's. Else it is refused.
    pub fn has_other(&self) -> bool {
        self.other
    }

    /// Tools write a column of whole numbers with a gap as `1.0`, so a cell
    /// that is a number is also looked for as that number.
    fn level(&self, cell: &str) -> Result<u32, CellFault> {
        if let Some(level) = self.levels.get(cell) {
            return Ok(*level);
        }
        if is_not_known(cell) {
            return Ok(0);
        }
        let number = cell.parse::<Decimal>().ok();
        let listed = number.and_then(|number| self.levels.get(&number.to_string()));
        match listed {
            Some(level) => Ok(*level),
            None if self.other => {
                Ok(1 + u32::try_from(self.groups.len()).expect("a line has at most 255 levels"))
            }
            None => Err(CellFault::UnknownCategory),
        }
    }
}

pub(super) fn is_not_known(cell: &str) -> bool {
    cell.is_empty() || NOT_KNOWN_CELLS.contains(&cell)
}
