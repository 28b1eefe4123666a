//! `release`: the applicant decides, proves, and hands the score over.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use blindscore_client::applicant::{
    CheckedScore, PhaseCount, PhaseLedger, PhaseLedgerError, ReleaseError, Released, SecretKey,
};
use blindscore_fhe::proof::forging_bound_log2;
use blindscore_history::digest::Digest;
use blindscore_protocol::message::Outputs;
use blindscore_scorecard::{ReasonCode, Scorecard};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::confirm::confirm;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin};
use crate::output::{count, fields, heading, milliseconds, print, print_json, shown};
use crate::progress::watched;
use crate::report::explanation;
use crate::review::{PaperFiles, Papers};

/// Largest count of released phases that is read.
const LEDGER_MAX: usize = 64 << 10;

/// Release a score to the lender that asked, with a proof that it is right (applicant)
///
/// Everything is checked first, as `open` does; then the score, the points and
/// the reasons are shown and you are asked. The proof shows that the platform's
/// ciphertext opens to this score, and nothing else.
#[derive(Debug, Args)]
#[command(after_help = "\
Example, after `blindscore score --platform` as its help shows:
  blindscore release --secret applicant.secret --scheme builtin:everyday \\
    --scorecard builtin:steady --request score.request --consent consent.json \\
    --registry registry.json --sealed bank.sealed --attestation bank.attestation \\
    --evaluation results/steady.evaluation --receipt results/steady.receipt \\
    --out steady.release")]
pub(crate) struct Release {
    /// The secret key of this application
    #[arg(long, value_name = "applicant.secret")]
    secret: PathBuf,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// The scorecard: a file, or builtin:steady, builtin:growth
    #[arg(long)]
    scorecard: Origin,
    #[command(flatten)]
    papers: PaperFiles,
    /// The release to write; it goes to the lender and holds the score
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Write it as a verifiable credential too (SD-JWT), for a wallet
    #[arg(long, value_name = "FILE")]
    credential: Option<PathBuf>,
    /// With --credential: carry the whole release in it, instead of its digest
    #[arg(long, requires = "credential")]
    embed_proof: bool,
    /// Yes, release it: do not ask
    #[arg(long)]
    yes: bool,
    /// Print JSON
    #[arg(long, requires = "yes")]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    released: bool,
    lender: String,
    consent: String,
    score: i64,
    range: (i64, i64),
    scorecard: String,
    standing: &'static str,
    sources: Vec<String>,
    reasons: Option<Vec<ReasonCode>>,
    receipt: Digest,
    valid_until: String,
    bytes: usize,
    proof: ProofReport,
    forging_bound_log2: f64,
    wrong_score_bound_log2: f64,
}

#[derive(Serialize)]
struct ProofReport {
    bytes: usize,
    prove_ms: f64,
    attempts: u32,
}

impl Release {
    pub(crate) fn run(&self) -> Outcome {
        let taken = |path: &&PathBuf| path.exists();
        if let Some(path) = self.credential.iter().chain([&self.out]).find(taken) {
            return Err(files::exists(path));
        }
        let scheme = inputs::scheme(&self.scheme)?;
        let scorecard = inputs::scorecard(&self.scorecard, &scheme)?;
        let secret = inputs::secret_key(&self.secret)?;
        let papers = self.papers.read(secret.public_key(), &scheme)?;
        let checked = papers.review(&secret, &scheme, &scorecard)?;
        if !self.json {
            print(&preview(&papers, &checked, &scorecard))?;
        }
        let lender = &papers.request.statement().lender;
        confirm(&format!("Release this score to {lender}?"), self.yes)?;

        let (released, time) = self.prove(&secret, &papers, &checked)?;
        files::write_new(&self.out, &released.message, Access::Owner)?;
        if let Some(path) = &self.credential {
            let (embed, now) = (self.embed_proof, papers.now);
            let credential = secret.credential(&checked, &released, &scorecard, embed, now);
            let text = credential.map_err(Failure::refused)?.to_text();
            files::write_new(path, (text + "\n").as_bytes(), Access::Owner)?;
        }
        let report = report(&papers, &checked, &scorecard, &released, time);
        if self.json {
            print_json(&report)
        } else {
            print(&self.text(&report))
        }
    }

