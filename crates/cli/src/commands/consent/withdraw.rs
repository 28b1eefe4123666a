//! `consent withdraw`: take it back.

use std::path::PathBuf;

use blindscore_protocol::envelope;
use clap::Args;

use crate::clock;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, trust};
use crate::online::Trust;
use crate::output::{fields, print};

/// Take a consent back: the platform computes nothing more and deletes the histories
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore consent withdraw --secret applicant.secret --consent consent.json \\
    --out consent.withdrawal")]
pub(crate) struct Withdraw {
    /// The secret key of this application
    #[arg(long, value_name = "applicant.secret")]
    secret: PathBuf,
    /// The consent
    #[arg(long, value_name = "consent.json")]
    consent: PathBuf,
    /// The withdrawal to write; it goes to the platform
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Hand it in at the platform's service
    #[arg(long, value_name = "URL")]
    platform: Option<String>,
    #[command(flatten)]
    trust: Trust,
}

impl Withdraw {
    pub(crate) fn run(&self) -> Outcome {
        let consent = trust::consent(&self.consent)?;
        let secret = inputs::secret_key(&self.secret)?;
        let withdrawal = secret.withdraw(&consent, clock::now());
        // Checked as the platform will, before anybody relies on it.
        consent.with_withdrawal(&withdrawal).map_err(|error| {
            Failure::refused(error)
                .in_file(&self.consent)
                .hint("give the secret of the application that this consent is for")
        })?;
        files::write(
            &self.out,
            &envelope::close(&withdrawal, &[]),
            Access::Public,
        )?;
        let platform = &consent.binding().platform;
        let next = match &self.platform {
            None => format!("send it to {platform}, which runs blindscore platform withdraw"),
            Some(url) => {
                let service = self.trust.connect(url)?;
                service.is(platform)?;
                let applicant = blindscore_client::http::Applicant::of(&secret);
                let done = service.send(&applicant.withdraw(&withdrawal))?;
                format!(
                    "nothing: {platform} took it, deleted {} histories, and logged it as entry {}",
                    done.histories_deleted, done.log_index
                )
            }
        };
        print(&fields(&[
            ("takes back", consent.id().to_string()),
            ("written", self.out.display().to_string()),
            ("next", next),
        ]))
    }
}
