//! The applicant's side: the key, and what only the key can do.

use blindscore_evaluator::{
    Ciphertexts, EvaluateError, Evaluation, Participant, Plan, PreparedHistory, SealedHistory,
    public_key_message,
};
use blindscore_fhe::parameters::{decode, encode};
pub use blindscore_fhe::secret::SealFault;
use blindscore_fhe::secret::{SecretPolynomial, generate};
use blindscore_fhe::{KeyOrigin, PublicKey};
use blindscore_history::digest::{Digest, Framed};
use blindscore_history::form::Form;
use blindscore_history::label;
use blindscore_history::levels::{ApplicantLevels, LevelsError, SourceLevels};
use blindscore_history::scheme::{LineKind, Scheme};
use blindscore_protocol::id::ApplicationId;
use blindscore_protocol::message::{EvaluatedHistory, EvaluationHeader};
use blindscore_protocol::person::PersonSalt;
use blindscore_protocol::sign::Signature;
use blindscore_scorecard::{Explanation, ScoreError, Scorecard};
use ed25519_dalek::SigningKey;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::entropy::{EntropyError, fresh};

mod consent;
mod credential;
mod declare;
mod release;
mod review;

pub use consent::{Choice, Draft};
pub use credential::ExportError;
pub use declare::{Declaration, DeclareError};
pub use release::{PHASES_MAX, PhaseCount, PhaseLedger, PhaseLedgerError, ReleaseError, Released};
pub use review::{CheckedScore, Review, ReviewError};

/// Largest noise of an honest packed score: eight deviations of the worst
/// plan with spread tables (all entries at their largest, 510), 2^39.3.
const PACKED_NOISE_BOUND: u64 = 677_000_000_000;

/// An applicant's key for one application. Only it opens what was sealed to
/// its public half; wiped on drop.
pub struct SecretKey {
    pub(crate) signing: SigningKey,
    pub(crate) secret: SecretPolynomial,
    pub(crate) public: PublicKey,
}

/// A score that its applicant opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct OpenedScore {
    scorecard: Digest,
    shifted: u32,
    published: i64,
}

