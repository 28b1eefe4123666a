//! WeChat Pay's workbook, and archives made to harm.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

#[path = "statements_common/facts.rs"]
mod facts;

use std::io::{Cursor, Write};

use blindscore_history::ledger::Direction::{In, Out};
use blindscore_history::statement::{Limits, ReadOptions, StatementFault, read};
use blindscore_history::taxonomy::{Category, Flow};
use facts::{facts, opened, refused};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const NONE: Category = Category::Unclassified;

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const HEADER: [&str; 11] = [
    "交易时间",
    "交易类型",
    "交易对方",
    "商品",
    "收/支",
    "金额(元)",
    "支付方式",
    "当前状态",
    "交易单号",
    "商户单号",
    "备注",
];

/// A sheet whose cells are written in as many ways as writers have.
fn sheet(rows: &str) -> String {
    let header: String = HEADER
        .iter()
        .map(|name| format!("<c t=\"inlineStr\"><is><t>{name}</t></is></c>"))
        .collect();
    format!(
        "<?xml version=\"1.0\"?><worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\">\
         <sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>\
         <row r=\"18\">{header}</row>{rows}</sheetData></worksheet>"
    )
}

const STRINGS: &str = "<sst><si><t>起始时间：[2026-03-01 00:00:00] 终止时间：[2026-03-31 23:59:59]</t></si>\
                       <si><r><t>商户</t></r><r><t>消费</t></r><rPh><t>x</t></rPh></si></sst>";

fn workbook(rows: &str) -> Vec<u8> {
    archive(&[
        ("xl/worksheets/sheet1.xml", sheet(rows).as_bytes()),
        ("xl/sharedStrings.xml", STRINGS.as_bytes()),
        ("[Content_Types].xml", b"<Types/>"),
    ])
}

fn text_row(number: u32, cells: [&str; 11]) -> String {
    let cells: String = cells
        .iter()
        .map(|cell| format!("<c t=\"str\"><v>{cell}</v></c>"))
        .collect();
    format!("<row r=\"{number}\">{cells}</row>")
}

const PLAIN: [&str; 11] = [
    "2026-03-05 09:01:02",
    "商户消费",
    "示例",
    "/",
    "支出",
    "¥50.00",
    "零钱",
    "支付成功",
    "1",
    "/",
    "/",
];

#[test]
fn cells_of_every_kind() {
    let numbers = "<row r=\"20\"><c r=\"A20\" s=\"1\"><v>46107.5315625</v></c>\
                   <c r=\"B20\" t=\"s\"><v>1</v></c><c r=\"E20\" t=\"str\"><v>支出</v></c>\
                   <c r=\"F20\"><v>28.160000000000001</v></c><c r=\"H20\" t=\"str\"><v>支付成功</v></c>\
                   <c r=\"I20\" t=\"str\"><v>2</v></c><c r=\"K20\" t=\"str\"><v>/</v></c></row>";
    let mut income = PLAIN;
    (income[1], income[4], income[8]) = ("微信红包", "收入", "3");
    let rows = text_row(19, PLAIN) + numbers + &text_row(21, income);
    let ledger = opened(&workbook(&rows), "wechat");
    let at = |day: &str| format!("2026-03-{day}");
    assert_eq!(
        facts(&ledger),
        [
            (at("05"), 5_000, Out, Flow::Expenditure, NONE, "1"),
            (at("05"), 5_000, In, Flow::Transfer, NONE, "3"),
            (at("26"), 2_816, Out, Flow::Expenditure, NONE, "2"),
        ]
    );
    assert_eq!(ledger.coverage().to_string(), "2026-03-01 to 2026-03-31");
}

#[test]
fn the_bill_may_stand_on_a_later_sheet() {
    let bytes = archive(&[
        (
            "xl/worksheets/sheet1.xml",
            b"<worksheet><sheetData/></worksheet>",
        ),
        ("xl/worksheets/sheet10.xml", b"<worksheet/>"),
        (
            "xl/worksheets/sheet2.xml",
            sheet(&text_row(19, PLAIN)).as_bytes(),
        ),
        ("xl/sharedStrings.xml", STRINGS.as_bytes()),
    ]);
    assert_eq!(opened(&bytes, "wechat").entries().len(), 1);
}

