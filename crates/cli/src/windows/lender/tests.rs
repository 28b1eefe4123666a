//! The lender's window with a platform's service on a port, and an applicant
//! who answers over HTTP as a wallet does.

#![allow(clippy::unwrap_used, clippy::panic)]

mod stage;

use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use blindscore_examples::person::Person;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_protocol::envelope::{self, Kind};
use blindscore_protocol::message::{Release, ScoreRequest};
use blindscore_protocol::sign::{Signed, SigningKey};
use tower::ServiceExt;

use self::stage::Stage;
use super::cheat::proof_holds_unchanged;
use super::open;
use super::state::{Lender, Standing};

async fn sent(window: &Router, request: Request<Body>) -> (StatusCode, String, Vec<u8>) {
    let response = window.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let to = response.headers().get(header::LOCATION);
    let to = to.map_or("", |to| to.to_str().unwrap()).to_owned();
    let body = to_bytes(response.into_body(), 1 << 24).await.unwrap();
    (status, to, body.to_vec())
}

async fn got(window: &Router, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let (status, _, body) = sent(window, request).await;
    (status, String::from_utf8(body).unwrap())
}

async fn posted(window: &Router, release: &[u8]) -> (StatusCode, String) {
    let request = Request::post("/inbox").body(Body::from(release.to_vec()));
    let (status, _, body) = sent(window, request.unwrap()).await;
    (status, String::from_utf8(body).unwrap())
}

/// Asks with the form; where the window leads then, and what it shows if it does
/// not lead anywhere.
async fn asked(window: &Router, fields: &str) -> (StatusCode, String, String) {
    let request = Request::post("/ask")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(fields.to_owned()));
    let (status, to, body) = sent(window, request.unwrap()).await;
    (status, to, String::from_utf8(body).unwrap())
}

/// The fields of an honest request for the first scorecard.
fn fields(person: &Person, cut_off: i64, more: &str) -> String {
    let card = person.scorecards[0].digest();
    format!(
        "purpose=A+loan+for+a+%3Cb%3Ebicycle%3C%2Fb%3E&card={card}&cut_off_{card}={cut_off}\
         &days=14&storage_days=30&recomputed=on&reasons=on{more}"
    )
}

