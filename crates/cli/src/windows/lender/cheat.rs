//! Attempts to cheat with a release that was verified: each is carried out, and
//! shows which check refused it, in that check's words.
//!
//! Four people could try. Whoever carries the release can change its bytes, and
//! put the frame's checksum right; anybody can sign with a key of their own; the
//! lender can rewrite its own request. The applicant alone can sign as the
//! applicant: this window has no such key, so for them the signature is taken
//! for granted, and the proof alone is asked.

use blindscore_client::lender::{Verification, VerifyError, Wanted, ask, verify};
use blindscore_evaluator::{Evaluation, Lineup, Participant, Plan, admit_public_key};
use blindscore_fhe::parameters::{PARAMETER_ID, encode};
use blindscore_fhe::proof::{self, Opening, PHASE_STEP_LOG2, Proof};
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::envelope;
use blindscore_protocol::message::{
    Release, ReleaseTerms, ReleasedReason, ReleasedReasons, ScoreRequest,
};
use blindscore_protocol::parts::Parts;
use blindscore_protocol::sign::{Signed, SigningKey};
use blindscore_scorecard::Scorecard;
use jiff::ToSpan;

use super::answer::Asked;
use super::machine::{AtInbox, knock};
use super::state::Lender;
use super::texts;
use crate::error::{Failure, Outcome};

/// What is attempted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Attempt {
    /// Another score.
    Score(i64),
    /// The same release again, and for another request.
    Replay,
    /// Other reasons.
    Reasons,
    /// A later end.
    Validity,
}

/// One try.
pub(super) struct Tried {
    /// Who, and what they do.
    pub(super) who: &'static str,
    pub(super) does: &'static str,
    /// The refusal; nothing if it was *not* refused.
    pub(super) refused: Option<RefusedBy>,
}

/// What refused it.
pub(super) struct RefusedBy {
    pub(super) check: &'static str,
    pub(super) number: &'static str,
    pub(super) words: String,
}

/// A verified release, with what it was verified with.
struct Held<'a> {
    lender: &'a Lender,
    asked: &'a Asked,
    release: &'a [u8],
    scheme: Scheme,
    scorecard: Scorecard,
}

/// Tries it, by everybody who could.
pub(super) fn attempt(
    lender: &Lender,
    asked: &Asked,
    release: Digest,
    attempt: Attempt,
) -> Outcome<Vec<Tried>> {
    let bytes = lender.store.release(release)?;
    let (signed, _) =
        envelope::open::<Signed<Release>>(&bytes, PARAMETER_ID).map_err(Failure::refused)?;
    let terms = &signed.statement().terms;
    let scheme = asked.request.statement().scheme;
    let (scorecard, scheme) = lender.card(scheme, terms.scorecard)?;
    let held = Held {
        lender,
        asked,
        release: &bytes,
        scheme,
        scorecard,
    };
    match attempt {
        Attempt::Replay => held.replays(),
        attempt => {
            let changed = held.changed(terms, attempt);
            let mut tried = held.rewritten(changed)?;
            if attempt == Attempt::Validity {
                tried.push(held.later_request()?);
            }
            Ok(tried)
        }
    }
}

