//! Results from outside, attacked: what a platform could send instead of the
//! evaluation. The numbers are those of the checks in `docs/protocol.md`.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_client::applicant::{OpenError, re_execute};
use blindscore_evaluator::{Evaluation, Lineup, Plan, PreparedHistory};
use blindscore_examples::person::Person;
use blindscore_fhe::{AdmissionError, BlindResult};
use blindscore_history::form::Form;
use blindscore_protocol::envelope;
use blindscore_protocol::message::EvaluationHeader;
use blindscore_tests::{key, seal, taken_apart};

fn person() -> Person {
    Person::load().unwrap()
}

#[test]
fn v15_to_v17_a_result_of_another_key_plan_or_with_a_flipped_bit_is_not_believed() {
    let person = person();
    let secret = key(1);
    let card = &person.scorecards[0];
    for form in [Form::Packed, Form::Composable] {
        let sealed = [seal(&person, &person.bank, &secret, form)];
        let lineup = Lineup::of(&[&sealed[0]]).unwrap();
        let plan = Plan::compile(&person.scheme, card, &lineup).unwrap();
        let prepared = PreparedHistory::new(&sealed[0]);
        let evaluation = plan.evaluate(secret.public_key(), &[&prepared]).unwrap();

        let error = key(2).open(&plan, card, &evaluation).unwrap_err();
        assert!(matches!(error, OpenError::OtherKey { .. }), "{error}");
        let other = Plan::compile(&person.scheme, &person.scorecards[1], &lineup).unwrap();
        let error = secret
            .open(&other, &person.scorecards[1], &evaluation)
            .unwrap_err();
        assert!(matches!(error, OpenError::OtherPlan { .. }), "{error}");

        // A platform that flips a high bit of each body coefficient in turn.
        let bytes = evaluation.result().to_bytes();
        for output in 0..plan.outputs() {
            let mut changed = bytes.clone();
            let at = bytes.len() - 8 * (plan.outputs() - output) + 6;
            changed[at] ^= 0x20;
            let result = BlindResult::from_bytes(&changed).unwrap();
            let header = EvaluationHeader {
                result: result.digest(),
                ..evaluation.header().clone()
            };
            let forged = Evaluation::admit(&envelope::close(&header, &result.to_bytes())).unwrap();
            let refused = match secret.open(&plan, card, &forged) {
                Err(OpenError::Bound { .. } | OpenError::Range) => true,
                // A shift by a multiple of Delta can hit another score: then the
                // applicant's own levels do not give it.
                Ok(opened) => {
                    let levels = secret.look_into(&sealed[0], &person.scheme).unwrap();
                    let roles = sealed[0].participant().roles;
                    let parts = [blindscore_history::levels::Part {
                        levels: &levels,
                        roles: &roles,
                    }];
                    let combined = blindscore_history::levels::ApplicantLevels::combine(
                        &person.scheme,
                        &parts,
                    );
                    let explained = opened.explain(&person.scheme, card, &combined.unwrap());
                    matches!(explained, Err(OpenError::NotTheLevels { .. }))
                }
                Err(other) => panic!("{other}"),
            };
            assert!(refused, "{form}, output {output}");
        }
    }
}

