//! Whether a consent allows what is about to be done.

use blindscore_history::digest::Digest;
use jiff::Timestamp;
use thiserror::Error;

use super::{Binding, Period};
use crate::id::{ApplicationId, PartyId};
use crate::message::Outputs;
use crate::text::Plain;

/// A history that is to take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AskedHistory<'a> {
    /// Who sealed it.
    pub source: &'a PartyId,
    /// The period of its attestation.
    pub period: Period,
}

/// What is about to be done.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// Who is to get the result.
    pub lender: &'a PartyId,
    /// Who is to compute.
    pub platform: &'a PartyId,
    /// What for.
    pub purpose: &'a Plain,
    /// Scheme of the levels.
    pub scheme: Digest,
    /// Scorecards to be applied in this run.
    pub scorecards: &'a [Digest],
    /// The histories that take part.
    pub histories: &'a [AskedHistory<'a>],
    /// Key that they are sealed to.
    pub applicant_key: Digest,
    /// What the lender is to get.
    pub outputs: Outputs,
    /// When.
    pub now: Timestamp,
}

/// Why a consent does not allow it. Who asks is at fault: it must do what the
/// person agreed to, or ask for another consent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConsentRefusal {
    /// No such consent.
    #[error("there is no consent {consent} here: the applicant must hand it in first")]
    Unknown {
        /// The id.
        consent: ApplicationId,
    },
    /// Taken back.
    #[error("the consent is withdrawn: nothing more may be computed under it")]
    Withdrawn,
    /// Over.
    #[error("the consent ended at {until}: ask the applicant for another")]
    Expired {
        /// When.
        until: Timestamp,
    },
    /// Nothing left of it.
    #[error("the consent is used up ({uses} of {uses}): ask the applicant for another")]
    UsedUp {
        /// How many there were.
        uses: u32,
    },
    /// Too early.
    #[error("the consent begins at {from}: wait until then, or check the clocks")]
    NotYet {
        /// When.
        from: Timestamp,
    },
    /// For another platform.
    #[error("the consent names platform {want}, not {got}")]
    Platform {
        /// Who would compute.
        got: PartyId,
        /// Who may.
        want: PartyId,
    },
    /// For another lender.
    #[error("the consent names lender {want}, not {got}")]
    Lender {
        /// Who would get the result.
        got: PartyId,
        /// Who may.
        want: PartyId,
    },
    /// For another purpose.
    #[error("the consent is for the purpose {want:?}, not {got:?}")]
    Purpose {
        /// What it would be for.
        got: Plain,
        /// What it may be for.
        want: Plain,
    },
    /// For another scheme.
    #[error("the consent names another scheme: got {got}; want {want}")]
    Scheme {
        /// The scheme.
        got: Digest,
        /// The one named.
        want: Digest,
    },
    /// Nothing to apply.
    #[error("no scorecard is to be applied: name one of the consent's")]
    NoScorecard,
    /// A scorecard that it does not name.
    #[error("the consent does not name scorecard {got}")]
    Scorecard {
        /// The scorecard.
        got: Digest,
    },
    /// Under another key.
    #[error("the consent names another applicant's key: got {got}; want {want}")]
    Key {
        /// The key.
        got: Digest,
        /// The one named.
        want: Digest,
    },
    /// A source that it does not name.
    #[error("the consent does not name source {source_name}: its history must stay out")]
    SourceNotNamed {
        /// The source.
        source_name: PartyId,
    },
    /// A source that it names and that is not there.
    #[error(
        "the consent is for a score with the history of {source_name}, which is left out: fetch it, or ask the applicant for another consent"
    )]
    SourceLeftOut {
        /// The source.
        source_name: PartyId,
    },
    /// Two histories of one source.
    #[error("two histories of {source_name}: one a source may take part")]
    SourceTwice {
        /// The source.
        source_name: PartyId,
    },
    /// Data of days that it does not name.
    #[error("the history of {source_name} is of {got}; the consent is for data of {want} only")]
    DataRange {
        /// The source.
        source_name: PartyId,
        /// The history's period.
        got: Period,
        /// The consent's.
        want: Period,
    },
    /// More than it allows to hand out.
    #[error("the consent is for the score only, without reasons")]
    Outputs,
}

impl Binding {
    /// Whether this is one of the things that the binding allows. That it is
    /// neither used up nor withdrawn is for whoever counts; see
    /// [`ConsentRegister::begin_use`](super::ConsentRegister::begin_use).
    ///
    /// # Errors
    /// The first thing that it does not allow.
    pub fn allows(&self, ask: &Ask<'_>) -> Result<(), ConsentRefusal> {
        self.valid_at(ask.now)?;
        if *ask.platform != self.platform {
            let (got, want) = (ask.platform.clone(), self.platform.clone());
            return Err(ConsentRefusal::Platform { got, want });
        }
        if *ask.lender != self.lender {
            let (got, want) = (ask.lender.clone(), self.lender.clone());
            return Err(ConsentRefusal::Lender { got, want });
        }
        if *ask.purpose != self.purpose {
            let (got, want) = (ask.purpose.clone(), self.purpose.clone());
            return Err(ConsentRefusal::Purpose { got, want });
        }
        if ask.applicant_key != self.applicant_key {
            let (got, want) = (ask.applicant_key, self.applicant_key);
            return Err(ConsentRefusal::Key { got, want });
        }
        if ask.scheme != self.scheme {
            let (got, want) = (ask.scheme, self.scheme);
            return Err(ConsentRefusal::Scheme { got, want });
        }
        if ask.scorecards.is_empty() {
            return Err(ConsentRefusal::NoScorecard);
        }
        let named = |got: &&Digest| self.scorecards.binary_search(got).is_ok();
        if let Some(&got) = ask.scorecards.iter().find(|got| !named(got)) {
            return Err(ConsentRefusal::Scorecard { got });
        }
        self.allows_histories(ask.histories)?;
        if ask.outputs > self.outputs {
            return Err(ConsentRefusal::Outputs);
        }
        Ok(())
    }

    /// Whether the binding is valid at a time.
    pub(super) fn valid_at(&self, now: Timestamp) -> Result<(), ConsentRefusal> {
        let (from, until) = (self.valid_from, self.valid_until);
        if now >= until {
            return Err(ConsentRefusal::Expired { until });
        }
        if now < from {
            return Err(ConsentRefusal::NotYet { from });
        }
        Ok(())
    }

    /// One history of each source named, and no other: with one left out it
    /// would be another score than the one agreed to.
    fn allows_histories(&self, histories: &[AskedHistory<'_>]) -> Result<(), ConsentRefusal> {
        for (index, history) in histories.iter().enumerate() {
            let source_name = || history.source.clone();
            if self.sources.binary_search(history.source).is_err() {
                return Err(ConsentRefusal::SourceNotNamed {
                    source_name: source_name(),
                });
            }
            if histories[..index]
                .iter()
                .any(|h| h.source == history.source)
            {
                return Err(ConsentRefusal::SourceTwice {
                    source_name: source_name(),
                });
            }
            if !self.data.covers(&history.period) {
                return Err(ConsentRefusal::DataRange {
                    source_name: source_name(),
                    got: history.period,
                    want: self.data,
                });
            }
        }
        let there = |source: &&PartyId| histories.iter().any(|h| h.source == *source);
        match self.sources.iter().find(|source| !there(source)) {
            Some(source) => Err(ConsentRefusal::SourceLeftOut {
                source_name: source.clone(),
            }),
            None => Ok(()),
        }
    }
}
