//! Keys that no honest applicant has: chosen `s` and `E`, `B = A s + E`.

use blindscore_fhe::parameters::{N, decode};
use blindscore_fhe::proof::{Opening, PHASE_STEP_LOG2, Statement, Witness};
use blindscore_fhe::ring::{Cut, Ring};
use blindscore_fhe::{BlindResult, PublicKey};
use blindscore_history::digest::Framed;
use blindscore_history::label;

use crate::proofs::{KeyPair, origin};

/// A key whose secret side was chosen to cheat.
#[derive(Debug)]
pub struct HostileKey {
    s: Vec<i64>,
    e: Vec<i64>,
    /// What sources see of it.
    pub public: PublicKey,
}

/// What a cheat can do to the noise of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `size X^k`.
    Monomial {
        /// The coefficient.
        size: i64,
        /// The power.
        k: usize,
    },
    /// Every coefficient `size` or `-size`, at random.
    White {
        /// The coefficients' absolute value.
        size: i64,
    },
    /// `size sqrt 2` times a cosine: all noise at one root of `X^N + 1`.
    Frequency {
        /// Root mean square of the coefficients.
        size: i64,
        /// Which odd root, from 0.
        number: usize,
    },
    /// A polynomial in `X^step`, with the weight of a white one of that size.
    Subring {
        /// Root mean square of all coefficients.
        size: i64,
        /// The power of X.
        step: usize,
    },
}

impl Shape {
    /// The noise polynomial.
    pub fn polynomial(self) -> Vec<i64> {
        let mut stream = Framed::new("blindscore tests hostile noise").stream();
        let mut sign = || {
            let mut byte = [0];
            stream.fill(&mut byte);
            if byte[0] & 1 == 0 { 1 } else { -1 }
        };
        let mut noise = vec![0; N];
        match self {
            Self::Monomial { size, k } => noise[k] = size,
            Self::White { size } => noise.iter_mut().for_each(|e| *e = sign() * size),
            Self::Frequency { size, number } => {
                for (j, e) in noise.iter_mut().enumerate() {
                    let turns = ((2 * number + 1) * j % (2 * N)) as f64 / (2 * N) as f64;
                    let cosine = (2.0 * std::f64::consts::PI * turns).cos();
                    *e = (size as f64 * std::f64::consts::SQRT_2 * cosine).round() as i64;
                }
            }
            Self::Subring { size, step } => {
                let size = (size as f64 * (step as f64).sqrt()).round() as i64;
                noise
                    .iter_mut()
                    .step_by(step)
                    .for_each(|e| *e = sign() * size);
            }
        }
        noise
    }
}

impl HostileKey {
    /// A key of that `s` and `E`, number `number`.
    ///
    /// # Panics
    /// If `B` comes out as zero.
    pub fn new(number: u64, s: Vec<i64>, e: Vec<i64>) -> Self {
        let origin = origin(number);
        let mut bytes = vec![0; 8 * N];
        Framed::new(label::KEY_EXPANSION)
            .digest_field(&origin.seed())
            .stream()
            .fill(&mut bytes);
        let a: Vec<u64> = bytes
            .as_chunks()
            .0
            .iter()
            .map(|x| u64::from_le_bytes(*x))
            .collect();
        let ring = Ring::shared();
        let mut b = ring.product(&s, &ring.factor(Cut::Tables, &a));
        for (b, e) in b.iter_mut().zip(&e) {
            *b = b.wrapping_add(*e as u64);
        }
        let mut key = Vec::with_capacity(PublicKey::BYTES);
        key.extend_from_slice(&origin.signing_key);
        key.extend_from_slice(&origin.application_id);
        key.extend_from_slice(&origin.nonce);
        key.extend(b.iter().flat_map(|x| x.to_le_bytes()));
        let public = PublicKey::from_bytes(&key).expect("the length of a key");
        Self { s, e, public }
    }

    /// An honest binary secret with noise of that shape.
    pub fn shaped(number: u64, shape: Shape) -> Self {
        Self::new(number, honest_secret(number), shape.polynomial())
    }

    /// The phases that a result has under this key.
    pub fn phases(&self, result: &BlindResult) -> Vec<u64> {
        let ring = Ring::shared();
        let product = ring.product(&self.s, &ring.factor(Cut::Tables, result.mask()));
        let step = N / result.outputs();
        let outputs = result.bodies().iter().enumerate();
        outputs
            .map(|(h, body)| body.wrapping_sub(product[h * step]))
            .collect()
    }

    /// What its owner would release, truthfully.
    pub fn opening(&self, result: &BlindResult) -> Opening {
        let phases = self.phases(result);
        let half = 1 << (PHASE_STEP_LOG2 - 1);
        let rounded = |phase: &u64| phase.wrapping_add(half) >> PHASE_STEP_LOG2 << PHASE_STEP_LOG2;
        let released = match result.outputs() {
            1 => Vec::new(),
            _ => phases.iter().map(rounded).collect(),
        };
        Opening::new(decode(phases[0]) as u32, released)
    }

    /// The witness of a statement about `result` that opens to `opens_to`
    /// (the encoded score, or the released phases).
    pub fn witness(&self, result: &BlindResult, opens_to: &[u64]) -> Witness {
        let phases = self.phases(result);
        let eps = phases.iter().zip(opens_to);
        let eps = eps
            .map(|(phase, to)| phase.wrapping_sub(*to) as i64)
            .collect();
        Witness::pretended(self.s.clone(), self.e.clone(), eps)
    }
}

/// The coefficients of an honest secret.
pub fn honest_secret(number: u64) -> Vec<i64> {
    let bytes = KeyPair::honest(number).secret.to_bytes();
    let bits = bytes
        .iter()
        .flat_map(|byte| (0..8).map(move |at| i64::from(byte >> at & 1)));
    bits.collect()
}

/// What the outputs of a statement open to, encoded.
pub fn encoded(opening: &Opening) -> Vec<u64> {
    match opening.phases() {
        [] => vec![blindscore_fhe::parameters::encode(u64::from(
            opening.shifted(),
        ))],
        phases => phases.to_vec(),
    }
}

/// A statement that a hostile key's owner would like to prove; `None` if the
/// opening is refused before any proof.
pub fn statement(
    evaluated: &crate::proofs::Evaluated,
    key: &HostileKey,
    opening: &Opening,
) -> Option<Statement> {
    let result = evaluated.evaluation.result();
    let statement = evaluated
        .plan
        .statement(&key.public, result, opening, b"hostile");
    statement.ok()
}
