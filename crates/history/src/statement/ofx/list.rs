//! The lists of entries in a file: `STMTRS` and `CCSTMTRS`.

use jiff::civil::Date;

use super::entry::{Entry, Fields};
use crate::ledger::Coverage;
use crate::money::Currency;
use crate::statement::draft::{Account, Draft};
use crate::statement::value::{currency, day_of, stated};
use crate::statement::xml::{Markup, Piece};
use crate::statement::{ReadOptions, StatementError, StatementFault, balance};

/// One list of entries, of one account.
#[derive(Default)]
pub(super) struct List {
    pub(super) id: String,
    pub(super) currency: Option<Currency>,
    first: Option<Date>,
    last: Option<Date>,
    entries: Vec<Entry>,
    balance: Option<(Date, i64)>,
    owed: bool,
}

impl List {
    /// Takes in another list of the same account.
    pub(super) fn absorb(&mut self, other: Self) {
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        if other.balance.map(|(date, _)| date) > self.balance.map(|(date, _)| date) {
            self.balance = other.balance;
        }
        self.entries.extend(other.entries);
    }

    /// The account that it lists.
    pub(super) fn account(self) -> Result<Account, StatementError> {
        let mut drafts = corrected(self.entries);
        drafts.sort_by_key(|draft| draft.date);
        let period = match (self.first, self.last) {
            (Some(first), Some(last)) if first <= last => Some(Coverage { first, last }),
            _ => None,
        };
        // A balance past the period counts entries that are not in the list.
        let counted = |(date, _): &(Date, i64)| period.is_none_or(|period| *date <= period.last);
        let balances = match self.balance.filter(|_| !self.owed).filter(counted) {
            Some((date, closing)) => balance::backwards(date, closing, &drafts)?,
            None => Vec::new(),
        };
        Ok(Account {
            id: self.id,
            currency: self.currency,
            period,
            drafts,
            balances,
        })
    }
}

/// The entries that stand once corrections are applied.
fn corrected(entries: Vec<Entry>) -> Vec<Draft> {
    let mut standing: Vec<Entry> = Vec::with_capacity(entries.len());
    let mut corrections = Vec::new();
    for entry in entries {
        match &entry.corrects {
            Some((id, _)) => corrections.push((id.clone(), entry)),
            None => standing.push(entry),
        }
    }
    let gone: std::collections::BTreeSet<&str> =
        corrections.iter().map(|(id, _)| id.as_str()).collect();
    standing.retain(|entry| !entry.id.as_deref().is_some_and(|id| gone.contains(id)));
    let replacing = corrections
        .into_iter()
        .filter(|(_, entry)| {
            entry
                .corrects
                .as_ref()
                .is_some_and(|(_, replaces)| *replaces)
        })
        .map(|(_, entry)| entry);
    standing.extend(replacing);
    standing.into_iter().map(|entry| entry.draft).collect()
}

/// Every list of a file.
pub(super) fn read(text: &str, options: &ReadOptions) -> Result<Vec<List>, StatementError> {
    let mut reading = Reading {
        options,
        lists: Vec::new(),
        within: Vec::new(),
        leaf: None,
        entry: None,
        money: Money::default(),
        count: 0,
    };
    let mut markup = Markup::lenient(text);
    let mut closed = false;
    loop {
        match markup.next()? {
            Piece::Open { name, .. } => {
                let line = markup.line();
                reading.leaf(line)?;
                reading.open(name.to_ascii_uppercase(), line)?;
            }
            Piece::Text(text) => {
                if let Some((_, leaf)) = &mut reading.leaf {
                    leaf.push_str(&text);
                }
            }
            Piece::Close { name } => {
                let line = markup.line();
                reading.leaf(line)?;
                let name = name.to_ascii_uppercase();
                closed |= name == "OFX";
                reading.close(&name, line)?;
            }
            Piece::End if closed && reading.entry.is_none() => return Ok(reading.lists),
            Piece::End => return Err(markup.fault("the OFX breaks off")),
        }
    }
}

/// Aggregates whose leaves mean something here.
const AGGREGATES: [&str; 12] = [
    "STMTRS",
    "CCSTMTRS",
    "BANKACCTFROM",
    "CCACCTFROM",
    "STMTTRN",
    "STMTTRNP",
    "BANKACCTTO",
    "CCACCTTO",
    "CURRENCY",
    "ORIGCURRENCY",
    "LEDGERBAL",
    "AVAILBAL",
];

struct Reading<'a> {
    options: &'a ReadOptions,
    lists: Vec<List>,
    within: Vec<&'static str>,
    leaf: Option<(String, String)>,
    entry: Option<Fields>,
    money: Money,
    count: usize,
}

/// A balance, whose amount may stand before the currency is known.
#[derive(Default)]
struct Money {
    amount: String,
    date: String,
}