    fn prove(
        &self,
        secret: &SecretKey,
        papers: &Papers,
        checked: &CheckedScore,
    ) -> Outcome<(Released, Duration)> {
        // Held until the count is on disk: two releases at once would count as one.
        let _lock = files::lock(&self.secret)?;
        let mut ledger = PhaseFile::beside(&self.secret);
        let start = Instant::now();
        let released = watched("proving", |spinner| {
            secret.release(checked, &mut ledger, papers.now, &mut |progress| {
                spinner.set_message(format!(
                    "proving, attempt {} (some {} on average)",
                    progress.attempt, progress.expected
                ));
            })
        });
        Ok((released.map_err(unreleased)?, start.elapsed()))
    }

    fn text(&self, report: &Report) -> String {
        heading("Released")
            + &fields(&[
                (
                    "proof",
                    format!(
                        "{} bytes, {} attempts, {} ms",
                        count(report.proof.bytes),
                        report.proof.attempts,
                        milliseconds(Duration::from_secs_f64(report.proof.prove_ms / 1e3))
                    ),
                ),
                (
                    "to forge one",
                    format!("2^{:.1} tries and more", -report.forging_bound_log2),
                ),
                ("valid until", report.valid_until.clone()),
                (
                    "written",
                    format!("{}, {} bytes", self.out.display(), count(report.bytes)),
                ),
                (
                    "credential",
                    match &self.credential {
                        Some(path) => format!("{}, for a wallet", path.display()),
                        None => "not asked for".to_owned(),
                    },
                ),
                (
                    "next",
                    format!("send it to {}, to nobody else", report.lender),
                ),
            ])
    }
}

/// What the person sees before it decides.
fn preview(papers: &Papers, checked: &CheckedScore, scorecard: &Scorecard) -> String {
    let (lowest, highest) = scorecard.published_range();
    let mut text = format!(
        "{}, by {}\nscore {}, where this scorecard can give {lowest} to {highest}\n",
        scorecard.name(),
        scorecard.provider(),
        checked.opened().published()
    );
    text += &heading("Points");
    text += &explanation(checked.explanation());
    text += &heading("Who gets what");
    let request = papers.request.statement();
    let binding = papers.consent.binding();
    let gets = match binding.outputs {
        Outputs::Score => "the score above, without points and reasons",
        Outputs::ScoreAndReasons => "the score and the reasons above, without the points",
    };
    let sources: Vec<_> = sources(papers);
    text += &fields(&[
        (
            "lender",
            format!("{}, for: {}", request.lender, request.purpose),
        ),
        ("gets", gets.to_owned()),
        (
            "and",
            format!(
                "that the data are of {}, {}",
                sources.join(", "),
                checked.standing().name()
            ),
        ),
        ("keeps it", format!("{} days", request.storage_days)),
    ]);
    shown(&text)
}

fn sources(papers: &Papers) -> Vec<String> {
    let sources = papers.histories.sources();
    sources.iter().map(ToString::to_string).collect()
}

fn report(
    papers: &Papers,
    checked: &CheckedScore,
    scorecard: &Scorecard,
    released: &Released,
    time: Duration,
) -> Report {
    let (request, binding) = (papers.request.statement(), papers.consent.binding());
    let reasons = match binding.outputs {
        Outputs::Score => None,
        Outputs::ScoreAndReasons => Some(checked.explanation().reasons.clone()),
    };
    Report {
        released: true,
        lender: request.lender.to_string(),
        consent: binding.consent.to_string(),
        score: checked.opened().published(),
        range: scorecard.published_range(),
        scorecard: scorecard.name().to_owned(),
        standing: checked.standing().name(),
        sources: sources(papers),
        reasons,
        receipt: checked.receipt(),
        valid_until: binding.valid_until.min(request.expires).to_string(),
        bytes: released.message.len(),
        proof: ProofReport {
            bytes: released.proof_bytes,
            prove_ms: time.as_secs_f64() * 1e3,
            attempts: released.report.attempts,
        },
        forging_bound_log2: forging_bound_log2(),
        wrong_score_bound_log2: checked.plan().hostile_score_log2(),
    }
}

