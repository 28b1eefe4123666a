//! `bench`: that it measures what it says. No time is asserted: machines are
//! noisy, and a test that waits for a quiet one tests the machine.

use crate::common::blindscore;
use serde_json::Value;

#[test]
fn one_run_measures_everything() {
    let folder = tempfile::tempdir().unwrap();
    let run = blindscore(folder.path())
        .args(["bench", "--rounds", "1", "--proofs", "1", "--json"])
        .args(["--html", "bench.html"])
        .assert()
        .success();
    let report: Value = serde_json::from_slice(&run.get_output().stdout).unwrap();
    let positive = |value: &Value, what: &str| {
        assert!(
            value.as_f64().is_some_and(|value| value > 0.0),
            "{what}: {value}"
        );
    };
    for field in [
        "bootstrap_us",
        "plain_ns",
        "packed_us",
        "composable_us",
        "seal_packed_us",
        "seal_cell_us",
        "prove_ms",
        "verify_ms",
    ] {
        positive(&report[field], field);
    }
    for field in [
        "packed_per_bootstrap",
        "composable_per_bootstrap",
        "packed_per_plain",
        "prove_per_bootstrap",
        "verify_per_bootstrap",
    ] {
        positive(&report["ratios"][field], field);
    }
    let sizes = report["sizes_bytes"].as_object().unwrap();
    for what in ["public_key", "packed_history", "cell", "composable_proof"] {
        positive(&sizes[what], what);
    }
    assert_eq!(sizes["evaluation_key"], 0);

    let forms = report["forms"].as_array().unwrap();
    let named: Vec<_> = forms
        .iter()
        .map(|form| {
            (
                form["form"].as_str().unwrap(),
                form["sources"].as_u64().unwrap(),
            )
        })
        .collect();
    let wanted = [
        ("packed", 1),
        ("composable", 1),
        ("composable", 2),
        ("composable", 3),
    ];
    assert_eq!(named, wanted);
    for curve in report["curves"].as_array().unwrap() {
        let points = curve["points"].as_array().unwrap();
        assert!(!points.is_empty(), "{curve}");
        let at: Vec<_> = points.iter().map(|point| point["at"].as_u64()).collect();
        assert!(at.is_sorted());
        points.iter().for_each(|point| positive(&point["us"], "us"));
    }

    let page = std::fs::read_to_string(folder.path().join("bench.html")).unwrap();
    assert!(page.contains("<svg") && page.contains("Ratios"));
    assert!(!page.contains("<script") && !page.contains("http://localhost"));
}

#[test]
fn a_users_own_scorecard_is_measured() {
    let folder = tempfile::tempdir().unwrap();
    let run = blindscore(folder.path())
        .args(["bench", "--no-curves", "--rounds", "1", "--proofs", "1"])
        .args(["--scorecard", "builtin:growth"])
        .assert()
        .success();
    let text = String::from_utf8_lossy(&run.get_output().stdout).into_owned();
    assert!(
        text.contains("(growth)") && text.starts_with("Example"),
        "{text}"
    );
}

#[test]
#[cfg(not(feature = "by-hand"))]
fn by_hand_says_how_it_is_built() {
    let run = blindscore(&std::env::temp_dir())
        .args(["bench", "--by-hand"])
        .assert()
        .code(2);
    let said = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
    assert!(said.contains("--features blindscore-cli/by-hand"), "{said}");
}
