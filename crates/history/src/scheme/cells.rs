//! How large the cells of a scheme are in composable form.

use serde::{Deserialize, Serialize};

use super::line::{Line, LineWindow};

/// The size of a sealed cell: smaller ones have more noise, so they serve
/// smaller plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CellSize {
    /// 96 KB: for tables of up to 128 levels and plans of up to about a
    /// hundred external products.
    Compact,
    /// 144 KB: for any table, and for plans of thousands of products where
    /// tables have up to 128 levels.
    Fine,
}

impl CellSize {
    /// The most levels of a table over compact cells.
    pub const COMPACT_TABLE: u32 = 128;
    /// The most cells, of all sources together, for which compact ones are
    /// taken unless the scheme says so.
    pub const COMPACT_CELLS: u32 = 96;

    /// The word in the scheme's JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Fine => "fine",
        }
    }

    /// What a scheme has that names no size: compact cells if every table has
    /// at most 128 levels and all sources together send at most 96 cells.
    pub(super) fn of(lines: &[Line], line_windows: &[LineWindow], sources_max: u32) -> Self {
        let mut cells = 0;
        for window in line_windows {
            let line = &lines[window.line];
            if window.level_max >= Self::COMPACT_TABLE {
                return Self::Fine;
            }
            cells += match line.kind {
                super::LineKind::Pooled(_) => sources_max,
                super::LineKind::Sum(_) => 0,
                super::LineKind::Single(_) | super::LineKind::Column(_) => 1,
            };
        }
        if cells <= Self::COMPACT_CELLS {
            Self::Compact
        } else {
            Self::Fine
        }
    }
}
