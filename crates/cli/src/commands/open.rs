//! `open`: the applicant opens an evaluation and checks everything about it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use blindscore_client::applicant::{OpenError, OpenedScore, SecretKey, re_execute};
use blindscore_evaluator::{Evaluation, Lineup, Plan, PreparedHistory, SealedHistory};
use blindscore_history::digest::Digest;
use blindscore_history::levels::{ApplicantLevels, Part, Role, SourceLevels};
use blindscore_history::scheme::Scheme;
use blindscore_scorecard::{Explanation, Scorecard};
use clap::Args;
use serde::Serialize;

use crate::error::{Failure, Outcome};
use crate::inputs::{self, Origin};
use crate::output::{heading, print, print_json};
use crate::progress::watched;
use crate::report::{LevelReport, PlanReport, SchemeReport, ScoreReport, explanation};
use crate::review::PaperFiles;

const OTHER_KEY: &str = "each application has a key of its own; give its secret with --secret";
const KEEP: &str = "release nothing, and keep all these files as evidence";

/// Open a blind evaluation, check it, and see why the score is what it is (applicant)
///
/// Nothing leaves this machine. Before a score is shown, every sealed history
/// is looked into, the evaluation is run again and compared byte for byte, and
/// the score is computed again in the clear. With the receipt, request, consent
/// and attestations are checked too, as before a release.
#[derive(Debug, Args)]
#[command(after_help = "\
Example, after `blindscore score --platform` as its help shows:
  blindscore open --secret applicant.secret --scheme builtin:everyday \\
    --scorecard builtin:steady --request score.request --consent consent.json \\
    --registry registry.json --sealed bank.sealed --attestation bank.attestation \\
    --receipt results/steady.receipt results/steady.evaluation
Example, after `blindscore score --without-consent`:
  blindscore open --secret applicant.secret --scheme builtin:everyday \\
    --scorecard builtin:steady --sealed bank.sealed results/steady.evaluation")]
pub(crate) struct Open {
    /// The evaluation, from the platform
    #[arg(value_name = "EVALUATION")]
    evaluation: PathBuf,
    /// The secret key of this application
    #[arg(long, value_name = "applicant.secret")]
    secret: PathBuf,
    /// The scheme: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// The scorecard: a file, or builtin:steady, builtin:growth
    #[arg(long)]
    scorecard: Origin,
    /// A sealed history that was evaluated; repeat for each source
    #[arg(long = "sealed", value_name = "SEALED", required = true)]
    sealed: Vec<PathBuf>,
    /// The receipt that came with the evaluation
    #[arg(long, value_name = "FILE", requires_all = ["request", "consent", "registry", "attestations"])]
    receipt: Option<PathBuf>,
    /// The lender's request
    #[arg(long, value_name = "FILE", requires = "receipt")]
    request: Option<PathBuf>,
    /// The consent that was given
    #[arg(long, value_name = "consent.json", requires = "receipt")]
    consent: Option<PathBuf>,
    /// Your registry
    #[arg(long, value_name = "registry.json", requires = "receipt")]
    registry: Option<PathBuf>,
    /// The attestation of a sealed history; repeat for each source
    #[arg(long = "attestation", value_name = "FILE", requires = "receipt")]
    attestations: Vec<PathBuf>,
    /// Show the levels that each source sent
    #[arg(long)]
    levels: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct OpenedReport {
    key: String,
    scheme: SchemeReport,
    histories: Vec<SentReport>,
    plan: PlanReport,
    /// Whether running the evaluation again gave the same bytes; always true,
    /// since nothing is shown otherwise.
    same_bytes_again: bool,
    score: ScoreReport,
    /// The receipt, if the whole chain was reviewed: only then it can be released.
    receipt: Option<Digest>,
    releasable: bool,
}

#[derive(Serialize)]
struct SentReport {
    source: String,
    roles: Vec<Role>,
    as_of: String,
    covered_months: u8,
    levels: Vec<LevelReport>,
}

impl Open {
    pub(crate) fn run(&self) -> Outcome {
        let scheme = inputs::scheme(&self.scheme)?;
        let scorecard = inputs::scorecard(&self.scorecard, &scheme)?;
        let secret = inputs::secret_key(&self.secret)?;
        let receipt = self.review(&secret, &scheme, &scorecard)?;
        let sealed = self
            .sealed
            .iter()
            .map(|path| Ok(inputs::sealed(path, &scheme)?.0));
        let sealed = sealed.collect::<Outcome<Vec<SealedHistory>>>()?;
        let evaluation = inputs::evaluation(&self.evaluation)?;
        self.check_scorecard(&scorecard, &evaluation)?;
        self.check_histories(&sealed, &evaluation)?;

        let sent = self.look_into(&secret, &sealed, &scheme)?;
        let lineup = Lineup::of(&sealed.iter().collect::<Vec<_>>()).map_err(Failure::refused)?;
        let plan = Plan::compile(&scheme, &scorecard, &lineup).map_err(Failure::refused)?;
        let opened = secret
            .open(&plan, &scorecard, &evaluation)
            .map_err(unopened)?;
        self.evaluate_again(&secret, &plan, &sealed, &evaluation)?;
        let explained = explain(&opened, &scheme, &scorecard, &sealed, &sent)?;

        let report = OpenedReport {
            key: secret.public_key().id().to_string(),
            scheme: SchemeReport::of(&scheme),
            histories: sealed
                .iter()
                .zip(&sent)
                .map(|(h, sent)| sent_report(&scheme, h, sent))
                .collect(),
            plan: PlanReport::of(&plan),
            same_bytes_again: true,
            score: ScoreReport {
                scorecard: scorecard.name().to_owned(),
                provider: scorecard.provider().to_owned(),
                digest: scorecard.digest(),
                encrypted: opened.published(),
                plaintext: explained.score.published,
                equal: opened.shifted() == explained.score.shifted
                    && opened.published() == explained.score.published,
                shifted: opened.shifted(),
                points: explained.points.clone(),
                reasons: explained.reasons.clone(),
            },
            receipt,
            releasable: receipt.is_some(),
        };
        if self.json {
            print_json(&report)
        } else {
            print(&self.text(&report, &plan, &scorecard, &explained))
        }
    }

