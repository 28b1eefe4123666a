//! A proof about a log, as a file: the proof with the signed head that it is
//! for.

use std::path::Path;

use blindscore_protocol::envelope::Kind;
use blindscore_protocol::log::{ConsistencyProof, InclusionProof, TreeHead};
use blindscore_protocol::sign::Signed;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Failure, Outcome};
use crate::files;
use crate::inputs::trust;

/// Largest proof file that is read: some fifty hashes and a head.
const PROOF_MAX: usize = 64 << 10;

/// What is proven.
pub(super) enum Proven {
    /// That an entry is in the log.
    Inclusion(InclusionProof),
    /// That the log only grew.
    Consistency(ConsistencyProof),
}

/// A proof with its head.
pub(super) struct LogProof {
    pub(super) head: Signed<TreeHead>,
    pub(super) proven: Proven,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    blindscore_log_proof: u32,
    head: Signed<TreeHead>,
    #[serde(default)]
    inclusion: Option<Value>,
    #[serde(default)]
    consistency: Option<Value>,
}

#[derive(Serialize)]
struct Written<'a> {
    blindscore_log_proof: u32,
    head: &'a Signed<TreeHead>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inclusion: Option<&'a InclusionProof>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consistency: Option<&'a ConsistencyProof>,
}

impl LogProof {
    /// Reads a proof.
    pub(super) fn read(path: &Path) -> Outcome<Self> {
        let text = files::read_text(path, PROOF_MAX)?;
        let refused = |fault: String| {
            Failure::refused(fault)
                .in_file(path)
                .hint("blindscore log prove writes a proof")
        };
        let raw: Raw = serde_json::from_str(&text)
            .map_err(|error| refused(format!("not a proof about a log: {error}")))?;
        if raw.blindscore_log_proof != 1 {
            let got = raw.blindscore_log_proof;
            return Err(refused(format!(
                "a proof of form {got}; this program reads 1"
            )));
        }
        let proven = match (raw.inclusion, raw.consistency) {
            (Some(proof), None) => {
                InclusionProof::from_json(proof.to_string().as_bytes()).map(Proven::Inclusion)
            }
            (None, Some(proof)) => {
                ConsistencyProof::from_json(proof.to_string().as_bytes()).map(Proven::Consistency)
            }
            _ => {
                return Err(refused(
                    "want one proof, of inclusion or of consistency".to_owned(),
                ));
            }
        };
        Ok(Self {
            head: raw.head,
            proven: proven.map_err(|error| refused(error.to_string()))?,
        })
    }

    /// The proof as a file.
    pub(super) fn to_json(&self) -> Outcome<String> {
        let (inclusion, consistency) = match &self.proven {
            Proven::Inclusion(proof) => (Some(proof), None),
            Proven::Consistency(proof) => (None, Some(proof)),
        };
        let written = Written {
            blindscore_log_proof: 1,
            head: &self.head,
            inclusion,
            consistency,
        };
        let json = serde_json::to_string_pretty(&written).map_err(Failure::internal)?;
        Ok(json + "\n")
    }
}

/// Reads a signed head: as `log head --out` wrote it, or from a proof.
pub(super) fn head(path: &Path) -> Outcome<Signed<TreeHead>> {
    let bytes = files::read(path, Kind::TreeHead.max_envelope())?;
    if bytes.first() == Some(&b'{') {
        Ok(LogProof::read(path)?.head)
    } else {
        trust::signed_in(&bytes, path)
    }
}
