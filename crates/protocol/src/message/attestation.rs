//! What a source says of a history that it sealed.

use blindscore_history::label;
use blindscore_history::money::Currency;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::SealedHistoryHeader;
use crate::envelope::Kind;
use crate::id::PartyId;
use crate::person::PersonCommitment;
use crate::sign::Statement;

/// Who stands behind a history, and so behind a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// A source of the registry, on its own customer's data.
    Attested,
    /// The applicant alone. Never counted together with attested data, and
    /// marked all the way to the lender.
    SelfDeclared,
}

impl Standing {
    /// In words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Attested => "attested",
            Self::SelfDeclared => "self-declared",
        }
    }
}

/// What kind of account the levels come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// A current or checking account.
    Current,
    /// A savings account.
    Savings,
    /// A credit or charge card.
    Card,
    /// An electronic or mobile-money wallet.
    Wallet,
    /// A telecom operator's account.
    Telecom,
    /// A shop's customer account.
    Shop,
    /// Any other.
    Other,
}

impl AccountKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Current,
        Self::Savings,
        Self::Card,
        Self::Wallet,
        Self::Telecom,
        Self::Shop,
        Self::Other,
    ];

    /// Its name, as in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Savings => "savings",
            Self::Card => "card",
            Self::Wallet => "wallet",
            Self::Telecom => "telecom",
            Self::Shop => "shop",
            Self::Other => "other",
        }
    }
}

/// A source's statement about one sealed history. Signed by a key that the
/// registry knows for the source or, if self-declared, by the applicant's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The sealed history's whole header: source, roles, scheme, applicant
    /// key, form, date, months covered, cells, digest of the ciphertexts.
    pub history: SealedHistoryHeader,
    /// Who stands behind it.
    pub standing: Standing,
    /// The kind of account.
    pub account: AccountKind,
    /// Currency of the amounts before they became levels.
    pub currency: Currency,
    /// First day of the months that the levels were built from.
    pub from: Date,
    /// Last day of them, the day before the as-of month.
    pub to: Date,
    /// Commitment to the verified person, equal in all attestations of one
    /// application.
    pub person: PersonCommitment,
    /// When it was signed.
    pub issued: Timestamp,
}

impl Attestation {
    /// The period that a header's months cover: the first day of the first and
    /// the last day of the last. With no month covered, as in a tabular scheme,
    /// the as-of date itself.
    pub fn period_of(history: &SealedHistoryHeader) -> (Date, Date) {
        let last = history.as_of.first_of_month().yesterday().ok();
        let months = i32::from(history.covered_months);
        let first = last.and_then(|_| {
            let back = jiff::Span::new().months(months);
            history.as_of.first_of_month().checked_sub(back).ok()
        });
        match (first, last) {
            (Some(first), Some(last)) if months > 0 => (first, last),
            _ => (history.as_of, history.as_of),
        }
    }

    /// The name of the party that speaks.
    pub fn source(&self) -> &PartyId {
        &self.history.source
    }
}

impl Statement for Attestation {
    const KIND: Kind = Kind::Attestation;
    const LABEL: &'static str = label::ATTESTATION;

    fn parameters(&self) -> Option<u32> {
        Some(self.history.parameters)
    }
}
