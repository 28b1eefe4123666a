//! Schemes and scorecards: public, published by the operator, in the log.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::api::{Problem, Publication, Published, SchemeEntry, ScorecardEntry};
use blindscore_protocol::log::EntryKind;
use blindscore_scorecard::Scorecard;

use super::{detached, document, json, named, taken};
use crate::app::App;
use crate::auth::{Anybody, Operator, whole};
use crate::holdings::{scorecard_entry, scorecards};
use crate::refusal::Refusal;
use crate::store::public::StoredCard;

/// Largest publication: the largest scheme and the largest scorecard, escaped.
const PUBLICATION_MAX: usize = 4 << 20;

/// The schemes of published scorecards
#[utoipa::path(get, path = "/v1/schemes", tag = "scorecards",
    responses((status = 200, body = Vec<SchemeEntry>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn schemes(
    State(app): State<App>,
    _: Anybody,
) -> Result<Json<Vec<SchemeEntry>>, Refusal> {
    let mut entries = Vec::new();
    for json in app.store.schemes().await? {
        let scheme = Scheme::from_json(&json).map_err(Refusal::internal)?;
        entries.push(SchemeEntry {
            digest: scheme.digest(),
            name: scheme.name().to_owned(),
            version: scheme.version(),
            currency: scheme.currency().to_string(),
        });
    }
    Ok(Json(entries))
}

/// A scheme
#[utoipa::path(get, path = "/v1/schemes/{digest}", tag = "scorecards",
    params(("digest" = String, Path, description = "Digest of the scheme")),
    responses((status = 200, body = Object), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn scheme(
    State(app): State<App>,
    _: Anybody,
    Path(digest): Path<String>,
) -> Result<Response, Refusal> {
    let json = app.store.scheme(named(&digest)?).await?;
    Ok(document(json.ok_or_else(|| Refusal::not_found("scheme"))?))
}

/// The published scorecards, in the order of the log
#[utoipa::path(get, path = "/v1/scorecards", tag = "scorecards",
    responses((status = 200, body = Vec<ScorecardEntry>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    _: Anybody,
) -> Result<Json<Vec<ScorecardEntry>>, Refusal> {
    Ok(Json(scorecards(&app).await?))
}

/// A scorecard
#[utoipa::path(get, path = "/v1/scorecards/{digest}", tag = "scorecards",
    params(("digest" = String, Path, description = "Digest of the scorecard")),
    responses((status = 200, body = Object), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn fetch(
    State(app): State<App>,
    _: Anybody,
    Path(digest): Path<String>,
) -> Result<Response, Refusal> {
    let stored = app.store.scorecard(named(&digest)?).await?;
    let stored = stored.ok_or_else(|| Refusal::not_found("scorecard"))?;
    Ok(document(stored.json))
}

/// Publish a scorecard
///
/// Only what is published, and in the log, is applied to anybody. The same
/// scorecard again changes nothing.
#[utoipa::path(post, path = "/v1/scorecards", tag = "operator", request_body = Publication,
    security(("operator" = [])),
    responses((status = 201, body = Published), (status = 200, body = Published),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn publish(
    State(app): State<App>,
    _: Operator,
    body: Body,
) -> Result<Response, Refusal> {
    let place = app.pool.enter_with(PUBLICATION_MAX)?;
    let bytes = whole(body, PUBLICATION_MAX).await?;
    let publication: Publication = json(&bytes)?;
    let (publication, scheme, card) = place.run(move || read(publication)).await??;
    detached(async move {
        let now = app.now();
        let mut writing = app.store.write().await?;
        let log_index = writing
            .append(EntryKind::Scorecard, card.digest(), now)
            .await?;
        writing
            .keep_scheme(scheme.digest(), &publication.scheme)
            .await?;
        let stored = StoredCard {
            scheme: scheme.digest(),
            json: publication.scorecard,
            log_index,
        };
        let new = writing.keep_scorecard(card.digest(), &stored).await?;
        writing.commit(&app.home.signatory, now).await?;
        let scorecard = scorecard_entry(&card, log_index);
        let known = !new;
        Ok(taken(new, &Published { scorecard, known }))
    })
    .await
}

fn read(publication: Publication) -> Result<(Publication, Scheme, Scorecard), Refusal> {
    let scheme = Scheme::from_json(&publication.scheme).map_err(Refusal::refused)?;
    if scheme.is_tabular() {
        return Err(Refusal::refused(
            "the scheme is tabular: a table serves training and measuring; what is applied to people stands on statements",
        ));
    }
    let card = Scorecard::from_json(&publication.scorecard, &scheme).map_err(Refusal::refused)?;
    Ok((publication, scheme, card))
}
