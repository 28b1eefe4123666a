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
        let mut words = StreamWords::new(&mut stream);
        for i in (1..N).rev() {
            let j = words.below(i as u32 + 1) as usize;
            powers.swap(i, j);
        }
        let read = words.read;
        let mut signs = [0; N / 8];
        stream.set_position(read);
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

/// Words of a stream, fetched many at a time: each call of the stream costs a
/// whole block of the hash, however little it asks for.
struct StreamWords<'a> {
    stream: &'a mut blake3::OutputReader,
    bytes: [u8; 4096],
    /// Bytes that were handed out so far.
    read: u64,
}

impl<'a> StreamWords<'a> {
    fn new(stream: &'a mut blake3::OutputReader) -> Self {
        Self {
            stream,
            bytes: [0; 4096],
            read: 0,
        }
    }

    fn next(&mut self) -> u32 {
        let at = self.read as usize % self.bytes.len();
        if at == 0 {
            self.stream.fill(&mut self.bytes);
        }
        self.read += 4;
        let [a, b, c, d] = [0, 1, 2, 3].map(|i| self.bytes[at + i]);
        u32::from_le_bytes([a, b, c, d])
    }

    /// A uniform number below `bound`.
    fn below(&mut self, bound: u32) -> u32 {
        let limit = u32::MAX - (u32::MAX % bound + 1) % bound;
        loop {
            let word = self.next();
            if word <= limit {
                return word % bound;
            }
        }
    }
}

impl std::fmt::Debug for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Spread { .. }")
    }
}
