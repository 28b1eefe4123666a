//! What the platform says of its log at one time.

use blindscore_history::digest::Digest;
use blindscore_history::label;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::envelope::Kind;
use crate::id::PartyId;
use crate::sign::Statement;

/// Size and root of a platform's log. Signed by a key that the registry knows
/// for the platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TreeHead {
    /// Whose log it is.
    pub platform: PartyId,
    /// How many entries it has.
    pub size: u64,
    /// Root of their Merkle tree: SHA-256 after RFC 6962, unlike other digests.
    pub root: Digest,
    /// When it was signed.
    pub time: Timestamp,
}

impl Statement for TreeHead {
    const KIND: Kind = Kind::TreeHead;
    const LABEL: &'static str = label::TREE_HEAD;
}
