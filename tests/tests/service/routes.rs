//! Routes beside the API: health, the document and its page, metrics; and that
//! nothing of a person stands in any of them.

use blindscore_history::form::Form;
use blindscore_protocol::api::{PlatformInfo, ProblemKind};
use blindscore_tests::online::{Backend, Online};
use serde_json::Value;

use crate::raw::get;

#[test]
fn health_document_page_and_metrics_answer() {
    let online = Online::start(Backend::Sqlite);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(&online, path).status, 200, "{path}");
    }
    let document: Value = serde_json::from_slice(&get(&online, "/openapi.json").body).unwrap();
    assert_eq!(document["openapi"].as_str().map(|v| &v[..2]), Some("3."));
    let paths = document["paths"].as_object().unwrap();
    for path in [
        "/v1/schemes",
        "/v1/scorecards",
        "/v1/keys/{key}/histories",
        "/v1/consents",
        "/v1/withdrawals",
        "/v1/evaluations",
        "/v1/receipts/{receipt}",
        "/v1/log/head",
        "/v1/log/inclusion",
        "/v1/log/consistency",
    ] {
        assert!(paths.contains_key(path), "{path}");
    }
    let page = get(&online, "/docs");
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'"));
    let page = String::from_utf8(page.body).unwrap();
    assert!(!page.contains("http://") && !page.contains("https://"));
    let own = r#"<script src="/assets/window.js" defer></script>"#;
    assert_eq!(page.matches("<script").count(), page.matches(own).count());
    for path in paths.keys() {
        assert!(page.contains(path), "{path}");
    }
    for kind in ProblemKind::ALL {
        assert!(page.contains(&kind.to_string()), "{kind}");
    }
    assert_eq!(get(&online, "/assets/window.css").status, 200);

    let application = online.application(1, Form::Packed, 1);
    online.grant(&application).unwrap();
    online.evaluate(&application, "counted-by-metrics").unwrap();
    let metrics = String::from_utf8(get(&online, "/metrics").body).unwrap();
    assert!(
        metrics.contains("blindscore_evaluations_total 2"),
        "{metrics}"
    );
    assert!(metrics.contains("/v1/keys/{key}/histories"));
    for id in [
        application.key().to_string(),
        application.consent.id().to_string(),
    ] {
        assert!(!metrics.contains(&id));
    }
}

#[test]
fn what_is_not_there_is_a_problem_of_the_list() {
    let online = Online::start(Backend::Sqlite);
    for (path, kind) in [
        ("/v2", ProblemKind::NotFound),
        ("/v1/schemes/x", ProblemKind::Malformed),
        ("/v1/evaluations", ProblemKind::MethodNotAllowed),
        ("/v1/log/inclusion?kind=receipt", ProblemKind::Malformed),
        ("/v1/log/consistency?old=999999", ProblemKind::Malformed),
        ("/v1/log/entries?start=x", ProblemKind::Malformed),
    ] {
        assert_eq!(get(&online, path).problem(), kind, "{path}");
    }
}

#[test]
fn a_service_needs_nothing_to_start() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut config = blindscore_service::Config::at(folder.path().join("new"));
    config.listen = ([127, 0, 0, 1], 0).into();
    let serving = runtime.block_on(async {
        let service = blindscore_service::Service::open(config).await.unwrap();
        service.listen().await.unwrap()
    });
    let url = format!("{}/v1/platform", serving.url());
    let info = reqwest::blocking::get(url).unwrap().bytes().unwrap();
    let info: PlatformInfo = serde_json::from_slice(&info).unwrap();
    assert_eq!(info.platform.as_str(), "platform");
    runtime.block_on(serving.shut_down()).unwrap();
}
