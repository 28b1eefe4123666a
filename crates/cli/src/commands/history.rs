//! `history`: statements read, explained, and turned into levels.

mod build;
mod explain;
mod profile;
mod read;
mod rules;
mod sources;

use clap::Subcommand;

use crate::commands::modeller::history_table::HistoryTable;
pub(crate) use explain::{EntryReport, unclassified};

use crate::error::Outcome;

/// Read statements, say what became of them, turn them into levels (source)
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  blindscore history build builtin:bank --scheme builtin:everyday --as-of 2026-11-15")]
pub(crate) enum History {
    /// Read the statements of one customer and compute levels
    Build(build::Build),
    /// Print the entries of statements, put together
    Read(read::Read),
    /// Say why each entry went where it did, with totals and a chart
    Explain(explain::Explain),
    /// The rules on texts
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// Column layouts of CSV files
    #[command(subcommand)]
    Profile(profile::ProfileCommand),
    Table(Box<HistoryTable>),
}

impl History {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Build(command) => command.run(),
            Self::Read(command) => command.run(),
            Self::Explain(command) => command.run(),
            Self::Rules(command) => command.run(),
            Self::Profile(command) => command.run(),
            Self::Table(table) => table.run(),
        }
    }
}
