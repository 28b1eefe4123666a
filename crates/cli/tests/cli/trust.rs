//! All parties by files: from the registry to the lender's verified score, and
//! what is refused on the way.

use blindscore_protocol::credential::Credential;
use serde_json::Value;

use crate::common::{AS_OF, Play};
use crate::parties::Parties;

const CHAIN: [&str; 6] = [
    "--request",
    "score.request",
    "--consent",
    "consent.json",
    "--registry",
    "registry.json",
];

#[test]
fn from_request_to_decision() {
    let parties = Parties::consented();
    let play = &parties.play;
    let scored = play.json(&Parties::score("results", &["--json"]));
    assert_eq!(scored["consent_use"], 1);
    assert_eq!(scored["releasable"], true);
    assert_eq!(scored["log"]["size"], 3, "scorecard, consent, receipt");

    let opened = play.json(&Parties::open(&["--json"]));
    assert_eq!(opened["releasable"], true);
    assert_eq!(opened["score"]["equal"], true);
    let score = opened["score"]["encrypted"].clone();

    let released = play.json(&Parties::release(&["--yes", "--json"]));
    assert_eq!(released["score"], score);
    assert!(released["proof"]["bytes"].as_u64().unwrap() <= 302_000);
    assert!(released["proof"]["attempts"].as_u64().unwrap() >= 1);

    // The lender, with its request, and with the histories.
    let lender = Parties::verify(&["--request", "score.request", "--json"]);
    let verified = play.json(&lender);
    assert_eq!(verified["verified"], true);
    assert_eq!(verified["recomputed"], false);
    assert_eq!(verified["score"], score);
    assert_eq!(verified["standing"], "attested");
    assert_eq!(verified["sources"], serde_json::json!(["bank", "wallet"]));
    assert_eq!(verified["reasons"]["stated_by"], "applicant");
    assert_eq!(verified["receipt"], released["receipt"]);
    assert!(verified["forging_bound_log2"].as_f64().unwrap() < -128.0);
    assert!(verified["wrong_score_bound_log2"].as_f64().unwrap() < -40.0);
    let with_histories = [
        "--sealed",
        "bank.sealed",
        "--sealed",
        "wallet.sealed",
        "--require-recomputed",
        "--cut-off",
        "700",
        "--json",
    ];
    let recomputed = play.json(&Parties::verify(&with_histories));
    assert_eq!(recomputed["recomputed"], true);
    assert_eq!(recomputed["request_given"], false, "as an auditor");
    assert_eq!(recomputed["decision"]["decision"], "approved");
    let high = play.json(&[&lender[..], &["--cut-off", "900"]].concat());
    assert_eq!(high["decision"]["decision"], "declined");
    // Without the histories a score that must be recomputed is refused.
    play.refused(3, &Parties::verify(&["--require-recomputed"]));

    // The same release for a wallet: it names the release that was verified.
    let wallet = ["--credential", "steady.sd-jwt", "--embed-proof", "--yes"];
    let mut again = Parties::release(&wallet);
    let at = again.iter().position(|a| *a == "steady.release").unwrap();
    again[at] = "again.release";
    play.run(&again).success();
    let credential = String::from_utf8(play.read("steady.sd-jwt")).unwrap();
    let credential = Credential::parse(credential.trim_end()).unwrap();
    assert_eq!(credential.claims().count(), 5 + reasons(&verified));
    play.refused(1, &again);

    // An auditor without any secret.
    let audited = play.json(&Parties::audit(&["--json"]));
    assert_eq!(audited["same_bytes"], true);
    assert_eq!(audited["receipt"], released["receipt"]);
    assert!(audited.get("score").is_none());

    let status = play.json(&["platform", "status", "platform", "--json"]);
    assert_eq!(status["consents"][0]["state"], "used up");
}

fn reasons(verified: &Value) -> usize {
    verified["reasons"]["reasons"].as_array().unwrap().len()
}

