//! What speed is measured against: one programmable bootstrap of tfhe, its
//! Fourier transform, one of our own transforms. For benches, behind the
//! feature `yardstick`; it opens nothing of an applicant's.
//!
//! The bootstrap is what tfhe's integers and booleans are made of, so a cost in
//! bootstraps says what a score would cost by hand, on any machine. It is
//! `V1_8_PARAM_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128`, whose GLWE part is
//! ours: a key switch, then the bootstrap proper, on tfhe's `core_crypto` with
//! its AVX-512 paths where the machine has them. The test `yardstick` compares
//! the numbers with tfhe's constant, which production builds leave out.

use tfhe::core_crypto::fft_impl::fft64::math::polynomial::FourierPolynomialOwned;
use tfhe::core_crypto::prelude::*;

use crate::parameters::{
    GLWE_DIMENSION, N, POLYNOMIAL_SIZE, ciphertext_modulus, noise_distribution,
};
use crate::ring::{Ring, Spectrum};

/// Dimension of the small key.
pub const LWE_DIMENSION: LweDimension = LweDimension(918);
/// The small key's noise is TUniform of this bound's logarithm.
pub const LWE_NOISE_BOUND_LOG2: u32 = 45;
/// Decomposition in the bootstrap: base 2^23, one level.
pub const BOOTSTRAP_BASE_LOG: DecompositionBaseLog = DecompositionBaseLog(23);
/// See [`BOOTSTRAP_BASE_LOG`].
pub const BOOTSTRAP_LEVELS: DecompositionLevelCount = DecompositionLevelCount(1);
/// Decomposition in the key switch: base 2^4, four levels.
pub const SWITCH_BASE_LOG: DecompositionBaseLog = DecompositionBaseLog(4);
/// See [`SWITCH_BASE_LOG`].
pub const SWITCH_LEVELS: DecompositionLevelCount = DecompositionLevelCount(4);
/// Numbers that a ciphertext holds: two bits of message, two of carry.
pub const NUMBERS: u64 = 16;

/// One bit of padding above four bits of number.
const DELTA: u64 = (1 << 63) / NUMBERS;

/// One `2_2` bootstrap with its key switch, ready to run.
pub struct Bootstrap {
    opening_key: LweSecretKeyOwned<u64>,
    switch: LweKeyswitchKeyOwned<u64>,
    key: FourierLweBootstrapKeyOwned,
    input: LweCiphertextOwned<u64>,
    table: GlweCiphertextOwned<u64>,
}

/// Buffers of a thread that runs bootstraps.
pub struct Bench {
    fft: Fft,
    buffers: ComputationBuffers,
    switched: LweCiphertextOwned<u64>,
    output: LweCiphertextOwned<u64>,
}

impl Bootstrap {
    /// Generates the keys, an encryption of `number` and the table of `x + 1`.
    /// Takes a second or two.
    pub fn generate(number: u64) -> Self {
        let mut seeder = new_seeder();
        let seeder = seeder.as_mut();
        let mut secret = SecretRandomGenerator::<DefaultRandomGenerator>::new(seeder.seed());
        let mut encryption =
            EncryptionRandomGenerator::<DefaultRandomGenerator>::new(seeder.seed(), seeder);
        let small = allocate_and_generate_new_binary_lwe_secret_key(LWE_DIMENSION, &mut secret);
        let glwe = allocate_and_generate_new_binary_glwe_secret_key(
            GLWE_DIMENSION,
            POLYNOMIAL_SIZE,
            &mut secret,
        );
        let large = glwe.clone().into_lwe_secret_key();
        let standard = par_allocate_and_generate_new_lwe_bootstrap_key(
            &small,
            &glwe,
            BOOTSTRAP_BASE_LOG,
            BOOTSTRAP_LEVELS,
            noise_distribution(),
            ciphertext_modulus(),
            &mut encryption,
        );
        let mut key = FourierLweBootstrapKeyOwned::new(
            standard.input_lwe_dimension(),
            standard.glwe_size(),
            standard.polynomial_size(),
            standard.decomposition_base_log(),
            standard.decomposition_level_count(),
        );
        convert_standard_lwe_bootstrap_key_to_fourier(&standard, &mut key);
        let switch = allocate_and_generate_new_lwe_keyswitch_key(
            &large,
            &small,
            SWITCH_BASE_LOG,
            SWITCH_LEVELS,
            DynamicDistribution::new_t_uniform(LWE_NOISE_BOUND_LOG2),
            ciphertext_modulus(),
            &mut encryption,
        );
        let input = allocate_and_encrypt_new_lwe_ciphertext(
            &large,
            Plaintext((number % NUMBERS) * DELTA),
            noise_distribution(),
            ciphertext_modulus(),
            &mut encryption,
        );
        let table = generate_programmable_bootstrap_glwe_lut(
            POLYNOMIAL_SIZE,
            GLWE_DIMENSION.to_glwe_size(),
            NUMBERS as usize,
            ciphertext_modulus(),
            DELTA,
            |x: u64| (x + 1) % NUMBERS,
        );
        Self {
            opening_key: large,
            switch,
            key,
            input,
            table,
        }
    }

