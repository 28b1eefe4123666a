//! Tables from the codes of one standard or source to flow and category: each is
//! a small CSV file under `data/`, of this project's own writing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::table::{self, Row};
use super::{Category, Flow};
use crate::ledger::Direction;

/// A table of codes; a code may mean one thing for money in and another for
/// money out.
pub(crate) struct CodeTable {
    codes: BTreeMap<String, Meanings>,
}

#[derive(Default)]
struct Meanings {
    either: Option<(Flow, Category)>,
    money_in: Option<(Flow, Category)>,
    money_out: Option<(Flow, Category)>,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident = $file:literal;)*) => {$(
        $(#[$doc])*
        pub(crate) static $name: LazyLock<CodeTable> = LazyLock::new(|| {
            let text = include_str!(concat!("../../data/", $file));
            CodeTable::parse(text).expect("a test reads the tables compiled in")
        });
    )*};
}

tables! {
    /// ISO 20022 bank transaction codes, `domain-family-subfamily` with `*` for
    /// any, and the older names that UK Open Banking 3.1 has for them.
    BANK_CODES = "bank_codes.csv";
    /// ISO 20022 purpose and category purpose codes.
    PURPOSES = "purpose_codes.csv";
    /// The transaction types of OFX.
    OFX_TYPES = "ofx_types.csv";
    /// The categories of Alipay.
    ALIPAY = "alipay.csv";
    /// Words that tell what an Alipay row that counts neither as income nor as
    /// spending is, and which way its money went.
    ALIPAY_NEUTRAL = "alipay_neutral.csv";
    /// The transaction types of WeChat Pay.
    WECHAT = "wechat.csv";
    /// How the details of M-Pesa's rows start, in lower case.
    MPESA = "mpesa.csv";
}

impl CodeTable {
    /// Flow and category of a code, if the table has it.
    pub(crate) fn lookup(&self, code: &str, direction: Direction) -> Option<(Flow, Category)> {
        let meanings = self.codes.get(code)?;
        let directed = match direction {
            Direction::In => meanings.money_in,
            Direction::Out => meanings.money_out,
        };
        directed.or(meanings.either)
    }

    /// The longest code within `text` that means something for money in one
    /// direction.
    pub(crate) fn within(
        &self,
        text: &str,
        direction: Direction,
    ) -> Option<(&str, (Flow, Category))> {
        let found = self.codes.keys().filter(|code| text.contains(*code));
        found
            .filter_map(|code| Some((code.as_str(), self.lookup(code, direction)?)))
            .max_by_key(|(code, _)| code.len())
    }

    /// The longest code within `text`, with the direction that it means.
    pub(crate) fn directed(&self, text: &str) -> Option<(&str, Direction, (Flow, Category))> {
        let found = [Direction::In, Direction::Out]
            .into_iter()
            .filter_map(|direction| {
                let (code, meaning) = self.within(text, direction)?;
                Some((code, direction, meaning))
            });
        found.max_by_key(|(code, ..)| code.len())
    }

    /// Reads a table with the columns `code`, `direction` (`in`, `out` or
    /// empty), `flow` and `category`.
    fn parse(text: &str) -> Result<Self, String> {
        let mut codes: BTreeMap<String, Meanings> = BTreeMap::new();
        let rows = table::read(text.as_bytes(), ["code", "direction"])
            .map_err(|(line, fault)| format!("line {line}: {fault}"))?;
        for row in rows {
            let Row {
                line,
                keys: [code, direction],
                meaning,
            } = row;
            let meanings = codes.entry(code).or_default();
            let place = match direction.as_str() {
                "" => &mut meanings.either,
                "in" => &mut meanings.money_in,
                "out" => &mut meanings.money_out,
                _ => return Err(format!("line {line}: no direction")),
            };
            if place.replace(meaning).is_some() {
                return Err(format!("line {line}: the code is listed twice"));
            }
        }
        Ok(Self { codes })
    }
}

/// What an ISO 20022 bank transaction code means: the exact code, then any of
/// its family, then any of its subfamily wherever it stands. An empty `domain`
/// is not known, as in UK Open Banking.
pub(crate) fn bank_code(
    [domain, family, subfamily]: [&str; 3],
    direction: Direction,
) -> Option<(Flow, Category)> {
    let domain = if domain.is_empty() { "PMNT" } else { domain };
    [
        [domain, family, subfamily],
        [domain, family, "*"],
        ["*", "*", subfamily],
        [domain, "*", "*"],
    ]
    .iter()
    .find_map(|code| BANK_CODES.lookup(&code.join("-"), direction))
}

