//! The applicant's public key: an RLWE sample `(A, B = A*s + E)`.
//!
//! `A` is expanded from a seed bound to who the key is for and is never taken
//! as bytes: nobody can choose it. `B` alone travels, with the key's origin.

use std::cell::RefCell;

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use pulp::Arch;

use crate::admission::{AdmissionError, Words, words_to_bytes};
use crate::parameters::N;
use crate::ring::{Cut, Factor, ProductSum, Ring, Spectrum};
use crate::sampler::ZeroRandomness;

thread_local! {
    /// Working memory of encryptions: nothing is left in it between them.
    static WORKSPACE: RefCell<(Spectrum, ProductSum)> =
        RefCell::new((Spectrum::zero(), ProductSum::zero(Cut::Ternary)));
}

/// What a key is bound to; its digest is the seed of `A`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyOrigin {
    /// The applicant's Ed25519 verifying key.
    pub signing_key: [u8; 32],
    /// The application (or consent) that this key serves, drawn before it.
    pub application_id: [u8; 16],
    /// 32 fresh bytes of the applicant's.
    pub nonce: [u8; 32],
}

impl KeyOrigin {
    /// The seed of `A`.
    pub fn seed(&self) -> Digest {
        Framed::new(label::KEY_SEED)
            .bytes(&self.signing_key)
            .bytes(&self.application_id)
            .bytes(&self.nonce)
            .digest()
    }
}

/// An admitted public key, ready to encrypt.
pub struct PublicKey {
    origin: KeyOrigin,
    id: Digest,
    b: Vec<u64>,
    a_factor: Factor,
    b_factor: Factor,
}

impl PublicKey {
    /// Length of [`PublicKey::to_bytes`]: the origin and `B`.
    pub const BYTES: usize = 32 + 16 + 32 + 8 * N;

    pub(crate) fn new(origin: KeyOrigin, b: Vec<u64>) -> Self {
        let ring = Ring::shared();
        let seed = origin.seed();
        let a = expand(&seed);
        let id = Framed::new(label::KEY_ID)
            .digest_field(&seed)
            .bytes(&words_to_bytes(&b))
            .digest();
        Self {
            origin,
            id,
            a_factor: ring.factor(Cut::Ternary, &a),
            b_factor: ring.factor(Cut::Ternary, &b),
            b,
        }
    }

    /// The applicant key id: digest of the seed of `A` and of `B`.
    pub fn id(&self) -> Digest {
        self.id
    }

    /// What the key is bound to.
    pub fn origin(&self) -> &KeyOrigin {
        &self.origin
    }

    /// `B`, coefficients modulo 2^64.
    pub fn b(&self) -> &[u64] {
        &self.b
    }

    /// The key as bytes, [`PublicKey::BYTES`] long.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(Self::BYTES);
        bytes.extend_from_slice(&self.origin.signing_key);
        bytes.extend_from_slice(&self.origin.application_id);
        bytes.extend_from_slice(&self.origin.nonce);
        bytes.extend_from_slice(&words_to_bytes(&self.b));
        bytes
    }

    /// Admits a foreign key.
    ///
    /// # Errors
    /// A length other than [`PublicKey::BYTES`], or a `B` that is zero.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AdmissionError> {
        let mut words = Words::exactly("public key", bytes, Self::BYTES)?;
        let origin = KeyOrigin {
            signing_key: words.array(),
            application_id: words.array(),
            nonce: words.array(),
        };
        let b = words.u64s(N);
        if b.iter().all(|x| *x == 0) {
            return Err(AdmissionError::Trivial { what: "public key" });
        }
        Ok(Self::new(origin, b))
    }

    /// As [`PublicKey::encrypt_zero`], into the memory given.
    pub(crate) fn encrypt_zero_into(
        &self,
        randomness: &ZeroRandomness,
        mask: &mut [u64],
        body: &mut [u64],
    ) {
        let ring = Ring::shared();
        WORKSPACE.with_borrow_mut(|(spectrum, sum)| {
            ring.transform(&randomness.r, spectrum);
            let mut half = |factor: &Factor, noise: &[i64], out: &mut [u64]| {
                ring.multiply_add(sum, spectrum, factor);
                ring.recombine(sum, 0, out);
                Arch::new().dispatch(
                    #[inline(always)]
                    || {
                        for (x, e) in out.iter_mut().zip(noise) {
                            *x = x.wrapping_add(*e as u64);
                        }
                    },
                );
            };
            half(&self.a_factor, &randomness.e1, mask);
            half(&self.b_factor, &randomness.e2, body);
            spectrum.wipe();
        });
    }

    /// An encryption of zero: `(A*r + e1, B*r + e2)`, as (mask, body).
    pub(crate) fn encrypt_zero(&self, randomness: &ZeroRandomness) -> (Vec<u64>, Vec<u64>) {
        let (mut mask, mut body) = (vec![0; N], vec![0; N]);
        self.encrypt_zero_into(randomness, &mut mask, &mut body);
        (mask, body)
    }
}

/// Expands the seed into `A`, uniform modulo 2^64.
pub(crate) fn expand(seed: &Digest) -> Vec<u64> {
    let mut bytes = vec![0; 8 * N];
    Framed::new(label::KEY_EXPANSION)
        .digest_field(seed)
        .stream()
        .fill(&mut bytes);
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|word| u64::from_le_bytes(*word))
        .collect()
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PublicKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
