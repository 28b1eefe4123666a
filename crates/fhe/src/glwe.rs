//! tfhe's GLWE ciphertexts of this ring: building and taking apart.

use tfhe::core_crypto::prelude::{GlweCiphertext, GlweCiphertextOwned};

use crate::parameters::{N, POLYNOMIAL_SIZE, ciphertext_modulus};

/// A ciphertext from its mask and its body.
pub(crate) fn from_parts(mask: &[u64], body: &[u64]) -> GlweCiphertextOwned<u64> {
    GlweCiphertext::from_container([mask, body].concat(), POLYNOMIAL_SIZE, ciphertext_modulus())
}

/// Its mask and its body.
pub(crate) fn mask_and_body(ciphertext: &GlweCiphertextOwned<u64>) -> (&[u64], &[u64]) {
    ciphertext.as_ref().split_at(N)
}
