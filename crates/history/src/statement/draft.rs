//! What a reader makes of a file, before it becomes a ledger: accounts with
//! their entries, and beside each entry what classification, matching and
//! explanation need and a ledger does not keep.

use std::fmt;

use jiff::civil::Date;

use super::{StatementError, StatementFault};
use crate::ledger::{Coverage, DayBalance, Direction};
use crate::money::Currency;
use crate::taxonomy::{Category, Flow};

/// A file as read: one account or several.
#[derive(Clone)]
pub(super) struct Statement {
    pub(super) accounts: Vec<Account>,
}

/// One account of a file. A file of several statements of one account yields
/// one `Account`.
#[derive(Clone)]
pub(super) struct Account {
    /// The source's own identifier, such as an IBAN; empty if the file has none.
    /// It tells accounts and transfers between them apart, in memory only: it
    /// never enters a ledger or a message.
    pub(super) id: String,
    /// The currency of its balances, and of the account; `None` if the file
    /// does not name it.
    pub(super) currency: Option<Currency>,
    /// The period that the file says it covers, if it says so.
    pub(super) period: Option<Coverage>,
    /// Its entries in the order of time, pending ones among them.
    pub(super) drafts: Vec<Draft>,
    /// Its known closing balances, one a day, ascending.
    pub(super) balances: Vec<DayBalance>,
}

/// An entry as read, with its place in the file.
#[derive(Clone)]
pub(super) struct Draft {
    pub(super) place: Place,
    pub(super) date: Date,
    /// Never negative, in minor units of `currency`.
    pub(super) amount: i64,
    pub(super) currency: Currency,
    pub(super) direction: Direction,
    pub(super) flow: Flow,
    pub(super) category: Category,
    /// How flow and category were decided.
    pub(super) basis: Basis,
    pub(super) id: Id,
    /// Not booked yet: never counted, kept for showing.
    pub(super) pending: bool,
    /// The texts that go with it.
    pub(super) texts: Texts,
    /// The source's id of the entry that this one refunds, if the file says so.
    pub(super) refunds: Option<String>,
}

/// The holder's texts beside an entry: for rules and for matching, in memory
/// only.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct Texts {
    /// What it was for: description, memo, remittance information.
    pub(super) description: String,
    /// The other party's name; empty if unknown.
    pub(super) counterparty: String,
    /// The other party's account, such as an IBAN; empty if unknown.
    pub(super) counterparty_account: String,
}

/// How an entry's flow and category were decided.
///
/// A decision by the provider may leave the category open: an entry whose flow
/// carries a category and whose category is unclassified can still be refined by
/// rules on its texts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Basis {
    /// The file names flow or category in this project's own words.
    Stated,
    /// The merchant category code (ISO 18245).
    MerchantCode(u16),
    /// The source's own category or transaction code, as it writes it.
    Provider(String),
    /// The rule of that number, from 1, of the CSV profile.
    ProfileRule(usize),
    /// Nothing is known but the direction.
    Nothing,
}

impl fmt::Display for Basis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stated => f.write_str("stated in the file"),
            Self::MerchantCode(code) => write!(f, "merchant code {code:04}"),
            Self::Provider(code) => write!(f, "source's category {code}"),
            Self::ProfileRule(number) => write!(f, "profile rule {number}"),
            Self::Nothing => f.write_str("nothing known"),
        }
    }
}

/// Where in the file: a line or a path.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Line(u64),
    Path(String),
}

impl Place {
    /// An error at this place.
    pub(super) fn at(&self, fault: impl Into<StatementFault>) -> StatementError {
        let error = StatementError::from(fault.into());
        match self {
            Self::Line(line) => error.on_line(*line),
            Self::Path(path) => error.in_field(path),
        }
    }
}

/// An entry's id, or what to make one of.
#[derive(Clone, Debug)]
pub(super) enum Id {
    Given(String),
    Derived { account: String, text: String },
}
