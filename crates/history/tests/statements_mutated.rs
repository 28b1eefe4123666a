//! Small statements of every format, damaged at random: reading them ends, does
//! not panic, and what it yields holds what a ledger promises.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::io::{Cursor, Write};

use blindscore_history::ledger::Ledger;
use blindscore_history::statement::{Format, ReadOptions, read, read_from};
use encoding_rs::GB18030;
use proptest::collection::vec;
use proptest::prelude::*;

const OFX: &str = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n<OFX>\
    <BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><ACCTID>1<ACCTTYPE>CHECKING\
    </BANKACCTFROM><BANKTRANLIST><DTSTART>20260301<DTEND>20260331<STMTTRN><TRNTYPE>POS\
    <DTPOSTED>20260302120000[-5:EST]<TRNAMT>-64.18<FITID>1<SIC>5411<NAME>A &amp; B\
    <CURRENCY><CURRATE>0.92<CURSYM>USD</CURRENCY></STMTTRN><STMTTRN><TRNTYPE>INT<DTPOSTED>20260303\
    <TRNAMT>1,50<FITID>2<CORRECTFITID>1<CORRECTACTION>REPLACE</STMTTRN></BANKTRANLIST><LEDGERBAL>\
    <BALAMT>10.00<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n";

const CAMT: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:\
    tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt><FrToDt>\
    <FrDtTm>2026-03-01T00:00:00</FrDtTm><ToDtTm>2026-03-31T23:59:59</ToDtTm></FrToDt><Acct><Id>\
    <IBAN>DE1</IBAN></Id><Ccy>EUR</Ccy></Acct><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp>\
    <Amt Ccy=\"EUR\">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal><Ntry>\
    <Amt Ccy=\"EUR\">58.80</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>false</RvslInd><Sts><Cd>BOOK</Cd>\
    </Sts><BookgDt><Dt>2026-03-05</Dt></BookgDt><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>CCRD</Cd>\
    <SubFmlyCd>POSD</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Purp><Cd>RENT</Cd></Purp>\
    <RltdPties><Cdtr><Pty><Nm>A &amp; B</Nm></Pty></Cdtr></RltdPties><RmtInf><Ustrd>MCC 5411</Ustrd>\
    </RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>\n";

const UK: &str = "{\"Data\":{\"Transaction\":[{\"AccountId\":\"1\",\"TransactionId\":\"a\",\
    \"CreditDebitIndicator\":\"Debit\",\"Status\":\"Booked\",\"BookingDateTime\":\"2026-03-05T10:43:07\
    +00:00\",\"Amount\":{\"Amount\":\"24.90\",\"Currency\":\"GBP\"},\"BankTransactionCode\":{\"Code\":\
    \"CCRD\",\"SubCode\":\"POSD\"},\"Balance\":{\"CreditDebitIndicator\":\"Credit\",\"Type\":\"ITBD\",\
    \"Amount\":{\"Amount\":\"230.00\",\"Currency\":\"GBP\"}},\"MerchantDetails\":{\
    \"MerchantCategoryCode\":\"5411\"}}]},\"Links\":{\"Self\":\"x\"}}";

const BERLIN: &str = "{\"account\":{\"iban\":\"DE1\"},\"balances\":[{\"balanceType\":\"closingBooked\",\
    \"referenceDate\":\"2026-03-31\",\"balanceAmount\":{\"amount\":\"1.00\",\"currency\":\"EUR\"}}],\
    \"transactions\":{\"booked\":[{\"transactionId\":\"1\",\"transactionAmount\":{\"currency\":\"EUR\",\
    \"amount\":\"-58.80\"},\"bookingDate\":\"2026-03-05\",\"bankTransactionCode\":\"PMNT-CCRD-POSD\",\
    \"merchantCategoryCode\":\"5411\"}],\"pending\":[{\"transactionAmount\":{\"currency\":\"EUR\",\
    \"amount\":\"-1.00\"},\"valueDate\":\"2026-04-02\"}]}}";

