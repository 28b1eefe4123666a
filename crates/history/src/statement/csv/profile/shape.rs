//! The parts of a profile as written in TOML.

use serde::Deserialize;

use crate::ledger::Direction;
use crate::taxonomy::{Category, Flow};

/// In which order dates must come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in super::super) enum OrderRule {
    /// Ascending or descending, as the file's first and last dates tell.
    #[default]
    Inferred,
    Ascending,
    Descending,
    Any,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct DateRule {
    pub(in super::super) column: String,
    pub(in super::super) format: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "mode", rename_all = "snake_case", deny_unknown_fields)]
pub(in super::super) enum AmountRule {
    Signed {
        column: String,
        #[serde(default = "money_in")]
        positive: Direction,
    },
    DebitCredit {
        debit: String,
        credit: String,
        #[serde(default)]
        signed_debits: bool,
    },
    Indicator {
        column: String,
        indicator: String,
        #[serde(rename = "in")]
        money_in: Vec<String>,
        #[serde(rename = "out")]
        money_out: Vec<String>,
    },
}

fn money_in() -> Direction {
    Direction::In
}

impl AmountRule {
    pub(super) fn columns(&self) -> [&String; 2] {
        match self {
            Self::Signed { column, .. } => [column, column],
            Self::DebitCredit { debit, credit, .. } => [debit, credit],
            Self::Indicator {
                column, indicator, ..
            } => [column, indicator],
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(in super::super) struct Columns {
    pub(in super::super) currency: Option<String>,
    pub(in super::super) description: Option<String>,
    pub(in super::super) counterparty: Option<String>,
    pub(in super::super) counterparty_account: Option<String>,
    pub(in super::super) id: Option<String>,
    pub(in super::super) account: Option<String>,
    pub(in super::super) balance: Option<String>,
    pub(in super::super) mcc: Option<String>,
    pub(in super::super) flow: Option<String>,
    pub(in super::super) category: Option<String>,
}

impl Columns {
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let all = [
            &self.currency,
            &self.description,
            &self.counterparty,
            &self.counterparty_account,
            &self.id,
            &self.account,
            &self.balance,
            &self.mcc,
            &self.flow,
            &self.category,
        ];
        all.into_iter().filter_map(Option::as_deref)
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in super::super) struct Rule {
    pub(in super::super) column: Option<String>,
    pub(super) contains: Option<String>,
    pub(super) equals: Option<String>,
    pub(super) direction: Option<Direction>,
    pub(in super::super) flow: Flow,
    #[serde(default)]
    pub(in super::super) category: Category,
}

impl Rule {
    pub(in super::super) fn fits(&self, text: &str, direction: Direction) -> bool {
        let text = text.to_lowercase();
        let lower = |word: &Option<String>| word.as_ref().map(|word| word.to_lowercase());
        self.direction.is_none_or(|wanted| wanted == direction)
            && lower(&self.contains).is_none_or(|word| text.contains(&word))
            && lower(&self.equals).is_none_or(|word| text == word)
    }
}
