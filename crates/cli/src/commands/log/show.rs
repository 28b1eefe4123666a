//! `log show`: the entries.

use clap::Args;

use super::held::Whose;
use crate::error::Outcome;
use crate::output::{print, print_json, table};

/// Show the log's entries
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore log show platform")]
pub(crate) struct Show {
    #[command(flatten)]
    whose: Whose,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(crate) fn run(&self) -> Outcome {
        let held = self.whose.read()?;
        let entries = held.log.entries();
        if self.json {
            return print_json(&entries);
        }
        let rows = entries.iter().enumerate().map(|(index, entry)| {
            [
                index.to_string(),
                entry.kind.name().to_owned(),
                entry.digest.to_string(),
                entry.time.to_string(),
            ]
        });
        print(&table(["entry", "kind", "digest", "time"], rows, &[0]))
    }
}
