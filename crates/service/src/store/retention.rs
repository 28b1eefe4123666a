//! What is to be deleted, and what was.

use blindscore_history::digest::Digest;
use blindscore_protocol::id::ApplicationId;
use jiff::Timestamp;
use sqlx::Row;

use super::{Store, Writing, parsed};

/// Rows that one sweep looks at, so that it never holds others up for long.
const AT_ONCE: i64 = 500;

/// That a key has neither histories nor a consent.
const UNUSED: &str = "NOT EXISTS (SELECT 1 FROM history h WHERE h.applicant_key = applicant_key.id) \
     AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.applicant_key = applicant_key.id)";

impl Store {
    /// Keys whose histories are held although their consent ended, or without
    /// any consent since before `unclaimed`.
    pub(crate) async fn overdue(
        &self,
        now: Timestamp,
        unclaimed: Timestamp,
    ) -> Result<Vec<Digest>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT DISTINCT h.applicant_key FROM history h \
             LEFT JOIN consent c ON c.applicant_key = h.applicant_key \
             WHERE h.deleted = 0 AND ((c.id IS NULL AND h.received < $1) \
             OR (c.id IS NOT NULL AND c.held_until <= $2)) LIMIT $3",
        )
        .bind(unclaimed.as_millisecond())
        .bind(now.as_millisecond())
        .bind(AT_ONCE)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| parsed(row, 0)).collect()
    }

    /// Consents that are over, with results that are held.
    pub(crate) async fn results_overdue(
        &self,
        now: Timestamp,
    ) -> Result<Vec<ApplicationId>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT c.id FROM (SELECT DISTINCT consent FROM evaluation WHERE deleted = 0) held \
             JOIN consent c ON c.id = held.consent \
             WHERE c.withdrawn = 1 OR c.valid_until <= $1 LIMIT $2",
        )
        .bind(now.as_millisecond())
        .bind(AT_ONCE)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| parsed(row, 0)).collect()
    }

    /// Applicants' keys that nobody used since before `unclaimed`. Looked for
    /// before the change that forgets them, so that nobody waits for it.
    pub(crate) async fn unused_keys(
        &self,
        unclaimed: Timestamp,
    ) -> Result<Vec<Digest>, sqlx::Error> {
        let select =
            format!("SELECT id FROM applicant_key WHERE received < $1 AND {UNUSED} LIMIT $2");
        let rows = sqlx::query(&select)
            .bind(unclaimed.as_millisecond())
            .bind(AT_ONCE)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| parsed(row, 0)).collect()
    }

    /// Objects that no row names any more.
    pub(crate) async fn to_delete(&self) -> Result<Vec<String>, sqlx::Error> {
        let rows = sqlx::query("SELECT object FROM deletion ORDER BY since LIMIT $1")
            .bind(AT_ONCE)
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    /// Whether a row names an object.
    pub(crate) async fn names(&self, object: &str) -> Result<bool, sqlx::Error> {
        let row = sqlx::query("SELECT attestation FROM history WHERE object = $1 AND deleted = 0")
            .bind(object.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }
}

impl Writing {
    /// Forgets objects that are gone.
    pub(crate) async fn deleted(&mut self, objects: &[String]) -> Result<(), sqlx::Error> {
        for object in objects {
            sqlx::query("DELETE FROM deletion WHERE object = $1")
                .bind(object.clone())
                .execute(self.on())
                .await?;
        }
        Ok(())
    }

    /// Forgets signed requests that are too old to be sent again, lenders'
    /// requests that ended long ago, and these keys, unless somebody used them
    /// since.
    pub(crate) async fn forget(
        &mut self,
        now: Timestamp,
        unclaimed: Timestamp,
        keys: &[Digest],
    ) -> Result<(), sqlx::Error> {
        sqlx::query("DELETE FROM nonce WHERE expires < $1")
            .bind(now.as_millisecond())
            .execute(self.on())
            .await?;
        sqlx::query("DELETE FROM request WHERE expires < $1")
            .bind(unclaimed.as_millisecond())
            .execute(self.on())
            .await?;
        let delete = format!("DELETE FROM applicant_key WHERE id = $1 AND {UNUSED}");
        for key in keys {
            sqlx::query(&delete)
                .bind(key.to_string())
                .execute(self.on())
                .await?;
        }
        Ok(())
    }
}
