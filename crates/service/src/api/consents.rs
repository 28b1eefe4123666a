//! Consents.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::Response;
use blindscore_protocol::api::{ConsentEntry, ConsentTaken, Evaluations, Problem};
use blindscore_protocol::consent::{ConsentRecord, ConsentRegister, RegisterError};
use blindscore_protocol::log::EntryKind;
use blindscore_protocol::message::ScoreRequest;
use blindscore_protocol::registry::Trade;

use super::{detached, named, statement, taken};
use crate::app::{App, Shared};
use crate::auth::Caller;
use crate::holdings::consent_entry;
use crate::refusal::Refusal;
use crate::store::consents::StoredConsent;

/// Grant a consent
///
/// The consent record, signed by the applicant, as JSON-LD; the request signed
/// by the same key. Public key and lender's request were handed in before. The
/// same record again changes nothing.
#[utoipa::path(post, path = "/v1/consents", tag = "applicant", request_body = Object,
    security(("signature" = [])),
    responses((status = 201, body = ConsentTaken), (status = 200, body = ConsentTaken),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn take(
    State(app): State<App>,
    caller: Caller,
    body: Body,
) -> Result<Response, Refusal> {
    let bytes = caller.body(body, ConsentRecord::JSON_MAX, None).await?;
    let record = ConsentRecord::from_json(&bytes).map_err(Refusal::refused)?;
    check(&app, &caller, &record).await?;
    detached(async move {
        let now = app.now();
        let mut writing = app.store.write().await?;
        writing.take(&caller.nonce()).await?;
        let known = writing.consent(record.id()).await?;
        if let Some(known) = &known {
            let before = known.read();
            if before.is_none_or(|before| before.digest() != record.digest()) {
                let consent = record.id();
                return Err(RegisterError::Another { consent }.into());
            }
        } else {
            let place = writing
                .append(EntryKind::Consent, record.digest(), now)
                .await?;
            writing.keep_consent(&record, place, now).await?;
        }
        writing.commit(&app.home.signatory, now).await?;
        let stored = stored(&app, record.id()).await?;
        let answer = ConsentTaken {
            consent: consent_entry(&app, &stored).await?,
            log_index: stored.log_index,
            receipt: record.receipt(now),
        };
        Ok(taken(known.is_none(), &answer))
    })
    .await
}

/// Where a consent stands
///
/// For the applicant and for the lender that it names.
#[utoipa::path(get, path = "/v1/consents/{consent}", tag = "applicant",
    params(("consent" = String, Path, description = "Id of the consent")),
    security(("signature" = [])),
    responses((status = 200, body = ConsentEntry), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn fetch(
    State(app): State<App>,
    caller: Caller,
    Path(consent): Path<String>,
    body: Body,
) -> Result<Json<ConsentEntry>, Refusal> {
    caller.body(body, 0, None).await?;
    let stored = of_caller(&app, &caller, named(&consent)?).await?;
    Ok(Json(consent_entry(&app, &stored).await?))
}

/// What was evaluated under a consent
///
/// For the applicant and for the lender that it names.
#[utoipa::path(get, path = "/v1/consents/{consent}/evaluations", tag = "applicant",
    params(("consent" = String, Path, description = "Id of the consent")),
    security(("signature" = [])),
    responses((status = 200, body = Evaluations), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn evaluations(
    State(app): State<App>,
    caller: Caller,
    Path(consent): Path<String>,
    body: Body,
) -> Result<Json<Evaluations>, Refusal> {
    caller.body(body, 0, None).await?;
    let stored = of_caller(&app, &caller, named(&consent)?).await?;
    let receipts = app.store.evaluations_of(stored.id).await?;
    Ok(Json(Evaluations { receipts }))
}

/// A consent of the caller: the applicant's, or one that names it as lender.
/// Another's is none that there is.
pub(super) async fn of_caller(
    app: &Shared,
    caller: &Caller,
    consent: blindscore_protocol::id::ApplicationId,
) -> Result<StoredConsent, Refusal> {
    match app.store.consent(consent).await? {
        Some(stored)
            if caller.key() == stored.signer || caller.is(&stored.lender, Trade::Lender) =>
        {
            Ok(stored)
        }
        _ => Err(Refusal::not_found("consent")),
    }
}

async fn stored(
    app: &Shared,
    consent: blindscore_protocol::id::ApplicationId,
) -> Result<StoredConsent, Refusal> {
    let stored = app.store.consent(consent).await?;
    stored.ok_or_else(|| Refusal::internal("a consent is gone that was just taken"))
}

/// Everything that can be known of a consent before it is used.
async fn check(app: &Shared, caller: &Caller, record: &ConsentRecord) -> Result<(), Refusal> {
    record.verify().map_err(Refusal::refused)?;
    if record.signing_key() != caller.key() {
        return Err(Refusal::forbidden(
            "a consent is handed in by the applicant's key that signed it",
        ));
    }
    if record.withdrawal().is_some() {
        return Err(Refusal::refused(
            "the record carries its withdrawal: hand in the consent, then the withdrawal",
        ));
    }
    ConsentRegister::new(app.home.id().clone()).admit(record.clone())?;
    record
        .names_parties_of(&app.home.registry())
        .map_err(Refusal::refused)?;
    let binding = record.binding();
    let key = app.store.key(binding.applicant_key).await?;
    let key = key.ok_or_else(|| {
        Refusal::refused("the consent's key is not known here: hand in the public key first")
    })?;
    if key.signer != record.signing_key() || key.application != record.id() {
        return Err(Refusal::refused(
            "the consent is not of the application that its key is for: consent, key and histories must be of one application",
        ));
    }
    let request = app.store.request(binding.request).await?;
    let request = request.ok_or_else(|| {
        Refusal::refused("the lender's request is not known here: hand it in first")
    })?;
    let request = statement::<ScoreRequest>(&request)?;
    binding.answers(&request).map_err(Refusal::refused)
}
