//! What a consent allows, in the form that programs act on.

use std::fmt;

use blindscore_history::digest::Digest;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::id::{ApplicationId, PartyId};
use crate::message::{Outputs, Standing};
use crate::text::Plain;

/// The days from one to another, both counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The first day.
    #[serde(rename = "bs:from")]
    pub from: Date,
    /// The last day.
    #[serde(rename = "bs:to")]
    pub to: Date,
}

impl Period {
    /// Whether every day of the other is one of this.
    pub fn covers(&self, other: &Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.from, self.to)
    }
}

/// The binding block of a consent record: every limit that is enforced. In JSON
/// its members carry the prefix of the project's terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// The consent's id, which is the application's.
    #[serde(rename = "bs:consent")]
    pub consent: ApplicationId,
    /// The application's public key: only histories sealed to it count.
    #[serde(rename = "bs:applicantKey")]
    pub applicant_key: Digest,
    /// Who may compute.
    #[serde(rename = "bs:platform")]
    pub platform: PartyId,
    /// Who may get the result.
    #[serde(rename = "bs:lender")]
    pub lender: PartyId,
    /// What for, in the words of the lender's request.
    #[serde(rename = "bs:purpose")]
    pub purpose: Plain,
    /// Scheme of the levels.
    #[serde(rename = "bs:scheme")]
    pub scheme: Digest,
    /// Scorecards that may be applied, ascending.
    #[serde(rename = "bs:scorecards")]
    pub scorecards: Vec<Digest>,
    /// Sources whose data count, ascending: sources of a registry, or the
    /// applicant alone under [`PartyId::self_declared`].
    #[serde(rename = "bs:sources")]
    pub sources: Vec<PartyId>,
    /// Days that the data may come from.
    #[serde(rename = "bs:data")]
    pub data: Period,
    /// What the lender may get.
    #[serde(rename = "bs:outputs")]
    pub outputs: Outputs,
    /// How many runs, at least one.
    #[serde(rename = "bs:uses")]
    pub uses: u32,
    /// From when on.
    #[serde(rename = "bs:validFrom")]
    pub valid_from: Timestamp,
    /// Until just before when.
    #[serde(rename = "bs:validUntil")]
    pub valid_until: Timestamp,
    /// Digest of the lender's request that it answers.
    #[serde(rename = "bs:request")]
    pub request: Digest,
    /// Digest of the notice that the person was shown.
    #[serde(rename = "bs:notice")]
    pub notice: Digest,
    /// Days that the lender may keep what it gets.
    #[serde(rename = "bs:storageDays")]
    pub storage_days: u32,
}

/// A binding that cannot be. Who wrote it is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BindingError {
    /// No scorecards, too many, out of order or twice.
    #[error(
        "the consent must name 1 to {} scorecards in ascending order, each once",
        Binding::LIST_MAX
    )]
    Scorecards,
    /// No sources, too many, out of order or twice.
    #[error(
        "the consent must name 1 to {} sources in ascending order, each once",
        Binding::LIST_MAX
    )]
    Sources,
    /// Self-declared data beside a source's.
    #[error(
        "the consent names the applicant's own data beside a source's: they are scored apart, under a consent of their own"
    )]
    Mixed,
    /// Data until before they begin.
    #[error("the consent's data end on {}, before they begin on {}", .0.to, .0.from)]
    Data(Period),
    /// No use.
    #[error("the consent allows no use; want 1 or more")]
    Uses,
    /// Valid at no time.
    #[error("the consent ends at {until}, not after it begins at {from}")]
    Validity {
        /// When it begins.
        from: Timestamp,
        /// When it ends.
        until: Timestamp,
    },
    /// Kept for longer than anybody lives.
    #[error(
        "the consent lets the lender keep the result {got} days; want at most {}",
        Binding::STORAGE_MAX
    )]
    Storage {
        /// The days.
        got: u32,
    },
}

impl Binding {
    /// Most scorecards, and most sources, that one consent names.
    pub const LIST_MAX: usize = 64;
    /// Most days that a result may be kept: a hundred years.
    pub const STORAGE_MAX: u32 = 36_525;

    /// Checks that the binding can be.
    ///
    /// # Errors
    /// The first fault in it.
    pub fn check(&self) -> Result<(), BindingError> {
        if !ascending(&self.scorecards) {
            return Err(BindingError::Scorecards);
        }
        if !ascending(&self.sources) {
            return Err(BindingError::Sources);
        }
        if self.standing() == Standing::SelfDeclared && self.sources.len() > 1 {
            return Err(BindingError::Mixed);
        }
        if self.data.to < self.data.from {
            return Err(BindingError::Data(self.data));
        }
        if self.uses == 0 {
            return Err(BindingError::Uses);
        }
        if self.valid_until <= self.valid_from {
            return Err(BindingError::Validity {
                from: self.valid_from,
                until: self.valid_until,
            });
        }
        if self.storage_days > Self::STORAGE_MAX {
            return Err(BindingError::Storage {
                got: self.storage_days,
            });
        }
        Ok(())
    }

    /// Who stands behind the data that it names.
    pub fn standing(&self) -> Standing {
        let own = |source: &PartyId| source.is_self_declared();
        if self.sources.iter().any(own) {
            Standing::SelfDeclared
        } else {
            Standing::Attested
        }
    }

    /// The sources that a registry must know: none for self-declared data.
    pub fn registry_sources(&self) -> &[PartyId] {
        match self.standing() {
            Standing::Attested => &self.sources,
            Standing::SelfDeclared => &[],
        }
    }
}

fn ascending<T: Ord>(list: &[T]) -> bool {
    (1..=Binding::LIST_MAX).contains(&list.len()) && list.windows(2).all(|pair| pair[0] < pair[1])
}
