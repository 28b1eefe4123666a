//! `demo --web` as a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use assert_cmd::cargo::cargo_bin;

/// The three windows, which end with this value.
pub(crate) struct Windows {
    process: Child,
    pub(crate) wallet: String,
    pub(crate) lender: String,
    pub(crate) platform: String,
}

impl Windows {
    /// Starts them with everything in `data`.
    pub(crate) fn start(data: &Path) -> Self {
        let mut process = Command::new(cargo_bin("blindscore"))
            .args(["demo", "--web", "--port", "0", "--json", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        let mut text = String::new();
        let said: serde_json::Value = loop {
            let read = out.read_line(&mut text).unwrap();
            assert_ne!(read, 0, "the windows did not start: {text}");
            if let Ok(said) = serde_json::from_str(&text) {
                break said;
            }
        };
        let url = |window: &str| said[window].as_str().unwrap().to_owned();
        Self {
            process,
            wallet: url("wallet"),
            lender: url("lender"),
            platform: url("platform"),
        }
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
