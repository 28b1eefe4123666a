//! Verifying a release.

use blindscore_evaluator::{
    AttestationError, Commission, Evaluation, Lineup, Participant, Plan, PreparedHistory,
    SealedHistory, admit_public_key,
};
use blindscore_fhe::PublicKey;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_fhe::proof::{self, Opening, PHASE_STEP_LOG2, Proof};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::consent::ConsentRecord;
use blindscore_protocol::envelope::{self, EnvelopeError};
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::message::{
    Attestation, Outputs, Receipt, Release, ReleaseTerms, ReleasedReasons, ScoreRequest, Standing,
};
use blindscore_protocol::parts::Parts;
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::{Signed, VerifyingKey};
use blindscore_scorecard::{Characteristic, Scorecard};
use jiff::Timestamp;

use super::error::VerifyError;

/// What a verifier brings: its own registry, clock, request, scheme and
/// scorecard. Nothing of it is taken from the release.
#[derive(Clone, Copy, Debug)]
pub struct Verification<'a> {
    /// The verifier's registry.
    pub registry: &'a Registry,
    /// The request that the release must answer.
    pub request: &'a Signed<ScoreRequest>,
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The scorecard whose score it must be.
    pub scorecard: &'a Scorecard,
    /// Sealed histories in composable form, if the verifier fetched them: the
    /// evaluation is then run again. A packed release carries its own.
    pub histories: &'a [SealedHistory],
    /// Now, by the verifier's clock.
    pub now: Timestamp,
}

/// How the verifier knows that the result is the scorecard applied to the
/// sealed histories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvaluationCheck {
    /// It ran the evaluation again and got the same bytes.
    Recomputed,
    /// The platform's signature says so.
    Attested,
}

impl EvaluationCheck {
    /// In a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recomputed => "recomputed",
            Self::Attested => "attested",
        }
    }
}

/// A score that holds: it is what attested (or self-declared) data give under
/// the scorecard, and its applicant released it to this lender for this
/// request. Made by [`verify`] alone. `Debug` hides the score.
#[derive(Clone, PartialEq)]
pub struct VerifiedScore {
    terms: ReleaseTerms,
    release: Digest,
    scorecard_name: String,
    range: (i64, i64),
    evaluation: EvaluationCheck,
    sources: Vec<PartyId>,
    platform: PartyId,
    evaluated_at: Timestamp,
    wrong_score_bound_log2: f64,
}

/// The admitted enclosures of a release.
struct Enclosed<'a> {
    key: PublicKey,
    consent: ConsentRecord,
    receipt: Signed<Receipt>,
    evaluation: Evaluation,
    attestations: Vec<Signed<Attestation>>,
    sealed: Option<SealedHistory>,
    proof: &'a [u8],
}

/// The request that a release says it answers, for an auditor who was not
/// there. It is not believed: [`verify`] does that.
///
/// # Errors
/// What is no release, or no request in it.
pub fn request_of(release: &[u8]) -> Result<Signed<ScoreRequest>, VerifyError> {
    let (_, payload) = envelope::open::<Signed<Release>>(release, PARAMETER_ID)?;
    let parts = Parts::from_bytes(payload)?;
    let (request, _) = envelope::open::<Signed<ScoreRequest>>(parts.request, PARAMETER_ID)?;
    Ok(request)
}

/// Verifies a release: signatures and digests of everything in it, the chain
/// from request to receipt, the evaluation (run again where there are
/// ciphertexts, else by the platform's signature), canaries, and the proof of
/// opening.
///
/// # Errors
/// The first check that fails. Show it to an operator; tell the sender no more
/// than that the release was refused.
pub fn verify(
    release: &[u8],
    verification: &Verification<'_>,
) -> Result<VerifiedScore, VerifyError> {
    let (signed, payload) = envelope::open::<Signed<Release>>(release, PARAMETER_ID)?;
    let terms = &signed.verify()?.terms;
    if signed.statement().parts != Parts::digest(payload) {
        return terms_fault("encloses other messages than were signed");
    }
    let parts = Parts::from_bytes(payload)?;
    let enclosed = admit(&parts, verification)?;
    check_terms(&signed, &enclosed, verification)?;

    let attestations: Vec<_> = enclosed.attestations.iter().collect();
    let receipt = enclosed.receipt.statement();
    let commission = Commission {
        registry: verification.registry,
        key: &enclosed.key,
        scheme: verification.scheme,
        scorecard: verification.scorecard,
        request: verification.request,
        consent: &enclosed.consent,
        attestations: &attestations,
        at: receipt.issued,
        now: verification.now,
    };
    let standing = commission.check()?;
    let header = enclosed.evaluation.header();
    commission.check_receipt(&enclosed.receipt, header, standing)?;
    if terms.standing != standing {
        return terms_fault("calls the data attested or self-declared, which they are not");
    }

    let plan = compile(&enclosed, verification)?;
    if header.plan != plan.digest() || terms.plan != plan.digest() {
        return terms_fault("is of another plan than scorecard and sources make");
    }
    let evaluation = check_evaluation(&enclosed, &plan, verification)?;
    check_opening(terms, &enclosed, &plan)?;
    let published = verification.scorecard.published(terms.shifted)?;
    if published != terms.published {
        return terms_fault("publishes another score than the scorecard makes of the proven one");
    }
    Ok(VerifiedScore {
        terms: terms.clone(),
        release: signed.digest(),
        scorecard_name: verification.scorecard.name().to_owned(),
        range: verification.scorecard.published_range(),
        evaluation,
        sources: header
            .histories
            .iter()
            .map(|history| history.source.clone())
            .collect(),
        platform: receipt.platform.clone(),
        evaluated_at: receipt.issued,
        wrong_score_bound_log2: plan.hostile_score_log2(),
    })
}

