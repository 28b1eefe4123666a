//! Cells that are no numbers, in a composable evaluation: what the canaries
//! notice, and what only looking into the history does.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_evaluator::{Ciphertexts, SealedHistory};
use blindscore_fhe::ComposableHistory;
use blindscore_fhe::parameters::N;
use blindscore_fhe::proof::StatementError;
use blindscore_fhe::secret::SealFault;
use blindscore_history::form::Form;
use blindscore_tests::craft::{Terms, added, inverse};
use blindscore_tests::proofs::{Card, KeyPair};

/// The first source's first cell, replaced in an otherwise honest application:
/// whether the canaries let its opening pass, whether the score is wrong, and
/// what looking into the cell says.
fn with_cell(
    outputs: usize,
    terms: impl Fn(usize) -> Terms,
) -> (Result<(), StatementError>, bool, Result<u32, SealFault>) {
    let card = Card::with_outputs(outputs);
    let KeyPair { secret, public } = KeyPair::honest(11);
    let levels = card.holdings(Form::Composable, 3);
    let mut sealed: Vec<SealedHistory> = (0..)
        .zip(&levels)
        .map(|(source, levels)| card.seal(&public, Form::Composable, source, levels))
        .collect();
    let Ciphertexts::Composable(history) = sealed[0].ciphertexts() else {
        panic!("sealed composable");
    };
    let mut cells = history.cells().to_vec();
    let c = levels[0].cells(&card.scheme)[0].unwrap() as usize;
    assert!(c > 0);
    let honest = cells[0].as_ref().unwrap();
    let crafted = added(honest, &terms(c), 0..honest.gadget().rows());
    let looked = secret.open_cell(&crafted);
    cells[0] = Some(crafted);
    let ciphertexts = Ciphertexts::Composable(ComposableHistory::from_cells(cells));
    let header = sealed[0].header().clone();
    sealed[0] = SealedHistory::new(header, ciphertexts, &card.scheme).unwrap();
    let evaluated = card.evaluate_sealed(&public, Form::Composable, &sealed, &levels);
    let result = evaluated.evaluation.result();
    let opening = secret.opening(result);
    let statement = evaluated.plan.statement(&public, result, &opening, b"");
    let wrong = opening.shifted() != evaluated.plain;
    (statement.map(drop), wrong, looked)
}

#[test]
fn an_honest_cell_passes() {
    for outputs in [8, 16] {
        let (statement, wrong, looked) = with_cell(outputs, |_| Vec::new());
        assert_eq!(statement, Ok(()));
        assert!(!wrong && looked.is_ok());
    }
}

#[test]
fn canaries_refuse_cells_that_do_not_turn_them_into_themselves() {
    type Crafted = fn(usize, usize) -> Terms;
    let shapes: [(&str, Crafted); 5] = [
        ("0", |c, _| inverse(c, -1)),
        ("-X^-c", |c, _| inverse(c, -2)),
        ("3 X^-c", |c, _| inverse(c, 2)),
        ("c >= R", |c, block| {
            [inverse(c, -1), inverse(c + block, 1)].concat()
        }),
        ("c of N - 1", |c, _| {
            [inverse(c, -1), inverse(N - 1, 1)].concat()
        }),
    ];
    for outputs in [8, 16] {
        for (name, terms) in shapes {
            let (statement, ..) = with_cell(outputs, |c| terms(c, N / outputs));
            let refused = matches!(statement, Err(StatementError::Bound { .. }));
            assert!(refused, "{name}: {statement:?}");
        }
    }
}

/// Monomials whose coefficients add up to 1 leave a constant what it is. The
/// applicant, who looks into every cell before proving, refuses them; and a
/// source that signs what it sealed answers for them.
#[test]
fn a_sum_of_monomials_passes_the_canaries_and_not_the_look_into_the_cell() {
    let mut wrong_scores = 0;
    for (plus, minus) in [(9, 21), (5, 40), (30, 3), (20, 60)] {
        let terms = |c: usize| [inverse(c + plus, 1), inverse(c + minus, -1)].concat();
        let (statement, wrong, looked) = with_cell(8, terms);
        assert_eq!(statement, Ok(()));
        assert!(matches!(looked, Err(SealFault::Shape { .. })));
        wrong_scores += u32::from(wrong);
    }
    assert!(wrong_scores > 0, "the look is needed");
}
