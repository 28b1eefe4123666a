//! An order is carried out: checked and computed by the evaluator, then counted,
//! signed, logged and kept in one transaction, and only then answered.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use blindscore_evaluator::{
    Answer, AttestedHistory, Gathered, Order, OrderError, Vouching, admit_public_key,
};
use blindscore_history::scheme::Scheme;
use blindscore_protocol::api::{Answered, EvaluationAnswer, EvaluationOrder, Message, ProblemKind};
use blindscore_protocol::consent::{Binding, ConsentRecord, ConsentRefusal, ConsentState};
use blindscore_protocol::envelope;
use blindscore_protocol::log::EntryKind;
use blindscore_protocol::message::ScoreRequest;
use blindscore_scorecard::Scorecard;
use jiff::Timestamp;

use super::consents::of_caller;
use super::{platform, statement};
use crate::app::{App, Shared};
use crate::auth::Caller;
use crate::pool::Place;
use crate::refusal::Refusal;
use crate::store::consents::StoredConsent;
use crate::store::evaluations::{Done, StoredEvaluation};
use crate::store::histories::StoredHistory;

/// What an order is computed from.
struct Inputs {
    key: Vec<u8>,
    request: Vec<u8>,
    scheme: Arc<Scheme>,
    scorecards: Vec<Arc<Scorecard>>,
    histories: Vec<StoredHistory>,
    /// Their bytes, in the same order.
    sealed: Vec<Vec<u8>>,
    consent: ConsentRecord,
    stored: StoredConsent,
    now: Timestamp,
}

/// Carries an order out, or gives the answer that its idempotency key had
/// before: whether it is new.
pub(super) async fn carry_out(
    app: &App,
    caller: &Caller,
    order: &EvaluationOrder,
    idempotency_key: &str,
    place: &Place,
) -> Result<(bool, EvaluationAnswer), Refusal> {
    // One after the other, for one consent: a use has one number.
    let _turn = app.turns.take(order.consent.as_bytes()).await;
    let body = caller.body_digest();
    if let Some(done) = app.store.done(caller.key(), idempotency_key).await? {
        if done.body != body {
            return Err(Refusal::new(
                ProblemKind::IdempotencyKeyReused,
                "this Idempotency-Key belongs to another order: draw a new one for each",
            ));
        }
        return Ok((false, answer_of(app, &done).await?));
    }
    let mut inputs = gather(app, caller, order).await?;
    let consent = inputs.consent.clone();
    let next = place.next().await?;
    for history in &inputs.histories {
        inputs.sealed.push(app.objects.read(&history.object).await?);
    }
    let start = Instant::now();
    let compute = {
        let (app, span) = (app.clone(), tracing::info_span!("evaluate"));
        move || span.in_scope(|| compute(&app, inputs))
    };
    let (answers, now) = place.run(compute).await??;
    drop(next);
    app.metrics.evaluated(answers.len(), start.elapsed());
    let done = Done {
        body,
        consent: consent.id(),
        consent_use: consent_use(&answers),
    };
    let kept = commit(app, caller, idempotency_key, &consent, answers, &done, now).await?;
    let uses = consent.binding().uses;
    Ok((true, answer(app, &done, uses, kept).await?))
}

/// Everything that the order names, for a caller who may name it.
async fn gather(app: &App, caller: &Caller, order: &EvaluationOrder) -> Result<Inputs, Refusal> {
    let stored = of_caller(app, caller, order.consent).await?;
    let consent = stored.read();
    let consent = consent.ok_or_else(|| Refusal::internal("a stored consent cannot be read"))?;
    let binding = consent.binding();
    once("scorecards", &order.scorecards)?;
    once("histories", &order.histories)?;
    let now = app.now();
    // Said before what was deleted is missed; the evaluator looks again.
    let over = match stored.state(&consent, now) {
        ConsentState::Withdrawn => Some(ConsentRefusal::Withdrawn),
        ConsentState::UsedUp => Some(ConsentRefusal::UsedUp { uses: binding.uses }),
        ConsentState::Expired => Some(ConsentRefusal::Expired {
            until: binding.valid_until,
        }),
        ConsentState::NotYet | ConsentState::Given { .. } => None,
    };
    if let Some(refusal) = over {
        return Err(OrderError::Consent(refusal).into());
    }
    let key = app.store.key(binding.applicant_key).await?;
    let key = key.ok_or_else(|| Refusal::internal("a consent without its key"))?;
    let request = app.store.request(binding.request).await?;
    let request = request.ok_or_else(|| {
        Refusal::refused("the lender's request is no longer held here: hand it in again")
    })?;
    let scheme = app.scheme(binding.scheme).await?;
    let mut scorecards = Vec::with_capacity(order.scorecards.len());
    for digest in &order.scorecards {
        scorecards.push(app.scorecard(*digest, &scheme).await?);
    }
    let mut histories = Vec::with_capacity(order.histories.len());
    for digest in &order.histories {
        let history = app.store.history(*digest).await?;
        // Another applicant's is none that there is.
        let history = history
            .filter(|history| history.entry.applicant_key == binding.applicant_key)
            .ok_or_else(|| Refusal::not_found("history under this consent's key"))?;
        if history.deleted {
            return Err(Refusal::gone(
                "the history was deleted: its consent is over",
            ));
        }
        histories.push(history);
    }
    Ok(Inputs {
        key: key.message,
        request,
        scheme,
        scorecards,
        sealed: Vec::with_capacity(histories.len()),
        histories,
        consent,
        stored,
        now,
    })
}

