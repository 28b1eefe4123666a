//! What the platform's window shows beside the holdings: the last results, and
//! what was deleted when.

use blindscore_history::digest::Digest;
use blindscore_protocol::id::{ApplicationId, PartyId};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::{Store, number, parsed, time};

/// A result without its bytes.
#[derive(Clone, Debug)]
pub(crate) struct ShownResult {
    pub(crate) receipt: Digest,
    pub(crate) consent: ApplicationId,
    pub(crate) consent_use: u32,
    pub(crate) scorecard: Digest,
    pub(crate) bytes: u64,
    pub(crate) log_index: u64,
    /// When it was deleted.
    pub(crate) deleted: Option<Timestamp>,
}

/// A history that was deleted.
#[derive(Clone, Debug)]
pub(crate) struct GoneHistory {
    pub(crate) attestation: Digest,
    pub(crate) source: PartyId,
    pub(crate) bytes: u64,
    pub(crate) received: Timestamp,
    pub(crate) deleted: Timestamp,
}

fn result(row: &AnyRow) -> Result<ShownResult, sqlx::Error> {
    let deleted = number::<i64>(row, 6)?;
    Ok(ShownResult {
        receipt: parsed(row, 0)?,
        consent: parsed(row, 1)?,
        consent_use: number(row, 2)?,
        scorecard: parsed(row, 3)?,
        bytes: number(row, 4)?,
        log_index: number(row, 5)?,
        deleted: match deleted {
            0 => None,
            _ => Some(time(row, 6)?),
        },
    })
}

fn gone(row: &AnyRow) -> Result<GoneHistory, sqlx::Error> {
    Ok(GoneHistory {
        attestation: parsed(row, 0)?,
        source: parsed(row, 1)?,
        bytes: number(row, 2)?,
        received: time(row, 3)?,
        deleted: time(row, 4)?,
    })
}

impl Store {
    /// The last results, deleted ones too.
    pub(crate) async fn last_results(&self, limit: u32) -> Result<Vec<ShownResult>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT receipt, consent, consent_use, scorecard, \
             CAST(LENGTH(message) AS BIGINT), log_index, deleted \
             FROM evaluation ORDER BY log_index DESC LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(result).collect()
    }

    /// When a history was deleted, if it was.
    pub(crate) async fn deleted_at(
        &self,
        attestation: Digest,
    ) -> Result<Option<Timestamp>, sqlx::Error> {
        let row =
            sqlx::query("SELECT deleted FROM history WHERE attestation = $1 AND deleted <> 0")
                .bind(attestation.to_string())
                .fetch_optional(&self.pool)
                .await?;
        row.map(|row| time(&row, 0)).transpose()
    }

    /// The histories that were deleted last.
    pub(crate) async fn gone_histories(&self, limit: u32) -> Result<Vec<GoneHistory>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT attestation, source, size, received, deleted FROM history \
             WHERE deleted <> 0 ORDER BY deleted DESC, attestation LIMIT $1",
        )
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(gone).collect()
    }
}
