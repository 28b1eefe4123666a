//! `platform withdraw`: an applicant took a consent back.

use std::path::PathBuf;

use blindscore_protocol::consent::RegisterError;
use blindscore_protocol::log::EntryKind;
use blindscore_protocol::message::Withdrawal;
use clap::Args;

use crate::clock;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::inputs::trust;
use crate::output::{fields, print};
use crate::platform_folder::PlatformFolder;

/// Take in an applicant's withdrawal: compute nothing more, delete the histories
#[derive(Debug, Args)]
#[command(after_help = "\
Example, with what `blindscore consent withdraw` wrote:
  blindscore platform withdraw platform --withdrawal consent.withdrawal")]
pub(crate) struct Withdraw {
    /// The platform's folder
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The withdrawal, from the applicant
    #[arg(long, value_name = "FILE")]
    withdrawal: PathBuf,
    /// The consent itself, if it was never handed in: it then never works
    #[arg(long, value_name = "consent.json")]
    consent: Option<PathBuf>,
}

impl Withdraw {
    pub(crate) fn run(&self) -> Outcome {
        let withdrawal = trust::signed::<Withdrawal>(&self.withdrawal)?;
        let mut folder = PlatformFolder::open(&self.folder)?;
        let now = clock::now();
        if let Some(path) = &self.consent {
            let consent = trust::consent(path)?;
            let digest = consent.digest();
            consent
                .names_parties_of(&folder.registry)
                .map_err(|error| Failure::refused(error).in_file(path))?;
            folder
                .consents
                .admit(consent)
                .map_err(|error| Failure::refused(error).in_file(path))?;
            folder.store_consents()?;
            folder.append(EntryKind::Consent, digest, now)?;
        }
        let consent = withdrawal.statement().consent;
        folder.consents.withdraw(&withdrawal).map_err(|error| {
            let hint = match error {
                RegisterError::Unknown { .. } => {
                    "a consent that was never handed in is taken back with --consent, so that it never works"
                }
                _ => "only the applicant's key of this application takes the consent back",
            };
            Failure::refused(error).in_file(&self.withdrawal).hint(hint)
        })?;
        // First what stops evaluations, then what is deleted, then the log.
        folder.store_consents()?;
        let deleted = files::delete_directory(&folder.application(consent))?;
        // Of a withdrawal that is sent again, the first stands in the log.
        let known = folder
            .consents
            .record(consent)
            .and_then(|record| record.withdrawal());
        let digest = known.map_or_else(
            || withdrawal.digest(),
            blindscore_protocol::sign::Signed::digest,
        );
        folder.append(EntryKind::Withdrawal, digest, now)?;
        print(&fields(&[
            ("withdrawn", consent.to_string()),
            (
                "histories",
                if deleted { "deleted" } else { "none were kept" }.to_owned(),
            ),
            ("log", format!("{} entries", folder.log.size())),
        ]))
    }
}
