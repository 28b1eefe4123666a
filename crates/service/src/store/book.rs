//! The log in memory: what proofs are made from, and where the next leaf goes.

use std::collections::BTreeMap;

use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_protocol::envelope;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::log::{Entry, EntryKind, Log, LogError, TreeHead};
use blindscore_protocol::sign::Signed;
use sqlx::{AnyConnection, AnyPool, Row};

use super::head_of;
use crate::error::ServiceError;

/// The log with its last signed head. Nothing in it is ahead of the database,
/// unless a transaction is under way or failed: then it is `dirty`, and loaded
/// again before it is next used.
pub(crate) struct Book {
    pub(super) log: Log,
    /// Where an entry stands.
    pub(super) places: BTreeMap<(EntryKind, Digest), u64>,
    pub(super) head: Option<Signed<TreeHead>>,
    pub(super) dirty: bool,
    /// The database's count of changes when this was last the same as the
    /// database: whether another process wrote since.
    pub(super) writes: Option<i64>,
}

impl Book {
    /// Reads the log and compares it with its signed head.
    pub(super) async fn load(pool: &AnyPool, platform: &PartyId) -> Result<Self, ServiceError> {
        // One transaction, so that head and leaves are of one time.
        let mut tx = pool.begin().await?;
        let head = sqlx::query("SELECT message FROM head WHERE id = 1")
            .fetch_optional(&mut *tx)
            .await?;
        let rows = sqlx::query("SELECT leaf FROM log ORDER BY place")
            .fetch_all(&mut *tx)
            .await?;
        tx.rollback().await?;
        let head = match head {
            None => None,
            Some(row) => {
                let bytes: Vec<u8> = row.try_get(0)?;
                let what = "tree head";
                Some(head_of(&bytes).ok_or(ServiceError::Stored { what })?)
            }
        };
        let mut lines = Vec::new();
        for row in rows {
            lines.extend_from_slice(&row.try_get::<Vec<u8>, _>(0)?);
            lines.push(b'\n');
        }
        let log = Log::read(platform.clone(), lines.as_slice(), head.as_ref())?;
        let places = log.entries().iter().zip(0..);
        let places = places.map(|(entry, place)| ((entry.kind, entry.digest), place));
        Ok(Self {
            places: places.collect(),
            log,
            head,
            dirty: false,
            writes: None,
        })
    }

    /// Takes in what another process of this platform has appended.
    pub(super) async fn catch_up(
        &mut self,
        connection: &mut AnyConnection,
    ) -> Result<(), sqlx::Error> {
        let size = i64::try_from(self.log.size()).unwrap_or(i64::MAX);
        let rows = sqlx::query("SELECT leaf FROM log WHERE place >= $1 ORDER BY place")
            .bind(size)
            .fetch_all(&mut *connection)
            .await?;
        for row in rows {
            let leaf: Vec<u8> = row.try_get(0)?;
            let entry = Entry::from_leaf(&leaf).ok_or_else(|| super::wrong(0))?;
            self.append(entry).map_err(|_| super::wrong(0))?;
        }
        let head = sqlx::query("SELECT message FROM head WHERE id = 1")
            .fetch_optional(&mut *connection)
            .await?;
        if let Some(row) = head {
            let bytes: Vec<u8> = row.try_get(0)?;
            let (head, _) = envelope::open::<Signed<TreeHead>>(&bytes, PARAMETER_ID)
                .map_err(|_| super::wrong(0))?;
            self.head = Some(head);
        }
        Ok(())
    }

    pub(super) fn append(&mut self, entry: Entry) -> Result<u64, LogError> {
        let key = (entry.kind, entry.digest);
        let place = self.log.append(entry)?;
        self.places.insert(key, place);
        Ok(place)
    }

    /// The log.
    pub(crate) fn log(&self) -> &Log {
        &self.log
    }

    /// Its last signed head.
    pub(crate) fn head(&self) -> Option<&Signed<TreeHead>> {
        self.head.as_ref()
    }

    /// Where an entry stands.
    pub(crate) fn place(&self, kind: EntryKind, digest: &Digest) -> Option<u64> {
        self.places.get(&(kind, *digest)).copied()
    }
}
