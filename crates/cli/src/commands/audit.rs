//! `audit`: anybody with the ciphertexts runs an evaluation again.

use std::path::PathBuf;
use std::time::Instant;

use blindscore_client::applicant::re_execute;
use blindscore_evaluator::{AttestedHistory, Commission, Lineup, Plan, PreparedHistory};
use blindscore_history::digest::Digest;
use clap::Args;
use serde::Serialize;

use crate::commands::open::unopened;
use crate::error::{Failure, Outcome};
use crate::inputs::{self, Origin};
use crate::output::{fields, heading, milliseconds, print, print_json};
use crate::progress::watched;
use crate::review::{PaperFiles, uncommissioned};

/// Run an evaluation again from its ciphertexts, and check the papers around it (anybody)
///
/// Needs no secret and tells no score: it shows that the platform applied this
/// scorecard to these attested histories, under this consent, and put nothing
/// else into the result.
#[derive(Debug, Args)]
#[command(after_help = "\
Example, with what the platform keeps of an application:
  blindscore audit --key applicant.public --scheme builtin:everyday \\
    --scorecard builtin:steady --request score.request --consent consent.json \\
    --registry registry.json --sealed bank.sealed --attestation bank.attestation \\
    --evaluation results/steady.evaluation --receipt results/steady.receipt")]
pub(crate) struct Audit {
    /// The applicant's public key
    #[arg(long, value_name = "applicant.public")]
    key: PathBuf,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// The scorecard: a file, or builtin:steady, builtin:growth
    #[arg(long)]
    scorecard: Origin,
    #[command(flatten)]
    papers: PaperFiles,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    same_bytes: bool,
    platform: String,
    scorecard: String,
    standing: &'static str,
    sources: Vec<String>,
    consent: String,
    consent_use: u32,
    receipt: Digest,
    plan: Digest,
    evaluate_ms: f64,
}

impl Audit {
    pub(crate) fn run(&self) -> Outcome {
        let scheme = inputs::scheme(&self.scheme)?;
        let scorecard = inputs::scorecard(&self.scorecard, &scheme)?;
        let key = inputs::public_key(&self.key)?;
        let papers = self.papers.read(&key, &scheme)?;
        let histories = papers.histories.histories().iter();
        let attestations: Vec<_> = histories.map(AttestedHistory::signed).collect();
        let said = papers.receipt.statement();
        let commission = Commission {
            registry: &papers.registry,
            key: &key,
            scheme: &scheme,
            scorecard: &scorecard,
            request: &papers.request,
            consent: &papers.consent,
            attestations: &attestations,
            at: said.issued,
            now: papers.now,
        };
        let standing = commission.check().map_err(uncommissioned)?;
        commission
            .check_receipt(&papers.receipt, papers.evaluation.header(), standing)
            .map_err(uncommissioned)?;
        let sealed = papers.histories.sealed();
        let lineup = Lineup::of(&sealed).map_err(Failure::refused)?;
        let plan = Plan::compile(&scheme, &scorecard, &lineup).map_err(Failure::refused)?;
        let start = Instant::now();
        let again = watched("running the evaluation again", |_| {
            let prepared: Vec<_> = sealed.iter().map(|h| PreparedHistory::new(h)).collect();
            let histories: Vec<_> = prepared.iter().collect();
            re_execute(&plan, &key, &histories, &papers.evaluation)
        });
        again.map_err(|error| unopened(error).in_file(papers.evaluation_path()))?;
        let sources = papers.histories.sources();
        let report = Report {
            same_bytes: true,
            platform: said.platform.to_string(),
            scorecard: scorecard.name().to_owned(),
            standing: standing.name(),
            sources: sources.iter().map(ToString::to_string).collect(),
            consent: said.consent.to_string(),
            consent_use: said.consent_use,
            receipt: papers.receipt.digest(),
            plan: plan.digest(),
            evaluate_ms: start.elapsed().as_secs_f64() * 1e3,
        };
        if self.json {
            print_json(&report)
        } else {
            print(&text(&report, start.elapsed()))
        }
    }
}

fn text(report: &Report, time: std::time::Duration) -> String {
    let mut text = fields(&[
        ("platform", report.platform.clone()),
        ("scorecard", report.scorecard.clone()),
        (
            "data",
            format!("of {}, {}", report.sources.join(", "), report.standing),
        ),
        (
            "consent",
            format!("{}, use {}", report.consent, report.consent_use),
        ),
        ("receipt", report.receipt.to_string()),
    ]);
    text += &heading("Checked");
    for line in [
        "request, attestations and receipt are signed by whom the registry trusts".to_owned(),
        "the consent is the applicant's, answers the request, and allows this evaluation"
            .to_owned(),
        format!(
            "the evaluation, run again in {} ms, gives the same bytes",
            milliseconds(time)
        ),
    ] {
        text += &format!("  ok  {line}\n");
    }
    text + "\nNobody learned a score from this.\n"
}