#[test]
fn faults_name_the_row() {
    let mut odd = PLAIN;
    odd[5] = "¥x";
    let formula = text_row(19, PLAIN).replacen(
        "<c t=\"str\"><v>¥50.00",
        "<c t=\"str\"><f>1+1</f><v>¥50.00",
        1,
    );
    for (rows, words) in [
        (text_row(19, odd), "not an amount"),
        (formula, "a formula in a cell"),
        (
            text_row(19, PLAIN).replacen("t=\"str\"", "t=\"e\"", 1),
            "an error in a cell",
        ),
        (
            text_row(19, PLAIN).replacen("t=\"str\"", "t=\"s\"", 1),
            "points to no string",
        ),
        (
            text_row(19, PLAIN).replacen("<c t", "<c r=\"XFD19\" t", 1),
            "more than 256 fields",
        ),
        (
            text_row(19, PLAIN).replacen("<c t", "<c r=\"ZZZZZZZ19\" t", 1),
            "more than 256 fields",
        ),
        (
            "<row r=\"19\"><c r=\"B19\"><v>1</v></c><c r=\"A19\"><v>1</v></c></row>".to_owned(),
            "out of order",
        ),
        (
            format!(
                "<row r=\"19\">{}</row>",
                "<c><v>1</v></c>".repeat(1_000_000)
            ),
            "more than 256 fields",
        ),
    ] {
        let error = refused(&workbook(&rows), "wechat");
        assert_eq!(error.line(), Some(19), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn bombs_are_unpacked_up_to_the_limit_only() {
    let mut bomb = sheet("").into_bytes();
    bomb.extend(vec![b' '; 200 << 20]);
    let packed = archive(&[("xl/worksheets/sheet1.xml", &bomb)]);
    assert!(packed.len() < 1 << 20, "{}", packed.len());
    let error = refused(&packed, "wechat");
    assert!(
        matches!(error.fault(), StatementFault::UnpacksTooLarge { .. }),
        "{error}"
    );
    // Many parts, each below the limit.
    let part = vec![b' '; 30 << 20];
    let names: Vec<String> = (1..9)
        .map(|n| format!("xl/worksheets/sheet{n}.xml"))
        .collect();
    let parts: Vec<(&str, &[u8])> = names
        .iter()
        .map(|name| (name.as_str(), &part[..]))
        .collect();
    let error = refused(&archive(&parts), "wechat");
    assert!(
        matches!(error.fault(), StatementFault::UnpacksTooLarge { .. }),
        "{error}"
    );
    let many: Vec<String> = (0..2_000).map(|n| format!("x{n}")).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert!(
        refused(&archive(&many), "wechat")
            .to_string()
            .contains("too many parts")
    );
    let strings = format!("<sst>{}</sst>", "<si/>".repeat(5_000_000));
    let packed = archive(&[
        ("xl/worksheets/sheet1.xml", sheet("").as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ]);
    let error = refused(&packed, "wechat");
    assert!(
        matches!(error.fault(), StatementFault::TooManyEntries { .. }),
        "{error}"
    );
}

#[test]
fn archives_that_are_no_bill() {
    for (bytes, words) in [
        (b"PK\x03\x04rubbish".to_vec(), "broken or protected"),
        (archive(&[("a.txt", b"x")]), "no workbook"),
        (
            archive(&[("xl/worksheets/sheet1.xml", b"<worksheet/>")]),
            "without the table of WeChat Pay",
        ),
        (
            archive(&[("xl/worksheets/sheet1.xml", b"<!DOCTYPE a><worksheet/>")]),
            "document type",
        ),
        (
            archive(&[("xl/worksheets/sheet1.xml", b"<worksheet><row>")]),
            "breaks off",
        ),
    ] {
        let error = refused(&bytes, "wechat");
        assert!(error.to_string().contains(words), "{error}");
    }
    let whole = workbook(&text_row(19, PLAIN));
    for end in (0..whole.len()).step_by(7) {
        assert!(read(&whole[..end], "a", &ReadOptions::default()).is_err());
    }
    let small = ReadOptions {
        limits: Limits {
            entries: 1,
            ..Limits::default()
        },
        ..ReadOptions::default()
    };
    let two = workbook(&(text_row(19, PLAIN) + &text_row(20, PLAIN)));
    let error = read(&two, "a", &small).unwrap_err();
    assert!(
        matches!(error.fault(), StatementFault::TooManyEntries { .. }),
        "{error}"
    );
}