#[test]
fn v16_an_evaluation_of_another_scheme_form_or_lineup_is_not_opened() {
    let person = person();
    let secret = key(1);
    let card = &person.scorecards[0];
    let sealed = seal(&person, &person.bank, &secret, Form::Packed);
    let plan = Plan::compile(&person.scheme, card, &Lineup::of(&[&sealed]).unwrap()).unwrap();
    let prepared = PreparedHistory::new(&sealed);
    let evaluation = plan.evaluate(secret.public_key(), &[&prepared]).unwrap();
    let (header, payload) = taken_apart::<EvaluationHeader>(&evaluation.to_bytes());
    type Lie = fn(&mut EvaluationHeader);
    let lies: [(&str, Lie); 7] = [
        ("plan", |h| h.plan = h.result),
        ("scorecard", |h| h.scorecard = h.result),
        ("scheme", |h| h.scheme = h.result),
        ("form", |h| h.form = Form::Composable),
        ("source", |h| {
            h.histories[0].source = "shop".parse().unwrap();
        }),
        ("roles", |h| h.histories[0].roles.clear()),
        ("number", |h| h.histories.push(h.histories[0].clone())),
    ];
    for (what, lie) in lies {
        let mut header = header.clone();
        lie(&mut header);
        let forged = Evaluation::admit(&envelope::close(&header, &payload)).unwrap();
        let refused = secret.open(&plan, card, &forged);
        assert!(
            matches!(refused, Err(OpenError::OtherPlan { .. })),
            "{what}"
        );
    }
}

#[test]
fn v19_a_result_of_another_number_of_outputs_is_refused() {
    for outputs in [0u32, 2, 4, 7, 9, 15, 17, 32, 2048, u32::MAX] {
        let fitting = 8 * (2048 + outputs.min(2048) as usize);
        let bytes = [&outputs.to_le_bytes()[..], &vec![1; fitting]].concat();
        let want = AdmissionError::Outputs { got: outputs };
        assert_eq!(BlindResult::from_bytes(&bytes).unwrap_err(), want);
    }
    for outputs in [1u32, 8, 16] {
        let bytes = |body: usize| [&outputs.to_le_bytes()[..], &vec![1; 8 * body]].concat();
        let exact = 2048 + outputs as usize;
        let admitted = BlindResult::from_bytes(&bytes(exact)).unwrap();
        assert_eq!(admitted.outputs(), outputs as usize);
        for other in [exact - 1, exact + 1] {
            let refused = BlindResult::from_bytes(&bytes(other)).unwrap_err();
            assert!(
                matches!(refused, AdmissionError::Length { .. }),
                "{refused}"
            );
        }
    }
}

#[test]
fn v29_an_evaluation_with_one_flipped_bit_is_not_what_runs_again() {
    let person = person();
    let secret = key(1);
    let card = &person.scorecards[0];
    for form in [Form::Packed, Form::Composable] {
        let sealed = seal(&person, &person.bank, &secret, form);
        let plan = Plan::compile(&person.scheme, card, &Lineup::of(&[&sealed]).unwrap()).unwrap();
        let prepared = PreparedHistory::new(&sealed);
        let evaluation = plan.evaluate(secret.public_key(), &[&prepared]).unwrap();
        let again = |evaluation: &Evaluation| {
            re_execute(&plan, secret.public_key(), &[&prepared], evaluation)
        };
        again(&evaluation).unwrap();
        let (header, payload) = taken_apart::<EvaluationHeader>(&evaluation.to_bytes());
        // Low bits of the mask, which no noise bound sees; a high one; the body.
        for (at, bit) in [
            (4, 0),
            (4 + 8 * 1000, 3),
            (4 + 8 * 2047 + 7, 7),
            (4 + 8 * 2048, 0),
        ] {
            let mut payload = payload.clone();
            payload[at] ^= 1 << bit;
            let header = EvaluationHeader {
                result: BlindResult::from_bytes(&payload).unwrap().digest(),
                ..header.clone()
            };
            let forged = Evaluation::admit(&envelope::close(&header, &payload)).unwrap();
            if bit < 7 {
                // Opening alone cannot tell.
                secret.open(&plan, card, &forged).unwrap();
            }
            let error = again(&forged).unwrap_err();
            assert!(matches!(error, OpenError::OtherBytes), "{form}: {error}");
        }
        // What the header says beside the result.
        let header = EvaluationHeader {
            as_of: header.as_of.tomorrow().unwrap(),
            ..header
        };
        let forged = Evaluation::admit(&envelope::close(&header, &payload)).unwrap();
        assert!(matches!(again(&forged), Err(OpenError::OtherBytes)));
    }
}
