//! The service killed with SIGKILL, many times, at points that nobody chose:
//! nothing that it acknowledged is lost, no use is counted twice, nothing is
//! there by half.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use assert_cmd::cargo::cargo_bin;
use blindscore_client::http::{Applicant, Blocking, HttpError, Lender, Operator, Source, anybody};
use blindscore_examples::application::{Application, Making, registry_around};
use blindscore_examples::cast::Cast;
use blindscore_examples::person::Person;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::form::Form;
use blindscore_protocol::api::{EvaluationAnswer, ProblemKind};
use blindscore_protocol::envelope;
use blindscore_protocol::log::{EntryKind, TreeHead, verify_consistency, verify_inclusion};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::Signed;
use jiff::Timestamp;

/// Rounds without `BLINDSCORE_KILLS`.
const KILLS: u64 = 12;
/// Uses of each consent.
const USES: u32 = 2;

/// A service that runs as a process.
struct Process {
    child: Child,
    calls: Blocking,
}

impl Process {
    fn start(data: &Path, database: Option<&str>) -> Self {
        let mut command = Command::new(cargo_bin("blindscore"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .args(["--rate", "100000", "--burst", "100000"])
            .env("BLINDSCORE_LOG", "error")
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit());
        if let Some(url) = database {
            command.args(["--database", url]);
        }
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("an address").unwrap();
            if let Some(url) = line.trim().strip_prefix("address") {
                break url.trim().to_owned();
            }
        };
        // The rest is read, so that the process never waits for us.
        std::thread::spawn(move || lines.count());
        let calls = Blocking::connect(&url, &[]).unwrap();
        Self { child, calls }
    }

    /// SIGKILL, on Unix.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One applicant's doings, and what was acknowledged of them.
struct Doing {
    application: Application,
    key: bool,
    history: bool,
    consent: bool,
    /// By idempotency key.
    evaluations: BTreeMap<String, Option<EvaluationAnswer>>,
    /// Whether this one withdraws after its first evaluation.
    withdraws: bool,
    withdrawn: bool,
    withdrawal_sent: bool,
}

/// Everything that is done, one thing after the other, until it does not answer.
struct Work<'a> {
    cast: &'a Cast,
    person: &'a Person,
    registry: &'a Registry,
    doings: Vec<Doing>,
    seen: Option<Signed<TreeHead>>,
}

impl Work<'_> {
    fn next(&mut self) -> &mut Doing {
        let done = |doing: &Doing| {
            doing.withdrawn
                || doing.evaluations.len() as u32 == USES
                    && doing.evaluations.values().all(Option::is_some)
        };
        if self.doings.last().is_none_or(done) {
            let making = Making {
                person: self.person,
                cast: self.cast,
                registry: self.registry,
                form: Form::Packed,
                uses: USES,
                hours: 24,
                now: Timestamp::from_second(Timestamp::now().as_second()).unwrap(),
            };
            let number = self.doings.len() as u64;
            self.doings.push(Doing {
                application: Application::make(&making, number).unwrap(),
                key: false,
                history: false,
                consent: false,
                evaluations: BTreeMap::new(),
                withdraws: number % 4 == 3,
                withdrawn: false,
                withdrawal_sent: false,
            });
        }
        self.doings.last_mut().unwrap()
    }

    /// Does one application's steps until one is not answered.
    fn go_on(&mut self, calls: &Blocking) -> Result<(), HttpError> {
        let (cast, person) = (self.cast, self.person);
        let doing = self.next();
        let secret = &doing.application.secret;
        let applicant = Applicant::of(secret);
        if !doing.key {
            calls.send(&Lender::of(&cast.lender).hand_in_request(&doing.application.request))?;
            calls.send(&applicant.hand_in_key())?;
            doing.key = true;
        }
        if !doing.history {
            let (upload, key) = (&doing.application.uploads[0], doing.application.key());
            let bank = Source::of(&cast.bank);
            calls.send(&bank.hand_in(key, &upload.attestation, &upload.sealed))?;
            doing.history = true;
        }
        if !doing.consent {
            calls.send(&applicant.grant(&doing.application.consent))?;
            doing.consent = true;
        }
        let order = doing.application.order(&person.scorecards);
        for n in 0..USES {
            let key = format!("idempotency-key-{n}");
            let slot = doing.evaluations.entry(key.clone()).or_default();
            if slot.is_none() {
                *slot = Some(calls.send(&applicant.evaluate(&order, &key))?);
            }
            if n == 0 && doing.withdraws {
                let now = Timestamp::now();
                let withdrawal = secret.withdraw(&doing.application.consent, now);
                doing.withdrawal_sent = true;
                calls.send(&applicant.withdraw(&withdrawal))?;
                doing.withdrawn = true;
                break;
            }
        }
        let head = calls.send(&anybody::log_head())?;
        self.seen = Some(open(&head.signed.0));
        Ok(())
    }

    /// What was acknowledged is there; what is there is there whole.
    fn check(&self, calls: &Blocking) {
        let head = calls.send(&anybody::log_head()).unwrap();
        let head = open(&head.signed.0);
        if let Some(seen) = &self.seen {
            let since = anybody::log_consistency(seen.statement().size);
            let proven = calls.send(&since).unwrap();
            verify_consistency(seen.statement(), head.statement(), &proven.proof).unwrap();
        }
        for doing in &self.doings {
            self.check_one(calls, doing, &head);
        }
    }

    fn check_one(&self, calls: &Blocking, doing: &Doing, head: &Signed<TreeHead>) {
        let applicant = Applicant::of(&doing.application.secret);
        let history = doing.application.attestations[0];
        if doing.history && !doing.withdrawal_sent {
            let sealed = calls.send(&applicant.history(history)).unwrap();
            assert_eq!(sealed, doing.application.uploads[0].sealed);
        }
        let digest = doing.application.consent.digest();
        let logged = calls.send(&anybody::log_inclusion(EntryKind::Consent, digest));
        let consent = match calls.send(&applicant.consent()) {
            Ok(consent) => consent,
            Err(error) => {
                // Not a half: neither the record nor its entry.
                assert_eq!(error.problem(), Some(ProblemKind::NotFound), "{error}");
                assert!(!doing.consent, "an acknowledged consent is gone");
                assert!(logged.is_err(), "an entry without its consent");
                return;
            }
        };
        verify_inclusion(head.statement(), &logged.unwrap().proof).unwrap();
        if doing.withdrawn {
            assert_eq!(consent.state, "withdrawn");
        }
        let listed = calls.send(&applicant.evaluations()).unwrap().receipts;
        let cards = self.person.scorecards.len();
        assert_eq!(listed.len(), consent.uses as usize * cards, "a use by half");
        let acknowledged: Vec<_> = doing.evaluations.values().flatten().collect();
        assert!(consent.uses as usize >= acknowledged.len(), "a use is gone");
        assert!(
            consent.uses as usize <= doing.evaluations.len(),
            "a use counted twice"
        );
        for answer in acknowledged {
            for answered in &answer.answers {
                let receipt = calls.send(&applicant.receipt(answered.receipt)).unwrap();
                assert_eq!(receipt, answered.signed_receipt.0);
                if !doing.withdrawal_sent {
                    let evaluation = calls.send(&applicant.evaluation(answered.receipt));
                    assert_eq!(evaluation.unwrap(), answered.evaluation.0);
                }
                let inclusion = anybody::log_inclusion(EntryKind::Receipt, answered.receipt);
                let proven = calls.send(&inclusion).unwrap();
                verify_inclusion(head.statement(), &proven.proof).unwrap();
            }
        }
    }
}

