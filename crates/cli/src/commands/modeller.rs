//! What a credit modeller runs: an invented population, tables from
//! transactions, schemes and scorecards from data, and their validation.

pub(crate) mod card;
pub(crate) mod compare;
mod encrypted;
pub(crate) mod fit;
pub(crate) mod history_table;
mod people;
pub(crate) mod scheme_fit;
pub(crate) mod synth;
mod table;
mod trim;
pub(crate) mod validate;