/// What a bank transaction code of UK Open Banking 3.1 means, which writes out
/// the names of family and subfamily: `CustomerCardTransactions` and
/// `CashWithdrawal`.
pub(crate) fn named_bank_code(
    code: &str,
    sub_code: &str,
    direction: Direction,
) -> Option<(Flow, Category)> {
    let plain = |text: &str| text.replace(|c: char| !c.is_alphanumeric(), "");
    let (code, sub_code) = (plain(code), plain(sub_code));
    [[code.as_str(), &sub_code], [&code, "*"], ["*", &sub_code]]
        .iter()
        .find_map(|code| BANK_CODES.lookup(&code.join("-"), direction))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{In, Out};

    #[test]
    fn every_table_compiled_in_reads() {
        for (table, least) in [
            (&BANK_CODES, 60),
            (&PURPOSES, 80),
            (&OFX_TYPES, 10),
            (&ALIPAY, 25),
            (&ALIPAY_NEUTRAL, 10),
            (&WECHAT, 15),
            (&MPESA, 20),
        ] {
            assert!(table.codes.len() >= least, "{}", table.codes.len());
        }
    }

    #[test]
    fn bank_codes_fall_back_from_the_exact_to_the_general() {
        let none = Category::Unclassified;
        for (code, direction, meaning) in [
            (["PMNT", "CCRD", "CWDL"], Out, Some((Flow::Cash, none))),
            (
                ["PMNT", "CCRD", "POSD"],
                Out,
                Some((Flow::Expenditure, none)),
            ),
            (["", "CCRD", "POSD"], Out, Some((Flow::Expenditure, none))),
            (["PMNT", "RCDT", "SALA"], In, Some((Flow::Income, none))),
            (
                ["PMNT", "MDOP", "CHRG"],
                Out,
                Some((Flow::Expenditure, Category::InsuranceFinance)),
            ),
            (
                ["SECU", "SETT", "XXXX"],
                Out,
                Some((Flow::SavingInvestment, none)),
            ),
            (
                ["ACMT", "MDOP", "INTR"],
                Out,
                Some((Flow::DebtService, none)),
            ),
            (["ACMT", "MCOP", "INTR"], In, Some((Flow::Income, none))),
            (["PMNT", "ICDT", "STDO"], Out, None),
            (["PMNT", "ICDT", ""], Out, None),
        ] {
            assert_eq!(bank_code(code, direction), meaning, "{code:?}");
        }
    }

    #[test]
    fn the_longest_word_within_a_text_counts() {
        let bought = (Flow::Expenditure, Category::Unclassified);
        assert_eq!(
            MPESA.within("merchant payment to 1", Out),
            Some(("merchant payment", bought))
        );
        let (code, direction, meaning) = ALIPAY_NEUTRAL.directed("余额宝-收益发放").unwrap();
        assert_eq!((code, direction), ("收益发放", In));
        assert_eq!(meaning.0, Flow::Income);
        assert_eq!(ALIPAY_NEUTRAL.directed("晚餐"), None);
    }

    #[test]
    fn written_out_codes_are_known_too() {
        let cash = Some((Flow::Cash, Category::Unclassified));
        assert_eq!(
            named_bank_code("CustomerCardTransactions", "CashWithdrawal", Out),
            cash
        );
        assert_eq!(
            named_bank_code("ConsumerLoans", "Principal Payment", Out),
            Some((Flow::DebtService, Category::Unclassified))
        );
        assert_eq!(
            named_bank_code("IssuedCreditTransfers", "Charges", Out),
            Some((Flow::Expenditure, Category::InsuranceFinance))
        );
        assert_eq!(
            named_bank_code("ReceivedCreditTransfers", "DomesticCreditTransfer", In),
            None
        );
    }

    #[test]
    fn a_broken_table_is_named_by_its_line() {
        let header = "code,direction,flow,category\n";
        for (rows, words) in [
            ("A,sideways,cash,UNCLASSIFIED\n", "line 2: no direction"),
            (
                "A,,cash,UNCLASSIFIED\nA,,income,UNCLASSIFIED\n",
                "line 3: the code",
            ),
            ("A,,cash,FOOD\n", "line 2: only expenditure"),
        ] {
            let error = CodeTable::parse(&format!("{header}{rows}")).err().unwrap();
            assert!(error.starts_with(words), "{error}");
        }
    }
}
