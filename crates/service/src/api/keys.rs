//! Applicants' public keys.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use blindscore_evaluator::admit_public_key;
use blindscore_protocol::api::{KeyEntry, Problem, ProblemKind};
use blindscore_protocol::id::ApplicationId;
use blindscore_protocol::sign::VerifyingKey;

use super::{SMALL, detached, message, named, taken};
use crate::app::App;
use crate::auth::Caller;
use crate::refusal::Refusal;
use crate::store::public::StoredKey;

/// Hand in an applicant's public key
///
/// Signed by the signing key that the public key names.
#[utoipa::path(post, path = "/v1/keys", tag = "applicant",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    security(("signature" = [])),
    responses((status = 201, body = KeyEntry), (status = 200, body = KeyEntry),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn take(
    State(app): State<App>,
    caller: Caller,
    body: Body,
) -> Result<Response, Refusal> {
    let place = app.pool.enter()?;
    let bytes = caller.body(body, SMALL, None).await?;
    let (key, bytes) = place
        .run(move || admit_public_key(&bytes).map(|key| (key, bytes)))
        .await?
        .map_err(Refusal::refused)?;
    let origin = key.origin();
    let signer = VerifyingKey::new(origin.signing_key);
    if signer != caller.key() {
        return Err(Refusal::forbidden(
            "a public key is handed in by the signing key that it names",
        ));
    }
    let stored = StoredKey {
        application: ApplicationId::new(origin.application_id),
        signer,
        message: bytes.into(),
    };
    detached(async move {
        let mut writing = app.store.write().await?;
        writing.take(&caller.nonce()).await?;
        // Nobody takes an application's name from whoever came with it first.
        if writing.has_other_key(stored.application, key.id()).await? {
            return Err(Refusal::new(
                ProblemKind::Conflict,
                "another key was handed in for this application: one application has one key",
            ));
        }
        let now = app.now();
        let new = writing.keep_key(key.id(), &stored, now).await?;
        writing.commit(&app.home.signatory, now).await?;
        let entry = KeyEntry {
            applicant_key: key.id(),
            application: stored.application,
        };
        Ok(taken(new, &entry))
    })
    .await
}

/// An applicant's public key
///
/// For parties of the registry and for the applicant.
#[utoipa::path(get, path = "/v1/keys/{key}", tag = "applicant",
    params(("key" = String, Path, description = "Id of the key")),
    security(("signature" = [])),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn fetch(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<String>,
    body: Body,
) -> Result<Response, Refusal> {
    caller.body(body, 0, None).await?;
    let stored = app.store.key(named(&key)?).await?;
    match stored {
        Some(stored) if caller.party().is_some() || caller.key() == stored.signer => {
            Ok(message(stored.message))
        }
        _ => Err(Refusal::not_found("key")),
    }
}
