//! `log check`: the whole log against its signed head.

use clap::Args;

use super::head::about;
use super::held::Whose;
use crate::error::Outcome;
use crate::output::print;

/// Compute the whole log again from its entries, and compare with its signed head
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore log check platform")]
pub(crate) struct Check {
    #[command(flatten)]
    whose: Whose,
}

impl Check {
    pub(crate) fn run(&self) -> Outcome {
        // Reading compares every entry with the head, and believes its signature.
        let held = self.whose.read()?;
        let head = held.head.statement();
        let later = held.log.size().saturating_sub(head.size);
        let mut text = about(head);
        text += "ok: these entries have this root, and the platform signed it\n";
        if later > 0 {
            text += &format!("{later} more are not signed yet\n");
        }
        print(&text)
    }
}
