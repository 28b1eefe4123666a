//! `serve`: the platform as a service.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use blindscore_service::{Config, LogForm, Service, ServiceError, Tls};
use clap::{Args, ValueEnum};

use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{fields, note, print};

/// Largest file with a URL.
const URL_MAX: usize = 4096;

/// Run the platform as a service over HTTP (platform)
///
/// Needs nothing: keys, registry, database and operator's token are made in the
/// folder when they are not there. Requests are signed by the parties of the
/// registry and by applicants; the operator has a token. /docs lists the routes.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore serve
Example, on PostgreSQL and with TLS:
  blindscore serve --listen 0.0.0.0:8440 --database postgres://platform@db/platform \\
    --tls-cert chain.pem --tls-key key.pem")]
pub(crate) struct Serve {
    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8440")]
    listen: SocketAddr,
    /// Folder for keys, registry, token, and what is not kept elsewhere
    #[arg(long, value_name = "DIR", default_value = "platform-service")]
    data: PathBuf,
    /// Database: a sqlite: or postgres: URL; without, a file in the folder
    #[arg(
        long,
        value_name = "URL",
        env = "BLINDSCORE_DATABASE",
        hide_env_values = true
    )]
    database: Option<String>,
    /// File that the database's URL stands in, such as a secret of a container
    #[arg(
        long,
        value_name = "FILE",
        env = "BLINDSCORE_DATABASE_FILE",
        conflicts_with = "database"
    )]
    database_file: Option<PathBuf>,
    /// Ciphertexts: a file:// or s3:// URL; without, a folder in the folder
    #[arg(
        long,
        value_name = "URL",
        env = "BLINDSCORE_OBJECTS",
        hide_env_values = true
    )]
    objects: Option<String>,
    /// Certificate chain (PEM), to speak TLS; else leave TLS to a proxy
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Its private key (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// Threads that compute; without, one a core
    #[arg(long, value_name = "N")]
    workers: Option<usize>,
    /// Orders and uploads that may wait for one
    #[arg(long, value_name = "N", default_value_t = 64)]
    queue: usize,
    /// Requests a second of one key, and of one address without a registered key
    #[arg(long, value_name = "N", default_value_t = 50)]
    rate: u32,
    /// Requests at once of one key, and of one address without a registered key
    #[arg(long, value_name = "N", default_value_t = 200)]
    burst: u32,
    /// Largest upload in MiB
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=256))]
    upload_max: u32,
    /// Hours that histories are kept after the last use of their consent
    #[arg(long, value_name = "HOURS", default_value_t = 24)]
    collect_hours: u32,
    /// Days that histories are kept to which nobody consented
    #[arg(long, value_name = "DAYS", default_value_t = 7)]
    unclaimed_days: u32,
    /// Show at / what is held, to anybody who can reach it: ids, sizes, times, bytes of ciphertexts
    #[arg(long)]
    window: bool,
    /// How logs are written, on stderr; what is logged follows BLINDSCORE_LOG
    #[arg(long, value_enum, default_value_t = Logs::Text)]
    logs: Logs,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Logs {
    Text,
    Json,
}

impl Serve {
    pub(crate) fn run(&self) -> Outcome {
        let _tracing = blindscore_service::init_logs(match self.logs {
            Logs::Text => LogForm::Text,
            Logs::Json => LogForm::Json,
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(Failure::internal)?;
        let config = self.config()?;
        let served = runtime.block_on(blindscore_service::serve(config, ready, stopped()));
        served.map_err(failure)
    }

    fn config(&self) -> Outcome<Config> {
        let mut config = Config::at(&self.data);
        config.listen = self.listen;
        config.window = self.window;
        config.database = match &self.database_file {
            None => self.database.clone(),
            Some(file) => Some(files::read_text(file, URL_MAX)?.trim().to_owned()),
        };
        config.objects.clone_from(&self.objects);
        if let (Some(cert), Some(key)) = (self.tls_cert.clone(), self.tls_key.clone()) {
            config.tls = Some(Tls { cert, key });
        }
        let limits = &mut config.limits;
        limits.party_per_second = self.rate;
        limits.address_per_second = self.rate;
        limits.party_burst = self.burst;
        limits.address_burst = self.burst;
        limits.queue = self.queue;
        limits.upload_max = (self.upload_max as usize) << 20;
        if let Some(workers) = self.workers {
            limits.workers = workers;
        }
        config.retention.collect = Duration::from_secs(u64::from(self.collect_hours) * 3600);
        config.retention.unclaimed = Duration::from_secs(u64::from(self.unclaimed_days) * 86_400);
        Ok(config)
    }
}

fn ready(service: &Service, url: &str) {
    let shown = print(&fields(&[
        ("platform", service.platform().to_string()),
        ("address", url.to_owned()),
        ("routes", format!("{url}/docs")),
        ("token", service.token_file().display().to_string()),
        ("stop", "Ctrl-C".to_owned()),
    ]));
    if shown.is_err() {
        note("nobody reads what is printed here; the service goes on");
    }
}

/// Ends when the process is asked to stop.
pub(crate) async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}

pub(crate) fn failure(error: ServiceError) -> Failure {
    match error {
        ServiceError::Log(_) => Failure::security(error),
        ServiceError::OtherFolder { .. }
        | ServiceError::OtherPlatform { .. }
        | ServiceError::Untrusted(_)
        | ServiceError::Registry { .. }
        | ServiceError::SigningKey { .. }
        | ServiceError::Url { .. } => Failure::refused(error),
        error => Failure::internal(error),
    }
}
