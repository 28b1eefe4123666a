//! Spending histories for blindscore: from a bank's export to the integer
//! levels that a scorecard reads.

#[cfg(feature = "arbitrary")]
pub mod arbitrary;
pub mod decimal;
pub mod digest;
pub mod form;
pub mod label;
pub mod ledger;
pub mod levels;
pub mod money;
pub mod month;
pub mod population;
pub mod proposal;
pub mod scheme;
pub mod statement;
pub mod synth;
pub mod taxonomy;
