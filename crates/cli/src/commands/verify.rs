//! `verify`: the lender, or an auditor, checks a released score.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use blindscore_client::http::Lender;
use blindscore_client::lender::{
    Decision, EvaluationCheck, Policy, Verification, VerifiedScore, VerifyError, request_of, verify,
};
use blindscore_evaluator::SealedHistory;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_fhe::proof::forging_bound_log2;
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::envelope::{self, EnvelopeError, Kind};
use blindscore_protocol::message::{Attestation, Release, ReleasedReasons, ScoreRequest, Standing};
use blindscore_protocol::parts::Parts;
use blindscore_protocol::sign::Signed;
use clap::Args;
use serde::Serialize;

use crate::clock;
use crate::error::{Failure, Outcome};
use crate::files;
use crate::inputs::{self, Origin, trust};
use crate::online::{Trust, wanted};
use crate::output::{count, fields, heading, milliseconds, print, print_json, shown};
use crate::progress::watched;

/// Verify a released score (lender, auditor)
///
/// Checks every signature and digest from the request to the receipt, that the
/// consent allowed it, and the proof that the platform's result opens to this
/// score. With the sealed histories the evaluation is run again; without them
/// it is believed by the platform's signature. Who releases a packed score
/// encloses its history.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore verify steady.release --registry registry.json --scheme builtin:everyday \\
    --scorecard builtin:steady --request score.request --cut-off 700")]
pub(crate) struct Verify {
    /// The release, from the applicant
    #[arg(value_name = "RELEASE")]
    release: PathBuf,
    /// The verifier's own registry
    #[arg(long, value_name = "registry.json")]
    registry: PathBuf,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// The scorecard whose score it must be
    #[arg(long)]
    scorecard: Origin,
    /// The lender's own request; without it, the one enclosed is taken (auditor)
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// A sealed history, to run the evaluation again; repeat for each source
    #[arg(long = "sealed", value_name = "SEALED")]
    sealed: Vec<PathBuf>,
    /// Fetch the sealed histories from the platform's service
    #[arg(
        long,
        value_name = "URL",
        requires = "signing_key",
        conflicts_with = "sealed"
    )]
    platform: Option<String>,
    /// With --platform: the signing key of the lender, to whom it gives them
    #[arg(long, value_name = "FILE", requires = "platform")]
    signing_key: Option<PathBuf>,
    #[command(flatten)]
    trust: Trust,
    /// Decide: approve from so many points on
    #[arg(long, value_name = "POINTS", allow_negative_numbers = true)]
    cut_off: Option<i64>,
    /// With --cut-off: approve self-declared data too
    #[arg(long, requires = "cut_off")]
    accept_self_declared: bool,
    /// Refuse a score whose evaluation was not run again here
    #[arg(long)]
    require_recomputed: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    verified: bool,
    recomputed: bool,
    score: i64,
    range: (i64, i64),
    scorecard: &'a str,
    scorecard_digest: Digest,
    lender: String,
    /// Whether the verifier brought the request, or it was taken from the release.
    request_given: bool,
    standing: Standing,
    sources: Vec<String>,
    platform: String,
    evaluated_at: String,
    valid_until: String,
    consent: String,
    release: Digest,
    receipt: Digest,
    reasons: Option<&'a ReleasedReasons>,
    proof: ProofReport,
    forging_bound_log2: f64,
    wrong_score_bound_log2: f64,
    decision: Option<DecisionReport>,
}

#[derive(Serialize)]
struct ProofReport {
    bytes: usize,
    /// The whole verification, of which the proof is the most.
    verify_ms: f64,
}

#[derive(Serialize)]
struct DecisionReport {
    decision: &'static str,
    why: Option<&'static str>,
}

