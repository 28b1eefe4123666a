//! All roles in one process: the function that the demo, the tests and the
//! benches stand on.
//!
//! Every message is encoded to bytes and admitted again on the way, so what
//! runs here is what runs between machines.

use std::time::{Duration, Instant};

use blindscore_client::EntropyError;
use blindscore_client::applicant::{
    OpenError, OpenedScore, SecretKey, draw_application_id, re_execute,
};
use blindscore_client::source::{SealError, SealRequest, Source};
use blindscore_evaluator::{
    EvaluateError, Evaluation, Lineup, MessageError, Plan, PlanError, PreparedHistory,
    SealedHistory, admit_public_key,
};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::levels::{
    ApplicantLevels, CoverageRule, LevelsError, Part, Role, SourceLevels,
};
use blindscore_history::scheme::Scheme;
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_scorecard::{Explanation, PlainScore, ScoreError, Scorecard};
use thiserror::Error;

/// One data holder's part.
#[derive(Clone, Copy, Debug)]
pub struct Holder<'a> {
    /// The holder, with its sealing key.
    pub source: &'a Source,
    /// Roles that the application assigns to it.
    pub roles: &'a [Role],
    /// Levels that it built from its own customer's statement.
    pub levels: &'a SourceLevels,
}

/// Who takes a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// The person whose score it is.
    Applicant,
    /// A data holder.
    Source(PartyId),
    /// The party that computes blind.
    Platform,
}

/// A step of the walk.
#[derive(Clone, Debug)]
pub struct Step {
    /// Who took it.
    pub party: Party,
    /// What was done, in the words of the API.
    pub verb: &'static str,
    /// The scorecard that it was done for, if for one.
    pub scorecard: Option<String>,
    /// How long it took.
    pub time: Duration,
    /// Length of the message that came out; 0 if none did.
    pub bytes: usize,
}

/// A score at the end of the walk, beside the plaintext one.
#[derive(Clone, Debug)]
pub struct WalkedScore {
    /// Digest of the scorecard.
    pub scorecard: Digest,
    /// Its name.
    pub name: String,
    /// Who offers it.
    pub provider: String,
    /// What the encrypted evaluation opened to.
    pub opened: OpenedScore,
    /// What the same levels give in the clear.
    pub plain: PlainScore,
    /// Whether both agree, on `S` and on the published score.
    pub equal: bool,
    /// Points a characteristic and reasons.
    pub explanation: Explanation,
    /// The plan that was run.
    pub plan: Plan,
}

/// The whole walk.
#[derive(Clone, Debug)]
pub struct Walk {
    /// Applicant key id.
    pub key: Digest,
    /// What was done, in order.
    pub steps: Vec<Step>,
    /// A score a scorecard.
    pub scores: Vec<WalkedScore>,
}

