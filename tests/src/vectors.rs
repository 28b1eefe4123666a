//! Known-answer vectors of the proof of correct opening, good and bad, as
//! `cargo run --release -p blindscore-tests --bin vectors` writes them into
//! `tests/vectors/proof`. They are for another implementation to read, so they
//! are plain: binary messages as they travel, and JSON about them.

use std::io;
use std::path::{Path, PathBuf};

use blindscore_fhe::BlindResult;
use blindscore_fhe::proof::{CHOSEN, Proof, ROUNDS};
use blindscore_history::digest::Framed;
use serde::{Deserialize, Serialize};

use crate::proofs::Scene;
use crate::slow::{self, Public};

/// The command that writes the vectors, stamped into each file.
pub const COMMAND: &str = "cargo run --release -p blindscore-tests --bin vectors";

/// The digest of the Gaussian table, and the expansion of one mask.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MaskVector {
    /// What wrote this.
    pub command: String,
    /// SHA-256 of the table of cumulative probabilities, as in `docs/proof.md`.
    pub table_sha256: String,
    /// Key of the stream.
    pub key: String,
    /// Outputs that the mask is for.
    pub outputs: usize,
    /// `keps`.
    pub output_stair: u32,
    /// The first coefficients of `y_s`.
    pub s: Vec<i64>,
    /// The first coefficients of `y_E`.
    pub e: Vec<i64>,
    /// `y_eps`, all of them.
    pub eps: Vec<i64>,
    /// BLAKE3 of all three, each coefficient as 64 bits, little-endian.
    pub blake3: String,
}

/// A statement with a proof that holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoodVector {
    /// What wrote this.
    pub command: String,
    /// The applicant's secret, eight coefficients a byte, low bits first.
    pub secret: String,
    /// The prover's randomness: BLAKE3 in derive_key mode with this context,
    /// over the bytes `0800000000000000` and the number as 64 bits,
    /// little-endian; read on and on.
    pub randomness_context: String,
    /// The number.
    pub randomness_number: u64,
    /// `S`.
    pub shifted: u32,
    /// Released phases; 64-bit numbers as text.
    pub phases: Vec<String>,
    /// Largest `S` of the scorecard.
    pub span: u32,
    /// What canaries must open to.
    pub canaries: Vec<u64>,
    /// `tau`, as text.
    pub bound: String,
    /// What the release is bound to.
    pub context: String,
    /// Digest of the statement.
    pub statement: String,
    /// Attempts that the prover makes.
    pub attempts: u32,
    /// Length of the proof.
    pub proof_bytes: usize,
    /// BLAKE3 of the proof.
    pub proof_blake3: String,
}

/// A change of the good packed vector after which it must be refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadVector {
    /// The fault.
    pub name: String,
    /// What is changed.
    pub change: Change,
    /// Where it must be noticed.
    pub refused: Refusal,
}

/// All bad vectors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadVectors {
    /// What wrote this.
    pub command: String,
    /// Each is a change of `packed`.
    pub vectors: Vec<BadVector>,
}

/// A change of one message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Bytes written over the proof, from `at` on.
    Proof {
        /// Offset.
        at: usize,
        /// The bytes, as hex.
        bytes: String,
    },
    /// Two stretches of the proof swapped.
    Swap {
        /// Offsets.
        at: [usize; 2],
        /// Their length.
        length: usize,
    },
    /// The proof cut or padded with zeros.
    Length(usize),
    /// Bytes written over the result, from `at` on.
    Result {
        /// Offset.
        at: usize,
        /// The bytes, as hex.
        bytes: String,
    },
    /// Bytes written over the key, from `at` on.
    Key {
        /// Offset.
        at: usize,
        /// The bytes, as hex.
        bytes: String,
    },
    /// Another score.
    Shifted(u32),
    /// Another context.
    Context(String),
}

/// Where a bad vector is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The statement cannot be made.
    Statement,
    /// The bytes are no proof.
    Length,
    /// A round is too long.
    Norm,
    /// The challenge does not come out.
    Challenge,
}

/// Where the vectors of the proof are kept.
pub fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/proof")
}

/// Every file, made anew: name and bytes.
pub fn files() -> Vec<(&'static str, Vec<u8>)> {
    let (packed, packed_public, packed_proof) = good(&Scene::packed(7), 9);
    let (composable, composable_public, _) = good(&Scene::composable(8, 8), 8);
    let bad = BadVectors {
        command: COMMAND.to_owned(),
        vectors: bad(&packed, &packed_public, &packed_proof),
    };
    vec![
        ("mask.json", json(&mask())),
        ("packed.json", json(&packed)),
        ("packed.key", packed_public.key),
        ("packed.result", packed_public.result),
        ("packed.proof", packed_proof),
        ("composable.json", json(&composable)),
        ("composable.key", composable_public.key),
        ("composable.result", composable_public.result),
        ("bad.json", json(&bad)),
    ]
}

