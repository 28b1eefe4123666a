//! The feature scheme: which sums and measures of a spending history are
//! turned into levels, and how large a level is.
//!
//! A scheme is public, has a version and is named by its
//! [digest](Scheme::digest), which every message binds. Sources compute
//! [levels](crate::levels) by it, scorecards name its lines. It lists *lines*
//! of four [kinds](LineKind), and cannot express anything but spending and cash
//! flow: there is no field for it.
//!
//! ```
//! use blindscore_history::scheme::Scheme;
//!
//! let scheme = Scheme::from_json(r#"{
//!     "blindscore_scheme": 1, "name": "small", "version": 1,
//!     "currency": "EUR", "sources_max": 3,
//!     "lines": [
//!         {"name": "eating_out", "kind": "pooled", "flows": ["expenditure"],
//!          "categories": ["DINING_LODGING"], "unit": 5000, "cap": 40, "windows": [1, 3]}
//!     ]
//! }"#)?;
//! assert_eq!(scheme.find("eating_out", 3), Some(1));
//! assert_eq!(scheme.line_windows()[1].level_max, 120);
//! assert_eq!(scheme.level_range_as_money(1, 2, Some(3)), "100.00 to under 150.00 EUR");
//! # Ok::<(), blindscore_history::scheme::SchemeError>(())
//! ```
//!
//! # The table range
//!
//! Encrypted tables have [`TABLE_RANGE`] = 256 entries a line-window, so no
//! level that can come out may pass 255: `sources_max * cap <= 255` for lines
//! that add up, `cap <= 255` for the others. A scheme that could is refused.
//!
//! # Cells
//!
//! Several sources seal a cell a line-window, of one of two [sizes](CellSize):
//! `"cells": "compact"` or `"fine"`. A scheme that does not say gets compact
//! ones if they fit its tables and its number of sources, so there is nothing
//! to choose until a scorecard's plan is refused for its noise; then a new
//! version says `"cells": "fine"`.
//!
//! # One digest, many texts
//!
//! The digest is over the RFC 8785 form of the scheme with every default
//! written out (but `cells`, which is written where it is not what the scheme
//! would get without) and every set in the order of its codes, so neither white space,
//! the order of fields, of `flows`, `categories` and `members`, nor leaving out
//! a default changes it. The order of lines and windows is that of levels and
//! slots, and does.

use crate::digest::Digest;
use crate::money::Currency;
use crate::taxonomy::Category;

mod cells;
mod check;
mod column;
mod display;
mod error;
mod formula;
mod line;
mod measure;
mod raw;
mod role;

pub use cells::CellSize;
pub use column::{Categories, CellFault, ColumnLine, ColumnScale, Cut, NOT_KNOWN_CELLS, Steps};
pub use error::{SchemeError, SchemeFault};
pub use formula::{Formula, FormulaError};
pub use line::{Line, LineKind, LineWindow, PooledLine, SingleLine, SumLine};
pub use measure::{PooledMeasure, Quantity, SingleMeasure};
pub use role::{Role, RoleError};

/// Entries of an encrypted table: levels `0..TABLE_RANGE`.
pub const TABLE_RANGE: u32 = 256;
/// The largest level there is.
pub const LEVEL_MAX: u32 = TABLE_RANGE - 1;
/// The most sources a scheme may admit to one evaluation.
pub const SOURCES_MAX: u32 = 8;
/// The most lines of a scheme.
pub const LINES_MAX: usize = 255;
/// The longest window, in months.
pub const WINDOW_MAX: u8 = 60;
/// The largest magnitude of a number in a scheme, `2^53 - 1`: what RFC 8785
/// writes exactly.
pub const NUMBER_MAX: i64 = (1 << 53) - 1;

/// Unit, origin and cap of a line, to replace those that it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Units {
    /// How much one level is.
    pub unit: i64,
    /// Where level 1 starts, for lines that have an origin.
    pub origin: Option<i64>,
    /// The largest level.
    pub cap: u32,
}

/// A feature scheme, valid by construction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    name: String,
    version: u32,
    currency: Currency,
    sources_max: u32,
    spread: u64,
    tabular: bool,
    cell_size: CellSize,
    /// In the order of the categories' codes.
    sensitive: Vec<(Category, String)>,
    lines: Vec<Line>,
    line_windows: Vec<LineWindow>,
    canonical: String,
    digest: Digest,
}

impl Scheme {
    /// The JSON Schema (draft 2020-12) of the JSON form. It knows the fields
    /// and their ranges; what spans several fields,
    /// [`from_json`](Self::from_json) checks.
    pub const JSON_SCHEMA: &str = include_str!("../schema/scheme.schema.json");

