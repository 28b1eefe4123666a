//! `history profile`: a column layout proposed for a CSV file.

use std::io::Read;

use blindscore_history::statement::csv::guess::guess;
use clap::{Args, Subcommand};

use super::sources::unread;
use crate::error::{Failure, Outcome};
use crate::inputs::{self, Origin};
use crate::output::{count, note, print, shown};

/// How much of a file is looked at.
const LOOKED_AT: u64 = 4 << 20;

/// Column layouts of CSV files
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  blindscore history profile guess builtin:bank > my-bank.toml")]
pub(crate) enum ProfileCommand {
    /// Propose a layout for a CSV file and say what is not sure
    Guess(Guess),
}

/// Propose a layout for a CSV file and say what is not sure
///
/// Prints a profile to stdout, to be looked over and given with --profile. What
/// is not sure stands in it as comments and is said on stderr.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore history profile guess builtin:bank > my-bank.toml")]
pub(crate) struct Guess {
    /// The CSV file
    #[arg(value_name = "FILE")]
    file: Origin,
    /// Name of the profile
    #[arg(long, default_value = "my-bank")]
    name: String,
}

impl ProfileCommand {
    pub(super) fn run(&self) -> Outcome {
        match self {
            Self::Guess(guess) => guess.run(),
        }
    }
}

impl Guess {
    fn run(&self) -> Outcome {
        if self.name.trim().is_empty() {
            return Err(Failure::usage("--name is empty; want a name"));
        }
        // The start tells the layout; a cut last line is passed over.
        let (file, reader) = inputs::statement(&self.file)?;
        let mut bytes = Vec::new();
        reader
            .take(LOOKED_AT)
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::internal(format!("cannot read {file}: {error}")))?;
        if bytes.len() as u64 == LOOKED_AT
            && let Some(end) = bytes.iter().rposition(|&byte| byte == b'\n')
        {
            bytes.truncate(end + 1);
        }
        let guess = guess(&bytes, &file, self.name.trim()).map_err(unread)?;
        for doubt in &guess.doubts {
            note(&format!("not sure: {doubt}"));
        }
        match guess.entries {
            Some(entries) => note(&format!("it reads {} entries from {file}", count(entries))),
            None => note("it does not read the file yet; mend it by hand"),
        }
        // Names of columns are the file's own; on a terminal they only show.
        print(&shown(&guess.toml))
    }
}
