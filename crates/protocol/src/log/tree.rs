//! The log in memory.
//!
//! The tree is `ct-merkle`'s. It panics on indices outside of a tree, so every
//! index is checked before it gets there.

use std::borrow::Cow;

use blindscore_history::digest::Digest;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use jiff::Timestamp;
use sha2::Sha256;
use thiserror::Error;

use super::proof::{ConsistencyProof, InclusionProof, SIZE_MAX};
use super::{Entry, EntryKind, TreeHead};
use crate::id::PartyId;
use crate::sign::{Signed, SigningKey};

type Tree = MemoryBackedTree<Sha256, Vec<u8>>;

/// A platform's log with all of its entries.
#[derive(Clone, Debug)]
pub struct Log {
    platform: PartyId,
    entries: Vec<Entry>,
    tree: Tree,
}

/// What the log cannot do.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LogError {
    /// No such entry.
    #[error("the log has {size} entries, and no entry {index} (counted from 0)")]
    Index {
        /// The entry.
        index: u64,
        /// How many there are.
        size: u64,
    },
    /// No such size.
    #[error("the log has {size} entries: no proof from {old} to {new}")]
    Size {
        /// The older size.
        old: u64,
        /// The newer size.
        new: u64,
        /// How many there are.
        size: u64,
    },
    /// As large as a log gets.
    #[error("the log is full at {SIZE_MAX} entries: begin another")]
    Full,
}

impl Log {
    /// An empty log of a platform.
    pub fn new(platform: PartyId) -> Self {
        Self {
            platform,
            entries: Vec::new(),
            tree: Tree::new(),
        }
    }

    /// Appends an entry: its index, from 0.
    ///
    /// # Errors
    /// The log is full.
    pub fn append(&mut self, entry: Entry) -> Result<u64, LogError> {
        let index = self.size();
        if index >= SIZE_MAX {
            return Err(LogError::Full);
        }
        self.tree.push(entry.leaf());
        self.entries.push(entry);
        Ok(index)
    }

    /// Whose log it is.
    pub fn platform(&self) -> &PartyId {
        &self.platform
    }

    /// How many entries it has.
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// The entries, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The root of the Merkle tree over all entries.
    pub fn root(&self) -> Digest {
        Digest::new((*self.tree.root().as_bytes()).into())
    }

    /// The first entry of a kind and digest, by index.
    pub fn find(&self, kind: EntryKind, digest: &Digest) -> Option<u64> {
        let fits = |entry: &Entry| entry.kind == kind && entry.digest == *digest;
        self.entries.iter().position(fits).map(|index| index as u64)
    }

    /// Signs the log as it is.
    pub fn head(&self, time: Timestamp, key: &SigningKey) -> Signed<TreeHead> {
        let head = TreeHead {
            platform: self.platform.clone(),
            size: self.size(),
            root: self.root(),
            time,
        };
        Signed::sign(head, key)
    }

    /// Proof that an entry stands in the log of the first `size` entries.
    ///
    /// # Errors
    /// It does not, or the log is not that large.
    pub fn prove_inclusion(&self, index: u64, size: u64) -> Result<InclusionProof, LogError> {
        let fault = LogError::Index {
            index,
            size: size.min(self.size()),
        };
        if size > self.size() || index >= size {
            return Err(fault);
        }
        // Both fit: they are below the length of a list in memory.
        let (at, tree) = (index as usize, self.first(size));
        let path = hashes(tree.prove_inclusion(at).as_bytes());
        Ok(InclusionProof {
            entry: self.entries[at].clone(),
            index,
            size,
            path,
        })
    }

    /// Proof that the first `old` entries are the beginning of the first `new`.
    ///
    /// # Errors
    /// `old` is more than `new`, or the log is not that large.
    pub fn prove_consistency(&self, old: u64, new: u64) -> Result<ConsistencyProof, LogError> {
        let size = self.size();
        if old > new || new > size {
            return Err(LogError::Size { old, new, size });
        }
        // RFC 6962 has no proof from the empty tree: everything begins with it.
        let path = if old == 0 {
            Vec::new()
        } else {
            let proof = self.first(new).prove_consistency((new - old) as usize);
            hashes(proof.as_bytes())
        };
        Ok(ConsistencyProof { old, new, path })
    }

    /// The tree over the first entries.
    pub(super) fn first(&self, size: u64) -> Cow<'_, Tree> {
        if size >= self.size() {
            return Cow::Borrowed(&self.tree);
        }
        let mut tree = Tree::new();
        for entry in &self.entries[..size as usize] {
            tree.push(entry.leaf());
        }
        Cow::Owned(tree)
    }
}

fn hashes(bytes: &[u8]) -> Vec<Digest> {
    let (hashes, _) = bytes.as_chunks::<{ Digest::LEN }>();
    hashes.iter().copied().map(Digest::new).collect()
}