const PLAID: &str = "{\"accounts\":[{\"account_id\":\"a\",\"type\":\"depository\",\"balances\":{\
    \"current\":10.5,\"iso_currency_code\":\"USD\"}}],\"added\":[{\"account_id\":\"a\",\
    \"transaction_id\":\"t\",\"amount\":-72.1,\"date\":\"2026-03-24\",\"pending\":false,\
    \"iso_currency_code\":\"USD\",\"name\":\"x\"}],\"modified\":[],\"removed\":[],\"has_more\":false}";

const ALIPAY: &str = "起始时间：[2026-03-01 00:00:00]    终止时间：[2026-03-31 23:59:59]\r\n共3笔记录\r\n\
    交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,\r\n\
    2026-03-18 12:00:00,退款,示例,/,退款,不计收支,16.03,x,退款成功,20260315000000000006_R1\t,S6\t,,\r\n\
    2026-03-15 20:18:33,服饰装扮,示例,/,外套,支出,380.00,x,交易成功,20260315000000000006\t,S6\t,,\r\n\
    2026-03-05 07:30:00,投资理财,示例,/,余额宝-转入,不计收支,500.00,余额,交易成功,2026030500000008\t,\t,,\r\n";

const WECHAT: &str = "\u{feff}微信支付账单明细,,,,,,,,,,\n\
    交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n\
    2026-03-15 22:18:10,零钱提现,示例,\"/\",/,¥100.10,x,提现已到账,\"2\t\",\"/\t\",\"服务费¥0.10\"\n\
    2026-03-05 09:01:02,商户消费,示例,\"物\",支出,¥50.00,零钱,已退款(￥10.00),\"6\t\",\"M6\t\",\"/\"\n";

const MPESA: &str = "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n\
    U2,2026-03-28 07:40:12,Pay Bill to 2 - X,Completed,,\"-1,200.00\",\"4,970.50\"\n\
    U2,2026-03-28 07:40:12,Pay Bill Charge,Completed,,-10.00,\"6,170.50\"\n\
    U1,2026-03-15 12:00:00,OverDraft of Credit Party,Completed,300.00,,\"6,180.50\"\n";

const BANK: &str = "Date,Description,Debit,Credit,Balance\r\n05/03/2026,\"A, B\",24.90,,230.00\r\n\
    27/03/2026,B SALARY,,\"1,850.00\",2080.00\r\n";

fn workbook(sheet: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default();
    zip.start_file("xl/worksheets/sheet1.xml", stored).unwrap();
    zip.write_all(sheet).unwrap();
    zip.finish().unwrap().into_inner()
}

fn sheet() -> String {
    let row = |number: usize, cells: &str| {
        let cells: String = cells
            .split(',')
            .map(|cell| format!("<c t=\"str\"><v>{cell}</v></c>"))
            .collect();
        format!("<row r=\"{number}\">{cells}</row>")
    };
    let lines = WECHAT.replace(['"', '\t'], "");
    let rows: String = (1..)
        .zip(lines.lines())
        .map(|(number, line)| row(number, line))
        .collect();
    format!("<worksheet><sheetData>{rows}</sheetData></worksheet>")
}

/// Each format's name and a small whole statement of it.
fn whole() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("ofx", OFX.as_bytes().to_vec()),
        ("camt", CAMT.as_bytes().to_vec()),
        ("uk-open-banking", UK.as_bytes().to_vec()),
        ("berlin-group", BERLIN.as_bytes().to_vec()),
        ("plaid", PLAID.as_bytes().to_vec()),
        ("alipay", GB18030.encode(ALIPAY).0.into_owned()),
        ("wechat", WECHAT.as_bytes().to_vec()),
        ("wechat", workbook(sheet().as_bytes())),
        ("mpesa", MPESA.as_bytes().to_vec()),
        ("bank-csv", BANK.as_bytes().to_vec()),
    ]
}

fn forced(name: &str) -> ReadOptions {
    ReadOptions {
        format: Format::named(name),
        ..ReadOptions::default()
    }
}