    /// A scheme of everyday spending in euro, to start from.
    pub const EXAMPLE_JSON: &str = include_str!("../schema/example.scheme.json");

    /// The most bytes of JSON read.
    pub const JSON_MAX: usize = 256 * 1024;

    /// Reads a scheme.
    ///
    /// # Errors
    /// [`SchemeError`] with the place of the first fault: line and column of
    /// the text where it is not of the scheme's form, else the path of the
    /// field and the name of the line.
    pub fn from_json(text: &str) -> Result<Self, SchemeError> {
        check::parse(text)
    }

    /// The same lines with other units: for each line, in order, what replaces
    /// unit, origin and cap, or `None` to leave the line as it is. A sum line's
    /// follow from its members.
    ///
    /// # Errors
    /// [`SchemeError`] if the scheme that comes out cannot be.
    pub fn with_units(&self, version: u32, units: &[Option<Units>]) -> Result<Self, SchemeError> {
        check::with_units(self, version, units)
    }

    /// The scheme with some of its lines only, such as the columns that a
    /// scorecard reads out of all that a table has.
    ///
    /// # Errors
    /// [`SchemeError`] if the scheme that comes out cannot be: no line is left,
    /// or a sum line without one of its members.
    pub fn with_lines(&self, keep: impl Fn(&Line) -> bool) -> Result<Self, SchemeError> {
        check::with_lines(self, &keep)
    }

    /// The canonical JSON (RFC 8785), defaults written out. Reading it gives
    /// an equal scheme.
    pub fn to_json(&self) -> String {
        self.canonical.clone()
    }

    /// Its id: the digest of [`to_json`](Self::to_json) under
    /// [`label::SCHEME`](crate::label::SCHEME).
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Its name, such as `everyday-spending`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its version, from 1.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The currency of its units and origins, and of the ledgers it reads.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// The most sources of one evaluation, `1..=8`.
    pub fn sources_max(&self) -> u32 {
        self.sources_max
    }

    /// A number without meaning of its own: a new version may change it, and
    /// with it the digest and all that is derived from the digest.
    pub fn spread(&self) -> u64 {
        self.spread
    }

    /// Whether it has a column line: no source attests its levels and no
    /// platform publishes it.
    pub fn is_tabular(&self) -> bool {
        self.tabular
    }

    /// The size of its cells in composable form: what it says, or else what
    /// fits its tables and its number of cells.
    pub fn cell_size(&self) -> CellSize {
        self.cell_size
    }

    /// The sensitive categories that it has turned on, each with the reason,
    /// in the order of their codes.
    pub fn sensitive(&self) -> &[(Category, String)] {
        &self.sensitive
    }

    /// Whether its lines may read a category: sensitive ones are off unless
    /// [turned on](Self::sensitive).
    pub fn reads(&self, category: Category) -> bool {
        turned_on(&self.sensitive, category)
    }

    /// Its lines, in its order.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// Every line with every one of its windows: lines in scheme order,
    /// windows ascending. Levels, cells and slots are in this order.
    pub fn line_windows(&self) -> &[LineWindow] {
        &self.line_windows
    }

    /// The index in [`line_windows`](Self::line_windows) of a line's window of
    /// so many months (0 for a column line).
    pub fn find(&self, line: &str, window_months: u8) -> Option<usize> {
        self.line_windows
            .iter()
            .position(|lw| lw.months == window_months && self.lines[lw.line].name == line)
    }

    /// The index in [`line_windows`](Self::line_windows) of a line's first
    /// window; its other windows follow.
    pub fn first_window(&self, line: usize) -> Option<usize> {
        self.line_windows
            .binary_search_by_key(&(line, 0), |lw| (lw.line, lw.window))
            .ok()
    }

    /// The longest window of any line, in months; 0 if all lines are columns.
    pub fn longest_window(&self) -> u8 {
        self.line_windows
            .iter()
            .map(|lw| lw.months)
            .max()
            .unwrap_or(0)
    }

    /// How many levels there are over all line-windows of one source: the
    /// slots of the packed form.
    pub fn slots(&self) -> usize {
        self.line_windows
            .iter()
            .map(|lw| lw.source_level_max as usize + 1)
            .sum()
    }

    /// The roles that its single lines name, each once, in their order there.
    pub fn roles(&self) -> Vec<&Role> {
        let mut roles = Vec::new();
        for line in &self.lines {
            if let LineKind::Single(single) = &line.kind
                && !roles.contains(&&single.role)
            {
                roles.push(&single.role);
            }
        }
        roles
    }
}

fn turned_on(sensitive: &[(Category, String)], category: Category) -> bool {
    !category.is_sensitive() || sensitive.iter().any(|(on, _)| *on == category)
}