impl Verify {
    pub(crate) fn run(&self) -> Outcome {
        let scheme = inputs::scheme(&self.scheme)?;
        let scorecard = inputs::scorecard(&self.scorecard, &scheme)?;
        let registry = trust::registry(&self.registry)?;
        let release = files::read(&self.release, Kind::Release.max_envelope())?;
        let histories = match &self.platform {
            Some(url) => self.fetched(url, &release, &scheme)?,
            None => self
                .sealed
                .iter()
                .map(|path| Ok(inputs::sealed(path, &scheme)?.0))
                .collect::<Outcome<Vec<SealedHistory>>>()?,
        };
        let request = self.request(&release)?;
        let now = clock::now();
        let verification = Verification {
            registry: &registry,
            request: &request,
            scheme: &scheme,
            scorecard: &scorecard,
            histories: &histories,
            now,
        };
        let start = Instant::now();
        let verified = watched("verifying", |_| verify(&release, &verification));
        let time = start.elapsed();
        let verified = verified.map_err(|error| self.refused(&error))?;
        if self.require_recomputed && verified.evaluation() == EvaluationCheck::Attested {
            let message =
                "refused: the evaluation was not run again, and --require-recomputed was given";
            return Err(Failure::security(message)
                .in_file(&self.release)
                .hint("fetch the sealed histories from the platform and give them with --sealed"));
        }
        let decision = match self.cut_off {
            Some(cut_off) => {
                let policy = Policy {
                    scorecard: scorecard.digest(),
                    cut_off,
                    self_declared: self.accept_self_declared,
                    recomputed: self.require_recomputed,
                };
                Some(policy.decide(&verified, now).map_err(Failure::refused)?)
            }
            None => None,
        };
        let report = self.report(&verified, &release, time, decision.as_ref())?;
        if self.json {
            print_json(&report)
        } else {
            print(&shown(&text(&report, decision.as_ref())))
        }
    }

    /// The histories that the release's attestations name, from the platform.
    fn fetched(&self, url: &str, release: &[u8], scheme: &Scheme) -> Outcome<Vec<SealedHistory>> {
        let path = self.signing_key.as_ref();
        let signatory = trust::signing_key(path.ok_or_else(|| wanted("--signing-key"))?)?;
        let (_, payload) = envelope::open::<Signed<Release>>(release, PARAMETER_ID)
            .map_err(|error| trust::unframed(&error, &self.release))?;
        let parts = Parts::from_bytes(payload).map_err(Failure::refused)?;
        // A packed release carries its history.
        if parts.sealed.is_some() {
            return Ok(Vec::new());
        }
        let service = self.trust.connect(url)?;
        let lender = Lender::of(&signatory);
        let mut histories = Vec::with_capacity(parts.attestations.len());
        for bytes in &parts.attestations {
            let attestation = trust::signed_in::<Attestation>(bytes, &self.release)?;
            let sealed = service.send(&lender.history(attestation.digest()))?;
            histories.push(SealedHistory::admit(&sealed, scheme).map_err(Failure::refused)?);
        }
        Ok(histories)
    }

    /// The verifier's own request, or the one that is enclosed.
    fn request(&self, release: &[u8]) -> Outcome<Signed<ScoreRequest>> {
        match &self.request {
            Some(path) => trust::signed(path),
            None => request_of(release).map_err(|error| self.refused(&error)),
        }
    }

    fn refused(&self, error: &VerifyError) -> Failure {
        match error {
            // A wrong file, and nothing that anybody vouched for.
            VerifyError::Envelope(
                error @ (EnvelopeError::Magic { .. }
                | EnvelopeError::Kind { .. }
                | EnvelopeError::Truncated { .. }),
            ) => trust::unframed(error, &self.release),
            error => Failure::security(format!("refused: {error}"))
                .in_file(&self.release)
                .hint("use this score for nothing; tell the sender only that it was refused"),
        }
    }