/// What every ledger promises, whatever it was read from.
fn check(ledger: &Ledger) {
    let coverage = ledger.coverage();
    let entries = ledger.entries();
    assert!(entries.windows(2).all(|pair| pair[0].date <= pair[1].date));
    assert!(
        entries
            .iter()
            .all(|e| e.amount >= 0 && coverage.contains(e.date))
    );
    let carries =
        |e: &blindscore_history::ledger::Entry| e.flow.carries_category() || e.category.code() == 0;
    assert!(entries.iter().all(carries));
}

#[test]
fn the_whole_ones_are_recognised_and_read() {
    for (name, bytes) in whole() {
        let options = ReadOptions::default();
        let found = Format::detect(&bytes, &options).map(Format::name);
        assert_eq!(found, Some(name));
        let ledger = read(&bytes, name, &options).unwrap();
        check(&ledger);
        assert!(!ledger.entries().is_empty(), "{name}");
        let streamed = read_from(&bytes[..], name, &options).unwrap();
        assert!(streamed == ledger, "{name}: a stream reads as a slice does");
    }
}

#[derive(Clone, Debug)]
enum Damage {
    Cut(prop::sample::Index),
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize, usize),
}

impl Damage {
    fn to(&self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let end = |at: usize, length: usize| at.saturating_add(length).min(bytes.len());
        match self {
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Self::Insert(at, more) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
            Self::Remove(at, length) => {
                let at = at.index(bytes.len());
                let range = at..end(at, *length);
                bytes.drain(range);
            }
            Self::Repeat(at, length, times) => {
                let at = at.index(bytes.len());
                let piece = bytes[at..end(at, *length)].repeat(*times);
                bytes.splice(at..at, piece);
            }
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    let telling =
        prop::sample::select(&b"<>&;\"',=/\\[]{}:-+.0123456789\n\r\t \0\xff\xfe\xc3PK"[..]);
    let word = prop::sample::select(vec![
        "<STMTTRN>",
        "</OFX>",
        "<Ntry>",
        "&amp;",
        "&#0;",
        "&x;",
        "<!DOCTYPE a>",
        "<![CDATA[",
        "]]>",
        "-->",
        "99999999999999999999",
        "-0",
        "1e999",
        "NaN",
        "=1+1",
        "null",
        "{}",
        "[[[[",
        "2026-02-30",
        "\u{feff}",
        "，",
        "退款",
        "-charge",
        "\"\"",
        "\u{202e}",
    ]);
    prop_oneof![
        at().prop_map(Damage::Cut),
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (at(), telling).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (at(), word).prop_map(|(at, word)| Damage::Insert(at, word.as_bytes().to_vec())),
        (at(), vec(any::<u8>(), 1..9)).prop_map(|(at, more)| Damage::Insert(at, more)),
        (at(), 1_usize..60).prop_map(|(at, length)| Damage::Remove(at, length)),
        (at(), 1_usize..200, 1_usize..9)
            .prop_map(|(at, length, times)| Damage::Repeat(at, length, times)),
    ]
}

/// Reads a damaged file as what it is found to be, as what it was, and as a
/// stream.
fn survives(name: &str, bytes: &[u8]) {
    for options in [ReadOptions::default(), forced(name)] {
        let outcome = read(bytes, "a", &options);
        if let Ok(ledger) = &outcome {
            check(ledger);
        }
        assert!(read_from(bytes, "a", &options) == outcome);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn damaged_files_end_in_a_ledger_or_an_error(hits in vec(damage(), 1..6)) {
        for (name, mut bytes) in whole() {
            for hit in &hits {
                hit.to(&mut bytes);
            }
            survives(name, &bytes);
        }
    }

    #[test]
    fn damaged_sheets_in_whole_archives_do_too(hits in vec(damage(), 1..6)) {
        let mut bytes = sheet().into_bytes();
        for hit in &hits {
            hit.to(&mut bytes);
        }
        survives("wechat", &workbook(&bytes));
    }
}
