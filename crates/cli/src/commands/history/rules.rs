//! `history rules`: the rules on texts that are shipped, and the check of
//! others.

use std::path::PathBuf;

use blindscore_history::rules::Rules;
use clap::{Args, Subcommand};

use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{count, print};

/// The rules on texts
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  blindscore history rules show > my-rules.toml")]
pub(crate) enum RulesCommand {
    /// Print the shipped rules, to read or to copy and edit
    Show(Show),
    /// Check a rule file of your own
    Check(Check),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore history rules show > my-rules.toml")]
pub(crate) struct Show {}

#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore history rules check my-rules.toml")]
pub(crate) struct Check {
    /// The rule file
    #[arg(value_name = "RULES.toml")]
    file: PathBuf,
}

impl RulesCommand {
    pub(super) fn run(&self) -> Outcome {
        match self {
            Self::Show(Show {}) => print(Rules::BUILTIN),
            Self::Check(check) => check.run(),
        }
    }
}

impl Check {
    fn run(&self) -> Outcome {
        let text = files::read_text(&self.file, Rules::BYTES_MAX)?;
        let rules = Rules::from_toml(&text).map_err(|error| {
            Failure::refused(error)
                .in_file(&self.file)
                .hint("rules that work: blindscore history rules show")
        })?;
        print(&format!(
            "{}: ok, {} rules\n",
            self.file.display(),
            count(rules.iter().count())
        ))
    }
}