fn terms_fault<T>(fault: &'static str) -> Result<T, VerifyError> {
    Err(VerifyError::Terms { fault })
}

fn admit<'a>(
    parts: &Parts<'a>,
    verification: &Verification<'_>,
) -> Result<Enclosed<'a>, VerifyError> {
    let (request, _) = envelope::open::<Signed<ScoreRequest>>(parts.request, PARAMETER_ID)?;
    if request != *verification.request {
        return terms_fault("answers another request than this one");
    }
    let (receipt, _) = envelope::open::<Signed<Receipt>>(parts.receipt, PARAMETER_ID)?;
    let open = |bytes: &&[u8]| {
        let (attestation, _) = envelope::open::<Signed<Attestation>>(bytes, PARAMETER_ID)?;
        Ok(attestation)
    };
    let attestations = parts.attestations.iter().map(open);
    let sealed = parts
        .sealed
        .map(|bytes| SealedHistory::admit(bytes, verification.scheme));
    Ok(Enclosed {
        key: admit_public_key(parts.public_key)?,
        consent: ConsentRecord::from_json(parts.consent)?,
        receipt,
        evaluation: Evaluation::admit(parts.evaluation)?,
        attestations: attestations.collect::<Result<_, EnvelopeError>>()?,
        sealed: sealed.transpose()?,
        proof: parts.proof,
    })
}

/// The release's own terms against what it encloses, the request and the clock.
fn check_terms(
    signed: &Signed<Release>,
    enclosed: &Enclosed<'_>,
    verification: &Verification<'_>,
) -> Result<(), VerifyError> {
    let terms = &signed.statement().terms;
    let request = verification.request.statement();
    let binding = enclosed.consent.binding();
    let header = enclosed.evaluation.header();
    let wrong = [
        (
            signed.key() != VerifyingKey::new(enclosed.key.origin().signing_key),
            "is not signed by the key of its application",
        ),
        (
            terms.protocol != ReleaseTerms::PROTOCOL,
            "is of another protocol version",
        ),
        (terms.lender != request.lender, "is for another lender"),
        (terms.purpose != request.purpose, "is for another purpose"),
        (
            terms.request != verification.request.digest() || terms.nonce != request.nonce,
            "answers another request than this one",
        ),
        (
            terms.consent != binding.consent || terms.consent_digest != enclosed.consent.digest(),
            "is under another consent than it encloses",
        ),
        (
            terms.receipt != enclosed.receipt.digest(),
            "names another receipt than it encloses",
        ),
        (
            terms.applicant_key != enclosed.key.id() || header.applicant_key != enclosed.key.id(),
            "is of another key than it encloses",
        ),
        (
            terms.scorecard != verification.scorecard.digest()
                || header.scorecard != terms.scorecard,
            "is of another scorecard than this one",
        ),
        (
            terms.valid_until > binding.valid_until || terms.valid_until > request.expires,
            "outlives the consent or the request",
        ),
        (
            terms.issued.as_second() > verification.now.as_second() + Registry::CLOCK_SKEW,
            "is dated in the future: check the clocks",
        ),
        (
            terms.issued < enclosed.receipt.statement().issued,
            "is older than the evaluation that it releases",
        ),
        (
            verification.now >= terms.valid_until,
            "has expired: ask the applicant for a new one",
        ),
        (
            terms.reasons.is_some() && binding.outputs == Outputs::Score,
            "gives reasons that the consent keeps back",
        ),
    ];
    match wrong.into_iter().find(|(wrong, _)| *wrong) {
        Some((_, fault)) => terms_fault(fault),
        None => check_reasons(terms, verification.scorecard),
    }
}

/// Reasons are the applicant's statement, but in the scorecard's words.
fn check_reasons(terms: &ReleaseTerms, scorecard: &Scorecard) -> Result<(), VerifyError> {
    let Some(ReleasedReasons::Applicant { reasons }) = &terms.reasons else {
        return Ok(());
    };
    let known = |code: &str, text: &str| {
        let mut all = scorecard
            .characteristics()
            .iter()
            .map(Characteristic::reason);
        all.any(|reason| reason.code() == code && reason.text() == text)
    };
    if reasons.len() > blindscore_scorecard::REASONS_MAX
        || !reasons.iter().all(|r| known(&r.code, &r.text))
    {
        return terms_fault("gives reasons that are not the scorecard's");
    }
    Ok(())
}

