//! `score`: the platform applies scorecards to sealed histories, blind.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::{ArgGroup, Args};

use crate::error::{Failure, Outcome};
use crate::inputs::Origin;
use crate::online::{Place, Trust};

mod bare;
mod commissioned;
mod online;

/// Ending of the files that are written.
const ENDING: &str = "evaluation";

/// Apply scorecards to sealed histories, blind (platform)
///
/// Learns nothing: ciphertexts in, a ciphertext out. The same files give the
/// same bytes on any machine, so anybody can run it again and compare.
///
/// With --platform it checks request, consent and attestations, counts the use,
/// and writes a receipt beside each evaluation. With --without-consent it only
/// computes: the result can be opened, and cannot be released to anybody.
#[derive(Debug, Args)]
#[command(
    group = ArgGroup::new("way").args(["platform", "without_consent", "describe"]).required(true),
    after_help = "\
Example:
  blindscore score --platform platform --scheme builtin:everyday \\
    --scorecard builtin:steady --key applicant.public --request score.request \\
    --consent consent.json --sealed bank.sealed --attestation bank.attestation --out results
Example, at a service that has what the sources handed in:
  blindscore score --platform http://127.0.0.1:8440 --secret applicant.secret \\
    --scheme builtin:everyday --scorecard builtin:steady --key applicant.public \\
    --request score.request --consent consent.json --attestation bank.attestation --out results
Example, to compute only:
  blindscore score --without-consent --scheme builtin:everyday --scorecard builtin:steady \\
    --scorecard builtin:growth --key applicant.public --out results bank.sealed")]
pub(crate) struct Score {
    /// Sealed histories, one a source
    #[arg(value_name = "SEALED")]
    histories: Vec<PathBuf>,
    /// A sealed history; repeat for each source
    #[arg(long = "sealed", value_name = "SEALED")]
    sealed: Vec<PathBuf>,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// A scorecard: a file, or builtin:steady, builtin:growth; repeat for several
    #[arg(long = "scorecard", value_name = "SCORECARD", required = true)]
    scorecards: Vec<Origin>,
    /// The applicant's public key
    #[arg(long, value_name = "applicant.public")]
    key: PathBuf,
    /// The platform's folder, or the URL of its service, which has the sealed histories
    #[arg(long, value_name = "DIR_OR_URL", requires_all = ["request", "consent", "attestations"])]
    platform: Option<Place>,
    #[command(flatten)]
    trust: Trust,
    /// With a URL: the applicant's secret key, to hand in key and consent and to order
    #[arg(long, value_name = "applicant.secret", requires = "platform")]
    secret: Option<PathBuf>,
    /// With a URL: the lender's signing key, to order under a consent that is there
    #[arg(
        long,
        value_name = "FILE",
        requires = "platform",
        conflicts_with = "secret"
    )]
    signing_key: Option<PathBuf>,
    /// The lender's request
    #[arg(long, value_name = "FILE", requires = "platform")]
    request: Option<PathBuf>,
    /// The applicant's consent
    #[arg(long, value_name = "consent.json", requires = "platform")]
    consent: Option<PathBuf>,
    /// The attestation of a sealed history; repeat for each source
    #[arg(long = "attestation", value_name = "FILE", requires = "platform")]
    attestations: Vec<PathBuf>,
    /// Only compute, on nobody's request: the result cannot be released
    #[arg(long)]
    without_consent: bool,
    /// Folder for NAME.evaluation of each scorecard; or, for one scorecard, a file of that ending
    #[arg(long, value_name = "DIR_OR_FILE", required_unless_present = "describe")]
    out: Option<PathBuf>,
    /// Only compile, and say what an evaluation would cost
    #[arg(long)]
    describe: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Score {
    pub(crate) fn run(&self) -> Outcome {
        match (&self.platform, &self.request, &self.consent) {
            (Some(platform), Some(request), Some(consent)) => match platform.url() {
                Some(url) => self.run_online(url, request, consent),
                None => {
                    self.some_sealed()?;
                    self.run_commissioned(platform.folder(), request, consent)
                }
            },
            _ => {
                self.some_sealed()?;
                self.run_bare()
            }
        }
    }

    /// That there is a sealed history to work on.
    fn some_sealed(&self) -> Outcome {
        if self.sealed().next().is_some() {
            return Ok(());
        }
        Err(Failure::usage("no sealed history").hint("give one a source, with --sealed"))
    }

    /// The sealed histories, in whichever way they were named.
    fn sealed(&self) -> impl Iterator<Item = &Path> {
        self.histories
            .iter()
            .chain(&self.sealed)
            .map(PathBuf::as_path)
    }

    /// The files to write, one a scorecard; none with --describe.
    fn targets(&self) -> Outcome<Vec<PathBuf>> {
        let Some(out) = self.out.as_ref().filter(|_| !self.describe) else {
            return Ok(Vec::new());
        };
        if out.extension().is_some_and(|ending| ending == ENDING) && !out.is_dir() {
            if self.scorecards.len() > 1 {
                return Err(Failure::usage(
                    "--out names one file, but there are several scorecards",
                )
                .hint("name a folder"));
            }
            return Ok(vec![out.clone()]);
        }
        let names: Vec<_> = self.scorecards.iter().map(Origin::stem).collect();
        if names.iter().collect::<BTreeSet<_>>().len() < names.len() {
            return Err(
                Failure::usage("two scorecards would be written to the same file")
                    .hint("evaluate them one by one, with --out NAME.evaluation"),
            );
        }
        Ok(names
            .into_iter()
            .map(|name| out.join(format!("{name}.{ENDING}")))
            .collect())
    }
}