fn unreleased(error: ReleaseError) -> Failure {
    match error {
        ReleaseError::Phases(PhaseLedgerError::Store(_)) | ReleaseError::Prove(_) => {
            Failure::internal(error)
        }
        ReleaseError::Phases(_) | ReleaseError::Expired { .. } | ReleaseError::OtherKey { .. } => {
            Failure::refused(error)
        }
        ReleaseError::Statement(_) => Failure::security(error),
    }
}

/// The count of phases that left under a key, in a file beside the key.
pub(crate) struct PhaseFile {
    path: PathBuf,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Counted {
    blindscore_released: u32,
    key: Digest,
    results: Vec<CountedResult>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct CountedResult {
    result: Digest,
    phases: usize,
}

impl PhaseFile {
    /// The count of the key in that file.
    pub(crate) fn beside(secret: &Path) -> Self {
        let mut name = secret.as_os_str().to_owned();
        name.push(".released");
        Self { path: name.into() }
    }

    fn read(&self, key: Digest) -> Result<PhaseCount, String> {
        if !self.path.exists() {
            return Ok(PhaseCount::default());
        }
        let path = self.path.display();
        let text = files::read_text(&self.path, LEDGER_MAX)
            .map_err(|_| format!("{path} cannot be read"))?;
        let counted: Counted =
            serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
        if counted.blindscore_released != 1 {
            return Err(format!("{path} has another form than 1"));
        }
        if counted.key != key {
            return Err(format!(
                "{path} counts for another key: it belongs beside that one"
            ));
        }
        let results = counted.results.into_iter();
        Ok(PhaseCount::new(
            results
                .map(|counted| (counted.result, counted.phases))
                .collect(),
        ))
    }
}

impl PhaseLedger for PhaseFile {
    fn count(
        &mut self,
        key: Digest,
        result: Digest,
        phases: usize,
    ) -> Result<(), PhaseLedgerError> {
        let mut count = self.read(key).map_err(PhaseLedgerError::Store)?;
        count.add(result, phases)?;
        let results = count.results().iter();
        let counted = Counted {
            blindscore_released: 1,
            key,
            results: results
                .map(|(result, phases)| CountedResult {
                    result: *result,
                    phases: *phases,
                })
                .collect(),
        };
        let store = |error: String| PhaseLedgerError::Store(error);
        let json = serde_json::to_string_pretty(&counted).map_err(|e| store(e.to_string()))?;
        files::write(&self.path, (json + "\n").as_bytes(), Access::Owner)
            .map_err(|_| store(format!("{} cannot be written", self.path.display())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use blindscore_history::digest::Framed;

    #[test]
    fn phases_are_counted_on_disk_over_runs_and_by_key() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("applicant.secret");
        let digest = |n| Framed::new("blindscore example v1").u32(n).digest();
        for n in 0..4 {
            let mut ledger = PhaseFile::beside(&secret);
            ledger.count(digest(9), digest(n), 8).unwrap();
            // Again: the same phases.
            ledger.count(digest(9), digest(n), 8).unwrap();
        }
        let mut ledger = PhaseFile::beside(&secret);
        let full = ledger.count(digest(9), digest(4), 8);
        assert!(matches!(
            full,
            Err(PhaseLedgerError::TooMany { released: 32, .. })
        ));
        let other = ledger.count(digest(8), digest(4), 8);
        assert!(matches!(other, Err(PhaseLedgerError::Store(_))));
        files::write(&ledger.path, b"{}", Access::Owner).unwrap();
        let broken = ledger.count(digest(9), digest(4), 8);
        assert!(matches!(broken, Err(PhaseLedgerError::Store(_))));
    }
}