#[test]
fn a_person_is_asked_and_must_have_read_the_notice() {
    let parties = Parties::attested();
    let play = &parties.play;
    let grant = Parties::grant("consent.json", &[]);
    // No terminal and no --yes: the notice is shown, and nothing is signed.
    let asked = play.run(&grant).code(2);
    let notice = String::from_utf8_lossy(&asked.get_output().stdout).into_owned();
    for want in [
        "Example lender",
        "A loan for a bicycle",
        "Example bank",
        "withdraw",
    ] {
        assert!(notice.contains(want), "no {want:?} in\n{notice}");
    }
    assert!(!play.path("consent.json").exists());
    play.run(&Parties::grant("consent.json", &["--yes"]))
        .success();
    let shown = [
        "consent",
        "show",
        "consent.json",
        "--scheme",
        "everyday.json",
        "--scorecard",
        "steady.json",
        "--json",
    ];
    let shown = play.json(&shown);
    assert_eq!(shown["notice_written_again"], true);
    assert_eq!(shown["binding"]["bs:uses"], 1);
    // A consent for a scorecard that was not asked for, and without a source
    // that was, is no answer.
    let mut other = Parties::grant("other.json", &["--yes"]);
    let card = other.iter().position(|a| *a == "steady.json").unwrap();
    other[card] = "growth.json";
    let stderr = play.refused(1, &other);
    assert!(stderr.contains("did not ask for scorecard"), "{stderr}");
    let mut fewer = Parties::grant("other.json", &["--yes"]);
    let source = fewer.iter().position(|a| *a == "wallet").unwrap();
    fewer.drain(source - 1..=source);
    let stderr = play.refused(1, &fewer);
    assert!(stderr.contains("wallet"), "{stderr}");
    assert!(!play.path("other.json").exists());
    // Changed afterwards, it is no consent.
    let text = String::from_utf8(play.read("consent.json")).unwrap();
    play.write(
        "more.json",
        text.replace("\"bs:uses\": 1", "\"bs:uses\": 9"),
    );
    play.refused(1, &["consent", "show", "more.json"]);
}

#[test]
fn a_consent_is_used_once_and_nothing_after_it_is_withdrawn() {
    let parties = Parties::consented();
    let play = &parties.play;
    play.run(&Parties::score("results", &[])).success();
    let stderr = play.refused(1, &Parties::score("again", &[]));
    assert!(stderr.contains("used up"), "{stderr}");
    assert!(!play.path("again").exists());

    // Another consent of another application, with two uses, withdrawn between.
    let parties = Parties::attested();
    let play = &parties.play;
    play.run(&Parties::grant("consent.json", &["--yes", "--uses", "2"]))
        .success();
    play.run(&Parties::score("results", &[])).success();
    let kept = |play: &Play| {
        let status = play.json(&["platform", "status", "platform", "--json"]);
        status["consents"][0].clone()
    };
    assert_eq!(kept(play)["histories_kept"], true);
    let withdraw = [
        "consent",
        "withdraw",
        "--secret",
        "applicant.secret",
        "--consent",
        "consent.json",
        "--out",
        "withdrawal",
    ];
    play.run(&withdraw).success();
    let take_in = [
        "platform",
        "withdraw",
        "platform",
        "--withdrawal",
        "withdrawal",
    ];
    play.run(&take_in).success();
    assert_eq!(kept(play)["histories_kept"], false);
    assert_eq!(kept(play)["state"], "withdrawn");
    let stderr = play.refused(1, &Parties::score("again", &[]));
    assert!(stderr.contains("withdrawn"), "{stderr}");
    assert_eq!(
        kept(play)["histories_kept"],
        false,
        "and nothing is kept anew"
    );
    // The same withdrawal again is taken, and is one entry.
    play.run(&take_in).success();
    let entries = play.json(&["log", "show", "platform", "--json"]);
    let kinds: Vec<_> = entries
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["kind"].clone())
        .collect();
    assert_eq!(kinds, ["scorecard", "consent", "receipt", "withdrawal"]);
}

