//! `log head`: the last signed head.

use std::path::PathBuf;

use blindscore_protocol::envelope;
use blindscore_protocol::log::TreeHead;
use clap::Args;

use super::held::Whose;
use crate::error::Outcome;
use crate::files::{self, Access};
use crate::output::{fields, print, print_json};

/// Show or write the last signed head of the log, for others to keep (platform)
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore log head platform --out monday.head")]
pub(crate) struct Head {
    #[command(flatten)]
    whose: Whose,
    /// Write the signed head to a file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Head {
    pub(crate) fn run(&self) -> Outcome {
        let held = self.whose.read()?;
        if let Some(path) = &self.out {
            files::write(path, &envelope::close(&held.head, &[]), Access::Public)?;
        }
        if self.json {
            return print_json(&held.head);
        }
        print(&about(held.head.statement()))
    }
}

/// A head in words.
pub(super) fn about(head: &TreeHead) -> String {
    fields(&[
        ("log of", head.platform.to_string()),
        ("entries", head.size.to_string()),
        ("root", head.root.to_string()),
        ("signed", head.time.to_string()),
    ])
}
