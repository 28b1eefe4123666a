//! What a proof is about.

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::form::Form;
use blindscore_history::label;
use thiserror::Error;

use crate::admission::words_to_bytes;
use crate::parameters::{MESSAGE_MODULUS, N, encode};
use crate::public_key::{PublicKey, expand};
use crate::result::BlindResult;

/// Phases are released rounded to multiples of 2 to this power: finer than
/// any bound asks for, and with less of the noise, which hints at the key.
pub const PHASE_STEP_LOG2: u32 = 29;

/// What an applicant says a result opens to: the score `S`, and in composable
/// form the rounded phases of score and canaries.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    shifted: u32,
    phases: Vec<u64>,
}

impl Opening {
    /// A claim from outside; [`Statement`]'s constructors check it.
    pub fn new(shifted: u32, phases: Vec<u64>) -> Self {
        Self { shifted, phases }
    }

    /// `S`, the raw score above the scorecard's least.
    pub fn shifted(&self) -> u32 {
        self.shifted
    }

    /// The released phases, one an output; none in packed form.
    pub fn phases(&self) -> &[u64] {
        &self.phases
    }
}

/// What the canaries of a plan must open to.
#[derive(Clone, Copy, Debug)]
pub struct Canaries<'a> {
    /// `K_h` for `h = 1..=J`, residues mod p.
    pub expected: &'a [u64],
    /// `tau`: how far a phase may lie from what is expected.
    pub bound: u64,
}

/// Why an opening is not one that a proof could be about. The applicant is at
/// fault, or the result is of another plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum StatementError {
    /// A result of another form or number of blocks than the plan's.
    #[error("the result has {got} outputs, the plan has {want}: give the plan that it was made by")]
    Outputs {
        /// Outputs of the result.
        got: usize,
        /// Outputs of the plan.
        want: usize,
    },
    /// Another number of phases than outputs that are released.
    #[error("the opening has {got} phases; want {want}: ask for the release again")]
    Phases {
        /// Phases given.
        got: usize,
        /// Phases that the form asks for.
        want: usize,
    },
    /// A score that the scorecard cannot give.
    #[error("the score is outside the scorecard's range: it must not be accepted")]
    Range,
    /// A phase that is not a multiple of 2^29.
    #[error("phase {output} is not rounded as released phases are: ask for the release again")]
    Rounding {
        /// 0 is the score, from 1 on canaries.
        output: usize,
    },
    /// A phase too far from what it must open to.
    #[error(
        "phase {output} lies outside the plan's bound: key, source or platform is at fault, the score must not be accepted"
    )]
    Bound {
        /// 0 is the score, from 1 on canaries.
        output: usize,
    },
}

/// A row of the statement: `<mask, s> + eps = target` with a small `eps`.
#[derive(Clone)]
pub(super) struct Row {
    pub(super) mask: Vec<u64>,
    pub(super) target: u64,
}

/// A checked statement: the key is well formed, and the result opens under it
/// to the claimed score (and phases), said in the given context.
///
/// Whoever has one made every check that needs no secret: range, canaries,
/// rounding. [`verify`](super::verify) does the rest.
#[derive(Clone)]
pub struct Statement {
    form: Form,
    a: Vec<u64>,
    b: Vec<u64>,
    rows: Vec<Row>,
    digest: Digest,
}

impl Statement {
    /// The statement of a packed result: its one output opens to `S`. `span`
    /// is the largest `S` of the scorecard; `context` is what the release is
    /// bound to, framed by the caller.
    ///
    /// # Errors
    /// A result with canaries, an opening with phases, a score out of range.
    pub fn packed(
        key: &PublicKey,
        result: &BlindResult,
        span: u32,
        opening: &Opening,
        context: &[u8],
    ) -> Result<Self, StatementError> {
        expect_outputs(result, 1)?;
        expect_phases(opening, 0)?;
        expect_in_range(opening, span)?;
        let opens_to = [encode(u64::from(opening.shifted))];
        Ok(Self::new(Form::Packed, key, result, &opens_to, context))
    }

