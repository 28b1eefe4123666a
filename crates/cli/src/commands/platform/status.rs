//! `platform status`: what a platform holds.

use std::path::PathBuf;

use blindscore_client::http::Operator;
use blindscore_protocol::api::Holdings;
use blindscore_protocol::consent::ConsentState;
use blindscore_protocol::log::EntryKind;
use clap::Args;
use serde::Serialize;

use crate::clock;
use crate::error::Outcome;
use crate::online::{Place, Trust, token, wanted};
use crate::output::{fields, print, print_json, table};
use crate::platform_folder::PlatformFolder;

/// Show consents with their states, published scorecards, and the log's size
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore platform status platform")]
pub(crate) struct Status {
    /// The platform's folder, or the URL of its service
    #[arg(value_name = "DIR_OR_URL")]
    place: Place,
    /// With a URL: the file of the operator's token
    #[arg(long, value_name = "FILE")]
    token: Option<PathBuf>,
    #[command(flatten)]
    trust: Trust,
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
    state: std::borrow::Cow<'static, str>,
    uses: u32,
    of: u32,
    valid_until: String,
    histories_kept: bool,
}

impl Status {
    pub(crate) fn run(&self) -> Outcome {
        let report = match self.place.url() {
            None => report(&PlatformFolder::open(self.place.folder())?),
            Some(url) => {
                let file = self.token.as_deref().ok_or_else(|| wanted("--token"))?;
                let token = token(file)?;
                let service = self.trust.connect(url)?;
                report_online(service.send(&Operator::with(&token).holdings())?)
            }
        };
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
                consent.state.into_owned(),
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

fn report_online(held: Holdings) -> Report {
    let consents = held.consents.into_iter().map(|consent| ConsentReport {
        consent: consent.consent.to_string(),
        lender: consent.lender.to_string(),
        // The service's words, of the same list.
        state: consent.state.into(),
        uses: consent.uses,
        of: consent.of,
        valid_until: consent.valid_until.to_string(),
        histories_kept: consent.histories > 0,
    });
    let scorecards = held.scorecards.into_iter();
    Report {
        platform: held.platform.to_string(),
        registry: held.registry.to_string(),
        scorecards: scorecards.map(|card| card.digest.to_string()).collect(),
        log_size: held.head.size,
        log_root: held.head.root.to_string(),
        consents: consents.collect(),
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
            state: state.map_or("unknown", ConsentState::name).into(),
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
