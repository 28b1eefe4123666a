//! What an entry of a statement is: eight flows, and for consumption sixteen
//! categories on the divisions of COICOP 2018.
//!
//! Only the flows expenditure and refund carry a category: COICOP classifies
//! consumption, not transfers, debt service, saving, cash or tax. Two maps lead
//! here from the codes that statements carry: [`MccMap`] from merchant category
//! codes (ISO 18245) and [`PlaidMap`] from Plaid's personal finance categories.
//! Both are compiled in and both can be replaced by a file.

pub(crate) mod codes;
mod mcc;
mod plaid;
mod table;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub(crate) use mcc::parse_mcc;
pub use mcc::{MccMap, MccMapError};
pub use plaid::{PlaidMap, PlaidMapError};

/// A spending category; four bits.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[repr(u8)]
pub enum Category {
    /// No category known, or a merchant that sells across divisions.
    #[default]
    Unclassified = 0,
    /// Food and non-alcoholic beverages.
    Food,
    /// Alcoholic beverages, tobacco and narcotics.
    AlcoholTobacco,
    /// Clothing and footwear.
    Clothing,
    /// Rent, maintenance and repair of the dwelling.
    Housing,
    /// Water, electricity, gas and other fuels.
    Utilities,
    /// Furnishings, household equipment and routine maintenance.
    Household,
    /// Health. Sensitive.
    Health,
    /// Transport.
    Transport,
    /// Information and communication.
    Communication,
    /// Recreation, sport and culture, games of chance excepted.
    Recreation,
    /// Education services.
    Education,
    /// Restaurants and accommodation.
    DiningLodging,
    /// Insurance premiums and account charges; not loan principal.
    InsuranceFinance,
    /// Personal care, social protection, memberships, donations. Sensitive:
    /// some of it reveals belief or politics.
    PersonalOther,
    /// Games of chance.
    Gambling,
}

impl Category {
    /// All categories in the order of their codes.
    pub const ALL: [Self; 16] = [
        Self::Unclassified,
        Self::Food,
        Self::AlcoholTobacco,
        Self::Clothing,
        Self::Housing,
        Self::Utilities,
        Self::Household,
        Self::Health,
        Self::Transport,
        Self::Communication,
        Self::Recreation,
        Self::Education,
        Self::DiningLodging,
        Self::InsuranceFinance,
        Self::PersonalOther,
        Self::Gambling,
    ];

    /// Its code, 0 to 15.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Its name in files, such as `DINING_LODGING`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unclassified => "UNCLASSIFIED",
            Self::Food => "FOOD",
            Self::AlcoholTobacco => "ALCOHOL_TOBACCO",
            Self::Clothing => "CLOTHING",
            Self::Housing => "HOUSING",
            Self::Utilities => "UTILITIES",
            Self::Household => "HOUSEHOLD",
            Self::Health => "HEALTH",
            Self::Transport => "TRANSPORT",
            Self::Communication => "COMMUNICATION",
            Self::Recreation => "RECREATION",
            Self::Education => "EDUCATION",
            Self::DiningLodging => "DINING_LODGING",
            Self::InsuranceFinance => "INSURANCE_FINANCE",
            Self::PersonalOther => "PERSONAL_OTHER",
            Self::Gambling => "GAMBLING",
        }
    }

    /// Whether it is spending that a household can hardly do without.
    pub const fn is_essential(self) -> bool {
        matches!(
            self,
            Self::Food
                | Self::Housing
                | Self::Utilities
                | Self::Health
                | Self::Transport
                | Self::Communication
                | Self::Education
                | Self::InsuranceFinance
        )
    }

    /// Whether it can reveal health, belief or politics, so that a scheme must
    /// turn it on by name and give a reason.
    pub const fn is_sensitive(self) -> bool {
        matches!(self, Self::Health | Self::PersonalOther)
    }
}

/// What kind of movement an entry is; three bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Flow {
    /// Consumption; carries a category.
    Expenditure = 0,
    /// Salary, benefit, pension, interest, business income.
    Income,
    /// To or from another account or a person.
    Transfer,
    /// Repayment of a loan, mortgage, credit card or pay-later purchase.
    DebtService,
    /// To or from savings, pension or securities.
    SavingInvestment,
    /// Cash withdrawal or deposit.
    Cash,
    /// Tax, fine, court and government charges, penalty fees of a bank.
    TaxFee,
    /// Refund, chargeback or reversal of an earlier entry; carries its category.
    RefundReversal,
}

impl Flow {
    /// All flows in the order of their codes.
    pub const ALL: [Self; 8] = [
        Self::Expenditure,
        Self::Income,
        Self::Transfer,
        Self::DebtService,
        Self::SavingInvestment,
        Self::Cash,
        Self::TaxFee,
        Self::RefundReversal,
    ];

    /// Its code, 0 to 7.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Its name in files, such as `debt_service`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Expenditure => "expenditure",
            Self::Income => "income",
            Self::Transfer => "transfer",
            Self::DebtService => "debt_service",
            Self::SavingInvestment => "saving_investment",
            Self::Cash => "cash",
            Self::TaxFee => "tax_fee",
            Self::RefundReversal => "refund_reversal",
        }
    }

    /// Whether entries of this flow carry a consumption category.
    pub const fn carries_category(self) -> bool {
        matches!(self, Self::Expenditure | Self::RefundReversal)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Text that names no category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown category; want one of the sixteen names such as FOOD or UNCLASSIFIED")]
pub struct UnknownCategory;

/// Text that names no flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown flow; want one of the eight names such as expenditure or income")]
pub struct UnknownFlow;

impl FromStr for Category {
    type Err = UnknownCategory;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|category| category.name() == text)
            .ok_or(UnknownCategory)
    }
}

impl FromStr for Flow {
    type Err = UnknownFlow;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|flow| flow.name() == text)
            .ok_or(UnknownFlow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_names_and_json_agree() {
        for (code, category) in Category::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(category.code()), code);
            assert_eq!(category.name().parse(), Ok(category));
            let json = serde_json::to_string(&category).unwrap();
            assert_eq!(json, format!("\"{category}\""));
        }
        for (code, flow) in Flow::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(flow.code()), code);
            assert_eq!(flow.name().parse(), Ok(flow));
            assert_eq!(serde_json::to_string(&flow).unwrap(), format!("\"{flow}\""));
        }
        assert_eq!("food".parse::<Category>(), Err(UnknownCategory));
        assert_eq!("Income".parse::<Flow>(), Err(UnknownFlow));
    }

    #[test]
    fn essential_and_sensitive_are_as_published() {
        let essential = Category::ALL.into_iter().filter(|c| c.is_essential());
        assert_eq!(essential.count(), 8);
        let sensitive: Vec<_> = Category::ALL
            .into_iter()
            .filter(|c| c.is_sensitive())
            .collect();
        assert_eq!(sensitive, [Category::Health, Category::PersonalOther]);
    }
}