    /// The statement of a composable result: its outputs open to the released
    /// phases, which lie within `canaries.bound` of the score and the
    /// canaries' constants.
    ///
    /// # Errors
    /// Another number of outputs or phases than the plan's; a score out of
    /// range; a phase that is not rounded or too far away.
    pub fn composable(
        key: &PublicKey,
        result: &BlindResult,
        span: u32,
        canaries: Canaries<'_>,
        opening: &Opening,
        context: &[u8],
    ) -> Result<Self, StatementError> {
        let outputs = canaries.expected.len() + 1;
        expect_outputs(result, outputs)?;
        expect_phases(opening, outputs)?;
        expect_in_range(opening, span)?;
        let shifted = u64::from(opening.shifted);
        let messages = std::iter::once(&shifted).chain(canaries.expected);
        for (output, (phase, message)) in opening.phases.iter().zip(messages).enumerate() {
            if phase % (1 << PHASE_STEP_LOG2) != 0 {
                return Err(StatementError::Rounding { output });
            }
            let noise = phase.wrapping_sub(encode(*message)) as i64;
            if noise.unsigned_abs() > canaries.bound {
                return Err(StatementError::Bound { output });
            }
        }
        let form = Form::Composable;
        Ok(Self::new(form, key, result, &opening.phases, context))
    }

    fn new(
        form: Form,
        key: &PublicKey,
        result: &BlindResult,
        opens_to: &[u64],
        context: &[u8],
    ) -> Self {
        let step = N / result.outputs();
        let rows = result.bodies().iter().zip(opens_to).enumerate();
        let rows = rows.map(|(h, (body, phase))| Row {
            mask: row_at(result.mask(), h * step),
            target: body.wrapping_sub(*phase),
        });
        let mut statement = Self {
            form,
            a: expand(&key.origin().seed()),
            b: key.b().to_vec(),
            rows: rows.collect(),
            digest: Digest::new([0; Digest::LEN]),
        };
        statement.digest = statement.digest_in(context);
        statement
    }

    /// Everything that the proof is bound to, in one digest.
    fn digest_in(&self, context: &[u8]) -> Digest {
        let framed = Framed::new(label::PROOF_STATEMENT)
            .bytes(&words_to_bytes(&self.a))
            .bytes(&words_to_bytes(&self.b));
        let framed = self.rows.iter().fold(framed, |framed, row| {
            framed.bytes(&words_to_bytes(&row.mask)).u64(row.target)
        });
        framed
            .u32(self.output_stair())
            .u32(self.rows.len() as u32)
            .bytes(context)
            .digest()
    }

    /// Digest of key, result, opening and context; names the statement.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Packed or composable.
    pub fn form(&self) -> Form {
        self.form
    }

    /// Outputs that are opened: a proof has as many masks for them.
    pub fn outputs(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn a(&self) -> &[u64] {
        &self.a
    }

    pub(super) fn b(&self) -> &[u64] {
        &self.b
    }

    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// `keps`: masks of outputs are stairs of 2 to this power.
    pub(super) fn output_stair(&self) -> u32 {
        match self.form {
            Form::Packed => 35,
            Form::Composable => 27,
        }
    }
}

/// `a_h` with `<a_h, s> = (a s)_position` in the ring.
fn row_at(mask: &[u64], position: usize) -> Vec<u64> {
    let (low, high) = mask.split_at(position + 1);
    let wrapped = high.iter().rev().map(|x| x.wrapping_neg());
    low.iter().rev().copied().chain(wrapped).collect()
}

fn expect_outputs(result: &BlindResult, want: usize) -> Result<(), StatementError> {
    let got = result.outputs();
    (got == want)
        .then_some(())
        .ok_or(StatementError::Outputs { got, want })
}

fn expect_phases(opening: &Opening, want: usize) -> Result<(), StatementError> {
    let got = opening.phases.len();
    (got == want)
        .then_some(())
        .ok_or(StatementError::Phases { got, want })
}

/// Also that no score but `S` itself has its encoding.
fn expect_in_range(opening: &Opening, span: u32) -> Result<(), StatementError> {
    let in_range = opening.shifted <= span && u64::from(opening.shifted) < MESSAGE_MODULUS;
    in_range.then_some(()).ok_or(StatementError::Range)
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opening(..)")
    }
}

impl std::fmt::Debug for Statement {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Statement")
            .field("form", &self.form)
            .field("outputs", &self.outputs())
            .field("digest", &self.digest)
            .finish_non_exhaustive()
    }
}
