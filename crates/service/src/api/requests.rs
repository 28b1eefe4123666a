//! Lenders' requests for a score.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use blindscore_protocol::api::{Problem, RequestEntry};
use blindscore_protocol::message::ScoreRequest;
use blindscore_protocol::registry::Trade;

use super::{SMALL, detached, message, named, statement, taken};
use crate::app::App;
use crate::auth::{Anybody, Caller};
use crate::refusal::Refusal;

/// Hand in a lender's request
///
/// The lender that it names must have signed it; whoever has it may hand it in.
#[utoipa::path(post, path = "/v1/requests", tag = "lender",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    security(("signature" = [])),
    responses((status = 201, body = RequestEntry), (status = 200, body = RequestEntry),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn take(
    State(app): State<App>,
    caller: Caller,
    body: Body,
) -> Result<Response, Refusal> {
    let bytes = caller.body(body, SMALL, None).await?;
    let request = statement::<ScoreRequest>(&bytes)?;
    let now = app.now();
    let said = request.statement();
    app.home
        .registry()
        .believe(&request, &said.lender, Trade::Lender, said.issued, now)
        .map_err(Refusal::refused)?;
    if said.platform != *app.home.id() {
        let (got, want) = (app.home.id(), &said.platform);
        return Err(Refusal::refused(format!(
            "the request is for platform {want}, this is {got}: send it there"
        )));
    }
    if said.expires <= now {
        return Err(Refusal::refused(
            "the request has expired: ask for a new one",
        ));
    }
    let entry = RequestEntry {
        request: request.digest(),
        lender: said.lender.clone(),
        expires: said.expires,
    };
    detached(async move {
        let mut writing = app.store.write().await?;
        writing.take(&caller.nonce()).await?;
        let new = writing
            .keep_request(entry.request, &entry.lender, &bytes, entry.expires)
            .await?;
        writing.commit(&app.home.signatory, now).await?;
        Ok(taken(new, &entry))
    })
    .await
}

/// A lender's request
///
/// Its digest covers 32 random bytes: who knows it was given it.
#[utoipa::path(get, path = "/v1/requests/{digest}", tag = "lender",
    params(("digest" = String, Path, description = "Digest of the request")),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn fetch(
    State(app): State<App>,
    _: Anybody,
    Path(digest): Path<String>,
) -> Result<Response, Refusal> {
    let bytes = app.store.request(named(&digest)?).await?;
    Ok(message(bytes.ok_or_else(|| Refusal::not_found("request"))?))
}