#[test]
fn self_declared_data_are_marked_all_the_way() {
    let parties = Parties::registered();
    let play = &parties.play;
    play.keygen();
    let build = ["history", "build", "bank.csv", "--scheme", "everyday.json"];
    play.run(&[&build[..], &["--as-of", AS_OF, "--out", "own.levels"]].concat())
        .success();
    let declare = [
        "declare",
        "--secret",
        "applicant.secret",
        "--levels",
        "own.levels",
    ];
    let how = [
        "--scheme",
        "everyday.json",
        "--form",
        "packed",
        "--account",
        "current",
    ];
    let out = [
        "--role",
        "main_account",
        "--out",
        "own.sealed",
        "--attestation",
        "own.attestation",
    ];
    play.run(&[&declare[..], &how, &out].concat()).success();
    // A lender that does not take them is not answered.
    let mut request = Parties::request("strict.request");
    request.retain(|a| !["--source", "bank", "wallet"].contains(a));
    play.run(&request).success();
    request.push("--self-declared");
    let at = request.iter().position(|a| *a == "strict.request").unwrap();
    request[at] = "score.request";
    play.run(&request).success();
    let grant = [
        "consent",
        "grant",
        "--secret",
        "applicant.secret",
        "--registry",
        "registry.json",
    ];
    let what = [
        "--scheme",
        "everyday.json",
        "--scorecard",
        "steady.json",
        "--self-declared",
    ];
    let rest = [
        "--as-of",
        AS_OF,
        "--yes",
        "--out",
        "consent.json",
        "--request",
    ];
    let grant = [&grant[..], &what, &rest].concat();
    let stderr = play.refused(1, &[&grant[..], &["strict.request"]].concat());
    assert!(stderr.contains("self-declared"), "{stderr}");
    play.run(&[&grant[..], &["score.request"]].concat())
        .success();
    let own = ["--sealed", "own.sealed", "--attestation", "own.attestation"];
    let score = [
        "score",
        "--platform",
        "platform",
        "--scheme",
        "everyday.json",
        "--scorecard",
        "steady.json",
    ];
    let with = ["--key", "applicant.public", "--out", "results"];
    let scored = play.json(&[&score[..], &with, &CHAIN[..4], &own, &["--json"]].concat());
    assert_eq!(scored["standing"], "self-declared");
    let release = [
        "release",
        "--secret",
        "applicant.secret",
        "--scheme",
        "everyday.json",
        "--scorecard",
        "steady.json",
    ];
    let of = [
        "--evaluation",
        "results/steady.evaluation",
        "--receipt",
        "results/steady.receipt",
        "--out",
        "steady.release",
        "--yes",
    ];
    play.run(&[&release[..], &of, &CHAIN, &own].concat())
        .success();
    let cut_off = ["--request", "score.request", "--cut-off", "400", "--json"];
    let verified = play.json(&Parties::verify(&cut_off));
    assert_eq!(verified["standing"], "self_declared");
    assert_eq!(
        verified["recomputed"], true,
        "a packed release has its history with it"
    );
    assert_eq!(verified["decision"]["decision"], "referred");
    let accepts = play.json(&Parties::verify(
        &[&cut_off[..], &["--accept-self-declared"]].concat(),
    ));
    assert_eq!(accepts["decision"]["decision"], "approved");
}

#[cfg(unix)]
#[test]
fn keys_salt_and_scores_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let parties = Parties::consented();
    let play = &parties.play;
    play.run(&Parties::score("results", &[])).success();
    play.run(&Parties::release(&["--yes"])).success();
    for name in [
        "applicant.salt",
        "bank.signing",
        "bank.sealing.journal",
        "consent.json",
        "steady.release",
        "applicant.secret.released",
        "platform/platform.signing",
        "platform/consents.json",
    ] {
        let mode = play.path(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
}

#[test]
fn a_registry_is_edited_by_its_operator() {
    let play = Play::new();
    play.run(&["registry", "init", "--name", "Test", "--out", "r.json"])
        .success();
    play.refused(
        1,
        &["registry", "init", "--name", "Test", "--out", "r.json"],
    );
    let key = "11".repeat(32);
    let add = [
        "registry", "add", "r.json", "--party", "bank", "--key", &key,
    ];
    let stderr = play.refused(2, &add);
    assert!(stderr.contains("--role"), "{stderr}");
    let about = [
        "--name",
        "Example Bank",
        "--role",
        "source",
        "--contact",
        "privacy@bank.example",
        "--address",
        "1 Example Street",
        "--country",
        "IE",
    ];
    play.run(&[&add[..], &about].concat()).success();
    // The same key again, and a party's name in passing.
    play.refused(1, &add);
    let next = "22".repeat(32);
    let rotate = [
        "registry", "add", "r.json", "--party", "bank", "--key", &next,
    ];
    play.refused(2, &[&rotate[..], &["--name", "Other"]].concat());
    play.run(&[&rotate[..], &["--from", "2027-01-01T00:00:00Z"]].concat())
        .success();
    play.run(&["registry", "revoke", "r.json", "--key", &key])
        .success();
    play.refused(
        1,
        &["registry", "revoke", "r.json", "--key", &"33".repeat(32)],
    );
    let shown = play.json(&["registry", "show", "r.json", "--json"]);
    let keys = shown["parties"][0]["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 2);
    assert!(keys[0]["revoked"].is_string());
    play.refused(
        2,
        &["party", "keygen", "--party", "self-declared", "--out", "x"],
    );
}
