//! Deleting what is no longer to be kept, at once where a withdrawal asks for
//! it and every while for everything else.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use crate::app::{App, Shared};
use crate::refusal::Refusal;

/// Seconds after which an object that no row names is none that is just being
/// taken.
const ORPHANED: i64 = 600;

/// Sweeps until the service stops.
pub(crate) async fn watch(app: App) {
    let mut every = tokio::time::interval(app.config.retention.sweep);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut first = true;
    while !app.is_stopping() {
        every.tick().await;
        if let Err(refusal) = sweep(&app).await {
            tracing::error!(%refusal, "a sweep did not end; the next one goes on");
        }
        if std::mem::take(&mut first)
            && let Err(refusal) = sweep_orphans(&app).await
        {
            tracing::error!(
                %refusal,
                "objects that nothing names could not be looked for"
            );
        }
    }
}

/// One sweep: histories and results whose consent is over, histories that
/// nobody consented to, objects that are left over, and what is forgotten.
pub(crate) async fn sweep(app: &App) -> Result<(), Refusal> {
    let now = app.now();
    let unclaimed = before(now, app.config.retention.unclaimed);
    for key in app.store.overdue(now, unclaimed).await? {
        let mut writing = app.store.write().await?;
        // Looked at again under the lock: a consent may have come since.
        let consent = writing.consent_of_key(key).await?;
        if consent.as_ref().is_some_and(|consent| consent.holds(now)) {
            continue;
        }
        let deleted = writing.drop_histories(key, now).await?;
        writing.commit(&app.home.signatory, now).await?;
        app.metrics.deleted(deleted);
        tracing::info!(deleted, "histories deleted, their time is over");
    }
    for consent in app.store.results_overdue(now).await? {
        let mut writing = app.store.write().await?;
        writing.drop_results(consent, now).await?;
        writing.commit(&app.home.signatory, now).await?;
    }
    delete_objects(app).await.map_err(Refusal::internal)?;
    let keys = app.store.unused_keys(unclaimed).await?;
    let mut writing = app.store.write().await?;
    writing.forget(now, unclaimed, &keys).await?;
    writing.commit(&app.home.signatory, now).await?;
    app.seen.forget(now);
    app.limiter.forget();
    Ok(())
}

/// Deletes the objects that no row names any more.
pub(crate) async fn delete_objects(
    app: &App,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    loop {
        let objects = app.store.to_delete().await?;
        if objects.is_empty() {
            return Ok(());
        }
        for object in &objects {
            app.objects.delete(object).await?;
        }
        let mut writing = app.store.write().await?;
        writing.deleted(&objects).await?;
        writing.commit(&app.home.signatory, app.now()).await?;
    }
}

/// Deletes objects that an upload left behind when the machine stopped before
/// its row was written.
async fn sweep_orphans(app: &Arc<Shared>) -> Result<(), Refusal> {
    for (object, written) in app.objects.list().await? {
        // By the machine's clock, which is the store's.
        let young = written > Timestamp::now().as_second() - ORPHANED;
        if !young && !app.store.names(&object).await? {
            app.objects.delete(&object).await?;
            tracing::info!("an object deleted that nothing names");
        }
    }
    Ok(())
}

fn before(now: Timestamp, span: Duration) -> Timestamp {
    now.checked_sub(span).unwrap_or(Timestamp::MIN)
}
