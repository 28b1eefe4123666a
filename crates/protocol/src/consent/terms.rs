//! From a lender's request and the applicant's choices to a binding.

use blindscore_history::digest::Digest;
use jiff::Timestamp;
use thiserror::Error;

use super::notice::{Notice, NoticeError, ScorecardTitle};
use super::{Binding, BindingError, Entity, Period};
use crate::id::{ApplicationId, PartyId};
use crate::message::{Outputs, ScoreRequest, Standing};
use crate::registry::{Registry, TrustError};
use crate::sign::Signed;

/// What the applicant decides. Lender, platform, purpose, scheme and storage
/// come from the request and cannot be given otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The application's id, which becomes the consent's.
    pub consent: ApplicationId,
    /// The application's public key.
    pub applicant_key: Digest,
    /// Scorecards that may be applied; some or all of the request's.
    pub scorecards: Vec<Digest>,
    /// Sources that take part; at least those that the request wants.
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

/// Why a consent is no answer to a request.
#[derive(Debug, Error)]
pub enum AnswerError {
    /// Limits that cannot be.
    #[error(transparent)]
    Binding(#[from] BindingError),
    /// A party that is not trusted for its part.
    #[error(transparent)]
    Party(#[from] TrustError),
    /// No notice can be made of it.
    #[error(transparent)]
    Notice(#[from] NoticeError),
    /// Another request.
    #[error("the consent answers request {got}, not this one, {want}")]
    OtherRequest {
        /// The request that it names.
        got: Digest,
        /// This one.
        want: Digest,
    },
    /// Not as the request has it.
    #[error("the consent's {field} is not the request's: grant consent again, from this request")]
    Field {
        /// What differs.
        field: &'static str,
    },
    /// A scorecard that the lender did not ask for.
    #[error("the lender did not ask for scorecard {scorecard}")]
    Scorecard {
        /// The scorecard.
        scorecard: Digest,
    },
    /// A source that the lender wants.
    #[error("the lender takes no score without {source_name}: name it, or do not answer")]
    RequiredSource {
        /// The source.
        source_name: PartyId,
    },
    /// Self-declared data that the lender does not want.
    #[error("the lender takes no score of self-declared data")]
    SelfDeclared,
    /// More than the lender asked for.
    #[error("the lender did not ask for reasons: grant the score only")]
    Outputs,
    /// Valid only when no answer is taken any more.
    #[error("the consent begins when the request has ended, at {expires}")]
    Late {
        /// When the request ends.
        expires: Timestamp,
    },
}

impl Terms {
    /// Makes the binding of a consent that answers a request, and the notice to
    /// show to the person before they sign it. Scorecards and sources are put
    /// in order.
    ///
    /// # Errors
    /// The terms are no answer to the request, a party is not in the registry
    /// in its trade, or a scorecard has no title.
    pub fn bind(
        mut self,
        request: &Signed<ScoreRequest>,
        registry: &Registry,
        titles: &[ScorecardTitle],
    ) -> Result<(Binding, Notice), AnswerError> {
        self.scorecards.sort_unstable();
        self.sources.sort_unstable();
        let asked = request.statement();
        let mut binding = Binding {
            consent: self.consent,
            applicant_key: self.applicant_key,
            platform: asked.platform.clone(),
            lender: asked.lender.clone(),
            purpose: asked.purpose.clone(),
            scheme: asked.scheme,
            scorecards: self.scorecards,
            sources: self.sources,
            data: self.data,
            outputs: self.outputs,
            uses: self.uses,
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            request: request.digest(),
            // The notice says the rest of the binding; it is set below.
            notice: Digest::new([0; Digest::LEN]),
            storage_days: asked.storage_days,
        };
        binding.check()?;
        binding.answers(request)?;
        let notice = Notice::of(&binding, &Entity::of(&binding, registry)?, titles)?;
        binding.notice = notice.digest();
        Ok((binding, notice))
    }
}

impl Binding {
    /// Whether the binding answers this request, and gives no more than it
    /// asks for.
    ///
    /// # Errors
    /// The first thing that is not so.
    pub fn answers(&self, request: &Signed<ScoreRequest>) -> Result<(), AnswerError> {
        let (asked, want) = (request.statement(), request.digest());
        if self.request != want {
            let got = self.request;
            return Err(AnswerError::OtherRequest { got, want });
        }
        for (equal, field) in [
            (self.lender == asked.lender, "lender"),
            (self.platform == asked.platform, "platform"),
            (self.purpose == asked.purpose, "purpose"),
            (self.scheme == asked.scheme, "scheme"),
            (self.storage_days == asked.storage_days, "storage term"),
        ] {
            if !equal {
                return Err(AnswerError::Field { field });
            }
        }
        let unasked = |scorecard: &&Digest| !asked.scorecards.contains(scorecard);
        if let Some(&scorecard) = self.scorecards.iter().find(unasked) {
            return Err(AnswerError::Scorecard { scorecard });
        }
        if self.standing() == Standing::SelfDeclared && !asked.self_declared {
            return Err(AnswerError::SelfDeclared);
        }
        let missing = |source: &&PartyId| !self.sources.contains(source);
        if let Some(source) = asked.sources.iter().find(missing) {
            let source_name = source.clone();
            return Err(AnswerError::RequiredSource { source_name });
        }
        if self.outputs > asked.outputs {
            return Err(AnswerError::Outputs);
        }
        if self.valid_from >= asked.expires {
            let expires = asked.expires;
            return Err(AnswerError::Late { expires });
        }
        Ok(())
    }
}
