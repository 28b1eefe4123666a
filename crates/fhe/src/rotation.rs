//! Table rotation: look up a table at a sum of sealed cells.
//!
//! An accumulator starts as a characteristic's tables, one a block of `R`
//! coefficients, plus an encryption of zero, and takes one external product a
//! cell. Cells are encryptions of `X^(-c)`, so exponents add up and coefficient
//! `h*R` ends as `table_h[sum of the cells]`: adding and looking up for the
//! price of one product, exactly, without an evaluation key.
//!
//! The encryption of zero whitens: digits of a bare table are low-frequency and
//! add up coherently with the key's noise. Its randomness is public, expanded
//! from digests, so the evaluation stays a function of public inputs.

use blindscore_history::digest::Digest;

use crate::cell::PreparedCell;
use crate::parameters::{N, encode};
use crate::public_key::PublicKey;
use crate::residues::{Residues, Workspace};
use crate::result::BlindResult;
use crate::sealing::whitening;

/// What whitening is bound to, besides the applicant's key.
#[derive(Clone, Copy, Debug)]
pub struct Whitening<'a> {
    /// Digest of the plan.
    pub plan: &'a Digest,
    /// Digests of the sealed histories, in plan order.
    pub histories: &'a [Digest],
}

/// Working memory of external products; one a thread, used again and again.
pub struct Scratch(Workspace);

impl Scratch {
    /// Fresh working memory.
    pub fn new() -> Self {
        Self(Workspace::new())
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scratch { .. }")
    }
}

/// The tables of one characteristic, a block each, as encoded coefficients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockTables {
    body: Vec<u64>,
}

impl BlockTables {
    /// Tables of residues mod p, each `N / blocks` long at most; a table that
    /// is shorter goes on with its last entry.
    ///
    /// # Panics
    /// If a table is empty or longer than a block: the plan sizes blocks.
    pub fn new(tables: &[Vec<u64>]) -> Self {
        let block = N / tables.len();
        let mut body = Vec::with_capacity(N);
        for table in tables {
            assert!((1..=block).contains(&table.len()), "a table fits its block");
            let last = table[table.len() - 1];
            body.extend(table.iter().map(|m| encode(*m)));
            body.extend(std::iter::repeat_n(encode(last), block - table.len()));
        }
        Self { body }
    }
}

/// A table on its way through the cells.
#[derive(Clone)]
pub struct Accumulator {
    mask: Vec<u64>,
    body: Vec<u64>,
}

impl Accumulator {
    /// The tables of characteristic number `characteristic`, whitened.
    pub fn start(
        tables: &BlockTables,
        key: &PublicKey,
        binding: Whitening<'_>,
        characteristic: u32,
    ) -> Self {
        let randomness = whitening(&key.id(), binding.plan, binding.histories, characteristic);
        let (mask, mut body) = key.encrypt_zero(&randomness);
        add_assign(&mut body, &tables.body);
        Self { mask, body }
    }

    /// Adds the tables of another characteristic, to be turned from here on by
    /// the same cells.
    pub fn add(&mut self, tables: &BlockTables) {
        add_assign(&mut self.body, &tables.body);
    }

    /// Turns by one cell: the external product with its encryption of `X^(-c)`.
    /// Allocates nothing.
    pub fn turn(&mut self, cell: &PreparedCell, scratch: &mut Scratch) {
        let residues = Residues::shared();
        let (gadget, rows) = (cell.gadget(), cell.rows());
        let workspace = &mut scratch.0;
        residues.decompose(gadget, [&self.mask, &self.body], workspace);
        residues.column(gadget, rows, 0, workspace, &mut self.mask);
        residues.column(gadget, rows, 1, workspace, &mut self.body);
    }

    /// The sum of two characteristics' accumulators.
    #[must_use]
    pub fn plus(mut self, other: Self) -> Self {
        add_assign(&mut self.mask, &other.mask);
        add_assign(&mut self.body, &other.body);
        self
    }

    /// Keeps the mask and the first coefficient of each of `outputs` blocks.
    pub fn into_result(self, outputs: usize) -> BlindResult {
        let bodies = self.body.iter().step_by(N / outputs).copied().collect();
        BlindResult::new(self.mask, bodies)
    }
}

impl std::fmt::Debug for Accumulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accumulator { .. }")
    }
}

fn add_assign(to: &mut [u64], from: &[u64]) {
    for (x, y) in to.iter_mut().zip(from) {
        *x = x.wrapping_add(*y);
    }
}