    /// Buffers for a thread.
    pub fn bench(&self) -> Bench {
        let fft = Fft::new(POLYNOMIAL_SIZE);
        let mut buffers = ComputationBuffers::new();
        buffers.resize(
            programmable_bootstrap_lwe_ciphertext_mem_optimized_requirement::<u64>(
                GLWE_DIMENSION.to_glwe_size(),
                POLYNOMIAL_SIZE,
                fft.as_view(),
            )
            .unaligned_bytes_required(),
        );
        let lwe = |size| LweCiphertext::new(0, size, ciphertext_modulus());
        Bench {
            fft,
            buffers,
            switched: lwe(LWE_DIMENSION.to_lwe_size()),
            output: lwe(self.input.lwe_size()),
        }
    }

    /// Runs it once, on the calling thread.
    pub fn run(&self, bench: &mut Bench) {
        keyswitch_lwe_ciphertext(&self.switch, &self.input, &mut bench.switched);
        programmable_bootstrap_lwe_ciphertext_mem_optimized(
            &bench.switched,
            &mut bench.output,
            &self.table,
            &self.key,
            bench.fft.as_view(),
            bench.buffers.stack(),
        );
    }

    /// The number that the last run gave.
    pub fn opened(&self, bench: &Bench) -> u64 {
        let phase = decrypt_lwe_ciphertext(&self.opening_key, &bench.output).0;
        (phase.wrapping_add(DELTA / 2) / DELTA) % NUMBERS
    }

    /// Bytes of the keys that a client of tfhe uploads for it: the Fourier
    /// bootstrapping key and the key-switching key, as they lie in memory.
    pub fn key_bytes(&self) -> usize {
        // A Fourier coefficient is two f64.
        let fourier = self.key.as_view().data().len() * 16;
        fourier + size_of_val(self.switch.as_ref())
    }
}

impl std::fmt::Debug for Bootstrap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bootstrap { .. }")
    }
}

impl std::fmt::Debug for Bench {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bench { .. }")
    }
}

/// One forward transform of size N, of each kind.
pub struct Transforms {
    fft: Fft,
    buffers: ComputationBuffers,
    polynomial: PolynomialOwned<u64>,
    fourier: FourierPolynomialOwned,
    small: Vec<i64>,
    spectrum: Spectrum,
}

impl Transforms {
    /// Plans and buffers.
    pub fn new() -> Self {
        let fft = Fft::new(POLYNOMIAL_SIZE);
        let mut buffers = ComputationBuffers::new();
        buffers.resize(fft.as_view().forward_scratch().unaligned_bytes_required());
        let values = (0..N as u64).map(|i| i.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Self {
            fft,
            buffers,
            polynomial: Polynomial::from_container(values.collect()),
            fourier: FourierPolynomialOwned::new(POLYNOMIAL_SIZE),
            small: (0..N as i64).map(|i| i % 17 - 8).collect(),
            spectrum: Spectrum::zero(),
        }
    }

    /// tfhe's Fourier transform.
    pub fn fourier(&mut self) {
        self.fft.as_view().forward_as_torus(
            self.fourier.as_mut_view(),
            self.polynomial.as_view(),
            self.buffers.stack(),
        );
    }

    /// The transform modulo our prime.
    pub fn prime(&mut self) {
        Ring::shared().transform(&self.small, &mut self.spectrum);
    }
}

impl Default for Transforms {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Transforms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Transforms { .. }")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bootstrap_adds_one() {
        let bootstrap = Bootstrap::generate(9);
        let mut bench = bootstrap.bench();
        bootstrap.run(&mut bench);
        assert_eq!(bootstrap.opened(&bench), 10);
    }
}