    /// With a receipt: every check that stands before a release.
    fn review(
        &self,
        secret: &SecretKey,
        scheme: &Scheme,
        scorecard: &Scorecard,
    ) -> Outcome<Option<Digest>> {
        let papers = [&self.request, &self.consent, &self.registry, &self.receipt];
        let [Some(request), Some(consent), Some(registry), Some(receipt)] = papers else {
            return Ok(None);
        };
        let files = PaperFiles::new(
            [request, consent, registry, &self.evaluation, receipt],
            &self.sealed,
            &self.attestations,
        );
        let papers = files.read(secret.public_key(), scheme)?;
        let checked = papers.review(secret, scheme, scorecard)?;
        Ok(Some(checked.receipt()))
    }

    /// The evaluation must be of the scorecard given.
    fn check_scorecard(&self, scorecard: &Scorecard, evaluation: &Evaluation) -> Outcome {
        let (got, want) = (evaluation.header().scorecard, scorecard.digest());
        if got == want {
            return Ok(());
        }
        let (got, want) = (got.short(), want.short());
        let message = format!(
            "made with scorecard {got}, not with {want}, which is {}",
            self.scorecard
        );
        Err(Failure::refused(message)
            .in_file(&self.evaluation)
            .hint("give the scorecard that was evaluated with --scorecard"))
    }

    /// The evaluation must name exactly the histories given.
    fn check_histories(&self, sealed: &[SealedHistory], evaluation: &Evaluation) -> Outcome {
        let named: BTreeSet<_> = evaluation
            .header()
            .histories
            .iter()
            .map(|h| h.ciphertexts)
            .collect();
        let given: BTreeSet<_> = sealed
            .iter()
            .map(|history| history.header().ciphertexts)
            .collect();
        if named == given && sealed.len() == evaluation.header().histories.len() {
            return Ok(());
        }
        let sources: Vec<_> = evaluation
            .header()
            .histories
            .iter()
            .map(|h| h.source.to_string())
            .collect();
        let message = "made from other sealed histories than those given with --sealed";
        Err(Failure::refused(message).in_file(&self.evaluation).hint(format!(
            "it names one history each of {}; give exactly the files that the platform was given",
            sources.join(", ")
        )))
    }

    fn look_into(
        &self,
        secret: &SecretKey,
        sealed: &[SealedHistory],
        scheme: &Scheme,
    ) -> Outcome<Vec<SourceLevels>> {
        let look = |(history, path): (&SealedHistory, &PathBuf)| {
            secret
                .look_into(history, scheme)
                .map_err(|error| match error {
                    OpenError::OtherKey { got, want } => {
                        let message = format!("sealed to key {got}, this is the secret of {want}");
                        Failure::refused(message).in_file(path).hint(OTHER_KEY)
                    }
                    // Whatever else is wrong with what it opens to, its source did.
                    error => Failure::security(error).in_file(path).hint(KEEP),
                })
        };
        watched("looking into the sealed histories", |_| {
            sealed.iter().zip(&self.sealed).map(look).collect()
        })
    }

