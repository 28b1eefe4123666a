//! One `Ntry`.

use super::stmt::at;
use crate::ledger::Direction;
use crate::statement::classify::{Clues, Meaning, classify};
use crate::statement::draft::{Basis, Draft, Id, Place, Texts};
use crate::statement::error::shown;
use crate::statement::value::{currency, iso_day, joined, unsigned};
use crate::statement::xml::Node;
use crate::statement::{ReadOptions, StatementError, StatementFault};
use crate::taxonomy::codes::{self, PURPOSES};
use crate::taxonomy::{Flow, parse_mcc};

/// The entry, unless it only informs.
pub(super) fn read(
    node: &Node,
    account: &str,
    options: &ReadOptions,
) -> Result<Option<Draft>, StatementError> {
    let pending = match node.first_text(&["Sts/Cd", "Sts"]) {
        "BOOK" => false,
        "PDNG" | "FUTR" => true,
        "INFO" => return Ok(None),
        _ => {
            let want = "BOOK, PDNG, FUTR, INFO";
            return Err(at(node, "Sts", StatementFault::UnknownCode { want }));
        }
    };
    let money = node
        .at("Amt")
        .ok_or_else(|| at(node, "Ntry", StatementFault::NoElement("Amt")))?;
    let code = money.currency.as_deref().unwrap_or_default();
    let currency = currency(code).map_err(|fault| at(money, "Ccy", fault))?;
    let amount = unsigned(money.text(), currency).map_err(|fault| at(money, "Amt", fault))?;
    let direction = match node.text_at("CdtDbtInd") {
        "CRDT" => Direction::In,
        "DBIT" => Direction::Out,
        _ => {
            let want = "CRDT, DBIT";
            return Err(at(node, "CdtDbtInd", StatementFault::UnknownCode { want }));
        }
    };
    let day = node.first_text(&["BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"]);
    let date = iso_day(day).map_err(|fault| at(node, "BookgDt", fault))?;
    let details = Details::of(node);
    let texts = details.texts(direction);
    let meaning = details.meaning(direction, options);
    let (mut flow, category, basis) = classify(Clues::by(direction, meaning))?;
    let reversed = matches!(node.text_at("RvslInd"), "true" | "1");
    if reversed {
        flow = Flow::RefundReversal;
    }
    // Numbers of entries start anew with each statement; the servicer's own
    // reference does not.
    let reference = node.text_at("AcctSvcrRef");
    Ok(Some(Draft {
        place: Place::Line(node.line),
        date,
        amount,
        currency,
        direction,
        flow,
        category,
        basis,
        id: if reference.is_empty() || reference == "NOTPROVIDED" {
            Id::Derived {
                account: account.to_owned(),
                text: joined([texts.counterparty.as_str(), &texts.description]),
            }
        } else {
            Id::Given(reference.to_owned())
        },
        pending,
        texts,
        refunds: None,
    }))
}

/// An entry with the details of its only transaction; a batch has none.
struct Details<'a> {
    entry: &'a Node,
    only: Option<&'a Node>,
}

impl<'a> Details<'a> {
    fn of(entry: &'a Node) -> Self {
        let mut all = entry.all("NtryDtls").flat_map(|node| node.all("TxDtls"));
        let only = all.next().filter(|_| all.next().is_none());
        Self { entry, only }
    }

    fn text(&self, paths: &[&str]) -> &'a str {
        self.only.map_or("", |node| {
            let mut texts = paths.iter().map(|path| node.text_at(path));
            texts.find(|text| !text.is_empty()).unwrap_or("")
        })
    }

    fn texts(&self, direction: Direction) -> Texts {
        let information = self.only.and_then(|node| node.at("RmtInf"));
        let lines = information
            .into_iter()
            .flat_map(|node| node.all("Ustrd").map(Node::text));
        let more = [
            self.text(&["AddtlTxInf"]),
            self.entry.text_at("AddtlNtryInf"),
        ];
        let (name, account): ([&str; 4], [&str; 2]) = match direction {
            Direction::Out => (
                [
                    "RltdPties/UltmtCdtr/Pty/Nm",
                    "RltdPties/UltmtCdtr/Nm",
                    "RltdPties/Cdtr/Pty/Nm",
                    "RltdPties/Cdtr/Nm",
                ],
                [
                    "RltdPties/CdtrAcct/Id/IBAN",
                    "RltdPties/CdtrAcct/Id/Othr/Id",
                ],
            ),
            Direction::In => (
                [
                    "RltdPties/UltmtDbtr/Pty/Nm",
                    "RltdPties/UltmtDbtr/Nm",
                    "RltdPties/Dbtr/Pty/Nm",
                    "RltdPties/Dbtr/Nm",
                ],
                [
                    "RltdPties/DbtrAcct/Id/IBAN",
                    "RltdPties/DbtrAcct/Id/Othr/Id",
                ],
            ),
        };
        Texts {
            description: joined(lines.chain(more)),
            counterparty: self.text(&name).to_owned(),
            counterparty_account: self.text(&account).split_whitespace().collect(),
        }
    }

    fn meaning(&self, direction: Direction, options: &ReadOptions) -> Option<(Meaning, Basis)> {
        if let Some(code) = self.merchant_code()
            && let Some(meaning) = options.mcc_map().lookup(code)
        {
            return Some((meaning, Basis::MerchantCode(code)));
        }
        let purpose = self.text(&["Purp/Cd"]);
        if let Some(meaning) = PURPOSES.lookup(purpose, direction) {
            return Some((meaning, Basis::Provider(format!("purpose {purpose}"))));
        }
        // The transaction's own code is finer than the entry's.
        let own = self.only.and_then(|node| node.at("BkTxCd/Domn"));
        [own, self.entry.at("BkTxCd/Domn")]
            .into_iter()
            .flatten()
            .find_map(|node| {
                let code = ["Cd", "Fmly/Cd", "Fmly/SubFmlyCd"].map(|path| node.text_at(path));
                let meaning = codes::bank_code(code, direction)?;
                let named = shown(&code.join("-"), 40);
                Some((meaning, Basis::Provider(format!("bank code {named}"))))
            })
    }

    /// The merchant category code: where the card transaction names it, or as
    /// some banks write it into the remittance information, `MCC 5411`.
    fn merchant_code(&self) -> Option<u16> {
        let card = [
            "CardTx/Tx/Indv/TxCtgy",
            "CardTx/Aggtd/TxCtgy",
            "CardTx/PrePdAcct/TxCtgy",
        ];
        let named = [Some(self.entry), self.only]
            .into_iter()
            .flatten()
            .find_map(|node| parse_mcc(node.first_text(&card)));
        named.or_else(|| {
            let information = self.only?.at("RmtInf")?;
            information.all("Ustrd").find_map(|line| {
                let mut words = line.text().split_whitespace();
                words.find(|word| word.eq_ignore_ascii_case("MCC"))?;
                let code = words.next().filter(|word| word.len() == 4)?;
                parse_mcc(code)
            })
        })
    }
}
