//! One `Stmt` or `Rpt`: an account's entries over a period.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::entry;
use crate::ledger::{Coverage, DayBalance};
use crate::money::Currency;
use crate::statement::draft::{Account, Draft};
use crate::statement::value::{currency, iso_day, stated, unsigned};
use crate::statement::xml::{Markup, Node, Piece};
use crate::statement::{ReadOptions, StatementError, StatementFault, balance};

#[derive(Default)]
pub(super) struct Stmt {
    id: String,
    currency: Option<Currency>,
    period: Option<Coverage>,
    drafts: Vec<Draft>,
    balances: BTreeMap<Date, i64>,
}

impl Stmt {
    /// Reads the statement whose start tag has just been read. `whole`: all
    /// entries between its balances are there.
    pub(super) fn read(
        markup: &mut Markup<'_>,
        whole: bool,
        count: &mut usize,
        options: &ReadOptions,
    ) -> Result<Self, StatementError> {
        let start = markup.line();
        let mut statement = Self::default();
        let mut known: Vec<Node> = Vec::new();
        let mut account = None;
        loop {
            match markup.next()? {
                Piece::Open { name, attributes } => match name.as_str() {
                    "Acct" => {
                        let node = markup.node(name, attributes)?;
                        statement.take_account(&node)?;
                        account = Some(());
                    }
                    "FrToDt" => statement.period = period(&markup.node(name, attributes)?)?,
                    "StmtPgntn" | "RptPgntn" => {
                        let node = markup.node(name, attributes)?;
                        if node.text_at("LastPgInd") == "false" {
                            let error = StatementError::from(StatementFault::LaterPages);
                            return Err(error.on_line(node.line));
                        }
                    }
                    // Balances stand before the entries and the currency may
                    // stand in them alone.
                    "Bal" => {
                        let node = markup.node(name, attributes)?;
                        if known.len() >= BALANCES_MAX {
                            let error = StatementError::from(StatementFault::Markup {
                                what: "with more balances",
                            });
                            return Err(error.on_line(node.line));
                        }
                        known.push(node);
                    }
                    "Ntry" => {
                        let node = markup.node(name, attributes)?;
                        *count += 1;
                        let limit = options.limits.entries;
                        if *count > limit {
                            return Err(StatementFault::TooManyEntries { limit }.into());
                        }
                        let draft = entry::read(&node, &statement.id, options);
                        let draft = draft.map_err(|error| error.on_line(node.line))?;
                        statement.drafts.extend(draft);
                    }
                    _ => markup.skip()?,
                },
                Piece::Close { .. } => break,
                Piece::End => return Err(markup.fault("the XML breaks off")),
                Piece::Text(_) => {}
            }
        }
        if account.is_none() {
            let error = StatementError::from(StatementFault::NoElement("Acct"));
            return Err(error.on_line(start));
        }
        statement.finish(&known, whole)?;
        Ok(statement)
    }

    fn take_account(&mut self, node: &Node) -> Result<(), StatementError> {
        let id = node.first_text(&["Id/IBAN", "Id/Othr/Id"]);
        self.id = id.split_whitespace().collect();
        let code = node.text_at("Ccy");
        if !code.is_empty() {
            let read = currency(code).map_err(|fault| at(node, "Ccy", fault))?;
            self.currency = Some(read);
        }
        Ok(())
    }

    fn finish(&mut self, known: &[Node], whole: bool) -> Result<(), StatementError> {
        if self.currency.is_none() {
            let first = self.drafts.first().map(|draft| draft.currency);
            let listed = known
                .iter()
                .find_map(|node| node.at("Amt")?.currency.as_deref());
            self.currency = first.or(listed.and_then(|code| code.parse().ok()));
        }
        self.drafts.sort_by_key(|draft| draft.date);
        let Some(home) = self.currency else {
            return Ok(());
        };
        let opening = find(known, &["OPBD", "PRCD"], home)?;
        let Some((node, date, closing)) = find(known, &["CLBD"], home)? else {
            return Ok(());
        };
        if let Some((_, _, opening)) = opening
            && whole
            && self.drafts.iter().all(|draft| draft.currency == home)
            && i128::from(opening) + balance::moved(&self.drafts) != i128::from(closing)
        {
            let error = StatementError::from(StatementFault::BalanceBroken);
            return Err(error.on_line(node.line).in_field("Bal"));
        }
        let derived = balance::backwards(date, closing, &self.drafts)
            .map_err(|fault| at(node, "Bal", fault))?;
        self.balances = derived
            .into_iter()
            .map(|day| (day.date, day.closing))
            .collect();
        Ok(())
    }

