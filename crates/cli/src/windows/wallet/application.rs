//! From consent to a score that was checked: the steps of one application.
//!
//! A step can be done again without harm, since everything that is handed in is
//! named by its digest and the evaluation has an idempotency key. So a step that
//! was interrupted is simply taken again.

use std::sync::Arc;

use blindscore_client::applicant::{Declaration, Review, SecretKey};
use blindscore_client::http::Applicant;
use blindscore_evaluator::{AttestedHistory, Evaluation, Gathered, Vouching};
use blindscore_examples::walk::Upload;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_history::form::Form;
use blindscore_history::levels::CoverageRule;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::api::EvaluationOrder;
use blindscore_protocol::consent::ConsentRecord;
use blindscore_protocol::envelope::{self, Kind};
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::log::EntryKind;
use blindscore_protocol::message::{AccountKind, Attestation, Receipt, ScoreRequest};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::Scorecard;
use jiff::Timestamp;

use super::fault::{Fault, Result};
use super::record::{Receipted, Record, Stage, Step};
use super::seen::Seen;
use super::store::{self, Drawer};
use super::{Wallet, texts};
use crate::windows::holders::Ask;

impl Wallet {
    /// Takes the steps of an application, in a task of its own.
    pub(super) fn spawn_run(self: &Arc<Self>, id: ApplicationId) {
        let Some(working) = self.begin(id) else {
            return;
        };
        let wallet = Arc::clone(self);
        tokio::spawn(async move {
            let _working = working;
            if let Err(fault) = wallet.run(id).await {
                let why = fault.text().to_owned();
                // If even that cannot be written, the next start takes the step again.
                let _ = wallet.change(id, |record| record.stopped = Some(why));
            }
        });
    }

    /// Tries again what stopped.
    pub(super) fn retry(self: &Arc<Self>, id: ApplicationId) -> Result {
        if self.record(id)?.stage() != Stage::Stopped {
            return Err(Fault::Refused(texts::NOT_NOW.to_owned()));
        }
        self.change(id, |record| record.stopped = None)?;
        self.spawn_run(id);
        Ok(())
    }

    async fn run(self: &Arc<Self>, id: ApplicationId) -> Result {
        loop {
            let record = self.record(id)?;
            if record.withdrawn.is_some() {
                return Ok(());
            }
            let Some(step) = record.plan().into_iter().nth(record.done) else {
                return Ok(());
            };
            self.step(&record, &step).await?;
            self.change(id, |record| record.done += 1)?;
        }
    }

    async fn step(self: &Arc<Self>, record: &Record, step: &Step) -> Result {
        let drawer = self.drawer(record.id);
        match step {
            Step::Registered => self.register(&drawer).await,
            Step::Sealed(source) => self.seal(record, source).await,
            Step::HandedIn(source) => self.hand_in(&drawer, source).await,
            Step::Consented => self.hand_in_consent(&drawer).await,
            Step::Scored => self.order(record, &drawer).await,
            Step::Logged => {
                let mut entries = vec![(EntryKind::Consent, drawer.consent()?.digest())];
                let receipts = record.receipts.iter();
                entries.extend(receipts.map(|given| (EntryKind::Receipt, given.receipt)));
                self.confirm(&entries).await
            }
            Step::Checked => self.check(record).await,
        }
    }

    async fn register(&self, drawer: &Drawer) -> Result {
        let secret = drawer.secret()?;
        let request: Signed<ScoreRequest> = drawer.message(store::REQUEST, Kind::ScoreRequest)?;
        let applicant = Applicant::of(&secret);
        self.send(&applicant.hand_in_request(&request)).await?;
        self.send(&applicant.hand_in_key()).await?;
        Ok(())
    }

    async fn seal(self: &Arc<Self>, record: &Record, source: &PartyId) -> Result {
        let drawer = self.drawer(record.id);
        // Sealed already, if the step was interrupted after.
        if drawer.has(&store::attestation(source)) {
            return Ok(());
        }
        let (wallet, source) = (Arc::clone(self), source.clone());
        let form = form(record);
        let sealed = tokio::task::spawn_blocking(move || {
            let secret = drawer.secret()?;
            let now = wallet.now.now();
            let upload = if source.is_self_declared() {
                declared(&drawer, &secret, form, now)?
            } else {
                let (key, salt) = (secret.public_key_message(), secret.person_salt());
                let ask = Ask {
                    key: &key,
                    salt: &salt,
                    form,
                    now,
                };
                wallet.holders.seal(&source, &ask)?
            };
            drawer.write(&store::sealed(&source), &upload.sealed)?;
            drawer.write(&store::attestation(&source), &upload.attestation)?;
            Ok(())
        });
        sealed.await?
    }

