//! The applicant's window: the only one with a key that opens anything.
//!
//! A GET reads and changes nothing; what a person decides is a POST, answered
//! with a redirect. Work that takes longer goes on beside the pages, one task an
//! application, a step at a time; each step is written down before the next, so
//! that a restart goes on where the last one ended.

mod application;
mod draft;
mod fault;
mod gauge;
mod handover;
mod log_watch;
mod pages;
mod questions;
mod record;
mod routes;
mod seen;
mod statements;
mod store;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Router;
use blindscore_client::http::{Async, Call};
use blindscore_history::digest::Digest;
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::registry::Registry;
use blindscore_service::Clock;
use tokio::sync::OnceCell;

use self::fault::{Fault, Result};
use self::questions::{Card, Listed, Published};
use self::record::{Record, Stage};
use self::statements::Kept;
use self::store::{Drawer, Store};
use super::holders::Holders;
use crate::error::Outcome;

pub(crate) use self::questions::KnownLender;

/// How long a platform that is busy is asked again.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a wallet is opened with.
pub(crate) struct Settings {
    /// Its folder, which only its owner reads.
    pub(crate) folder: PathBuf,
    /// Whom it believes.
    pub(crate) registry: Registry,
    /// The platform's URL.
    pub(crate) platform: String,
    /// Its clock.
    pub(crate) now: Clock,
    /// The lenders whose servers it knows.
    pub(crate) lenders: Vec<KnownLender>,
    /// The data holders, for whom the demo acts.
    pub(crate) holders: Holders,
}

/// An open wallet.
pub(crate) struct Wallet {
    store: Store,
    registry: Registry,
    platform_url: String,
    now: Clock,
    lenders: Vec<KnownLender>,
    holders: Holders,
    platform: OnceCell<Async>,
    http: OnceCell<reqwest::Client>,
    records: Mutex<BTreeMap<ApplicationId, Record>>,
    /// Applications that a task works on.
    busy: Mutex<BTreeSet<ApplicationId>>,
    /// Attempts at a proof under way, and how many there are on average.
    proving: Mutex<BTreeMap<ApplicationId, (u32, u32)>>,
    seen: Mutex<BTreeMap<Digest, Listed>>,
    schemes: Mutex<BTreeMap<Digest, Arc<Published>>>,
    cards: Mutex<BTreeMap<Digest, Arc<Card>>>,
    /// Held while the last head of the log is read, advanced and written.
    watching: tokio::sync::Mutex<()>,
    /// The person's own statements; held while they change.
    statements: tokio::sync::Mutex<Kept>,
}

/// Opens the wallet, and goes on with what was under way.
pub(crate) async fn open(settings: Settings) -> Outcome<Router> {
    let store = Store::open(&settings.folder)?;
    let records = store.records()?;
    let records: BTreeMap<_, _> = records.into_iter().map(|r| (r.id, r)).collect();
    let kept = Kept::open(store.statements())?;
    let wallet = Arc::new(Wallet {
        store,
        registry: settings.registry,
        platform_url: settings.platform,
        now: settings.now,
        lenders: settings.lenders,
        holders: settings.holders,
        platform: OnceCell::new(),
        http: OnceCell::new(),
        records: Mutex::new(records),
        busy: Mutex::default(),
        proving: Mutex::default(),
        seen: Mutex::default(),
        schemes: Mutex::default(),
        cards: Mutex::default(),
        watching: tokio::sync::Mutex::default(),
        statements: tokio::sync::Mutex::new(kept),
    });
    for record in wallet.all_records() {
        match record.stage() {
            Stage::Running => wallet.spawn_run(record.id),
            Stage::Releasing => wallet.spawn_handover(record.id),
            _ => {}
        }
    }
    Ok(routes::router(wallet))
}

impl Wallet {
    /// The platform, once it answers.
    async fn platform(&self) -> Result<&Async> {
        let connect = || Async::connect(&self.platform_url, &[]);
        Ok(self.platform.get_or_try_init(connect).await?)
    }

    /// Sends a call to the platform; again for a while, if it is busy.
    async fn send<T>(&self, call: &Call<T>) -> Result<T> {
        let platform = self.platform().await?;
        let start = Instant::now();
        loop {
            match platform.send(call).await {
                Ok(answer) => return Ok(answer),
                Err(error) => match error.retry_after() {
                    Some(seconds) if start.elapsed() < PATIENCE => {
                        tokio::time::sleep(Duration::from_secs(seconds.clamp(1, 10))).await;
                    }
                    _ => return Err(error.into()),
                },
            }
        }
    }

    /// For servers of lenders.
    async fn http(&self) -> Result<&reqwest::Client> {
        // The platform's client has brought what TLS needs in this process.
        self.platform().await?;
        let build = || async {
            reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
        };
        self.http
            .get_or_try_init(build)
            .await
            .map_err(Fault::internal)
    }

    /// What a party is called.
    fn name(&self, party: &PartyId) -> String {
        if party.is_self_declared() {
            return texts::YOURSELF.to_owned();
        }
        let known = self.registry.party(party);
        known.map_or_else(|| party.to_string(), |known| known.name.to_string())
    }

    /// Every application, the newest first.
    fn all_records(&self) -> Vec<Record> {
        let mut all: Vec<_> = lock(&self.records).values().cloned().collect();
        all.sort_by_key(|record| (std::cmp::Reverse(record.drafted), record.id));
        all
    }

    /// One application.
    fn record(&self, id: ApplicationId) -> Result<Record> {
        lock(&self.records).get(&id).cloned().ok_or(Fault::Missing)
    }

    /// Changes an application, on disk first.
    fn change(&self, id: ApplicationId, change: impl FnOnce(&mut Record)) -> Result<Record> {
        let mut records = lock(&self.records);
        let mut record = records.get(&id).cloned().ok_or(Fault::Missing)?;
        change(&mut record);
        self.drawer(id).keep(&record)?;
        records.insert(id, record.clone());
        Ok(record)
    }

    fn drawer(&self, id: ApplicationId) -> Drawer {
        self.store.drawer(id)
    }

    /// Begins to work on an application, unless somebody does already.
    fn begin(self: &Arc<Self>, id: ApplicationId) -> Option<Working> {
        let begun = lock(&self.busy).insert(id);
        begun.then(|| Working {
            wallet: Arc::clone(self),
            id,
        })
    }
}

/// Ends when whoever works on an application does, however it ends.
struct Working {
    wallet: Arc<Wallet>,
    id: ApplicationId,
}

impl Drop for Working {
    fn drop(&mut self) {
        lock(&self.wallet.busy).remove(&self.id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
