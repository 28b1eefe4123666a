//! What is deleted when: at a withdrawal, when a consent is used up or over, and
//! where nobody ever consented.

use std::sync::atomic::Ordering;
use std::time::Duration;

use blindscore_client::http::{Applicant, Lender, Source};
use blindscore_history::form::Form;
use blindscore_protocol::api::ProblemKind;
use blindscore_tests::online::{Online, now, on_each, problem};

#[test]
fn v213_a_withdrawn_consent_computes_nothing_and_holds_nothing() {
    on_each(|backend| {
        let mut online = Online::start(backend);
        let application = online.application(1, Form::Composable, 2);
        online.grant(&application).unwrap();
        let answer = online.evaluate(&application, "before-withdrawal").unwrap();
        assert_eq!(online.objects(), 2);
        let applicant = Applicant::of(&application.secret);
        let withdrawal = application.secret.withdraw(&application.consent, now());
        let other = online.application(2, Form::Packed, 1);
        let stranger = Applicant::of(&other.secret).withdraw(&withdrawal);
        assert_eq!(problem(online.calls.send(&stranger)), ProblemKind::NotFound);

        let withdrawn = online.calls.send(&applicant.withdraw(&withdrawal)).unwrap();
        assert_eq!(withdrawn.histories_deleted, 2);
        assert_eq!(online.objects(), 0, "the ciphertexts are gone");
        let again = online.calls.send(&applicant.withdraw(&withdrawal)).unwrap();
        assert_eq!(again.log_index, withdrawn.log_index);

        for _ in 0..2 {
            assert_eq!(
                problem(online.evaluate(&application, "after-withdrawal0")),
                ProblemKind::ConsentRefused
            );
            let receipt = answer.answers[0].receipt;
            assert_eq!(
                problem(online.calls.send(&applicant.evaluation(receipt))),
                ProblemKind::Gone
            );
            assert!(
                online.calls.send(&applicant.receipt(receipt)).is_ok(),
                "receipts stay"
            );
            let history = online.first(&application);
            let lender = Lender::of(&online.cast.lender);
            assert_eq!(
                problem(online.calls.send(&lender.history(history))),
                ProblemKind::Gone
            );
            let (upload, bank) = (&application.uploads[0], Source::of(&online.cast.bank));
            let hand_in = bank.hand_in(application.key(), &upload.attestation, &upload.sealed);
            assert_eq!(problem(online.calls.send(&hand_in)), ProblemKind::Gone);
            assert_eq!(online.objects(), 0);
            online.restart();
        }
        let stands = Applicant::of(&application.secret).consent();
        let stands = online.calls.send(&stands).unwrap();
        assert_eq!(
            (stands.state.as_str(), stands.uses, stands.histories),
            ("withdrawn", 1, 0)
        );
    });
}

#[test]
fn v214_histories_of_a_consent_that_is_used_up_or_over_are_deleted() {
    on_each(|backend| {
        let online = Online::start_with(backend, |config| {
            config.retention.collect = Duration::from_secs(3600);
        });
        let used = online.application_for(1, Form::Packed, 1, 48);
        let over = online.application_for(2, Form::Packed, 5, 2);
        let kept = online.application_for(3, Form::Packed, 5, 48);
        let unclaimed = online.application(4, Form::Packed, 1);
        for application in [&used, &over, &kept] {
            online.grant(application).unwrap();
            online.evaluate(application, "the-only-use-0000").unwrap();
        }
        online.hand_in(&unclaimed).unwrap();
        assert_eq!(online.objects(), 4);
        online.sweep();
        assert_eq!(online.objects(), 4, "applicant and lender have an hour");

        online.ahead.store(3600 + 60, Ordering::Relaxed);
        online.sweep();
        assert_eq!(online.objects(), 3, "used up an hour ago");
        online.ahead.store(2 * 3600 + 60, Ordering::Relaxed);
        online.sweep();
        assert_eq!(online.objects(), 2, "over");
        online.ahead.store(8 * 24 * 3600, Ordering::Relaxed);
        online.sweep();
        assert_eq!(
            online.objects(),
            0,
            "nobody consented for a week, and all are over"
        );
    });
}