    fn report<'a>(
        &self,
        verified: &'a VerifiedScore,
        release: &[u8],
        time: Duration,
        decision: Option<&Decision>,
    ) -> Outcome<Report<'a>> {
        let sources = verified.sources().iter().map(ToString::to_string);
        Ok(Report {
            verified: true,
            recomputed: verified.evaluation() == EvaluationCheck::Recomputed,
            score: verified.published(),
            range: verified.range(),
            scorecard: verified.scorecard_name(),
            scorecard_digest: verified.scorecard(),
            lender: verified.lender().to_string(),
            request_given: self.request.is_some(),
            standing: verified.standing(),
            sources: sources.collect(),
            platform: verified.platform().to_string(),
            evaluated_at: verified.evaluated_at().to_string(),
            valid_until: verified.valid_until().to_string(),
            consent: verified.consent().to_string(),
            release: verified.release(),
            receipt: verified.receipt(),
            reasons: verified.reasons(),
            proof: ProofReport {
                bytes: proof_bytes(release)?,
                verify_ms: time.as_secs_f64() * 1e3,
            },
            forging_bound_log2: forging_bound_log2(),
            wrong_score_bound_log2: verified.wrong_score_bound_log2(),
            decision: decision.map(decision_report),
        })
    }
}

fn proof_bytes(release: &[u8]) -> Outcome<usize> {
    let (_, payload) =
        envelope::open::<Signed<Release>>(release, PARAMETER_ID).map_err(Failure::refused)?;
    Ok(Parts::from_bytes(payload)
        .map_err(Failure::refused)?
        .proof
        .len())
}

fn decision_report(decision: &Decision) -> DecisionReport {
    let (decision, why) = match decision {
        Decision::Approved => ("approved", None),
        Decision::Declined(_) => ("declined", None),
        Decision::Referred { why } => ("referred", Some(*why)),
    };
    DecisionReport { decision, why }
}

fn text(report: &Report<'_>, decision: Option<&Decision>) -> String {
    let (lowest, highest) = report.range;
    let mut text = format!(
        "verified: {} of {lowest} to {highest}, by {}\n",
        report.score, report.scorecard
    );
    text += &heading("Checked");
    for line in checks(report) {
        text += &format!("  ok  {line}\n");
    }
    text += &heading("What it is");
    text += &fields(&[
        ("for", report.lender.clone()),
        (
            "data",
            format!(
                "of {}, {}",
                report.sources.join(", "),
                report.standing.name()
            ),
        ),
        (
            "evaluated",
            format!("by {} at {}", report.platform, report.evaluated_at),
        ),
        ("valid until", report.valid_until.clone()),
        ("consent", report.consent.clone()),
        ("receipt", report.receipt.to_string()),
        ("release", report.release.to_string()),
    ]);
    if let Some(ReleasedReasons::Applicant { reasons }) = report.reasons {
        text += &heading("Reasons, as the applicant states them; the proof covers the score alone");
        for reason in reasons {
            text += &format!("  {}  {}\n", reason.code, reason.text);
        }
        if reasons.is_empty() {
            text += "  none: no characteristic is below its baseline\n";
        }
    }
    if let Some(decision) = decision {
        text += &heading("Decision");
        text += &match decision {
            Decision::Approved => "approved\n".to_owned(),
            Decision::Declined(action) => {
                let by = action.stated_by;
                format!(
                    "declined; reasons to tell, stated by {by}, {}\n",
                    action.reasons.len()
                )
            }
            Decision::Referred { why } => format!("referred to a person: {why}\n"),
        };
    }
    text
}

fn checks(report: &Report<'_>) -> Vec<String> {
    vec![
        if report.request_given {
            "it answers this request".to_owned()
        } else {
            format!(
                "it answers the request that it encloses, of {}",
                report.lender
            )
        },
        "request, attestations and receipt are signed by whom the registry trusts, the consent by the applicant"
            .to_owned(),
        "the consent allows this scorecard, lender, purpose, platform, data and time".to_owned(),
        if report.recomputed {
            "recomputed: the evaluation, run again here, gives the same bytes".to_owned()
        } else {
            format!(
                "attested: {} signs that it evaluated the sealed histories; not run again here",
                report.platform
            )
        },
        format!(
            "the proof holds, {} bytes in {} ms: forging one takes some 2^{:.1} tries",
            count(report.proof.bytes),
            milliseconds(Duration::from_secs_f64(report.proof.verify_ms / 1e3)),
            -report.forging_bound_log2
        ),
        format!(
            "a key made to deceive passes with a wrong score by chance 2^{:.1}",
            report.wrong_score_bound_log2
        ),
    ]
}
