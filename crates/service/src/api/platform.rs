//! The platform itself: who it is, whom it believes, what it holds.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use blindscore_protocol::api::{Holdings, PlatformInfo, Problem, RegistryTaken};
use blindscore_protocol::registry::Registry;

use super::{document, text};
use crate::app::{App, head_of};
use crate::auth::{Anybody, Operator, whole};
use crate::error::ServiceError;
use crate::refusal::Refusal;

/// Consents and histories that are listed.
const LISTED: u32 = 1000;

/// Who this platform is
///
/// Its name is what signed requests carry in their tag.
#[utoipa::path(get, path = "/v1/platform", tag = "platform",
    responses((status = 200, body = PlatformInfo), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn about(
    State(app): State<App>,
    _: Anybody,
) -> Result<Json<PlatformInfo>, Refusal> {
    let hours = app.config.retention.collect.as_secs() / 3600;
    Ok(Json(PlatformInfo {
        platform: app.home.id().clone(),
        key: app.home.signatory.verifying_key(),
        registry: app.home.registry().digest(),
        time: app.now(),
        upload_max: app.config.limits.upload_max as u64,
        collect_hours: u32::try_from(hours).unwrap_or(u32::MAX),
    }))
}

/// Whom this platform believes
///
/// The registry file as it is. Every caller brings its own; this one says whose
/// requests are taken here.
#[utoipa::path(get, path = "/v1/registry", tag = "platform",
    responses((status = 200, body = Object), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn registry(State(app): State<App>, _: Anybody) -> Response {
    document(app.home.registry().to_json())
}

/// Put another registry in place
///
/// The platform itself must be in it with its key.
#[utoipa::path(put, path = "/v1/registry", tag = "operator", request_body = Object,
    security(("operator" = [])),
    responses((status = 200, body = RegistryTaken), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn replace_registry(
    State(app): State<App>,
    _: Operator,
    body: Body,
) -> Result<Json<RegistryTaken>, Refusal> {
    let bytes = whole(body, Registry::JSON_MAX).await?;
    let registry = Registry::from_json(text(&bytes)?).map_err(Refusal::refused)?;
    let now = app.now();
    match app.home.replace_registry(&registry, now) {
        Ok(()) => Ok(Json(RegistryTaken {
            registry: registry.digest(),
            parties: registry.parties().len() as u64,
        })),
        Err(error @ ServiceError::Untrusted(_)) => Err(Refusal::refused(error)),
        Err(error) => Err(error.into()),
    }
}

/// What this platform holds
///
/// Ids, sizes and times: there is nothing else to see.
#[utoipa::path(get, path = "/v1/holdings", tag = "operator", security(("operator" = [])),
    responses((status = 200, body = Holdings), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn holdings(
    State(app): State<App>,
    _: Operator,
) -> Result<Json<Holdings>, Refusal> {
    Ok(Json(crate::holdings::holdings(&app, LISTED).await?))
}

pub(super) async fn head(app: &App) -> Result<blindscore_protocol::api::LogHead, Refusal> {
    head_of(&*app.store.book().await?)
}
