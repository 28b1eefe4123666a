//! PMML 4.x scorecards, as the Data Mining Group's specification defines the
//! model `Scorecard` (4.4: <https://dmg.org/pmml/v4-4-1/Scorecard.html>).
//!
//! A characteristic's attributes are predicates, tried in their order; the
//! first that is true gives the points. Every predicate on one column is a
//! union of ranges between the constants that it names, so the column is cut
//! at exactly these, and the cut is not an approximation.

mod cells;
mod columns;
mod fields;
mod predicate;
pub(super) mod read;
pub(super) mod verify;
pub(super) mod write;
mod write_rows;
mod writer;
mod xml;

/// Who wrote an `Extension` that this project reads.
pub(super) const EXTENDER: &str = "blindscore";
