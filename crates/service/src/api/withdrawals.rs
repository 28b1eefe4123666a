//! Withdrawals: they work when they arrive.

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use blindscore_protocol::api::{Problem, Withdrawn};
use blindscore_protocol::consent::RegisterError;
use blindscore_protocol::log::EntryKind;
use blindscore_protocol::message::Withdrawal;
use blindscore_protocol::sign::Signed;

use super::{SMALL, detached, statement, taken};
use crate::app::App;
use crate::auth::Caller;
use crate::refusal::Refusal;
use crate::retention;

/// Withdraw a consent
///
/// Nothing more is computed; the histories and results are deleted at once. The
/// same withdrawal again changes nothing.
#[utoipa::path(post, path = "/v1/withdrawals", tag = "applicant",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    security(("signature" = [])),
    responses((status = 201, body = Withdrawn), (status = 200, body = Withdrawn),
        (status = "default", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn take(
    State(app): State<App>,
    caller: Caller,
    body: Body,
) -> Result<Response, Refusal> {
    let bytes = caller.body(body, SMALL, None).await?;
    let withdrawal = statement::<Withdrawal>(&bytes)?;
    detached(async move { withdraw(&app, &caller, &withdrawal).await }).await
}

async fn withdraw(
    app: &App,
    caller: &Caller,
    withdrawal: &Signed<Withdrawal>,
) -> Result<Response, Refusal> {
    let now = app.now();
    let consent = withdrawal.statement().consent;
    let mut writing = app.store.write().await?;
    writing.take(&caller.nonce()).await?;
    let stored = writing.consent(consent).await?;
    let Some(stored) = stored.filter(|stored| stored.signer == caller.key()) else {
        return Err(RegisterError::Unknown { consent }.into());
    };
    let mut register = stored.register(app.home.id())?;
    register.withdraw(withdrawal)?;
    let record = register.record(consent);
    let record = record.ok_or_else(|| Refusal::internal("a register without its consent"))?;
    // Of a withdrawal that is sent again, the first stands in the log.
    let first = record
        .withdrawal()
        .map_or_else(|| withdrawal.digest(), Signed::digest);
    let new = !stored.withdrawn;
    let mut deleted = 0;
    if new {
        writing.keep_withdrawal(record).await?;
        deleted = writing.drop_histories(stored.applicant_key, now).await?;
        writing.drop_results(consent, now).await?;
    }
    let log_index = writing.append(EntryKind::Withdrawal, first, now).await?;
    writing.commit(&app.home.signatory, now).await?;
    app.metrics.deleted(deleted);
    // From here on nobody can reach the ciphertexts; now they go.
    if let Err(error) = retention::delete_objects(app).await {
        tracing::error!(%error, "ciphertexts are left to the next sweep");
    }
    let answer = Withdrawn {
        consent,
        histories_deleted: deleted,
        log_index,
    };
    Ok(taken(new, &answer))
}