/// Where the walk ended early.
#[derive(Debug, Error)]
pub enum WalkError {
    /// No randomness for keys.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// A source could not seal.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A message was not admitted.
    #[error(transparent)]
    Message(#[from] MessageError),
    /// A scorecard made no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The platform could not evaluate.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// The applicant could not open, or does not believe, the result.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Levels that do not go together.
    #[error(transparent)]
    Levels(#[from] LevelsError),
    /// A scorecard that does not fit the levels.
    #[error(transparent)]
    Score(#[from] ScoreError),
}

/// Walks an application from key generation to the opened scores, one a
/// scorecard. `seed` makes the application's id and key repeatable, else both
/// are drawn; `watch` is told of each step as it ends.
///
/// # Errors
/// Whatever any party refuses.
pub fn walk(
    scheme: &Scheme,
    scorecards: &[Scorecard],
    holders: &[Holder<'_>],
    form: Form,
    seed: Option<[u8; 32]>,
    watch: &mut dyn FnMut(&Step),
) -> Result<Walk, WalkError> {
    let mut log = Log {
        steps: Vec::new(),
        scorecard: None,
        watch,
    };

    // The applicant makes a key and sends its public half.
    let (secret, public) = log.step(Party::Applicant, "generate key", |bytes| {
        let secret = match seed {
            Some(seed) => SecretKey::from_seed(ApplicationId::new([0x42; 16]), &seed),
            None => SecretKey::generate(draw_application_id()?)?,
        };
        let public = secret.public_key_message();
        *bytes = public.len();
        Ok((secret, public))
    })?;

    // Each source admits the key and seals its own levels to it.
    let mut uploads = Vec::new();
    for holder in holders {
        let party = Party::Source(holder.source.id().clone());
        uploads.push(log.step(party, "seal", |bytes| {
            let key = admit_public_key(&public)?;
            let request = SealRequest {
                key: &key,
                scheme,
                form,
                roles: holder.roles,
                coverage: CoverageRule::Full,
            };
            let message = holder.source.seal(&request, holder.levels)?.to_bytes();
            *bytes = message.len();
            Ok(message)
        })?);
    }

    // The platform admits key and histories once, then runs every scorecard.
    let key = log.step(Party::Platform, "admit key", |_| {
        Ok(admit_public_key(&public)?)
    })?;
    let sealed = log.step(Party::Platform, "admit histories", |_| {
        let admit = |bytes: &Vec<u8>| SealedHistory::admit(bytes, scheme);
        Ok(uploads.iter().map(admit).collect::<Result<Vec<_>, _>>()?)
    })?;
    let prepared = log.step(Party::Platform, "prepare histories", |_| {
        Ok(sealed.iter().map(PreparedHistory::new).collect::<Vec<_>>())
    })?;
    let mut evaluations = Vec::new();
    for scorecard in scorecards {
        log.scorecard = Some(scorecard.name().to_owned());
        let plan = log.step(Party::Platform, "compile plan", |_| {
            let lineup = Lineup::of(&sealed.iter().collect::<Vec<_>>())?;
            Ok(Plan::compile(scheme, scorecard, &lineup)?)
        })?;
        let message = log.step(Party::Platform, "evaluate", |bytes| {
            let histories: Vec<_> = prepared.iter().collect();
            let message = plan.evaluate(&key, &histories)?.to_bytes();
            *bytes = message.len();
            Ok(message)
        })?;
        evaluations.push((scorecard, message));
    }
    log.scorecard = None;

    // The applicant admits the same histories, does the platform's work again
    // and wants the same bytes.
    let (sealed, prepared) = log.step(Party::Applicant, "admit and prepare histories", |_| {
        let admit = |bytes: &Vec<u8>| SealedHistory::admit(bytes, scheme);
        let sealed = uploads.iter().map(admit).collect::<Result<Vec<_>, _>>()?;
        let prepared: Vec<_> = sealed.iter().map(PreparedHistory::new).collect();
        Ok((sealed, prepared))
    })?;
    let mut checked = Vec::new();
    for (scorecard, message) in evaluations {
        log.scorecard = Some(scorecard.name().to_owned());
        checked.push(log.step(Party::Applicant, "run the evaluation again", |_| {
            let lineup = Lineup::of(&sealed.iter().collect::<Vec<_>>())?;
            let plan = Plan::compile(scheme, scorecard, &lineup)?;
            let evaluation = Evaluation::admit(&message)?;
            let histories: Vec<_> = prepared.iter().collect();
            re_execute(&plan, secret.public_key(), &histories, &evaluation)?;
            Ok((scorecard, plan, evaluation))
        })?);
    }
    log.scorecard = None;

    // It looks into what was sealed, opens, and explains.
    let levels = log.step(Party::Applicant, "look into histories", |_| {
        let look = |history| secret.look_into(history, scheme);
        Ok(sealed.iter().map(look).collect::<Result<Vec<_>, _>>()?)
    })?;
    let scores = log.step(Party::Applicant, "open and explain", |_| {
        let roles: Vec<_> = sealed
            .iter()
            .map(|history| history.participant().roles)
            .collect();
        let parts: Vec<_> = levels
            .iter()
            .zip(&roles)
            .map(|(levels, roles)| Part { levels, roles })
            .collect();
        let combined = ApplicantLevels::combine(scheme, &parts)?;
        let open = |(scorecard, plan, evaluation): (&Scorecard, Plan, Evaluation)| {
            let opened = secret.open(&plan, scorecard, &evaluation)?;
            let explanation = opened.explain(scheme, scorecard, &combined)?;
            let plain = plain_score(scheme, scorecard, holders)?;
            Ok(WalkedScore {
                scorecard: scorecard.digest(),
                name: scorecard.name().to_owned(),
                provider: scorecard.provider().to_owned(),
                equal: opened.shifted() == plain.shifted && opened.published() == plain.published,
                opened,
                plain,
                explanation,
                plan,
            })
        };
        checked
            .into_iter()
            .map(open)
            .collect::<Result<Vec<_>, WalkError>>()
    })?;
    Ok(Walk {
        key: key.id(),
        steps: log.steps,
        scores,
    })
}

/// The score in the clear, from what the holders had and not from anything
/// that was sealed.
fn plain_score(
    scheme: &Scheme,
    scorecard: &Scorecard,
    holders: &[Holder<'_>],
) -> Result<PlainScore, WalkError> {
    let roles: Vec<_> = holders
        .iter()
        .map(|holder| holder.roles.iter().cloned().collect())
        .collect();
    let parts: Vec<_> = holders
        .iter()
        .zip(&roles)
        .map(|(holder, roles)| Part {
            levels: holder.levels,
            roles,
        })
        .collect();
    let combined = ApplicantLevels::combine(scheme, &parts)?;
    Ok(scorecard.score(scheme, &combined)?)
}

struct Log<'a> {
    steps: Vec<Step>,
    scorecard: Option<String>,
    watch: &'a mut dyn FnMut(&Step),
}

impl Log<'_> {
    fn step<T>(
        &mut self,
        party: Party,
        verb: &'static str,
        act: impl FnOnce(&mut usize) -> Result<T, WalkError>,
    ) -> Result<T, WalkError> {
        let start = Instant::now();
        let mut bytes = 0;
        let outcome = act(&mut bytes)?;
        let step = Step {
            party,
            verb,
            scorecard: self.scorecard.clone(),
            time: start.elapsed(),
            bytes,
        };
        (self.watch)(&step);
        self.steps.push(step);
        Ok(outcome)
    }
}
