//! The loops that an evaluation spends its time in take no memory.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_evaluator::{Ciphertexts, SealedHistory};
use blindscore_examples::person::Person;
use blindscore_fhe::{Accumulator, BlockTables, PackedTable, Scratch, Whitening};
use blindscore_history::form::Form;
use blindscore_tests::{key, seal};

fn bank(
    form: Form,
) -> (
    Person,
    SealedHistory,
    blindscore_client::applicant::SecretKey,
) {
    let (person, secret) = (Person::load().unwrap(), key(1));
    let sealed = seal(&person, &person.bank, &secret, form);
    (person, sealed, secret)
}

#[test]
fn an_external_product_allocates_nothing() {
    let (_, sealed, secret) = bank(Form::Composable);
    let Ciphertexts::Composable(history) = sealed.ciphertexts() else {
        panic!("sealed composable");
    };
    let cells: Vec<_> = history
        .cells()
        .iter()
        .flatten()
        .map(blindscore_fhe::Cell::prepare)
        .collect();
    let tables = BlockTables::new(&vec![vec![1, 2, 3]; 16]);
    let whitening = Whitening {
        plan: &secret.public_key().id(),
        histories: &[],
    };
    let mut accumulator = Accumulator::start(&tables, secret.public_key(), whitening, 0);
    let mut scratch = Scratch::new();
    let counted = allocation_counter::measure(|| {
        accumulator.add(&tables);
        for cell in &cells {
            accumulator.turn(cell, &mut scratch);
        }
    });
    assert_eq!(counted.count_total, 0, "over {} products", cells.len());
}

#[test]
fn a_packed_score_allocates_its_result_and_nothing_else() {
    let (person, sealed, _) = bank(Form::Packed);
    let Ciphertexts::Packed(history) = sealed.ciphertexts() else {
        panic!("sealed packed");
    };
    let table = PackedTable::new(&person.scheme, &vec![7; person.scheme.slots()]);
    let prepared = history.prepare();
    // The first product of a thread makes its working memory.
    let first = table.evaluate(&prepared);
    let mut result = None;
    let counted = allocation_counter::measure(|| result = Some(table.evaluate(&prepared)));
    assert_eq!(counted.count_total, 2, "mask and score");
    assert_eq!(result.map(|r| r.to_bytes()), Some(first.to_bytes()));
}
