//! Where the slots of the packed form sit: a public permutation with signs.
//!
//! Slot `i` sits at `sign(i) * X^pi(i)`. Without spreading, the entries of a
//! scorecard's tables would lie in blocks of equal numbers, a low-frequency
//! polynomial that adds up coherently with a hostile key's noise; spread, even
//! extreme tables stay under the spectral gate, and honest noise under its
//! bound.

use blindscore_history::digest::Framed;
use blindscore_history::label;
use blindscore_history::scheme::Scheme;

use crate::parameters::N;

/// The place of every slot, a function of the scheme's digest.
#[derive(Clone)]
pub struct Spread {
    /// Power of X and whether the sign is negative, a slot.
    places: Vec<(usize, bool)>,
}

impl Spread {
    /// The spread of a scheme: Fisher-Yates over the 2,048 powers with words
    /// of the scheme's stream (rejected to a multiple), then a sign bit each.
    pub fn of(scheme: &Scheme) -> Self {
        let mut stream = Framed::new(label::SPREAD)
            .digest_field(&scheme.digest())
            .stream();
        let mut powers: Vec<usize> = (0..N).collect();
        for i in (1..N).rev() {
            let j = below(i as u32 + 1, &mut stream) as usize;
            powers.swap(i, j);
        }
        let mut signs = [0; N / 8];
        stream.fill(&mut signs);
        let negative = |i: usize| signs[i / 8] >> (i % 8) & 1 == 1;
        let places = powers
            .into_iter()
            .enumerate()
            .map(|(i, power)| (power, negative(i)))
            .collect();
        Self { places }
    }

    /// Adds `value * sign(i) X^pi(i)` to a polynomial modulo 2^64.
    pub(crate) fn add(&self, slot: usize, value: u64, polynomial: &mut [u64]) {
        let (power, negative) = self.places[slot];
        let signed = if negative {
            value.wrapping_neg()
        } else {
            value
        };
        polynomial[power] = polynomial[power].wrapping_add(signed);
    }

    /// The value at a slot of a polynomial.
    #[cfg(feature = "secret")]
    pub(crate) fn read(&self, slot: usize, polynomial: &[u64]) -> u64 {
        let (power, negative) = self.places[slot];
        let value = polynomial[power];
        if negative {
            value.wrapping_neg()
        } else {
            value
        }
    }

    /// The sealed one-hot vector times this has the sum of the chosen slots'
    /// values at coefficient 0: each value goes to `sign(i) X^-pi(i)`.
    pub(crate) fn table(&self, values: &[i64]) -> Vec<i64> {
        let mut table = vec![0; N];
        for (value, &(power, negative)) in values.iter().zip(&self.places) {
            // X^-k = -X^(N-k) for k > 0.
            let flips = negative != (power != 0);
            table[(N - power) % N] = if flips { -value } else { *value };
        }
        table
    }
}

/// A uniform number below `bound`.
fn below(bound: u32, stream: &mut blake3::OutputReader) -> u32 {
    let limit = u32::MAX - (u32::MAX % bound + 1) % bound;
    loop {
        let mut word = [0; 4];
        stream.fill(&mut word);
        let word = u32::from_le_bytes(word);
        if word <= limit {
            return word % bound;
        }
    }
}

impl std::fmt::Debug for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Spread { .. }")
    }
}
