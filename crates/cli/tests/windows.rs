//! `demo --web` as a process: a walk through lender's and wallet's windows over
//! HTTP, without a browser.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use assert_cmd::cargo::cargo_bin;
use blindscore_client::http::{Blocking, anybody};
use reqwest::blocking::{Client, Response};
use serde_json::Value;

/// The windows, running.
struct Windows {
    child: Child,
    wallet: String,
    lender: String,
    platform_url: String,
    platform: Blocking,
    http: Client,
}

impl Windows {
    fn start(data: &Path) -> Self {
        let mut child = Command::new(cargo_bin("blindscore"))
            .args(["demo", "--web", "--port", "0", "--json", "--data"])
            .arg(data)
            .env("BLINDSCORE_LOG", "info")
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(data.with_extension("log")).unwrap())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next().expect("the addresses").unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let url = |name: &str| said[name].as_str().unwrap().to_owned();
        let platform = Blocking::connect(&url("platform"), &[]).unwrap();
        Self {
            child,
            wallet: url("wallet"),
            lender: url("lender"),
            platform_url: url("platform"),
            platform,
            http: Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .timeout(Duration::from_secs(120))
                .build()
                .unwrap(),
        }
    }

    fn get(&self, url: &str) -> String {
        let answer = self.http.get(url).send().unwrap();
        assert_eq!(answer.status(), 200, "{url}");
        answer.text().unwrap()
    }

    /// Sends a form as the page's own browser would, and says where it leads.
    fn submit(&self, window: &str, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.post(window, path, fields);
        assert_eq!(answer.status(), 303, "{path}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    fn post(&self, window: &str, path: &str, fields: &[(&str, &str)]) -> Response {
        let encoded = |(name, value): &(&str, &str)| format!("{name}={}", value.replace(' ', "+"));
        let body: Vec<String> = fields.iter().map(encoded).collect();
        let sent = self.http.post(format!("{window}{path}"));
        sent.header("content-type", "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "same-origin")
            .header("origin", window)
            .body(body.join("&"))
            .send()
            .unwrap()
    }

    fn wait_for(&self, url: &str, text: &str) -> String {
        let start = Instant::now();
        loop {
            let page = self.get(url);
            if page.contains(text) {
                return page;
            }
            assert!(
                start.elapsed() < Duration::from_secs(120),
                "{url} never says {text:?}:\n{page}"
            );
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// Asks at the lender, for any of the scorecards, with a cut-off.
    fn ask(&self, cut_off: &str) -> String {
        let cards = self.platform.send(&anybody::scorecards()).unwrap();
        let digests: Vec<String> = cards.iter().map(|card| card.digest.to_string()).collect();
        let named: Vec<String> = digests.iter().map(|d| format!("cut_off_{d}")).collect();
        let mut fields = vec![
            ("purpose", "A loan for a bicycle"),
            ("source", "bank"),
            ("source", "wallet"),
            ("reasons", "on"),
            ("recomputed", "on"),
            ("days", "7"),
            ("storage_days", "30"),
        ];
        for (digest, name) in digests.iter().zip(&named) {
            fields.push(("card", digest));
            fields.push((name, cut_off));
        }
        self.submit(&self.lender, "/ask", &fields)
    }

    /// From the question to the released score; gives the application's page.
    fn answer(&self, asked: &str) -> String {
        let digest = asked.rsplit('/').next().unwrap();
        let question = format!("/questions/{digest}");
        assert!(self.get(&self.wallet).contains(&question));
        let page = self.get(&format!("{}{question}", self.wallet));
        let card = page.split("name=\"scorecard\" value=\"").nth(1).unwrap();
        let card = &card[..64];
        let fields = [
            ("data", "sample"),
            ("scorecard", card),
            ("outputs", "reasons"),
            ("days", "7"),
        ];
        let path = self.submit(&self.wallet, &format!("{question}/draft"), &fields);
        self.submit(&self.wallet, &format!("{path}/grant"), &[]);
        let page = format!("{}{path}", self.wallet);
        self.wait_for(&page, "id=\"release\"");
        let fields = [("scorecard", card)];
        self.submit(&self.wallet, &format!("{path}/release"), &fields);
        self.wait_for(&page, "Released to Example Lender");
        path
    }

    /// Asks the process to stop, as Ctrl-C does, and waits for it.
    fn stop(mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-INT", &id]).status().unwrap();
        assert!(asked.success());
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_score_is_asked_computed_released_decided_and_withdrawn() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("windows");
    std::fs::create_dir(&data).unwrap();
    let windows = Windows::start(&data);

    // Everybody passes the lowest score.
    let asked = windows.ask("300");
    let path = windows.answer(&asked);
    let decided = format!("{}{asked}", windows.lender);
    windows.wait_for(&decided, "Approved");
    // The platform shows what it holds, as bytes.
    assert!(
        windows
            .get(&windows.platform_url)
            .contains("/window/histories/")
    );
    // Answered once: it is in the outbox no more.
    assert!(
        !windows
            .get(&format!("{}/outbox", windows.lender))
            .contains(asked.rsplit('/').next().unwrap())
    );

    // Stopped, and started again on the same folder: nothing is lost.
    windows.stop();
    let windows = Windows::start(&data);
    let page = format!("{}{path}", windows.wallet);
    assert!(windows.get(&page).contains("Released to Example Lender"));
    assert!(
        windows
            .get(&format!("{}{asked}", windows.lender))
            .contains("Approved")
    );

    windows.submit(&windows.wallet, &format!("{path}/withdraw"), &[]);
    let after = windows.get(&page);
    assert!(after.contains("<dd id=\"platform-state\">withdrawn</dd>"));
    assert!(after.contains("<dd id=\"platform-holds\">none</dd>"));
    windows.stop();

    // No log says a score, an amount or a key.
    let log = std::fs::read_to_string(data.with_extension("log")).unwrap();
    let id = path.rsplit('/').next().unwrap();
    assert!(!log.contains(id), "{log}");
}
