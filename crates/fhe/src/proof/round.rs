//! One round, as prover and verifier compute it: `w = A y_s + y_E` and
//! `w_h = <a_h, y_s> + y_eps,h`, and the commitment to them.

use blindscore_history::digest::Digest;
use pulp::Arch;
use zeroize::Zeroize;

use crate::parameters::N;
use crate::ring::{Cut, Factor, ProductSum, Ring, Spectrum};

use super::encoding::Answer;
use super::mask::{Mask, Stream};
use super::statement::Statement;
use super::{Salt, Seed, transcript};

/// A statement with `A` in the transform domain.
pub(super) struct Rounds<'a> {
    pub(super) statement: &'a Statement,
    a: Factor,
}

/// Working memory of rounds; one a thread. Wiped on drop.
pub(super) struct Scratch {
    pub(super) mask: Mask,
    stream: Stream,
    spectrum: Spectrum,
    sum: ProductSum,
    w: Vec<u64>,
    bytes: Box<[u8; 8 * N]>,
    outputs: Vec<u64>,
}

impl Scratch {
    pub(super) fn new(outputs: usize) -> Self {
        Self {
            mask: Mask::zero(outputs),
            stream: Stream::new(),
            spectrum: Spectrum::zero(),
            sum: ProductSum::zero(Cut::Tables),
            w: vec![0; N],
            bytes: Box::new([0; 8 * N]),
            outputs: vec![0; outputs],
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.spectrum.wipe();
        self.w.zeroize();
        self.bytes.zeroize();
        self.outputs.zeroize();
    }
}

impl<'a> Rounds<'a> {
    pub(super) fn new(statement: &'a Statement) -> Self {
        // Answers are below 2^14 and masks below 2^14.5: the cut for tables,
        // 22 bits a part, has room for both (see the bounds in `ring`).
        let a = Ring::shared().factor(Cut::Tables, statement.a());
        Self { statement, a }
    }

    /// Overwrites the mask with the expansion of a round's seed.
    pub(super) fn expand(&self, round: usize, salt: &Salt, seed: &Seed, scratch: &mut Scratch) {
        let key = transcript::mask_key(&self.statement.digest(), salt, round, seed);
        let Scratch { mask, stream, .. } = scratch;
        mask.expand(&key, self.statement.output_stair(), stream);
    }

    /// The commitment to a round from its seed, if its mask is short enough.
    pub(super) fn replay(
        &self,
        round: usize,
        salt: &Salt,
        seed: &Seed,
        scratch: &mut Scratch,
    ) -> Option<Digest> {
        self.expand(round, salt, seed, scratch);
        self.is_short(scratch)
            .then(|| self.commitment(round, false, scratch))
    }

    /// The commitment to a chosen round from its answer, if that is short
    /// enough.
    pub(super) fn open(
        &self,
        round: usize,
        answer: &Answer,
        scratch: &mut Scratch,
    ) -> Option<Digest> {
        let mask = &mut scratch.mask;
        for (to, z) in mask.s.iter_mut().zip(&answer.s) {
            *to = i64::from(*z);
        }
        for (to, z) in mask.e.iter_mut().zip(&answer.e) {
            *to = i64::from(*z);
        }
        mask.eps.copy_from_slice(&answer.eps);
        self.is_short(scratch)
            .then(|| self.commitment(round, true, scratch))
    }

    /// The norm test, of what `scratch` holds.
    pub(super) fn is_short(&self, scratch: &Scratch) -> bool {
        let weight = scratch.mask.weight(self.statement.output_stair());
        weight.is_admitted(self.statement.outputs())
    }

    /// The commitment to a round whose challenge is `chosen`, from the mask or
    /// the answer that `scratch` holds.
    pub(super) fn commitment(&self, round: usize, chosen: bool, scratch: &mut Scratch) -> Digest {
        let ring = Ring::shared();
        let Scratch {
            mask,
            spectrum,
            sum,
            w,
            bytes,
            outputs,
            ..
        } = scratch;
        ring.transform(&mask.s, spectrum);
        ring.multiply_add(sum, spectrum, &self.a);
        ring.recombine(sum, 0, w);
        for (w, e) in w.iter_mut().zip(&mask.e) {
            *w = w.wrapping_add(*e as u64);
        }
        if chosen {
            for (w, b) in w.iter_mut().zip(self.statement.b()) {
                *w = w.wrapping_sub(*b);
            }
        }
        let rows = self.statement.rows().iter().zip(&mask.eps);
        for ((row, eps), w) in rows.zip(outputs.iter_mut()) {
            let product = Arch::new().dispatch(
                #[inline(always)]
                || inner_product(&row.mask, &mask.s),
            );
            let target = if chosen { row.target } else { 0 };
            *w = product.wrapping_add(*eps as u64).wrapping_sub(target);
        }
        for (place, w) in bytes.as_chunks_mut().0.iter_mut().zip(&*w) {
            *place = w.to_le_bytes();
        }
        transcript::commit(&self.statement.digest(), round, bytes, outputs)
    }

    /// `B - A s`, the noise that `s` leaves of the key.
    #[cfg(feature = "secret")]
    pub(super) fn key_noise(&self, s: &[i64]) -> Vec<i64> {
        let product = zeroize::Zeroizing::new(Ring::shared().product(s, &self.a));
        let difference = self.statement.b().iter().zip(&*product);
        difference.map(|(b, x)| b.wrapping_sub(*x) as i64).collect()
    }
}

/// `<a, y>` modulo 2^64.
#[inline(always)]
pub(super) fn inner_product(a: &[u64], y: &[i64]) -> u64 {
    let terms = a.iter().zip(y);
    terms.fold(0u64, |sum, (a, y)| {
        sum.wrapping_add(a.wrapping_mul(*y as u64))
    })
}
