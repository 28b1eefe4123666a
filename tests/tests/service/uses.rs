//! Uses of a consent: each counted once, whatever happens at once.

use std::sync::Barrier;

use blindscore_client::http::{Applicant, anybody};
use blindscore_history::form::Form;
use blindscore_protocol::api::ProblemKind;
use blindscore_protocol::log::EntryKind;
use blindscore_tests::online::{Online, on_each, problem};

#[test]
fn v210_a_use_is_counted_once_whoever_asks_at_once() {
    on_each(|backend| {
        let online = Online::start(backend);
        let application = online.application(1, Form::Packed, 3);
        online.grant(&application).unwrap();
        let barrier = Barrier::new(8);
        let (online, application, barrier) = (&online, &application, &barrier);
        let answers: Vec<_> = std::thread::scope(|scope| {
            let ask = |n: usize| {
                scope.spawn(move || {
                    barrier.wait();
                    online.evaluate(application, &format!("asked-at-once-{n:03}"))
                })
            };
            let threads: Vec<_> = (0..8).map(ask).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .collect()
        });
        let mut uses: Vec<u32> = Vec::new();
        for answer in answers {
            match answer {
                Ok(answer) => uses.push(answer.consent_use),
                Err(error) => {
                    assert_eq!(
                        error.problem(),
                        Some(ProblemKind::ConsentRefused),
                        "{error}"
                    );
                }
            }
        }
        uses.sort_unstable();
        assert_eq!(uses, [1, 2, 3]);
        let applicant = Applicant::of(&application.secret);
        let stands = online.calls.send(&applicant.consent()).unwrap();
        assert_eq!((stands.uses, stands.state.as_str()), (3, "used up"));
        assert_eq!(receipts(online), 3 * online.person.scorecards.len());
    });
}

#[test]
fn v211_an_order_sent_again_is_answered_again_and_counted_once() {
    on_each(|backend| {
        let mut online = Online::start(backend);
        let application = online.application(1, Form::Packed, 1);
        online.grant(&application).unwrap();
        let first = online.evaluate(&application, "one-and-the-same").unwrap();
        let second = online.evaluate(&application, "one-and-the-same").unwrap();
        assert_eq!(first, second);
        online.restart();
        let third = online.evaluate(&application, "one-and-the-same").unwrap();
        assert_eq!(first.answers, third.answers);
        assert_eq!(receipts(&online), online.person.scorecards.len());

        // Another order, or none at all, under the same key.
        let applicant = Applicant::of(&application.secret);
        let other = application.order(&online.person.scorecards[..1]);
        assert_eq!(
            problem(
                online
                    .calls
                    .send(&applicant.evaluate(&other, "one-and-the-same"))
            ),
            ProblemKind::IdempotencyKeyReused
        );
        assert_eq!(
            problem(online.evaluate(&application, "another-key-00000")),
            ProblemKind::ConsentRefused
        );
    });
}

#[test]
fn v212_an_order_without_an_idempotency_key_is_refused() {
    use crate::raw::Raw;
    let online = Online::start(blindscore_tests::online::Backend::Sqlite);
    let application = online.application(1, Form::Packed, 1);
    online.grant(&application).unwrap();
    let order = application.order(&online.person.scorecards);
    let body = serde_json::to_vec(&order).unwrap();
    let key = blindscore_tests::world::signing_key(&application.secret);
    let raw = Raw::post(&online, "/v1/evaluations", &body, &key, None);
    assert_eq!(
        raw.send(&online).problem(),
        ProblemKind::IdempotencyKeyMissing
    );
    let raw = Raw::post(&online, "/v1/evaluations", &body, &key, Some("short"));
    assert_eq!(raw.send(&online).problem(), ProblemKind::Malformed);
}

#[test]
fn everything_else_can_be_handed_in_again() {
    on_each(|backend| {
        let online = Online::start(backend);
        let application = online.application(1, Form::Composable, 1);
        online.grant(&application).unwrap();
        let size = online.calls.send(&anybody::log_head()).unwrap().size;
        online.grant(&application).unwrap();
        assert_eq!(online.calls.send(&anybody::log_head()).unwrap().size, size);
        let applicant = Applicant::of(&application.secret);
        assert_eq!(online.calls.send(&applicant.histories()).unwrap().len(), 2);
        assert_eq!(online.objects(), 2);
    });
}

fn receipts(online: &Online) -> usize {
    let log = online.calls.send(&anybody::log_entries(0)).unwrap();
    let receipt = |entry: &&blindscore_protocol::log::Entry| entry.kind == EntryKind::Receipt;
    log.entries.iter().filter(receipt).count()
}
