//! The parties, each with its own command, on files.

use crate::common::{AS_OF, Play};
use serde_json::Value;

fn demo_scores(play: &Play, form: &str) -> Vec<(Value, Value)> {
    let demo = play.json(&["demo", "--json", "--form", form]);
    let scores = demo["scores"].as_array().unwrap().clone();
    scores
        .iter()
        .map(|s| (s["encrypted"].clone(), s["points"].clone()))
        .collect()
}

fn opened(play: &Play, name: &str, sealed: &[&str]) -> Value {
    let (card, evaluation) = (format!("{name}.json"), format!("results/{name}.evaluation"));
    let mut open = Play::open(&card, &evaluation, sealed);
    open.push("--json");
    play.json(&open)
}

#[test]
fn two_sources_on_files_score_as_the_demo_does() {
    let play = Play::scored();
    let want = demo_scores(&play, "composable");
    for (name, (score, points)) in ["steady", "growth"].into_iter().zip(want) {
        // The order in which the histories are named does not matter.
        let opened = opened(&play, name, &["wallet.sealed", "bank.sealed"]);
        assert_eq!(opened["score"]["encrypted"], score, "{name}");
        assert_eq!(opened["score"]["plaintext"], score, "{name}");
        assert_eq!(opened["score"]["points"], points, "{name}");
        assert_eq!(opened["score"]["equal"], true);
        assert_eq!(opened["same_bytes_again"], true);
        assert_eq!(opened["histories"].as_array().unwrap().len(), 2);
    }
}

#[test]
fn one_source_packed_on_files_scores_as_the_demo_does() {
    let play = Play::new();
    play.keygen();
    play.seal("bank", "bank.csv", &["--role", "main_account"], "packed");
    play.score(&["bank.sealed"]);
    assert!(
        play.read("bank.sealed").len() < 40_000,
        "one ciphertext of 24 KB"
    );
    for (name, (score, _)) in ["steady", "growth"]
        .into_iter()
        .zip(demo_scores(&play, "packed"))
    {
        assert_eq!(
            opened(&play, name, &["bank.sealed"])["score"]["encrypted"],
            score,
            "{name}"
        );
    }
}

#[test]
fn the_applicant_sees_the_levels_that_the_source_computed() {
    let play = Play::scored();
    let build = [
        "history",
        "build",
        "bank.csv",
        "--scheme",
        "everyday.json",
        "--as-of",
        AS_OF,
    ];
    let built = play.json(&[&build[..], &["--json"]].concat());
    let opened = opened(&play, "steady", &["bank.sealed", "wallet.sealed"]);
    assert_eq!(opened["histories"][0]["source"], "bank");
    assert_eq!(opened["histories"][0]["levels"], built["levels"]);
}

#[test]
fn scoring_again_gives_the_same_bytes() {
    let play = Play::scored();
    let first = play.read("results/steady.evaluation");
    play.score(&["wallet.sealed", "bank.sealed"]);
    assert_eq!(play.read("results/steady.evaluation"), first);
}

#[test]
fn sealing_again_gives_the_same_bytes() {
    let play = Play::scored();
    let first = play.read("wallet.sealed");
    play.seal("wallet", "wallet.json", &[], "composable");
    assert_eq!(play.read("wallet.sealed"), first);
}

#[test]
fn one_scorecard_may_go_to_a_file_and_describe_writes_none() {
    let play = Play::scored();
    let score = [
        "score",
        "--scheme",
        "builtin:everyday",
        "--scorecard",
        "builtin:growth",
    ];
    let of = ["--key", "applicant.public", "bank.sealed", "wallet.sealed"];
    let json = play.json(
        &[
            &score[..],
            &of,
            &["--without-consent", "--out", "one.evaluation", "--json"],
        ]
        .concat(),
    );
    assert_eq!(
        play.read("one.evaluation"),
        play.read("results/growth.evaluation")
    );
    assert_eq!(json["plans"][0]["external_products"], 58);
    let json = play.json(&[&score[..], &of, &["--out", "never", "--describe", "--json"]].concat());
    assert!(json["evaluations"][0]["file"].is_null());
    assert!(!play.path("never").exists());
}

#[test]
fn files_of_one_account_merge_and_count_once() {
    let play = Play::new();
    let text = String::from_utf8(play.read("bank.csv")).unwrap();
    let lines: Vec<_> = text.lines().collect();
    // Two statements that overlap by a hundred entries.
    let half = |range: &[&str]| [&lines[..1], range].concat().join("\n") + "\n";
    play.write("early.csv", half(&lines[1..220]));
    play.write("late.csv", half(&lines[120..]));
    let build = |files: &[&str]| {
        let rest = ["--scheme", "everyday.json", "--as-of", AS_OF, "--json"];
        play.json(&[&["history", "build"], files, &rest[..]].concat())
    };
    let (whole, merged) = (build(&["bank.csv"]), build(&["late.csv", "early.csv"]));
    assert_eq!(whole["ledger"], merged["ledger"]);
    assert_eq!(whole["levels"], merged["levels"]);
    assert_eq!(merged["files"].as_array().unwrap().len(), 2);
}

#[cfg(unix)]
#[test]
fn secrets_and_levels_are_the_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let play = Play::scored();
    let mode = |name: &str| play.path(name).metadata().unwrap().permissions().mode() & 0o777;
    for name in ["applicant.secret", "bank.sealing", "bank.levels.json"] {
        assert_eq!(mode(name), 0o600, "{name}");
    }
    for name in [
        "applicant.public",
        "bank.sealed",
        "results/steady.evaluation",
    ] {
        assert_ne!(mode(name) & 0o400, 0, "{name}");
        assert_eq!(mode(name) & 0o111, 0, "{name}");
    }
}

#[test]
fn nothing_is_left_behind() {
    let play = Play::scored();
    let entries = std::fs::read_dir(play.path(".")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let hidden: Vec<_> = names.filter(|name| name.starts_with('.')).collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}
