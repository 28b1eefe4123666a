//! What parties that cheat write, and who refuses it by which word.

use serde_json::Value;

use crate::common::Play;
use crate::parties::{self, Parties};

#[test]
fn an_attestation_holds_only_as_it_was_signed() {
    let all = Parties::consented();
    let play = &all.play;
    let honest = play.read("bank.attestation");
    // Changed on the way: the frame's digest.
    let mut changed = honest.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    play.write("bank.attestation", &changed);
    let stderr = play.refused(1, &Parties::score("results", &[]));
    assert!(stderr.contains("bank.attestation"), "{stderr}");
    // Another history of the same source, with the frame made to fit.
    play.write("bank.attestation", &honest);
    let forged = parties::with_more_months(&honest);
    play.write("bank.attestation", &forged);
    let stderr = play.refused(1, &Parties::score("results", &[]));
    assert!(stderr.contains("signature"), "{stderr}");
    // Another key of the bank's, that the platform's registry does not know.
    play.run(&[
        "party",
        "keygen",
        "--party",
        "bank",
        "--out",
        "thief.signing",
    ])
    .success();
    let mut attest = Parties::attest("bank", "current");
    let key = attest.iter().position(|a| *a == "bank.signing").unwrap();
    attest[key] = "thief.signing";
    let stderr = play.refused(1, &attest);
    assert!(stderr.contains("does not know"), "{stderr}");
    // A source that is left out.
    play.write("bank.attestation", &honest);
    let mut alone = Parties::score("results", &[]);
    for leave in ["wallet.sealed", "wallet.attestation"] {
        let at = alone.iter().position(|a| *a == leave).unwrap();
        alone.drain(at - 1..=at);
    }
    let stderr = play.refused(1, &alone);
    assert!(stderr.contains("wallet"), "{stderr}");
    // Unpublished.
    let mut secret = Parties::score("results", &[]);
    let card = secret.iter().position(|a| *a == "steady.json").unwrap();
    secret[card] = "growth.json";
    let stderr = play.refused(1, &secret);
    assert!(stderr.contains("not published"), "{stderr}");
    // None of it cost a use.
    let scored = play.json(&Parties::score("results", &["--json"]));
    assert_eq!(scored["consent_use"], 1);
}

#[test]
fn a_friends_history_is_another_persons() {
    let all = Parties::consented();
    let play = &all.play;
    play.write(
        "customer.json",
        r#"{"name": "Invented Friend", "born": "1991-01-01", "register-number": "EX-000001"}"#,
    );
    play.run(&Parties::attest("wallet", "wallet")).success();
    let stderr = play.refused(1, &Parties::score("results", &[]));
    assert!(stderr.contains("different persons"), "{stderr}");
}

#[test]
fn a_release_is_for_its_lender_and_as_it_was_signed() {
    let all = Parties::consented();
    let play = &all.play;
    play.run(&Parties::score("results", &[])).success();
    play.run(&Parties::release(&["--yes"])).success();
    let honest = play.read("steady.release");
    let verify = Parties::verify(&["--request", "score.request"]);
    // Edited, with the frame made to fit.
    play.write("steady.release", parties::with_better_score(&honest));
    let stderr = play.refused(3, &verify);
    assert!(
        stderr.contains("refused") && stderr.contains("signature"),
        "{stderr}"
    );
    // A bit of the proof.
    play.write("steady.release", parties::with_changed_end(&honest));
    let stderr = play.refused(3, &verify);
    assert!(
        stderr.contains("other messages than were signed"),
        "{stderr}"
    );
    play.write("steady.release", &honest[..honest.len() - 1]);
    play.refused(1, &verify);
    play.write("steady.release", &honest);
    // Another request of the same lender, and another lender's registry.
    play.run(&Parties::request("second.request")).success();
    let stderr = play.refused(3, &Parties::verify(&["--request", "second.request"]));
    assert!(stderr.contains("another request"), "{stderr}");
    let others = String::from_utf8(play.read("registry.json")).unwrap();
    play.write(
        "others.json",
        others.replace("\"id\": \"lender\"", "\"id\": \"other-lender\""),
    );
    let mut elsewhere = verify.clone();
    let at = elsewhere
        .iter()
        .position(|a| *a == "registry.json")
        .unwrap();
    elsewhere[at] = "others.json";
    let stderr = play.refused(3, &elsewhere);
    assert!(stderr.contains("lender is not in the registry"), "{stderr}");
    // Another scorecard's.
    let mut other = verify.clone();
    let at = other.iter().position(|a| *a == "steady.json").unwrap();
    other[at] = "growth.json";
    play.refused(3, &other);
    // A bank whose key is revoked.
    let registry = play.json(&["registry", "show", "registry.json", "--json"]);
    let key = bank_key(&registry);
    play.run(&["registry", "revoke", "registry.json", "--key", &key])
        .success();
    let stderr = play.refused(3, &verify);
    assert!(stderr.contains("revoked"), "{stderr}");
}

