//! Who may speak: requests replayed, altered, stale, of the wrong party.

use blindscore_client::http::{Applicant, Lender, Source};
use blindscore_history::form::Form;
use blindscore_protocol::api::ProblemKind;
use blindscore_protocol::envelope;
use blindscore_tests::online::{Online, now, on_each, problem};
use jiff::Timestamp;

use crate::raw::{Raw, get};

#[test]
fn v200_a_request_without_a_signature_is_refused() {
    let online = Online::start(blindscore_tests::online::Backend::Sqlite);
    let consent = "00".repeat(16);
    let back = get(&online, &format!("/v1/consents/{consent}"));
    assert_eq!(back.problem(), ProblemKind::Unsigned);
}

#[test]
fn v201_an_altered_request_is_refused() {
    let online = Online::start(blindscore_tests::online::Backend::Sqlite);
    let application = online.application(1, Form::Packed, 1);
    let body = envelope::close(&application.request, &[]);
    let honest = || {
        Raw::post(
            &online,
            "/v1/requests",
            &body,
            online.cast.lender.key(),
            None,
        )
    };

    let mut other_body = honest();
    other_body.body[20] ^= 1;
    assert_eq!(
        other_body.send(&online).problem(),
        ProblemKind::BadSignature
    );

    let mut other_path = honest();
    other_path.path = "/v1/consents".to_owned();
    assert_eq!(
        other_path.send(&online).problem(),
        ProblemKind::BadSignature
    );

    let mut another_key = honest();
    let of_other = Raw::post(&online, "/v1/requests", &body, online.cast.bank.key(), None);
    another_key.headers.signature = of_other.headers.signature;
    assert_eq!(
        another_key.send(&online).problem(),
        ProblemKind::BadSignature
    );

    let mut other_digest = honest();
    let empty = Raw::post(&online, "/v1/requests", b"", online.cast.lender.key(), None);
    other_digest.headers.content_digest = empty.headers.content_digest;
    assert_eq!(
        other_digest.send(&online).problem(),
        ProblemKind::BadSignature
    );

    assert_eq!(honest().send(&online).status, 201);
}

#[test]
fn v202_a_stale_request_is_refused() {
    let online = Online::start(blindscore_tests::online::Backend::Sqlite);
    let application = online.application(1, Form::Packed, 1);
    let body = envelope::close(&application.request, &[]);
    for seconds in [-400, 400] {
        let at = Timestamp::from_second(now().as_second() + seconds).unwrap();
        let key = online.cast.lender.key();
        let raw = Raw::post_at(&online, "/v1/requests", &body, key, None, at);
        assert_eq!(raw.send(&online).problem(), ProblemKind::Stale);
    }
}

#[test]
fn v203_a_replayed_request_is_refused_also_after_a_restart() {
    on_each(|backend| {
        let mut online = Online::start(backend);
        let application = online.application(1, Form::Packed, 2);
        online.grant(&application).unwrap();
        let order = application.order(&online.person.scorecards);
        let body = serde_json::to_vec(&order).unwrap();
        let key = blindscore_tests::world::signing_key(&application.secret);
        let raw = Raw::post(
            &online,
            "/v1/evaluations",
            &body,
            &key,
            Some("replayed-evaluation"),
        );
        assert_eq!(raw.send(&online).status, 201);
        assert_eq!(raw.send(&online).problem(), ProblemKind::Replayed);
        // Memory is gone, the database is not. The idempotency key is dropped,
        // as whoever replays would do it, and then belongs to nothing signed.
        online.restart();
        let lender = Raw::post(
            &online,
            "/v1/requests",
            &envelope::close(&application.request, &[]),
            online.cast.lender.key(),
            None,
        );
        assert_eq!(lender.send(&online).status, 200);
        online.restart();
        assert_eq!(lender.send(&online).problem(), ProblemKind::Replayed);
        let mut without = raw.clone();
        without.idempotency_key = None;
        assert_eq!(without.send(&online).problem(), ProblemKind::BadSignature);
        let applicant = Applicant::of(&application.secret);
        assert_eq!(online.calls.send(&applicant.consent()).unwrap().uses, 1);
    });
}