impl Reading<'_> {
    fn open(&mut self, name: String, line: u64) -> Result<(), StatementError> {
        let Some(known) = AGGREGATES.into_iter().find(|known| *known == name) else {
            self.leaf = Some((name, String::new()));
            return Ok(());
        };
        match known {
            "STMTRS" | "CCSTMTRS" => self.lists.push(List {
                owed: known == "CCSTMTRS",
                ..List::default()
            }),
            "STMTTRN" | "STMTTRNP" => {
                // An entry that nothing closed ends where the next one starts.
                self.close("STMTTRN", line)?;
                self.entry = Some(Fields::new(line, known == "STMTTRNP"));
            }
            "LEDGERBAL" => self.money = Money::default(),
            _ => {}
        }
        // Closed or not, no aggregate holds itself.
        if !self.within.contains(&known) {
            self.within.push(known);
        }
        Ok(())
    }

    fn close(&mut self, name: &str, line: u64) -> Result<(), StatementError> {
        let name = if name == "STMTTRNP" { "STMTTRN" } else { name };
        match name {
            "STMTTRN" | "BANKTRANLIST" | "BANKTRANLISTP" | "STMTRS" | "CCSTMTRS" => {
                if let Some(fields) = self.entry.take() {
                    self.entry_done(fields)?;
                }
                let entry = |open: &&str| matches!(*open, "STMTTRN" | "STMTTRNP");
                if let Some(at) = self.within.iter().position(entry) {
                    self.within.truncate(at);
                }
            }
            "LEDGERBAL" => self
                .balance_done()
                .map_err(|error| error.in_field("LEDGERBAL").on_line(line))?,
            _ => {}
        }
        if let Some(at) = self.within.iter().position(|open| *open == name) {
            self.within.truncate(at);
        }
        Ok(())
    }

    /// Takes the leaf that is open, if one is.
    fn leaf(&mut self, line: u64) -> Result<(), StatementError> {
        let Some((name, text)) = self.leaf.take() else {
            return Ok(());
        };
        let text = text.trim();
        if text.is_empty() {
            return Ok(());
        }
        self.take(&name, text)
            .map_err(|fault| StatementError::from(fault).in_field(&name).on_line(line))
    }

    fn take(&mut self, name: &str, text: &str) -> Result<(), StatementFault> {
        let within = self.within.last().copied().unwrap_or_default();
        if let Some(fields) = &mut self.entry {
            fields.take(within, name, text);
            return Ok(());
        }
        let Some(list) = self.lists.last_mut() else {
            return Ok(());
        };
        match (within, name) {
            (_, "CURDEF") => list.currency = Some(currency(text)?),
            ("BANKACCTFROM" | "CCACCTFROM", "ACCTID") => text.clone_into(&mut list.id),
            ("BANKACCTFROM", "ACCTTYPE") => list.owed = text.eq_ignore_ascii_case("CREDITLINE"),
            (_, "DTSTART") => list.first = stated(day(text))?,
            (_, "DTEND") => list.last = stated(day(text))?,
            ("LEDGERBAL", "BALAMT") => text.clone_into(&mut self.money.amount),
            ("LEDGERBAL", "DTASOF") => text.clone_into(&mut self.money.date),
            _ => {}
        }
        Ok(())
    }

    fn entry_done(&mut self, fields: Fields) -> Result<(), StatementError> {
        let Some(list) = self.lists.last_mut() else {
            return Err(
                StatementError::from(StatementFault::NoElement("STMTRS")).on_line(fields.line)
            );
        };
        self.count += 1;
        let limit = self.options.limits.entries;
        if self.count > limit {
            return Err(StatementFault::TooManyEntries { limit }.into());
        }
        let Some(home) = list.currency.or(self.options.currency) else {
            return Err(StatementFault::NoCurrency.into());
        };
        let line = fields.line;
        let entry = fields
            .entry(&list.id, home, self.options)
            .map_err(|error| error.on_line(line))?;
        list.entries.push(entry);
        Ok(())
    }

    fn balance_done(&mut self) -> Result<(), StatementError> {
        let money = std::mem::take(&mut self.money);
        let Some(list) = self.lists.last_mut() else {
            return Ok(());
        };
        let Some(home) = list.currency.or(self.options.currency) else {
            return Ok(());
        };
        if money.amount.is_empty() || money.date.is_empty() {
            return Ok(());
        }
        list.balance = Some((
            day(&money.date)?,
            super::entry::amount(&money.amount, home)?,
        ));
        Ok(())
    }
}

/// The day of `YYYYMMDD`, followed by a time, a fraction and a time zone or by
/// nothing.
pub(super) fn day(text: &str) -> Result<Date, StatementFault> {
    let (day, rest) = text.split_at_checked(8).unwrap_or((text, ""));
    let fits = rest.chars().all(|char| {
        char.is_ascii_alphanumeric() || matches!(char, '.' | '[' | ']' | ':' | '-' | '+')
    });
    let digits = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
    day_of("%Y%m%d", if fits && digits { day } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_with_and_without_a_time() {
        for text in [
            "20260303",
            "20260303120000",
            "20260303235959.000[-5:EST]",
            "20260303120000[+5.5]",
        ] {
            assert_eq!(day(text), Ok(jiff::civil::date(2026, 3, 3)), "{text}");
        }
        for text in [
            "",
            "2026033",
            "20260230",
            "2026-03-03",
            "20260303 <",
            "2026030é",
        ] {
            assert!(day(text).is_err(), "{text}");
        }
    }
}
