//! The demo: the first thing that a newcomer runs.

use crate::common::blindscore;
use serde_json::Value;

fn demo(form: &str) -> Value {
    let here = std::env::temp_dir();
    let run = blindscore(&here)
        .args(["demo", "--json", "--form", form])
        .assert()
        .success();
    let output = run.get_output();
    assert!(output.stderr.is_empty(), "nothing beside the result");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn check(demo: &Value, sources: usize) {
    let scores = demo["scores"].as_array().unwrap();
    assert_eq!(scores.len(), 2);
    for score in scores {
        assert_eq!(score["equal"], true);
        assert_eq!(score["encrypted"], score["plaintext"]);
        assert_eq!(score["points"].as_array().unwrap().len(), 12);
        for field in ["scorecard", "provider"] {
            assert!(score[field].is_string(), "{field}");
        }
        assert!(score["reasons"].as_array().unwrap().len() <= 4);
    }
    for field in ["sources", "plans"] {
        assert!(demo[field].is_array(), "{field}");
    }
    assert_eq!(demo["sources"].as_array().unwrap().len(), sources);
    for timings in [&demo["timings_us"], &demo["sizes_bytes"]] {
        assert!(timings.as_object().unwrap().values().all(Value::is_u64));
    }
    for step in [
        "applicant_generate_key",
        "bank_seal",
        "platform_evaluate_1",
        "platform_evaluate_2",
    ] {
        assert!(demo["timings_us"][step].is_u64(), "{step}");
        assert!(demo["sizes_bytes"][step].is_u64(), "{step}");
    }
}

#[test]
fn two_holders_give_the_plaintext_scores() {
    let demo = demo("composable");
    check(&demo, 2);
    let parameters = &demo["parameters"];
    assert_eq!(
        (&parameters["n"], &parameters["message_modulus"]),
        (&2048.into(), &1021.into())
    );
    assert_eq!(
        (&parameters["base_log"], &parameters["levels"]),
        (&17.into(), &2.into())
    );
    assert_eq!(parameters["cells"], "compact");
    assert_eq!(parameters["id"], 2);
}

#[test]
fn one_holder_packed_gives_the_plaintext_scores() {
    check(&demo("packed"), 1);
}

#[test]
fn every_run_has_its_own_key() {
    assert_ne!(demo("packed")["key"], demo("packed")["key"]);
}

#[test]
fn the_text_says_who_saw_what() {
    let here = std::env::temp_dir();
    let run = blindscore(&here).arg("demo").assert().success();
    let text = String::from_utf8(run.get_output().stdout.clone()).unwrap();
    for want in [
        "| platform ",
        "bytes of ciphertext",
        "in the clear",
        "| yes",
        "Reasons",
    ] {
        assert!(text.contains(want), "no {want:?} in\n{text}");
    }
    assert!(!text.contains('\x1b'), "no colours into a pipe");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin!("blindscore"))
        .args(["demo", "--form", "packed"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
