//! WeChat Pay's bill as CSV.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

#[path = "statements_common/facts.rs"]
mod facts;

use blindscore_history::ledger::Direction::{In, Out};
use blindscore_history::taxonomy::{Category, Flow};
use facts::{opened, refused, refuses_columns_without_number, short};

const NONE: Category = Category::Unclassified;

const BILL: &str =
    "交易时间,交易类型,交易对方,商品,收/支,金额(元),支付方式,当前状态,交易单号,商户单号,备注\n";

fn wechat(rows: &[[&str; 8]]) -> String {
    let line = |[day, kind, side, amount, state, order, merchant, remark]: &[&str; 8]| {
        format!(
            "2026-03-{day} 10:00:00,{kind},示例,\"/\",{side},¥{amount},零钱,{state},\"{order}\t\",\"{merchant}\t\",\"{remark}\"\n"
        )
    };
    let rows: String = rows.iter().map(line).collect();
    format!("\u{feff}微信支付账单明细,,,,,,,,,,\n,,,,,,,,,,\n{BILL}{rows}")
}

#[test]
fn wechat_types_refunds_and_fees() {
    let file = wechat(&[
        // A refund with a row of its own, and one without.
        [
            "02",
            "商户消费",
            "支出",
            "30.00",
            "已全额退款",
            "1",
            "M1",
            "/",
        ],
        [
            "03",
            "示例-退款",
            "收入",
            "30.00",
            "已全额退款",
            "2",
            "M1",
            "/",
        ],
        [
            "04",
            "商户消费",
            "支出",
            "50.00",
            "已退款(￥10.00)",
            "3",
            "M2",
            "/",
        ],
        ["05", "转账", "支出", "5.00", "对方已退还", "4", "/", "/"],
        [
            "06",
            "转账-退款",
            "收入",
            "5.00",
            "已全额退款",
            "5",
            "/",
            "/",
        ],
        [
            "07",
            "零钱提现",
            "/",
            "100.10",
            "提现已到账",
            "6",
            "/",
            "服务费¥0.10",
        ],
        ["08", "零钱充值", "/", "20.00", "充值完成", "7", "/", "/"],
        ["09", "理财通赎回", "/", "9.00", "支付成功", "8", "/", "/"],
        ["10", "商户消费", "支出", "1.00", "支付失败", "9", "/", "/"],
        ["11", "不知", "/", "2.00", "支付成功", "10", "/", "/"],
        ["12", "二维码收款", "收入", "3.00", "已收钱", "11", "/", "/"],
    ]);
    let ledger = opened(file.as_bytes(), "wechat");
    assert_eq!(
        short(&ledger),
        [
            (3_000, Out, Flow::Expenditure, NONE),
            (3_000, In, Flow::RefundReversal, NONE),
            (1_000, In, Flow::RefundReversal, NONE),
            (5_000, Out, Flow::Expenditure, NONE),
            (500, Out, Flow::Transfer, NONE),
            (500, In, Flow::Transfer, NONE),
            (10, Out, Flow::Expenditure, Category::InsuranceFinance),
            (10_000, Out, Flow::Transfer, NONE),
            (2_000, In, Flow::Transfer, NONE),
            (900, In, Flow::SavingInvestment, NONE),
            (200, Out, Flow::Transfer, NONE),
            (300, In, Flow::Transfer, NONE),
        ]
    );
    // The mark is not needed.
    let plain = opened(file.trim_start_matches('\u{feff}').as_bytes(), "wechat");
    assert_eq!(short(&plain), short(&ledger));
}

#[test]
fn wechat_faults() {
    let whole = wechat(&[[
        "02",
        "商户消费",
        "支出",
        "30.00",
        "支付成功",
        "1",
        "M1",
        "/",
    ]]);
    for (from, to, field) in [
        ("¥30.00", "$30.00", Some("金额(元)")),
        ("¥30.00", "=30", Some("金额(元)")),
        (",支出,", ",?,", Some("收/支")),
        ("2026-03-02", "02/03/2026", Some("交易时间")),
        (",\"/\"\n", "\n", None),
    ] {
        let file = whole.replacen(from, to, 1);
        assert_ne!(file, whole, "{from}");
        let error = refused(file.as_bytes(), "wechat");
        assert_eq!((error.line(), error.field()), (Some(4), field), "{error}");
    }
    let quote = whole.replacen("\"1\t\"", "\"1\t", 1);
    let error = refused(quote.as_bytes(), "wechat");
    assert_eq!(error.line(), Some(4), "{error}");
}

#[test]
fn columns_without_number_are_refused_at_once() {
    refuses_columns_without_number(BILL);
}
