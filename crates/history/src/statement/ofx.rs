//! OFX 1.x and 2.x, and QFX, which is OFX under another name.
//!
//! Open Financial Exchange 1.0.2 and 1.6 are SGML whose leaf tags stay open and
//! whose header is lines of `KEY:VALUE`; 2.x is XML. Both are read by the same
//! lenient tokenizer and the same table of tags, so a file of either kind with
//! the other's habits reads too. The crates for OFX at hand recurse without
//! bound, lose entities or are under a licence of another kind, so only the
//! tokenizer is borrowed.
//!
//! - **Days** are taken as written in `DTPOSTED`; the time zone beside them is
//!   the bank's own.
//! - **`CURRENCY`** inside an entry says that its amount is in that currency and
//!   gives the rate (OFX 2.1.1, section 5.2): the amount is converted by this
//!   rate, rounded half to even. `ORIGCURRENCY` says that it has been already.
//! - **`CORRECTFITID`** replaces or deletes an earlier entry of the file.
//! - **Period**: `DTSTART` to `DTEND`. **Balances**: from `LEDGERBAL` backwards,
//!   for bank accounts other than credit lines, if its date is not past `DTEND`.
//! - **Meaning**: by `SIC`, which holds the merchant category code where it
//!   stands at all, else by `TRNTYPE`.
//!
//! Investment statements are not read.

mod entry;
mod list;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::draft::{Account, Statement};
use super::format::Reader;
use super::{ReadOptions, StatementError, StatementFault, decode, xml};
use list::List;

pub(super) struct Ofx;

impl Reader for Ofx {
    fn name(&self) -> &'static str {
        "ofx"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["qfx"]
    }

    fn recognises(&self, bytes: &[u8], _: &ReadOptions) -> bool {
        let head = decode::peek(bytes, UTF_8);
        let start = head.trim_start();
        let head: String = head.chars().take(4_096).collect();
        start.starts_with("OFXHEADER") || head.contains("<?OFX") || head.contains("<OFX>")
    }

    fn read(&self, bytes: &[u8], options: &ReadOptions) -> Result<Statement, StatementError> {
        let text = decode::decode_marked_up(bytes, encoding(bytes))?;
        let lists = list::read(&text, options)?;
        let accounts = joined(lists)?;
        if accounts.is_empty() {
            return Err(StatementFault::NoStatement.into());
        }
        Ok(Statement { accounts })
    }
}

/// The encoding that the header names. `USASCII` and `NONE` say nothing about
/// the other half of the bytes: they are UTF-8 if they can be.
fn encoding(bytes: &[u8]) -> &'static Encoding {
    if let Some(declared) = xml::declared_encoding(bytes) {
        return declared;
    }
    let head = decode::peek(bytes, WINDOWS_1252);
    let field = |key: &str| {
        let header = head.split('<').next().unwrap_or_default();
        let value = header.split(key).nth(1)?;
        Some(value.split_whitespace().next()?.to_ascii_uppercase())
    };
    let charset = field("CHARSET:").unwrap_or_default();
    let unicode =
        field("ENCODING:").is_some_and(|value| value.contains("UTF") || value == "UNICODE");
    if unicode || charset.contains("UTF") {
        return UTF_8;
    }
    let label = if charset.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("windows-{charset}")
    } else {
        charset
    };
    Encoding::for_label_no_replacement(label.as_bytes())
        .or_else(|| Encoding::for_label_no_replacement(format!("iso-{label}").as_bytes()))
        .unwrap_or_else(|| {
            if std::str::from_utf8(bytes).is_ok() {
                UTF_8
            } else {
                WINDOWS_1252
            }
        })
}

/// One account of each, in the order of the file, though the file may hold
/// several lists of one.
fn joined(lists: Vec<List>) -> Result<Vec<Account>, StatementError> {
    let mut accounts: Vec<List> = Vec::new();
    for list in lists {
        match accounts
            .iter_mut()
            .find(|known| known.id == list.id && known.currency == list.currency)
        {
            Some(known) => known.absorb(list),
            None => accounts.push(list),
        }
    }
    accounts.into_iter().map(List::account).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_names_the_encoding() {
        for (head, name) in [
            (
                "OFXHEADER:100\r\nENCODING:USASCII\r\nCHARSET:1252\r\n\r\n<OFX>",
                "windows-1252",
            ),
            ("ENCODING:USASCII\nCHARSET:1251\n<OFX>", "windows-1251"),
            (
                "ENCODING:USASCII\nCHARSET:ISO-8859-1\n<OFX>",
                "windows-1252",
            ),
            ("ENCODING:USASCII\nCHARSET:8859-2\n<OFX>", "ISO-8859-2"),
            ("ENCODING:UTF-8\nCHARSET:NONE\n<OFX>", "UTF-8"),
            ("ENCODING:UNICODE\nCHARSET:NONE\n<OFX>", "UTF-8"),
            ("ENCODING:USASCII\nCHARSET:NONE\n<OFX>", "UTF-8"),
            ("ENCODING: UTF-8 COMPRESSION:NONE<OFX>", "UTF-8"),
            (
                "<?xml version='1.0' encoding='ISO-8859-15'?><OFX>",
                "ISO-8859-15",
            ),
            ("<OFX>", "UTF-8"),
        ] {
            assert_eq!(encoding(head.as_bytes()).name(), name, "{head}");
        }
        assert_eq!(encoding(b"CHARSET:NONE\n<OFX>\xe9"), WINDOWS_1252);
    }
}
