//! The log: its head, its entries, its proofs. Public.

use axum::Json;
use axum::extract::State;
use blindscore_history::digest::Digest;
use blindscore_protocol::api::{LogEntries, LogHead, Problem, ProvenConsistency, ProvenInclusion};
use blindscore_protocol::log::EntryKind;
use serde::Deserialize;

use crate::app::{App, head_of};
use crate::auth::{Anybody, Asked};
use crate::refusal::Refusal;

/// Most entries given at once.
const ENTRIES_MAX: u64 = 1000;

/// Which entries.
#[derive(Debug, Deserialize)]
pub(super) struct Range {
    #[serde(default)]
    start: u64,
    count: Option<u64>,
}

/// Which entry.
#[derive(Debug, Deserialize)]
pub(super) struct Which {
    kind: EntryKind,
    digest: Digest,
}

/// From which size.
#[derive(Debug, Deserialize)]
pub(super) struct Since {
    old: u64,
}

/// The last signed head
#[utoipa::path(get, path = "/v1/log/head", tag = "log",
    responses((status = 200, body = LogHead), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn head(State(app): State<App>, _: Anybody) -> Result<Json<LogHead>, Refusal> {
    Ok(Json(super::platform::head(&app).await?))
}

/// Entries, at most 1,000 at once
#[utoipa::path(get, path = "/v1/log/entries", tag = "log",
    params(("start" = Option<u64>, Query, description = "Index of the first, 0 without"),
        ("count" = Option<u64>, Query, description = "How many, 1,000 without")),
    responses((status = 200, body = LogEntries), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn entries(
    State(app): State<App>,
    _: Anybody,
    Asked(range): Asked<Range>,
) -> Result<Json<LogEntries>, Refusal> {
    let book = app.store.book().await?;
    let log = book.log();
    let size = log.size();
    let start = range.start.min(size);
    let count = range.count.unwrap_or(ENTRIES_MAX).min(ENTRIES_MAX);
    let end = start.saturating_add(count).min(size);
    // Both are at most the length of a list in memory.
    let entries = log.entries()[start as usize..end as usize].to_vec();
    Ok(Json(LogEntries {
        start,
        size,
        entries,
    }))
}

/// Proof that an entry is in the log, under the last signed head
#[utoipa::path(get, path = "/v1/log/inclusion", tag = "log",
    params(("kind" = String, Query, description = "scorecard, consent, withdrawal or receipt"),
        ("digest" = String, Query, description = "Digest of the message")),
    responses((status = 200, body = ProvenInclusion), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn inclusion(
    State(app): State<App>,
    _: Anybody,
    Asked(which): Asked<Which>,
) -> Result<Json<ProvenInclusion>, Refusal> {
    let book = app.store.book().await?;
    let place = book.place(which.kind, &which.digest);
    let place = place.ok_or_else(|| Refusal::not_found("entry of the log"))?;
    let head = head_of(&book)?;
    let proof = book.log().prove_inclusion(place, head.size);
    let proof = proof.map_err(Refusal::internal)?;
    Ok(Json(ProvenInclusion { head, proof }))
}

/// Proof that the log only grew, from an older size to the last signed head
#[utoipa::path(get, path = "/v1/log/consistency", tag = "log",
    params(("old" = u64, Query, description = "Size of the older head")),
    responses((status = 200, body = ProvenConsistency), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn consistency(
    State(app): State<App>,
    _: Anybody,
    Asked(since): Asked<Since>,
) -> Result<Json<ProvenConsistency>, Refusal> {
    let book = app.store.book().await?;
    let head = head_of(&book)?;
    let proof = book.log().prove_consistency(since.old, head.size);
    let proof = proof.map_err(Refusal::malformed)?;
    Ok(Json(ProvenConsistency { head, proof }))
}
