//! Cells that no honest source seals. They are made from honest ones by adding
//! public multiples of the gadget to the rows, so their noise is honest and
//! nobody without the key can tell; looking into the history can.

// Helpers of tests fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic)]

use blindscore_client::applicant::{OpenError, SealFault, SecretKey};
use blindscore_evaluator::{Ciphertexts, SealedHistory};
use blindscore_examples::person::Person;
use blindscore_fhe::parameters::N;
use blindscore_fhe::{Cell, ComposableHistory, Gadget};
use blindscore_history::form::Form;
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::{CellSize, Scheme};
use blindscore_tests::craft::{added, inverse};
use blindscore_tests::{key, seal};

struct Attack {
    person: Person,
    secret: SecretKey,
    honest: SealedHistory,
}

impl Attack {
    /// The bundled application with cells of a given size.
    fn new(size: CellSize) -> Self {
        let (mut person, secret) = (Person::load().unwrap(), key(1));
        let mut json: serde_json::Value = serde_json::from_str(&person.scheme.to_json()).unwrap();
        json["cells"] = size.name().into();
        person.scheme = Scheme::from_json(&json.to_string()).unwrap();
        assert_eq!(person.scheme.cell_size(), size);
        let had = &person.bank.levels;
        let (as_of, months) = (had.as_of(), had.covered_months());
        person.bank.levels =
            SourceLevels::from_levels(&person.scheme, as_of, months, had.levels().to_vec())
                .unwrap();
        let honest = seal(&person, &person.bank, &secret, Form::Composable);
        Self {
            person,
            secret,
            honest,
        }
    }

    fn cells(&self) -> Vec<Option<Cell>> {
        match self.honest.ciphertexts() {
            Ciphertexts::Composable(history) => history.cells().to_vec(),
            Ciphertexts::Packed(_) => panic!("sealed composable"),
        }
    }

    /// A first window's cell that is not 0, and what it holds.
    fn target(&self) -> (usize, usize) {
        let scheme = &self.person.scheme;
        let cells = self.person.bank.levels.cells(scheme);
        let windows = scheme.line_windows().iter().enumerate();
        let mut found = windows.filter_map(|(index, window)| {
            let c = cells[index].filter(|c| window.window == 0 && *c > 0)?;
            Some((index, c as usize))
        });
        found.next().unwrap()
    }

    /// Looks into the history with that cell in the target's place.
    fn look(&self, at: usize, cell: Cell) -> Result<Vec<u32>, OpenError> {
        let mut cells = self.cells();
        cells[at] = Some(cell);
        let scheme = &self.person.scheme;
        let ciphertexts = Ciphertexts::Composable(ComposableHistory::from_cells(cells));
        let made = SealedHistory::new(self.honest.header().clone(), ciphertexts, scheme).unwrap();
        let admitted = SealedHistory::admit(&made.to_bytes(), scheme);
        let history = admitted.expect("nobody without the key can tell");
        let levels = self.secret.look_into(&history, scheme)?;
        Ok(levels.levels().to_vec())
    }
}

#[test]
fn v24_crafted_cells_are_refused() {
    for size in [CellSize::Compact, CellSize::Fine] {
        crafted_cells_are_refused(&Attack::new(size));
    }
}

fn crafted_cells_are_refused(attack: &Attack) {
    let (at, c) = attack.target();
    let cell = attack.cells()[at].clone().unwrap();
    let rows = cell.gadget().rows();
    let all = 0..rows;
    // The way of crafting is right: another number, honestly, is another level.
    let one_less = added(
        &cell,
        &[inverse(c, -1), inverse(c - 1, 1)].concat(),
        all.clone(),
    );
    let levels = attack.look(at, one_less).unwrap();
    assert_eq!(levels[at] as usize, c - 1);

    let shapes = [
        ("0", inverse(c, -1)),
        ("-X^-c", inverse(c, -2)),
        ("3 X^-c", inverse(c, 2)),
        ("a sum of two monomials", inverse(c + 1, 1)),
        ("a difference of two monomials", inverse(c + 1, -1)),
        (
            "three monomials whose coefficients add up to 1",
            [inverse(c + 1, 1), inverse(c + 2, -1)].concat(),
        ),
    ];
    for (what, terms) in shapes {
        let error = attack
            .look(at, added(&cell, &terms, all.clone()))
            .unwrap_err();
        let shape = matches!(error, OpenError::Seal(SealFault::Shape { .. }));
        assert!(shape, "{what}: {error}");
    }
    // Another number in one row only. The gadget element of the last level of
    // fine cells, 2^22, lies within the noise that any row may have: what is
    // added there is noise, and too little of it to change a level.
    let checked = match cell.gadget() {
        Gadget::Compact => rows,
        Gadget::Fine => rows - 2,
    };
    let terms = [inverse(c, -1), inverse(c + 1, 1)].concat();
    let honest = attack.person.bank.levels.levels();
    for row in 0..rows {
        match attack.look(at, added(&cell, &terms, row..row + 1)) {
            Ok(levels) => {
                assert!(row >= checked, "row {row}");
                assert_eq!(levels, honest);
            }
            Err(error) => {
                let shape = matches!(error, OpenError::Seal(SealFault::Shape { .. }));
                assert!(shape && row < checked, "row {row}: {error}");
            }
        }
    }
}

#[test]
fn v26_numbers_that_no_source_can_have_are_refused() {
    let attack = Attack::new(CellSize::Compact);
    let (at, c) = attack.target();
    let cell = attack.cells()[at].clone().unwrap();
    let cap = attack.person.scheme.line_windows()[at].source_level_max as usize;
    // Above the cap, above any table, and as far as exponents go.
    for number in [cap + 1, 128, 256, 300, 1024, N - 1] {
        let terms = [inverse(c, -1), inverse(number, 1)].concat();
        let error = attack
            .look(at, added(&cell, &terms, 0..cell.gadget().rows()))
            .unwrap_err();
        assert!(matches!(error, OpenError::Levels(_)), "{number}: {error}");
    }
}
