//! The wallet against a real platform and a lender's server that says whatever
//! a test lets it say.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use blindscore_client::http::{Async, Operator};
use blindscore_client::lender::{Wanted, ask};
use blindscore_examples::application::registry_around;
use blindscore_examples::cast::Cast;
use blindscore_examples::{SCHEME_JSON, SCORECARDS};
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::envelope;
use blindscore_protocol::message::{Outputs, Release, ScoreRequest};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::Scorecard;
use blindscore_service::window::guarded;
use blindscore_service::{Clock, Config, Service, Serving};
use jiff::ToSpan;
use tempfile::TempDir;

use super::{KnownLender, Settings, lock, texts};
use crate::windows::holders::Holders;

mod hostile;
mod pages;
mod walk;

/// What the lender's server says, and what it was given.
#[derive(Default)]
struct Said {
    list: Vec<u8>,
    messages: BTreeMap<String, Vec<u8>>,
    given: Vec<Vec<u8>>,
    refuses: Option<&'static str>,
    /// Takes what is given, and does not say so.
    falls_silent: bool,
}

struct World {
    folder: TempDir,
    cast: Cast,
    registry: Registry,
    serving: Serving,
    lender: Arc<Mutex<Said>>,
    lender_url: String,
    url: String,
    http: reqwest::Client,
}

/// An answer of the wallet.
struct Page {
    status: u16,
    headers: reqwest::header::HeaderMap,
    text: String,
}

