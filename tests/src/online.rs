//! A platform's service in this process, with an invented cast around it.
//!
//! It runs on SQLite in a folder of its own; with `BLINDSCORE_TEST_POSTGRES`,
//! the URL of a database that may be emptied, also on PostgreSQL, each service
//! in a schema of its own.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use blindscore_client::http::{Applicant, Blocking, HttpError, Lender, Operator, Source};
use blindscore_examples::application::{Application, Making, registry_around};
use blindscore_examples::cast::Cast;
use blindscore_examples::person::Person;
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_protocol::api::{EvaluationAnswer, ProblemKind};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::signing_key::Signatory;
use blindscore_service::{Clock, Config, Service, Serving};
use jiff::Timestamp;
use tokio::runtime::Runtime;

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A file.
    Sqlite,
    /// The server of `BLINDSCORE_TEST_POSTGRES`.
    Postgres,
}

/// A service with everything around it.
pub struct Online {
    /// Where it keeps what.
    pub config: Config,
    /// The invented person of every application.
    pub person: Person,
    /// The parties.
    pub cast: Cast,
    /// Whom all believe.
    pub registry: Registry,
    /// Seconds that the service's clock is ahead of the machine's.
    pub ahead: Arc<AtomicI64>,
    /// The service.
    pub service: Service,
    /// Calls to it.
    pub calls: Blocking,
    /// Its URL.
    pub url: String,
    /// The operator's token.
    pub token: String,
    serving: Option<Serving>,
    runtime: Runtime,
    folder: tempfile::TempDir,
}

/// Now, in whole seconds.
pub fn now() -> Timestamp {
    Timestamp::from_second(Timestamp::now().as_second()).expect("now is a time")
}

/// Runs a test on every database that there is.
pub fn on_each(test: impl Fn(Backend)) {
    test(Backend::Sqlite);
    if std::env::var_os("BLINDSCORE_TEST_POSTGRES").is_some() {
        test(Backend::Postgres);
    } else {
        eprintln!("passed over on PostgreSQL: BLINDSCORE_TEST_POSTGRES is not set");
    }
}

/// The URL of a schema of its own in the test database.
fn fresh_schema(runtime: &Runtime) -> String {
    use sqlx::{Connection, Executor};
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let url = std::env::var("BLINDSCORE_TEST_POSTGRES").expect("checked before");
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let schema = format!("test_{}_{number}", std::process::id());
    runtime.block_on(async {
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&url)
            .await
            .expect("the PostgreSQL server of BLINDSCORE_TEST_POSTGRES answers");
        let statement = format!("CREATE SCHEMA {schema}");
        let made = connection.execute(statement.as_str()).await;
        made.expect("schemas may be made");
    });
    let and = if url.contains('?') { '&' } else { '?' };
    format!("{url}{and}options=-csearch_path%3D{schema}")
}

impl Online {
    /// Starts a service, with the bundled scorecards published.
    pub fn start(backend: Backend) -> Self {
        Self::start_with(backend, |_| {})
    }

    /// The same, with some of the configuration changed.
    pub fn start_with(backend: Backend, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = Runtime::new().expect("a runtime");
        let cast = Cast::load().expect("bundled parties");
        let registry = registry_around(&cast, now()).expect("bundled parties");
        blindscore_service::init(folder.path(), &cast.platform, &registry, now())
            .expect("a new folder");
        let mut config = Config::at(folder.path());
        config.listen = ([127, 0, 0, 1], 0).into();
        let ahead = Arc::new(AtomicI64::new(0));
        let offset = Arc::clone(&ahead);
        config.clock = Clock::new(move || {
            let second = now().as_second() + offset.load(Ordering::Relaxed);
            Timestamp::from_second(second).expect("a time near now")
        });
        config.limits.party_per_second = 10_000;
        config.limits.party_burst = 10_000;
        config.limits.address_per_second = 10_000;
        config.limits.address_burst = 10_000;
        if backend == Backend::Postgres {
            config.database = Some(fresh_schema(&runtime));
        }
        change(&mut config);
        let (service, serving) = open(&runtime, &config);
        let url = serving.url();
        let calls = Blocking::connect(&url, &[]).expect("the service answers");
        let token = std::fs::read_to_string(service.token_file()).expect("a token");
        let this = Self {
            config,
            person: Person::load().expect("bundled data"),
            cast,
            registry,
            ahead,
            service,
            calls,
            url,
            token,
            serving: Some(serving),
            runtime,
            folder,
        };
        let (scheme, cards) = (
            blindscore_examples::SCHEME_JSON,
            blindscore_examples::SCORECARDS,
        );
        for (_, card) in cards {
            let publish = Operator::with(&this.token).publish(scheme, card);
            this.calls.send(&publish).expect("a bundled scorecard");
        }
        this
    }

