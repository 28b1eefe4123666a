//! Many encrypted scores, none of which may differ from plaintext. Ignored by
//! default; `docs/numbers.md` has the command and the figure, CI runs it with
//! fewer cases by `BLINDSCORE_LONG_CASES`.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_evaluator::{Lineup, Plan, PreparedHistory};
use blindscore_examples::person::Person;
use blindscore_history::arbitrary;
use blindscore_history::form::Form;
use blindscore_tests::{Application, key, roles_of};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Keys that the cases are spread over.
const KEYS: u8 = 10;

fn cases(standard: usize) -> usize {
    let stated = std::env::var("BLINDSCORE_LONG_CASES").ok();
    stated.map_or(standard, |text| {
        text.parse().expect("BLINDSCORE_LONG_CASES is a number")
    })
}

/// Random histories under the bundled scheme and both bundled scorecards.
fn run(form: Form, sources: usize, standard: usize) {
    let person = Person::load().unwrap();
    let mut runner = TestRunner::deterministic();
    let keys: Vec<_> = (0..KEYS).map(key).collect();
    let strategy = arbitrary::source_levels(&person.scheme);
    let (mut scored, total) = (0, cases(standard));
    while scored < total {
        let secret = &keys[scored % keys.len()];
        let holdings: Vec<_> = (0..sources)
            .map(|number| {
                let levels = strategy.new_tree(&mut runner).unwrap().current();
                let roles = if number == 0 {
                    roles_of(&person.scheme)
                } else {
                    Vec::new()
                };
                (levels, roles)
            })
            .collect();
        let application = Application {
            scheme: person.scheme.clone(),
            scorecard: person.scorecards[0].clone(),
            holdings,
        };
        let sealed = application.seal(secret, form);
        let prepared: Vec<_> = sealed.iter().map(PreparedHistory::new).collect();
        let combined = application.combined();
        for card in &person.scorecards {
            let lineup = Lineup::of(&sealed.iter().collect::<Vec<_>>()).unwrap();
            let plan = Plan::compile(&person.scheme, card, &lineup).unwrap();
            let histories: Vec<_> = prepared.iter().collect();
            let evaluation = plan.evaluate(secret.public_key(), &histories).unwrap();
            let opened = secret.open(&plan, card, &evaluation).unwrap();
            let plain = card.score(&person.scheme, &combined).unwrap();
            assert_eq!(opened.shifted(), plain.shifted, "case {scored}");
            assert_eq!(opened.published(), plain.published, "case {scored}");
            scored += 1;
        }
    }
    println!("{scored} {form} scores over {KEYS} keys, none differs from plaintext");
}

#[test]
#[ignore = "ten thousand scores take half a minute; CI runs a part of them"]
fn packed_scores_never_differ() {
    run(Form::Packed, 1, 10_000);
}

#[test]
#[ignore = "five hundred composable scores take half a minute; CI runs a part of them"]
fn composable_scores_never_differ() {
    run(Form::Composable, 2, 500);
}
