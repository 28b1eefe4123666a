//! `registry`: who is trusted for what, as a file that an operator edits.

use clap::Subcommand;

use crate::error::Outcome;

mod add;
mod init;
mod revoke;
mod show;

/// Make and edit the registry of trusted sources, platforms and lenders (operator)
///
/// Everybody checks signatures against a copy of its own. Get a registry from
/// somebody you trust, and compare its digest.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  blindscore registry init --name \"Invented parties\" --out registry.json")]
pub(crate) enum RegistryCommand {
    Init(init::Init),
    Add(add::Add),
    Revoke(revoke::Revoke),
    Show(show::Show),
}

impl RegistryCommand {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Init(command) => command.run(),
            Self::Add(command) => command.run(),
            Self::Revoke(command) => command.run(),
            Self::Show(command) => command.run(),
        }
    }
}