    /// Whether another statement is of the same account.
    pub(super) fn is_of(&self, other: &Self) -> bool {
        self.id == other.id && self.currency == other.currency
    }

    /// Takes in another statement of the same account.
    pub(super) fn absorb(&mut self, other: Self) {
        self.period = match (self.period, other.period) {
            (Some(own), Some(other)) => Some(Coverage {
                first: own.first.min(other.first),
                last: own.last.max(other.last),
            }),
            _ => None,
        };
        self.drafts.extend(other.drafts);
        // The later statement knows the end of a day on which both touch.
        self.balances.extend(other.balances);
    }

    /// The account that it is of.
    pub(super) fn account(mut self) -> Result<Account, StatementError> {
        self.drafts.sort_by_key(|draft| draft.date);
        let balances = self.balances.into_iter();
        Ok(Account {
            id: self.id,
            currency: self.currency,
            period: self.period,
            drafts: self.drafts,
            balances: balances
                .map(|(date, closing)| DayBalance { date, closing })
                .collect(),
        })
    }
}

/// Balances of one statement: a dozen kinds exist.
const BALANCES_MAX: usize = 1_000;

/// The first balance of one of the kinds, with its day.
fn find<'a>(
    known: &'a [Node],
    kinds: &[&str],
    home: Currency,
) -> Result<Option<(&'a Node, Date, i64)>, StatementError> {
    for kind in kinds {
        let is = |node: &&Node| node.text_at("Tp/CdOrPrtry/Cd") == *kind;
        let Some(node) = known.iter().find(is) else {
            continue;
        };
        // A balance in another currency is of another pocket of the account.
        let Some(amount) = node.at("Amt").filter(|amount| {
            amount
                .currency
                .as_deref()
                .is_none_or(|code| code == home.code())
        }) else {
            continue;
        };
        let size = unsigned(amount.text(), home).map_err(|fault| at(amount, "Amt", fault))?;
        let closing = match node.text_at("CdtDbtInd") {
            "CRDT" => size,
            "DBIT" => -size,
            _ => {
                let want = "CRDT, DBIT";
                return Err(at(node, "CdtDbtInd", StatementFault::UnknownCode { want }));
            }
        };
        let date = iso_day(node.first_text(&["Dt/Dt", "Dt/DtTm"]))
            .map_err(|fault| at(node, "Dt", fault))?;
        return Ok(Some((node, date, closing)));
    }
    Ok(None)
}

fn period(node: &Node) -> Result<Option<Coverage>, StatementError> {
    let day = |field: &str, paths: &[&str]| {
        stated(iso_day(node.first_text(paths))).map_err(|fault| at(node, field, fault))
    };
    let (Some(first), Some(mut last)) = (
        day("FrDtTm", &["FrDtTm", "FrDt"])?,
        day("ToDtTm", &["ToDtTm", "ToDt"])?,
    ) else {
        return Ok(None);
    };
    // Midnight at the end of a day is the start of the next in the file's words.
    let ends_at_midnight = node.text_at("ToDtTm").contains("T00:00:00");
    if ends_at_midnight && last > first {
        last = last.yesterday().unwrap_or(last);
    }
    Ok(Some(Coverage { first, last }))
}

pub(super) fn at(node: &Node, field: &str, fault: StatementFault) -> StatementError {
    StatementError::from(fault)
        .in_field(field)
        .on_line(node.line)
}
