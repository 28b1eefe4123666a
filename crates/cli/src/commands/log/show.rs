//! `log show`: the entries.

use std::path::PathBuf;

use clap::Args;

use crate::error::Outcome;
use crate::output::{print, print_json, table};
use crate::platform_folder::PlatformFolder;

/// Show the log's entries
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore log show platform")]
pub(crate) struct Show {
    /// The platform's folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(crate) fn run(&self) -> Outcome {
        let folder = PlatformFolder::open(&self.folder)?;
        let entries = folder.log.entries();
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