/// The request that was asked last, as a wallet fetches it.
async fn fetched(window: &Router) -> Signed<ScoreRequest> {
    let (_, list) = got(window, "/outbox").await;
    let list: Vec<Digest> = serde_json::from_str(&list).unwrap();
    let request = Request::get(format!("/outbox/{}", list[0]));
    let (status, _, message) = sent(window, request.body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    let (request, _) = envelope::open::<Signed<ScoreRequest>>(&message, PARAMETER_ID).unwrap();
    assert_eq!(request.digest(), list[0]);
    request
}

/// The page of a request, once nothing is being checked any more.
async fn settled(window: &Router, path: &str) -> String {
    for _ in 0..600 {
        let (_, page) = got(window, path).await;
        if !page.contains("seen=checking") {
            return page;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the checks do not end");
}

/// Nothing inline, as the policy wants it (V-232).
fn assert_nothing_inline(page: &str) {
    assert!(
        !page.contains(" style=") && !page.contains("<style"),
        "{page}"
    );
    assert!(!page.contains(" onclick=") && !page.contains("javascript:"));
    let scripts = page.matches("<script").count();
    assert_eq!(
        page.matches(r#"<script src="/assets/window.js""#).count(),
        scripts
    );
}

fn files_of(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

#[tokio::test(flavor = "multi_thread")]
async fn v238_a_score_is_verified_once_and_no_cheat_passes() {
    let stage = Stage::set().await;
    let window = open(stage.settings()).await.unwrap();
    let (status, form) = got(&window, "/ask").await;
    assert_eq!(status, StatusCode::OK);
    assert_nothing_inline(&form);
    let card = &stage.person.scorecards[0];
    let (lowest, highest) = card.published_range();
    let (status, to, _) = asked(&window, &fields(&stage.person, lowest, "")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let request = fetched(&window).await;
    assert_eq!(to, format!("/requests/{}", request.digest()));
    let release = stage.answered(&request, Form::Composable).await;
    let (status, told) = posted(&window, &release).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{told}");

    let page = settled(&window, &to).await;
    for held in [
        "Approved",
        "was run again here",
        "public log",
        "Example Wallet",
        "Example Bank",
    ] {
        assert!(page.contains(held), "{held}: {page}");
    }
    assert_nothing_inline(&page);
    assert!(
        page.contains("A loan for a &lt;b&gt;bicycle"),
        "V-235: {page}"
    );
    assert_eq!(got(&window, "/outbox").await.1, "[]");

    // The same again, and another that answers the same request.
    let other = stage.answered(&request, Form::Packed).await;
    for again in [&release, &other] {
        let (status, told) = posted(&window, again).await;
        assert_eq!(status, StatusCode::CONFLICT, "{told}");
        assert!(told.contains("has been answered"), "{told}");
    }

    // What the panel shows of changed terms means something: unchanged, the
    // proof alone holds.
    let lender = Lender::open(stage.settings()).unwrap().0;
    let kept = lender.asked(request.digest()).unwrap();
    let Standing::Answered(digest, verified) = lender.standing(&kept) else {
        panic!("answered");
    };
    assert!(proof_holds_unchanged(&lender, &kept, digest));
    let score = verified.score;
    let forged = if score == highest { lowest } else { highest };
    let panel = format!("{to}/cheat");
    assert_nothing_inline(&got(&window, &panel).await.1);
    for (query, tries, by) in [
        (
            format!("attempt=score&points={forged}"),
            4,
            "the proof of the score (V-99)",
        ),
        (
            "attempt=replay".to_owned(),
            2,
            "taking a release once (V-238)",
        ),
        ("attempt=reasons".to_owned(), 4, "the signature (V-105)"),
        (
            "attempt=validity".to_owned(),
            5,
            "the terms of the release (V-97)",
        ),
    ] {
        let (status, page) = got(&window, &format!("{panel}?{query}")).await;
        assert_eq!(status, StatusCode::OK);
        assert!(
            page.contains(&format!("{tries} of {tries} tries were refused")),
            "{page}"
        );
        assert!(page.contains(by), "{by}: {page}");
        assert!(!page.contains("Not refused"));
        assert_nothing_inline(&page);
    }
    let (_, same) = got(&window, &format!("{panel}?attempt=score&points={score}")).await;
    assert!(same.contains("That is the score that was proved"));

    // Nothing is lost with the process, and a release stays taken.
    drop(window);
    let window = open(stage.settings()).await.unwrap();
    let (_, page) = got(&window, &to).await;
    assert!(page.contains("Approved"), "{page}");
    assert_eq!(posted(&window, &release).await.0, StatusCode::CONFLICT);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn v234_hostile_messages_to_the_inbox_are_refused_and_not_kept() {
    let stage = Stage::set().await;
    let window = open(stage.settings()).await.unwrap();
    let card = &stage.person.scorecards[0];
    let (_, to, _) = asked(
        &window,
        &fields(&stage.person, card.published_range().1, ""),
    )
    .await;
    let request = fetched(&window).await;
    let release = stage.answered(&request, Form::Packed).await;

    let too_large = vec![0; Kind::Release.max_envelope() + 1];
    assert_eq!(
        posted(&window, &too_large).await.0,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    let mut flipped = release.clone();
    flipped[release.len() / 2] ^= 1;
    let request_message = envelope::close(&request, &[]);
    for rubbish in [
        &b""[..],
        b"BSCR",
        &release[..99],
        &flipped,
        &request_message,
    ] {
        let (status, told) = posted(&window, rubbish).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{told}");
        assert!(told.contains("urn:blindscore:problem:malformed"), "{told}");
    }
    // Signed by somebody else: it comes in, and the next check refuses it.
    let (signed, payload) = envelope::open::<Signed<Release>>(&release, PARAMETER_ID).unwrap();
    let own = SigningKey::from_bytes(&[7; 32]);
    let resign = |change: &dyn Fn(&mut Release)| {
        let mut statement = signed.statement().clone();
        change(&mut statement);
        envelope::close(&Signed::sign(statement, &own), payload)
    };
    let (status, told) = posted(&window, &resign(&|_| {})).await;
    assert_eq!(status, StatusCode::ACCEPTED, "{told}");
    let page = settled(&window, &to).await;
    assert!(
        page.contains("not signed by the key of its application"),
        "{page}"
    );
    // To another lender's request, and with parts that were not signed.
    let elsewhere = resign(&|statement| statement.terms.request = Digest::new([9; 32]));
    assert_eq!(posted(&window, &elsewhere).await.0, StatusCode::NOT_FOUND);
    let (status, told) = posted(&window, &resign(&|s| s.parts = Digest::new([9; 32]))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(told.contains("the release was refused"), "{told}");
    assert_eq!(files_of(&stage.lender_folder().join("answers")), 0);

    // The request waits on, and the honest answer is taken and declined.
    assert_eq!(posted(&window, &release).await.0, StatusCode::ACCEPTED);
    let page = settled(&window, &to).await;
    assert!(page.contains("Declined"), "{page}");
    assert!(
        page.contains("We cannot approve your application"),
        "{page}"
    );
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_being_checked_is_checked_after_a_restart() {
    let stage = Stage::set().await;
    let window = open(stage.settings()).await.unwrap();
    let (_, to, _) = asked(&window, &fields(&stage.person, 600, "")).await;
    let request = fetched(&window).await;
    let release = stage.answered(&request, Form::Packed).await;
    drop(window);
    // Taken and answered 202; then the process ends.
    let lender = Lender::open(stage.settings()).unwrap().0;
    super::machine::take(&lender, &release).unwrap();
    drop(lender);
    let window = open(stage.settings()).await.unwrap();
    let page = settled(&window, &to).await;
    assert!(page.contains("What was checked"), "{page}");
    assert_eq!(posted(&window, &release).await.0, StatusCode::CONFLICT);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_that_cannot_be_is_shown_again_and_nothing_is_asked() {
    let stage = Stage::set().await;
    let window = open(stage.settings()).await.unwrap();
    let honest = fields(&stage.person, 600, "");
    let card = stage.person.scorecards[0].digest().to_string();
    for (form, says) in [
        (
            "purpose=A+loan&days=14&storage_days=30".to_owned(),
            "at least one scorecard",
        ),
        (honest.replace("=600", "=99999"), "cut-off must be"),
        (honest.replace("days=14", "days=0"), "1 to 365"),
        (
            honest.replace("purpose=A", "purpose=%0AA%0A%E2%80%AE"),
            "not plain text",
        ),
        (
            honest.clone() + "&self_declared=on&source=bank",
            "Choose one",
        ),
        (honest.clone() + "&source=nobody", "not in the registry"),
        (honest.replace(&card, "x"), "at least one scorecard"),
    ] {
        let (status, _, page) = asked(&window, &form).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
        assert!(page.contains(says), "{says}: {page}");
        assert_nothing_inline(&page);
    }
    assert_eq!(got(&window, "/outbox").await.1, "[]");
    for path in ["/requests/x", "/outbox/x", "/nowhere"] {
        assert_eq!(got(&window, path).await.0, StatusCode::NOT_FOUND);
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(stage.lender_folder())
            .unwrap()
            .permissions();
        assert_eq!(mode.mode() & 0o777, 0o700);
    }
    stage.stop().await;
}