    /// Runs the platform's evaluation here, and wants the same bytes.
    fn evaluate_again(
        &self,
        secret: &SecretKey,
        plan: &Plan,
        sealed: &[SealedHistory],
        evaluation: &Evaluation,
    ) -> Outcome {
        let again = watched("running the evaluation again", |_| {
            let prepared: Vec<_> = sealed.iter().map(PreparedHistory::new).collect();
            let histories: Vec<_> = prepared.iter().collect();
            re_execute(plan, secret.public_key(), &histories, evaluation)
        });
        again.map_err(|error| unopened(error).in_file(&self.evaluation))
    }

    fn text(
        &self,
        report: &OpenedReport,
        plan: &Plan,
        scorecard: &Scorecard,
        explained: &Explanation,
    ) -> String {
        let (lowest, highest) = scorecard.published_range();
        let score = &report.score;
        let mut text = format!(
            "{}, by {}\nscore {}, where this scorecard can give {lowest} to {highest}\n",
            score.scorecard, score.provider, score.encrypted
        );
        text += &heading("Checked before this was shown");
        for line in checks(report, plan) {
            text += &format!("  ok  {line}\n");
        }
        if self.levels {
            for history in &report.histories {
                text += &heading(&format!("Levels that {} sent", history.source));
                text += &LevelReport::table(&history.levels);
            }
        }
        text += &heading("Points");
        text += &explanation(explained);
        text += "\nNobody else has seen this score. Nothing was released";
        text += match report.receipt {
            Some(_) => ": blindscore release does that.\n",
            None => ", and without receipt, consent and attestations nothing can be.\n",
        };
        text
    }
}

fn checks(report: &OpenedReport, plan: &Plan) -> Vec<String> {
    let mut lines = Vec::new();
    if report.receipt.is_some() {
        lines.push(
            "request, attestations and receipt are signed by whom your registry trusts, and fit your consent"
                .to_owned(),
        );
    }
    for history in &report.histories {
        let roles: Vec<_> = history.roles.iter().map(Role::as_str).collect();
        let roles = if roles.is_empty() {
            String::new()
        } else {
            format!(" as {}", roles.join(", "))
        };
        lines.push(format!(
            "{}{roles}: every ciphertext has the shape and noise of an honest seal ({}, {} months)",
            history.source, history.as_of, history.covered_months
        ));
    }
    lines.push(match plan.outputs() {
        1 => "the score opens within its noise bound".to_owned(),
        n => format!(
            "the score and {} canaries open within their noise bounds",
            n - 1
        ),
    });
    lines.push("the evaluation, run again here, gives the same bytes".to_owned());
    lines.push("the score computed in the clear from the same levels is equal".to_owned());
    lines
}

fn explain(
    opened: &OpenedScore,
    scheme: &Scheme,
    scorecard: &Scorecard,
    sealed: &[SealedHistory],
    sent: &[SourceLevels],
) -> Outcome<Explanation> {
    let roles: Vec<_> = sealed
        .iter()
        .map(|history| history.participant().roles)
        .collect();
    let parts: Vec<_> = sent
        .iter()
        .zip(&roles)
        .map(|(levels, roles)| Part { levels, roles })
        .collect();
    let combined = ApplicantLevels::combine(scheme, &parts).map_err(Failure::refused)?;
    opened
        .explain(scheme, scorecard, &combined)
        .map_err(unopened)
}

fn sent_report(scheme: &Scheme, history: &SealedHistory, sent: &SourceLevels) -> SentReport {
    SentReport {
        source: history.header().source.to_string(),
        roles: history.header().roles.clone(),
        as_of: sent.as_of().to_string(),
        covered_months: sent.covered_months(),
        levels: LevelReport::all(scheme, sent.levels()),
    }
}

/// Tells a wrong file from a score that must not be believed.
pub(crate) fn unopened(error: OpenError) -> Failure {
    match error {
        // A source seals no levels that its own scheme does not allow.
        OpenError::Bound { .. }
        | OpenError::Range
        | OpenError::NotTheLevels { .. }
        | OpenError::OtherBytes
        | OpenError::Seal(_)
        | OpenError::Levels(_) => Failure::security(error).hint(KEEP),
        OpenError::OtherKey { .. } => Failure::refused(error).hint(OTHER_KEY),
        OpenError::OtherPlan { .. } => {
            Failure::refused(error).hint("give the scorecard that was evaluated with --scorecard")
        }
        OpenError::Evaluate(_) | OpenError::Score(_) => Failure::refused(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Exit;
    use blindscore_client::applicant::SealFault;
    use blindscore_history::levels::LevelsError;

    #[test]
    fn what_a_dishonest_party_does_is_a_matter_of_security() {
        let security = [
            OpenError::Seal(SealFault::Noise),
            OpenError::Levels(LevelsError::NoPart),
            OpenError::OtherBytes,
            OpenError::Bound { output: 1 },
        ];
        for error in security {
            assert_eq!(unopened(error).exit(), Exit::Security);
        }
    }
}
