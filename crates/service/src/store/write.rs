//! A change: one transaction, with the log's leaves and its head in it.

use blindscore_history::digest::Digest;
use blindscore_protocol::envelope;
use blindscore_protocol::log::{Entry, EntryKind, LogError};
use blindscore_protocol::sign::VerifyingKey;
use blindscore_protocol::signing_key::Signatory;
use jiff::Timestamp;
use sqlx::any::Any;
use sqlx::{AnyConnection, Row, Transaction};
use thiserror::Error;
use tokio::sync::OwnedRwLockWriteGuard;

use super::{Book, Store};
use crate::error::ServiceError;

/// A change under way. Dropped without [`Writing::commit`], it never was.
pub(crate) struct Writing {
    tx: Transaction<'static, Any>,
    book: OwnedRwLockWriteGuard<Book>,
    appended: bool,
    /// The number of this change.
    writes: i64,
}

/// A signed request that changes something, which is taken once.
#[derive(Clone, Debug)]
pub(crate) struct Nonce {
    pub(crate) signer: VerifyingKey,
    pub(crate) nonce: String,
    pub(crate) expires: Timestamp,
}

/// Why a change was not made.
#[derive(Debug, Error)]
pub(crate) enum WriteError {
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Reload(#[from] ServiceError),
    /// The request was taken before.
    #[error("this signed request was taken before: sign a new one")]
    Replayed,
}

impl Store {
    /// Begins a change.
    pub(crate) async fn write(&self) -> Result<Writing, WriteError> {
        let mut book = std::sync::Arc::clone(&self.book).write_owned().await;
        if book.dirty {
            *book = Book::load(&self.pool, self.platform()).await?;
        }
        let mut tx = self.pool.begin().await?;
        // Takes the lock: SQLite's on the file, PostgreSQL's on the row.
        let row =
            sqlx::query("UPDATE keeper SET writes = writes + 1 WHERE id = 1 RETURNING writes")
                .fetch_one(&mut *tx)
                .await?;
        let writes: i64 = row.try_get(0)?;
        // The change before this one was ours: nobody else wrote in between.
        if book.writes != Some(writes - 1) {
            book.catch_up(&mut tx).await?;
        }
        Ok(Writing {
            tx,
            book,
            appended: false,
            writes,
        })
    }
}

impl Writing {
    /// For statements of this change.
    pub(crate) fn on(&mut self) -> &mut AnyConnection {
        &mut self.tx
    }

    /// Takes a signed request, once.
    pub(crate) async fn take(&mut self, nonce: &Nonce) -> Result<(), WriteError> {
        let taken = sqlx::query(
            "INSERT INTO nonce (signer, nonce, expires) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        )
        .bind(nonce.signer.to_string())
        .bind(nonce.nonce.clone())
        .bind(nonce.expires.as_millisecond())
        .execute(&mut *self.tx)
        .await?;
        match taken.rows_affected() {
            0 => Err(WriteError::Replayed),
            _ => Ok(()),
        }
    }

    /// Appends an entry, unless the log has it: its place.
    pub(crate) async fn append(
        &mut self,
        kind: EntryKind,
        digest: Digest,
        time: Timestamp,
    ) -> Result<u64, WriteError> {
        if let Some(place) = self.book.place(kind, &digest) {
            return Ok(place);
        }
        let entry = Entry { kind, digest, time };
        let leaf = entry.leaf();
        self.book.dirty = true;
        self.appended = true;
        let place = self.book.append(entry)?;
        sqlx::query("INSERT INTO log (place, kind, digest, leaf) VALUES ($1, $2, $3, $4)")
            .bind(i64::try_from(place).unwrap_or(i64::MAX))
            .bind(kind.name())
            .bind(digest.to_string())
            .bind(leaf)
            .execute(&mut *self.tx)
            .await?;
        Ok(place)
    }

    /// Signs the log if it grew, and puts everything on disk.
    pub(crate) async fn commit(
        mut self,
        signatory: &Signatory,
        now: Timestamp,
    ) -> Result<(), WriteError> {
        if self.appended || self.book.head.is_none() {
            self.book.dirty = true;
            let head = self.book.log.head(now, signatory.key());
            sqlx::query(
                "INSERT INTO head (id, size, message) VALUES (1, $1, $2)
                 ON CONFLICT (id) DO UPDATE SET size = excluded.size, message = excluded.message",
            )
            .bind(i64::try_from(head.statement().size).unwrap_or(i64::MAX))
            .bind(envelope::close(&head, &[]))
            .execute(&mut *self.tx)
            .await?;
            self.book.head = Some(head);
        }
        // Only a commit that succeeded makes memory and disk agree again.
        self.book.dirty |= self.appended;
        self.tx.commit().await?;
        self.book.dirty = false;
        self.book.writes = Some(self.writes);
        Ok(())
    }
}
