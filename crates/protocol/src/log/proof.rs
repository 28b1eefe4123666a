//! Proofs about the log, and their verification, which anybody can run with
//! nothing but a signed head.

use blindscore_history::digest::Digest;
use ct_merkle::RootHash;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use thiserror::Error;

use super::{Entry, TreeHead};
use crate::strict_json;

/// Most entries that a log has: more than can ever be, and exact in JSON.
pub(super) const SIZE_MAX: u64 = 1 << 48;
/// Most hashes that a proof has: one a level, and one more.
const PATH_MAX: usize = 49;
/// Largest proof that is read, in bytes.
const JSON_MAX: usize = 16 << 10;

/// That an entry stands at a place of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
    /// The entry.
    pub entry: Entry,
    /// Its place, counted from 0.
    pub index: u64,
    /// Size of the log that the proof is for.
    pub size: u64,
    /// The hashes beside the way up (RFC 6962, 2.1.1).
    pub path: Vec<Digest>,
}

/// That a log of one size begins with the log of an older size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsistencyProof {
    /// The older size.
    pub old: u64,
    /// The newer size.
    pub new: u64,
    /// The hashes that lead to both roots (RFC 6962, 2.1.2).
    pub path: Vec<Digest>,
}

/// A proof that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProofError {
    /// No JSON, too much of it, or not these members.
    #[error("the proof is not valid: {0}")]
    Json(String),
    /// More than any log needs.
    #[error("the proof has {got} hashes; no log needs more than {PATH_MAX}")]
    Path {
        /// How many.
        got: usize,
    },
    /// Larger than any log.
    #[error("the proof is for a log of {got} entries; none has more than {SIZE_MAX}")]
    Size {
        /// The size.
        got: u64,
    },
}

/// What a proof does not show. The platform is at fault, unless the proof was
/// changed on the way.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LogFault {
    /// Heads of two platforms.
    #[error("the two tree heads are of different platforms")]
    Platforms,
    /// A proof for other sizes than the heads have.
    #[error("the proof is for other sizes than the tree heads: fetch the one for them")]
    OtherSizes,
    /// A head that cannot be.
    #[error("the tree head has {got} entries; none has more than {SIZE_MAX}")]
    Size {
        /// The size.
        got: u64,
    },
    /// Not in the log.
    #[error("the proof does not show that the entry is in the log")]
    NotIncluded,
    /// The newer head is of a smaller log.
    #[error("the log was rolled back: it had {seen} entries and now has {now}")]
    RolledBack {
        /// What it had.
        seen: u64,
        /// What it has now.
        now: u64,
    },
    /// Two roots of one size.
    #[error("the log is forked: it shows two different roots of {size} entries")]
    Forked {
        /// The size.
        size: u64,
    },
    /// The older root is no beginning of the newer one.
    #[error(
        "the proof does not show that the log of {new} entries begins with the log of {old}: entries were changed, removed or reordered"
    )]
    Inconsistent {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
    },
}

impl InclusionProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ProofError> {
        let proof: Self = read(bytes)?;
        check(&proof.path, proof.size)?;
        Ok(proof)
    }

    /// The proof as JSON, for people.
    ///
    /// # Panics
    /// Never: a proof is plain JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a proof is plain JSON") + "\n"
    }
}

impl ConsistencyProof {
    /// Reads a proof.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn from_json(bytes: &[u8]) -> Result<Self, ProofError> {
        let proof: Self = read(bytes)?;
        check(&proof.path, proof.old.max(proof.new))?;
        Ok(proof)
    }

    /// The proof as JSON, for people.
    ///
    /// # Panics
    /// Never: a proof is plain JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a proof is plain JSON") + "\n"
    }
}

/// Whether the proof shows that its entry is in the log with this head. That
/// the platform signed the head is for the registry.
///
/// # Errors
/// It does not.
pub fn verify_inclusion(head: &TreeHead, proof: &InclusionProof) -> Result<(), LogFault> {
    check_size(head)?;
    if proof.size != head.size {
        return Err(LogFault::OtherSizes);
    }
    let path = ct_merkle::InclusionProof::<Sha256>::try_from_bytes(bytes(&proof.path));
    let path = path.map_err(|_| LogFault::NotIncluded)?;
    root(head)
        .verify_inclusion(&proof.entry.leaf(), proof.index, &path)
        .map_err(|_| LogFault::NotIncluded)
}

/// Whether the proof shows that the log with the newer head begins with the
/// log with the older one. That the platform signed both is for the registry.
///
/// # Errors
/// What happened to the log instead.
pub fn verify_consistency(
    old: &TreeHead,
    new: &TreeHead,
    proof: &ConsistencyProof,
) -> Result<(), LogFault> {
    if old.platform != new.platform {
        return Err(LogFault::Platforms);
    }
    check_size(old)?;
    check_size(new)?;
    if new.size < old.size {
        return Err(LogFault::RolledBack {
            seen: old.size,
            now: new.size,
        });
    }
    if new.size == old.size && new.root != old.root {
        return Err(LogFault::Forked { size: new.size });
    }
    if (proof.old, proof.new) != (old.size, new.size) {
        return Err(LogFault::OtherSizes);
    }
    let inconsistent = LogFault::Inconsistent {
        old: old.size,
        new: new.size,
    };
    if old.size == 0 {
        let empty = super::Log::new(old.platform.clone()).root();
        let fits = old.root == empty && proof.path.is_empty();
        return if fits { Ok(()) } else { Err(inconsistent) };
    }
    let path = ct_merkle::ConsistencyProof::<Sha256>::try_from_bytes(bytes(&proof.path));
    let Ok(path) = path else {
        return Err(inconsistent);
    };
    root(new)
        .verify_consistency(&root(old), &path)
        .map_err(|_| inconsistent)
}

fn root(head: &TreeHead) -> RootHash<Sha256> {
    RootHash::new((*head.root.as_bytes()).into(), head.size)
}

fn bytes(path: &[Digest]) -> Vec<u8> {
    path.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

fn check_size(head: &TreeHead) -> Result<(), LogFault> {
    if head.size <= SIZE_MAX {
        Ok(())
    } else {
        Err(LogFault::Size { got: head.size })
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ProofError> {
    let value = strict_json::parse(bytes, JSON_MAX).map_err(ProofError::Json)?;
    serde_json::from_value(value).map_err(|e| ProofError::Json(e.to_string()))
}

fn check(path: &[Digest], size: u64) -> Result<(), ProofError> {
    if path.len() > PATH_MAX {
        return Err(ProofError::Path { got: path.len() });
    }
    if size > SIZE_MAX {
        return Err(ProofError::Size { got: size });
    }
    Ok(())
}
