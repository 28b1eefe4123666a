//! What a platform holds, as its operator sees it: ids, sizes and times.

use blindscore_protocol::api::{ConsentEntry, Holdings, ScorecardEntry};
use blindscore_scorecard::Scorecard;

use crate::app::{Shared, head_of};
use crate::refusal::Refusal;
use crate::store::consents::StoredConsent;

/// What is held; of consents and histories the last `limit`.
pub(crate) async fn holdings(app: &Shared, limit: u32) -> Result<Holdings, Refusal> {
    let mut consents = Vec::new();
    for stored in app.store.consents(limit).await? {
        consents.push(consent_entry(app, &stored).await?);
    }
    let histories = app.store.histories(limit).await?;
    Ok(Holdings {
        platform: app.home.id().clone(),
        registry: app.home.registry().digest(),
        scorecards: scorecards(app).await?,
        consents,
        histories: histories.into_iter().map(|stored| stored.entry).collect(),
        ciphertext_bytes: app.store.ciphertext_bytes().await?,
        receipts: app.store.receipts().await?,
        head: head_of(&*app.store.book().await?)?,
    })
}

/// The published scorecards, in the order of the log.
pub(crate) async fn scorecards(app: &Shared) -> Result<Vec<ScorecardEntry>, Refusal> {
    let mut entries = Vec::new();
    for stored in app.store.scorecards().await? {
        let scheme = app.scheme(stored.scheme).await?;
        let card = Scorecard::from_json(&stored.json, &scheme).map_err(Refusal::internal)?;
        entries.push(scorecard_entry(&card, stored.log_index));
    }
    Ok(entries)
}

/// A published scorecard in short.
pub(crate) fn scorecard_entry(card: &Scorecard, log_index: u64) -> ScorecardEntry {
    ScorecardEntry {
        digest: card.digest(),
        scheme: card.scheme_digest(),
        name: card.name().to_owned(),
        provider: card.provider().to_owned(),
        version: card.version(),
        log_index,
    }
}

/// Where a consent stands.
pub(crate) async fn consent_entry(
    app: &Shared,
    stored: &StoredConsent,
) -> Result<ConsentEntry, Refusal> {
    let record = stored.read();
    let record = record.ok_or_else(|| Refusal::internal("a stored consent cannot be read"))?;
    Ok(ConsentEntry {
        consent: stored.id,
        digest: record.digest(),
        applicant_key: stored.applicant_key,
        lender: stored.lender.clone(),
        state: stored.state(&record, app.now()).name().to_owned(),
        uses: stored.uses,
        of: record.binding().uses,
        valid_until: record.binding().valid_until,
        histories: app.store.held_for(stored.applicant_key).await?,
    })
}
