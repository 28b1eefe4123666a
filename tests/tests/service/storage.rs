//! The storage that a service opens: its own, and as it left it. And TLS.

use blindscore_client::http::{Async, Blocking, anybody};
use blindscore_history::form::Form;
use blindscore_service::{Config, Service, ServiceError, Tls};
use blindscore_tests::online::{Backend, Online, on_each};
use sqlx::Connection;
use tokio::runtime::Runtime;

/// Where the database of a configuration is.
fn url(config: &Config) -> String {
    let file = format!("sqlite:{}", config.data.join("platform.db").display());
    config.database.clone().unwrap_or(file)
}

/// Stops the service and gives its configuration, with the folder kept.
fn stopped(backend: Backend, change: &str) -> (Config, Runtime, Online) {
    let mut online = Online::start(backend);
    let application = online.application(1, Form::Packed, 1);
    online.grant(&application).unwrap();
    online.evaluate(&application, "before-the-change").unwrap();
    online.stop();
    let config = online.config.clone();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::AnyConnection::connect(&url(&config)).await.unwrap();
        let done = sqlx::query(change).execute(&mut connection).await.unwrap();
        assert!(done.rows_affected() > 0);
        connection.close().await.unwrap();
    });
    (config, runtime, online)
}

#[test]
fn v219_a_log_that_was_changed_in_the_database_is_not_served() {
    let changes = [
        "DELETE FROM log WHERE place = (SELECT MAX(place) FROM log)",
        "UPDATE log SET leaf = (SELECT leaf FROM log WHERE place = 0) WHERE place = 1",
    ];
    on_each(|backend| {
        for change in changes {
            let (config, runtime, _online) = stopped(backend, change);
            let opened = runtime.block_on(Service::open(config));
            assert!(matches!(opened, Err(ServiceError::Log(_))), "{change}");
        }
    });
}

#[test]
fn v220_a_database_of_another_platform_is_not_opened() {
    on_each(|backend| {
        let change = "UPDATE keeper SET platform = 'other-platform'";
        let (config, runtime, _online) = stopped(backend, change);
        let opened = runtime.block_on(Service::open(config));
        assert!(matches!(opened, Err(ServiceError::OtherPlatform { .. })));
    });
}

#[test]
fn a_database_of_the_first_form_is_brought_to_the_last() {
    on_each(|backend| {
        // As the program before left it.
        let (config, runtime, mut online) =
            stopped(backend, "DELETE FROM _sqlx_migrations WHERE version > 1");
        let url = url(&config);
        runtime.block_on(async {
            let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
            for index in [
                "evaluation_held",
                "history_held",
                "applicant_key_received",
                "request_expires",
            ] {
                let drop = format!("DROP INDEX {index}");
                sqlx::query(&drop).execute(&mut connection).await.unwrap();
            }
            connection.close().await.unwrap();
        });
        online.restart();
        let application = online.application(2, Form::Packed, 1);
        online.grant(&application).unwrap();
        online
            .evaluate(&application, "after-the-migration")
            .unwrap();
        online.sweep();
        online.stop();
        let forms: i64 = runtime.block_on(async {
            let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
            let forms = sqlx::query_scalar("SELECT COUNT(*) FROM _sqlx_migrations WHERE success");
            forms.fetch_one(&mut connection).await.unwrap()
        });
        assert_eq!(forms, 2);
    });
}

#[test]
fn two_processes_of_one_platform_write_one_log() {
    on_each(|backend| {
        let mut online = Online::start(backend);
        let application = online.application(1, Form::Packed, 8);
        online.grant(&application).unwrap();
        let runtime = Runtime::new().unwrap();
        let second = runtime.block_on(async {
            let service = Service::open(online.config.clone()).await.unwrap();
            service.listen().await.unwrap()
        });
        let mut other = Blocking::connect(&second.url(), &[]).unwrap();
        let mut next = None;
        // One after the other and by turns: who wrote last knows, who did not catches up.
        for (number, first) in [true, true, false, false, true, false, true, true]
            .into_iter()
            .enumerate()
        {
            if !first {
                std::mem::swap(&mut online.calls, &mut other);
            }
            let key = format!("an-order-of-two-processes-{number}");
            let answer = online.evaluate(&application, &key).unwrap();
            if !first {
                std::mem::swap(&mut online.calls, &mut other);
            }
            for answered in &answer.answers {
                let place = answered.log_index;
                assert_eq!(next.unwrap_or(place), place);
                next = Some(place + 1);
            }
            assert_eq!(Some(answer.head.size), next);
            assert_eq!(answer.consent_use as usize, number + 1);
        }
        runtime.block_on(second.shut_down()).unwrap();
        // The log as a whole is compared with its signed head.
        online.restart();
        let head = online.calls.send(&anybody::log_head()).unwrap();
        assert_eq!(Some(head.size), next);
    });
}

#[test]
fn tls_is_spoken_to_who_trusts_the_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).unwrap();
    let (cert, key) = (
        folder.path().join("cert.pem"),
        folder.path().join("key.pem"),
    );
    std::fs::write(&cert, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let runtime = Runtime::new().unwrap();
    let mut config = Config::at(folder.path().join("platform"));
    config.listen = ([127, 0, 0, 1], 0).into();
    config.tls = Some(Tls { cert, key });
    let serving = runtime.block_on(async {
        let service = Service::open(config).await.unwrap();
        service.listen().await.unwrap()
    });
    let url = serving.url();
    assert!(url.starts_with("https://"));
    assert!(
        Blocking::connect(&url, &[]).is_err(),
        "nobody vouches for it"
    );
    let pem = made.cert.pem();
    let calls = Blocking::connect(&url, pem.as_bytes()).unwrap();
    assert_eq!(calls.send(&anybody::log_head()).unwrap().size, 0);
    // The same calls, on a runtime.
    runtime.block_on(async {
        let calls = Async::connect(&url, pem.as_bytes()).await.unwrap();
        assert_eq!(calls.platform().as_str(), "platform");
        assert!(calls.send(&anybody::scorecards()).await.unwrap().is_empty());
    });
    runtime.block_on(serving.shut_down()).unwrap();
}
