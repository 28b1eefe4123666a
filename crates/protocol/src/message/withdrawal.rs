//! How an applicant takes a consent back.

use blindscore_history::digest::Digest;
use blindscore_history::label;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::envelope::Kind;
use crate::id::ApplicationId;
use crate::sign::Statement;

/// An applicant's withdrawal of a consent, signed by the key that gave it. It
/// works from the moment it arrives, whatever `at` says: taking consent back
/// must be as easy as giving it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The consent's id.
    pub consent: ApplicationId,
    /// Digest of the consent record.
    pub consent_digest: Digest,
    /// When it was signed.
    pub at: Timestamp,
}

impl Statement for Withdrawal {
    const KIND: Kind = Kind::Withdrawal;
    const LABEL: &'static str = label::WITHDRAWAL;
}
