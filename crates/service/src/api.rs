//! The routes.

use std::future::Future;

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_protocol::envelope;
use blindscore_protocol::sign::{Signed, Statement};
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::refusal::Refusal;

mod consents;
mod evaluations;
mod histories;
mod keys;
mod log;
mod order;
mod platform;
mod requests;
mod scorecards;
mod withdrawals;

/// Largest body of a route that takes JSON or a signed statement: an envelope
/// with the largest header, and room around it.
pub(crate) const SMALL: usize = 128 << 10;

/// All routes under `/v1`, with their documentation.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(platform::about))
        .routes(routes!(platform::registry, platform::replace_registry))
        .routes(routes!(platform::holdings))
        .routes(routes!(scorecards::schemes))
        .routes(routes!(scorecards::scheme))
        .routes(routes!(scorecards::list, scorecards::publish))
        .routes(routes!(scorecards::fetch))
        .routes(routes!(keys::take))
        .routes(routes!(keys::fetch))
        .routes(routes!(requests::take))
        .routes(routes!(requests::fetch))
        .routes(routes!(histories::take, histories::list))
        .routes(routes!(histories::fetch))
        .routes(routes!(histories::attestation))
        .routes(routes!(consents::take))
        .routes(routes!(consents::fetch))
        .routes(routes!(consents::evaluations))
        .routes(routes!(withdrawals::take))
        .routes(routes!(evaluations::order))
        .routes(routes!(evaluations::fetch))
        .routes(routes!(evaluations::receipt))
        .routes(routes!(log::head))
        .routes(routes!(log::entries))
        .routes(routes!(log::inclusion))
        .routes(routes!(log::consistency))
}

/// Runs to its end although the caller goes away: what was begun in the
/// database is never left half way.
async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refusal>> + Send + 'static,
) -> Result<T, Refusal> {
    tokio::spawn(work).await.map_err(Refusal::internal)?
}

/// A new thing, or one that was here.
fn taken(new: bool, about: &impl Serialize) -> Response {
    let status = if new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    (status, axum::Json(about)).into_response()
}

/// Bytes of a message.
fn message(bytes: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response()
}

/// A JSON document that was stored as text.
fn document(json: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], json).into_response()
}

fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(bytes).map_err(Refusal::malformed)
}

fn text(bytes: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(bytes).map_err(Refusal::malformed)
}

/// A name in a path: a digest, an application's id.
fn named<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, Refusal> {
    text.parse()
        .map_err(|error: T::Err| Refusal::malformed(error))
}

/// A signed statement in its envelope. Nobody is believed yet.
fn statement<S: Statement>(bytes: &[u8]) -> Result<Signed<S>, Refusal> {
    let (signed, _) =
        envelope::open::<Signed<S>>(bytes, PARAMETER_ID).map_err(Refusal::malformed)?;
    Ok(signed)
}
