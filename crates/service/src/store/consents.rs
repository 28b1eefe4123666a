//! Consents: the record as it was taken, its uses, its withdrawal.

use blindscore_history::digest::Digest;
use blindscore_protocol::consent::{ConsentRecord, ConsentRegister, ConsentState, RegisterError};
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::sign::VerifyingKey;
use jiff::Timestamp;
use serde_json::json;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row};

use super::{Store, Writing, number, parsed, time};

const COLUMNS: &str = "SELECT id, applicant_key, signer, lender, record, uses, withdrawn, \
     held_until, log_index FROM consent";

/// A consent as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredConsent {
    pub(crate) id: ApplicationId,
    pub(crate) applicant_key: Digest,
    pub(crate) signer: VerifyingKey,
    pub(crate) lender: PartyId,
    pub(crate) record: String,
    pub(crate) uses: u32,
    pub(crate) withdrawn: bool,
    pub(crate) held_until: Timestamp,
    pub(crate) log_index: u64,
}

impl StoredConsent {
    /// The record, checked again as any that is read.
    pub(crate) fn read(&self) -> Option<ConsentRecord> {
        ConsentRecord::from_json(self.record.as_bytes()).ok()
    }

    /// A register that holds this consent alone, with its uses.
    pub(crate) fn register(&self, platform: &PartyId) -> Result<ConsentRegister, RegisterError> {
        let record: serde_json::Value = serde_json::from_str(&self.record)
            .map_err(|error| RegisterError::Json(error.to_string()))?;
        let snapshot = json!({
            "blindscore_consents": 1,
            "platform": platform,
            "consents": [{"record": record, "uses": self.uses}],
        });
        ConsentRegister::from_json(snapshot.to_string().as_bytes())
    }

    /// Where it stands.
    pub(crate) fn state(&self, record: &ConsentRecord, now: Timestamp) -> ConsentState {
        ConsentState::of(record, self.uses, now)
    }

    /// Whether its histories may still be handed out and computed on.
    pub(crate) fn holds(&self, now: Timestamp) -> bool {
        !self.withdrawn && now < self.held_until
    }
}

fn consent(row: &AnyRow) -> Result<StoredConsent, sqlx::Error> {
    Ok(StoredConsent {
        id: parsed(row, 0)?,
        applicant_key: parsed(row, 1)?,
        signer: parsed(row, 2)?,
        lender: parsed(row, 3)?,
        record: row.try_get(4)?,
        uses: number(row, 5)?,
        withdrawn: number::<i64>(row, 6)? != 0,
        held_until: time(row, 7)?,
        log_index: number(row, 8)?,
    })
}

async fn find(
    connection: &mut AnyConnection,
    column: &str,
    value: String,
) -> Result<Option<StoredConsent>, sqlx::Error> {
    let statement = format!("{COLUMNS} WHERE {column} = $1");
    let row = sqlx::query(&statement)
        .bind(value)
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(consent).transpose()
}

impl Store {
    pub(crate) async fn consent(
        &self,
        id: ApplicationId,
    ) -> Result<Option<StoredConsent>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        find(&mut connection, "id", id.to_string()).await
    }

    /// The consent under a key.
    pub(crate) async fn consent_of_key(
        &self,
        key: Digest,
    ) -> Result<Option<StoredConsent>, sqlx::Error> {
        let mut connection = self.pool.acquire().await?;
        find(&mut connection, "applicant_key", key.to_string()).await
    }

    /// The last consents taken.
    pub(crate) async fn consents(&self, limit: u32) -> Result<Vec<StoredConsent>, sqlx::Error> {
        let statement = format!("{COLUMNS} ORDER BY log_index DESC LIMIT $1");
        let rows = sqlx::query(&statement)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(consent).collect()
    }
}

impl Writing {
    /// The consent, as no other writer can change it now.
    pub(crate) async fn consent(
        &mut self,
        id: ApplicationId,
    ) -> Result<Option<StoredConsent>, sqlx::Error> {
        find(self.on(), "id", id.to_string()).await
    }

    /// The consent under a key, as no other writer can change it now.
    pub(crate) async fn consent_of_key(
        &mut self,
        key: Digest,
    ) -> Result<Option<StoredConsent>, sqlx::Error> {
        find(self.on(), "applicant_key", key.to_string()).await
    }

    /// Keeps a new consent.
    pub(crate) async fn keep_consent(
        &mut self,
        record: &ConsentRecord,
        log_index: u64,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        let binding = record.binding();
        let withdrawn = record.withdrawal().is_some();
        let until = binding.valid_until.as_millisecond();
        sqlx::query(
            "INSERT INTO consent (id, digest, applicant_key, signer, lender, record, uses, \
             withdrawn, held_until, valid_until, received, log_index) \
             VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11)",
        )
        .bind(record.id().to_string())
        .bind(record.digest().to_string())
        .bind(binding.applicant_key.to_string())
        .bind(record.signing_key().to_string())
        .bind(binding.lender.to_string())
        .bind(record.to_json())
        .bind(i64::from(withdrawn))
        .bind(if withdrawn { 0 } else { until })
        .bind(until)
        .bind(now.as_millisecond())
        .bind(i64::try_from(log_index).unwrap_or(i64::MAX))
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Puts a record with its withdrawal in place.
    pub(crate) async fn keep_withdrawal(
        &mut self,
        record: &ConsentRecord,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("UPDATE consent SET record = $1, withdrawn = 1, held_until = 0 WHERE id = $2")
            .bind(record.to_json())
            .bind(record.id().to_string())
            .execute(self.on())
            .await?;
        Ok(())
    }

    /// Counts a use, if `this` is the next one: whether it was.
    pub(crate) async fn count_use(
        &mut self,
        id: ApplicationId,
        this: u32,
        held_until: Timestamp,
    ) -> Result<bool, sqlx::Error> {
        let done = sqlx::query(
            "UPDATE consent SET uses = $1, held_until = $2 \
             WHERE id = $3 AND uses = $4 AND withdrawn = 0",
        )
        .bind(i64::from(this))
        .bind(held_until.as_millisecond())
        .bind(id.to_string())
        .bind(i64::from(this) - 1)
        .execute(self.on())
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
