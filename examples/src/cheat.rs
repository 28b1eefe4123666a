//! Three attempts to cheat on a walked application, and what stops each.

use blindscore_client::applicant::SecretKey;
use blindscore_client::lender::{Verification, verify};
use blindscore_evaluator::{AttestedHistory, Order, OrderError, Vouching};
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_protocol::envelope;
use blindscore_protocol::message::{Attestation, Release, SecretKeyHeader};
use blindscore_protocol::sign::{Signed, SigningKey};
use blindscore_scorecard::Scorecard;

use crate::walk::{Setting, Walk, WalkError};

/// An attempt that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foiled {
    /// Who tried what.
    pub attack: &'static str,
    /// Who refused it.
    pub refused_by: &'static str,
    /// The refusal, in the words of the check that failed.
    pub reason: String,
}

/// Tries all three.
///
/// # Errors
/// An attempt that could not be made; one that was *not* refused shows as
/// [`WalkError::NotRefused`].
pub fn all(setting: &Setting<'_>, walk: &Walk) -> Result<[Foiled; 3], WalkError> {
    Ok([
        edited_score(setting, walk)?,
        reused_consent(setting, walk)?,
        altered_attestation(setting, walk)?,
    ])
}

/// The applicant writes another score into the release, with the phase that
/// would go with it, and signs that.
fn edited_score(setting: &Setting<'_>, walk: &Walk) -> Result<Foiled, WalkError> {
    use blindscore_fhe::parameters::encode;
    use blindscore_fhe::proof::PHASE_STEP_LOG2;

    let (signed, payload) =
        envelope::open::<Signed<Release>>(&walk.released.message, PARAMETER_ID)?;
    let scorecard = setting.scorecards.first().ok_or(WalkError::NoScorecard)?;
    let mut release = signed.statement().clone();
    let terms = &mut release.terms;
    let honest = terms.shifted;
    // The best score that the card can give, or the worst, if it is that.
    terms.shifted = if honest == scorecard.span() {
        0
    } else {
        scorecard.span()
    };
    terms.published = scorecard.published(terms.shifted)?;
    if let Some(phase) = terms.phases.first_mut() {
        let by = encode(u64::from(terms.shifted)).wrapping_sub(encode(u64::from(honest)));
        *phase = (*phase << PHASE_STEP_LOG2).wrapping_add(by) >> PHASE_STEP_LOG2;
    }
    let forged = envelope::close(&Signed::sign(release, &signing_key(&walk.secret)?), payload);
    let verified = verify(
        &forged,
        &Verification {
            registry: &setting.cast.registry,
            request: &walk.request,
            scheme: setting.scheme,
            scorecard,
            histories: &[],
            now: setting.now,
        },
    );
    foiled(
        "the applicant writes a better score into the release and signs it",
        "lender",
        verified.err(),
    )
}

/// The platform, or somebody in its name, runs the same consent again.
fn reused_consent(setting: &Setting<'_>, walk: &Walk) -> Result<Foiled, WalkError> {
    let cards: Vec<&Scorecard> = setting.scorecards.iter().collect();
    let order = Order {
        registry: &setting.cast.registry,
        key: walk.secret.public_key(),
        scheme: setting.scheme,
        scorecards: &cards,
        request: &walk.request,
        consent: &walk.consent,
        histories: &walk.gathered,
        now: setting.now,
    };
    let mut register = walk.register.clone();
    let again = order
        .authorise(setting.cast.platform.id())?
        .begin::<OrderError>(&mut register, |_| Ok(()));
    foiled(
        "the lender has the same consent evaluated a second time",
        "platform",
        again.err(),
    )
}

/// Somebody changes what a source attested, on the way.
fn altered_attestation(setting: &Setting<'_>, walk: &Walk) -> Result<Foiled, WalkError> {
    let upload = walk.uploads.first().ok_or(WalkError::NoScorecard)?;
    let (signed, _) = envelope::open::<Signed<Attestation>>(&upload.attestation, PARAMETER_ID)?;
    let mut said = signed.statement().clone();
    said.history.covered_months = said.history.covered_months.saturating_add(1);
    // Signed anew, since the old signature would not fit: by the applicant.
    let forged = Signed::sign(said, &signing_key(&walk.secret)?);
    let vouching = Vouching {
        registry: &setting.cast.registry,
        key: walk.secret.public_key(),
        scheme: setting.scheme,
        now: setting.now,
    };
    let forged = envelope::close(&forged, &[]);
    let admitted = AttestedHistory::admit(&vouching, &upload.sealed, &forged);
    foiled(
        "the applicant alters the bank's attestation and signs it",
        "platform",
        admitted.err(),
    )
}

fn foiled(
    attack: &'static str,
    refused_by: &'static str,
    refusal: Option<impl std::error::Error>,
) -> Result<Foiled, WalkError> {
    let refusal = refusal.ok_or(WalkError::NotRefused { attack })?;
    Ok(Foiled {
        attack,
        refused_by,
        reason: refusal.to_string(),
    })
}

/// The signing key of an application, as its owner can use it for anything:
/// the first 32 bytes of the key at rest.
fn signing_key(secret: &SecretKey) -> Result<SigningKey, WalkError> {
    let bytes = secret.to_bytes();
    let (_, payload) = envelope::open::<SecretKeyHeader>(&bytes, PARAMETER_ID)?;
    let seed = payload.first_chunk().ok_or(WalkError::NoScorecard)?;
    Ok(SigningKey::from_bytes(seed))
}
