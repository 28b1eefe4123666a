//! What a credit modeller runs: an invented population, tables from
//! transactions, schemes and scorecards from data, and their validation.

pub(crate) mod history_table;
mod people;
pub(crate) mod scheme_fit;
pub(crate) mod synth;
