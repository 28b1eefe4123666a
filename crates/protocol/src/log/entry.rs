//! What stands in the log.

use blindscore_history::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What an entry's digest is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    /// A scorecard that the platform published.
    Scorecard,
    /// A consent record that it was given.
    Consent,
    /// A withdrawal that it was given.
    Withdrawal,
    /// A receipt that it signed.
    Receipt,
}

impl EntryKind {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Scorecard => "scorecard",
            Self::Consent => "consent",
            Self::Withdrawal => "withdrawal",
            Self::Receipt => "receipt",
        }
    }
}

/// One entry: a digest says nothing about a person to whoever does not have
/// the message already.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is of.
    pub kind: EntryKind,
    /// Digest of the message.
    pub digest: Digest,
    /// When it was appended.
    pub time: Timestamp,
}

impl Entry {
    /// The bytes of the leaf: RFC 8785 canonical JSON.
    ///
    /// # Panics
    /// Never: an entry is plain JSON.
    pub fn leaf(&self) -> Vec<u8> {
        serde_json_canonicalizer::to_vec(self).expect("an entry is plain JSON")
    }

    /// The entry of a leaf; nothing if it is none, or in another spelling.
    pub fn from_leaf(bytes: &[u8]) -> Option<Self> {
        let entry: Self = serde_json::from_slice(bytes).ok()?;
        (entry.leaf() == bytes).then_some(entry)
    }
}
