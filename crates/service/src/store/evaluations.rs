//! Evaluations with their receipts, and the uses of consents that they were.

use blindscore_history::digest::Digest;
use blindscore_protocol::api::EvaluationEntry;
use blindscore_protocol::id::ApplicationId;
use blindscore_protocol::sign::VerifyingKey;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Store, Writing, number, parsed};

const COLUMNS: &str = "SELECT receipt, consent, consent_use, scorecard, message, signed_receipt, \
     log_index, deleted FROM evaluation";

/// An evaluation as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct StoredEvaluation {
    pub(crate) receipt: Digest,
    pub(crate) consent: ApplicationId,
    pub(crate) consent_use: u32,
    pub(crate) scorecard: Digest,
    pub(crate) message: Vec<u8>,
    pub(crate) signed_receipt: Vec<u8>,
    pub(crate) log_index: u64,
    pub(crate) deleted: bool,
}

/// A use under an idempotency key.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    /// Digest of the body that asked for it.
    pub(crate) body: String,
    pub(crate) consent: ApplicationId,
    pub(crate) consent_use: u32,
}

fn evaluation(row: &AnyRow) -> Result<StoredEvaluation, sqlx::Error> {
    Ok(StoredEvaluation {
        receipt: parsed(row, 0)?,
        consent: parsed(row, 1)?,
        consent_use: number(row, 2)?,
        scorecard: parsed(row, 3)?,
        message: row.try_get(4)?,
        signed_receipt: row.try_get(5)?,
        log_index: number(row, 6)?,
        deleted: number::<i64>(row, 7)? != 0,
    })
}

impl Store {
    pub(crate) async fn evaluation(
        &self,
        receipt: Digest,
    ) -> Result<Option<StoredEvaluation>, sqlx::Error> {
        let statement = format!("{COLUMNS} WHERE receipt = $1");
        let row = sqlx::query(&statement)
            .bind(receipt.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(evaluation).transpose()
    }

    /// What was evaluated under one use, in the order asked.
    pub(crate) async fn evaluations(
        &self,
        consent: ApplicationId,
        consent_use: u32,
    ) -> Result<Vec<StoredEvaluation>, sqlx::Error> {
        let statement =
            format!("{COLUMNS} WHERE consent = $1 AND consent_use = $2 ORDER BY position");
        let rows = sqlx::query(&statement)
            .bind(consent.to_string())
            .bind(i64::from(consent_use))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(evaluation).collect()
    }

    /// What was evaluated under a consent, by use, then in the order asked; the
    /// results themselves are not read.
    pub(crate) async fn evaluations_of(
        &self,
        consent: ApplicationId,
    ) -> Result<Vec<EvaluationEntry>, sqlx::Error> {
        let rows = sqlx::query(
            "SELECT receipt, consent_use, scorecard, log_index FROM evaluation \
             WHERE consent = $1 ORDER BY consent_use, position",
        )
        .bind(consent.to_string())
        .fetch_all(&self.pool)
        .await?;
        let entry = |row: &AnyRow| {
            Ok(EvaluationEntry {
                receipt: parsed(row, 0)?,
                consent_use: number(row, 1)?,
                scorecard: parsed(row, 2)?,
                log_index: number(row, 3)?,
            })
        };
        rows.iter().map(entry).collect()
    }

    /// How many receipts were signed.
    pub(crate) async fn receipts(&self) -> Result<u64, sqlx::Error> {
        let row = sqlx::query("SELECT COUNT(*) FROM evaluation")
            .fetch_one(&self.pool)
            .await?;
        number(&row, 0)
    }

    /// What was done under an idempotency key.
    pub(crate) async fn done(
        &self,
        signer: VerifyingKey,
        key: &str,
    ) -> Result<Option<Done>, sqlx::Error> {
        let row = sqlx::query(
            "SELECT body, consent, consent_use FROM idempotency \
             WHERE signer = $1 AND idempotency_key = $2",
        )
        .bind(signer.to_string())
        .bind(key.to_owned())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        Ok(Some(Done {
            body: row.try_get(0)?,
            consent: parsed(&row, 1)?,
            consent_use: number(&row, 2)?,
        }))
    }
}

impl Writing {
    pub(crate) async fn keep_evaluation(
        &mut self,
        evaluation: &StoredEvaluation,
        position: usize,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO evaluation (receipt, consent, consent_use, scorecard, position, message, \
             signed_receipt, log_index, deleted) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)",
        )
        .bind(evaluation.receipt.to_string())
        .bind(evaluation.consent.to_string())
        .bind(i64::from(evaluation.consent_use))
        .bind(evaluation.scorecard.to_string())
        .bind(i64::try_from(position).unwrap_or(i64::MAX))
        .bind(evaluation.message.clone())
        .bind(evaluation.signed_receipt.clone())
        .bind(i64::try_from(evaluation.log_index).unwrap_or(i64::MAX))
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Remembers under which key a use was asked for.
    pub(crate) async fn keep_done(
        &mut self,
        signer: VerifyingKey,
        key: &str,
        done: &Done,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "INSERT INTO idempotency (signer, idempotency_key, body, consent, consent_use) \
             VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(signer.to_string())
        .bind(key.to_owned())
        .bind(done.body.clone())
        .bind(done.consent.to_string())
        .bind(i64::from(done.consent_use))
        .execute(self.on())
        .await?;
        Ok(())
    }

    /// Empties the results of a consent. Its receipts stay.
    pub(crate) async fn drop_results(
        &mut self,
        consent: ApplicationId,
        now: Timestamp,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(
            "UPDATE evaluation SET message = $1, deleted = $2 WHERE consent = $3 AND deleted = 0",
        )
        .bind(Vec::new())
        .bind(now.as_millisecond())
        .bind(consent.to_string())
        .execute(self.on())
        .await?;
        Ok(())
    }
}