    async fn hand_in(&self, drawer: &Drawer, source: &PartyId) -> Result {
        let upload = Upload {
            sealed: drawer.read(&store::sealed(source), Kind::SealedHistory.max_envelope())?,
            attestation: drawer.read(
                &store::attestation(source),
                Kind::Attestation.max_envelope(),
            )?,
        };
        let secret = drawer.secret()?;
        if source.is_self_declared() {
            let declare = Applicant::of(&secret).declare(&upload.attestation, &upload.sealed);
            self.send(&declare).await?;
            return Ok(());
        }
        let key = secret.public_key_message();
        let call = self.holders.hand_in(source, &key, &upload)?;
        self.send(&call).await?;
        Ok(())
    }

    async fn hand_in_consent(&self, drawer: &Drawer) -> Result {
        let (secret, consent) = (drawer.secret()?, drawer.consent()?);
        let taken = self.send(&Applicant::of(&secret).grant(&consent)).await?;
        drawer.write(store::CONSENT_RECEIPT, taken.receipt.as_bytes())?;
        Ok(())
    }

    async fn order(&self, record: &Record, drawer: &Drawer) -> Result {
        let secret = drawer.secret()?;
        let mut histories = Vec::new();
        for source in &record.agreed.sources {
            let name = store::attestation(source);
            let said: Signed<Attestation> = drawer.message(&name, Kind::Attestation)?;
            histories.push(said.digest());
        }
        let order = EvaluationOrder {
            consent: record.id,
            scorecards: record.agreed.scorecards.clone(),
            histories,
        };
        let evaluate = Applicant::of(&secret).evaluate(&order, &record.idempotency_key);
        let answer = self.send(&evaluate).await?;
        let asked = record.agreed.scorecards.iter();
        if !asked.eq(answer.answers.iter().map(|answered| &answered.scorecard)) {
            return Err(Fault::Refused(texts::OTHER_ANSWERS.to_owned()));
        }
        let mut receipts = Vec::new();
        for (index, answered) in answer.answers.iter().enumerate() {
            drawer.write(&store::evaluation(index), &answered.evaluation.0)?;
            drawer.write(&store::receipt(index), &answered.signed_receipt.0)?;
            // The digest of what was signed, not the one beside it.
            let receipt: Signed<Receipt> = drawer.message(&store::receipt(index), Kind::Receipt)?;
            receipts.push(Receipted {
                scorecard: answered.scorecard,
                receipt: receipt.digest(),
                log_index: answered.log_index,
            });
        }
        self.change(record.id, |record| record.receipts = receipts)?;
        Ok(())
    }

    async fn check(self: &Arc<Self>, record: &Record) -> Result {
        let (wallet, record) = (Arc::clone(self), record.clone());
        // What the platform holds now is what a lender will fetch.
        self.compare_held(&record).await?;
        let checked = tokio::task::spawn_blocking(move || {
            let drawer = wallet.drawer(record.id);
            let papers = Papers::read(&drawer, &record, &wallet.registry, wallet.now.now())?;
            let mut scores = Vec::new();
            for (index, scorecard) in papers.scorecards.iter().enumerate() {
                let checked = papers.review(&wallet.registry, index, wallet.now.now())?;
                scores.push(Seen::of(&checked, scorecard));
            }
            Ok(drawer.keep_scores(&scores)?)
        });
        checked.await?
    }

    /// That the platform holds the very histories that were sealed.
    async fn compare_held(&self, record: &Record) -> Result {
        let drawer = self.drawer(record.id);
        let secret = drawer.secret()?;
        let applicant = Applicant::of(&secret);
        for source in &record.agreed.sources {
            let name = store::attestation(source);
            let said: Signed<Attestation> = drawer.message(&name, Kind::Attestation)?;
            let held = self.send(&applicant.history(said.digest())).await?;
            let own = drawer.read(&store::sealed(source), Kind::SealedHistory.max_envelope())?;
            if held != own {
                return Err(Fault::Refused(texts::OTHER_HISTORY.to_owned()));
            }
        }
        Ok(())
    }
}

