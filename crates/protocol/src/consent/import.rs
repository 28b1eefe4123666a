//! Consents of older and other forms, read as far as their fields go.
//!
//! Two are known: the Kantara Initiative's consent receipt 1.1.0, and the
//! consent artefact of India's account aggregator framework (ReBIT 2.0.0).
//! Neither says which scorecard may be applied to what under whose key, and
//! neither is signed by the person in a way that can be checked here. So an
//! import never is a consent: it fills in [`Terms`], tells what
//! is lacking, and the person still signs.

use jiff::Timestamp;
use serde_json::Value;
use thiserror::Error;

use super::{Period, Terms};
use crate::strict_json;
use crate::text::Plain;

mod account_aggregator;
mod fields;
mod kantara;

/// What was imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentFormat {
    /// Kantara consent receipt 1.1.
    Kantara11,
    /// Consent artefact of India's account aggregators.
    AccountAggregator,
}

/// How often data may be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetches {
    /// Once.
    Once,
    /// Again and again.
    Every {
        /// How often in one unit of time.
        times: u32,
        /// The unit, as the format names it.
        unit: &'static str,
    },
}

/// Something that a consent here must say and the import does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// What.
    pub what: &'static str,
    /// Why it is lacking, and what to do.
    pub why: String,
}

/// What could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The format.
    pub format: ConsentFormat,
    /// Its own id.
    pub id: Option<Plain>,
    /// Who the person is, by the name used there.
    pub subject: Option<Plain>,
    /// Who gets something.
    pub recipient: Option<Plain>,
    /// How to reach them.
    pub contact: Option<Plain>,
    /// Their country.
    pub country: Option<Plain>,
    /// Who gives the data.
    pub sources: Vec<Plain>,
    /// Who processes for the recipient.
    pub processor: Option<Plain>,
    /// What for.
    pub purpose: Option<Plain>,
    /// Where the notice is.
    pub notice: Option<Plain>,
    /// Language of the notice.
    pub language: Option<Plain>,
    /// When consent was given.
    pub given: Option<Timestamp>,
    /// From when on it is valid.
    pub valid_from: Option<Timestamp>,
    /// Until when it is valid.
    pub valid_until: Option<Timestamp>,
    /// Days that the data may come from.
    pub data: Option<Period>,
    /// How often data may be fetched.
    pub fetches: Option<Fetches>,
    /// Days that the recipient may keep the data; never more than it says.
    pub storage_days: Option<u32>,
    /// Whether its own status lets it be used.
    pub active: Option<bool>,
    /// What a consent here needs and this does not have.
    pub lacks: Vec<Lack>,
}

/// Bytes that are no consent of a known form.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ImportError {
    /// No JSON, too much of it, or a member twice.
    #[error("the consent to import is not valid: {0}")]
    Json(String),
    /// JSON of another kind.
    #[error(
        "neither a Kantara consent receipt 1.1 (member \"version\" is \"KI-CR-v1.1.0\") nor an account aggregator's consent artefact (members \"ver\" and \"ConsentDetail\")"
    )]
    Format,
    /// A version that is not read.
    #[error("the {what} has version {got:?}; want {want}")]
    Version {
        /// What it is.
        what: &'static str,
        /// Its version, cut to 32 characters.
        got: String,
        /// What is read.
        want: &'static str,
    },
    /// A member that is there and cannot be.
    #[error("the consent's {member} is not valid: want {want}")]
    Member {
        /// The member.
        member: &'static str,
        /// What it must be.
        want: &'static str,
    },
}

/// Largest consent that is imported, in bytes.
pub const IMPORT_MAX: usize = 64 << 10;

/// Reads a consent of another form.
///
/// # Errors
/// It is none, or a member of it cannot be.
pub fn import(bytes: &[u8]) -> Result<Imported, ImportError> {
    let value = strict_json::parse(bytes, IMPORT_MAX).map_err(ImportError::Json)?;
    let version = value.get("version").and_then(Value::as_str);
    if version.is_some_and(|version| version.starts_with("KI-CR-")) {
        return kantara::read(&value);
    }
    if value.get("ver").is_some() && value.get("ConsentDetail").is_some() {
        return account_aggregator::read(&value);
    }
    Err(ImportError::Format)
}

impl ConsentFormat {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kantara11 => "Kantara consent receipt 1.1",
            Self::AccountAggregator => "account aggregator's consent artefact",
        }
    }
}

impl Imported {
    /// The terms narrowed to what was imported: a shorter period of data, a
    /// shorter validity, one use where data may be fetched once. Nothing gets
    /// wider, so the person never signs for more than the draft had.
    #[must_use]
    pub fn narrow(&self, mut terms: Terms) -> Terms {
        if let Some(data) = self.data {
            terms.data.from = terms.data.from.max(data.from);
            terms.data.to = terms.data.to.min(data.to);
        }
        if let Some(from) = self.valid_from {
            terms.valid_from = terms.valid_from.max(from);
        }
        if let Some(until) = self.valid_until {
            terms.valid_until = terms.valid_until.min(until);
        }
        if self.fetches == Some(Fetches::Once) {
            terms.uses = terms.uses.min(1);
        }
        terms
    }

    /// Nothing read yet, with what neither format has.
    fn new(format: ConsentFormat) -> Self {
        let mut imported = Self {
            format,
            id: None,
            subject: None,
            recipient: None,
            contact: None,
            country: None,
            sources: Vec::new(),
            processor: None,
            purpose: None,
            notice: None,
            language: None,
            given: None,
            valid_from: None,
            valid_until: None,
            data: None,
            fetches: None,
            storage_days: None,
            active: None,
            lacks: Vec::new(),
        };
        let name = format.name();
        for (what, why) in [
            (
                "scorecards",
                "it allows data to be used for a purpose, whatever the criteria: take them from the lender's request",
            ),
            (
                "scheme",
                "it does not say what is computed from the entries: take it from the lender's request",
            ),
            (
                "applicant's key",
                "it binds no encryption key: make the key of the application",
            ),
            (
                "outputs",
                "it does not tell a score from a score with reasons: choose",
            ),
            (
                "request",
                "it answers no request of a lender: get one that is signed",
            ),
            (
                "notice digest",
                "it does not fix the text that the person was shown: show ours",
            ),
        ] {
            imported.lack(what, format!("a {name}: {why}"));
        }
        imported
    }

    fn lack(&mut self, what: &'static str, why: impl Into<String>) {
        let why = why.into();
        self.lacks.push(Lack { what, why });
    }
}