fn open(bytes: &[u8]) -> Signed<TreeHead> {
    envelope::open(bytes, PARAMETER_ID).unwrap().0
}

/// Kills so often; returns what was done.
fn killed_on(database: Option<&str>) {
    let folder = tempfile::tempdir().unwrap();
    let cast = Cast::load().unwrap();
    let now = Timestamp::from_second(Timestamp::now().as_second()).unwrap();
    let registry = registry_around(&cast, now).unwrap();
    blindscore_service::init(folder.path(), &cast.platform, &registry, now).unwrap();
    let person = Person::load().unwrap();
    let kills = std::env::var("BLINDSCORE_KILLS").ok();
    let kills = kills.map_or(KILLS, |kills| kills.parse().unwrap());
    let mut work = Work {
        cast: &cast,
        person: &person,
        registry: &registry,
        doings: Vec::new(),
        seen: None,
    };
    for round in 0..=kills {
        let mut process = Process::start(folder.path(), database);
        if round == 0 {
            let token = std::fs::read_to_string(folder.path().join("operator.token")).unwrap();
            for (_, card) in blindscore_examples::SCORECARDS {
                let operator = Operator::with(&token);
                let publish = operator.publish(blindscore_examples::SCHEME_JSON, card);
                process.calls.send(&publish).unwrap();
            }
        }
        work.check(&process.calls);
        if round == kills {
            break;
        }
        // Spread over what an application takes, and never twice the same.
        let mut random = [0; 2];
        getrandom::fill(&mut random).unwrap();
        let wait = Duration::from_micros(u64::from(u16::from_le_bytes(random)) * 12);
        std::thread::scope(|scope| {
            let calls = process.calls.clone();
            let work = &mut work;
            let worker = scope.spawn(move || {
                loop {
                    match work.go_on(&calls) {
                        Ok(()) => {}
                        Err(HttpError::Transport { .. }) => return,
                        Err(error) => panic!("refused: {error}"),
                    }
                }
            });
            std::thread::sleep(wait);
            process.kill();
            worker.join().unwrap();
        });
    }
    let answers = work
        .doings
        .iter()
        .flat_map(|doing| doing.evaluations.values());
    let answers = answers.flatten().count();
    println!(
        "{kills} kills: {} applications, {answers} evaluations acknowledged, nothing lost",
        work.doings.len()
    );
    assert!(answers > 0, "nothing was done between the kills");
}

#[test]
fn v218_a_killed_service_loses_nothing_and_counts_nothing_twice() {
    killed_on(None);
}

#[test]
fn v218_the_same_on_postgresql() {
    let Ok(url) = std::env::var("BLINDSCORE_TEST_POSTGRES") else {
        eprintln!("passed over on PostgreSQL: BLINDSCORE_TEST_POSTGRES is not set");
        return;
    };
    let schema = format!("killed_{}", std::process::id());
    let and = if url.contains('?') { '&' } else { '?' };
    // Made by the service's own connection, before its first table.
    let url = format!("{url}{and}options=-csearch_path%3D{schema}");
    make_schema(&schema);
    killed_on(Some(&url));
}

/// By psql, which comes with the server.
fn make_schema(schema: &str) {
    let url = std::env::var("BLINDSCORE_TEST_POSTGRES").unwrap();
    let made = Command::new("psql")
        .args([&url, "-qc", &format!("CREATE SCHEMA {schema}")])
        .status()
        .unwrap();
    assert!(made.success());
}