impl World {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (cast, now) = (Cast::load().unwrap(), Clock::system().now());
        let registry = registry_around(&cast, now).unwrap();
        let home = folder.path().join("platform");
        blindscore_service::init(&home, &cast.platform, &registry, now).unwrap();
        let mut config = Config::at(&home);
        config.listen = ([127, 0, 0, 1], 0).into();
        let service = Service::open(config).await.unwrap();
        let serving = service.listen().await.unwrap();
        let token = std::fs::read_to_string(service.token_file()).unwrap();
        let calls = Async::connect(&serving.url(), &[]).await.unwrap();
        for (_, card) in SCORECARDS {
            let publish = Operator::with(&token).publish(SCHEME_JSON, card);
            calls.send(&publish).await.unwrap();
        }
        let lender = Arc::new(Mutex::new(Said {
            list: b"[]".to_vec(),
            ..Said::default()
        }));
        let lender_url = listen(|_| lender_server(Arc::clone(&lender))).await;
        let mut world = Self {
            folder,
            cast,
            registry,
            serving,
            lender,
            lender_url,
            url: String::new(),
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
        };
        world.open_wallet().await;
        world
    }

    /// Opens the wallet's folder, in a server of its own.
    async fn open_wallet(&mut self) {
        let settings = Settings {
            folder: self.folder.path().join("wallet"),
            registry: self.registry.clone(),
            platform: self.serving.url(),
            now: Clock::system(),
            lenders: vec![KnownLender {
                id: self.cast.lender.id().clone(),
                url: self.lender_url.clone(),
            }],
            holders: Holders::load(self.folder.path().join("sources")).unwrap(),
        };
        let router = super::open(settings).await.unwrap();
        self.url = listen(|port| guarded(router, port)).await;
    }

    /// A request of the lender, put into its outbox.
    fn asks(&self, change: impl FnOnce(&mut Wanted)) -> Signed<ScoreRequest> {
        let request = self.request(change);
        self.lists(&[(request.digest(), envelope::close(&request, &[]))]);
        request
    }

    /// A request of the lender.
    fn request(&self, change: impl FnOnce(&mut Wanted)) -> Signed<ScoreRequest> {
        let (scheme, cards) = cards();
        let now = Clock::system().now();
        let mut wanted = Wanted {
            purpose: "A loan for a bicycle".parse().unwrap(),
            platform: self.cast.platform.id().clone(),
            scheme: scheme.digest(),
            scorecards: cards.iter().map(Scorecard::digest).collect(),
            sources: vec!["bank".parse().unwrap(), "wallet".parse().unwrap()],
            self_declared: false,
            outputs: Outputs::ScoreAndReasons,
            storage_days: 30,
            expires: now + 48.hours(),
        };
        change(&mut wanted);
        ask(&self.cast.lender, wanted, now).unwrap()
    }

    /// What the outbox lists, and gives under each digest.
    fn lists(&self, messages: &[(Digest, Vec<u8>)]) {
        let digests: Vec<_> = messages.iter().map(|(digest, _)| digest).collect();
        let mut said = lock(&self.lender);
        said.list = serde_json::to_vec(&digests).unwrap();
        let named = |(digest, message): &(Digest, Vec<u8>)| (digest.to_string(), message.clone());
        said.messages = messages.iter().map(named).collect();
    }

    async fn get(&self, path: &str) -> Page {
        let sent = self.http.get(format!("{}{path}", self.url)).send().await;
        Page::of(sent.unwrap()).await
    }

    async fn post(&self, path: &str, fields: &str) -> Page {
        self.post_as(path, "application/x-www-form-urlencoded", fields.as_bytes())
            .await
    }

    async fn post_as(&self, path: &str, kind: &str, body: &[u8]) -> Page {
        let sent = self
            .http
            .post(format!("{}{path}", self.url))
            .header("content-type", kind)
            .body(body.to_vec());
        Page::of(sent.send().await.unwrap()).await
    }

    /// Sends files as a browser's form does.
    async fn upload(&self, files: &[(&str, &[u8])]) -> Page {
        let mut body = Vec::new();
        for (name, bytes) in files {
            body.extend_from_slice(
                format!(
                    "--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
                     Content-Type: application/octet-stream\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"--edge--\r\n");
        self.post_as("/statements", "multipart/form-data; boundary=edge", &body)
            .await
    }

    /// Reads a page until it says something.
    async fn wait_for(&self, path: &str, text: &str) -> Page {
        let start = Instant::now();
        loop {
            let page = self.get(path).await;
            if page.text.contains(text) {
                return page;
            }
            let late = start.elapsed() > Duration::from_secs(120);
            assert!(!late, "{path} never says {text:?}:\n{}", page.text);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// From a question to the page of the application, with everything asked.
    async fn granted(&self, request: &Signed<ScoreRequest>, data: &str) -> String {
        let mut fields = format!("data={data}&outputs=reasons&days=7");
        for card in &request.statement().scorecards {
            fields += &format!("&scorecard={card}");
        }
        let path = format!("/questions/{}/draft", request.digest());
        let path = self.post(&path, &fields).await.redirected();
        let granted = self.post(&format!("{path}/grant"), "").await;
        assert_eq!(granted.redirected(), path);
        path
    }
}

impl Page {
    async fn of(answer: reqwest::Response) -> Self {
        Self {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.text().await.unwrap(),
        }
    }

    /// Where a browser is sent.
    fn redirected(&self) -> String {
        assert_eq!(self.status, 303, "{}", self.text);
        self.headers["location"].to_str().unwrap().to_owned()
    }
}

/// The bundled scheme with its scorecards.
fn cards() -> (Scheme, Vec<Scorecard>) {
    let scheme = Scheme::from_json(SCHEME_JSON).unwrap();
    let card = |(_, json): (&str, &str)| Scorecard::from_json(json, &scheme).unwrap();
    let cards = SCORECARDS.map(card).into();
    (scheme, cards)
}

async fn listen(router: impl FnOnce(u16) -> Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = router(address.port());
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn lender_server(said: Arc<Mutex<Said>>) -> Router {
    type Held = State<Arc<Mutex<Said>>>;
    async fn list(State(said): Held) -> Vec<u8> {
        lock(&said).list.clone()
    }
    async fn message(State(said): Held, Path(digest): Path<String>) -> (StatusCode, Vec<u8>) {
        match lock(&said).messages.get(&digest) {
            Some(message) => (StatusCode::OK, message.clone()),
            None => (StatusCode::NOT_FOUND, Vec::new()),
        }
    }
    async fn take(State(said): Held, body: Bytes) -> (StatusCode, String) {
        let mut said = lock(&said);
        if let Some(why) = said.refuses {
            return (StatusCode::CONFLICT, format!("{{\"detail\": \"{why}\"}}"));
        }
        said.given.push(body.to_vec());
        if said.falls_silent {
            return (StatusCode::INTERNAL_SERVER_ERROR, String::new());
        }
        (
            StatusCode::ACCEPTED,
            "{\"id\": \"taken-1\", \"state\": \"checking\"}".to_owned(),
        )
    }
    async fn outcome(State(said): Held, Path(digest): Path<String>) -> (StatusCode, &'static str) {
        let named = |message: &Vec<u8>| {
            let (release, _) = envelope::open::<Signed<Release>>(message, PARAMETER_ID).unwrap();
            release.digest().to_string() == digest
        };
        if lock(&said).given.iter().any(named) {
            let decided = r#"{"state": "decided", "decision": "approved", "reasons": [], "at": "2026-11-16T10:00:00Z"}"#;
            return (StatusCode::OK, decided);
        }
        (StatusCode::NOT_FOUND, "")
    }
    Router::new()
        .route("/inbox/{digest}", get(outcome))
        .route("/outbox", get(list))
        .route("/outbox/{digest}", get(message))
        .route(
            "/inbox",
            post(take).layer(axum::extract::DefaultBodyLimit::max(4 << 20)),
        )
        .with_state(said)
}
