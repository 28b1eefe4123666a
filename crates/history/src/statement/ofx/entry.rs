//! One `STMTTRN`.

use super::list::day;
use crate::ledger::Direction;
use crate::money::{AmountError, AmountStyle, Currency, Rate, parse_amount};
use crate::statement::classify::{Clues, Meaning, classify};
use crate::statement::draft::{Basis, Draft, Id, Place, Texts};
use crate::statement::error::shown;
use crate::statement::value::{currency, directed, joined};
use crate::statement::{ReadOptions, StatementError, StatementFault};
use crate::taxonomy::codes::OFX_TYPES;
use crate::taxonomy::parse_mcc;

/// An entry as it stands in the file.
pub(super) struct Entry {
    pub(super) id: Option<String>,
    /// The entry that this one corrects, and whether it replaces it.
    pub(super) corrects: Option<(String, bool)>,
    pub(super) draft: Draft,
}

/// The leaves of an entry.
pub(super) struct Fields {
    pub(super) line: u64,
    pending: bool,
    kind: String,
    posted: String,
    amount: String,
    id: String,
    corrects: String,
    action: String,
    sic: String,
    name: String,
    memo: String,
    account_to: String,
    symbol: String,
    rate: String,
}

impl Fields {
    pub(super) fn new(line: u64, pending: bool) -> Self {
        let empty = String::new;
        Self {
            line,
            pending,
            kind: empty(),
            posted: empty(),
            amount: empty(),
            id: empty(),
            corrects: empty(),
            action: empty(),
            sic: empty(),
            name: empty(),
            memo: empty(),
            account_to: empty(),
            symbol: empty(),
            rate: empty(),
        }
    }

    /// Takes a leaf within an aggregate.
    pub(super) fn take(&mut self, within: &str, name: &str, text: &str) {
        let place = match (within, name) {
            ("CURRENCY", "CURSYM") => &mut self.symbol,
            ("CURRENCY", "CURRATE") => &mut self.rate,
            ("BANKACCTTO" | "CCACCTTO", "ACCTID") => &mut self.account_to,
            (_, "TRNTYPE") => &mut self.kind,
            // A pending entry has the day on which it was made.
            (_, "DTPOSTED" | "DTTRAN") => &mut self.posted,
            (_, "TRNAMT") => &mut self.amount,
            (_, "FITID") => &mut self.id,
            (_, "CORRECTFITID") => &mut self.corrects,
            (_, "CORRECTACTION") => &mut self.action,
            (_, "SIC") => &mut self.sic,
            (_, "NAME") => &mut self.name,
            (_, "MEMO") => &mut self.memo,
            _ => return,
        };
        text.clone_into(place);
    }

    /// The entry, of an account in the currency `home`.
    pub(super) fn entry(
        self,
        account: &str,
        home: Currency,
        options: &ReadOptions,
    ) -> Result<Entry, StatementError> {
        let in_tag = |tag: &'static str| {
            move |fault: StatementFault| StatementError::from(fault).in_field(tag)
        };
        if self.posted.is_empty() {
            return Err(StatementFault::NoElement("DTPOSTED").into());
        }
        let date = day(&self.posted).map_err(in_tag("DTPOSTED"))?;
        let (signed, currency) = self.money(home)?;
        let (amount, direction) = directed(signed);
        let meaning = self.meaning(direction, options);
        let (flow, category, basis) = classify(Clues::by(direction, meaning))?;
        let id = Some(self.id).filter(|id| !id.is_empty());
        let corrects = Some(self.corrects).filter(|id| !id.is_empty());
        let replaces = self.action.eq_ignore_ascii_case("REPLACE");
        let draft = Draft {
            place: Place::Line(self.line),
            date,
            amount,
            currency,
            direction,
            flow,
            category,
            basis,
            id: match &id {
                Some(id) => Id::Given(id.clone()),
                None => Id::Derived {
                    account: account.to_owned(),
                    text: joined([self.name.as_str(), &self.memo]),
                },
            },
            pending: self.pending || self.kind.eq_ignore_ascii_case("HOLD"),
            texts: Texts {
                description: joined([self.name.as_str(), &self.memo]),
                counterparty: self.name,
                counterparty_account: self.account_to,
            },
            refunds: None,
        };
        Ok(Entry {
            id,
            corrects: corrects.map(|id| (id, replaces)),
            draft,
        })
    }

    /// The amount in the account's currency; in its own if the file gives no
    /// rate for it.
    fn money(&self, home: Currency) -> Result<(i64, Currency), StatementError> {
        let in_tag = |tag| move |fault: StatementFault| StatementError::from(fault).in_field(tag);
        if self.amount.is_empty() {
            return Err(StatementFault::NoElement("TRNAMT").into());
        }
        let own = match self.symbol.as_str() {
            "" => home,
            symbol => currency(symbol).map_err(in_tag("CURSYM"))?,
        };
        let signed = amount(&self.amount, own).map_err(|error| in_tag("TRNAMT")(error.into()))?;
        if own == home || self.rate.is_empty() {
            return Ok((signed, own));
        }
        let rate = Rate::beside(own, &self.rate).map_err(|_| StatementFault::Rate);
        let converted =
            rate.and_then(|rate| rate.convert(signed, home).ok_or(StatementFault::Rate));
        Ok((converted.map_err(in_tag("CURRATE"))?, home))
    }

    fn meaning(&self, direction: Direction, options: &ReadOptions) -> Option<(Meaning, Basis)> {
        // The standard's own idea of the field is another list of codes, so
        // what is no merchant code here is passed over.
        let code = parse_mcc(&self.sic).filter(|code| *code != 0);
        if let Some(code) = code
            && let Some(meaning) = options.mcc_map().lookup(code)
        {
            return Some((meaning, Basis::MerchantCode(code)));
        }
        let kind = self.kind.to_ascii_uppercase();
        let meaning = OFX_TYPES.lookup(&kind, direction)?;
        Some((meaning, Basis::Provider(shown(&kind, 20))))
    }
}

/// A signed amount: with a decimal point or a decimal comma, and as some banks
/// write it, with groups.
pub(super) fn amount(text: &str, currency: Currency) -> Result<i64, AmountError> {
    let text = text.strip_suffix(['.', ',']).unwrap_or(text);
    let style = match (text.rfind(','), text.rfind('.')) {
        (Some(comma), Some(point)) if comma > point => AmountStyle::COMMA,
        (Some(_), Some(_)) => AmountStyle::POINT,
        (Some(_), None) => AmountStyle::COMMA,
        _ => AmountStyle::PLAIN,
    };
    parse_amount(text, &style, currency)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_of_banks_with_and_without_the_standard() {
        let dollar = "USD".parse().unwrap();
        for (text, minor) in [
            ("-64.18", -6_418),
            ("+2150.00", 215_000),
            ("-64,18", -6_418),
            ("1,234.56", 123_456),
            ("1.234,56", 123_456),
            ("100", 10_000),
            ("100.", 10_000),
        ] {
            assert_eq!(amount(text, dollar), Ok(minor), "{text}");
        }
        assert!(amount("1,234", dollar).is_err());
        assert!(amount("12.345", dollar).is_err());
    }
}
