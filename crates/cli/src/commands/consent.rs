//! `consent`: give it, look at it, take it back.

use clap::Subcommand;

use crate::error::Outcome;

mod grant;
mod import;
mod show;
mod withdraw;

/// Give a consent, look at it, take it back (applicant)
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  blindscore consent grant --secret applicant.secret --request score.request \\
    --registry registry.json --scheme builtin:everyday --scorecard builtin:steady \\
    --source bank --source wallet --as-of 2026-11-15 --out consent.json")]
pub(crate) enum ConsentCommand {
    Grant(grant::Grant),
    Show(show::Show),
    Withdraw(withdraw::Withdraw),
    Import(import::Import),
}

impl ConsentCommand {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Grant(command) => command.run(),
            Self::Show(command) => command.run(),
            Self::Withdraw(command) => command.run(),
            Self::Import(command) => command.run(),
        }
    }
}