fn bank_key(registry: &Value) -> String {
    let parties = registry["parties"].as_array().unwrap();
    let bank = parties.iter().find(|party| party["id"] == "bank").unwrap();
    bank["keys"][0]["key"].as_str().unwrap().to_owned()
}

#[test]
fn the_log_shows_what_was_done_and_is_not_changed_unnoticed() {
    let all = Parties::consented();
    let play = &all.play;
    play.run(&["log", "head", "platform", "--out", "early.head"])
        .success();
    play.run(&Parties::score("results", &[])).success();
    let receipt = ["--receipt", "results/steady.receipt"];
    let prove = ["log", "prove", "platform", "--out", "in.proof"];
    play.run(&[&prove[..], &receipt].concat()).success();
    let verify = ["log", "verify", "in.proof", "--registry", "registry.json"];
    let verified = play.json(&[&verify[..], &receipt, &["--json"]].concat());
    assert_eq!(verified["verified"], true);
    // The proof of the receipt does not show the consent.
    let consent = ["--consent", "consent.json"];
    let stderr = play.refused(3, &[&verify[..], &consent].concat());
    assert!(stderr.contains("want consent"), "{stderr}");
    // It grew from the head that was kept.
    let since = [
        "log",
        "prove",
        "platform",
        "--since",
        "1",
        "--out",
        "growth.proof",
    ];
    play.run(&since).success();
    let growth = [
        "log",
        "verify",
        "growth.proof",
        "--registry",
        "registry.json",
    ];
    let kept = ["--earlier-head", "early.head"];
    play.run(&[&growth[..], &kept].concat()).success();
    play.refused(2, &growth);
    // A platform that starts over and publishes other things is caught by it.
    play.run(&["log", "check", "platform"]).success();
    let log = String::from_utf8(play.read("platform/log.jsonl")).unwrap();
    let lines: Vec<_> = log.lines().collect();
    play.write("platform/log.jsonl", format!("{}\n", lines[..2].join("\n")));
    let stderr = play.refused(3, &["log", "check", "platform"]);
    assert!(stderr.contains("removed"), "{stderr}");
    play.write(
        "platform/log.jsonl",
        format!("{}\n{}\n{}\n", lines[1], lines[0], lines[2]),
    );
    let stderr = play.refused(3, &["log", "check", "platform"]);
    assert!(stderr.contains("root"), "{stderr}");
    // With its own history it works on, and a cut last line costs nothing.
    play.write("platform/log.jsonl", format!("{log}{{\"digest\":"));
    play.run(&["log", "check", "platform"]).success();
    assert_eq!(play.read("platform/log.jsonl"), log.as_bytes());
}

#[test]
fn a_changed_evaluation_is_refused_by_all_who_look() {
    let all = Parties::consented();
    let play = &all.play;
    play.run(&Parties::score("results", &[])).success();
    let name = "results/steady.evaluation";
    play.write(name, parties::with_flipped_mask(&play.read(name)));
    // The receipt is of another evaluation, whoever asks.
    let stderr = play.refused(3, &Parties::open(&[]));
    assert!(stderr.contains("another evaluation"), "{stderr}");
    play.refused(3, &Parties::release(&["--yes"]));
    assert!(!play.path("steady.release").exists());
    play.refused(3, &Parties::audit(&[]));
    // And without papers, by running it again.
    let open = Play::open("steady.json", name, &["bank.sealed", "wallet.sealed"]);
    let stderr = play.refused(3, &open);
    assert!(
        stderr.contains("other bytes") || stderr.contains("bound"),
        "{stderr}"
    );
}
