//! The parameters stated once are tfhe's own.

use blindscore_fhe::parameters::{
    GLWE_DIMENSION, POLYNOMIAL_SIZE, ciphertext_modulus, noise_distribution,
};
use tfhe::shortint::parameters::v1_8::V1_8_PARAM_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128 as TFHE;

#[test]
fn they_are_the_glwe_part_of_tfhes_vetted_set() {
    assert_eq!(POLYNOMIAL_SIZE, TFHE.polynomial_size);
    assert_eq!(GLWE_DIMENSION, TFHE.glwe_dimension);
    assert_eq!(noise_distribution(), TFHE.glwe_noise_distribution);
    assert_eq!(ciphertext_modulus(), TFHE.ciphertext_modulus);
}
