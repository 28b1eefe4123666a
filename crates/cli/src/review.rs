//! The chain of papers around an evaluation, read and reviewed: for whoever
//! opens, releases or audits one.

use std::path::{Path, PathBuf};

use blindscore_client::applicant::{CheckedScore, OpenError, Review, ReviewError, SecretKey};
use blindscore_evaluator::{CommissionError, Evaluation, Gathered, Vouching};
use blindscore_fhe::PublicKey;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::consent::{ConsentRecord, ConsentRefusal};
use blindscore_protocol::message::{Receipt, ScoreRequest};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::Scorecard;
use clap::Args;
use jiff::Timestamp;

use crate::clock;
use crate::commands::open::unopened;
use crate::error::{Failure, Outcome};
use crate::inputs::{self, trust};
use crate::progress::watched;

const KEEP: &str = "if all these files are of one application, somebody is at fault: release nothing, and keep them as evidence";

/// The papers, as arguments.
#[derive(Clone, Debug, Args)]
pub(crate) struct PaperFiles {
    /// The lender's request
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// The consent that was given
    #[arg(long, value_name = "consent.json")]
    consent: PathBuf,
    /// Your registry
    #[arg(long, value_name = "registry.json")]
    registry: PathBuf,
    /// A sealed history that was evaluated; repeat for each source
    #[arg(long = "sealed", value_name = "SEALED", required = true)]
    sealed: Vec<PathBuf>,
    /// The attestation of a sealed history; repeat for each source
    #[arg(long = "attestation", value_name = "FILE", required = true)]
    attestations: Vec<PathBuf>,
    /// The evaluation, from the platform
    #[arg(long, value_name = "FILE")]
    evaluation: PathBuf,
    /// The receipt that came with it
    #[arg(long, value_name = "FILE")]
    receipt: PathBuf,
}

/// The papers of one evaluation.
pub(crate) struct Papers {
    pub(crate) registry: Registry,
    pub(crate) request: Signed<ScoreRequest>,
    pub(crate) consent: ConsentRecord,
    pub(crate) histories: Gathered,
    pub(crate) evaluation: Evaluation,
    pub(crate) receipt: Signed<Receipt>,
    /// The time that everything is judged by.
    pub(crate) now: Timestamp,
    evaluation_path: PathBuf,
}

impl PaperFiles {
    /// From arguments that are named one by one.
    pub(crate) fn new(
        [request, consent, registry, evaluation, receipt]: [&Path; 5],
        sealed: &[PathBuf],
        attestations: &[PathBuf],
    ) -> Self {
        Self {
            request: request.to_owned(),
            consent: consent.to_owned(),
            registry: registry.to_owned(),
            evaluation: evaluation.to_owned(),
            receipt: receipt.to_owned(),
            sealed: sealed.to_owned(),
            attestations: attestations.to_owned(),
        }
    }

    /// Reads the papers, and believes the attestations or refuses them.
    pub(crate) fn read(&self, key: &PublicKey, scheme: &Scheme) -> Outcome<Papers> {
        let now = clock::now();
        let registry = trust::registry(&self.registry)?;
        let vouching = Vouching {
            registry: &registry,
            key,
            scheme,
            now,
        };
        Ok(Papers {
            histories: trust::gathered(&vouching, &self.sealed, &self.attestations)?,
            request: trust::signed(&self.request)?,
            consent: trust::consent(&self.consent)?,
            evaluation: inputs::evaluation(&self.evaluation)?,
            receipt: trust::signed(&self.receipt)?,
            evaluation_path: self.evaluation.clone(),
            registry,
            now,
        })
    }
}

impl Papers {
    /// Makes every check that stands before a release.
    pub(crate) fn review(
        &self,
        secret: &SecretKey,
        scheme: &Scheme,
        scorecard: &Scorecard,
    ) -> Outcome<CheckedScore> {
        let review = Review {
            registry: &self.registry,
            scheme,
            scorecard,
            request: &self.request,
            consent: &self.consent,
            histories: &self.histories,
            evaluation: &self.evaluation,
            receipt: &self.receipt,
            now: self.now,
        };
        let checked = watched("checking everything about it", |_| secret.review(&review));
        checked.map_err(|error| self.unreviewed(error))
    }

    fn unreviewed(&self, error: ReviewError) -> Failure {
        match error {
            ReviewError::Commission(error) => uncommissioned(error),
            ReviewError::Open(error) => unopened(error).in_file(&self.evaluation_path),
            ReviewError::History { source_id, fault } => match *fault {
                OpenError::OtherKey { .. } => unopened(*fault),
                fault => Failure::security(ReviewError::History {
                    source_id,
                    fault: Box::new(fault),
                })
                .hint(KEEP),
            },
            error @ (ReviewError::Plan(_) | ReviewError::Levels(_)) => Failure::refused(error),
        }
    }

    /// The file of the evaluation.
    pub(crate) fn evaluation_path(&self) -> &Path {
        &self.evaluation_path
    }
}

/// Tells what is only over from a chain that does not hold.
pub(crate) fn uncommissioned(error: CommissionError) -> Failure {
    match error {
        CommissionError::Consent(
            ConsentRefusal::Withdrawn
            | ConsentRefusal::Expired { .. }
            | ConsentRefusal::NotYet { .. },
        ) => Failure::refused(error),
        error => Failure::security(error).hint(KEEP),
    }
}
