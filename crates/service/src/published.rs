//! Schemes and scorecards as they were read once: what is published stays, under
//! its digest, and is read for every order.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_scorecard::Scorecard;

/// What was read. No more than the operator published.
#[derive(Debug, Default)]
pub(crate) struct Published {
    schemes: Mutex<BTreeMap<Digest, Arc<Scheme>>>,
    scorecards: Mutex<BTreeMap<Digest, Arc<Scorecard>>>,
}

impl Published {
    pub(crate) fn scheme(&self, digest: Digest) -> Option<Arc<Scheme>> {
        locked(&self.schemes).get(&digest).cloned()
    }

    pub(crate) fn keep_scheme(&self, digest: Digest, scheme: Scheme) -> Arc<Scheme> {
        let scheme = Arc::new(scheme);
        locked(&self.schemes).insert(digest, Arc::clone(&scheme));
        scheme
    }

    /// A scorecard of this scheme.
    pub(crate) fn scorecard(&self, digest: Digest, scheme: &Scheme) -> Option<Arc<Scorecard>> {
        let card = locked(&self.scorecards).get(&digest).cloned();
        card.filter(|card| card.scheme_digest() == scheme.digest())
    }

    pub(crate) fn keep_scorecard(&self, digest: Digest, card: Scorecard) -> Arc<Scorecard> {
        let card = Arc::new(card);
        locked(&self.scorecards).insert(digest, Arc::clone(&card));
        card
    }
}

fn locked<T>(list: &Mutex<BTreeMap<Digest, Arc<T>>>) -> MutexGuard<'_, BTreeMap<Digest, Arc<T>>> {
    list.lock().unwrap_or_else(PoisonError::into_inner)
}
