//! The wallet watches the platform's log: what it was told stands in it, and it
//! only grew since the wallet last looked.

use blindscore_client::http::anybody;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_protocol::api::LogHead;
use blindscore_protocol::envelope;
use blindscore_protocol::log::{EntryKind, TreeHead, Watcher, verify_inclusion};
use blindscore_protocol::sign::Signed;

use super::fault::{Fault, Result};
use super::{Wallet, texts};

/// How often the log may grow between two answers before the wallet gives up.
const TRIES: usize = 8;

impl Wallet {
    /// That these are in the log, under a head that continues the last one seen.
    pub(super) async fn confirm(&self, entries: &[(EntryKind, Digest)]) -> Result {
        let _watching = self.watching.lock().await;
        for &(kind, digest) in entries {
            self.confirm_one(kind, digest).await?;
        }
        Ok(())
    }

    /// The last head that the wallet believed.
    pub(super) fn last_head(&self) -> Option<TreeHead> {
        let watcher = self.store.watcher().ok().flatten();
        watcher.map(|watcher| watcher.seen().statement().clone())
    }

    async fn confirm_one(&self, kind: EntryKind, digest: Digest) -> Result {
        for _ in 0..TRIES {
            let proven = self.send(&anybody::log_inclusion(kind, digest)).await?;
            let head = opened(&proven.head)?;
            verify_inclusion(head.statement(), &proven.proof).map_err(Fault::refused)?;
            if proven.proof.entry.kind != kind || proven.proof.entry.digest != digest {
                return Err(Fault::Refused(texts::OTHER_ENTRY.to_owned()));
            }
            if self.continues(&head).await? {
                return Ok(());
            }
        }
        Err(Fault::Elsewhere(texts::LOG_TOO_FAST.to_owned()))
    }

    /// Whether a head is the newest one, and continues the last one seen, which
    /// it replaces. If the log grew in between, there is a newer one to ask for.
    async fn continues(&self, head: &Signed<TreeHead>) -> Result<bool> {
        let now = self.now.now();
        let Some(mut watcher) = self.store.watcher()? else {
            let first = Watcher::new(head.clone(), &self.registry, now);
            self.store.keep_watcher(&first.map_err(Fault::refused)?)?;
            return Ok(true);
        };
        let old = watcher.seen().statement().size;
        let proven = self.send(&anybody::log_consistency(old)).await?;
        let newest = opened(&proven.head)?;
        let (said, asked) = (newest.statement(), head.statement());
        let same = said.size == asked.size;
        if same && said.root != asked.root {
            return Err(Fault::Refused(texts::LOG_FORKED.to_owned()));
        }
        watcher
            .advance(newest, &proven.proof, &self.registry, now)
            .map_err(Fault::refused)?;
        self.store.keep_watcher(&watcher)?;
        Ok(same)
    }
}

/// The signed head of an answer; only what is signed counts.
fn opened(head: &LogHead) -> Result<Signed<TreeHead>> {
    let opened = envelope::open::<Signed<TreeHead>>(&head.signed.0, PARAMETER_ID);
    Ok(opened.map_err(Fault::refused)?.0)
}
