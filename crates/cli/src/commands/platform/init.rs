//! `platform init`: a folder for a platform.

use std::path::PathBuf;

use clap::Args;

use crate::clock;
use crate::error::Outcome;
use crate::inputs::trust;
use crate::output::{fields, print};
use crate::platform_folder::PlatformFolder;

/// Make a platform's folder, with an empty log
///
/// The signing key and the registry are copied into it. Edit the copy of the
/// registry from then on: it is what the platform believes.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore platform init platform --signing-key platform.signing --registry registry.json")]
pub(crate) struct Init {
    /// The folder; made if it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// The platform's signing key
    #[arg(long, value_name = "FILE")]
    signing_key: PathBuf,
    /// The registry, in which the platform is
    #[arg(long, value_name = "registry.json")]
    registry: PathBuf,
}

impl Init {
    pub(crate) fn run(&self) -> Outcome {
        let signatory = trust::signing_key(&self.signing_key)?;
        let registry = trust::registry(&self.registry)?;
        let (platform, key) = (signatory.id().to_string(), signatory.verifying_key());
        PlatformFolder::init(&self.folder, signatory, &registry, clock::now())?;
        print(&fields(&[
            ("platform", platform),
            ("key", key.to_string()),
            ("folder", self.folder.display().to_string()),
            (
                "next",
                "blindscore platform publish, for each scorecard".to_owned(),
            ),
        ]))
    }
}
