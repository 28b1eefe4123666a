//! A compiled plan: everything that the bytes of a result depend on.

use blindscore_fhe::noise::Noise;
use blindscore_fhe::{BlockTables, PackedTable};
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;

use crate::lineup::Lineup;
use crate::strands::Strand;

/// A cell that a characteristic's table is turned by. Cells are ordered as a
/// plan orders them: lines in scheme order, windows ascending, sources in
/// lineup order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellRef {
    /// Index in the scheme's line-windows.
    pub line_window: usize,
    /// Position of the source in the lineup.
    pub source: usize,
}

/// One characteristic, compiled.
#[derive(Clone, Debug)]
pub struct PlannedCharacteristic {
    /// Its name in the scorecard.
    pub name: String,
    /// Its line-window.
    pub line_window: usize,
    /// Points above the characteristic's least, for each level from 0 up to
    /// the largest sum of levels of this lineup.
    pub table: Vec<u64>,
    /// The cells that add up to its level; empty in packed form, and for a single
    /// line that no source has the role for: level 0, not known.
    pub cells: Vec<CellRef>,
}

/// What a plan costs and how sure it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// External products (composable), or 0.
    pub products: usize,
    /// Predicted honest noise of an output.
    pub noise: Noise,
    /// log2 of the probability of a wrong score on honest inputs.
    pub wrong_score_log2: f64,
    /// log2 of the probability that an honest key fails a canary.
    pub canary_refusal_log2: Option<f64>,
    /// log2 of the best success of a hostile key within its canaries.
    pub hostile_key_log2: Option<f64>,
    /// `max |t(zeta)|` of the packed table.
    pub spectral_maximum: Option<f64>,
    /// Bytes that each source uploads, in lineup order.
    pub upload_bytes: Vec<usize>,
    /// Bytes of the result.
    pub result_bytes: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum Tables {
    Packed(PackedTable),
    /// One a characteristic: points, then canaries.
    Composable(Vec<BlockTables>),
}

/// A scorecard compiled for a scheme and a lineup.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) scheme: Digest,
    pub(crate) scorecard: Digest,
    pub(crate) scorecard_name: String,
    pub(crate) lineup: Lineup,
    pub(crate) characteristics: Vec<PlannedCharacteristic>,
    pub(crate) outputs: usize,
    pub(crate) span: u32,
    pub(crate) tables: Tables,
    pub(crate) strands: Vec<Strand>,
    pub(crate) offsets: Vec<usize>,
    pub(crate) budget: Budget,
    pub(crate) digest: Digest,
}

impl Plan {
    /// Digest of the plan: equal digests, equal bytes on equal ciphertexts.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Digest of the scheme.
    pub fn scheme(&self) -> Digest {
        self.scheme
    }

    /// Digest of the scorecard.
    pub fn scorecard(&self) -> Digest {
        self.scorecard
    }

    /// Packed or composable.
    pub fn form(&self) -> Form {
        self.lineup.form()
    }

    /// The sources that take part.
    pub fn lineup(&self) -> &Lineup {
        &self.lineup
    }

    /// The characteristics, in the scorecard's order.
    pub fn characteristics(&self) -> &[PlannedCharacteristic] {
        &self.characteristics
    }

    /// The steps of a composable plan, in order; none in packed form.
    pub fn strands(&self) -> &[Strand] {
        &self.strands
    }

    /// Outputs of a result: the score, and the canaries in composable form.
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// The largest `S` that the scorecard can give.
    pub fn span(&self) -> u32 {
        self.span
    }

    /// Cost, noise and failure probabilities.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// The constant that canary block `h >= 1` adds up to, mod p.
    pub fn canary(&self, h: usize) -> u64 {
        let sum: u64 = (0..self.characteristics.len())
            .map(|chi| canary_constant(h, chi))
            .sum();
        sum % blindscore_fhe::parameters::MESSAGE_MODULUS
    }

    /// The bound on each canary's noise, `tau`.
    pub fn canary_bound(&self) -> u64 {
        self.budget.noise.canary_bound()
    }
}

/// The constant of characteristic `chi` in canary block `h`, `(41 + 97h +
/// 59chi) mod p`.
pub(crate) fn canary_constant(h: usize, chi: usize) -> u64 {
    (41 + 97 * h as u64 + 59 * chi as u64) % blindscore_fhe::parameters::MESSAGE_MODULUS
}
