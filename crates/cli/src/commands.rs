//! One module a subcommand.

pub(crate) mod audit;
pub(crate) mod bench;
pub(crate) mod completions;
pub(crate) mod consent;
pub(crate) mod declare;
pub(crate) mod demo;
pub(crate) mod examples;
pub(crate) mod history;
pub(crate) mod keygen;
pub(crate) mod lender;
pub(crate) mod log;
pub(crate) mod modeller;
pub(crate) mod open;
pub(crate) mod party;
pub(crate) mod platform;
pub(crate) mod registry;
pub(crate) mod release;
pub(crate) mod scheme;
pub(crate) mod score;
pub(crate) mod scorecard;
pub(crate) mod scorecard_lint;
pub(crate) mod seal;
pub(crate) mod serve;
pub(crate) mod source;
pub(crate) mod verify;
