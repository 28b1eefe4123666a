//! ISO 20022 bank to customer statements (camt.053) and intraday reports
//! (camt.052), of any version.
//!
//! The versions differ in wrapping, not in meaning: a status is text in version
//! .02 and holds a `Cd` since .08; a party's name moved under `Pty`. Both are
//! looked for, so versions between them and later ones read too. Debit and
//! credit notifications (camt.054) are no statements and are not read.
//!
//! - **Amounts** have no sign; `CdtDbtInd` says which way, seen from the
//!   account's holder. `RvslInd` marks the reversal of an earlier entry.
//! - **Status**: `BOOK` counts, `PDNG` and `FUTR` are pending, `INFO` is passed
//!   over.
//! - **Period**: `FrToDt`. **Balances**: from the closing booked balance
//!   (`CLBD`) backwards. If an opening one (`OPBD`, `PRCD`) is there too, the
//!   entries must lead from it to the closing one: else the file has lost some.
//! - **Meaning**: by a merchant category code, else the purpose code (`Purp`),
//!   else the bank transaction code (`BkTxCd`).
//! - A batch entry counts as the one entry that was booked.
//!
//! The crate for camt.053 at hand knows one family of versions, keeps amounts
//! in a decimal type of its own and reads whole archives, so only the XML
//! reader is borrowed.

mod entry;
mod stmt;

use super::draft::{Account, Statement};
use super::format::Reader;
use super::xml::{Markup, Piece};
use super::{ReadOptions, StatementError, StatementFault, decode, xml};
use stmt::Stmt;

pub(super) struct Camt;

impl Reader for Camt {
    fn name(&self) -> &'static str {
        "camt"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["camt.053", "camt.052"]
    }

    fn recognises(&self, bytes: &[u8], _: &ReadOptions) -> bool {
        let head = decode::peek(bytes, encoding_rs::UTF_8);
        head.trim_start().starts_with('<')
            && [
                "BkToCstmrStmt",
                "BkToCstmrAcctRpt",
                ":camt.053.",
                ":camt.052.",
            ]
            .iter()
            .any(|sign| head.contains(sign))
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Statement, StatementError> {
        let text = xml::text(bytes)?;
        let mut markup = Markup::strict(&text);
        let mut count = 0;
        let mut statements: Vec<Stmt> = Vec::new();
        loop {
            match markup.next()? {
                Piece::Open { name, .. } if matches!(name.as_str(), "Stmt" | "Rpt") => {
                    let statement = Stmt::read(&mut markup, name == "Stmt", &mut count, options)?;
                    statements.push(statement);
                }
                Piece::Open { name, attributes } if name == "GrpHdr" => {
                    let header = markup.node(name, attributes)?;
                    if header.text_at("MsgPgntn/LastPgInd") == "false" {
                        let error = StatementError::from(StatementFault::LaterPages);
                        return Err(error.on_line(header.line));
                    }
                }
                Piece::End => break,
                _ => {}
            }
        }
        if statements.is_empty() {
            return Err(StatementFault::NoStatement.into());
        }
        let mut accounts: Vec<Stmt> = Vec::new();
        for statement in statements {
            match accounts.iter_mut().find(|known| known.is_of(&statement)) {
                Some(known) => known.absorb(statement),
                None => accounts.push(statement),
            }
        }
        let accounts: Result<Vec<Account>, _> = accounts.into_iter().map(Stmt::account).collect();
        Ok(Statement {
            accounts: accounts?,
        })
    }
}