/// Writes every file.
///
/// # Errors
/// The file system's.
pub fn write(directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)?;
    for (name, bytes) in files() {
        std::fs::write(directory.join(name), bytes)?;
    }
    Ok(())
}

/// The public side of a scene, as it travels.
pub fn public(scene: &Scene, context: &[u8]) -> Public {
    let plan = &scene.evaluated.plan;
    let opening = scene.opening();
    let composable = plan.outputs() > 1;
    Public {
        key: scene.public.to_bytes(),
        result: scene.evaluated.evaluation.result().to_bytes(),
        shifted: opening.shifted(),
        phases: opening.phases().to_vec(),
        span: plan.span(),
        canaries: (1..plan.outputs()).map(|h| plan.canary(h)).collect(),
        bound: if composable { plan.canary_bound() } else { 0 },
        context: context.to_vec(),
    }
}

fn good(scene: &Scene, randomness: u64) -> (GoodVector, Public, Vec<u8>) {
    let context = b"a context, framed by whoever releases";
    let public = public(scene, context);
    let statement = scene.statement(context);
    let (proof, attempts) = scene.prove_counting(&statement, randomness);
    let proof = proof.to_bytes();
    let vector = GoodVector {
        command: COMMAND.to_owned(),
        secret: hex::encode(*scene.secret.to_bytes()),
        randomness_context: crate::proofs::RANDOMNESS.to_owned(),
        randomness_number: randomness,
        shifted: public.shifted,
        phases: public.phases.iter().map(u64::to_string).collect(),
        span: public.span,
        canaries: public.canaries.clone(),
        bound: public.bound.to_string(),
        context: hex::encode(context),
        statement: statement.digest().to_string(),
        attempts,
        proof_bytes: proof.len(),
        proof_blake3: blake3::hash(&proof).to_string(),
    };
    (vector, public, proof)
}

fn mask() -> MaskVector {
    let key = *Framed::new("blindscore tests mask").digest().as_bytes();
    let (outputs, output_stair) = (8, 27);
    // From the slow implementation: the fast one is compared with it.
    let parts = slow::expansion(&key, outputs, output_stair);
    let all: Vec<u8> = parts
        .iter()
        .flatten()
        .flat_map(|y| y.to_le_bytes())
        .collect();
    let [s, e, eps] = parts;
    MaskVector {
        command: COMMAND.to_owned(),
        table_sha256: hex::encode(<sha2::Sha256 as sha2::Digest>::digest(slow::table_bytes())),
        key: hex::encode(key),
        outputs,
        output_stair,
        s: s[..8].to_vec(),
        e: e[..8].to_vec(),
        eps,
        blake3: blake3::hash(&all).to_string(),
    }
}

