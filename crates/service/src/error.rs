//! Why a service does not start, or stops.

use std::path::{Path, PathBuf};

use blindscore_protocol::log::StoreError;
use blindscore_protocol::registry::{RegistryError, TrustError};
use blindscore_protocol::signing_key::SigningKeyError;
use thiserror::Error;

/// Why a service does not start, or stops.
#[derive(Debug, Error)]
pub enum ServiceError {
    /// A file.
    #[error("{}: {fault}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong.
        fault: std::io::Error,
    },
    /// The signing key at rest.
    #[error("{}: {fault}", path.display())]
    SigningKey {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        fault: SigningKeyError,
    },
    /// The registry at rest.
    #[error("{}: {fault}", path.display())]
    Registry {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        fault: RegistryError,
    },
    /// A registry that does not know this platform's key.
    #[error("the registry does not stand behind this platform: {0}")]
    Untrusted(#[from] TrustError),
    /// The folder of the commands without a service.
    #[error(
        "{} was made by blindscore platform init, for commands without a service: serve another folder",
        path.display()
    )]
    OtherFolder {
        /// The folder.
        path: PathBuf,
    },
    /// The operator's token at rest.
    #[error("{} is not the digest of a token: delete it, and a new token is made", path.display())]
    Token {
        /// Which file.
        path: PathBuf,
    },
    /// The database.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// Its migrations.
    #[error("the database's form: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A database of another platform.
    #[error("the database is of platform {got}; want {want}: give each platform its own")]
    OtherPlatform {
        /// The platform whose it is.
        got: String,
        /// This one.
        want: String,
    },
    /// A database that holds what it cannot.
    #[error("the database's {what} cannot be read: restore it from a backup")]
    Stored {
        /// What.
        what: &'static str,
    },
    /// The log.
    #[error(
        "the log no longer is what the platform signed: {0}; restore the database from a backup, and publish nothing until then"
    )]
    Log(#[from] StoreError),
    /// A URL of no known kind.
    #[error("cannot keep {what} there: {fault}")]
    Url {
        /// Database or ciphertexts.
        what: &'static str,
        /// What is wrong.
        fault: String,
    },
    /// Something that the storage was asked for.
    #[error("{what}: {detail}")]
    Failed {
        /// What was asked for.
        what: &'static str,
        /// What the storage says.
        detail: String,
    },
    /// The object store.
    #[error("the object store: {0}")]
    Objects(#[from] object_store::Error),
    /// The address.
    #[error("cannot listen: {0}")]
    Listen(std::io::Error),
    /// Certificate or key.
    #[error("cannot speak TLS: {0}")]
    Tls(std::io::Error),
    /// Randomness.
    #[error("the system gives no randomness: {0}")]
    Random(getrandom::Error),
}

impl ServiceError {
    pub(crate) fn file(path: &Path, fault: std::io::Error) -> Self {
        let path = path.to_owned();
        Self::File { path, fault }
    }
}
