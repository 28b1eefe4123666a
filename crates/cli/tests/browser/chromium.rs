//! A Chromium without a window of its own, driven over WebDriver by the
//! chromedriver of `BLINDSCORE_TEST_CHROMEDRIVER`.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use thirtyfour::prelude::*;

/// How long anything may take to appear: sealing, proving and verifying on a
/// busy machine.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The accessible name of a control, as far as our pages need it (W3C Accessible
/// Name and Description Computation 1.2, section 4.3.2).
const NAMED: &str = r#"
const e = arguments[0];
const of = (id) => document.getElementById(id)?.textContent ?? '';
return (e.getAttribute('aria-labelledby') ?? '').split(' ').map(of).join(' ').trim()
  || e.getAttribute('aria-label')
  || [...(e.labels ?? [])].map((label) => label.textContent).join(' ').trim()
  || (e.matches('input,select') ? '' : e.textContent.trim());
"#;

/// A browser, which ends with this value.
pub(crate) struct Chromium {
    driver: Child,
    pub(crate) page: WebDriver,
    _profile: tempfile::TempDir,
}

/// A width and height of the view, in CSS pixels.
pub(crate) const DESK: (u32, u32) = (1280, 1400);
pub(crate) const PHONE: (u32, u32) = (390, 844);

impl Chromium {
    /// Starts one, or says that there is none.
    pub(crate) async fn start() -> Option<Self> {
        let Some(program) = std::env::var_os("BLINDSCORE_TEST_CHROMEDRIVER") else {
            eprintln!(
                "passed over: BLINDSCORE_TEST_CHROMEDRIVER is not set; .ci/chromium COMMAND sets it"
            );
            return None;
        };
        // What another test of this process did not install, reqwest asks for.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut driver = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines.next().expect("chromedriver says its port").unwrap();
            if let Some((_, port)) = line.split_once("started successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        let profile = tempfile::tempdir().unwrap();
        let mut capabilities = DesiredCapabilities::chrome();
        let folder = format!("--user-data-dir={}", profile.path().display());
        for argument in [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--force-prefers-reduced-motion",
            folder.as_str(),
        ] {
            capabilities.add_arg(argument).unwrap();
        }
        let logged = serde_json::json!({ "browser": "ALL" });
        capabilities.set("goog:loggingPrefs", logged).unwrap();
        let page = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await;
        let chromium = Self {
            driver,
            page: page.expect("chromedriver starts a Chromium"),
            _profile: profile,
        };
        chromium.view(DESK).await;
        Some(chromium)
    }

    /// Sets the size of the view.
    pub(crate) async fn view(&self, (width, height): (u32, u32)) {
        self.page
            .set_window_rect(0, 0, width, height)
            .await
            .unwrap();
    }

    pub(crate) async fn open(&self, url: &str) {
        self.page.goto(url).await.unwrap();
    }

    /// The one element that a selector names, when it is there.
    pub(crate) async fn find(&self, css: &str) -> WebElement {
        let query = self.page.query(By::Css(css)).wait(PATIENCE, LOOK_EVERY);
        match query.first().await {
            Ok(element) => element,
            Err(error) => {
                let url = self.page.current_url().await.unwrap();
                let text = self.text("body").await;
                panic!("{css} is not on {url}: {error}\n{text}");
            }
        }
    }

    pub(crate) async fn has(&self, css: &str) -> bool {
        !self.page.find_all(By::Css(css)).await.unwrap().is_empty()
    }

    pub(crate) async fn count(&self, css: &str) -> usize {
        self.page.find_all(By::Css(css)).await.unwrap().len()
    }

    /// What an element reads.
    pub(crate) async fn text(&self, css: &str) -> String {
        let element = self.page.find(By::Css(css)).await.unwrap();
        element.text().await.unwrap()
    }

    /// Waits until the page reads so.
    pub(crate) async fn reads(&self, css: &str, wanted: &str) {
        let until = std::time::Instant::now() + PATIENCE;
        loop {
            let text = match self.page.find(By::Css(css)).await {
                // A refreshed part may go between the two questions.
                Ok(element) => element.text().await.unwrap_or_default(),
                Err(_) => String::new(),
            };
            if text.contains(wanted) {
                return;
            }
            assert!(
                std::time::Instant::now() < until,
                "{css} does not read {wanted:?}:\n{text}"
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub(crate) async fn press(&self, css: &str) {
        let element = self.find(css).await;
        element.scroll_into_view().await.unwrap();
        element.click().await.unwrap();
    }

    /// Replaces what a field holds.
    pub(crate) async fn fill(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// What a script on the page answers.
    pub(crate) async fn ask(&self, script: &str) -> serde_json::Value {
        let answer = self.page.execute(script, Vec::new()).await.unwrap();
        answer.json().clone()
    }

    /// All that a selector names.
    pub(crate) async fn all(&self, css: &str) -> Vec<WebElement> {
        self.page.find_all(By::Css(css)).await.unwrap()
    }

    /// What a screen reader calls a control.
    pub(crate) async fn said(&self, control: &WebElement) -> String {
        let named = self.page.execute(NAMED, vec![control.to_json().unwrap()]);
        let named = named.await.unwrap();
        named.json().as_str().unwrap_or_default().to_owned()
    }

    /// Presses a key where the focus is.
    pub(crate) async fn key(&self, key: char) {
        self.page
            .action_chain()
            .send_keys(key)
            .perform()
            .await
            .unwrap();
    }

    /// Keeps a picture of the page, for people to look at.
    pub(crate) async fn picture(&self, name: &str) {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("windows");
        std::fs::create_dir_all(&folder).unwrap();
        self.page
            .screenshot(&folder.join(format!("{name}.png")))
            .await
            .unwrap();
    }

    /// What the browser complained about since it was last asked: refused by the
    /// policy, not found, thrown.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let entries = self.page.get_log("browser").await.unwrap();
        let complaint = |entry: &thirtyfour::BrowserLogEntry| {
            matches!(entry.level.as_str(), "SEVERE" | "WARNING")
        };
        let entries = entries.into_iter().filter(complaint);
        entries.map(|entry| entry.message).collect()
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Asked to stop, it ends its browsers too; killed, it would leave them.
        let _ = Command::new("kill")
            .arg(self.driver.id().to_string())
            .status();
        let _ = self.driver.wait();
    }
}
