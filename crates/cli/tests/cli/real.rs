//! The scripts on real data, which are not part of the repository: found through
//! BLINDSCORE_SHARED or a `shared` folder beside one of the parent folders.
//!
//! The data are small, so the bounds are far below what is measured: a test that
//! asked for more would fail by luck. docs/numbers.md has the figures.

#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;

fn data() -> Option<PathBuf> {
    let shared = match std::env::var_os("BLINDSCORE_SHARED") {
        Some(path) => Some(PathBuf::from(path)),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("shared"))
            .find(|folder| folder.join("data").is_dir()),
    };
    let data = shared
        .map(|shared| shared.join("data"))
        .filter(|path| path.is_dir());
    if data.is_none() {
        eprintln!("passed over: no shared/data found; set BLINDSCORE_SHARED to test with them");
    }
    data
}

/// What a script prints.
fn printed(script: &str) -> Option<String> {
    let data = data()?;
    let out = tempfile::tempdir().unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../examples/real")
        .join(script);
    let output = Command::new(script)
        .args([&data, out.path()])
        .env("BLINDSCORE", assert_cmd::cargo::cargo_bin!("blindscore"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The first number in each line that starts with `name`.
fn numbers(text: &str, name: &str) -> Vec<f64> {
    let lines = text
        .lines()
        .filter_map(|line| line.trim_start_matches("| ").strip_prefix(name));
    let number = |rest: &str| {
        let word = rest
            .split(|c: char| c.is_whitespace() || c == '|')
            .find(|word| !word.is_empty());
        word.and_then(|word| word.trim_end_matches(',').replace(',', "").parse().ok())
    };
    lines.filter_map(number).collect()
}

fn nobody_differs(text: &str, applicants: f64) {
    assert_eq!(numbers(text, "equal to the plain score"), [applicants; 2]);
    assert_eq!(numbers(text, "largest difference"), [0.0; 2]);
}

#[test]
#[ignore = "needs data that are not part of the repository, and a minute"]
fn berka() {
    let Some(text) = printed("berka.sh") else {
        return;
    };
    let auc = numbers(&text, "AUC, mean of folds");
    assert!(auc[0] > 0.78 && auc[1] > 0.55, "{auc:?}");
    nobody_differs(&text, 477.0);
}

#[test]
#[ignore = "needs data that are not part of the repository, and a minute"]
fn taiwan() {
    let Some(text) = printed("taiwan.sh") else {
        return;
    };
    let auc = numbers(&text, "AUC, mean of folds");
    assert!(auc[0] > 0.74 && auc[1] > 0.70, "{auc:?}");
    nobody_differs(&text, 5000.0);
}
