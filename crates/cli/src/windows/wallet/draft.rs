//! From a question and the person's choice to a draft of a consent, and from
//! the draft to the consent.

use std::sync::Arc;

use blindscore_client::applicant::{Draft, SecretKey, draw_application_id};
use blindscore_client::http::idempotency_key;
use blindscore_history::digest::Digest;
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::consent::{Period, ScorecardTitle};
use blindscore_protocol::envelope::Kind;
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::message::{Outputs, ScoreRequest};
use blindscore_protocol::sign::Signed;
use jiff::ToSpan;
use jiff::civil::Date;

use super::fault::{Fault, Result};
use super::questions::Question;
use super::record::{Agreed, FORM, Record, Stage};
use super::statements::NotReady;
use super::store::{self, Drawer};
use super::{Wallet, texts};

/// For how many days a consent can be given; the second is proposed.
pub(super) const DAYS: [u8; 3] = [1, 7, 30];

/// What the person chose.
pub(super) struct Wish {
    /// Whether with the person's own statements, or with the sample's.
    pub(super) own: bool,
    pub(super) scorecards: Vec<Digest>,
    pub(super) outputs: Outputs,
    pub(super) days: u8,
}

impl Wallet {
    /// Makes the key of a new application and drafts its consent. Nothing
    /// leaves the wallet.
    pub(super) async fn draft(&self, question: &Question, wish: &Wish) -> Result<ApplicationId> {
        let offered = |digest| question.asked().scorecards.contains(digest);
        if wish.scorecards.is_empty() || !wish.scorecards.iter().all(offered) {
            return Err(Fault::Form(texts::CHOOSE_A_SCORECARD));
        }
        if !DAYS.contains(&wish.days) {
            return Err(Fault::Form(texts::CHOOSE_DAYS));
        }
        let scheme = &question.scheme.scheme;
        let (sources, data, levels) = if wish.own {
            let own = self.own_levels(scheme).await?.map_err(not_ready)?;
            let data = period(own.levels.as_of(), own.levels.covered_months())?;
            let sources = vec![PartyId::self_declared()];
            (sources, data, Some(own.levels))
        } else {
            let sources = self.sample_sources(question)?;
            let data = period(self.holders.as_of(), scheme.longest_window())?;
            (sources, data, None)
        };
        let now = self.now.now();
        let hours = i64::from(wish.days) * 24;
        let record = Record {
            blindscore_wallet_application: FORM,
            id: draw_application_id().map_err(Fault::internal)?,
            request: question.digest,
            lender: question.asked().lender.clone(),
            purpose: question.asked().purpose.to_string(),
            agreed: Agreed {
                scorecards: in_order(&wish.scorecards),
                sources,
                data,
                outputs: wish.outputs,
                valid_from: now,
                valid_until: now.checked_add(hours.hours()).map_err(Fault::internal)?,
            },
            idempotency_key: idempotency_key().map_err(Fault::internal)?,
            drafted: now,
            granted: None,
            done: 0,
            stopped: None,
            receipts: Vec::new(),
            kept: None,
            release: None,
            withdrawn: None,
        };
        let id = record.id;
        let secret = tokio::task::spawn_blocking(move || SecretKey::generate(id));
        let secret = secret.await?.map_err(Fault::internal)?;
        // Refused here, if it is no answer to the request.
        let titles = question.titles()?;
        secret
            .draft(
                &question.request,
                &self.registry,
                record.agreed.choice(),
                &titles,
            )
            .map_err(Fault::refused)?;
        let drawer = self.drawer(id);
        let kept = keep(&drawer, &record, question, &secret, levels.as_ref());
        if let Err(fault) = kept {
            // What cannot be kept whole is not kept at all.
            let _ = drawer.delete();
            return Err(fault);
        }
        super::lock(&self.records).insert(id, record);
        Ok(id)
    }

