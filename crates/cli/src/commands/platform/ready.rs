//! `platform ready`: whether a service answers, for supervisors.

use clap::Args;

use crate::error::Outcome;
use crate::online::Trust;
use crate::output::print;

/// Ask a service whether it is ready: it answers, and its database is there
///
/// For supervisors of containers, which look at the exit code. Needs no token.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore platform ready http://127.0.0.1:8440")]
pub(crate) struct Ready {
    /// The URL of the service
    #[arg(value_name = "URL")]
    url: String,
    #[command(flatten)]
    trust: Trust,
}

impl Ready {
    pub(crate) fn run(&self) -> Outcome {
        self.trust.ready(&self.url)?;
        print("ready\n")
    }
}
