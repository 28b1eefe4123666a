//! The checks of a release: the cheap ones at the door, while the sender waits;
//! the rest one release after the other, with the histories fetched from the
//! platform so that the evaluation can be run again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use blindscore_client::http::{Async, Call, HttpError, Lender as Caller, anybody};
use blindscore_client::lender::{
    Decision, EvaluationCheck, Policy, Verification, VerifiedScore, VerifyError, verify,
};
use blindscore_evaluator::SealedHistory;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::envelope::{self, EnvelopeError};
use blindscore_protocol::log::{EntryKind, TreeHead, verify_inclusion};
use blindscore_protocol::message::{Attestation, Release, ReleasedReasons};
use blindscore_protocol::parts::Parts;
use blindscore_protocol::registry::Trade;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::Scorecard;

use super::answer::{Asked, Decided, DecidedOutcome, LogCheck, Refusal, Rerun, Verified};
use super::state::Lender;
use super::texts;
use crate::error::{Failure, Outcome};

/// How often a busy platform is asked again.
const TRIES: u32 = 5;

/// What the door learns of a release.
pub(super) struct AtDoor {
    /// The release's digest.
    pub(super) release: Digest,
    /// The request that it says it answers.
    pub(super) request: Digest,
}

/// The cheap checks: size and frame, and that whoever is named signed it.
pub(super) fn at_door(bytes: &[u8]) -> Result<AtDoor, VerifyError> {
    let (signed, payload) = envelope::open::<Signed<Release>>(bytes, PARAMETER_ID)?;
    let statement = signed.verify()?;
    if statement.parts != Parts::digest(payload) {
        let fault = "encloses other messages than were signed";
        return Err(VerifyError::Terms { fault });
    }
    Parts::from_bytes(payload)?;
    Ok(AtDoor {
        release: signed.digest(),
        request: statement.terms.request,
    })
}

/// Checks a release that was taken, and keeps what came of it.
pub(super) async fn check(lender: Arc<Lender>, release: Digest) {
    // The semaphore is never closed.
    let Ok(_turn) = lender.turn.acquire().await else {
        return;
    };
    let kept = match checked(&lender, release).await {
        Ok(Ok(verified)) => lender.verified(release, verified),
        Ok(Err((request, error))) => {
            lender.refuse(Some(release), refusal(&lender, request, &error))
        }
        Err(failure) => Err(failure),
    };
    if let Err(failure) = kept {
        // It is checked again when the window is opened again.
        failure.print();
    }
}

/// A refusal as it is kept.
pub(super) fn refusal(lender: &Lender, request: Option<Digest>, error: &VerifyError) -> Refusal {
    let (check, number) = texts::check_of(error);
    Refusal {
        at: lender.now(),
        request,
        check: check.to_owned(),
        number: number.to_owned(),
        words: error.to_string(),
    }
}

/// What holds of it, or which request it does not answer, and why.
type Checked = Result<Verified, (Option<Digest>, VerifyError)>;

