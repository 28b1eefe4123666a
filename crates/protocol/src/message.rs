//! The headers of the messages. A header is checked data about a payload, not
//! the payload itself.

use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::levels::Role;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::envelope::{Header, Kind};
use crate::id::PartyId;
use crate::sign::{Signature, VerifyingKey};

mod attestation;
mod receipt;
mod release;
mod request;
mod withdrawal;

pub use attestation::{AccountKind, Attestation, Standing};
pub use receipt::Receipt;
pub use release::{Release, ReleaseTerms, ReleasedReason, ReleasedReasons};
pub use request::{Outputs, ScoreRequest};
pub use withdrawal::Withdrawal;

/// Header of an applicant's public key; the payload is the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicKeyHeader {
    /// Parameter id.
    pub parameters: u32,
    /// Applicant key id; must be the payload's.
    pub applicant_key: Digest,
    /// The signing key that the key names, over the key's id: nobody makes a
    /// key in the name of another signing key.
    pub possession: Signature,
}

/// Header of a sealed history; the payload is the ciphertexts one after the
/// other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedHistoryHeader {
    /// Parameter id.
    pub parameters: u32,
    /// Who sealed it.
    pub source: PartyId,
    /// Roles that the application assigned to this source, ascending.
    pub roles: Vec<Role>,
    /// Scheme of the levels.
    pub scheme: Digest,
    /// Key that it is sealed to.
    pub applicant_key: Digest,
    /// Packed or composable.
    pub form: Form,
    /// The application's as-of date.
    pub as_of: Date,
    /// Whole months before the as-of month that the source's data cover,
    /// counted up to the scheme's longest window.
    pub covered_months: u8,
    /// Line-windows whose cells follow, ascending; empty in packed form.
    pub cells: Vec<u32>,
    /// Digest of the ciphertexts; must be the payload's.
    pub ciphertexts: Digest,
}

/// One source's part in an evaluation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluatedHistory {
    /// Who sealed it.
    pub source: PartyId,
    /// Roles it was given.
    pub roles: Vec<Role>,
    /// Digest of its ciphertexts.
    pub ciphertexts: Digest,
}

/// Header of a blind evaluation; the payload is the result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EvaluationHeader {
    /// Parameter id.
    pub parameters: u32,
    /// Key that the result opens under.
    pub applicant_key: Digest,
    /// Scheme of the levels.
    pub scheme: Digest,
    /// Scorecard that was applied.
    pub scorecard: Digest,
    /// Plan that was run.
    pub plan: Digest,
    /// Packed or composable.
    pub form: Form,
    /// The application's as-of date.
    pub as_of: Date,
    /// The histories that took part, in plan order.
    pub histories: Vec<EvaluatedHistory>,
    /// Digest of the result; must be the payload's.
    pub result: Digest,
}

/// Header of an applicant's secret key at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretKeyHeader {
    /// Parameter id.
    pub parameters: u32,
    /// Applicant key id.
    pub applicant_key: Digest,
}

/// Header of a source's sealing key at rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealingKeyHeader {
    /// The source that it belongs to.
    pub source: PartyId,
}

macro_rules! header {
    ($type:ty, $kind:ident, |$self:ident| $parameters:expr) => {
        impl Header for $type {
            const KIND: Kind = Kind::$kind;

            fn parameters(&$self) -> Option<u32> {
                $parameters
            }
        }
    };
}

/// Header of a party's signing key at rest; the payload is the seed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKeyHeader {
    /// The party that it belongs to.
    pub party: PartyId,
    /// Its verifying half.
    pub key: VerifyingKey,
}

header!(PublicKeyHeader, PublicKey, |self| Some(self.parameters));
header!(SealedHistoryHeader, SealedHistory, |self| Some(
    self.parameters
));
header!(EvaluationHeader, Evaluation, |self| Some(self.parameters));
header!(SecretKeyHeader, SecretKey, |self| Some(self.parameters));
header!(SealingKeyHeader, SealingKey, |self| None);
header!(SigningKeyHeader, SigningKey, |self| None);
