//! Signed requests that were taken, in memory: a request is taken once. Those
//! that change something are also in the database, in the transaction of their
//! change, so a restart does not open them again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use blindscore_protocol::api::ProblemKind;
use blindscore_protocol::http::Verified;
use blindscore_protocol::registry::Registry;
use jiff::Timestamp;

use crate::refusal::Refusal;

/// Most requests remembered; at the limit of rates, more than come in the time
/// that they are good for.
const MOST: usize = 1_000_000;

/// Requests seen, by key and nonce, with the second from which on they are
/// too old to be taken.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<BTreeMap<([u8; 32], String), i64>>);

impl Seen {
    /// Takes a request, once.
    pub(crate) fn take(&self, request: &Verified, now: Timestamp) -> Result<(), Refusal> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST {
            forget(&mut seen, now);
        }
        if seen.len() >= MOST {
            let detail = "too many signed requests within five minutes: try again later";
            return Err(Refusal::new(ProblemKind::Unavailable, detail));
        }
        let key = (*request.key.as_bytes(), request.nonce.clone());
        match seen.insert(key, expires(request)) {
            None => Ok(()),
            Some(_) => Err(Refusal::new(
                ProblemKind::Replayed,
                "this signed request was sent before: sign a new one, with a nonce of its own",
            )),
        }
    }

    /// Forgets what is too old to be taken again.
    pub(crate) fn forget(&self, now: Timestamp) {
        forget(
            &mut self.0.lock().unwrap_or_else(PoisonError::into_inner),
            now,
        );
    }
}

/// The second from which on a request is too old.
pub(crate) fn expires(request: &Verified) -> i64 {
    request
        .created
        .saturating_add(Registry::CLOCK_SKEW)
        .saturating_add(1)
}

fn forget(seen: &mut BTreeMap<([u8; 32], String), i64>, now: Timestamp) {
    seen.retain(|_, expires| *expires >= now.as_second());
}
