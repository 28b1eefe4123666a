//! What one would write by hand today: the same score on tfhe's `FheUint16`,
//! with comparisons and multiplications that bootstrap. For tests and benches.
//!
//! It shares no code with the evaluation proper, so their agreement says
//! something, and its cost is the yardstick of `docs/numbers.md`.

use tfhe::prelude::{CastFrom, FheDecrypt, FheEncrypt, FheOrd};
use tfhe::shortint::parameters::v1_8::V1_8_PARAM_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128;
use tfhe::shortint::server_key::LookupTableOwned;
use tfhe::{
    ClientKey, ConfigBuilder, FheBool, FheUint16, ServerKey, generate_keys, set_server_key,
};

/// A characteristic, stated as it stands in a scorecard.
#[derive(Clone, Debug)]
pub struct ReferenceCharacteristic {
    /// Indices of the encrypted numbers that add up to its level.
    pub summands: Vec<usize>,
    /// Left-closed attributes: first level, points above the least. The first
    /// starts at 0.
    pub attributes: Vec<(u16, u16)>,
}

/// Keys of the reference: a client key and the server key that it uploads.
pub struct Reference {
    client: ClientKey,
    server: ServerKey,
}

impl Reference {
    /// Generates both keys, under the set whose GLWE part is ours. Seconds.
    pub fn generate() -> Self {
        let config = ConfigBuilder::with_custom_parameters(
            V1_8_PARAM_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128,
        );
        let (client, server) = generate_keys(config.build());
        Self { client, server }
    }

    /// Encrypts numbers, one ciphertext each.
    pub fn encrypt(&self, numbers: &[u16]) -> Vec<FheUint16> {
        numbers
            .iter()
            .map(|number| FheUint16::encrypt(*number, &self.client))
            .collect()
    }

    /// `S` on ciphertexts: adds levels up, compares with every boundary, adds
    /// the step of points that each passed boundary brings.
    pub fn score(
        &self,
        numbers: &[FheUint16],
        characteristics: &[ReferenceCharacteristic],
    ) -> FheUint16 {
        set_server_key(self.server.clone());
        let mut score = FheUint16::encrypt(0u16, &self.client);
        for characteristic in characteristics {
            let mut level = FheUint16::encrypt(0u16, &self.client);
            for index in &characteristic.summands {
                level += &numbers[*index];
            }
            for (position, (from, points)) in characteristic.attributes.iter().enumerate() {
                let Some((_, before)) = position
                    .checked_sub(1)
                    .map(|i| characteristic.attributes[i])
                else {
                    score += *points;
                    continue;
                };
                let passed: FheBool = level.ge(*from);
                // Steps down wrap modulo 2^16, as the sum does.
                score += FheUint16::cast_from(passed) * points.wrapping_sub(before);
            }
        }
        score
    }

    /// Opens a number.
    pub fn decrypt(&self, number: &FheUint16) -> u16 {
        number.decrypt(&self.client)
    }
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Reference { .. }")
    }
}

/// One `2_2` programmable bootstrap (with its key switch), the unit in which
/// speeds are quoted.
pub struct Bootstrap {
    server: tfhe::shortint::ServerKey,
    input: tfhe::shortint::Ciphertext,
    table: LookupTableOwned,
}

impl Bootstrap {
    /// Generates the keys and an input. Seconds.
    pub fn generate() -> Self {
        let (client, server) =
            tfhe::shortint::gen_keys(V1_8_PARAM_MESSAGE_2_CARRY_2_KS_PBS_TUNIFORM_2M128);
        let table = server.generate_lookup_table(|x| (x + 1) % 4);
        Self {
            input: client.encrypt(2),
            server,
            table,
        }
    }

    /// Runs it once, on the calling thread.
    pub fn run(&self) -> tfhe::shortint::Ciphertext {
        self.server.apply_lookup_table(&self.input, &self.table)
    }
}

impl std::fmt::Debug for Bootstrap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bootstrap { .. }")
    }
}
