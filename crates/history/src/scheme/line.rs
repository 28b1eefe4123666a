//! The lines of a scheme: what each sums or measures, and its levels.

use super::column::{ColumnLine, ColumnScale};
use super::measure::{PooledMeasure, Quantity, SingleMeasure};
use super::role::Role;
use crate::ledger::Direction;
use crate::taxonomy::{Category, Flow};

/// One line of a scheme. Valid by construction: only [`Scheme`](super::Scheme)
/// makes lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub(super) name: String,
    pub(super) kind: LineKind,
    pub(super) unit: i64,
    pub(super) cap: u32,
    pub(super) windows: Vec<u8>,
}

impl Line {
    /// Its name, unique in the scheme: `[a-z][a-z0-9_]{0,47}`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it reads and how.
    pub fn kind(&self) -> &LineKind {
        &self.kind
    }

    /// How much one level is, in [`quantity`](Self::quantity); at least 1. A
    /// sum line has its members' unit, a column line that is not cut in equal
    /// steps has unit 1.
    pub fn unit(&self) -> i64 {
        self.unit
    }

    /// The largest level one source can have; a sum line's is the sum of its
    /// members' caps.
    pub fn cap(&self) -> u32 {
        self.cap
    }

    /// Its windows in months back from the as-of date's month, strictly
    /// ascending, never empty; a sum line has its members' windows, a column
    /// line the one pseudo-window 0.
    pub fn windows(&self) -> &[u8] {
        &self.windows
    }

    /// The value at which level 1 starts; `None` for lines whose level 0 is a
    /// true zero (pooled and sum), and for columns not cut in equal steps.
    pub fn origin(&self) -> Option<i64> {
        match &self.kind {
            LineKind::Single(single) => Some(single.origin),
            LineKind::Column(column) => match column.scale() {
                ColumnScale::Steps(steps) => Some(steps.origin()),
                ColumnScale::Cuts(_) | ColumnScale::Categories(_) => None,
            },
            LineKind::Pooled(_) | LineKind::Sum(_) => None,
        }
    }

    /// What its values are counted in.
    pub fn quantity(&self) -> Quantity {
        match &self.kind {
            LineKind::Pooled(pooled) => pooled.measure.quantity(),
            LineKind::Sum(sum) => sum.measure.quantity(),
            LineKind::Single(single) => single.measure.quantity(),
            LineKind::Column(_) => Quantity::Number,
        }
    }

    /// Whether its levels add up over sources (pooled and sum lines). Of the
    /// others (single and column) level 0 means not known.
    pub fn adds_up(&self) -> bool {
        matches!(self.kind, LineKind::Pooled(_) | LineKind::Sum(_))
    }
}

/// The four kinds of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineKind {
    /// A sum over flows and categories that adds up over sources.
    Pooled(PooledLine),
    /// A measure of one source's ledger.
    Single(SingleLine),
    /// The sum of pooled lines.
    Sum(SumLine),
    /// A column of a table: import, training and benchmarks only.
    Column(ColumnLine),
}

/// Which entries a pooled line adds up, and how.
///
/// An entry counts in its month
/// - with its amount, if its flow is one of `flows` and its category is read,
///   added when it moves in `direction`, subtracted otherwise;
/// - else, when the line reads expenditure moving out: subtracted, if it is a
///   `refund_reversal` moving in and its category is read.
///
/// Categories matter for expenditure and refunds only, which alone have one;
/// an entry of another flow is read whatever its category.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PooledLine {
    pub(super) direction: Direction,
    /// In the order of their codes, no duplicates.
    pub(super) flows: Vec<Flow>,
    /// As the scheme lists them, in the order of their codes, no duplicates;
    /// `None` is all that the scheme has turned on.
    pub(super) listed: Option<Vec<Category>>,
    /// What `listed` comes to under the scheme.
    pub(super) categories: Vec<Category>,
    pub(super) measure: PooledMeasure,
}

impl PooledLine {
    /// The direction that is added; the other one is subtracted.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The flows read, in the order of their codes; never empty.
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// The categories of expenditure and refunds that are read, in the order
    /// of their codes. A line that lists none reads all but the sensitive ones
    /// that its scheme has not turned on.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// What is added up over the months.
    pub fn measure(&self) -> PooledMeasure {
        self.measure
    }
}

/// A measure of the one source that has a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleLine {
    pub(super) measure: SingleMeasure,
    pub(super) role: Role,
    pub(super) origin: i64,
}

impl SingleLine {
    /// What is measured.
    pub fn measure(&self) -> SingleMeasure {
        self.measure
    }

    /// The role of the source that it is taken from.
    pub fn role(&self) -> &Role {
        &self.role
    }

    /// The value at which level 1 starts; smaller values are level 1 too.
    pub fn origin(&self) -> i64 {
        self.origin
    }
}

/// A sum of pooled lines of equal unit, windows and measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SumLine {
    /// Ascending.
    pub(super) members: Vec<usize>,
    pub(super) measure: PooledMeasure,
}

impl SumLine {
    /// Its members' indices in [`Scheme::lines`](super::Scheme::lines),
    /// ascending; at least two, all of them pooled lines.
    pub fn members(&self) -> &[usize] {
        &self.members
    }

    /// What its members measure.
    pub fn measure(&self) -> PooledMeasure {
        self.measure
    }
}

/// A line over one of its windows: the unit of levels, slots, cells and plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineWindow {
    /// Index in [`Scheme::lines`](super::Scheme::lines).
    pub line: usize,
    /// Index in the line's [`windows`](Line::windows).
    pub window: usize,
    /// The window in months; 0 for a column line.
    pub months: u8,
    /// The largest level one source can have: the line's cap.
    pub source_level_max: u32,
    /// The largest level over all sources: `sources_max * source_level_max`
    /// for pooled and sum lines, the cap for the others.
    pub level_max: u32,
}
