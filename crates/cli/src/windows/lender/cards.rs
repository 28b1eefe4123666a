//! The scorecards that a lender can ask for: those that its platform published,
//! fetched once, checked against the digests that name them, and kept, so that
//! a score is verified with the lender's own copy.

use blindscore_client::http::anybody;
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::id::PartyId;
use blindscore_scorecard::Scorecard;

use super::state::Lender;
use crate::error::{Failure, Outcome};

/// Most scorecards that are offered: as many as one order takes.
const OFFERED_MAX: usize = 64;

/// A platform's scorecards.
pub(super) struct Offer {
    /// The platform.
    pub(super) platform: PartyId,
    /// Its scorecards, as it published them.
    pub(super) cards: Vec<Scorecard>,
}

impl Lender {
    /// What the platform published.
    pub(super) async fn offer(&self) -> Outcome<Offer> {
        let platform = self.platform().await?;
        let entries = platform.send(&anybody::scorecards()).await?;
        let mut cards = Vec::new();
        for entry in entries.into_iter().take(OFFERED_MAX) {
            let scheme = match self.store.card(entry.scheme)? {
                Some(text) => text,
                None => platform.send(&anybody::scheme(entry.scheme)).await?,
            };
            let card = match self.store.card(entry.digest)? {
                Some(text) => text,
                None => platform.send(&anybody::scorecard(entry.digest)).await?,
            };
            let (parsed, standing_on) = parsed(&scheme, &card)?;
            let named = standing_on.digest() == entry.scheme && parsed.digest() == entry.digest;
            if !named {
                return Err(Failure::security(format!(
                    "the platform gives another scorecard or scheme than {} names",
                    entry.digest
                )));
            }
            self.store.keep_card(entry.scheme, &scheme)?;
            self.store.keep_card(entry.digest, &card)?;
            cards.push(parsed);
        }
        Ok(Offer {
            platform: platform.platform().clone(),
            cards,
        })
    }

    /// The lender's own copy of a scorecard, with the scheme that it stands on.
    pub(super) fn card(&self, scheme: Digest, card: Digest) -> Outcome<(Scorecard, Scheme)> {
        let kept = |digest| {
            let text = self.store.card(digest)?;
            text.ok_or_else(|| Failure::internal(format!("the copy of {digest} is gone")))
        };
        parsed(&kept(scheme)?, &kept(card)?)
    }
}

fn parsed(scheme: &str, card: &str) -> Outcome<(Scorecard, Scheme)> {
    let scheme = Scheme::from_json(scheme).map_err(Failure::refused)?;
    let card = Scorecard::from_json(card, &scheme).map_err(Failure::refused)?;
    Ok((card, scheme))
}
