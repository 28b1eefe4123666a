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

#[cfg(feature = "yardstick")]
#[test]
fn the_yardstick_is_tfhes_set() {
    use blindscore_fhe::yardstick::{
        BOOTSTRAP_BASE_LOG, BOOTSTRAP_LEVELS, LWE_DIMENSION, LWE_NOISE_BOUND_LOG2, NUMBERS,
        SWITCH_BASE_LOG, SWITCH_LEVELS,
    };
    use tfhe::core_crypto::prelude::DynamicDistribution;

    assert_eq!(LWE_DIMENSION, TFHE.lwe_dimension);
    assert_eq!(
        DynamicDistribution::new_t_uniform(LWE_NOISE_BOUND_LOG2),
        TFHE.lwe_noise_distribution
    );
    assert_eq!(BOOTSTRAP_BASE_LOG, TFHE.pbs_base_log);
    assert_eq!(BOOTSTRAP_LEVELS, TFHE.pbs_level);
    assert_eq!(SWITCH_BASE_LOG, TFHE.ks_base_log);
    assert_eq!(SWITCH_LEVELS, TFHE.ks_level);
    assert_eq!(NUMBERS, TFHE.message_modulus.0 * TFHE.carry_modulus.0);
}
