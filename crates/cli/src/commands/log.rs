//! `log`: the platform's public log, and proofs that anybody can check.

use clap::Subcommand;

use crate::error::Outcome;

mod check;
mod head;
mod held;
mod proof;
mod prove;
mod show;
mod verify;

/// A platform's public log: sign it, prove what is in it, check it
///
/// Everything that a platform published, was given and did stands in it by
/// digest. Entries that are deleted, changed or shown to some only are noticed
/// by whoever keeps an earlier head.
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  blindscore log prove platform --receipt results/steady.receipt --out steady.proof
  blindscore log verify steady.proof --registry registry.json --receipt results/steady.receipt")]
pub(crate) enum LogCommand {
    Head(head::Head),
    Show(show::Show),
    Prove(prove::Prove),
    Verify(verify::Verify),
    Check(check::Check),
}

impl LogCommand {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Head(command) => command.run(),
            Self::Show(command) => command.run(),
            Self::Prove(command) => command.run(),
            Self::Verify(command) => command.run(),
            Self::Check(command) => command.run(),
        }
    }
}
