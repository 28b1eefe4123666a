//! Schemes from data: units, origins and caps that fit what people's histories
//! measure, and column lines for a table.
//!
//! A level is a whole number from 0 to a few dozen, so a unit decides what a
//! scorecard can tell apart. Too small, and most people are at the cap; too
//! large, and most are at 0. [`propose`] chooses units so that the useful range
//! of the values (by default up to the 99th percentile) fills the levels that
//! there is room for, and says for each line-window what is lost.
//!
//! # What is lost
//!
//! [`Resolution::told_apart`] is, of all pairs of people whose values differ,
//! the share whose levels differ too. A pair that the levels do not tell apart
//! is a tie, and a tie counts half in the area under the ROC curve, so whatever
//! is predicted from this line-window alone loses at most half of the share of
//! such pairs (of one good and one bad person each).

mod columns;
mod resolution;
mod sample;
mod survey;
mod units;

pub use columns::{ColumnNote, ColumnOptions, ColumnsError, Ratios, TableScheme, propose_columns};
pub use resolution::Resolution;
pub use sample::ValueSample;
pub use units::{LineProposal, Proposal, ProposalOptions, propose};
