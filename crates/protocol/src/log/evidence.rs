//! Watching a log, and what to show when it is caught.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::TreeHead;
use super::proof::{ConsistencyProof, LogFault, verify_consistency};
use crate::registry::{Registry, Trade, TrustError};
use crate::sign::Signed;

/// Two heads that no honest log signs both: of one size with different roots,
/// or the later one of a smaller log. Anybody can check it with the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// The one head.
    pub one: Signed<TreeHead>,
    /// The other.
    pub other: Signed<TreeHead>,
}

/// Why two heads are no evidence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvidenceError {
    /// Heads of two platforms.
    #[error("the two tree heads are of different platforms: each may have its own log")]
    Platforms,
    /// Not signed by the platform.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// Both can be true.
    #[error("the two tree heads do not contradict each other: ask for a proof of consistency")]
    NoContradiction,
}

/// Why a watcher does not take a head.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WatchError {
    /// Not signed by the platform.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The log did not only grow. The evidence is there if the two heads alone
    /// convict the platform; else what is left is that it cannot give a proof.
    #[error("{fault}")]
    Fault {
        /// What happened.
        fault: LogFault,
        /// What to show.
        evidence: Option<Box<Evidence>>,
    },
}

/// The last head that somebody saw and believed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Watcher {
    seen: Signed<TreeHead>,
}

impl Evidence {
    /// What two heads convict the platform of.
    ///
    /// # Errors
    /// They do not, or it did not sign them.
    pub fn check(&self, registry: &Registry, now: Timestamp) -> Result<LogFault, EvidenceError> {
        for head in [&self.one, &self.other] {
            believe(head, registry, now)?;
        }
        let (one, other) = (self.one.statement(), self.other.statement());
        if one.platform != other.platform {
            return Err(EvidenceError::Platforms);
        }
        contradiction(one, other).ok_or(EvidenceError::NoContradiction)
    }
}

impl Watcher {
    /// Begins to watch with a first head.
    ///
    /// # Errors
    /// The platform did not sign it.
    pub fn new(
        first: Signed<TreeHead>,
        registry: &Registry,
        now: Timestamp,
    ) -> Result<Self, TrustError> {
        believe(&first, registry, now)?;
        Ok(Self { seen: first })
    }

    /// The last head that was taken.
    pub fn seen(&self) -> &Signed<TreeHead> {
        &self.seen
    }

    /// Takes a newer head that a proof ties to the last one.
    ///
    /// # Errors
    /// The platform did not sign it, or the log did not only grow. The last
    /// head stays.
    pub fn advance(
        &mut self,
        head: Signed<TreeHead>,
        proof: &ConsistencyProof,
        registry: &Registry,
        now: Timestamp,
    ) -> Result<(), WatchError> {
        believe(&head, registry, now)?;
        let (seen, new) = (self.seen.statement(), head.statement());
        if let Err(fault) = verify_consistency(seen, new, proof) {
            let convicts = seen.platform == new.platform && contradiction(seen, new).is_some();
            let evidence = convicts.then(|| {
                Box::new(Evidence {
                    one: self.seen.clone(),
                    other: head,
                })
            });
            return Err(WatchError::Fault { fault, evidence });
        }
        self.seen = head;
        Ok(())
    }
}

fn believe(head: &Signed<TreeHead>, registry: &Registry, now: Timestamp) -> Result<(), TrustError> {
    let said = head.statement();
    registry.believe(head, &said.platform, Trade::Platform, said.time, now)?;
    Ok(())
}

/// Two roots of one size, or a later head of a smaller log.
fn contradiction(one: &TreeHead, other: &TreeHead) -> Option<LogFault> {
    if one.size == other.size {
        let size = one.size;
        return (one.root != other.root).then_some(LogFault::Forked { size });
    }
    let (larger, smaller) = if one.size > other.size {
        (one, other)
    } else {
        (other, one)
    };
    (smaller.time > larger.time).then_some(LogFault::RolledBack {
        seen: larger.size,
        now: smaller.size,
    })
}