fn bad(good: &GoodVector, public: &Public, proof: &[u8]) -> Vec<BadVector> {
    let salt = 32;
    let seeds = salt + 32;
    let answers = seeds + 16 * (ROUNDS - CHOSEN);
    let answer = (proof.len() - answers) / CHOSEN;
    let e = 15 * 2048 / 8;
    let eps = e + 4 * 2048;
    // One byte of a message with its lowest bit flipped.
    let flipped = |message: &[u8], at: usize| hex::encode([message[at] ^ 1]);
    let flip = |at: usize| Change::Proof {
        at,
        bytes: flipped(proof, at),
    };
    let over = |at: usize, bytes: &[u8]| Change::Proof {
        at,
        bytes: hex::encode(bytes),
    };
    let list: [(&str, Change, Refusal); 22] = [
        (
            "S one more",
            Change::Shifted(good.shifted + 1),
            Refusal::Challenge,
        ),
        (
            "S one less",
            Change::Shifted(good.shifted - 1),
            Refusal::Challenge,
        ),
        (
            "S plus p",
            Change::Shifted(good.shifted + 1021),
            Refusal::Statement,
        ),
        (
            "S above the scorecard's span",
            Change::Shifted(good.span + 1),
            Refusal::Statement,
        ),
        (
            "another context",
            Change::Context(hex::encode(b"another")),
            Refusal::Challenge,
        ),
        (
            "no context",
            Change::Context(String::new()),
            Refusal::Challenge,
        ),
        (
            "one byte missing",
            Change::Length(proof.len() - 1),
            Refusal::Length,
        ),
        (
            "one byte more",
            Change::Length(proof.len() + 1),
            Refusal::Length,
        ),
        ("empty", Change::Length(0), Refusal::Length),
        ("the salt flipped", flip(salt), Refusal::Challenge),
        ("first seed flipped", flip(seeds), Refusal::Challenge),
        ("last seed flipped", flip(answers - 1), Refusal::Challenge),
        (
            "first two seeds swapped",
            Change::Swap {
                at: [seeds, seeds + 16],
                length: 16,
            },
            Refusal::Challenge,
        ),
        (
            "first and last answer swapped",
            Change::Swap {
                at: [answers, proof.len() - answer],
                length: answer,
            },
            Refusal::Challenge,
        ),
        ("z_s flipped", flip(answers), Refusal::Challenge),
        ("z_E flipped", flip(answers + e), Refusal::Challenge),
        ("z_eps flipped", flip(answers + eps), Refusal::Challenge),
        (
            "z_s all at its least",
            // 15-bit numbers with the highest bit alone: each -2^14.
            over(
                answers,
                &[
                    0x00, 0x40, 0x00, 0x20, 0x00, 0x10, 0x00, 0x08, 0x00, 0x04, 0x00, 0x02, 0x00,
                    0x01, 0x80,
                ]
                .repeat(256),
            ),
            Refusal::Norm,
        ),
        (
            "z_eps at its limit",
            over(answers + eps, &(1i64 << 49).to_le_bytes()),
            Refusal::Norm,
        ),
        (
            "z_E at its extremes",
            over(answers + e, &i32::MIN.to_le_bytes().repeat(2048)),
            Refusal::Norm,
        ),
        (
            "the result's mask flipped",
            Change::Result {
                at: 4,
                bytes: flipped(&public.result, 4),
            },
            Refusal::Challenge,
        ),
        (
            "the key flipped",
            Change::Key {
                at: 80,
                bytes: flipped(&public.key, 80),
            },
            Refusal::Challenge,
        ),
    ];
    let vector = |(name, change, refused): (&str, Change, Refusal)| BadVector {
        name: name.to_owned(),
        change,
        refused,
    };
    list.into_iter().map(vector).collect()
}

impl Change {
    /// Makes the change.
    ///
    /// # Panics
    /// If it does not fit the messages.
    pub fn apply(&self, public: &mut Public, proof: &mut Vec<u8>) {
        let over = |message: &mut Vec<u8>, at: usize, bytes: &str| {
            let bytes = hex::decode(bytes).expect("hex");
            message[at..at + bytes.len()].copy_from_slice(&bytes);
        };
        match self {
            Self::Proof { at, bytes } => over(proof, *at, bytes),
            Self::Result { at, bytes } => over(&mut public.result, *at, bytes),
            Self::Key { at, bytes } => over(&mut public.key, *at, bytes),
            Self::Swap { at: [a, b], length } => {
                for i in 0..*length {
                    proof.swap(a + i, b + i);
                }
            }
            Self::Length(length) => proof.resize(*length, 0),
            Self::Shifted(shifted) => public.shifted = *shifted,
            Self::Context(context) => public.context = hex::decode(context).expect("hex"),
        }
    }
}

/// What the fast verifier says of public data in packed form and the bytes of
/// a proof.
///
/// # Errors
/// Where it refuses.
///
/// # Panics
/// If key or result are no messages at all.
pub fn verify_packed(public: &Public, proof: &[u8]) -> Result<(), Refusal> {
    use blindscore_fhe::PublicKey;
    use blindscore_fhe::proof::{Opening, Refused, Statement, verify};
    let key = PublicKey::from_bytes(&public.key).expect("a key");
    let result = BlindResult::from_bytes(&public.result).expect("a result");
    let opening = Opening::new(public.shifted, public.phases.clone());
    let statement = Statement::packed(&key, &result, public.span, &opening, &public.context)
        .map_err(|_| Refusal::Statement)?;
    let proof = Proof::from_bytes(proof).map_err(|_| Refusal::Length)?;
    verify(&statement, &proof).map_err(|refused| match refused {
        Refused::Outputs { .. } => Refusal::Length,
        Refused::Norm { .. } => Refusal::Norm,
        Refused::Challenge => Refusal::Challenge,
    })
}

fn json(value: &impl Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).expect("plain data");
    bytes.push(b'\n');
    bytes
}
