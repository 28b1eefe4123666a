//! The commands against a service that runs as a process of its own: from the
//! key to the verified score and the withdrawal, with nothing but URLs between
//! the parties.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::common::Play;
use crate::parties::Parties;

/// `blindscore serve`, on a folder that knows the parties.
struct Served {
    child: Child,
    url: String,
}

impl Served {
    fn start(play: &Play) -> Self {
        let folder = play.path("service");
        std::fs::create_dir(&folder).unwrap();
        std::fs::copy(
            play.path("platform.signing"),
            folder.join("platform.signing"),
        )
        .unwrap();
        std::fs::copy(play.path("registry.json"), folder.join("registry.json")).unwrap();
        let program = assert_cmd::cargo::cargo_bin("blindscore");
        let mut child = Command::new(program)
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--logs",
                "json",
                "--data",
            ])
            .arg(&folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::from(
                std::fs::File::create(play.path("serve.log")).unwrap(),
            ))
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = loop {
            let line = lines.next().expect("an address").unwrap();
            if let Some(url) = line.trim().strip_prefix("address") {
                break url.trim().to_owned();
            }
        };
        std::thread::spawn(move || lines.count());
        Self { child, url }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn every_party_works_over_http() {
    let parties = Parties::attested();
    let play = &parties.play;
    let served = Served::start(play);
    let (url, token) = (served.url.as_str(), "service/operator.token");
    let at = ["--platform", url];

    // The operator publishes; the card is then known.
    let card = ["--scheme", "everyday.json", "--scorecard", "steady.json"];
    let publish = [&["platform", "publish", url, "--token", token][..], &card].concat();
    play.run(&publish).success();
    let without = play.refused(2, &[&["platform", "publish", url][..], &card].concat());
    assert!(without.contains("--token"), "{without}");

    // The applicant consents there, which hands key and request in as well;
    // the sources attest again, and hand in.
    let grant = Parties::grant("consent.json", &["--yes", "--platform", url]);
    play.run(&grant).success();
    for (source, account) in [("bank", "current"), ("wallet", "wallet")] {
        std::fs::remove_file(play.path(&format!("{source}.attestation"))).unwrap();
        play.run(&[&Parties::attest(source, account)[..], &at].concat())
            .success();
    }

    // Evaluated, reviewed, released; the lender fetches what it runs again.
    let score = [
        "score",
        "--key",
        "applicant.public",
        "--secret",
        "applicant.secret",
    ];
    let of = ["--request", "score.request", "--consent", "consent.json"];
    let attestations = [
        "--attestation",
        "bank.attestation",
        "--attestation",
        "wallet.attestation",
    ];
    let out = ["--out", "results"];
    let score = [&score[..], &at, &card, &of, &attestations, &out].concat();
    play.run(&score).success();
    play.run(&Parties::open(&[])).success();
    play.run(&Parties::release(&["--yes"])).success();
    let fetch = [
        "--request",
        "score.request",
        "--signing-key",
        "lender.signing",
        "--json",
    ];
    let report = play.json(&Parties::verify(&[&fetch[..], &at].concat()));
    assert_eq!(
        (&report["verified"], &report["recomputed"]),
        (&true.into(), &true.into())
    );

    // Anybody computes the log again and takes a proof from it.
    let registry = ["--registry", "registry.json"];
    play.run(&[&["log", "check", url][..], &registry].concat())
        .success();
    let prove = ["log", "prove", url, "--receipt", "results/steady.receipt"];
    play.run(&[&prove[..], &registry, &["--out", "steady.proof"]].concat())
        .success();
    let verify = [
        "log",
        "verify",
        "steady.proof",
        "--receipt",
        "results/steady.receipt",
    ];
    play.run(&[&verify[..], &registry].concat()).success();

    // A second time is a use too many, and says so.
    let again = [&score[..score.len() - 2], &["--out", "again"]].concat();
    let refused = play.refused(1, &again);
    assert!(refused.contains("used up"), "{refused}");

    let withdraw = ["consent", "withdraw", "--secret", "applicant.secret"];
    let rest = ["--consent", "consent.json", "--out", "consent.withdrawal"];
    play.run(&[&withdraw[..], &rest, &at].concat()).success();
    let status = play.json(&["platform", "status", url, "--token", token, "--json"]);
    let consent = &status["consents"][0];
    assert_eq!(
        (&consent["state"], &consent["histories_kept"]),
        (&"withdrawn".into(), &false.into())
    );

    // Its logs are JSON, and name no consent and no key.
    drop(served);
    let log = String::from_utf8(play.read("serve.log")).unwrap();
    let id = consent["consent"].as_str().unwrap();
    assert!(log.lines().count() > 10 && !log.contains(id));
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
}
