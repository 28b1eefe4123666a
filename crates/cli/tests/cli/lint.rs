//! Looking a scorecard over.

use serde_json::json;

use crate::common::{Play, blindscore};

const LINT: [&str; 5] = [
    "scorecard",
    "lint",
    "steady.json",
    "--scheme",
    "everyday.json",
];

#[test]
fn findings_are_printed_and_deny_makes_them_count() {
    let play = Play::new();
    let run = play.run(&LINT).success();
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    for want in [
        "transparency",
        "a figure of fairness",
        "Lines used",
        "model-card-gap",
    ] {
        assert!(text.contains(want), "no {want:?} in\n{text}");
    }
    // The bundled cards have notes only.
    play.run(&[&LINT[..], &["--deny"]].concat()).success();
    let card = String::from_utf8(play.read("steady.json")).unwrap();
    let mut card: serde_json::Value = serde_json::from_str(&card).unwrap();
    card["characteristics"][0]["attributes"] = json!([{"from": 0, "points": 7}]);
    play.write("steady.json", card.to_string());
    play.run(&LINT).success();
    let denied = play.run(&[&LINT[..], &["--deny"]].concat()).code(1);
    let output = denied.get_output();
    let stdout = String::from_utf8(output.stdout.clone()).unwrap();
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(
        stdout.contains("dead"),
        "the findings are told all the same: {stdout}"
    );
    assert!(stderr.starts_with("error: 1 of "), "{stderr}");
}

#[test]
fn the_report_is_one_json_object() {
    let play = Play::new();
    let report = play.json(&[&LINT[..], &["--json"]].concat());
    assert_eq!(report["grade"], "D");
    assert_eq!(report["items"].as_array().unwrap().len(), 11);
    assert_eq!(report["lines"][0]["line"], "income");
    let findings = report["findings"].as_array().unwrap();
    let notes = findings.iter().filter(|f| f["severity"] == "note").count();
    assert_eq!(notes, findings.len());
}

#[test]
fn a_card_that_does_not_read_is_not_looked_over() {
    let play = Play::new();
    play.write("steady.json", "{}");
    let stderr = play.refused(1, &LINT);
    assert!(stderr.contains("steady.json"), "{stderr}");
    blindscore(&play.path("."))
        .args(["scorecard", "lint", "growth.json"])
        .assert()
        .code(1);
}
