//! One module a subcommand.

pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod examples;
pub(crate) mod history;
pub(crate) mod keygen;
pub(crate) mod modeller;
pub(crate) mod open;
pub(crate) mod scheme;
pub(crate) mod score;
pub(crate) mod scorecard;
pub(crate) mod scorecard_lint;
pub(crate) mod seal;