async fn checked(lender: &Arc<Lender>, release: Digest) -> Outcome<Checked> {
    let start = Instant::now();
    let bytes = lender.store.release(release)?;
    let door = match at_door(&bytes) {
        Ok(door) => door,
        Err(error) => return Ok(Err((None, error))),
    };
    let asked = lender.asked(door.request);
    let asked = asked.ok_or_else(|| Failure::internal("the request is not held any more"))?;
    let material = match material(lender, &asked, &bytes) {
        Ok(material) => material,
        Err(Refused::By(error)) => return Ok(Err((Some(door.request), error))),
        Err(Refused::Here(failure)) => return Err(failure),
    };
    let fetched = fetched(lender, &asked, &material).await;
    let (histories, bytes_fetched, why_not) = match fetched {
        Ok((histories, size)) => (histories, size, None),
        Err(why) => (Vec::new(), 0, Some(why)),
    };
    let verifier = Arc::clone(lender);
    let (told, scorecard) = (asked.clone(), material.scorecard.clone());
    let proof_bytes = material.proof_bytes;
    let verified = tokio::task::spawn_blocking(move || {
        let verification = Verification {
            registry: &verifier.registry,
            request: &told.request,
            scheme: &material.scheme,
            scorecard: &material.scorecard,
            histories: &histories,
            now: verifier.now(),
        };
        verify(&bytes, &verification)
    });
    let score = match verified.await.map_err(Failure::internal)? {
        Ok(score) => score,
        Err(error) => return Ok(Err((Some(door.request), error))),
    };
    let rerun = match (score.evaluation(), why_not) {
        (EvaluationCheck::Recomputed, _) => Rerun::Same {
            bytes: bytes_fetched,
        },
        (EvaluationCheck::Attested, why) => Rerun::Not {
            why: why.unwrap_or_default(),
        },
    };
    let log = in_log(lender, &asked, &score).await;
    let decision = decided(lender, &asked, &score)?;
    let took_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let (lowest, highest) = score.range();
    let stated = |reasons: &ReleasedReasons| match reasons {
        ReleasedReasons::Applicant { reasons } => reasons.clone(),
    };
    Ok(Ok(Verified {
        score: score.published(),
        lowest,
        highest,
        scorecard: score.scorecard(),
        scorecard_name: score.scorecard_name().to_owned(),
        provider: scorecard.provider().to_owned(),
        standing: score.standing(),
        sources: score.sources().to_vec(),
        platform: score.platform().clone(),
        evaluated_at: score.evaluated_at(),
        valid_until: score.valid_until(),
        consent: score.consent(),
        receipt: score.receipt(),
        reasons: score.reasons().map(stated),
        rerun,
        log,
        proof_bytes,
        wrong_score_bound_log2: score.wrong_score_bound_log2(),
        took_ms,
        decision,
    }))
}

/// What a release is verified with, beside the lender's own request.
struct Material {
    scheme: Scheme,
    scorecard: Scorecard,
    attestations: Vec<Signed<Attestation>>,
    /// Bytes of the packed history that is enclosed, if one is.
    enclosed: Option<u64>,
    proof_bytes: u64,
}

enum Refused {
    By(VerifyError),
    Here(Failure),
}

impl From<EnvelopeError> for Refused {
    fn from(error: EnvelopeError) -> Self {
        Self::By(error.into())
    }
}

impl From<Failure> for Refused {
    fn from(failure: Failure) -> Self {
        Self::Here(failure)
    }
}

fn material(lender: &Lender, asked: &Asked, bytes: &[u8]) -> Result<Material, Refused> {
    let (signed, payload) = envelope::open::<Signed<Release>>(bytes, PARAMETER_ID)?;
    let parts = Parts::from_bytes(payload).map_err(|error| Refused::By(error.into()))?;
    let card = signed.statement().terms.scorecard;
    if asked.policy.cut_off(card).is_none() {
        let fault = "is of another scorecard than this one";
        return Err(Refused::By(VerifyError::Terms { fault }));
    }
    let (scorecard, scheme) = lender.card(asked.request.statement().scheme, card)?;
    let mut attestations = Vec::with_capacity(parts.attestations.len());
    for bytes in &parts.attestations {
        let (attestation, _) = envelope::open::<Signed<Attestation>>(bytes, PARAMETER_ID)?;
        attestations.push(attestation);
    }
    Ok(Material {
        scheme,
        scorecard,
        attestations,
        enclosed: parts.sealed.map(|sealed| sealed.len() as u64),
        proof_bytes: parts.proof.len() as u64,
    })
}

