//! Alipay's exports.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

#[path = "statements_common/facts.rs"]
mod facts;

use blindscore_history::ledger::Direction::{In, Out};
use blindscore_history::statement::{ReadOptions, StatementFault, read};
use blindscore_history::taxonomy::{Category, Flow};
use encoding_rs::GB18030;
use facts::{facts, in_currency, opened, refused, refuses_columns_without_number, short};

const NONE: Category = Category::Unclassified;

const APP: &str = "交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,\r\n";

fn alipay(rows: &str) -> Vec<u8> {
    let text = format!(
        "------\r\n导出信息：\r\n支付宝账户：demo@example.com\r\n\
         起始时间：[2026-03-01 00:00:00]    终止时间：[2026-03-31 23:59:59]\r\n{APP}{rows}"
    );
    GB18030.encode(&text).0.into_owned()
}

/// A row: day, category, what it is, side, amount, state, order.
fn row([day, category, goods, side, amount, state, order]: [&str; 7]) -> String {
    format!(
        "2026-03-{day} 10:00:00,{category},示例,/,{goods},{side},{amount},余额,{state},{order}\t,\t,,\r\n"
    )
}

#[test]
fn alipay_categories_and_neutral_rows() {
    let rows = [
        [
            "02",
            "医疗健康",
            "药",
            "支出",
            "1.00",
            "交易成功",
            "20260302000000000001",
        ],
        [
            "03",
            "新分类",
            "物",
            "支出",
            "2.00",
            "等待确认收货",
            "20260303000000000001",
        ],
        [
            "04",
            "信用借还",
            "花呗自动还款",
            "不计收支",
            "3.00",
            "还款成功",
            "20260304000000000001",
        ],
        [
            "05",
            "投资理财",
            "余额宝-2026.03.05-收益发放",
            "不计收支",
            "4.00",
            "交易成功",
            "20260305000000000001",
        ],
        [
            "06",
            "投资理财",
            "余额宝-转出到余额",
            "不计收支",
            "5.00",
            "交易成功",
            "20260306000000000001",
        ],
        [
            "07",
            "账户存取",
            "提现-快速提现",
            "不计收支",
            "6.00",
            "提现成功",
            "20260307000000000001",
        ],
        [
            "08",
            "转账红包",
            "转账",
            "支出",
            "7.00",
            "交易成功",
            "20260308000000000001",
        ],
        [
            "09",
            "转账红包",
            "收到红包",
            "收入",
            "8.00",
            "交易成功",
            "20260309000000000001",
        ],
        [
            "10",
            "其他",
            "不知",
            "不计收支",
            "9.00",
            "交易成功",
            "20260310000000000001",
        ],
        [
            "11",
            "餐饮美食",
            "等",
            "支出",
            "10.00",
            "等待付款",
            "20260311000000000001",
        ],
        [
            "12",
            "信用借还",
            "借款发放",
            "不计收支",
            "11.00",
            "放款成功",
            "20260312000000000001",
        ],
    ];
    let ledger = opened(&alipay(&rows.map(row).concat()), "alipay");
    assert_eq!(
        short(&ledger),
        [
            (100, Out, Flow::Expenditure, Category::Health),
            (200, Out, Flow::Expenditure, NONE),
            (300, Out, Flow::DebtService, NONE),
            (400, In, Flow::Income, NONE),
            (500, In, Flow::SavingInvestment, NONE),
            (600, Out, Flow::Transfer, NONE),
            (700, Out, Flow::Transfer, NONE),
            (800, In, Flow::Transfer, NONE),
            (900, Out, Flow::Transfer, NONE),
            (1_100, In, Flow::Transfer, NONE),
        ]
    );
}

#[test]
fn alipay_closed_orders_and_refunds() {
    let rows = [
        // Bought, and half of it sent back.
        [
            "02",
            "服饰装扮",
            "外套",
            "支出",
            "100.00",
            "交易成功",
            "20260302000000000001",
        ],
        [
            "05",
            "退款",
            "退款-外套",
            "不计收支",
            "50.00",
            "退款成功",
            "20260302000000000001_R1",
        ],
        [
            "06",
            "退款",
            "退款-外套",
            "不计收支",
            "10.00",
            "退款成功",
            "20260302000000000001*2",
        ],
        // All sent back: the order itself is closed and counts as neither.
        [
            "07",
            "数码电器",
            "耳机",
            "不计收支",
            "70.00",
            "交易关闭",
            "20260307000000000001",
        ],
        [
            "08",
            "退款",
            "退款-耳机",
            "不计收支",
            "70.00",
            "退款成功",
            "20260307000000000001_1",
        ],
        // Never paid.
        [
            "09",
            "日用百货",
            "纸",
            "支出",
            "5.00",
            "交易关闭",
            "20260309000000000001",
        ],
        // Of an order in an older file.
        [
            "10",
            "退款",
            "退款-书",
            "不计收支",
            "8.00",
            "退款成功",
            "20260201000000000001_1",
        ],
    ];
    let ledger = opened(&alipay(&rows.map(row).concat()), "alipay");
    assert_eq!(
        short(&ledger),
        [
            (10_000, Out, Flow::Expenditure, Category::Clothing),
            (5_000, In, Flow::RefundReversal, Category::Clothing),
            (1_000, In, Flow::RefundReversal, Category::Clothing),
            (800, In, Flow::RefundReversal, NONE),
        ]
    );
}