    /// The sources that answer a question with the sample's data.
    pub(super) fn sample_sources(&self, question: &Question) -> Result<Vec<PartyId>> {
        let (mut sources, held) = (question.asked().sources.clone(), self.holders.ids());
        if sources.is_empty() {
            sources = held;
            sources.sort_unstable();
        } else if let Some(other) = sources.iter().find(|source| !held.contains(source)) {
            return Err(Fault::Refused(texts::no_such_holder(&self.name(other))));
        }
        let (got, want) = (
            self.holders.scheme().digest(),
            question.scheme.scheme.digest(),
        );
        if got != want {
            return Err(Fault::Refused(texts::OTHER_SCHEME_THAN_HELD.to_owned()));
        }
        Ok(sources)
    }

    /// The draft of an application, as it was made: the same notice.
    pub(super) fn drafted(&self, record: &Record) -> Result<Draft> {
        let drawer = self.drawer(record.id);
        let request: Signed<ScoreRequest> = drawer.message(store::REQUEST, Kind::ScoreRequest)?;
        let secret = drawer.secret()?;
        let titles = titles(&drawer, record, &drawer.scheme()?)?;
        let choice = record.agreed.choice();
        let draft = secret.draft(&request, &self.registry, choice, &titles);
        draft.map_err(Fault::refused)
    }

    /// Signs the consent that was drafted, and sets to work.
    pub(super) fn grant(self: &Arc<Self>, id: ApplicationId) -> Result {
        let record = self.record(id)?;
        if record.stage() != Stage::Drafted {
            return Err(Fault::Refused(texts::NOT_NOW.to_owned()));
        }
        let drawer = self.drawer(id);
        let draft = self.drafted(&record)?;
        let now = self.now.now();
        let consent = drawer.secret()?.grant(draft, &self.registry, now);
        let consent = consent.map_err(Fault::refused)?;
        drawer.write(store::CONSENT, consent.to_json().as_bytes())?;
        self.change(id, |record| record.granted = Some(now))?;
        self.spawn_run(id);
        Ok(())
    }

    /// Deletes a draft, with its key.
    pub(super) fn discard(&self, id: ApplicationId) -> Result {
        if self.record(id)?.stage() != Stage::Drafted {
            return Err(Fault::Refused(texts::NOT_NOW.to_owned()));
        }
        super::lock(&self.records).remove(&id);
        Ok(self.drawer(id).delete()?)
    }
}

/// The record goes last: an application is one by having it.
fn keep(
    drawer: &Drawer,
    record: &Record,
    question: &Question,
    secret: &SecretKey,
    levels: Option<&SourceLevels>,
) -> Result {
    drawer.make()?;
    drawer.keep_secret(secret)?;
    drawer.write(store::REQUEST, &question.message)?;
    let text = |digest: &Digest| {
        let mut cards = question.cards.iter();
        let card = cards.find(|card| card.scorecard.digest() == *digest)?;
        Some(card.text.as_str())
    };
    let cards: Vec<_> = record.agreed.scorecards.iter().filter_map(text).collect();
    drawer.keep_cards(&question.scheme.text, &cards)?;
    if let Some(levels) = levels {
        drawer.keep_levels(levels, &question.scheme.scheme)?;
    }
    Ok(drawer.keep(record)?)
}

/// Names of the scorecards that the consent is for.
pub(super) fn titles(
    drawer: &Drawer,
    record: &Record,
    scheme: &Scheme,
) -> Result<Vec<ScorecardTitle>> {
    let cards = drawer.scorecards(record, scheme)?;
    let titles = blindscore_examples::walk::titles(&cards);
    titles.map_err(Fault::refused)
}

/// The days that so many whole months before a day have.
fn period(as_of: Date, months: u8) -> Result<Period> {
    let first = as_of.first_of_month();
    Ok(Period {
        from: first
            .checked_sub(i64::from(months).months())
            .map_err(Fault::internal)?,
        to: first.yesterday().map_err(Fault::internal)?,
    })
}

fn in_order(scorecards: &[Digest]) -> Vec<Digest> {
    let mut scorecards = scorecards.to_vec();
    scorecards.sort_unstable();
    scorecards.dedup();
    scorecards
}

fn not_ready(why: NotReady) -> Fault {
    Fault::Refused(texts::not_ready(&why))
}
