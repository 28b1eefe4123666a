//! What the exports of Alipay and WeChat Pay have in common: what they write
//! around their tables, and how they write times and amounts.

use csv::StringRecord;
use encoding_rs::{Encoding, GB18030, UTF_8};
use jiff::civil::Date;

use super::value::iso_day;
use super::{StatementError, StatementFault};
use crate::ledger::Coverage;
use crate::money::{AmountStyle, Currency, parse_amount};

/// What stands around a table.
#[derive(Default)]
pub(super) struct Around {
    /// The account, if it is named.
    pub(super) account: String,
    /// The period exported.
    pub(super) period: Option<Coverage>,
    /// How many rows the export says that it has.
    pub(super) rows: Option<usize>,
}

impl Around {
    /// Takes what a record before or after the table says.
    pub(super) fn take(&mut self, record: &StringRecord) {
        let text = record.iter().collect::<Vec<_>>().join(" ");
        if let Some(first) = day_after(&text, "起始时间")
            && let Some(last) = day_after(&text, "终止时间")
            && first <= last
        {
            self.period = Some(Coverage { first, last });
        }
        for name in ["支付宝账户：", "支付宝账户:", "账号:[", "账号：["] {
            if let Some((_, account)) = text.split_once(name) {
                let account = account.trim().trim_matches(['[', ']']);
                account.clone_into(&mut self.account);
            }
        }
        if let Some((_, rest)) = text.split_once('共')
            && let Some((number, _)) = rest.split_once("笔记录")
        {
            self.rows = number.trim().parse().ok();
        }
    }

    /// That no row of the table has got lost.
    pub(super) fn check(&self, got: usize) -> Result<(), StatementError> {
        match self.rows {
            Some(want) if got < want => Err(StatementFault::RowsLost { got, want }.into()),
            _ => Ok(()),
        }
    }
}

/// The encoding of a file: GB18030, unless it is UTF-8 throughout, as files are
/// that have been saved anew.
pub(super) fn encoding(bytes: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        // Cut within a character by looking at the head only.
        Err(error) if error.error_len().is_none() => UTF_8,
        Err(_) => GB18030,
    }
}

/// A header cell without its spaces, with plain brackets.
pub(super) fn plain(name: &str) -> String {
    name.chars()
        .filter(|char| !char.is_whitespace() && *char != '\u{feff}')
        .map(|char| match char {
            '（' => '(',
            '）' => ')',
            other => other,
        })
        .collect()
}

/// Whether a record is the end of the table: a rule, or a note in one cell.
pub(super) fn ends_table(record: &StringRecord) -> bool {
    let first = record.get(0).unwrap_or_default().trim();
    let alone = record.iter().skip(1).all(|field| field.trim().is_empty());
    first.starts_with("----") || (alone && !first.starts_with(|char: char| char.is_ascii_digit()))
}

/// An amount in yuan, which has no sign.
pub(super) fn amount(text: &str, currency: Currency) -> Result<i64, StatementFault> {
    match parse_amount(text, &AmountStyle::POINT, currency)? {
        negative if negative < 0 => Err(StatementFault::SignedAmount),
        amount => Ok(amount),
    }
}

/// The amount in a text such as `已退款(￥10.00)` or `服务费¥0.10`, after the words.
pub(super) fn amount_after(text: &str, words: &str, currency: Currency) -> Option<i64> {
    let (_, rest) = text.split_once(words)?;
    let start = rest.find(|char: char| char.is_ascii_digit())?;
    let between = rest[..start].chars();
    if !between
        .clone()
        .all(|char| matches!(char, '(' | '（' | '¥' | '￥' | ':' | '：' | ' '))
    {
        return None;
    }
    let number = &rest[start..];
    let end = number.find(|char: char| !(char.is_ascii_digit() || matches!(char, '.' | ',')));
    amount(&number[..end.unwrap_or(number.len())], currency).ok()
}

fn day_after(text: &str, words: &str) -> Option<Date> {
    let (_, rest) = text.split_once(words)?;
    let start = rest.find(|char: char| char.is_ascii_digit())?;
    let day = rest.get(start..start + 10)?;
    iso_day(day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_within_texts() {
        let yuan = "CNY".parse().unwrap();
        let after = |text, words| amount_after(text, words, yuan);
        assert_eq!(after("已退款(￥10.00)", "已退款"), Some(1_000));
        assert_eq!(after("已退款￥1,000.5", "已退款"), Some(100_050));
        assert_eq!(after("服务费¥0.10", "服务费"), Some(10));
        assert_eq!(after("已全额退款", "已退款"), None);
        assert_eq!(after("已退款 中国12", "已退款"), None);
        assert_eq!(after("已退款(￥1.234)", "已退款"), None);
    }

    #[test]
    fn what_stands_around_a_table() {
        let mut around = Around::default();
        for line in [
            "起始时间：[2026-03-01 00:00:00]    终止时间：[2026-03-31 23:59:59]",
            "支付宝账户：demo@example.com",
            "共9笔记录",
            "起始时间：[无]    终止时间：[无]",
        ] {
            around.take(&StringRecord::from(vec![line, ""]));
        }
        let period = around.period.unwrap();
        assert_eq!(period.to_string(), "2026-03-01 to 2026-03-31");
        assert_eq!(around.account, "demo@example.com");
        assert!(around.check(9).is_ok());
        assert!(around.check(8).is_err());
    }

    #[test]
    fn tables_end_at_rules_and_notes() {
        for (record, ends) in [
            (vec!["-----------", ""], true),
            (vec!["导出时间：[2026-04-01 09:12:52]", "", ""], true),
            (vec!["2026-03-0"], false),
            (vec!["支出", "示例"], false),
        ] {
            assert_eq!(
                ends_table(&StringRecord::from(record.clone())),
                ends,
                "{record:?}"
            );
        }
    }
}