impl Held<'_> {
    /// The terms as the cheat wants them.
    fn changed(&self, terms: &ReleaseTerms, attempt: Attempt) -> ReleaseTerms {
        let mut terms = terms.clone();
        match attempt {
            Attempt::Score(points) => {
                let card = &self.scorecard;
                terms.published = points;
                let shifted = (0..=card.span())
                    .find(|shifted| card.published(*shifted).is_ok_and(|p| p == points));
                if let Some(shifted) = shifted {
                    // The phase that would go with it, too.
                    let by =
                        encode(u64::from(shifted)).wrapping_sub(encode(u64::from(terms.shifted)));
                    if let Some(phase) = terms.phases.first_mut() {
                        *phase = (*phase << PHASE_STEP_LOG2).wrapping_add(by) >> PHASE_STEP_LOG2;
                    }
                    terms.shifted = shifted;
                }
            }
            Attempt::Reasons => terms.reasons = self.other_reasons(&terms),
            Attempt::Validity => {
                let later = terms.valid_until.checked_add((30 * 24).hours());
                terms.valid_until = later.unwrap_or(terms.valid_until);
            }
            Attempt::Replay => {}
        }
        terms
    }

    /// One reason of the scorecard's, and one that the release does not have.
    fn other_reasons(&self, terms: &ReleaseTerms) -> Option<ReleasedReasons> {
        let stated = match &terms.reasons {
            Some(ReleasedReasons::Applicant { reasons }) => reasons.clone(),
            None => Vec::new(),
        };
        let all = self.scorecard.characteristics().iter();
        let other = all
            .map(|characteristic| ReleasedReason {
                code: characteristic.reason().code().to_owned(),
                text: characteristic.reason().text().to_owned(),
            })
            .find(|reason| !stated.contains(reason));
        Some(ReleasedReasons::Applicant {
            reasons: other.into_iter().collect(),
        })
    }

    /// The release with other terms, as each could write it.
    fn rewritten(&self, terms: ReleaseTerms) -> Outcome<Vec<Tried>> {
        let (signed, payload) = envelope::open::<Signed<Release>>(self.release, PARAMETER_ID)
            .map_err(Failure::refused)?;
        let mut statement = signed.statement().clone();
        statement.terms = terms;
        // The old signature stays on the new statement.
        let mut json = serde_json::to_value(&signed).map_err(Failure::internal)?;
        json["statement"] = serde_json::to_value(&statement).map_err(Failure::internal)?;
        let kept: Signed<Release> = serde_json::from_value(json).map_err(Failure::internal)?;
        let repaired = envelope::close(&kept, payload);
        let mut changed = repaired.clone();
        let (body, old) = (
            changed.len() - Digest::LEN,
            &self.release[self.release.len() - Digest::LEN..],
        );
        changed[body..].copy_from_slice(old);
        let own = own_key()?;
        let resigned = envelope::close(&Signed::sign(statement.clone(), &own), payload);
        Ok(vec![
            tried(
                texts::CARRIER,
                texts::CHANGES_BYTES,
                self.verified(&changed),
            ),
            tried(
                texts::CARRIER,
                texts::REPAIRS_FRAME,
                self.verified(&repaired),
            ),
            tried(texts::ANYBODY, texts::SIGNS_ANEW, self.verified(&resigned)),
            tried(
                texts::APPLICANT,
                texts::SIGNS_AS_APPLICANT,
                self.proof_alone(payload, &statement.terms),
            ),
        ])
    }

    /// The same release, a second time and for another request.
    fn replays(&self) -> Outcome<Vec<Tried>> {
        let again = match knock(self.lender, self.release) {
            Ok(_) => None,
            Err(refused) => Some(by_inbox(&refused)),
        };
        let other = self.asked_anew()?;
        Ok(vec![
            Tried {
                who: texts::ANYBODY,
                does: texts::SENDS_AGAIN,
                refused: again,
            },
            tried(
                texts::LENDER,
                texts::USES_FOR_ANOTHER,
                self.verified_by(self.release, &other),
            ),
        ])
    }

    /// The lender's own request, rewritten after the fact.
    fn later_request(&self) -> Outcome<Tried> {
        let mut request = self.asked.request.statement().clone();
        let later = request.expires.checked_add((30 * 24).hours());
        request.expires = later.map_err(Failure::internal)?;
        let request = Signed::sign(request, self.lender.signatory.key());
        let refused = self.verified_by(self.release, &request);
        Ok(tried(texts::LENDER, texts::REWRITES_REQUEST, refused))
    }

    /// A new request like the one that was answered.
    fn asked_anew(&self) -> Outcome<Signed<ScoreRequest>> {
        let old = self.asked.request.statement().clone();
        let wanted = Wanted {
            purpose: old.purpose,
            platform: old.platform,
            scheme: old.scheme,
            scorecards: old.scorecards,
            sources: old.sources,
            self_declared: old.self_declared,
            outputs: old.outputs,
            storage_days: old.storage_days,
            expires: old.expires,
        };
        ask(&self.lender.signatory, wanted, self.lender.now()).map_err(Failure::internal)
    }

    fn verified(&self, release: &[u8]) -> Result<(), VerifyError> {
        self.verified_by(release, &self.asked.request)
    }

    fn verified_by(
        &self,
        release: &[u8],
        request: &Signed<ScoreRequest>,
    ) -> Result<(), VerifyError> {
        let verification = Verification {
            registry: &self.lender.registry,
            request,
            scheme: &self.scheme,
            scorecard: &self.scorecard,
            histories: &[],
            now: self.lender.now(),
        };
        verify(release, &verification).map(|_| ())
    }

    /// What the proof of opening says of these terms, whoever signed them.
    fn proof_alone(&self, payload: &[u8], terms: &ReleaseTerms) -> Result<(), VerifyError> {
        let parts = Parts::from_bytes(payload)?;
        let key = admit_public_key(parts.public_key)?;
        let evaluation = Evaluation::admit(parts.evaluation)?;
        let header = evaluation.header();
        let participants = header.histories.iter().map(|history| Participant {
            source: history.source.clone(),
            roles: history.roles.iter().cloned().collect(),
        });
        let lineup = Lineup::new(header.form, participants.collect())?;
        let plan = Plan::compile(&self.scheme, &self.scorecard, &lineup)?;
        let phases = terms.phases.iter();
        let phases = phases.map(|phase| phase.wrapping_shl(PHASE_STEP_LOG2));
        let opening = Opening::new(terms.shifted, phases.collect());
        let statement = plan.statement(&key, evaluation.result(), &opening, &terms.context())?;
        proof::verify(&statement, &Proof::from_bytes(parts.proof)?)?;
        Ok(())
    }
}

/// Asks the proof alone about the release as it came: it holds. What the panel
/// shows of changed terms means nothing without that.
#[cfg(test)]
pub(super) fn proof_holds_unchanged(lender: &Lender, asked: &Asked, release: Digest) -> bool {
    let bytes = lender.store.release(release).unwrap();
    let (signed, payload) = envelope::open::<Signed<Release>>(&bytes, PARAMETER_ID).unwrap();
    let terms = &signed.statement().terms;
    let (scorecard, scheme) = lender
        .card(asked.request.statement().scheme, terms.scorecard)
        .unwrap();
    let held = Held {
        lender,
        asked,
        release: &bytes,
        scheme,
        scorecard,
    };
    held.proof_alone(payload, terms).is_ok()
}

fn tried(who: &'static str, does: &'static str, outcome: Result<(), VerifyError>) -> Tried {
    let refused = outcome.err().map(|error| {
        let (check, number) = texts::check_of(&error);
        let words = error.to_string();
        RefusedBy {
            check,
            number,
            words,
        }
    });
    Tried { who, does, refused }
}

fn by_inbox(refused: &AtInbox) -> RefusedBy {
    let (check, number, words) = refused.check();
    RefusedBy {
        check,
        number,
        words,
    }
}

/// A key that nobody knows, for whoever signs with a key of their own.
fn own_key() -> Outcome<SigningKey> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(Failure::internal)?;
    Ok(SigningKey::from_bytes(&seed))
}
