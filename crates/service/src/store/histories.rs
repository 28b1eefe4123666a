//! Sealed histories: what is known of them here, their bytes in the object
//! store.

use blindscore_history::digest::Digest;
use blindscore_protocol::api::HistoryEntry;
use blindscore_protocol::message::Standing;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Store, Writing, number, parsed, time};

const COLUMNS: &str = "SELECT attestation, ciphertexts, source, applicant_key, scheme, standing, \
     size, received, deleted, object, message FROM history";

/// A sealed history as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredHistory {
    pub(crate) entry: HistoryEntry,
    pub(crate) deleted: bool,
    pub(crate) object: String,
    /// The attestation.
    pub(crate) message: Vec<u8>,
}

fn history(row: &AnyRow) -> Result<StoredHistory, sqlx::Error> {
    let standing: String = row.try_get(5)?;
    Ok(StoredHistory {
        entry: HistoryEntry {
            attestation: parsed(row, 0)?,
            ciphertexts: parsed(row, 1)?,
            source: parsed(row, 2)?,
            applicant_key: parsed(row, 3)?,
            scheme: parsed(row, 4)?,
            standing: if standing == "attested" {
                Standing::Attested
            } else {
                Standing::SelfDeclared
            },
            bytes: number(row, 6)?,
            received: time(row, 7)?,
        },
        deleted: number::<i64>(row, 8)? != 0,
        object: row.try_get(9)?,
        message: row.try_get(10)?,
    })
}

impl Store {
    pub(crate) async fn history(
        &self,
        attestation: Digest,
    ) -> Result<Option<StoredHistory>, sqlx::Error> {
        let statement = format!("{COLUMNS} WHERE attestation = $1");
        let row = sqlx::query(&statement)
            .bind(attestation.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(history).transpose()
    }

    /// The histories held for a key, in order of their sources.
    pub(crate) async fn histories_of(
        &self,
        key: Digest,
    ) -> Result<Vec<StoredHistory>, sqlx::Error> {
        let statement = format!(
            "{COLUMNS} WHERE applicant_key = $1 AND deleted = 0 ORDER BY source, attestation"
        );
        let rows = sqlx::query(&statement)
            .bind(key.to_string())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(history).collect()
    }

    /// The last histories taken that are held.
    pub(crate) async fn histories(&self, limit: u32) -> Result<Vec<StoredHistory>, sqlx::Error> {
        let statement =
            format!("{COLUMNS} WHERE deleted = 0 ORDER BY received DESC, attestation LIMIT $1");
        let rows = sqlx::query(&statement)
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(history).collect()
    }

    /// How many histories are held for a key.
    pub(crate) async fn held_for(&self, key: Digest) -> Result<u64, sqlx::Error> {
        let row =
            sqlx::query("SELECT COUNT(*) FROM history WHERE applicant_key = $1 AND deleted = 0")
                .bind(key.to_string())
                .fetch_one(&self.pool)
                .await?;
        number(&row, 0)
    }

    /// Bytes of all histories that are held.
    pub(crate) async fn ciphertext_bytes(&self) -> Result<u64, sqlx::Error> {
        let row = sqlx::query(
            "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM history WHERE deleted = 0",
        )
        .fetch_one(&self.pool)
        .await?;
        number(&row, 0)
    }
}

impl Writing {
    /// Keeps a history; whether it is new.
    pub(crate) async fn keep_history(
        &mut self,
        stored: &StoredHistory,
    ) -> Result<bool, sqlx::Error> {
        let entry = &stored.entry;
        let standing = match entry.standing {
            Standing::Attested => "attested",
            Standing::SelfDeclared => "self_declared",
        };
        let done = sqlx::query(
            "INSERT INTO history (attestation, ciphertexts, applicant_key, source, scheme, \
             standing, message, object, size, received, deleted) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0) ON CONFLICT DO NOTHING",
        )
        .bind(entry.attestation.to_string())
        .bind(entry.ciphertexts.to_string())
        .bind(entry.applicant_key.to_string())
        .bind(entry.source.to_string())
        .bind(entry.scheme.to_string())
        .bind(standing)
        .bind(stored.message.clone())
        .bind(stored.object.clone())
        .bind(i64::try_from(entry.bytes).unwrap_or(i64::MAX))
        .bind(entry.received.as_millisecond())
        .execute(self.on())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// How many histories a key has here, deleted ones too.
    pub(crate) async fn histories_of_key(&mut self, key: Digest) -> Result<u64, sqlx::Error> {
        let row = sqlx::query("SELECT COUNT(*) FROM history WHERE applicant_key = $1")
            .bind(key.to_string())
            .fetch_one(self.on())
            .await?;
        number(&row, 0)
    }

    /// Takes the histories of a key out of use at once, and leaves their
    /// objects to be deleted: how many.
    pub(crate) async fn drop_histories(
        &mut self,
        key: Digest,
        now: Timestamp,
    ) -> Result<u64, sqlx::Error> {
        sqlx::query(
            "INSERT INTO deletion (object, since) SELECT object, $1 FROM history \
             WHERE applicant_key = $2 AND deleted = 0",
        )
        .bind(now.as_millisecond())
        .bind(key.to_string())
        .execute(self.on())
        .await?;
        let done =
            sqlx::query("UPDATE history SET deleted = $1 WHERE applicant_key = $2 AND deleted = 0")
                .bind(now.as_millisecond())
                .bind(key.to_string())
                .execute(self.on())
                .await?;
        Ok(done.rows_affected())
    }
}
