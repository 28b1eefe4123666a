//! Bodies that are refused: too large, of somebody else, not what they should
//! be; and what a full queue says.

use blindscore_client::http::{Applicant, Lender, Source};
use blindscore_history::form::Form;
use blindscore_protocol::api::ProblemKind;
use blindscore_tests::online::{Backend, Online, on_each, problem};

use crate::raw::Raw;

#[test]
fn v207_a_body_above_its_limit_is_refused() {
    let online = Online::start_with(Backend::Sqlite, |config| {
        config.limits.upload_max = 100_000;
    });
    let application = online.application(1, Form::Composable, 1);
    assert_eq!(problem(online.hand_in(&application)), ProblemKind::TooLarge);
    let large = vec![b' '; 200_000];
    let key = online.cast.lender.key();
    for path in [
        "/v1/requests",
        "/v1/keys",
        "/v1/consents",
        "/v1/withdrawals",
    ] {
        let raw = Raw::post(&online, path, &large, key, None);
        assert_eq!(raw.send(&online).problem(), ProblemKind::TooLarge, "{path}");
    }
    assert_eq!(online.objects(), 0);
}

#[test]
fn v208_a_foreign_ciphertext_is_refused() {
    on_each(|backend| {
        let online = Online::start(backend);
        let mine = online.application(1, Form::Packed, 1);
        let other = online.application(2, Form::Packed, 1);
        online.grant(&mine).unwrap();
        online.grant(&other).unwrap();
        let calls = &online.calls;
        let bank = Source::of(&online.cast.bank);

        // Another's history under my key, and mine with another's attestation.
        let (own, foreign) = (&mine.uploads[0], &other.uploads[0]);
        for (attestation, sealed) in [
            (&foreign.attestation, &foreign.sealed),
            (&own.attestation, &foreign.sealed),
            (&foreign.attestation, &own.sealed),
        ] {
            let hand_in = bank.hand_in(mine.key(), attestation, sealed);
            assert_eq!(problem(calls.send(&hand_in)), ProblemKind::Refused);
        }
        // Another's history in my order.
        let mut order = mine.order(&online.person.scorecards);
        order.histories.clone_from(&other.attestations);
        let evaluate = Applicant::of(&mine.secret).evaluate(&order, "with-foreign-data");
        assert_eq!(problem(calls.send(&evaluate)), ProblemKind::NotFound);
        // One bit changed, signed by the bank that sends it.
        let mut changed = own.sealed.clone();
        let last = changed.len() - 100;
        changed[last] ^= 1;
        let hand_in = bank.hand_in(mine.key(), &own.attestation, &changed);
        assert_eq!(problem(calls.send(&hand_in)), ProblemKind::Malformed);
        assert_eq!(
            calls
                .send(&Applicant::of(&mine.secret).consent())
                .unwrap()
                .uses,
            0
        );
    });
}

#[test]
fn v209_a_consent_comes_after_its_key_and_request_and_is_one() {
    on_each(|backend| {
        let online = Online::start(backend);
        let application = online.application(1, Form::Packed, 1);
        let applicant = Applicant::of(&application.secret);
        let grant = applicant.grant(&application.consent);
        assert_eq!(problem(online.calls.send(&grant)), ProblemKind::Refused);
        online.calls.send(&applicant.hand_in_key()).unwrap();
        assert_eq!(problem(online.calls.send(&grant)), ProblemKind::Refused);
        online.grant(&application).unwrap();
        // Another key in the name of the application.
        let thief = application.secret.application();
        let thief = blindscore_client::applicant::SecretKey::from_seed(thief, &[9; 32]);
        let hand_in = Applicant::of(&thief).hand_in_key();
        assert_eq!(problem(online.calls.send(&hand_in)), ProblemKind::Conflict);
        // Another consent of the same application, with more uses.
        let more = online.application(1, Form::Packed, 9);
        online.hand_in(&more).unwrap();
        let again = Applicant::of(&more.secret).grant(&more.consent);
        assert_eq!(problem(online.calls.send(&again)), ProblemKind::Conflict);
    });
}

#[test]
fn v215_scorecards_that_nobody_published_or_consented_to_are_not_applied() {
    let online = Online::start(Backend::Sqlite);
    let application = online.application(1, Form::Packed, 1);
    online.grant(&application).unwrap();
    let mut order = application.order(&online.person.scorecards);
    order.scorecards = vec![application.key()];
    let applicant = Applicant::of(&application.secret);
    let evaluate = applicant.evaluate(&order, "unpublished-00000");
    assert_eq!(problem(online.calls.send(&evaluate)), ProblemKind::Refused);
    // None, and one twice.
    order.scorecards.clear();
    let evaluate = applicant.evaluate(&order, "no-scorecard-0000");
    assert_eq!(
        problem(online.calls.send(&evaluate)),
        ProblemKind::Malformed
    );
    order.scorecards = vec![online.person.scorecards[0].digest(); 2];
    let evaluate = applicant.evaluate(&order, "one-card-twice-00");
    assert_eq!(
        problem(online.calls.send(&evaluate)),
        ProblemKind::Malformed
    );
}

#[test]
fn v216_one_caller_cannot_ask_without_end() {
    let online = Online::start_with(Backend::Sqlite, |config| {
        config.limits.party_per_second = 1;
        config.limits.party_burst = 3;
    });
    let lender = Lender::of(&online.cast.lender);
    let application = online.application(1, Form::Packed, 1);
    let ask = || {
        online
            .calls
            .send(&lender.hand_in_request(&application.request))
    };
    for _ in 0..3 {
        ask().unwrap();
    }
    let refused = ask().unwrap_err();
    assert_eq!(refused.problem(), Some(ProblemKind::RateLimited));
    assert!(refused.retry_after().is_some_and(|seconds| seconds >= 1));
    // Another party is not held up.
    let applicant = Applicant::of(&application.secret);
    online.calls.send(&applicant.hand_in_key()).unwrap();
}

#[test]
fn v217_a_full_queue_refuses_and_loses_nothing() {
    let online = Online::start_with(Backend::Sqlite, |config| {
        config.limits.workers = 1;
        config.limits.queue = 1;
    });
    let applications: Vec<_> = (0..6)
        .map(|number| online.application(number, Form::Composable, 1))
        .collect();
    for application in &applications {
        online.grant(application).unwrap();
    }
    let online = &online;
    let busy: usize = std::thread::scope(|scope| {
        let evaluate = |application| {
            scope.spawn(move || {
                let mut busy = 0;
                loop {
                    match online.evaluate(application, "until-it-is-taken") {
                        Ok(answer) => {
                            assert_eq!(answer.consent_use, 1);
                            return busy;
                        }
                        Err(error) => {
                            assert_eq!(error.problem(), Some(ProblemKind::Busy), "{error}");
                            assert!(error.retry_after().is_some());
                            busy += 1;
                            std::thread::sleep(std::time::Duration::from_millis(20));
                        }
                    }
                }
            })
        };
        let threads: Vec<_> = applications.iter().map(evaluate).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .sum()
    });
    assert!(busy > 0, "six at once fit into two places");
}
