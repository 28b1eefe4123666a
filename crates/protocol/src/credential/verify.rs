//! A presentation on the reader's side: what must hold before it says
//! anything.

use std::fmt;

use blindscore_history::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::claims::{Claim, CredentialReason, ProofClaim, ScoreRange, ScorecardClaim};
use super::disclosure::{self, Disclosed};
use super::error::CredentialError;
use super::jose::{self, Jws};
use super::payload::Payload;
use super::{
    BINDING, BINDING_AGE_MAX, CLOCK_SKEW, CREDENTIAL, KEY_BINDING, MEDIA_TYPE, PRESENTATION_MAX,
    REASONS_MAX,
};
use crate::id::{ApplicationId, PartyId};
use crate::message::Standing;
use crate::sign::VerifyingKey;
use crate::text::Plain;

/// What the reader of a presentation knows beforehand.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// Itself, as the release names it.
    pub lender: &'a PartyId,
    /// Itself, as it told the wallet: under OpenID4VP its client id; between
    /// programs of this project the lender's name.
    pub audience: &'a str,
    /// The nonce that it drew for this request.
    pub nonce: &'a str,
    /// The time.
    pub now: Timestamp,
}

/// What the applicant says by a presentation, once every check of form,
/// signature, time and addressee has passed. **It is the applicant's own
/// statement**: no decision on credit takes it. What makes it a score is the
/// proof, to be checked as a release. `Debug` hides what is a person's.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Presented {
    /// The application's signing key: must be the one that the release names.
    pub holder: VerifyingKey,
    /// The score, if disclosed.
    pub score: Option<i64>,
    /// The published range, if disclosed.
    pub range: Option<ScoreRange>,
    /// The scorecard, if disclosed.
    pub scorecard: Option<ScorecardClaim>,
    /// The reasons that were disclosed, each with its rank from 0.
    pub reasons: Vec<(u8, CredentialReason)>,
    /// The sources, if disclosed.
    pub sources: Option<Vec<PartyId>>,
    /// Who stands behind the data.
    pub standing: Standing,
    /// Whom it is for.
    pub lender: PartyId,
    /// What for.
    pub purpose: Plain,
    /// When the platform evaluated, to the second.
    pub evaluated_at: Timestamp,
    /// From when on it is no answer any more.
    pub valid_until: Timestamp,
    /// The consent.
    pub consent: ApplicationId,
    /// Digest of the platform's receipt.
    pub receipt: Digest,
    /// The release with the proof, if disclosed.
    pub proof: Option<ProofClaim>,
}

/// Checks a presentation, `token~disclosure~...~binding`, and says what was
/// disclosed.
///
/// # Errors
/// [`CredentialError`], at the first check that fails: size and form; header,
/// claims and signature of the token; disclosures; times; lender; header,
/// signature, audience, nonce and time of the key binding, and that it covers
/// exactly these disclosures.
pub fn verify(presentation: &str, expected: &Expected<'_>) -> Result<Presented, CredentialError> {
    let want = "a key binding after the last `~`";
    let form = CredentialError::Form { want };
    check_size(presentation)?;
    let (bound, binding) = presentation.rsplit_once('~').ok_or(form)?;
    if binding.is_empty() {
        return Err(form);
    }
    let opened = open(bound, want)?;
    check_times(&opened.payload, expected.now)?;
    if opened.payload.lender() != expected.lender {
        return Err(CredentialError::Audience { what: CREDENTIAL });
    }
    check_binding(binding, bound, &opened.holder, expected)?;
    opened.presented()
}

pub(super) fn check_size(text: &str) -> Result<(), CredentialError> {
    if text.len() > PRESENTATION_MAX {
        return Err(CredentialError::TooLarge {
            got: text.len(),
            limit: PRESENTATION_MAX,
        });
    }
    Ok(())
}

/// A token and its disclosures, without regard to clock and reader.
pub(super) struct Opened {
    pub(super) payload: Payload,
    pub(super) holder: VerifyingKey,
    pub(super) disclosed: Disclosed,
    /// The claim of each disclosure, in their order.
    pub(super) order: Vec<Claim>,
}

/// Opens `token~disclosure~...~disclosure`.
pub(super) fn open(text: &str, want: &'static str) -> Result<Opened, CredentialError> {
    let mut parts = text.split('~');
    let token = parts.next().unwrap_or_default();
    let most = Claim::NAMED.len() + REASONS_MAX;
    let disclosures: Vec<&str> = parts.take(most + 1).collect();
    if disclosures.len() > most {
        return Err(CredentialError::Form { want });
    }
    let jws = Jws::parse(token, MEDIA_TYPE, CREDENTIAL)?;
    let payload: Payload = jws.payload()?;
    let holder = payload.holder()?;
    jws.verify(&holder)?;
    payload.check()?;
    let (disclosed, order) = disclosure::read(&payload, &disclosures)?;
    Ok(Opened {
        payload,
        holder,
        disclosed,
        order,
    })
}

fn check_times(payload: &Payload, now: Timestamp) -> Result<(), CredentialError> {
    let (now, what) = (now.as_second(), CREDENTIAL);
    if now >= payload.expires() {
        return Err(CredentialError::Expired { what });
    }
    if now.saturating_add(CLOCK_SKEW) < payload.not_before().max(payload.issued_at()) {
        return Err(CredentialError::NotYet { what });
    }
    Ok(())
}

/// The claims of a key binding (RFC 9901 section 4.3). A wallet may add others,
/// which are passed over, as SD-JWT VC says.
#[derive(Serialize, Deserialize)]
pub(super) struct Binding {
    pub(super) aud: String,
    pub(super) iat: i64,
    pub(super) nonce: String,
    pub(super) sd_hash: String,
}

impl Binding {
    /// The hash over token and disclosures with every `~` after them.
    pub(super) fn hash(bound: &str) -> String {
        jose::sha256(&format!("{bound}~"))
    }
}

fn check_binding(
    text: &str,
    bound: &str,
    holder: &VerifyingKey,
    expected: &Expected<'_>,
) -> Result<(), CredentialError> {
    let what = BINDING;
    let jws = Jws::parse(text, KEY_BINDING, what)?;
    jws.verify(holder)?;
    let binding: Binding = jws.payload()?;
    if binding.sd_hash != Binding::hash(bound) {
        return Err(CredentialError::Bound);
    }
    if binding.aud != expected.audience {
        return Err(CredentialError::Audience { what });
    }
    if binding.nonce != expected.nonce {
        return Err(CredentialError::Nonce);
    }
    let now = expected.now.as_second();
    if binding.iat > now.saturating_add(CLOCK_SKEW) {
        return Err(CredentialError::NotYet { what });
    }
    if binding.iat < now.saturating_sub(BINDING_AGE_MAX) {
        return Err(CredentialError::Expired { what });
    }
    Ok(())
}

impl Opened {
    fn presented(self) -> Result<Presented, CredentialError> {
        let (payload, disclosed) = (self.payload, self.disclosed);
        Ok(Presented {
            holder: self.holder,
            score: disclosed.score,
            range: disclosed.range,
            scorecard: disclosed.scorecard,
            reasons: disclosed.reasons.into_iter().collect(),
            sources: disclosed.sources,
            standing: payload.standing(),
            lender: payload.lender().clone(),
            purpose: payload.purpose().clone(),
            evaluated_at: payload.evaluated_at()?,
            valid_until: payload.valid_until()?,
            consent: payload.consent(),
            receipt: payload.receipt(),
            proof: disclosed.proof,
        })
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presented")
            .field("consent", &self.consent)
            .field("lender", &self.lender)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}
