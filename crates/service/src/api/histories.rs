//! Sealed histories: taken from sources, handed to the applicant and to the
//! lender that the consent names.

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use blindscore_evaluator::{AttestedHistory, Vouching, admit_public_key};
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::api::{HistoryEntry, Problem, ProblemKind};
use blindscore_protocol::envelope::{self, Kind};
use blindscore_protocol::message::SealedHistoryHeader;
use blindscore_protocol::registry::Trade;

use super::{detached, message, named, taken};
use crate::app::{App, Shared};
use crate::auth::Caller;
use crate::refusal::Refusal;
use crate::store::histories::StoredHistory;
use crate::store::public::StoredKey;

/// Most histories that one key has here, deleted ones too.
const PER_KEY: u64 = 256;

/// Hand in a sealed history
///
/// By the source that sealed it, or, self-declared, by the applicant. The body
/// is the length of the attestation (8 bytes, little-endian), the attestation,
/// the sealed history. Both are checked as at an evaluation.
#[utoipa::path(post, path = "/v1/keys/{key}/histories", tag = "source",
    params(("key" = String, Path, description = "Id of the key that it is sealed to")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    security(("signature" = [])),
    responses((status = 201, body = HistoryEntry), (status = 200, body = HistoryEntry),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn take(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let key: Digest = named(&key)?;
    // Before a byte of the body is read: who, and for what.
    let stored = app.store.key(key).await?;
    let stored = stored.ok_or_else(|| Refusal::not_found("key"))?;
    if caller.key() != stored.signer {
        caller.in_trade(Trade::Source)?;
    }
    let most = app.config.limits.upload_max;
    let length = headers.get(CONTENT_LENGTH);
    let length = length.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > most) {
        let detail = format!("the body has more than {most} bytes, the most taken here");
        return Err(Refusal::new(ProblemKind::TooLarge, detail));
    }
    let place = app.pool.enter_with(length.unwrap_or(most))?;
    let bytes = caller.body(body, most, Some(&place)).await?;
    let (attestation, sealed) = parts(&bytes)?;
    let scheme = app.scheme(scheme_of(&sealed)?).await?;
    let work = {
        let (app, bytes) = (app.clone(), (attestation.clone(), sealed.clone()));
        move || admit(&app, &stored, &scheme, &bytes.0, &bytes.1)
    };
    let mut entry = place.run(work).await??;
    let itself = caller.key() == entry.1;
    if !itself && !caller.is(&entry.0.source, Trade::Source) {
        return Err(Refusal::forbidden(
            "a sealed history is handed in by who attests to it",
        ));
    }
    entry.0.bytes = sealed.len() as u64;
    let stored = StoredHistory {
        object: object_name(entry.0.attestation)?,
        entry: entry.0,
        deleted: false,
        message: attestation.into(),
    };
    detached(async move {
        let _place = place;
        keep(&app, &caller, stored, sealed).await
    })
    .await
}

/// The histories held for a key
///
/// For the applicant, for the lender of its consent, and for a source its own.
#[utoipa::path(get, path = "/v1/keys/{key}/histories", tag = "applicant",
    params(("key" = String, Path, description = "Id of the key that they are sealed to")),
    security(("signature" = [])),
    responses((status = 200, body = Vec<HistoryEntry>), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(key): Path<String>,
    body: Body,
) -> Result<Json<Vec<HistoryEntry>>, Refusal> {
    caller.body(body, 0, None).await?;
    let key: Digest = named(&key)?;
    let all = may_read(&app, &caller, key).await?;
    let own = |stored: &StoredHistory| all || caller.is(&stored.entry.source, Trade::Source);
    let stored = app.store.histories_of(key).await?;
    let entries: Vec<_> = stored
        .into_iter()
        .filter(own)
        .map(|stored| stored.entry)
        .collect();
    if entries.is_empty() && !all {
        return Err(Refusal::not_found("key"));
    }
    Ok(Json(entries))
}

/// A sealed history
///
/// For the applicant, for the lender of its consent, and for its source.
#[utoipa::path(get, path = "/v1/histories/{attestation}", tag = "applicant",
    params(("attestation" = String, Path, description = "Digest of its attestation")),
    security(("signature" = [])),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn fetch(
    State(app): State<App>,
    caller: Caller,
    Path(attestation): Path<String>,
    body: Body,
) -> Result<Response, Refusal> {
    caller.body(body, 0, None).await?;
    let stored = readable(&app, &caller, &attestation).await?;
    let size = usize::try_from(stored.entry.bytes).unwrap_or(usize::MAX);
    let _place = app.pool.enter_with(size)?;
    Ok(message(app.objects.read(&stored.object).await?))
}

/// The attestation of a sealed history
#[utoipa::path(get, path = "/v1/histories/{attestation}/attestation", tag = "applicant",
    params(("attestation" = String, Path, description = "Its digest")),
    security(("signature" = [])),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn attestation(
    State(app): State<App>,
    caller: Caller,
    Path(attestation): Path<String>,
    body: Body,
) -> Result<Response, Refusal> {
    caller.body(body, 0, None).await?;
    let stored = readable(&app, &caller, &attestation).await?;
    Ok(message(stored.message))
}

/// A history that the caller may read and that is held.
async fn readable(
    app: &Shared,
    caller: &Caller,
    attestation: &str,
) -> Result<StoredHistory, Refusal> {
    let stored = app.store.history(named(attestation)?).await?;
    let stored = stored.ok_or_else(|| Refusal::not_found("history"))?;
    let source = caller.is(&stored.entry.source, Trade::Source);
    if !source && !may_read(app, caller, stored.entry.applicant_key).await? {
        return Err(Refusal::not_found("history"));
    }
    let consent = app.store.consent_of_key(stored.entry.applicant_key).await?;
    // The sweep may be a while behind.
    let over = consent.is_some_and(|consent| !consent.holds(app.now()));
    if stored.deleted || over {
        return Err(Refusal::gone(
            "the history was deleted: its consent is over",
        ));
    }
    Ok(stored)
}

/// Whether the caller is the applicant or the lender of its consent.
async fn may_read(app: &Shared, caller: &Caller, key: Digest) -> Result<bool, Refusal> {
    let stored = app.store.key(key).await?;
    if stored.is_some_and(|stored| stored.signer == caller.key()) {
        return Ok(true);
    }
    let consent = app.store.consent_of_key(key).await?;
    Ok(consent.is_some_and(|consent| caller.is(&consent.lender, Trade::Lender)))
}

/// Attestation and sealed history.
fn parts(bytes: &Bytes) -> Result<(Bytes, Bytes), Refusal> {
    let fault = || {
        Refusal::malformed(
            "want the attestation's length (8 bytes, little-endian), the attestation, the sealed history",
        )
    };
    let (length, _) = bytes.split_first_chunk::<8>().ok_or_else(fault)?;
    let length = usize::try_from(u64::from_le_bytes(*length)).map_err(|_| fault())?;
    if length > Kind::Attestation.max_envelope() {
        return Err(fault());
    }
    let end = length + 8;
    if bytes.len() < end {
        return Err(fault());
    }
    Ok((bytes.slice(8..end), bytes.slice(end..)))
}

fn scheme_of(sealed: &[u8]) -> Result<Digest, Refusal> {
    let (header, _) =
        envelope::open::<SealedHistoryHeader>(sealed, blindscore_fhe::parameters::PARAMETER_ID)
            .map_err(Refusal::malformed)?;
    Ok(header.scheme)
}

/// Checks both, as at an evaluation; with the key that signed.
fn admit(
    app: &Shared,
    stored: &StoredKey,
    scheme: &Scheme,
    attestation: &[u8],
    sealed: &[u8],
) -> Result<(HistoryEntry, blindscore_protocol::sign::VerifyingKey), Refusal> {
    let registry = app.home.registry();
    let key = admit_public_key(&stored.message).map_err(Refusal::internal)?;
    let now = app.now();
    let vouching = Vouching {
        registry: &registry,
        key: &key,
        scheme,
        now,
    };
    let admitted = AttestedHistory::admit(&vouching, sealed, attestation)?;
    let header = admitted.header();
    let entry = HistoryEntry {
        attestation: admitted.signed().digest(),
        ciphertexts: header.ciphertexts,
        source: header.source.clone(),
        applicant_key: header.applicant_key,
        scheme: header.scheme,
        standing: admitted.attestation().standing,
        bytes: 0,
        received: now,
    };
    Ok((entry, admitted.signed().key()))
}

/// A name of its own for every upload, so that none is ever written over.
fn object_name(attestation: Digest) -> Result<String, Refusal> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(Refusal::internal)?;
    Ok(format!("{attestation}-{}", hex::encode(random)))
}

