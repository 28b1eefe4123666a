//! A ledger's totals, for people.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Coverage, Direction, Ledger};
use crate::money::{self, Currency};
use crate::month::YearMonth;
use crate::taxonomy::{Category, Flow};

/// Totals of a ledger a month, flow and category. Displays as a plain table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// The currency of every total.
    pub currency: Currency,
    /// The period covered.
    pub coverage: Coverage,
    /// One row for each month, flow and category that has an entry, in this
    /// order.
    pub rows: Vec<SummaryRow>,
}

/// What moved in one month under one flow and category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SummaryRow {
    /// The month.
    pub month: YearMonth,
    /// The flow.
    pub flow: Flow,
    /// The category.
    pub category: Category,
    /// How many entries.
    pub entries: u64,
    /// Sum into the account, in minor units. Wider than one amount, so that no
    /// sum overflows.
    pub money_in: i128,
    /// Sum out of the account, in minor units.
    pub money_out: i128,
}

impl Summary {
    pub(super) fn of(ledger: &Ledger) -> Self {
        let mut rows: BTreeMap<(YearMonth, Flow, Category), SummaryRow> = BTreeMap::new();
        for entry in ledger.entries() {
            let key = (YearMonth::of(entry.date), entry.flow, entry.category);
            let row = rows.entry(key).or_insert_with(|| SummaryRow {
                month: key.0,
                flow: key.1,
                category: key.2,
                entries: 0,
                money_in: 0,
                money_out: 0,
            });
            row.entries += 1;
            match entry.direction {
                Direction::In => row.money_in += i128::from(entry.amount),
                Direction::Out => row.money_out += i128::from(entry.amount),
            }
        }
        Self {
            currency: ledger.currency(),
            coverage: ledger.coverage(),
            rows: rows.into_values().collect(),
        }
    }

    /// Sum of everything that came in, in minor units.
    pub fn total_in(&self) -> i128 {
        self.rows.iter().map(|row| row.money_in).sum()
    }

    /// Sum of everything that went out, in minor units.
    pub fn total_out(&self) -> i128 {
        self.rows.iter().map(|row| row.money_out).sum()
    }

    fn cells(&self) -> Vec<[String; 6]> {
        let amount = |minor| money::digits(minor, self.currency);
        let header = ["month", "flow", "category", "entries", "in", "out"].map(String::from);
        let rows = self.rows.iter().map(|row| {
            [
                row.month.to_string(),
                row.flow.to_string(),
                row.category.to_string(),
                row.entries.to_string(),
                amount(row.money_in),
                amount(row.money_out),
            ]
        });
        let entries: u64 = self.rows.iter().map(|row| row.entries).sum();
        let total = [
            "total".to_owned(),
            String::new(),
            String::new(),
            entries.to_string(),
            amount(self.total_in()),
            amount(self.total_out()),
        ];
        std::iter::once(header).chain(rows).chain([total]).collect()
    }
}

/// A table of aligned columns, amounts in major units.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = self.cells();
        let width = |column: usize| cells.iter().map(|row| row[column].len()).max().unwrap_or(0);
        let widths: [usize; 6] = std::array::from_fn(width);
        write!(f, "{} in {}", self.coverage, self.currency)?;
        for row in &cells {
            let [month, flow, category, entries, money_in, money_out] = row;
            let [w0, w1, w2, w3, w4, w5] = widths;
            write!(
                f,
                "\n{month:<w0$}  {flow:<w1$}  {category:<w2$}  \
                 {entries:>w3$}  {money_in:>w4$}  {money_out:>w5$}"
            )?;
        }
        Ok(())
    }
}
