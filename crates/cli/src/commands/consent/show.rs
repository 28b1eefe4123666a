//! `consent show`: what a consent allows, and its state.

use std::path::PathBuf;

use blindscore_protocol::consent::{Binding, ConsentRecord, ConsentState};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::Outputs;
use clap::Args;
use serde::Serialize;

use super::grant::titles;
use crate::clock;
use crate::error::{Failure, Outcome};
use crate::inputs::{self, Origin, trust};
use crate::output::{fields, heading, print, print_json, shown};
use crate::platform_folder::PlatformFolder;

/// Check a consent record and show what it allows
///
/// With the scheme and the scorecards that it names, the notice is written
/// again and compared with the one that was shown when consent was given. How
/// often it was used only the platform knows.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore consent show consent.json --scheme builtin:everyday --scorecard builtin:steady")]
pub(crate) struct Show {
    /// The consent record
    #[arg(value_name = "consent.json")]
    consent: PathBuf,
    /// The scheme: a file, or builtin:everyday
    #[arg(long, requires = "scorecards")]
    scheme: Option<Origin>,
    /// A scorecard that the consent names; repeat for all of them
    #[arg(long = "scorecard", value_name = "SCORECARD", requires = "scheme")]
    scorecards: Vec<Origin>,
    /// The platform's folder, for uses and withdrawal
    #[arg(long, value_name = "DIR")]
    platform: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    consent: String,
    digest: String,
    given: String,
    /// `given` in a record alone: whether it is used up only the platform knows.
    state: &'static str,
    uses: Option<u32>,
    notice_written_again: bool,
    binding: &'a Binding,
}

impl Show {
    pub(crate) fn run(&self) -> Outcome {
        let consent = trust::consent(&self.consent)?;
        let notice = self.notice(&consent)?;
        let (state, uses) = self.state(&consent)?;
        if self.json {
            return print_json(&Report {
                consent: consent.id().to_string(),
                digest: consent.digest().to_string(),
                given: consent.given().to_string(),
                state: state.name(),
                uses,
                notice_written_again: notice.is_some(),
                binding: consent.binding(),
            });
        }
        let mut text = about(&consent, state, uses);
        if let Some(notice) = notice {
            text += &heading("What was shown when consent was given");
            text += &shown(&notice);
        }
        print(&text)
    }

    fn notice(&self, consent: &ConsentRecord) -> Outcome<Option<String>> {
        let Some(scheme) = &self.scheme else {
            return Ok(None);
        };
        let scheme = inputs::scheme(scheme)?;
        let scorecards = inputs::scorecards(&self.scorecards, &scheme)?;
        let notice = consent.notice(&titles(&scorecards)?).map_err(|error| {
            Failure::refused(error)
                .in_file(&self.consent)
                .hint("give every scorecard that the consent names with --scorecard")
        })?;
        Ok(Some(notice.text().to_owned()))
    }

    fn state(&self, consent: &ConsentRecord) -> Outcome<(ConsentState, Option<u32>)> {
        let now = clock::now();
        let Some(path) = &self.platform else {
            return Ok((ConsentState::of(consent, 0, now), None));
        };
        let folder = PlatformFolder::open(path)?;
        let known = folder.consents.record(consent.id());
        if known.is_none_or(|known| known.digest() != consent.digest()) {
            let message = format!("this consent was not handed in at {}", path.display());
            return Err(Failure::refused(message)
                .in_file(&self.consent)
                .hint("leave --platform out to see the record alone"));
        }
        let state = folder.consents.state(consent.id(), now);
        let state = state.unwrap_or_else(|| ConsentState::of(consent, 0, now));
        Ok((state, folder.consents.uses(consent.id())))
    }
}

fn about(consent: &ConsentRecord, state: ConsentState, uses: Option<u32>) -> String {
    let binding = consent.binding();
    let sources: Vec<_> = binding.sources.iter().map(PartyId::as_str).collect();
    let used = match uses {
        Some(uses) => format!("{uses} of {}", binding.uses),
        None => format!(
            "at most {}; only the platform knows how many were made",
            binding.uses
        ),
    };
    fields(&[
        ("consent", consent.id().to_string()),
        ("digest", consent.digest().to_string()),
        ("state", state.name().to_owned()),
        ("uses", used),
        ("given", consent.given().to_string()),
        (
            "valid",
            format!("from {} until {}", binding.valid_from, binding.valid_until),
        ),
        (
            "lender",
            format!("{}, for: {}", binding.lender, binding.purpose),
        ),
        ("platform", binding.platform.to_string()),
        (
            "sources",
            format!("{} ({})", sources.join(", "), binding.standing().name()),
        ),
        ("data", binding.data.to_string()),
        (
            "lender gets",
            match binding.outputs {
                Outputs::Score => "the score",
                Outputs::ScoreAndReasons => "the score and the reasons",
            }
            .to_owned(),
        ),
    ])
}
