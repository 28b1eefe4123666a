//! Starts the windows: three servers on loopback, each with a folder of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use axum::Router;
use blindscore_client::http::{Async, Operator};
use blindscore_examples::application::registry_around;
use blindscore_examples::cast::Cast;
use blindscore_examples::{SCHEME_JSON, SCORECARDS};
use blindscore_protocol::registry::Registry;
use blindscore_service::window::guarded;
use blindscore_service::{Clock, Config, Service};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::holders::Holders;
use super::lender;
use super::wallet::{self, KnownLender};
use crate::commands::serve::{failure, stopped};
use crate::error::{Failure, Outcome};
use crate::files;
use crate::inputs::trust;

/// Where everything is, once it answers.
#[derive(Debug, Serialize)]
pub(crate) struct Windows {
    pub(crate) platform: String,
    pub(crate) wallet: String,
    pub(crate) lender: String,
    pub(crate) data: PathBuf,
}

/// Runs the windows until the process is asked to stop. `ready` is told where
/// they are when all of them answer.
pub(crate) async fn run(
    data: &Path,
    port: u16,
    ready: impl FnOnce(&Windows) -> Outcome,
) -> Outcome {
    let clock = Clock::system();
    let cast = Cast::load().map_err(Failure::internal)?;
    let registry = known(&data.join("platform"), &cast, &clock)?;

    let wallet = bind(port, 1).await?;
    let asks = bind(port, 2).await?;
    let mut config = Config::at(data.join("platform"));
    config.listen = loopback(port);
    config.window = true;
    let service = Service::open(config).await.map_err(failure)?;
    let serving = service.listen().await.map_err(failure)?;
    let windows = Windows {
        platform: serving.url(),
        wallet: url(&wallet)?,
        lender: url(&asks)?,
        data: data.to_owned(),
    };
    publish(&windows.platform, &service.token_file()).await?;

    let (stop, stopping) = watch::channel(false);
    let pages = wallet::open(wallet::Settings {
        folder: data.join("wallet"),
        registry: registry.clone(),
        platform: windows.platform.clone(),
        now: clock.clone(),
        lenders: vec![KnownLender {
            id: cast.lender.id().clone(),
            url: windows.lender.clone(),
        }],
        holders: Holders::load(data.join("sources"))?,
    });
    let wallet = serve(wallet, pages.await?, stopping.clone())?;
    let pages = lender::open(lender::Settings {
        folder: data.join("lender"),
        signatory: cast.lender,
        registry,
        platform: windows.platform.clone(),
        now: clock,
    });
    let lender = serve(asks, pages.await?, stopping)?;
    ready(&windows)?;
    stopped().await;
    stop.send_replace(true);
    for server in [wallet, lender] {
        server
            .await
            .map_err(Failure::internal)?
            .map_err(Failure::internal)?;
    }
    serving.shut_down().await.map_err(failure)
}

/// The registry of the platform's folder, which is made at the first start. Its
/// keys are valid from then on for a year.
fn known(folder: &Path, cast: &Cast, clock: &Clock) -> Outcome<Registry> {
    let file = folder.join("registry.json");
    if folder.join("platform.signing").exists() {
        return trust::registry(&file);
    }
    let now = clock.now();
    let registry = registry_around(cast, now).map_err(Failure::internal)?;
    files::make_directory(folder)?;
    blindscore_service::init(folder, &cast.platform, &registry, now).map_err(failure)?;
    Ok(registry)
}

/// Publishes the bundled scorecards, as the platform's operator.
async fn publish(platform: &str, token: &Path) -> Outcome {
    let token = crate::online::token(token)?;
    let calls = Async::connect(platform, &[]).await?;
    for (_, scorecard) in SCORECARDS {
        let publish = Operator::with(&token).publish(SCHEME_JSON, scorecard);
        calls.send(&publish).await?;
    }
    Ok(())
}

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

/// Takes the n-th port after the first, or any free one if the first is 0.
async fn bind(first: u16, after: u16) -> Outcome<TcpListener> {
    let port = match first {
        0 => 0,
        first => first
            .checked_add(after)
            .ok_or_else(|| Failure::usage("there are no three ports from this one on"))?,
    };
    TcpListener::bind(loopback(port)).await.map_err(|error| {
        Failure::internal(format!("cannot listen on port {port}: {error}"))
            .hint("choose others with --port, or --port 0 for free ones")
    })
}

fn url(listener: &TcpListener) -> Outcome<String> {
    let address = listener.local_addr().map_err(Failure::internal)?;
    Ok(format!("http://{address}"))
}

/// Serves a window behind the guard, until it is told to stop.
fn serve(
    listener: TcpListener,
    pages: Router,
    mut stopping: watch::Receiver<bool>,
) -> Outcome<JoinHandle<std::io::Result<()>>> {
    let port = listener.local_addr().map_err(Failure::internal)?.port();
    let server = axum::serve(listener, guarded(pages, port));
    let server = server.with_graceful_shutdown(async move {
        // An error is that nobody can say stop any more, which says it too.
        let _ = stopping.wait_for(|stop| *stop).await;
    });
    Ok(tokio::spawn(async move { server.await }))
}