/// Why a result was not opened, or not believed. Nothing must be released.
#[derive(Debug, Error)]
pub enum OpenError {
    /// For another key.
    #[error(
        "what is to be opened was made for key {got}, this is key {want}: open it with the key of its application"
    )]
    OtherKey {
        /// The key it was made for.
        got: Digest,
        /// This key.
        want: Digest,
    },
    /// For another plan or scorecard.
    #[error(
        "the evaluation was made under plan {got}, the scorecard and sources given make {want}: give those that the platform used"
    )]
    OtherPlan {
        /// The evaluation's plan.
        got: Digest,
        /// The plan given.
        want: Digest,
    },
    /// An output with more noise than an honest evaluation leaves.
    #[error(
        "output {output} of the evaluation does not open within its bound: the platform or a source is at fault, do not release this score"
    )]
    Bound {
        /// 0 is the score, from 1 on canaries.
        output: usize,
    },
    /// A score that the scorecard cannot give.
    #[error(
        "the evaluation opens to a score outside the scorecard's range: the platform or a source is at fault, do not release this score"
    )]
    Range,
    /// The levels give another score.
    #[error(
        "the opened score is not what these levels give under scorecard {scorecard}: the platform or a source is at fault, do not release this score"
    )]
    NotTheLevels {
        /// The scorecard.
        scorecard: Digest,
    },
    /// Running it again gives something else.
    #[error(
        "the evaluation, run again on the same sealed histories, gives other bytes: the platform did not do what it says, do not release this score"
    )]
    OtherBytes,
    /// Histories that the plan cannot be run on again.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// A sealed history that no honest source sends.
    #[error(transparent)]
    Seal(#[from] SealFault),
    /// Levels outside the scheme's ranges, or of another scheme.
    #[error(transparent)]
    Levels(#[from] LevelsError),
    /// A scorecard that does not fit the levels.
    #[error(transparent)]
    Score(#[from] ScoreError),
}

/// Draws the id of a new application, before its key is made.
///
/// # Errors
/// The operating system gives no randomness.
pub fn draw_application_id() -> Result<ApplicationId, EntropyError> {
    Ok(ApplicationId::new(*fresh::<16>()?))
}

/// Runs an evaluation again on the sealed histories that it names, and wants
/// the same message, byte for byte: the platform computed this plan on these
/// histories and put nothing else into the result. Needs no secret, so anybody
/// can; [`SecretKey::open`] does not do it by itself.
///
/// # Errors
/// Histories that are not the plan's; other bytes.
pub fn re_execute(
    plan: &Plan,
    key: &PublicKey,
    histories: &[&PreparedHistory],
    evaluation: &Evaluation,
) -> Result<(), OpenError> {
    let again = plan.evaluate(key, histories)?;
    if again.to_bytes() == evaluation.to_bytes() {
        Ok(())
    } else {
        Err(OpenError::OtherBytes)
    }
}

impl SecretKey {
    /// Generates the key of an application from the operating system's
    /// randomness.
    ///
    /// # Errors
    /// The operating system gives no randomness.
    pub fn generate(application: ApplicationId) -> Result<Self, EntropyError> {
        Ok(Self::from_seed(application, &*fresh::<32>()?))
    }

    /// Generates the key from a 32-byte secret seed: the same seed, the same
    /// key. For tests, and for callers with a random source of their own.
    pub fn from_seed(application: ApplicationId, seed: &[u8; 32]) -> Self {
        // The first bytes of the stream are the digest, without a copy of it.
        let part = |name: &[u8]| {
            let mut part = Zeroizing::new([0; 32]);
            Framed::keyed(seed, label::APPLICANT)
                .bytes(name)
                .stream()
                .fill(&mut *part);
            part
        };
        let signing = SigningKey::from_bytes(&part(b"signing"));
        let origin = KeyOrigin {
            signing_key: signing.verifying_key().to_bytes(),
            application_id: *application.as_bytes(),
            nonce: *part(b"nonce"),
        };
        let (secret, public) = generate(origin, &part(b"lattice"));
        Self {
            signing,
            secret,
            public,
        }
    }

    /// The public half, which sources seal to.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// The message that takes the public half to sources and platform.
    pub fn public_key_message(&self) -> Vec<u8> {
        let id = self.public.id();
        let possession = Signature::sign(&self.signing, label::KEY_POSSESSION, &id);
        public_key_message(&self.public, possession)
    }

    /// The salt of the commitment to the person behind this application. It
    /// goes to the sources and to nobody else.
    pub fn person_salt(&self) -> PersonSalt {
        let mut salt = Zeroizing::new([0; 32]);
        Framed::keyed(self.signing.as_bytes(), label::PERSON_SALT)
            .stream()
            .fill(&mut *salt);
        PersonSalt::new(*salt)
    }

    /// The application that the key serves.
    pub fn application(&self) -> ApplicationId {
        ApplicationId::new(self.public.origin().application_id)
    }

    /// Opens a score and checks all that the opening itself can show: that it
    /// is for this key, plan and lineup, that score and canaries lie within
    /// their noise bounds, that the score is in the scorecard's range. Whether
    /// the platform computed it from the histories that it names,
    /// [`re_execute`] shows.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn open(
        &self,
        plan: &Plan,
        scorecard: &Scorecard,
        evaluation: &Evaluation,
    ) -> Result<OpenedScore, OpenError> {
        let header = evaluation.header();
        let key = self.public.id();
        if header.applicant_key != key {
            return Err(OpenError::OtherKey {
                got: header.applicant_key,
                want: key,
            });
        }
        let fits = plan.scorecard() == scorecard.digest()
            && evaluation.result().outputs() == plan.outputs();
        if !fits || !is_of_plan(header, plan) {
            return Err(OpenError::OtherPlan {
                got: header.plan,
                want: plan.digest(),
            });
        }
        let phases = self.secret.output_phases(evaluation.result());
        let shifted = decode(phases[0]);
        let bound = match plan.form() {
            Form::Packed => PACKED_NOISE_BOUND,
            Form::Composable => plan.canary_bound(),
        };
        for (output, phase) in phases.iter().enumerate() {
            let want = if output == 0 {
                shifted
            } else {
                plan.canary(output)
            };
            let noise = phase.wrapping_sub(encode(want)) as i64;
            if noise.unsigned_abs() > bound {
                return Err(OpenError::Bound { output });
            }
        }
        let shifted = u32::try_from(shifted).ok().filter(|s| *s <= plan.span());
        let shifted = shifted.ok_or(OpenError::Range)?;
        let published = scorecard.published(shifted)?;
        Ok(OpenedScore {
            scorecard: scorecard.digest(),
            shifted,
            published,
        })
    }

    /// Looks into a history sealed to this key: the levels that the source
    /// sent, each ciphertext checked for the shape and the noise of an honest
    /// seal. A single line that was not sent is level 0, not known.
    ///
    /// # Errors
    /// Another key or scheme; a ciphertext that no honest source sends.
    pub fn look_into(
        &self,
        history: &SealedHistory,
        scheme: &Scheme,
    ) -> Result<SourceLevels, OpenError> {
        let header = history.header();
        if header.applicant_key != self.public.id() {
            let (got, want) = (header.applicant_key, self.public.id());
            return Err(OpenError::OtherKey { got, want });
        }
        let levels = match history.ciphertexts() {
            Ciphertexts::Packed(packed) => self.secret.open_packed(packed, scheme)?,
            Ciphertexts::Composable(composable) => {
                let open = |cell: &Option<_>| cell.as_ref().map(|cell| self.secret.open_cell(cell));
                let cells: Vec<Option<u32>> = composable
                    .cells()
                    .iter()
                    .map(|cell| open(cell).transpose())
                    .collect::<Result<_, _>>()?;
                levels_from_cells(scheme, &cells)
            }
        };
        Ok(SourceLevels::from_levels(
            scheme,
            header.as_of,
            header.covered_months,
            levels,
        )?)
    }
}

/// Whether a header says what the plan says: digests, form, and who took part
/// as what. The plan does not know the as-of date and the ciphertexts.
fn is_of_plan(header: &EvaluationHeader, plan: &Plan) -> bool {
    let participants = plan.lineup().participants();
    let took_part = |history: &EvaluatedHistory, participant: &Participant| {
        history.source == participant.source && history.roles.iter().eq(&participant.roles)
    };
    header.plan == plan.digest()
        && header.scorecard == plan.scorecard()
        && header.scheme == plan.scheme()
        && header.form == plan.form()
        && header.histories.len() == participants.len()
        && header
            .histories
            .iter()
            .zip(participants)
            .all(|(history, participant)| took_part(history, participant))
}

/// Adds increments up to levels; sums add up their members.
fn levels_from_cells(scheme: &Scheme, cells: &[Option<u32>]) -> Vec<u32> {
    let windows = scheme.line_windows();
    let mut levels: Vec<u32> = Vec::with_capacity(windows.len());
    for (index, window) in windows.iter().enumerate() {
        let sent = cells[index].unwrap_or(0);
        let before = if window.window == 0 {
            0
        } else {
            levels[index - 1]
        };
        levels.push(match scheme.lines()[window.line].kind() {
            LineKind::Pooled(_) => sent.saturating_add(before),
            LineKind::Single(_) | LineKind::Column(_) => sent,
            LineKind::Sum(_) => 0,
        });
    }
    for (index, window) in windows.iter().enumerate() {
        if let LineKind::Sum(sum) = scheme.lines()[window.line].kind() {
            let members = sum
                .members()
                .iter()
                .filter_map(|line| scheme.first_window(*line));
            levels[index] = members.map(|first| levels[first + window.window]).sum();
        }
    }
    levels
}

impl OpenedScore {
    /// `S`: the raw score above the scorecard's least.
    pub fn shifted(&self) -> u32 {
        self.shifted
    }

    /// The score on the scorecard's published scale.
    pub fn published(&self) -> i64 {
        self.published
    }

    /// Points a characteristic and reasons, from the applicant's own levels,
    /// after checking that they give exactly this score.
    ///
    /// # Errors
    /// The levels give another score, or do not fit the scorecard.
    pub fn explain(
        &self,
        scheme: &Scheme,
        scorecard: &Scorecard,
        levels: &ApplicantLevels,
    ) -> Result<Explanation, OpenError> {
        let explanation = scorecard.explain(scheme, levels)?;
        let same = self.scorecard == scorecard.digest()
            && explanation.score.shifted == self.shifted
            && explanation.score.published == self.published;
        if !same {
            return Err(OpenError::NotTheLevels {
                scorecard: scorecard.digest(),
            });
        }
        Ok(explanation)
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretKey")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for OpenedScore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OpenedScore(..)")
    }
}
