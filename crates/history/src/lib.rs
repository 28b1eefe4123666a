//! Spending histories for blindscore: from a bank's export to the integer
//! levels that a scorecard reads.

#[cfg(feature = "arbitrary")]
pub mod arbitrary;
pub mod decimal;
pub mod digest;
pub mod explain;
pub mod form;
pub mod gather;
pub mod label;
pub mod ledger;
pub mod levels;
pub mod money;
pub mod month;
pub mod population;
pub mod proposal;
pub mod rules;
pub mod scheme;
pub mod statement;
pub mod synth;
pub mod taxonomy;
