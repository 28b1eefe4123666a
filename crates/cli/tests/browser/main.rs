//! The three windows of `demo --web`, used by hand: a headless Chromium presses
//! the buttons that a person would. Pictures of what it saw are left in the
//! target folder, `tmp/windows`.
//!
//! Needs chromedriver and Chromium: `.ci/chromium cargo test ...` installs them
//! where it may; without them these tests say so and pass over.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic)]

mod chromium;
mod every_page;
mod windows;

use chromium::{Chromium, DESK, PHONE};
use windows::Windows;

/// The lender asks, on its own page, and the wallet shows the question.
async fn asked(chromium: &Chromium, windows: &Windows) -> String {
    chromium.open(&format!("{}/ask", windows.lender)).await;
    chromium.fill("#purpose", "A loan for a bicycle").await;
    chromium.press("main button[type=submit]").await;
    chromium.reads("[role=status]", "Waiting").await;
    let request = chromium.page.current_url().await.unwrap().to_string();
    chromium.open(&windows.wallet).await;
    chromium.press("article.question a.button").await;
    chromium
        .reads("#facts + dl, section", "A loan for a bicycle")
        .await;
    request
}

/// The person reads the consent, grants it, and waits for the score.
async fn granted(chromium: &Chromium) -> i64 {
    chromium.press("#draft").await;
    chromium.reads("main", "A loan for a bicycle").await;
    chromium.press("#grant").await;
    let score = chromium.find("svg.gauge .reading").await;
    score.text().await.unwrap().trim().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_score_from_the_question_to_the_decision_and_the_withdrawal() {
    let Some(chromium) = Chromium::start().await else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let windows = Windows::start(data.path());

    // The applicant looks at what the statements say.
    chromium.open(&format!("{}/spending", windows.wallet)).await;
    assert!(chromium.has(".chart svg rect").await, "no chart");
    chromium.picture("wallet-spending").await;

    let request = asked(&chromium, &windows).await;
    chromium.picture("wallet-question").await;
    let consent = {
        let score = granted(&chromium).await;
        chromium.picture("wallet-score").await;

        // The platform holds both histories as noise, and cannot look inside.
        let consent = chromium.page.current_url().await.unwrap().to_string();
        chromium.open(&windows.platform).await;
        chromium.find("#histories img").await;
        assert_eq!(chromium.count("#histories img").await, 2);
        let drawn = "return [...document.querySelectorAll('img')].every(i => i.complete && i.naturalWidth > 32)";
        assert_eq!(chromium.ask(drawn).await, true);
        chromium.picture("platform").await;
        chromium.press("#histories a.button").await;
        chromium.find("#spread").await;
        chromium.picture("platform-look-inside").await;

        // Released, the lender sees the score and decides.
        chromium.open(&consent).await;
        chromium.press("#release").await;
        chromium.find("#released").await;
        chromium.picture("wallet-released").await;
        chromium.open(&request).await;
        let verified = chromium.find("#score .score").await;
        assert_eq!(verified.text().await.unwrap(), score.to_string());
        chromium.find("#decision .big").await;
        assert!(!chromium.has("#evidence li.failed").await);
        chromium.picture("lender-result").await;
        consent
    };

    // Every way to cheat is refused.
    let cheat = format!("{request}/cheat");
    for button in ["#edit-score", "#replay", "#reasons", "#validity"] {
        chromium.open(&cheat).await;
        chromium.press(button).await;
        chromium.find("#tried .said.good").await;
        assert!(!chromium.has("#tried .said.bad").await, "{button}");
        chromium
            .picture(&format!("lender-cheat-{}", &button[1..]))
            .await;
    }

    // Withdrawn: what the platform held is gone.
    chromium.open(&consent).await;
    chromium.press("#withdraw-part summary").await;
    chromium.press("#withdraw").await;
    chromium.reads("#platform-state", "withdrawn").await;
    chromium.picture("wallet-withdrawn").await;
    chromium.open(&windows.platform).await;
    chromium.find("h1").await;
    assert_eq!(chromium.count("#histories img, #results img").await, 0);
    assert!(chromium.has("#deleted").await);
    chromium.picture("platform-deleted").await;
    assert_eq!(chromium.complaints().await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wallet_goes_on_where_it_was_stopped() {
    let Some(chromium) = Chromium::start().await else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let windows = Windows::start(data.path());
    asked(&chromium, &windows).await;
    let score = granted(&chromium).await;
    drop(windows);
    let windows = Windows::start(data.path());
    chromium.open(&format!("{}/consents", windows.wallet)).await;
    chromium.press("main a[href^='/consents/']").await;
    let again = chromium.find("svg.gauge .reading").await;
    assert_eq!(again.text().await.unwrap().trim(), score.to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_read_by_everybody() {
    let Some(chromium) = Chromium::start().await else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let windows = Windows::start(data.path());
    let request = asked(&chromium, &windows).await;
    let question = chromium.page.current_url().await.unwrap().to_string();
    let mut pages = vec![
        ("platform", windows.platform.clone()),
        ("platform-docs", format!("{}/docs", windows.platform)),
        ("wallet", windows.wallet.clone()),
        ("wallet-sample", format!("{}/spending", windows.wallet)),
        ("wallet-own", format!("{}/spending?of=own", windows.wallet)),
        ("wallet-question", question),
        ("wallet-consents", format!("{}/consents", windows.wallet)),
        ("wallet-missing", format!("{}/nothing-here", windows.wallet)),
        ("lender", windows.lender.clone()),
        ("lender-ask", format!("{}/ask", windows.lender)),
        ("lender-request", request.clone()),
    ];
    granted(&chromium).await;
    let consent = chromium.page.current_url().await.unwrap().to_string();
    pages.push(("wallet-consent", consent));
    for (name, url) in &pages {
        for (device, view) in [("desk", DESK), ("phone", PHONE)] {
            chromium.view(view).await;
            chromium.open(url).await;
            every_page::holds(&chromium, name).await;
            chromium.picture(&format!("{name}-{device}")).await;
        }
    }
}
