//! The database: SQLite or PostgreSQL, by URL, with the same statements.
//!
//! Every change is one transaction that begins by locking one row, so writers
//! go one after the other, in one process or several; what a transaction reads
//! after that cannot change under it. The log goes with it: a leaf, the head
//! that covers it and what it is about are on disk together or not at all.

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_protocol::envelope;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::log::TreeHead;
use blindscore_protocol::sign::Signed;
use jiff::Timestamp;
use sqlx::any::{AnyPoolOptions, AnyRow};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AnyPool, Executor, Row};
use tokio::sync::{OwnedRwLockReadGuard, RwLock};

use crate::error::ServiceError;

mod book;
pub(crate) mod consents;
pub(crate) mod evaluations;
pub(crate) mod histories;
pub(crate) mod public;
pub(crate) mod retention;
pub(crate) mod shown;
mod write;

pub(crate) use book::Book;
pub(crate) use write::{Nonce, WriteError, Writing};

/// The forms that a database went through, each from the one before.
const MIGRATIONS: [(&str, &str); 2] = [
    ("first", include_str!("../migrations/0001_first.sql")),
    ("sweeps", include_str!("../migrations/0002_sweeps.sql")),
];

/// The database, with the log in memory beside it.
pub(crate) struct Store {
    pub(crate) pool: AnyPool,
    book: Arc<RwLock<Book>>,
    platform: PartyId,
}

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Backend {
    Sqlite,
    Postgres,
}

impl Store {
    /// Opens a database, brings it to its last form, and checks the log against
    /// its signed head.
    pub(crate) async fn open(
        url: Option<&str>,
        data: &Path,
        platform: &PartyId,
    ) -> Result<Self, ServiceError> {
        sqlx::any::install_default_drivers();
        let file = format!("sqlite:{}?mode=rwc", data.join("platform.db").display());
        let url = url.unwrap_or(&file);
        let backend = backend(url)?;
        let pool = pool(url, backend).await?;
        migrator(backend).run(&pool).await?;
        belongs_to(&pool, platform).await?;
        let book = Book::load(&pool, platform).await?;
        Ok(Self {
            pool,
            book: Arc::new(RwLock::new(book)),
            platform: platform.clone(),
        })
    }

    /// Whether the database answers.
    pub(crate) async fn answers(&self) -> Result<(), sqlx::Error> {
        sqlx::query("SELECT id FROM keeper")
            .fetch_one(&self.pool)
            .await?;
        Ok(())
    }

    /// The log as it is on disk.
    pub(crate) async fn book(&self) -> Result<OwnedRwLockReadGuard<Book>, ServiceError> {
        let book = Arc::clone(&self.book).read_owned().await;
        if !book.dirty {
            return Ok(book);
        }
        drop(book);
        let mut book = Arc::clone(&self.book).write_owned().await;
        if book.dirty {
            *book = Book::load(&self.pool, &self.platform).await?;
        }
        Ok(book.downgrade())
    }

    /// Ends all connections, once what is under way has ended.
    pub(crate) async fn close(&self) {
        self.pool.close().await;
    }

    pub(crate) fn platform(&self) -> &PartyId {
        &self.platform
    }
}

fn backend(url: &str) -> Result<Backend, ServiceError> {
    if url.starts_with("sqlite:") {
        Ok(Backend::Sqlite)
    } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        Ok(Backend::Postgres)
    } else {
        // The URL itself may hold a password.
        let fault = "the URL begins with neither sqlite: nor postgres:".to_owned();
        let what = "the database";
        Err(ServiceError::Url { what, fault })
    }
}

async fn pool(url: &str, backend: Backend) -> Result<AnyPool, ServiceError> {
    let options = AnyPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(10));
    let options = match backend {
        Backend::Postgres => options,
        // A file does not go away as a server does: nothing to ask before each use.
        Backend::Sqlite => options
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // FULL: a commit is on disk when it returns.
                    for pragma in [
                        "PRAGMA journal_mode = WAL",
                        "PRAGMA synchronous = FULL",
                        "PRAGMA foreign_keys = ON",
                        "PRAGMA busy_timeout = 10000",
                        "PRAGMA secure_delete = ON",
                    ] {
                        connection.execute(pragma).await?;
                    }
                    Ok(())
                })
            }),
    };
    Ok(options.connect(url).await?)
}

fn migrator(backend: Backend) -> Migrator {
    let (int, bytes) = match backend {
        Backend::Sqlite => ("INTEGER", "BLOB"),
        Backend::Postgres => ("BIGINT", "BYTEA"),
    };
    let migration = |(number, (name, sql)): (i64, (&'static str, &str))| {
        let sql = sql.replace("{int}", int).replace("{bytes}", bytes);
        Migration::new(
            number,
            Cow::Borrowed(name),
            MigrationType::Simple,
            Cow::Owned(sql),
            false,
        )
    };
    Migrator {
        migrations: Cow::Owned((1..).zip(MIGRATIONS).map(migration).collect()),
        ..Migrator::DEFAULT
    }
}

async fn belongs_to(pool: &AnyPool, platform: &PartyId) -> Result<(), ServiceError> {
    sqlx::query(
        "INSERT INTO keeper (id, platform, writes) VALUES (1, $1, 0) ON CONFLICT (id) DO NOTHING",
    )
    .bind(platform.as_str())
    .execute(pool)
    .await?;
    let row = sqlx::query("SELECT platform FROM keeper WHERE id = 1")
        .fetch_one(pool)
        .await?;
    let got: String = row.try_get(0)?;
    if got == platform.as_str() {
        return Ok(());
    }
    let want = platform.to_string();
    Err(ServiceError::OtherPlatform { got, want })
}

/// A head as it is stored.
fn head_of(bytes: &[u8]) -> Option<Signed<TreeHead>> {
    let (head, _) = envelope::open::<Signed<TreeHead>>(bytes, PARAMETER_ID).ok()?;
    Some(head)
}

/// A value of a row that was written as text.
pub(crate) fn parsed<T: std::str::FromStr>(row: &AnyRow, at: usize) -> Result<T, sqlx::Error> {
    let text: String = row.try_get(at)?;
    text.parse().map_err(|_| wrong(at))
}

/// A count of a row.
pub(crate) fn number<T: TryFrom<i64>>(row: &AnyRow, at: usize) -> Result<T, sqlx::Error> {
    let number: i64 = row.try_get(at)?;
    T::try_from(number).map_err(|_| wrong(at))
}

/// A time of a row.
pub(crate) fn time(row: &AnyRow, at: usize) -> Result<Timestamp, sqlx::Error> {
    let millis: i64 = row.try_get(at)?;
    Timestamp::from_millisecond(millis).map_err(|_| wrong(at))
}

fn wrong(at: usize) -> sqlx::Error {
    let source = "a stored value that the service did not write".into();
    let index = at.to_string();
    sqlx::Error::ColumnDecode { index, source }
}
