//! A batch gives what its evaluations give one by one.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_client::applicant::SecretKey;
use blindscore_evaluator::{
    BatchItem, EvaluateError, Lineup, Plan, PreparedHistory, SealedHistory, evaluate_batch,
};
use blindscore_examples::person::Person;
use blindscore_history::form::Form;
use blindscore_tests::{key, seal};

fn sealed(person: &Person, secret: &SecretKey, form: Form) -> Vec<SealedHistory> {
    let holders = match form {
        Form::Packed => vec![&person.bank],
        Form::Composable => vec![&person.wallet, &person.bank],
    };
    let holders = holders.into_iter();
    holders
        .map(|held| seal(person, held, secret, form))
        .collect()
}

#[test]
fn a_batch_gives_the_bytes_of_single_evaluations() {
    let person = Person::load().unwrap();
    let keys = [key(1), key(2), key(3)];
    for form in [Form::Packed, Form::Composable] {
        let histories = keys.each_ref().map(|secret| sealed(&person, secret, form));
        let lineup = Lineup::of(&histories[0].iter().collect::<Vec<_>>()).unwrap();
        let plans: Vec<_> = person
            .scorecards
            .iter()
            .map(|card| Plan::compile(&person.scheme, card, &lineup).unwrap())
            .collect();
        let plans: Vec<_> = plans.iter().collect();
        let histories = histories.each_ref().map(|h| h.iter().collect::<Vec<_>>());
        // The last but one is handed somebody else's key.
        let item = |who: usize, whose: usize| BatchItem {
            key: keys[who].public_key(),
            histories: &histories[whose],
        };
        let items = [item(0, 0), item(1, 1), item(0, 2), item(2, 2)];
        let batch = evaluate_batch(&plans, &items);
        assert_eq!(batch.len(), items.len());
        for (at, (results, item)) in batch.iter().zip(&items).enumerate() {
            assert_eq!(results.len(), plans.len());
            for (result, plan) in results.iter().zip(&plans) {
                if at == 2 {
                    assert!(matches!(result, Err(EvaluateError::OtherKey { .. })));
                    continue;
                }
                let prepared = item.histories.iter().map(|h| PreparedHistory::new(h));
                let prepared: Vec<_> = prepared.collect();
                let single = plan.evaluate(item.key, &prepared.iter().collect::<Vec<_>>());
                let (got, want) = (result.as_ref().unwrap(), single.unwrap());
                assert_eq!(got.to_bytes(), want.to_bytes());
            }
        }
    }
}
