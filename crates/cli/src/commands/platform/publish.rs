//! `platform publish`: a scorecard that may be applied.

use std::path::PathBuf;

use blindscore_client::http::Operator;
use blindscore_protocol::log::EntryKind;
use clap::Args;

use crate::clock;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin};
use crate::online::{Place, Trust, token, wanted};
use crate::output::{fields, print};
use crate::platform_folder::PlatformFolder;

/// Publish a scorecard: only what is published and in the log is applied to anybody
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore platform publish platform --scheme builtin:everyday --scorecard builtin:steady")]
pub(crate) struct Publish {
    /// The platform's folder, or the URL of its service
    #[arg(value_name = "DIR_OR_URL")]
    place: Place,
    /// With a URL: the file of the operator's token
    #[arg(long, value_name = "FILE")]
    token: Option<PathBuf>,
    #[command(flatten)]
    trust: Trust,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// The scorecard: a file, or builtin:steady, builtin:growth
    #[arg(long)]
    scorecard: Origin,
}

impl Publish {
    pub(crate) fn run(&self) -> Outcome {
        let scheme = inputs::scheme(&self.scheme)?;
        if scheme.is_tabular() {
            let message = format!("scheme {} is tabular", scheme.name());
            return Err(Failure::refused(message).hint(
                "a table serves training and measuring; what is applied to people stands on statements",
            ));
        }
        let scorecard = inputs::scorecard(&self.scorecard, &scheme)?;
        if let Some(url) = self.place.url() {
            return self.publish_online(url);
        }
        let folder = self.place.folder();
        let mut folder = PlatformFolder::open(folder)?;
        let digest = scorecard.digest();
        let known = folder.is_published(digest);
        let scheme_path = folder.published_scheme(scheme.digest());
        files::write(
            &scheme_path,
            inputs::scheme_text(&self.scheme)?.as_bytes(),
            Access::Public,
        )?;
        let text = inputs::scorecard_text(&self.scorecard)?;
        files::write(&folder.published(digest), text.as_bytes(), Access::Public)?;
        folder.append(EntryKind::Scorecard, digest, clock::now())?;
        let place = folder
            .log
            .find(EntryKind::Scorecard, &digest)
            .unwrap_or_default();
        print(&fields(&[
            (
                "scorecard",
                format!("{}, by {}", scorecard.name(), scorecard.provider()),
            ),
            ("digest", digest.to_string()),
            (
                "log",
                format!(
                    "entry {place} of {}{}",
                    folder.log.size(),
                    if known { ", as before" } else { "" }
                ),
            ),
        ]))
    }

    fn publish_online(&self, url: &str) -> Outcome {
        let token = token(self.token.as_deref().ok_or_else(|| wanted("--token"))?)?;
        let scheme = inputs::scheme_text(&self.scheme)?;
        let scorecard = inputs::scorecard_text(&self.scorecard)?;
        let service = self.trust.connect(url)?;
        let done = service.send(&Operator::with(&token).publish(&scheme, &scorecard))?;
        let card = done.scorecard;
        let before = if done.known { ", as before" } else { "" };
        print(&fields(&[
            ("scorecard", format!("{}, by {}", card.name, card.provider)),
            ("digest", card.digest.to_string()),
            ("log", format!("entry {}{before}", card.log_index)),
        ]))
    }
}