/// The sealed histories, from the platform, and their bytes; or why there are
/// none. A packed release carries its own.
async fn fetched(
    lender: &Lender,
    asked: &Asked,
    material: &Material,
) -> Result<(Vec<SealedHistory>, u64), String> {
    if let Some(bytes) = material.enclosed {
        return Ok((Vec::new(), bytes));
    }
    let told = |error: &dyn std::fmt::Display| error.to_string();
    let platform = lender
        .platform_of(&asked.request.statement().platform)
        .await;
    let platform = platform.map_err(|error| told(&error))?;
    let caller = Caller::of(&lender.signatory);
    let (mut histories, mut size) = (Vec::new(), 0);
    for attestation in &material.attestations {
        let call = caller.history(attestation.digest());
        let sealed = patiently(&platform, &call).await;
        let sealed = sealed.map_err(|error| told(&error))?;
        size += sealed.len() as u64;
        let admitted = SealedHistory::admit(&sealed, &material.scheme);
        histories.push(admitted.map_err(|error| told(&error))?);
    }
    Ok((histories, size))
}

/// Sends a call, again if the platform is busy.
async fn patiently<T>(platform: &Async, call: &Call<T>) -> Result<T, HttpError> {
    let mut tries = 0;
    loop {
        match platform.send(call).await {
            Err(error) if tries < TRIES && error.retry_after().is_some() => {
                tries += 1;
                let seconds = error.retry_after().unwrap_or(1).clamp(1, 10);
                tokio::time::sleep(Duration::from_secs(seconds)).await;
            }
            answer => return answer,
        }
    }
}

/// Whether the platform's log has the receipt, under a head that it signed.
async fn in_log(lender: &Lender, asked: &Asked, score: &VerifiedScore) -> LogCheck {
    match proven(lender, asked, score).await {
        Ok(included) => included,
        Err(failure) => LogCheck::NotShown {
            why: failure.to_string(),
        },
    }
}

async fn proven(
    lender: &Lender,
    asked: &Asked,
    score: &VerifiedScore,
) -> Result<LogCheck, Box<dyn std::error::Error + Send + Sync>> {
    let id = &asked.request.statement().platform;
    let platform = lender.platform_of(id).await?;
    let call = anybody::log_inclusion(EntryKind::Receipt, score.receipt());
    let proven = patiently(&platform, &call).await?;
    let (head, _) = envelope::open::<Signed<TreeHead>>(&proven.head.signed.0, PARAMETER_ID)?;
    let at = head.statement().time;
    let said = lender
        .registry
        .believe(&head, id, Trade::Platform, at, lender.now())?;
    let entry = &proven.proof.entry;
    if said.platform != *id || entry.kind != EntryKind::Receipt || entry.digest != score.receipt() {
        return Err(texts::OTHER_ENTRY.into());
    }
    verify_inclusion(said, &proven.proof)?;
    Ok(LogCheck::Included {
        index: proven.proof.index,
        size: said.size,
        root: said.root,
        signed: said.time,
    })
}

fn decided(lender: &Lender, asked: &Asked, score: &VerifiedScore) -> Outcome<Decided> {
    let cut_off = asked.policy.cut_off(score.scorecard());
    let cut_off = cut_off.ok_or_else(|| Failure::internal("no cut-off for this scorecard"))?;
    let policy = Policy {
        scorecard: cut_off.scorecard,
        cut_off: cut_off.points,
        self_declared: asked.policy.self_declared,
        recomputed: asked.policy.recomputed,
    };
    let at = lender.now();
    let outcome = match policy.decide(score, at) {
        Ok(Decision::Approved) => DecidedOutcome::Approved,
        Ok(Decision::Declined(action)) => DecidedOutcome::Declined {
            reasons: action.reasons,
        },
        Ok(Decision::Referred { why }) => DecidedOutcome::Referred {
            why: why.to_owned(),
        },
        // It ended while it was being checked.
        Err(error) => DecidedOutcome::Referred {
            why: error.to_string(),
        },
    };
    Ok(Decided {
        outcome,
        cut_off: cut_off.points,
        at,
    })
}
