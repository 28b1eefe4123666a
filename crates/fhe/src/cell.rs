//! The composable form: a GGSW encryption of `X^(-c)` for each cell `c`.
//!
//! A row is an encryption of zero under the public key plus `X^(-c) * g_j` in
//! the mask or in the body; both are plain RLWE, so nothing circular is
//! assumed. Each coefficient is rounded once, by the source, to 48 bits; the
//! cell *is* the rounded value times 2^16, in digests, evaluation and checks.

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::form::Form;
use blindscore_history::label;
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::Scheme;
use rayon::prelude::*;

use crate::admission::{AdmissionError, Words};
use crate::digits::gadget;
use crate::parameters::{CELL_COEFFICIENT_BITS, CELL_DROPPED_BITS, CELL_ROWS, LEVELS, N};
use crate::public_key::PublicKey;
use crate::ring::{Cut, Factor, Ring};
use crate::sealing::{SealingKey, SealingStream};

const WORD_BYTES: usize = CELL_COEFFICIENT_BITS as usize / 8;
const WORDS: usize = CELL_ROWS * 2 * N;

/// One sealed cell; 144 KB.
///
/// Rows run over the levels `1..=l`, the mask's row before the body's; a row is
/// its mask, then its body, as 48-bit words.
#[derive(Clone)]
pub struct Cell {
    words: Vec<u64>,
}

impl Cell {
    /// Length of [`Cell::to_bytes`].
    pub const BYTES: usize = WORDS * WORD_BYTES;

    /// Seals the number `value` as cell `index` of a history.
    fn seal(key: &PublicKey, stream: &SealingStream, index: usize, value: u32) -> Self {
        let mut words = Vec::with_capacity(WORDS);
        for row in 0..CELL_ROWS {
            let (mut mask, mut body) = key.encrypt_zero(&stream.randomness(index, CELL_ROWS, row));
            let gadget = gadget(row / 2 + 1);
            let raised = if row % 2 == 0 { &mut mask } else { &mut body };
            add_inverse_monomial(raised, value, gadget);
            words.extend(mask.iter().chain(&body).map(|x| round_to_word(*x)));
        }
        Self { words }
    }

    /// Little-endian 48-bit words, row after row.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![0; Self::BYTES];
        let places = bytes.as_chunks_mut::<WORD_BYTES>().0;
        for (place, word) in places.iter_mut().zip(&self.words) {
            place.copy_from_slice(&word.to_le_bytes()[..WORD_BYTES]);
        }
        bytes
    }

    /// Admits foreign bytes.
    ///
    /// # Errors
    /// A length other than [`Cell::BYTES`]; a row with a mask of zeros.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AdmissionError> {
        let words = Words::exactly("cell", bytes, Self::BYTES)?.u48s(WORDS);
        if words
            .chunks_exact(2 * N)
            .any(|row| row[..N].iter().all(|x| *x == 0))
        {
            return Err(AdmissionError::Trivial { what: "cell" });
        }
        Ok(Self { words })
    }

    /// Row `row` as coefficients modulo 2^64: its mask and its body.
    ///
    /// # Panics
    /// If `row` is not below [`CELL_ROWS`].
    pub fn row(&self, row: usize) -> (Vec<u64>, Vec<u64>) {
        let whole = &self.words[row * 2 * N..(row + 1) * 2 * N];
        let widen = |words: &[u64]| words.iter().map(|x| x << CELL_DROPPED_BITS).collect();
        (widen(&whole[..N]), widen(&whole[N..]))
    }

    /// Brings the cell to the transform domain, once for many products.
    pub fn prepare(&self) -> PreparedCell {
        let ring = Ring::shared();
        let factors = self
            .words
            .chunks_exact(N)
            .map(|polynomial| ring.factor(Cut::Rows, polynomial));
        PreparedCell {
            factors: factors.collect(),
        }
    }
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cell { .. }")
    }
}

/// A cell in the transform domain.
#[derive(Clone, Debug)]
pub struct PreparedCell {
    /// Mask and body of each row, rows in the cell's order.
    factors: Vec<Factor>,
}

impl PreparedCell {
    /// The row that takes the digit of `level` (from 0) of the accumulator's
    /// mask (`part` 0) or body (`part` 1): its mask and its body.
    pub(crate) fn row(&self, part: usize, level: usize) -> (&Factor, &Factor) {
        debug_assert!(part < 2 && level < LEVELS.0);
        let row = 2 * level + part;
        (&self.factors[2 * row], &self.factors[2 * row + 1])
    }
}

/// A sealed history in composable form: a cell for each line-window that the
/// source sends.
#[derive(Clone, Debug)]
pub struct ComposableHistory {
    cells: Vec<Option<Cell>>,
}

impl ComposableHistory {
    /// Seals one source's cells to an applicant's key: `wanted` says for each
    /// line-window whether this source sends it (sum lines never are sent).
    pub fn seal(
        key: &PublicKey,
        sealing_key: &SealingKey,
        scheme: &Scheme,
        levels: &SourceLevels,
        wanted: impl Fn(usize) -> bool + Sync,
    ) -> Self {
        let stream = SealingStream::new(sealing_key, key, Form::Composable, scheme, levels);
        let seal = |(index, value): (usize, Option<u32>)| {
            let value = value.filter(|_| wanted(index))?;
            Some(Cell::seal(key, &stream, index, value))
        };
        let values = levels.cells(scheme);
        Self {
            cells: values.into_par_iter().enumerate().map(seal).collect(),
        }
    }

    /// A history from admitted cells, one place a line-window.
    pub fn from_cells(cells: Vec<Option<Cell>>) -> Self {
        Self { cells }
    }

    /// One place a line-window; empty where nothing was sent.
    pub fn cells(&self) -> &[Option<Cell>] {
        &self.cells
    }

    /// Digest of all ciphertexts and their places, by which messages name it.
    pub fn digest(&self) -> Digest {
        let start = Framed::new(label::CIPHERTEXT).bytes(Form::Composable.name().as_bytes());
        let sent = self
            .cells
            .iter()
            .enumerate()
            .filter_map(|(i, cell)| Some((i, cell.as_ref()?)));
        sent.fold(start, |framed, (index, cell)| {
            framed.u32(index as u32).bytes(&cell.to_bytes())
        })
        .digest()
    }

    /// Brings every cell to the transform domain, on all cores.
    pub fn prepare(&self) -> Vec<Option<PreparedCell>> {
        self.cells
            .par_iter()
            .map(|cell| cell.as_ref().map(Cell::prepare))
            .collect()
    }
}

/// Adds `X^(-c) * gadget`: `X^(-c) = -X^(N-c)` for `c > 0`.
fn add_inverse_monomial(polynomial: &mut [u64], c: u32, gadget: u64) {
    let c = c as usize;
    if c == 0 {
        polynomial[0] = polynomial[0].wrapping_add(gadget);
    } else {
        polynomial[N - c] = polynomial[N - c].wrapping_sub(gadget);
    }
}

/// `floor((x + 2^15) / 2^16) mod 2^48`.
fn round_to_word(x: u64) -> u64 {
    x.wrapping_add(1 << (CELL_DROPPED_BITS - 1)) >> CELL_DROPPED_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_to_the_nearest_and_wraps() {
        assert_eq!(round_to_word(0x7fff), 0);
        assert_eq!(round_to_word(0x8000), 1);
        assert_eq!(round_to_word(u64::MAX), 0);
        assert_eq!(round_to_word(1 << 63), 1 << 47);
    }
}
