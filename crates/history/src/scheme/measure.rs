//! What a line measures, defined in integers so that two programs agree.

use serde::{Deserialize, Serialize};

/// What a pooled line adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PooledMeasure {
    /// Minor units of the scheme's currency: each month's total after refunds,
    /// a negative one counting as 0.
    Amount,
    /// 1 for each month whose total after refunds is above 0. The line's unit
    /// is 1.
    Months,
}

/// What a single line measures, computed by one source from its own ledger.
///
/// # Terms of the formulas
///
/// The window is `n` whole calendar months; a formula reads nothing outside
/// it, except the balance carried into it. `net(f)` of a month is the sum of
/// flow `f` in the flow's usual direction (in for income, out for the others)
/// minus the sum in the other direction. All division is floor division
/// (towards minus infinity) of exact integers, done once, last.
///
/// - income of a month: `max(0, net(income))`
/// - spending of a month, over a set of categories: `max(0, net(expenditure) -
///   refunds)`, refunds being `refund_reversal` entries moving in. The set
///   holds all categories less the sensitive ones which the scheme has not
///   turned on.
/// - cash, debt service, taxes of a month: `max(0, net(cash))`,
///   `max(0, net(debt_service))`, `max(0, net(tax_fee))`
/// - the balance of a day: the closing balance listed for the latest date not
///   after that day. It is known in the window if some date in the window is
///   listed, and some date not after the last day of the window's first month.
///
/// A value is not known (level 0) where its formula says so, and whenever the
/// ledger does not cover the window whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SingleMeasure {
    /// The least balance of a day of the window, in minor units. Days before
    /// the first listed date are left out. Not known: no balance is.
    LowestBalance,
    /// The number of months with at least one entry, of any flow, direction
    /// and category: `0..=n`. Always known.
    MonthsActive,
    /// The number of months with a day whose balance is below 0: `0..=n`. Not
    /// known: no balance is.
    MonthsOverdrawn,
    /// How evenly income comes, per mille: with `x` the months' incomes, `X`
    /// their sum and `D` the sum of `|n*x - X|`,
    /// `1000 * (2*(n-1)*X - D) / (2*(n-1)*X)`. 1000 is the same income every
    /// month, 0 all of it in one month. Not known: `n < 2` or `X = 0`.
    IncomeRegularity,
    /// How unevenly money is spent, per mille: with `x` the months' spending,
    /// `X` their sum and `D` the sum of `|n*x - X|`, `1000 * D / (n*X)`: the
    /// mean absolute deviation over the mean. 0 is the same every month. Not
    /// known: `n < 2` or `X = 0`.
    SpendingVolatility,
    /// Cash in all that is paid, per mille: with `C` the months' cash added
    /// and `X` their spending added, `1000 * C / (C + X)`. Not known:
    /// `C + X = 0`.
    CashShare,
    /// Essential spending in all spending, per mille: with `E` the months'
    /// spending over essential categories added, `O` that over the others,
    /// `1000 * E / (E + O)`. Not known: `E + O = 0`.
    EssentialShare,
    /// Income not used up, per mille of income: with `I` the months' incomes
    /// added and `O` their spending, cash, debt service and taxes added,
    /// `1000 * (I - O) / I`; below 0 when more goes out than comes in. Not
    /// known: `I = 0`.
    SavingsRate,
}

impl SingleMeasure {
    /// Every measure, in the order of its name's first publication.
    pub const ALL: [Self; 8] = [
        Self::LowestBalance,
        Self::MonthsActive,
        Self::MonthsOverdrawn,
        Self::IncomeRegularity,
        Self::SpendingVolatility,
        Self::CashShare,
        Self::EssentialShare,
        Self::SavingsRate,
    ];

    /// Its name in a scheme, such as `lowest_balance`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LowestBalance => "lowest_balance",
            Self::MonthsActive => "months_active",
            Self::MonthsOverdrawn => "months_overdrawn",
            Self::IncomeRegularity => "income_regularity",
            Self::SpendingVolatility => "spending_volatility",
            Self::CashShare => "cash_share",
            Self::EssentialShare => "essential_share",
            Self::SavingsRate => "savings_rate",
        }
    }

    /// What its values are counted in.
    pub const fn quantity(self) -> Quantity {
        match self {
            Self::LowestBalance => Quantity::Money,
            Self::MonthsActive | Self::MonthsOverdrawn => Quantity::Months,
            Self::IncomeRegularity
            | Self::SpendingVolatility
            | Self::CashShare
            | Self::EssentialShare
            | Self::SavingsRate => Quantity::PerMille,
        }
    }
}

impl PooledMeasure {
    /// Both measures.
    pub const ALL: [Self; 2] = [Self::Amount, Self::Months];

    /// Its name in a scheme: `amount` or `months`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Amount => "amount",
            Self::Months => "months",
        }
    }

    /// What its values are counted in.
    pub const fn quantity(self) -> Quantity {
        match self {
            Self::Amount => Quantity::Money,
            Self::Months => Quantity::Months,
        }
    }
}

/// What the value behind a level is counted in; a line's `unit` and `origin`
/// are of the same quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// Minor units of the scheme's currency.
    Money,
    /// Months.
    Months,
    /// Thousandths.
    PerMille,
    /// A bare number of a table's column.
    Number,
}