fn compile(enclosed: &Enclosed<'_>, verification: &Verification<'_>) -> Result<Plan, VerifyError> {
    let header = enclosed.evaluation.header();
    let participants = header
        .histories
        .iter()
        .map(|history| Participant {
            source: history.source.clone(),
            roles: history.roles.iter().cloned().collect(),
        })
        .collect();
    let lineup = Lineup::new(header.form, participants)?;
    Ok(Plan::compile(
        verification.scheme,
        verification.scorecard,
        &lineup,
    )?)
}

/// Runs the evaluation again, if there are ciphertexts for it.
fn check_evaluation(
    enclosed: &Enclosed<'_>,
    plan: &Plan,
    verification: &Verification<'_>,
) -> Result<EvaluationCheck, VerifyError> {
    let histories: Vec<&SealedHistory> = match (plan.form(), &enclosed.sealed) {
        (Form::Packed, Some(sealed)) => vec![sealed],
        (Form::Packed, None) => {
            return terms_fault("is packed and lacks its ciphertext");
        }
        (Form::Composable, Some(_)) => {
            return terms_fault("is composable and encloses a packed history");
        }
        (Form::Composable, None) if verification.histories.is_empty() => {
            return Ok(EvaluationCheck::Attested);
        }
        (Form::Composable, None) => verification.histories.iter().collect(),
    };
    for history in &histories {
        let header = history.header();
        let mut attested = enclosed.attestations.iter();
        if !attested.any(|a| a.statement().history == *header) {
            let source_id = header.source.clone();
            return Err(AttestationError::OtherHistory { source_id }.into());
        }
    }
    let prepared: Vec<_> = histories.into_iter().map(PreparedHistory::new).collect();
    let again = plan.evaluate(&enclosed.key, &prepared.iter().collect::<Vec<_>>())?;
    if again.to_bytes() == enclosed.evaluation.to_bytes() {
        Ok(EvaluationCheck::Recomputed)
    } else {
        Err(VerifyError::OtherBytes)
    }
}

fn check_opening(
    terms: &ReleaseTerms,
    enclosed: &Enclosed<'_>,
    plan: &Plan,
) -> Result<(), VerifyError> {
    let widen = |phase: &u64| {
        let fits = *phase >> (u64::BITS - PHASE_STEP_LOG2) == 0;
        fits.then(|| phase << PHASE_STEP_LOG2)
    };
    let phases: Option<Vec<u64>> = terms.phases.iter().map(widen).collect();
    let Some(phases) = phases else {
        return terms_fault("has a phase that is none");
    };
    let opening = Opening::new(terms.shifted, phases);
    let result = enclosed.evaluation.result();
    let statement = plan.statement(&enclosed.key, result, &opening, &terms.context())?;
    proof::verify(&statement, &Proof::from_bytes(enclosed.proof)?)?;
    Ok(())
}

impl VerifiedScore {
    /// The score in points.
    pub fn published(&self) -> i64 {
        self.terms.published
    }

    /// The score above the scorecard's least, `S`.
    pub fn shifted(&self) -> u32 {
        self.terms.shifted
    }

    /// The lowest and the highest score that the scorecard can give.
    pub fn range(&self) -> (i64, i64) {
        self.range
    }

    /// The scorecard's digest.
    pub fn scorecard(&self) -> Digest {
        self.terms.scorecard
    }

    /// The scorecard's name.
    pub fn scorecard_name(&self) -> &str {
        &self.scorecard_name
    }

    /// Whether the evaluation was run again or is believed by signature.
    pub fn evaluation(&self) -> EvaluationCheck {
        self.evaluation
    }

    /// Who stands behind the data.
    pub fn standing(&self) -> Standing {
        self.terms.standing
    }

    /// The sources behind it, in plan order.
    pub fn sources(&self) -> &[PartyId] {
        &self.sources
    }

    /// The platform that evaluated.
    pub fn platform(&self) -> &PartyId {
        &self.platform
    }

    /// When it was evaluated, by the platform's receipt.
    pub fn evaluated_at(&self) -> Timestamp {
        self.evaluated_at
    }

    /// The lender that it is released to.
    pub fn lender(&self) -> &PartyId {
        &self.terms.lender
    }

    /// The consent's id.
    pub fn consent(&self) -> ApplicationId {
        self.terms.consent
    }

    /// Until when it may be used.
    pub fn valid_until(&self) -> Timestamp {
        self.terms.valid_until
    }

    /// The reasons, and who states them.
    pub fn reasons(&self) -> Option<&ReleasedReasons> {
        self.terms.reasons.as_ref()
    }

    /// Digest of the platform's receipt.
    pub fn receipt(&self) -> Digest {
        self.terms.receipt
    }

    /// Digest of the release.
    pub fn release(&self) -> Digest {
        self.release
    }

    /// log2 of the chance that a key made for it passes with a wrong score, a
    /// (key, sealing, scorecard).
    pub fn wrong_score_bound_log2(&self) -> f64 {
        self.wrong_score_bound_log2
    }
}

impl std::fmt::Debug for VerifiedScore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedScore")
            .field("release", &self.release)
            .field("evaluation", &self.evaluation)
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}
