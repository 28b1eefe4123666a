//! `examples`: the bundled data as files.

use std::path::PathBuf;

use blindscore_examples::{AS_OF, SCORECARDS};
use clap::{Args, Subcommand};

use crate::error::Outcome;
use crate::files::{self, Access};
use crate::inputs::{SCHEMES, STATEMENTS};
use crate::output::print;

/// Write the bundled statements, scheme and scorecards to a folder, to play with
#[derive(Debug, Subcommand)]
#[command(after_help = "Example:\n  blindscore examples write play")]
pub(crate) enum Examples {
    /// Write them as files; existing files are not overwritten
    Write(Write),
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore examples write play && ls play")]
pub(crate) struct Write {
    /// The folder; made if it is not there
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

impl Examples {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Write(write) => write.run(),
        }
    }
}

impl Write {
    fn run(&self) -> Outcome {
        let json = SCHEMES.iter().chain(&SCORECARDS);
        let json = json.map(|(name, text)| (format!("{name}.json"), *text));
        let statements = STATEMENTS
            .iter()
            .map(|(_, file, text)| ((*file).to_owned(), *text));
        let all: Vec<_> = json
            .chain(statements)
            .map(|(name, text)| (self.directory.join(name), text))
            .collect();
        // All or nothing, as far as can be seen beforehand.
        if let Some((path, _)) = all.iter().find(|(path, _)| path.exists()) {
            return Err(files::exists(path));
        }
        files::make_directory(&self.directory)?;
        let mut text = String::new();
        for (path, content) in &all {
            files::write_new(path, content.as_bytes(), Access::Public)?;
            text += &format!("wrote {}\n", path.display());
        }
        print(&(text + &self.next_steps()))
    }

    /// The whole flow, to copy line by line.
    fn next_steps(&self) -> String {
        format!(
            "
An application, step by step (all data are invented):

  cd {}
  # the bank and the wallet turn their statements into levels
  blindscore history build bank.csv --scheme everyday.json --as-of {AS_OF} --out bank.levels.json
  blindscore history build wallet.json --scheme everyday.json --as-of {AS_OF} --out wallet.levels.json
  # the applicant makes a key
  blindscore keygen --out .
  # each seals its levels to that key
  blindscore seal --levels bank.levels.json --scheme everyday.json --key applicant.public \\
    --sealing-key bank.sealing --source bank --role main_account --form composable --out bank.sealed
  blindscore seal --levels wallet.levels.json --scheme everyday.json --key applicant.public \\
    --sealing-key wallet.sealing --source wallet --form composable --out wallet.sealed
  # the platform scores blind
  blindscore score --scheme everyday.json --scorecard steady.json --scorecard growth.json \\
    --key applicant.public --out results bank.sealed wallet.sealed
  # the applicant opens
  blindscore open --secret applicant.secret --scheme everyday.json --scorecard steady.json \\
    --sealed bank.sealed --sealed wallet.sealed results/steady.evaluation
",
            self.directory.display()
        )
    }
}