/// The ciphertexts first, then the row that names them: what is acknowledged is
/// whole, and what a crash leaves over is swept away.
async fn keep(
    app: &App,
    caller: &Caller,
    stored: StoredHistory,
    sealed: Bytes,
) -> Result<Response, Refusal> {
    if let Some(known) = app.store.history(stored.entry.attestation).await? {
        if known.deleted {
            return Err(Refusal::gone(
                "this history was deleted, and is not taken again",
            ));
        }
        return Ok(taken(false, &known.entry));
    }
    app.objects.put(&stored.object, sealed.into()).await?;
    let kept = keep_row(app, caller, &stored).await;
    if !matches!(kept, Ok(true)) {
        // Nothing names it. If this fails too, the sweep finds it.
        let _ = app.objects.delete(&stored.object).await;
    }
    Ok(taken(kept?, &stored.entry))
}

async fn keep_row(app: &App, caller: &Caller, stored: &StoredHistory) -> Result<bool, Refusal> {
    let now = app.now();
    let key = stored.entry.applicant_key;
    let mut writing = app.store.write().await?;
    writing.take(&caller.nonce()).await?;
    let consent = writing.consent_of_key(key).await?;
    if consent.is_some_and(|consent| !consent.holds(now)) {
        return Err(Refusal::new(
            ProblemKind::ConsentRefused,
            "the consent under this key is over: nothing more is taken for it",
        ));
    }
    if writing.histories_of_key(key).await? >= PER_KEY {
        return Err(Refusal::new(
            ProblemKind::Conflict,
            "this key has as many histories as one key may have",
        ));
    }
    let new = writing.keep_history(stored).await?;
    writing.commit(&app.home.signatory, now).await?;
    Ok(new)
}
