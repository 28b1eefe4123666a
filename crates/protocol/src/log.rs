//! The platform's public log: nothing that it published, was given or did can
//! be denied, changed or dated back later without anybody noticing.
//!
//! Entries are digests with a kind and a time, appended to a Merkle tree after
//! RFC 6962, section 2.1 (SHA-256; leaves under 0x00, nodes under 0x01). A leaf
//! is the RFC 8785 canonical JSON of its [`Entry`], so that any program that
//! knows RFC 6962 can check a proof. The platform signs the root as a
//! [`TreeHead`]; a proof of inclusion ties one entry to a head, a proof of
//! consistency ties an older head to a newer one.
//!
//! What it shows, and to whom:
//!
//! - an applicant with a receipt: that it is in the log ([`verify_inclusion`]);
//! - a [`Watcher`], who keeps the last head seen: that the log only grew
//!   ([`verify_consistency`]);
//! - two of them who compare heads: that they were shown one log. If not, the
//!   two signed heads are [`Evidence`] that convinces everybody.
//!
//! A log that shows different heads to people who never compare is not noticed:
//! somebody has to watch.

mod entry;
mod evidence;
mod head;
mod proof;
mod store;
mod tree;

pub use entry::{Entry, EntryKind};
pub use evidence::{Evidence, EvidenceError, WatchError, Watcher};
pub use head::TreeHead;
pub use proof::{
    ConsistencyProof, InclusionProof, LogFault, ProofError, verify_consistency, verify_inclusion,
};
pub use store::StoreError;
pub use tree::{Log, LogError};
