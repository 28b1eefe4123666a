//! `platform`: what a platform keeps, publishes and takes back.

use clap::Subcommand;

use crate::error::Outcome;

mod init;
mod publish;
mod ready;
mod status;
mod withdraw;

/// Keep a platform's folder: published scorecards, consents, histories, log (platform)
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  blindscore platform init platform --signing-key platform.signing --registry registry.json")]
pub(crate) enum PlatformCommand {
    Init(init::Init),
    Publish(publish::Publish),
    Withdraw(withdraw::Withdraw),
    Status(status::Status),
    Ready(ready::Ready),
}

impl PlatformCommand {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Init(command) => command.run(),
            Self::Publish(command) => command.run(),
            Self::Withdraw(command) => command.run(),
            Self::Status(command) => command.run(),
            Self::Ready(command) => command.run(),
        }
    }
}
