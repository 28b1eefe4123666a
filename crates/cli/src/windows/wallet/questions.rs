//! What the lenders ask: fetched from their servers, believed after checks.
//!
//! A lender's list and messages are bytes from outside. Each is bounded, opened
//! as an envelope, has the digest that it was listed under, is signed by the
//! lender that was asked with a key of the wallet's registry, is for the
//! wallet's platform, and is still open. Scheme and scorecards come from the
//! platform and have the digests that the request names.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use blindscore_client::http::anybody;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::consent::ScorecardTitle;
use blindscore_protocol::envelope::{self, Kind};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::ScoreRequest;
use blindscore_protocol::registry::Trade;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::Scorecard;

use super::fault::{Fault, Result};
use super::{Wallet, lock, texts};

/// Longest list of a lender, in bytes.
const LIST_MAX: usize = 64 << 10;
/// Most requests of one lender that are looked at.
const REQUESTS_MAX: usize = 100;
/// How long a lender is waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// A lender whose server the wallet knows.
#[derive(Clone, Debug)]
pub(crate) struct KnownLender {
    /// Its name in the registry.
    pub(crate) id: PartyId,
    /// Its server.
    pub(crate) url: String,
}

/// A scheme with its file.
pub(super) struct Published {
    pub(super) scheme: Scheme,
    pub(super) text: String,
}

/// A scorecard with its file.
pub(super) struct Card {
    pub(super) scorecard: Scorecard,
    pub(super) text: String,
}

/// A question that can be answered.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) digest: Digest,
    pub(super) message: Vec<u8>,
    pub(super) request: Signed<ScoreRequest>,
    pub(super) scheme: Arc<Published>,
    pub(super) cards: Vec<Arc<Card>>,
}

/// What is known of a message that a lender listed.
#[derive(Clone)]
pub(super) enum Listed {
    Question(Arc<Question>),
    /// Not believed, and why.
    Refused(String),
}

/// What one lender has to say.
#[derive(Clone)]
pub(super) struct Asked {
    pub(super) lender: PartyId,
    /// Newest first; or why there is nothing to be had.
    pub(super) listed: std::result::Result<Vec<(Digest, Listed)>, String>,
}

impl Question {
    /// What the lender said.
    pub(super) fn asked(&self) -> &ScoreRequest {
        self.request.statement()
    }

    /// Scorecards by the names that the notice shows.
    pub(super) fn titles(&self) -> Result<Vec<ScorecardTitle>> {
        let title = |card: &Arc<Card>| {
            Ok(ScorecardTitle {
                digest: card.scorecard.digest(),
                name: card.scorecard.name().parse().map_err(Fault::refused)?,
                provider: card.scorecard.provider().parse().map_err(Fault::refused)?,
            })
        };
        self.cards.iter().map(title).collect()
    }

    /// Whether the lender takes the person's own word.
    pub(super) fn takes_own_word(&self) -> bool {
        self.asked().self_declared && self.asked().sources.is_empty()
    }
}

impl Wallet {
    /// Asks every lender what it wants. A question that was looked at is not
    /// fetched again.
    pub(super) async fn questions(&self) -> Vec<Asked> {
        let mut all = Vec::new();
        for lender in &self.lenders {
            let listed = self.listed(lender).await.map_err(|f| f.text().to_owned());
            all.push(Asked {
                lender: lender.id.clone(),
                listed,
            });
        }
        let known = all.iter().filter_map(|asked| asked.listed.as_ref().ok());
        let known: BTreeMap<_, _> = known.flatten().cloned().collect();
        *lock(&self.seen) = known;
        all
    }

    /// One question that can be answered.
    pub(super) async fn question(&self, digest: Digest) -> Result<Arc<Question>> {
        if let Some(Listed::Question(question)) = self.seen_before(digest) {
            return open_still(question, self.now.now());
        }
        for asked in self.questions().await {
            let listed = asked.listed.unwrap_or_default();
            if let Some((_, found)) = listed.into_iter().find(|(known, _)| *known == digest) {
                return match found {
                    Listed::Question(question) => open_still(question, self.now.now()),
                    Listed::Refused(why) => Err(Fault::Refused(why)),
                };
            }
        }
        Err(Fault::Missing)
    }

    fn seen_before(&self, digest: Digest) -> Option<Listed> {
        lock(&self.seen).get(&digest).cloned()
    }

