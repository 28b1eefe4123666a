//! What a service is told when it starts.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// Where a service keeps what, and how much it takes.
#[derive(Clone)]
pub struct Config {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder with key, registry and operator's token, and with database and
    /// ciphertexts unless they are elsewhere. Made if it is not there.
    pub data: PathBuf,
    /// URL of the database: `sqlite:` or `postgres:`. A file in `data` without.
    pub database: Option<String>,
    /// URL of the object store: `file:` or `s3:`. A folder in `data` without.
    pub objects: Option<String>,
    /// Certificate chain and key, as PEM files, to speak TLS.
    pub tls: Option<Tls>,
    /// How much one caller and all callers together may ask.
    pub limits: Limits,
    /// How long what is kept.
    pub retention: Retention,
    /// The service's clock.
    pub clock: Clock,
    /// Whether to show at `/` what is held, to anybody who can reach it: ids,
    /// sizes, times and bytes of ciphertexts. Off by default.
    pub window: bool,
}

/// PEM files to speak TLS with.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Certificate chain.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// How much is taken.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Requests a second of one key; 50 by default.
    pub party_per_second: u32,
    /// Requests of one key at once; 200 by default.
    pub party_burst: u32,
    /// Requests a second of one address without a registered key; 50 by default.
    pub address_per_second: u32,
    /// Requests of one address without a registered key at once; 200 by default.
    pub address_burst: u32,
    /// Largest upload, in bytes; 64 MiB by default.
    pub upload_max: usize,
    /// Threads that compute; as many as there are cores by default.
    pub workers: usize,
    /// Orders and uploads that wait for one; 64 by default.
    pub queue: usize,
    /// Longest time that a request may take; two minutes by default.
    pub timeout: Duration,
}

/// How long ciphertexts are kept. A withdrawal deletes them at once, and so
/// does the end of a consent.
#[derive(Clone, Debug)]
pub struct Retention {
    /// After the last use of a consent, for applicant and lender to look into
    /// and to run again; 24 hours by default, never past the consent's end.
    pub collect: Duration,
    /// Without any consent; 7 days by default.
    pub unclaimed: Duration,
    /// How often is looked; every 30 seconds by default.
    pub sweep: Duration,
}

/// What time it is.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock of one's own, such as one that stands still.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The machine's clock, in whole seconds as statements have them.
    pub fn system() -> Self {
        Self::new(|| {
            let now = Timestamp::now();
            Timestamp::from_second(now.as_second()).unwrap_or(now)
        })
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        (self.0)()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            party_per_second: 50,
            party_burst: 200,
            address_per_second: 50,
            address_burst: 200,
            upload_max: 64 << 20,
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            queue: 64,
            timeout: Duration::from_secs(120),
        }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            collect: Duration::from_secs(24 * 3600),
            unclaimed: Duration::from_secs(7 * 24 * 3600),
            sweep: Duration::from_secs(30),
        }
    }
}

impl Config {
    /// A service on loopback that keeps everything in a folder.
    pub fn at(data: impl Into<PathBuf>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8440)),
            data: data.into(),
            database: None,
            objects: None,
            tls: None,
            limits: Limits::default(),
            retention: Retention::default(),
            clock: Clock::system(),
            window: false,
        }
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // URLs may hold passwords.
        f.debug_struct("Config")
            .field("listen", &self.listen)
            .field("data", &self.data)
            .field("limits", &self.limits)
            .field("retention", &self.retention)
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}
