//! What the tests share: the program, and a folder to play in.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const AS_OF: &str = "2026-11-15";

/// A folder with the bundled examples and what parties write there.
pub(crate) struct Play {
    folder: TempDir,
}

impl Play {
    /// A folder with the bundled examples only.
    pub(crate) fn new() -> Self {
        let play = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        play.run(&["examples", "write", "."]).success();
        play
    }

    /// Bank and wallet have sealed for one application, and it was scored.
    pub(crate) fn scored() -> Self {
        let play = Self::new();
        play.keygen();
        play.seal(
            "bank",
            "bank.csv",
            &["--role", "main_account"],
            "composable",
        );
        play.seal("wallet", "wallet.json", &[], "composable");
        play.score(&["bank.sealed", "wallet.sealed"]);
        play
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> assert_cmd::assert::Assert {
        blindscore(self.folder.path()).args(arguments).assert()
    }

    /// Runs a command that must succeed and print one JSON object.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(arguments).success().get_output().stdout.clone();
        serde_json::from_slice(&output).unwrap()
    }

    /// Runs a command that must be refused, and gives what stderr says.
    pub(crate) fn refused(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments).code(code).get_output().clone();
        let stderr = String::from_utf8(output.stderr).unwrap();
        // Notes may come before it.
        let mut lines = stderr.lines();
        assert!(lines.any(|line| line.starts_with("error: ")), "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        assert!(output.stdout.is_empty(), "nothing goes to stdout");
        stderr
    }

    pub(crate) fn keygen(&self) {
        self.run(&["keygen", "--out", "."]).success();
    }

    /// Builds levels from a statement and seals them.
    pub(crate) fn seal(&self, source: &str, statement: &str, more: &[&str], form: &str) {
        let [levels, key, sealed] =
            ["levels.json", "sealing", "sealed"].map(|ending| format!("{source}.{ending}"));
        let build = ["history", "build", statement, "--scheme", "everyday.json"];
        let build = [&build[..], &["--as-of", AS_OF, "--out", &levels]].concat();
        self.run(&build).success();
        let seal = ["seal", "--levels", &levels, "--scheme", "everyday.json"];
        let to = [
            "--key",
            "applicant.public",
            "--sealing-key",
            &key,
            "--source",
            source,
        ];
        let out = ["--form", form, "--out", &sealed];
        self.run(&[&seal[..], &to, &out, more].concat()).success();
    }

    /// Applies both scorecards.
    pub(crate) fn score(&self, sealed: &[&str]) {
        let score = [
            "score",
            "--without-consent",
            "--scheme",
            "everyday.json",
            "--key",
            "applicant.public",
        ];
        let cards = [
            "--scorecard",
            "steady.json",
            "--scorecard",
            "growth.json",
            "--out",
            "results",
        ];
        self.run(&[&score[..], &cards, sealed].concat()).success();
    }

    /// The arguments that open the evaluation of a scorecard.
    pub(crate) fn open<'a>(
        scorecard: &'a str,
        evaluation: &'a str,
        sealed: &[&'a str],
    ) -> Vec<&'a str> {
        let open = [
            "open",
            "--secret",
            "applicant.secret",
            "--scheme",
            "everyday.json",
        ];
        let mut arguments = [&open[..], &["--scorecard", scorecard, evaluation]].concat();
        for path in sealed {
            arguments.extend(["--sealed", path]);
        }
        arguments
    }
}

/// The program, to be run in a folder.
pub(crate) fn blindscore(folder: &Path) -> Command {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("blindscore");
    command.current_dir(folder);
    command
}