    /// Stops the service. What it kept stays as long as this does.
    pub fn stop(&mut self) {
        let serving = self.serving.take().expect("it is serving");
        self.runtime
            .block_on(serving.shut_down())
            .expect("it stops");
    }

    /// Stops the service, unless it is, and starts it again on what it kept.
    pub fn restart(&mut self) {
        if self.serving.is_some() {
            self.stop();
        }
        let (service, serving) = open(&self.runtime, &self.config);
        self.url = serving.url();
        self.calls = Blocking::connect(&self.url, &[]).expect("the service answers");
        self.service = service;
        self.serving = Some(serving);
    }

    /// Sweeps what is overdue.
    pub fn sweep(&self) {
        self.runtime
            .block_on(self.service.sweep())
            .expect("a sweep");
    }

    /// The service's folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Files in the object store.
    pub fn objects(&self) -> usize {
        let folder = self.folder().join("ciphertexts").join("histories");
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }

    /// An application, with nothing handed in.
    pub fn application(&self, number: u64, form: Form, uses: u32) -> Application {
        self.application_for(number, form, uses, 24)
    }

    /// The same, with a consent of so many hours.
    pub fn application_for(&self, number: u64, form: Form, uses: u32, hours: i64) -> Application {
        let making = Making {
            person: &self.person,
            cast: &self.cast,
            registry: &self.registry,
            form,
            uses,
            hours,
            now: now(),
        };
        Application::make(&making, number).expect("an honest application")
    }

    /// The holder of each upload.
    pub fn holders(&self) -> [&Signatory; 2] {
        [&self.cast.bank, &self.cast.wallet]
    }

    /// Hands in everything but the consent.
    ///
    /// # Errors
    /// The first refusal.
    pub fn hand_in(&self, application: &Application) -> Result<(), HttpError> {
        let lender = Lender::of(&self.cast.lender);
        self.calls
            .send(&lender.hand_in_request(&application.request))?;
        let applicant = Applicant::of(&application.secret);
        self.calls.send(&applicant.hand_in_key())?;
        for (upload, holder) in application.uploads.iter().zip(self.holders()) {
            let source = Source::of(holder);
            let hand_in = source.hand_in(application.key(), &upload.attestation, &upload.sealed);
            self.calls.send(&hand_in)?;
        }
        Ok(())
    }

    /// Hands in everything.
    ///
    /// # Errors
    /// The first refusal.
    pub fn grant(&self, application: &Application) -> Result<(), HttpError> {
        self.hand_in(application)?;
        let grant = Applicant::of(&application.secret).grant(&application.consent);
        self.calls.send(&grant)?;
        Ok(())
    }

    /// Has everything evaluated.
    ///
    /// # Errors
    /// The platform refused.
    pub fn evaluate(
        &self,
        application: &Application,
        idempotency_key: &str,
    ) -> Result<EvaluationAnswer, HttpError> {
        let order = application.order(&self.person.scorecards);
        let applicant = Applicant::of(&application.secret);
        self.calls
            .send(&applicant.evaluate(&order, idempotency_key))
    }

    /// The digest of the first attestation.
    pub fn first(&self, application: &Application) -> Digest {
        application.attestations[0]
    }
}

impl Drop for Online {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            // A test that failed has said why.
            let _ = self.runtime.block_on(serving.shut_down());
        }
    }
}

fn open(runtime: &Runtime, config: &Config) -> (Service, Serving) {
    runtime.block_on(async {
        let service = Service::open(config.clone()).await.expect("it opens");
        let serving = service.listen().await.expect("it listens");
        (service, serving)
    })
}

/// The type of problem of a refusal.
///
/// # Panics
/// It was not refused, or not by the platform.
#[allow(clippy::panic)]
pub fn problem<T>(answer: Result<T, HttpError>) -> ProblemKind {
    match answer {
        Ok(_) => panic!("it was not refused"),
        Err(error) => match error.problem() {
            Some(kind) => kind,
            None => panic!("not refused but failed: {error}"),
        },
    }
}
