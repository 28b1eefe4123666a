//! Evaluations and their receipts.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use blindscore_protocol::api::{EvaluationAnswer, EvaluationOrder, Problem};

use super::consents::of_caller;
use super::order::carry_out;
use super::{SMALL, detached, json, message, named, taken};
use crate::app::{App, Shared};
use crate::auth::Caller;
use crate::refusal::Refusal;
use crate::store::evaluations::StoredEvaluation;

/// Evaluate scorecards under a consent
///
/// By the applicant, or by the lender that the consent names. Costs one use of
/// the consent, for all scorecards together. Use, receipts and log entries are
/// on disk, together, before the answer leaves; the same Idempotency-Key gives
/// the same answer and costs nothing more.
#[utoipa::path(post, path = "/v1/evaluations", tag = "applicant",
    request_body = EvaluationOrder,
    params(("Idempotency-Key" = String, Header, description = "16 to 128 visible ASCII characters")),
    security(("signature" = [])),
    responses((status = 201, body = EvaluationAnswer), (status = 200, body = EvaluationAnswer),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn order(
    State(app): State<App>,
    caller: Caller,
    body: Body,
) -> Result<Response, Refusal> {
    let idempotency_key = caller.idempotency_key()?.to_owned();
    let place = app.pool.enter()?;
    let bytes = caller.body(body, SMALL, None).await?;
    let order: EvaluationOrder = json(&bytes)?;
    detached(async move {
        let (new, answer) = carry_out(&app, &caller, &order, &idempotency_key, &place).await?;
        Ok(taken(new, &answer))
    })
    .await
}

/// An evaluation
///
/// For the applicant and for the lender that the consent names.
#[utoipa::path(get, path = "/v1/evaluations/{receipt}", tag = "applicant",
    params(("receipt" = String, Path, description = "Digest of its receipt")),
    security(("signature" = [])),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn fetch(
    State(app): State<App>,
    caller: Caller,
    Path(receipt): Path<String>,
    body: Body,
) -> Result<Response, Refusal> {
    caller.body(body, 0, None).await?;
    let stored = find(&app, &caller, &receipt).await?;
    if stored.deleted {
        return Err(Refusal::gone("the result was deleted: its consent is over"));
    }
    Ok(message(stored.message))
}

/// The receipt for an evaluation
///
/// For the applicant and for the lender that the consent names; it stays.
#[utoipa::path(get, path = "/v1/receipts/{receipt}", tag = "applicant",
    params(("receipt" = String, Path, description = "Its digest")),
    security(("signature" = [])),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn receipt(
    State(app): State<App>,
    caller: Caller,
    Path(receipt): Path<String>,
    body: Body,
) -> Result<Response, Refusal> {
    caller.body(body, 0, None).await?;
    Ok(message(find(&app, &caller, &receipt).await?.signed_receipt))
}

async fn find(app: &Shared, caller: &Caller, receipt: &str) -> Result<StoredEvaluation, Refusal> {
    let stored = app.store.evaluation(named(receipt)?).await?;
    let stored = stored.ok_or_else(|| Refusal::not_found("receipt"))?;
    match of_caller(app, caller, stored.consent).await {
        Ok(_) => Ok(stored),
        Err(_) => Err(Refusal::not_found("receipt")),
    }
}