#[test]
fn v204_a_party_does_only_what_is_its_own() {
    on_each(|backend| {
        let online = Online::start(backend);
        let mine = online.application(1, Form::Packed, 1);
        let other = online.application(2, Form::Packed, 1);
        online.grant(&mine).unwrap();
        online.hand_in(&other).unwrap();
        let stranger = Applicant::of(&other.secret);
        let calls = &online.calls;

        // Another applicant's consent, history, key.
        assert_eq!(
            problem(calls.send(&stranger.grant(&mine.consent))),
            ProblemKind::Forbidden
        );
        let order = mine.order(&online.person.scorecards);
        let evaluate = stranger.evaluate(&order, "of-a-stranger-000");
        assert_eq!(problem(calls.send(&evaluate)), ProblemKind::NotFound);
        let history = online.first(&mine);
        assert_eq!(
            problem(calls.send(&stranger.history(history))),
            ProblemKind::NotFound
        );
        assert_eq!(
            problem(calls.send(&stranger.attestation(history))),
            ProblemKind::NotFound
        );

        // Another lender, a source that did not seal it, the bank as lender.
        let lender = Lender::of(&online.cast.other_lender);
        assert_eq!(
            problem(calls.send(&lender.history(history))),
            ProblemKind::NotFound
        );
        assert_eq!(
            problem(calls.send(&lender.consent(mine.consent.id()))),
            ProblemKind::NotFound
        );
        assert_eq!(
            problem(calls.send(&lender.evaluate(&order, "of-another-lender"))),
            ProblemKind::NotFound
        );
        let bank = Lender::of(&online.cast.bank);
        assert_eq!(
            problem(calls.send(&bank.consent(mine.consent.id()))),
            ProblemKind::NotFound
        );
        let upload = &mine.uploads[0];
        for source in [&online.cast.wallet, &online.cast.lender] {
            let source = Source::of(source);
            let hand_in = source.hand_in(mine.key(), &upload.attestation, &upload.sealed);
            assert_eq!(problem(calls.send(&hand_in)), ProblemKind::Forbidden);
        }

        // Whose it is may.
        assert!(
            calls
                .send(&Lender::of(&online.cast.lender).history(history))
                .is_ok()
        );
    });
}

#[test]
fn v205_a_revoked_key_no_longer_speaks() {
    use blindscore_client::http::Operator;
    use blindscore_protocol::registry::Registry;
    let online = Online::start(blindscore_tests::online::Backend::Sqlite);
    let application = online.application(1, Form::Packed, 1);
    let request = Lender::of(&online.cast.lender).hand_in_request(&application.request);
    online.calls.send(&request).unwrap();
    let mut parties = online.registry.parties().to_vec();
    for party in &mut parties {
        if party.id == *online.cast.bank.id() {
            party.keys[0].revoked = Some(now());
        }
    }
    let (name, identity) = (online.registry.name(), online.registry.identity());
    let registry = Registry::new(name.clone(), identity.clone(), parties).unwrap();
    let replace = Operator::with(&online.token).replace_registry(&registry);
    online.calls.send(&replace).unwrap();
    assert_eq!(
        problem(online.hand_in(&application)),
        ProblemKind::Forbidden
    );
}

#[test]
fn v206_only_the_operator_publishes_and_looks() {
    use blindscore_client::http::Operator;
    let online = Online::start(blindscore_tests::online::Backend::Sqlite);
    let (scheme, card) = (
        blindscore_examples::SCHEME_JSON,
        blindscore_examples::SCORECARDS[0].1,
    );
    for token in ["", "guess", &"0".repeat(64)] {
        let operator = Operator::with(token);
        let calls = &online.calls;
        let not = ProblemKind::NotOperator;
        assert_eq!(problem(calls.send(&operator.publish(scheme, card))), not);
        assert_eq!(problem(calls.send(&operator.holdings())), not);
        assert_eq!(
            problem(calls.send(&operator.replace_registry(&online.registry))),
            not
        );
    }
    // At rest there is a digest, and the token's file can be taken away.
    let kept = std::fs::read_to_string(online.folder().join("operator.digest")).unwrap();
    assert!(!kept.contains(online.token.trim()));
    std::fs::remove_file(online.folder().join("operator.token")).unwrap();
    assert!(
        online
            .calls
            .send(&Operator::with(&online.token).holdings())
            .is_ok()
    );
}
