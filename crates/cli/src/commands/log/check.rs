//! `log check`: the whole log against its signed head.

use std::path::PathBuf;

use blindscore_protocol::registry::Trade;
use clap::Args;

use super::head::about;
use crate::clock;
use crate::error::{Failure, Outcome};
use crate::output::print;
use crate::platform_folder::PlatformFolder;

/// Compute the whole log again from its entries, and compare with its signed head
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore log check platform")]
pub(crate) struct Check {
    /// The platform's folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

impl Check {
    pub(crate) fn run(&self) -> Outcome {
        // Opening reads every entry and compares the root with the head.
        let folder = PlatformFolder::open(&self.folder)?;
        let head = folder.head.statement();
        let (platform, at) = (folder.signatory.id(), head.time);
        folder
            .registry
            .believe(&folder.head, platform, Trade::Platform, at, clock::now())
            .map_err(|error| Failure::security(error).in_file(&self.folder.join("log.head")))?;
        let later = folder.log.size().saturating_sub(head.size);
        let mut text = about(head);
        text += "ok: these entries have this root, and the platform signed it\n";
        if later > 0 {
            text += &format!("{later} more are not signed yet\n");
        }
        print(&text)
    }
}