#[test]
fn alipay_of_the_web_site_and_with_notes_after_the_table() {
    let web = "支付宝交易记录明细查询\n账号:[demo@example.com]\n\
               起始日期:[2026-03-01 00:00:00]    终止日期:[2026-04-01 00:00:00]\n\
               ---------------------------------交易记录明细列表------------------------------------\n\
               交易号                  ,商家订单号               ,交易创建时间              ,付款时间                ,\
               最近修改时间              ,交易来源地     ,类型              ,交易对方            ,商品名称                ,\
               金额（元）   ,收/支     ,交易状态    ,服务费（元）   ,成功退款（元）  ,备注                  ,资金状态     ,\n\
               2026030222001400000000000001,M1   ,2026-03-02 10:00:00 ,2026-03-02 10:00:05 ,2026-03-09 00:00:00 ,\
               其他（包括阿里巴巴和外部商家）,即时到账交易          ,示例            ,书       ,30.00   ,支出      ,交易成功    ,\
               0.00     ,12.00    ,                    ,已支出      ,\n\
               2026030422001400000000000002,     ,2026-03-04 10:00:00 ,                    ,2026-03-04 10:00:00 ,\
               支付宝网站,转账            ,示例            ,提现       ,200.00   ,         ,交易成功    ,\
               0.20     ,0.00    ,                    ,资金转移      ,\n\
               ------------------------------------------------------------------------------------\n\
               共2笔记录\n导出时间:[2026-04-01 09:00:00]    用户:示例\n";
    let bytes = GB18030.encode(web).0;
    let ledger = opened(&bytes, "alipay");
    assert_eq!(
        facts(&ledger),
        [
            (
                "2026-03-02".to_owned(),
                3_000,
                Out,
                Flow::Expenditure,
                NONE,
                "2026030222001400000000000001"
            ),
            (
                "2026-03-04".to_owned(),
                20,
                Out,
                Flow::Expenditure,
                Category::InsuranceFinance,
                "2026030422001400000000000002#fee"
            ),
            (
                "2026-03-04".to_owned(),
                20_000,
                Out,
                Flow::Transfer,
                NONE,
                "2026030422001400000000000002"
            ),
            (
                "2026-03-09".to_owned(),
                1_200,
                In,
                Flow::RefundReversal,
                NONE,
                "2026030222001400000000000001#refund"
            ),
        ]
    );
    let lost = web.replace("共2笔记录", "共3笔记录");
    let error = refused(lost.as_bytes(), "alipay");
    assert_eq!(error.fault(), &StatementFault::RowsLost { got: 2, want: 3 });
}

#[test]
fn alipay_faults() {
    let line = [
        "02",
        "医疗健康",
        "药",
        "支出",
        "1.00",
        "交易成功",
        "20260302000000000001",
    ];
    for (at, text, field, words) in [
        (4, "=1+1", Some("金额"), "not an amount"),
        (4, "-1.00", Some("金额"), "a sign"),
        (4, "1.001", Some("金额"), "more decimal digits"),
        (3, "也许", Some("收/支"), "unknown code"),
        (6, "", Some("交易订单号"), "empty"),
        (0, "32", Some("交易时间"), "not a date"),
    ] {
        let mut changed = line;
        changed[at] = text;
        let error = refused(&alipay(&row(changed)), "alipay");
        assert_eq!((error.line(), error.field()), (Some(6), field), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    }
    let cut = alipay(&row(line));
    let error = refused(&cut[..cut.len() - 20], "alipay");
    assert!(
        matches!(error.fault(), StatementFault::Fields { .. }),
        "{error}"
    );
    let mut broken = alipay(&row(line));
    broken.push(0xff);
    assert!(refused(&broken, "alipay").to_string().contains("gb18030"));
    for end in 0..cut.len() {
        let _ = read(&cut[..end], "a", &ReadOptions::default());
    }
    let error = read(&cut, "a", &in_currency("EUR")).unwrap_err();
    assert!(matches!(
        error.fault(),
        StatementFault::OtherCurrency { .. }
    ));
}

#[test]
fn columns_without_number_are_refused_at_once() {
    refuses_columns_without_number(APP);
}
