//! What all handlers share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::api::LogHead;
use blindscore_protocol::envelope;
use blindscore_protocol::log::TreeHead;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::Scorecard;
use jiff::Timestamp;

use crate::config::Config;
use crate::home::Home;
use crate::limit::Limiter;
use crate::metrics::Metrics;
use crate::objects::Objects;
use crate::pool::{Pool, Turns};
use crate::published::Published;
use crate::refusal::Refusal;
use crate::replay::Seen;
use crate::store::{Book, Store};

/// The state of a service.
pub(crate) type App = Arc<Shared>;

pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) home: Home,
    pub(crate) store: Store,
    pub(crate) published: Published,
    pub(crate) objects: Objects,
    pub(crate) pool: Pool,
    pub(crate) turns: Turns,
    pub(crate) limiter: Limiter,
    pub(crate) seen: Seen,
    pub(crate) metrics: Metrics,
    pub(crate) stopping: AtomicBool,
}

impl Shared {
    pub(crate) fn now(&self) -> Timestamp {
        self.config.clock.now()
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// A published scheme.
    pub(crate) async fn scheme(&self, digest: Digest) -> Result<Arc<Scheme>, Refusal> {
        if let Some(known) = self.published.scheme(digest) {
            return Ok(known);
        }
        let json = self.store.scheme(digest).await?;
        let json = json.ok_or_else(|| Refusal::not_found("scheme"))?;
        let scheme = Scheme::from_json(&json).map_err(Refusal::internal)?;
        Ok(self.published.keep_scheme(digest, scheme))
    }

    /// A published scorecard of a scheme.
    pub(crate) async fn scorecard(
        &self,
        digest: Digest,
        scheme: &Scheme,
    ) -> Result<Arc<Scorecard>, Refusal> {
        if let Some(known) = self.published.scorecard(digest, scheme) {
            return Ok(known);
        }
        let stored = self.store.scorecard(digest).await?;
        let stored = stored.ok_or_else(|| {
            Refusal::refused(format!(
                "scorecard {digest} is not published by this platform: only what is public is applied to people"
            ))
        })?;
        let card = Scorecard::from_json(&stored.json, scheme).map_err(Refusal::refused)?;
        Ok(self.published.keep_scorecard(digest, card))
    }
}

/// A signed head as JSON.
pub(crate) fn log_head(head: &Signed<TreeHead>) -> LogHead {
    let said = head.statement();
    LogHead {
        size: said.size,
        root: said.root,
        time: said.time,
        signed: blindscore_protocol::api::Message(envelope::close(head, &[])),
    }
}

/// The head of a log that has one, as every log has once the service started.
pub(crate) fn head_of(book: &Book) -> Result<LogHead, Refusal> {
    let head = book.head().map(log_head);
    head.ok_or_else(|| Refusal::internal("the log has no head"))
}
