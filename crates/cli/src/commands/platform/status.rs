//! `platform status`: what a platform holds.

use std::path::PathBuf;

use blindscore_protocol::consent::ConsentState;
use blindscore_protocol::log::EntryKind;
use clap::Args;
use serde::Serialize;

use crate::clock;
use crate::error::Outcome;
use crate::output::{fields, print, print_json, table};
use crate::platform_folder::PlatformFolder;

/// Show consents with their states, published scorecards, and the log's size
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore platform status platform")]
pub(crate) struct Status {
    /// The platform's folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    platform: String,
    registry: String,
    scorecards: Vec<String>,
    log_size: u64,
    log_root: String,
    consents: Vec<ConsentReport>,
}

#[derive(Serialize)]
struct ConsentReport {
    consent: String,
    lender: String,
    state: &'static str,
    uses: u32,
    of: u32,
    valid_until: String,
    histories_kept: bool,
}

impl Status {
    pub(crate) fn run(&self) -> Outcome {
        let folder = PlatformFolder::open(&self.folder)?;
        let report = report(&folder);
        if self.json {
            return print_json(&report);
        }
        let mut text = fields(&[
            ("platform", report.platform.clone()),
            ("registry", report.registry.clone()),
            ("scorecards", report.scorecards.len().to_string()),
            ("log", format!("{} entries", report.log_size)),
            ("root", report.log_root.clone()),
        ]);
        let rows = report.consents.into_iter().map(|consent| {
            [
                consent.consent,
                consent.lender,
                consent.state.to_owned(),
                format!("{} of {}", consent.uses, consent.of),
                consent.valid_until,
                if consent.histories_kept {
                    "kept"
                } else {
                    "none"
                }
                .to_owned(),
            ]
        });
        text.push('\n');
        text += &table(
            ["consent", "lender", "state", "uses", "until", "histories"],
            rows,
            &[],
        );
        print(&text)
    }
}

fn report(folder: &PlatformFolder) -> Report {
    let now = clock::now();
    let entries = folder.log.entries().iter();
    let published = entries.filter(|entry| entry.kind == EntryKind::Scorecard);
    let consents = folder.consents.records().map(|record| {
        let id = record.id();
        let state = folder.consents.state(id, now);
        ConsentReport {
            consent: id.to_string(),
            lender: record.binding().lender.to_string(),
            state: state.map_or("unknown", ConsentState::name),
            uses: folder.consents.uses(id).unwrap_or_default(),
            of: record.binding().uses,
            valid_until: record.binding().valid_until.to_string(),
            histories_kept: folder.application(id).exists(),
        }
    });
    Report {
        platform: folder.signatory.id().to_string(),
        registry: folder.registry.digest().to_string(),
        scorecards: published.map(|entry| entry.digest.to_string()).collect(),
        log_size: folder.log.size(),
        log_root: folder.log.root().to_string(),
        consents: consents.collect(),
    }
}
