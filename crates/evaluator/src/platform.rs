//! A platform answers a request: it checks the chain, counts the use, computes
//! blind, signs a receipt.

use blindscore_fhe::PublicKey;
use blindscore_history::digest::Digest;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::consent::{ConsentError, ConsentRecord, ConsentRefusal, ConsentRegister};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{Attestation, Receipt, ScoreRequest, Standing};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::Signed;
use blindscore_protocol::signing_key::Signatory;
use blindscore_scorecard::Scorecard;
use jiff::Timestamp;
use thiserror::Error;

use crate::attested::{AttestedHistory, Gathered};
use crate::blind::PreparedHistory;
use crate::commission::{Commission, CommissionError, ask, asked_histories};
use crate::error::{EvaluateError, PlanError};
use crate::evaluation::Evaluation;
use crate::lineup::Lineup;
use crate::plan::Plan;

/// What a run at the platform is asked to do.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// The platform's registry.
    pub registry: &'a Registry,
    /// The applicant's key.
    pub key: &'a PublicKey,
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The scorecards to evaluate, all under one use of the consent.
    pub scorecards: &'a [&'a Scorecard],
    /// The lender's request.
    pub request: &'a Signed<ScoreRequest>,
    /// The applicant's consent.
    pub consent: &'a ConsentRecord,
    /// The histories.
    pub histories: &'a Gathered,
    /// Now.
    pub now: Timestamp,
}

/// One evaluation with its receipt.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The evaluation.
    pub evaluation: Evaluation,
    /// The receipt for it.
    pub receipt: Signed<Receipt>,
}

/// An order that passed every check but the consent's state; see
/// [`Authorised::begin`].
#[derive(Debug)]
pub struct Authorised<'a> {
    order: Order<'a>,
    plans: Vec<Plan>,
    standing: Standing,
}

/// An authorised order whose use of the consent was counted, with its histories
/// in the transform domain.
#[derive(Debug)]
pub struct Run<'a> {
    authorised: Authorised<'a>,
    prepared: Vec<PreparedHistory>,
    attestations: Vec<Digest>,
    consent_use: u32,
}

/// Why an order was not carried out. Nothing was computed.
#[derive(Debug, Error)]
pub enum OrderError {
    /// No scorecard.
    #[error("no scorecard to evaluate; name at least one")]
    NoScorecard,
    /// The request is for another platform.
    #[error("the request is for platform {want}, this is {got}: send it there")]
    OtherPlatform {
        /// This platform.
        got: PartyId,
        /// The platform asked for.
        want: PartyId,
    },
    /// The chain of statements.
    #[error(transparent)]
    Commission(#[from] CommissionError),
    /// A consent record with other names than the registry's.
    #[error(transparent)]
    Record(#[from] ConsentError),
    /// The consent's state.
    #[error(transparent)]
    Consent(#[from] ConsentRefusal),
    /// A scorecard that makes no plan with these sources.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Histories that do not fit the plan.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
}

impl<'a> Order<'a> {
    /// Checks everything that can be checked without counting a use: the chain
    /// of statements for each scorecard, and that each makes a plan.
    ///
    /// # Errors
    /// The first thing that does not stand.
    pub fn authorise(self, platform: &PartyId) -> Result<Authorised<'a>, OrderError> {
        let want = &self.request.statement().platform;
        if want != platform {
            let (got, want) = (platform.clone(), want.clone());
            return Err(OrderError::OtherPlatform { got, want });
        }
        // Names and addresses in the record are the applicant's writing.
        self.consent.names_parties_of(self.registry)?;
        let attestations = self.attestations();
        let mut plans = Vec::with_capacity(self.scorecards.len());
        let mut standing = None;
        for scorecard in self.scorecards {
            let commission = Commission {
                registry: self.registry,
                key: self.key,
                scheme: self.scheme,
                scorecard,
                request: self.request,
                consent: self.consent,
                attestations: &attestations,
                at: self.now,
                now: self.now,
            };
            standing = Some(commission.check()?);
            let lineup = Lineup::of(&self.histories.sealed())?;
            plans.push(Plan::compile(self.scheme, scorecard, &lineup)?);
        }
        let standing = standing.ok_or(OrderError::NoScorecard)?;
        Ok(Authorised {
            order: self,
            plans,
            standing,
        })
    }

    fn attestations(&self) -> Vec<&'a Signed<Attestation>> {
        let histories = self.histories.histories().iter();
        histories.map(AttestedHistory::signed).collect()
    }
}

impl<'a> Authorised<'a> {
    /// The plans that will be run, in the order of the scorecards.
    pub fn plans(&self) -> &[Plan] {
        &self.plans
    }

    /// Counts a use of the consent. `store` is called with the register after
    /// that and before anything is computed: an interrupted run costs a use and
    /// never gives one away.
    ///
    /// # Errors
    /// A consent that is unknown, not valid now, used up or withdrawn; whatever
    /// `store` says.
    pub fn begin<E: From<OrderError>>(
        self,
        register: &mut ConsentRegister,
        store: impl FnOnce(&ConsentRegister) -> Result<(), E>,
    ) -> Result<Run<'a>, E> {
        let order = self.order;
        let consent = order.consent.id();
        let registered = register.record(consent);
        if registered.is_none_or(|record| record.digest() != order.consent.digest()) {
            return Err(OrderError::from(ConsentRefusal::Unknown { consent }).into());
        }
        let attested = order.attestations();
        let scorecards: Vec<Digest> = order.scorecards.iter().map(|c| c.digest()).collect();
        let histories = asked_histories(&attested);
        let request = order.request.statement();
        let ask = ask(
            request,
            order.consent,
            order.key,
            &scorecards,
            &histories,
            order.now,
        );
        let consent_use = register
            .begin_use(consent, &ask)
            .map_err(OrderError::from)?;
        store(register)?;
        let sealed = order.histories.sealed();
        Ok(Run {
            prepared: sealed.into_iter().map(PreparedHistory::new).collect(),
            attestations: attested.iter().map(|signed| signed.digest()).collect(),
            authorised: self,
            consent_use,
        })
    }
}

impl Run<'_> {
    /// Evaluates each scorecard and signs a receipt for it.
    ///
    /// # Errors
    /// Histories that do not fit a plan; none that were authorised.
    pub fn answers(&self, signatory: &Signatory) -> Result<Vec<Answer>, OrderError> {
        let all = 0..self.authorised.plans.len();
        all.map(|index| self.answer(index, signatory)).collect()
    }

    /// Evaluates the scorecard at `index` and signs a receipt for it.
    ///
    /// # Errors
    /// No such scorecard; histories that do not fit the plan.
    pub fn answer(&self, index: usize, signatory: &Signatory) -> Result<Answer, OrderError> {
        let Authorised {
            order,
            plans,
            standing,
        } = &self.authorised;
        let plan = plans.get(index).ok_or(OrderError::NoScorecard)?;
        let histories: Vec<_> = self.prepared.iter().collect();
        let evaluation = plan.evaluate(order.key, &histories)?;
        let receipt = Receipt {
            platform: signatory.id().clone(),
            consent: order.consent.id(),
            consent_digest: order.consent.digest(),
            request: order.request.digest(),
            evaluation: evaluation.header().clone(),
            attestations: self.attestations.clone(),
            standing: *standing,
            consent_use: self.consent_use,
            issued: order.now,
        };
        Ok(Answer {
            evaluation,
            receipt: Signed::sign(receipt, signatory.key()),
        })
    }
}
