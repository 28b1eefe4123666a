//! The applicant consents, and takes it back.

use blindscore_history::digest::Digest;
use blindscore_protocol::consent::{
    AnswerError, Binding, ConsentError, ConsentRecord, Notice, Period, ScorecardTitle, Terms,
};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{Outputs, ScoreRequest, Withdrawal};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::Signed;
use jiff::Timestamp;

use super::SecretKey;

/// What an applicant chooses; all else follows from the lender's request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Scorecards that may be applied; some or all of the request's.
    pub scorecards: Vec<Digest>,
    /// Sources that take part, or the applicant's own data alone.
    pub sources: Vec<PartyId>,
    /// Days that the data may come from.
    pub data: Period,
    /// What the lender may get; at most what it asks for.
    pub outputs: Outputs,
    /// How many runs.
    pub uses: u32,
    /// From when on.
    pub valid_from: Timestamp,
    /// Until just before when.
    pub valid_until: Timestamp,
}

/// A consent that is not given yet: show the notice first.
#[derive(Clone, Debug)]
pub struct Draft {
    binding: Binding,
    notice: Notice,
}

impl SecretKey {
    /// Drafts a consent in answer to a request.
    ///
    /// # Errors
    /// A choice that is no answer to the request; a party that the registry
    /// does not know; a scorecard without a title.
    pub fn draft(
        &self,
        request: &Signed<ScoreRequest>,
        registry: &Registry,
        choice: Choice,
        titles: &[ScorecardTitle],
    ) -> Result<Draft, AnswerError> {
        let terms = Terms {
            consent: self.application(),
            applicant_key: self.public.id(),
            scorecards: choice.scorecards,
            sources: choice.sources,
            data: choice.data,
            outputs: choice.outputs,
            uses: choice.uses,
            valid_from: choice.valid_from,
            valid_until: choice.valid_until,
        };
        let (binding, notice) = terms.bind(request, registry, titles)?;
        Ok(Draft { binding, notice })
    }

    /// Gives the consent that was drafted, once the person has read the notice
    /// and agreed.
    ///
    /// # Errors
    /// It is over already; a party that the registry does not know.
    pub fn grant(
        &self,
        draft: Draft,
        registry: &Registry,
        now: Timestamp,
    ) -> Result<ConsentRecord, ConsentError> {
        ConsentRecord::grant(draft.binding, registry, now, &self.signing)
    }

    /// Takes a consent back: the message stops further evaluations at once.
    pub fn withdraw(&self, consent: &ConsentRecord, now: Timestamp) -> Signed<Withdrawal> {
        Signed::sign(consent.withdrawal_at(now), &self.signing)
    }
}

impl Draft {
    /// What the person must be shown.
    pub fn notice(&self) -> &Notice {
        &self.notice
    }

    /// What the consent will bind.
    pub fn binding(&self) -> &Binding {
        &self.binding
    }
}
