//! A log with its signed head: a platform's own, or fetched from its service
//! and computed again here.

use std::path::PathBuf;

use blindscore_client::http::anybody;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_protocol::envelope;
use blindscore_protocol::log::{Log, TreeHead};
use blindscore_protocol::registry::{Registry, Trade};
use blindscore_protocol::sign::Signed;
use clap::Args;

use crate::clock;
use crate::error::{Failure, Outcome};
use crate::inputs::trust;
use crate::online::{Place, Trust, wanted};
use crate::platform_folder::PlatformFolder;

/// Whose log.
#[derive(Debug, Args)]
pub(super) struct Whose {
    /// The platform's folder, or the URL of its service
    #[arg(value_name = "DIR_OR_URL")]
    place: Place,
    /// With a URL: the registry that says who may sign
    #[arg(long, value_name = "registry.json")]
    registry: Option<PathBuf>,
    #[command(flatten)]
    trust: Trust,
}

/// A log, with the last head that its platform signed.
pub(super) struct Held {
    pub(super) log: Log,
    pub(super) head: Signed<TreeHead>,
}

impl Whose {
    /// The log, compared with its head, whose signature is believed.
    pub(super) fn read(&self) -> Outcome<Held> {
        let Some(url) = self.place.url() else {
            let folder = PlatformFolder::open(self.place.folder())?;
            believe(&folder.registry, &folder.head)?;
            let PlatformFolder { log, head, .. } = folder;
            return Ok(Held { log, head });
        };
        let path = self.registry.as_ref().ok_or_else(|| wanted("--registry"))?;
        let registry = trust::registry(path)?;
        let service = self.trust.connect(url)?;
        let head = service.send(&anybody::log_head())?;
        let (head, _) = envelope::open::<Signed<TreeHead>>(&head.signed.0, PARAMETER_ID)
            .map_err(Failure::security)?;
        believe(&registry, &head)?;
        // The service may have appended since; what the head covers is compared.
        let mut lines = Vec::new();
        let mut have = 0;
        while have < head.statement().size {
            let part = service.send(&anybody::log_entries(have))?;
            if part.entries.is_empty() || part.start != have {
                return Err(Failure::security(format!(
                    "the platform signed {} entries and shows {have}",
                    head.statement().size
                )));
            }
            have += part.entries.len() as u64;
            for entry in &part.entries {
                lines.extend_from_slice(&entry.line());
            }
        }
        let platform = head.statement().platform.clone();
        let log = Log::read(platform, lines.as_slice(), Some(&head)).map_err(|error| {
            Failure::security(error).hint("keep the head: it is signed, and convinces everybody")
        })?;
        Ok(Held { log, head })
    }
}

fn believe(registry: &Registry, head: &Signed<TreeHead>) -> Outcome {
    let said = head.statement();
    registry
        .believe(
            head,
            &said.platform,
            Trade::Platform,
            said.time,
            clock::now(),
        )
        .map_err(|error| {
            Failure::security(error).hint("the head of this log is not the platform's")
        })?;
    Ok(())
}
