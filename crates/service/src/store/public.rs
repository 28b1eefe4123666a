//! What was published, and what was handed in before a consent: schemes,
//! scorecards, applicants' keys, lenders' requests.

use blindscore_history::digest::Digest;
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::sign::VerifyingKey;
use jiff::Timestamp;
use sqlx::Row;

use super::{Store, Writing, number, parsed};

/// A scorecard as it is stored.
pub(crate) struct StoredCard {
    pub(crate) scheme: Digest,
    pub(crate) json: String,
    pub(crate) log_index: u64,
}

/// An applicant's key as it is stored.
pub(crate) struct StoredKey {
    pub(crate) application: ApplicationId,
    pub(crate) signer: VerifyingKey,
    pub(crate) message: Vec<u8>,
}

impl Store {
    /// The schemes, in order of their digests.
    pub(crate) async fn schemes(&self) -> Result<Vec<String>, sqlx::Error> {
        let rows = sqlx::query("SELECT json FROM scheme ORDER BY digest")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    pub(crate) async fn scheme(&self, digest: Digest) -> Result<Option<String>, sqlx::Error> {
        let row = sqlx::query("SELECT json FROM scheme WHERE digest = $1")
            .bind(digest.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| row.try_get(0)).transpose()
    }

    /// The published scorecards, in the order of the log.
    pub(crate) async fn scorecards(&self) -> Result<Vec<StoredCard>, sqlx::Error> {
        let rows = sqlx::query("SELECT scheme, json, log_index FROM scorecard ORDER BY log_index")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(card).collect()
    }

    pub(crate) async fn scorecard(
        &self,
        digest: Digest,
    ) -> Result<Option<StoredCard>, sqlx::Error> {
        let row = sqlx::query("SELECT scheme, json, log_index FROM scorecard WHERE digest = $1")
            .bind(digest.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(card).transpose()
    }

    pub(crate) async fn key(&self, id: Digest) -> Result<Option<StoredKey>, sqlx::Error> {
        let row =
            sqlx::query("SELECT application, signer, message FROM applicant_key WHERE id = $1")
                .bind(id.to_string())
                .fetch_optional(&self.pool)
                .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(StoredKey {
            application: parsed(&row, 0)?,
            signer: parsed(&row, 1)?,
            message: row.try_get(2)?,
        }))
    }

    pub(crate) async fn request(&self, digest: Digest) -> Result<Option<Vec<u8>>, sqlx::Error> {
        let row = sqlx::query("SELECT message FROM request WHERE digest = $1")
            .bind(digest.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| row.try_get(0)).transpose()
    }
}

fn card(row: &sqlx::any::AnyRow) -> Result<StoredCard, sqlx::Error> {
    Ok(StoredCard {
        scheme: parsed(row, 0)?,
        json: row.try_get(1)?,
        log_index: number(row, 2)?,
    })
}

impl Writing {
    pub(crate) async fn keep_scheme(
        &mut self,
        digest: Digest,
        json: &str,
    ) -> Result<(), sqlx::Error> {
        sqlx::query("INSERT INTO scheme (digest, json) VALUES ($1, $2) ON CONFLICT DO NOTHING")
            .bind(digest.to_string())
            .bind(json.to_owned())
            .execute(self.on())
            .await?;
        Ok(())
    }

    /// Keeps a scorecard; whether it is new.
    pub(crate) async fn keep_scorecard(
        &mut self,
        digest: Digest,
        card: &StoredCard,
    ) -> Result<bool, sqlx::Error> {
        let done = sqlx::query(
            "INSERT INTO scorecard (digest, scheme, json, log_index) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(digest.to_string())
        .bind(card.scheme.to_string())
        .bind(card.json.clone())
        .bind(i64::try_from(card.log_index).unwrap_or(i64::MAX))
        .execute(self.on())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Whether another key was handed in for an application.
    pub(crate) async fn has_other_key(
        &mut self,
        application: ApplicationId,
        id: Digest,
    ) -> Result<bool, sqlx::Error> {
        let row = sqlx::query("SELECT id FROM applicant_key WHERE application = $1 AND id <> $2")
            .bind(application.to_string())
            .bind(id.to_string())
            .fetch_optional(self.on())
            .await?;
        Ok(row.is_some())
    }

    /// Keeps an applicant's key; whether it is new.
    pub(crate) async fn keep_key(
        &mut self,
        id: Digest,
        key: &StoredKey,
        now: Timestamp,
    ) -> Result<bool, sqlx::Error> {
        let done = sqlx::query(
            "INSERT INTO applicant_key (id, application, signer, message, received)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        )
        .bind(id.to_string())
        .bind(key.application.to_string())
        .bind(key.signer.to_string())
        .bind(key.message.clone())
        .bind(now.as_millisecond())
        .execute(self.on())
        .await?;
        Ok(done.rows_affected() > 0)
    }

    /// Keeps a lender's request; whether it is new.
    pub(crate) async fn keep_request(
        &mut self,
        digest: Digest,
        lender: &PartyId,
        message: &[u8],
        expires: Timestamp,
    ) -> Result<bool, sqlx::Error> {
        let done = sqlx::query(
            "INSERT INTO request (digest, lender, message, expires) VALUES ($1, $2, $3, $4)
             ON CONFLICT DO NOTHING",
        )
        .bind(digest.to_string())
        .bind(lender.as_str().to_owned())
        .bind(message.to_vec())
        .bind(expires.as_millisecond())
        .execute(self.on())
        .await?;
        Ok(done.rows_affected() > 0)
    }
}