/// A list that names at least one and each once, as many as a consent may.
fn once<T: Ord>(what: &str, list: &[T]) -> Result<(), Refusal> {
    let all: BTreeSet<_> = list.iter().collect();
    if all.len() == list.len() && (1..=Binding::LIST_MAX).contains(&list.len()) {
        return Ok(());
    }
    let most = Binding::LIST_MAX;
    Err(Refusal::malformed(format!(
        "name 1 to {most} {what}, each once"
    )))
}

/// The evaluator's part: every check, then the evaluation, then the receipts.
/// The use is counted here in a register of this consent alone; it counts for
/// everybody when [`commit`] wrote it down.
fn compute(app: &Shared, inputs: Inputs) -> Result<(Vec<Answer>, Timestamp), Refusal> {
    let registry = app.home.registry();
    let key = admit_public_key(&inputs.key).map_err(Refusal::internal)?;
    let request = statement::<ScoreRequest>(&inputs.request)?;
    let vouching = Vouching {
        registry: &registry,
        key: &key,
        scheme: &inputs.scheme,
        now: inputs.now,
    };
    let mut admitted = Vec::with_capacity(inputs.histories.len());
    for (history, sealed) in inputs.histories.iter().zip(&inputs.sealed) {
        let attestation = &history.message;
        admitted.push(AttestedHistory::admit(&vouching, sealed, attestation)?);
    }
    let histories = Gathered::new(admitted)?;
    let scorecards: Vec<_> = inputs.scorecards.iter().map(AsRef::as_ref).collect();
    let order = Order {
        registry: &registry,
        key: &key,
        scheme: &inputs.scheme,
        scorecards: &scorecards,
        request: &request,
        consent: &inputs.consent,
        histories: &histories,
        now: inputs.now,
    };
    let mut register = inputs.stored.register(app.home.id())?;
    let run = order
        .authorise(app.home.id())?
        .begin::<OrderError>(&mut register, |_| Ok(()))?;
    Ok((run.answers(&app.home.signatory)?, inputs.now))
}

fn consent_use(answers: &[Answer]) -> u32 {
    let first = answers.first();
    first.map_or(0, |answer| answer.receipt.statement().consent_use)
}

/// Use, receipts, results, log and idempotency key: all of it or none. Gives
/// what is on disk then.
async fn commit(
    app: &App,
    caller: &Caller,
    idempotency_key: &str,
    consent: &ConsentRecord,
    answers: Vec<Answer>,
    done: &Done,
    now: Timestamp,
) -> Result<Vec<StoredEvaluation>, Refusal> {
    let binding = consent.binding();
    let held_until = if done.consent_use >= binding.uses {
        let collect = app.config.retention.collect;
        let until = now.checked_add(collect).unwrap_or(Timestamp::MAX);
        until.min(binding.valid_until)
    } else {
        binding.valid_until
    };
    let mut writing = app.store.write().await?;
    writing.take(&caller.nonce()).await?;
    let counted = writing
        .count_use(consent.id(), done.consent_use, held_until)
        .await?;
    if !counted {
        return Err(Refusal::new(
            ProblemKind::Conflict,
            "the consent was used or withdrawn in between; nothing was counted: send the order again",
        ));
    }
    let mut kept = Vec::with_capacity(answers.len());
    for (position, answer) in answers.into_iter().enumerate() {
        let receipt = answer.receipt.digest();
        let log_index = writing.append(EntryKind::Receipt, receipt, now).await?;
        let stored = StoredEvaluation {
            receipt,
            consent: consent.id(),
            consent_use: done.consent_use,
            scorecard: answer.evaluation.header().scorecard,
            message: answer.evaluation.to_bytes(),
            signed_receipt: envelope::close(&answer.receipt, &[]),
            log_index,
            deleted: false,
        };
        writing.keep_evaluation(&stored, position).await?;
        kept.push(stored);
    }
    writing
        .keep_done(caller.key(), idempotency_key, done)
        .await?;
    writing.commit(&app.home.signatory, now).await?;
    Ok(kept)
}

/// The answer that was given before, as it is on disk.
async fn answer_of(app: &App, done: &Done) -> Result<EvaluationAnswer, Refusal> {
    let stored = app.store.consent(done.consent).await?;
    let record = stored.and_then(|stored| stored.read());
    let record = record.ok_or_else(|| Refusal::internal("a use without its consent"))?;
    let evaluations = app
        .store
        .evaluations(done.consent, done.consent_use)
        .await?;
    if evaluations.iter().any(|evaluation| evaluation.deleted) {
        return Err(Refusal::gone(
            "the results were deleted: their consent is over",
        ));
    }
    answer(app, done, record.binding().uses, evaluations).await
}

/// The answer to an order whose evaluations are on disk.
async fn answer(
    app: &App,
    done: &Done,
    consent_uses: u32,
    evaluations: Vec<StoredEvaluation>,
) -> Result<EvaluationAnswer, Refusal> {
    let answered = |stored: StoredEvaluation| Answered {
        scorecard: stored.scorecard,
        receipt: stored.receipt,
        log_index: stored.log_index,
        evaluation: Message(stored.message),
        signed_receipt: Message(stored.signed_receipt),
    };
    Ok(EvaluationAnswer {
        consent: done.consent,
        consent_use: done.consent_use,
        consent_uses,
        answers: evaluations.into_iter().map(answered).collect(),
        head: platform::head(app).await?,
    })
}
