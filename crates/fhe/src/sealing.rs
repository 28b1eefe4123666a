//! Sealing randomness: derived, not drawn.
//!
//! A source that is asked again must answer with the same bytes. The bounds on
//! wrong scores hold for each sealing: an applicant with a key made for it, who
//! got fresh randomness every time, would ask again until the noise suits. (And
//! many seals of one history would average its noise away.) So the randomness is a key stream over the
//! request and every plaintext level: the same levels give the same bytes,
//! different levels never share randomness.

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::form::Form;
use blindscore_history::label;
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::Scheme;
use pulp::Arch;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::parameters::{PARAMETER_ID, SENT_DROPPED_BITS};
use crate::public_key::PublicKey;
use crate::sampler::{STREAM_BYTES, ZeroRandomness};

/// A source's secret from which all its sealing randomness comes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SealingKey([u8; 32]);

impl SealingKey {
    /// A sealing key from 32 bytes of a good random source; keep it secret and
    /// keep it: a new one gives new bytes for an old request.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret bytes, for keeping at rest.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealingKey(..)")
    }
}

/// The stream of one history's sealing, cut by cell and row.
pub(crate) struct SealingStream {
    framed: Framed,
}

impl SealingStream {
    pub(crate) fn new(
        sealing_key: &SealingKey,
        key: &PublicKey,
        form: Form,
        scheme: &Scheme,
        levels: &SourceLevels,
    ) -> Self {
        let framed = Framed::keyed(&sealing_key.0, label::SEALING)
            .digest_field(&key.id())
            .u32(PARAMETER_ID)
            .bytes(form.name().as_bytes())
            .digest_field(&scheme.digest())
            .bytes(levels.as_of().to_string().as_bytes());
        let framed = levels
            .levels()
            .iter()
            .fold(framed, |framed, level| framed.u32(*level));
        Self { framed }
    }

    /// The randomness of row `row` (of `rows`) of cell `cell`.
    pub(crate) fn randomness(&self, cell: usize, rows: usize, row: usize) -> ZeroRandomness {
        let mut stream = self.framed.stream();
        stream.set_position(((cell * rows + row) * STREAM_BYTES) as u64);
        ZeroRandomness::from_stream(&mut stream)
    }
}

/// Public randomness that whitens the accumulator of characteristic
/// `characteristic`: a function of key, plan and sealed histories.
pub(crate) fn whitening(
    key: &Digest,
    plan: &Digest,
    histories: &[Digest],
    characteristic: u32,
) -> ZeroRandomness {
    let framed = Framed::new(label::WHITENING)
        .digest_field(key)
        .digest_field(plan);
    let framed = histories.iter().fold(framed, Framed::digest_field);
    ZeroRandomness::from_stream(&mut framed.u32(characteristic).stream())
}

/// Rounds coefficients to what is sent of them.
pub(crate) fn round_to_words(coefficients: &mut [u64]) {
    Arch::new().dispatch(
        #[inline(always)]
        || {
            for x in coefficients {
                *x = round_to_word(*x);
            }
        },
    );
}

/// What is sent of a coefficient: `floor((x + 2^15) / 2^16) mod 2^48`.
#[inline(always)]
fn round_to_word(x: u64) -> u64 {
    x.wrapping_add(1 << (SENT_DROPPED_BITS - 1)) >> SENT_DROPPED_BITS
}

/// The coefficients that sent words stand for: times 2^16.
pub(crate) fn widen(words: &[u64]) -> Vec<u64> {
    words.iter().map(|x| x << SENT_DROPPED_BITS).collect()
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
