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

use crate::admission::{AdmissionError, Words, u48s_to_bytes};
use crate::gadget::Gadget;
use crate::parameters::N;
use crate::public_key::PublicKey;
use crate::residues::{Residues, Spectra};
use crate::sealing::{SealingKey, SealingStream, round_to_words, widen};

/// One sealed cell; 96 KB or 144 KB, as its gadget has it.
///
/// Rows run over the levels `1..=l`, the mask's row before the body's; a row is
/// its mask, then its body, as 48-bit words.
#[derive(Clone)]
pub struct Cell {
    gadget: Gadget,
    words: Vec<u64>,
}

impl Cell {
    /// Seals the number `value` as cell `index` of a history.
    fn seal(
        key: &PublicKey,
        gadget: Gadget,
        stream: &SealingStream,
        index: usize,
        value: u32,
    ) -> Self {
        let rows = gadget.rows();
        let mut words = vec![0; rows * 2 * N];
        for (row, words) in words.chunks_exact_mut(2 * N).enumerate() {
            let (mask, body) = words.split_at_mut(N);
            key.encrypt_zero_into(&stream.randomness(index, rows, row), mask, body);
            let element = gadget.element(row / 2 + 1);
            let raised = if row % 2 == 0 { mask } else { body };
            add_inverse_monomial(raised, value, element);
        }
        round_to_words(&mut words);
        Self { gadget, words }
    }

    /// Base and levels of its rows.
    pub fn gadget(&self) -> Gadget {
        self.gadget
    }

    /// Little-endian 48-bit words, row after row.
    pub fn to_bytes(&self) -> Vec<u8> {
        u48s_to_bytes(&self.words)
    }

    /// Admits foreign bytes.
    ///
    /// # Errors
    /// A length other than [`Gadget::cell_bytes`]; a row with a mask of zeros.
    pub fn from_bytes(gadget: Gadget, bytes: &[u8]) -> Result<Self, AdmissionError> {
        let words = Words::exactly("cell", bytes, gadget.cell_bytes())?.u48s(gadget.rows() * 2 * N);
        if words
            .chunks_exact(2 * N)
            .any(|row| row[..N].iter().all(|x| *x == 0))
        {
            return Err(AdmissionError::Trivial { what: "cell" });
        }
        Ok(Self { gadget, words })
    }

    /// Row `row` as coefficients modulo 2^64: its mask and its body.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> (Vec<u64>, Vec<u64>) {
        let whole = &self.words[row * 2 * N..(row + 1) * 2 * N];
        (widen(&whole[..N]), widen(&whole[N..]))
    }

    /// Brings the cell to the transform domain, once for many products.
    pub fn prepare(&self) -> PreparedCell {
        let residues = Residues::shared();
        let rows = self.gadget.rows();
        let mut spectra = Spectra::zero(2 * rows);
        for (index, polynomial) in self.words.chunks_exact(N).enumerate() {
            let (row, column) = (index / 2, index % 2);
            // Digits come part by part, rows of a cell level by level.
            let digit = row % 2 * self.gadget.levels() + row / 2;
            residues.prepare(polynomial, column * rows + digit, &mut spectra);
        }
        PreparedCell {
            gadget: self.gadget,
            rows: spectra,
        }
    }
}

impl std::fmt::Debug for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cell { .. }")
    }
}

/// A cell in the transform domain: 192 KB or 288 KB.
#[derive(Clone)]
pub struct PreparedCell {
    gadget: Gadget,
    /// The masks of all rows, then their bodies; rows in the order of the
    /// digits that they take.
    rows: Spectra,
}

impl PreparedCell {
    pub(crate) fn gadget(&self) -> Gadget {
        self.gadget
    }

    pub(crate) fn rows(&self) -> &Spectra {
        &self.rows
    }

    /// Bytes that it takes in memory.
    pub fn bytes(&self) -> usize {
        self.rows.bytes()
    }
}

impl std::fmt::Debug for PreparedCell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PreparedCell { .. }")
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
        let gadget = Gadget::of(scheme);
        let seal = |(index, value): (usize, Option<u32>)| {
            let value = value.filter(|_| wanted(index))?;
            Some(Cell::seal(key, gadget, &stream, index, value))
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
