//! A service: opened on its storage, then a router for a server of one's own,
//! or served on an address.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use blindscore_protocol::api::Holdings;
use blindscore_protocol::id::PartyId;

use crate::app::{App, Shared};
use crate::config::{Config, Tls};
use crate::error::ServiceError;
use crate::home::Home;
use crate::limit::Limiter;
use crate::metrics::Metrics;
use crate::objects::Objects;
use crate::pool::{Pool, Turns};
use crate::published::Published;
use crate::refusal::Refusal;
use crate::replay::Seen;
use crate::store::Store;
use crate::{holdings, retention, router};

/// How long requests under way may take to end when the service stops.
const GRACE: Duration = Duration::from_secs(30);

/// A platform's service.
#[derive(Clone)]
pub struct Service {
    app: App,
}

/// A service that answers on an address.
pub struct Serving {
    service: Service,
    handle: Handle<SocketAddr>,
    task: tokio::task::JoinHandle<std::io::Result<()>>,
    address: SocketAddr,
    tls: bool,
}

impl Service {
    /// Opens folder, database and object store, and makes what is not there.
    /// Must be called on a tokio runtime; old ciphertexts are swept away from
    /// then on, until [`Service::stop`].
    ///
    /// # Errors
    /// What does not let the service start.
    pub async fn open(config: Config) -> Result<Self, ServiceError> {
        let now = config.clock.now();
        let home = Home::open(&config.data, now)?;
        let store = Store::open(config.database.as_deref(), &config.data, home.id()).await?;
        // A log has a head from the beginning, and everybody can ask for it.
        let first = store.write().await.map_err(wrote)?;
        first.commit(&home.signatory, now).await.map_err(wrote)?;
        let objects = Objects::open(config.objects.as_deref(), &config.data)?;
        let app = Arc::new(Shared {
            pool: Pool::new(&config.limits),
            limiter: Limiter::new(&config.limits),
            turns: Turns::default(),
            seen: Seen::default(),
            metrics: Metrics::new(),
            stopping: AtomicBool::new(false),
            published: Published::default(),
            config,
            home,
            store,
            objects,
        });
        tokio::spawn(retention::watch(Arc::clone(&app)));
        Ok(Self { app })
    }

    /// All routes, for a server of one's own.
    pub fn router(&self) -> Router {
        router::router(Arc::clone(&self.app))
    }

    /// The platform's name.
    pub fn platform(&self) -> &PartyId {
        self.app.home.id()
    }

    /// Where the operator's token was put when it was made.
    pub fn token_file(&self) -> PathBuf {
        self.app.home.token_file()
    }

    /// What the platform holds: ids, sizes and times.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn holdings(&self) -> Result<Holdings, ServiceError> {
        let held = holdings::holdings(&self.app, 1000).await;
        held.map_err(|refusal| failed("the holdings", &refusal))
    }

    /// Deletes what is no longer to be kept, now rather than with the next
    /// sweep.
    ///
    /// # Errors
    /// The database or the object store does not answer.
    pub async fn sweep(&self) -> Result<(), ServiceError> {
        let swept = retention::sweep(&self.app).await;
        swept.map_err(|refusal| failed("the sweep", &refusal))
    }

    /// Listens on the configured address. Returns when the service answers.
    ///
    /// # Errors
    /// The address is taken, or certificate and key do not serve.
    pub async fn listen(&self) -> Result<Serving, ServiceError> {
        let config = &self.app.config;
        let handle = Handle::new();
        let listener = std::net::TcpListener::bind(config.listen).map_err(ServiceError::Listen)?;
        listener
            .set_nonblocking(true)
            .map_err(ServiceError::Listen)?;
        let address = listener.local_addr().map_err(ServiceError::Listen)?;
        let make = self
            .router()
            .into_make_service_with_connect_info::<SocketAddr>();
        let tls = config.tls.is_some();
        let task = match &config.tls {
            None => {
                let server = axum_server::from_tcp(listener).map_err(ServiceError::Listen)?;
                tokio::spawn(server.handle(handle.clone()).serve(make))
            }
            Some(tls) => {
                let rustls = rustls_config(tls).await?;
                let server =
                    axum_server::from_tcp_rustls(listener, rustls).map_err(ServiceError::Listen)?;
                tokio::spawn(server.handle(handle.clone()).serve(make))
            }
        };
        Ok(Serving {
            service: self.clone(),
            handle,
            task,
            address,
            tls,
        })
    }

    /// Stops sweeping and refuses to be ready. What is under way ends.
    pub async fn stop(&self) {
        self.app.stopping.store(true, Ordering::Relaxed);
        self.app.store.close().await;
    }
}

impl Serving {
    /// The address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL.
    pub fn url(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Takes no more requests, lets those under way end, and closes the
    /// storage.
    ///
    /// # Errors
    /// The server failed before.
    pub async fn shut_down(self) -> Result<(), ServiceError> {
        self.service.app.stopping.store(true, Ordering::Relaxed);
        self.handle.graceful_shutdown(Some(GRACE));
        let ended = self.task.await;
        self.service.stop().await;
        match ended {
            Ok(ended) => ended.map_err(ServiceError::Listen),
            Err(error) => Err(ServiceError::Listen(std::io::Error::other(error))),
        }
    }
}

/// Serves until `stop` ends. `ready` is told the service and its URL when it
/// answers.
///
/// # Errors
/// What does not let the service start, or stopped it.
pub async fn serve(
    config: Config,
    ready: impl FnOnce(&Service, &str),
    stop: impl Future<Output = ()>,
) -> Result<(), ServiceError> {
    let service = Service::open(config).await?;
    let serving = service.listen().await?;
    ready(&service, &serving.url());
    stop.await;
    tracing::info!("stopping: requests under way end first");
    serving.shut_down().await
}

async fn rustls_config(tls: &Tls) -> Result<RustlsConfig, ServiceError> {
    // Taken by whoever comes first in the process; ring is the one we bring.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let read = RustlsConfig::from_pem_file(&tls.cert, &tls.key).await;
    read.map_err(ServiceError::Tls)
}

fn failed(what: &'static str, refusal: &Refusal) -> ServiceError {
    let detail = refusal.to_string();
    ServiceError::Failed { what, detail }
}

fn wrote(error: crate::store::WriteError) -> ServiceError {
    use crate::store::WriteError;
    match error {
        WriteError::Database(error) => ServiceError::Database(error),
        WriteError::Reload(error) => error,
        WriteError::Log(_) | WriteError::Replayed => ServiceError::Stored { what: "log" },
    }
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Service({}, ..)", self.platform())
    }
}