/// Everything about an application, read from its folder.
pub(super) struct Papers {
    pub(super) secret: SecretKey,
    pub(super) consent: ConsentRecord,
    pub(super) scheme: Scheme,
    pub(super) scorecards: Vec<Scorecard>,
    request: Signed<ScoreRequest>,
    histories: Gathered,
    drawer: Drawer,
}

impl Papers {
    /// Reads them, and believes the attestations or refuses them.
    pub(super) fn read(
        drawer: &Drawer,
        record: &Record,
        registry: &Registry,
        now: Timestamp,
    ) -> Result<Self> {
        let (secret, scheme) = (drawer.secret()?, drawer.scheme()?);
        let vouching = Vouching {
            registry,
            key: secret.public_key(),
            scheme: &scheme,
            now,
        };
        let mut histories = Vec::new();
        for source in &record.agreed.sources {
            let sealed = drawer.read(&store::sealed(source), Kind::SealedHistory.max_envelope())?;
            let name = store::attestation(source);
            let attestation = drawer.read(&name, Kind::Attestation.max_envelope())?;
            let admitted = AttestedHistory::admit(&vouching, &sealed, &attestation);
            histories.push(admitted.map_err(Fault::refused)?);
        }
        Ok(Self {
            histories: Gathered::new(histories).map_err(Fault::refused)?,
            request: drawer.message(store::REQUEST, Kind::ScoreRequest)?,
            consent: drawer.consent()?,
            scorecards: drawer.scorecards(record, &scheme)?,
            secret,
            scheme,
            drawer: drawer.clone(),
        })
    }

    /// Makes every check that stands before a release, for the n-th scorecard.
    pub(super) fn review(
        &self,
        registry: &Registry,
        index: usize,
        now: Timestamp,
    ) -> Result<blindscore_client::applicant::CheckedScore> {
        let scorecard = self.scorecards.get(index).ok_or(Fault::Missing)?;
        let bytes = self
            .drawer
            .read(&store::evaluation(index), Kind::Evaluation.max_envelope())?;
        let evaluation = Evaluation::admit(&bytes).map_err(Fault::refused)?;
        let bytes = self
            .drawer
            .read(&store::receipt(index), Kind::Receipt.max_envelope())?;
        let receipt = envelope::open::<Signed<Receipt>>(&bytes, PARAMETER_ID);
        let (receipt, _) = receipt.map_err(Fault::refused)?;
        let review = Review {
            registry,
            scheme: &self.scheme,
            scorecard,
            request: &self.request,
            consent: &self.consent,
            histories: &self.histories,
            evaluation: &evaluation,
            receipt: &receipt,
            now,
        };
        self.secret.review(&review).map_err(Fault::refused)
    }

    /// Which of the scorecards it is.
    pub(super) fn place(&self, scorecard: Digest) -> Result<usize> {
        let mut cards = self.scorecards.iter();
        let place = cards.position(|card| card.digest() == scorecard);
        place.ok_or(Fault::Missing)
    }
}

/// One source alone is packed; several together are composable.
fn form(record: &Record) -> Form {
    match record.agreed.sources.len() {
        1 => Form::Packed,
        _ => Form::Composable,
    }
}

/// The person's own levels, sealed and signed by the person.
fn declared(drawer: &Drawer, secret: &SecretKey, form: Form, now: Timestamp) -> Result<Upload> {
    let scheme = drawer.scheme()?;
    let levels = drawer.levels(&scheme)?;
    let roles: Vec<_> = scheme.roles().into_iter().cloned().collect();
    let declaration = Declaration {
        scheme: &scheme,
        form,
        roles: &roles,
        levels: &levels,
        coverage: CoverageRule::Full,
        account: AccountKind::Current,
        issued: now,
    };
    let (sealed, attestation) = secret.declare(&declaration).map_err(Fault::refused)?;
    Ok(Upload {
        sealed: sealed.to_bytes(),
        attestation: envelope::close(&attestation, &[]),
    })
}
