//! `lender`: ask for a score.

use std::path::PathBuf;

use blindscore_client::lender::{Wanted, ask};
use blindscore_protocol::envelope;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{Outputs, ScoreRequest};
use blindscore_protocol::registry::Trade;
use blindscore_protocol::sign::Signed;
use blindscore_protocol::text::Plain;
use blindscore_scorecard::Scorecard;
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::clock;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin, trust};
use crate::output::{count, fields, print, print_json};

/// Ask an applicant for a score (lender)
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Example:
  blindscore lender request --signing-key lender.signing --registry registry.json \\
    --platform platform --scheme builtin:everyday --scorecard builtin:steady \\
    --purpose \"A loan for a bicycle\" --source bank --reasons --out score.request")]
pub(crate) enum LenderCommand {
    Request(Request),
    Show(Show),
}

/// Write a signed request, to be answered once
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore lender request --signing-key lender.signing --registry registry.json \\
    --platform platform --scheme builtin:everyday --scorecard builtin:steady \\
    --purpose \"A loan for a bicycle\" --source bank --reasons --out score.request")]
pub(crate) struct Request {
    /// The lender's signing key
    #[arg(long, value_name = "FILE")]
    signing_key: PathBuf,
    /// The lender's registry
    #[arg(long, value_name = "registry.json")]
    registry: PathBuf,
    /// The platform that is to compute
    #[arg(long, value_name = "ID")]
    platform: PartyId,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// A scorecard whose score will do; repeat for several
    #[arg(long = "scorecard", value_name = "SCORECARD", required = true)]
    scorecards: Vec<Origin>,
    /// What for, in words that the applicant reads
    #[arg(long, value_name = "TEXT")]
    purpose: Plain,
    /// A source that must take part; repeat for several
    #[arg(long = "source", value_name = "ID")]
    sources: Vec<PartyId>,
    /// Take a score of the applicant's own data too
    #[arg(long, conflicts_with = "sources")]
    self_declared: bool,
    /// Ask for the reasons too
    #[arg(long)]
    reasons: bool,
    /// Days that what comes back is kept
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    storage_days: u32,
    /// Days until the request expires
    #[arg(long, value_name = "DAYS", default_value_t = 14)]
    days: u32,
    /// The request to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Show what a request asks for; who signed it is checked with --registry
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore lender show score.request --registry registry.json")]
pub(crate) struct Show {
    /// The request
    #[arg(value_name = "REQUEST")]
    request: PathBuf,
    /// A registry, to check the signature
    #[arg(long, value_name = "registry.json")]
    registry: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    request: String,
    signature_checked: bool,
    #[serde(flatten)]
    asked: &'a ScoreRequest,
}

impl LenderCommand {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Request(command) => command.run(),
            Self::Show(command) => command.run(),
        }
    }
}

impl Request {
    fn run(&self) -> Outcome {
        let lender = trust::signing_key(&self.signing_key)?;
        let registry = trust::registry(&self.registry)?;
        let scheme = inputs::scheme(&self.scheme)?;
        let scorecards = inputs::scorecards(&self.scorecards, &scheme)?;
        let parties = [(&self.platform, Trade::Platform)];
        let sources = self.sources.iter().map(|source| (source, Trade::Source));
        for (party, trade) in parties.into_iter().chain(sources) {
            registry
                .in_trade(party, trade)
                .map_err(|error| Failure::refused(error).in_file(&self.registry))?;
        }
        let now = clock::now();
        let wanted = Wanted {
            purpose: self.purpose.clone(),
            platform: self.platform.clone(),
            scheme: scheme.digest(),
            scorecards: scorecards.iter().map(Scorecard::digest).collect(),
            sources: self.sources.clone(),
            self_declared: self.self_declared,
            outputs: if self.reasons {
                Outputs::ScoreAndReasons
            } else {
                Outputs::Score
            },
            storage_days: self.storage_days,
            expires: clock::days_after(now, self.days)?,
        };
        let request = ask(&lender, wanted, now).map_err(Failure::internal)?;
        // A request that nobody would believe is not written.
        registry
            .believe(&request, lender.id(), Trade::Lender, now, now)
            .map_err(|error| Failure::refused(error).in_file(&self.registry))?;
        let bytes = envelope::close(&request, &[]);
        files::write_new(&self.out, &bytes, Access::Public)?;
        let written = format!("{}, {} bytes", self.out.display(), count(bytes.len()));
        print(&(about(&request) + &fields(&[("written   ", written)])))
    }
}

impl Show {
    fn run(&self) -> Outcome {
        let request = trust::signed::<ScoreRequest>(&self.request)?;
        if let Some(path) = &self.registry {
            let asked = request.statement();
            let (lender, at) = (&asked.lender, asked.issued);
            trust::registry(path)?
                .believe(&request, lender, Trade::Lender, at, clock::now())
                .map_err(|error| Failure::refused(error).in_file(&self.request))?;
        }
        let checked = self.registry.is_some();
        if self.json {
            return print_json(&Report {
                request: request.digest().to_string(),
                signature_checked: checked,
                asked: request.statement(),
            });
        }
        let told = if checked {
            "the lender's, by this registry"
        } else {
            "not checked; give --registry"
        };
        print(&(about(&request) + &fields(&[("signature ", told.to_owned())])))
    }
}

fn about(request: &Signed<ScoreRequest>) -> String {
    let asked = request.statement();
    let sources: Vec<_> = asked.sources.iter().map(PartyId::as_str).collect();
    let data = match (asked.self_declared, sources.is_empty()) {
        (true, _) => "the applicant's own will do".to_owned(),
        (false, true) => "of any source of the registry".to_owned(),
        (false, false) => format!("with those of {}", sources.join(", ")),
    };
    fields(&[
        ("request", request.digest().to_string()),
        ("lender", asked.lender.to_string()),
        ("purpose", asked.purpose.to_string()),
        ("platform", asked.platform.to_string()),
        ("scorecards", asked.scorecards.len().to_string()),
        ("data", data),
        (
            "wants",
            match asked.outputs {
                Outputs::Score => "the score",
                Outputs::ScoreAndReasons => "the score and the reasons",
            }
            .to_owned(),
        ),
        ("kept", format!("{} days", asked.storage_days)),
        ("expires", asked.expires.to_string()),
    ])
}