    async fn listed(&self, lender: &KnownLender) -> Result<Vec<(Digest, Listed)>> {
        let url = format!("{}/outbox", lender.url);
        let list = self.fetch(&url, LIST_MAX).await?;
        let list: Vec<Digest> =
            serde_json::from_slice(&list).map_err(|_| texts::outbox_is_none(&lender.id))?;
        let mut listed: Vec<(Digest, Listed)> = Vec::new();
        for digest in list.into_iter().take(REQUESTS_MAX) {
            if listed.iter().any(|(known, _)| *known == digest) {
                continue;
            }
            let known = match self.seen_before(digest) {
                Some(known) => known,
                None => match self.look_at(lender, digest).await {
                    Ok(question) => Listed::Question(Arc::new(question)),
                    // Lender or platform may answer later.
                    Err(Fault::Elsewhere(why)) => return Err(Fault::Elsewhere(why)),
                    Err(fault) => Listed::Refused(fault.text().to_owned()),
                },
            };
            listed.push((digest, known));
        }
        Ok(listed)
    }

    async fn look_at(&self, lender: &KnownLender, digest: Digest) -> Result<Question> {
        let url = format!("{}/outbox/{digest}", lender.url);
        let message = self.fetch(&url, Kind::ScoreRequest.max_envelope()).await?;
        let opened = envelope::open::<Signed<ScoreRequest>>(&message, PARAMETER_ID);
        let (request, _) = opened.map_err(Fault::refused)?;
        if request.digest() != digest {
            return Err(Fault::Refused(texts::OTHER_MESSAGE.to_owned()));
        }
        let now = self.now.now();
        let issued = request.statement().issued;
        let asked = self
            .registry
            .believe(&request, &lender.id, Trade::Lender, issued, now)
            .map_err(Fault::refused)?;
        if asked.lender != lender.id {
            return Err(Fault::Refused(texts::OTHER_LENDER.to_owned()));
        }
        let platform = self.platform().await?;
        platform.is(&asked.platform).map_err(Fault::refused)?;
        self.registry
            .in_trade(&asked.platform, Trade::Platform)
            .map_err(Fault::refused)?;
        let scheme = self.scheme(asked.scheme).await?;
        let mut cards = Vec::with_capacity(asked.scorecards.len());
        for digest in &asked.scorecards {
            cards.push(self.card(*digest, &scheme.scheme).await?);
        }
        Ok(Question {
            digest,
            message,
            request,
            scheme,
            cards,
        })
    }

    /// A scheme, from the platform, with the digest asked for.
    async fn scheme(&self, digest: Digest) -> Result<Arc<Published>> {
        let known = lock(&self.schemes).get(&digest).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let text = self.send(&anybody::scheme(digest)).await?;
        let scheme = Scheme::from_json(&text).map_err(Fault::refused)?;
        if scheme.digest() != digest {
            return Err(Fault::Refused(texts::OTHER_SCHEME.to_owned()));
        }
        let published = Arc::new(Published { scheme, text });
        let mut known = lock(&self.schemes);
        Ok(Arc::clone(known.entry(digest).or_insert(published)))
    }

    /// A scorecard, likewise.
    async fn card(&self, digest: Digest, scheme: &Scheme) -> Result<Arc<Card>> {
        let known = lock(&self.cards).get(&digest).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let text = self.send(&anybody::scorecard(digest)).await?;
        let scorecard = Scorecard::from_json(&text, scheme).map_err(Fault::refused)?;
        if scorecard.digest() != digest {
            return Err(Fault::Refused(texts::OTHER_SCORECARD.to_owned()));
        }
        let card = Arc::new(Card { scorecard, text });
        let mut known = lock(&self.cards);
        Ok(Arc::clone(known.entry(digest).or_insert(card)))
    }

    /// Fetches at most `limit` bytes from a lender.
    pub(super) async fn fetch(&self, url: &str, limit: usize) -> Result<Vec<u8>> {
        let http = self.http().await?;
        let sent = http.get(url).timeout(PATIENCE).send().await;
        let answer = sent.map_err(|_| Fault::Elsewhere(texts::no_answer(url)))?;
        if !answer.status().is_success() {
            let status = answer.status().as_u16();
            return Err(Fault::Elsewhere(texts::bad_answer(url, status)));
        }
        bounded(answer, limit, url).await
    }
}

/// The body of an answer, unless it is longer than `limit` bytes.
pub(super) async fn bounded(
    mut answer: reqwest::Response,
    limit: usize,
    url: &str,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let chunk = answer.chunk().await;
        match chunk.map_err(|_| Fault::Elsewhere(texts::no_answer(url)))? {
            None => return Ok(bytes),
            Some(chunk) if bytes.len() + chunk.len() > limit => {
                return Err(Fault::Refused(texts::answer_too_large(url, limit)));
            }
            Some(chunk) => bytes.extend_from_slice(&chunk),
        }
    }
}

fn open_still(question: Arc<Question>, now: jiff::Timestamp) -> Result<Arc<Question>> {
    if question.asked().expires <= now {
        return Err(Fault::Refused(texts::QUESTION_OVER.to_owned()));
    }
    Ok(question)
}
