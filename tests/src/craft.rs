//! Cells that no honest source seals, made from honest ones by adding public
//! multiples of the gadget to the rows: their noise is honest, and nobody
//! without the key can tell.

use blindscore_fhe::Cell;
use blindscore_fhe::parameters::{N, SENT_BITS, SENT_DROPPED_BITS};

const WORD: usize = SENT_BITS as usize / 8;

/// A polynomial of few terms: power of X, coefficient.
pub type Terms = Vec<(usize, i64)>;

/// `factor * X^-c`.
pub fn inverse(c: usize, factor: i64) -> Terms {
    match c {
        0 => vec![(0, factor)],
        c => vec![(N - c, -factor)],
    }
}

/// The cell with `terms` added to what it holds, in the rows that are named.
///
/// # Panics
/// If the cell becomes one that is not admitted.
pub fn added(cell: &Cell, terms: &[(usize, i64)], rows: std::ops::Range<usize>) -> Cell {
    let mut bytes = cell.to_bytes();
    for row in rows {
        let element = (cell.gadget().element(row / 2 + 1) >> SENT_DROPPED_BITS) as i64;
        // The mask of even rows is raised, the body of odd ones.
        let raised = (2 * row + row % 2) * N;
        for (power, factor) in terms {
            let word = &mut bytes[WORD * (raised + power)..][..WORD];
            let mut wide = [0; 8];
            wide[..WORD].copy_from_slice(word);
            let sum = u64::from_le_bytes(wide).wrapping_add_signed(factor * element);
            word.copy_from_slice(&sum.to_le_bytes()[..WORD]);
        }
    }
    Cell::from_bytes(cell.gadget(), &bytes).expect("masks stay random")
}
