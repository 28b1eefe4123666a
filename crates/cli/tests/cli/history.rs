//! Statements read, explained, guessed, and built on.

use serde_json::Value;

use crate::common::{AS_OF, Play};

const OFX: &str = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\n\
COMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n\
<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>CNY<BANKACCTFROM><BANKID>0<ACCTID>6200000001<ACCTTYPE>CHECKING</BANKACCTFROM>\n\
<BANKTRANLIST><DTSTART>20260301<DTEND>20260331\n\
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260302<TRNAMT>-500.00<FITID>1<NAME>WALLET LOAD</STMTTRN>\n\
<STMTTRN><TRNTYPE>DIRECTDEP<DTPOSTED>20260306<TRNAMT>9000.00<FITID>2<NAME>EXAMPLE EMPLOYER PAYROLL</STMTTRN>\n\
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260309<TRNAMT>-64.18<FITID>3<SIC>5411<NAME>EXAMPLE</STMTTRN>\n\
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260310<TRNAMT>-31.00<FITID>4<NAME>EXAMPLE XYZZY</STMTTRN>\n\
</BANKTRANLIST><LEDGERBAL><BALAMT>8000.00<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n";

const ALIPAY: &str = "支付宝（示例）电子客户回单\n\
交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式,交易状态,交易订单号,商家订单号,备注,\n\
2026-03-20 12:00:00,退款,示例商城,/,退款-外套,不计收支,80.00,余额,退款成功,20260315000000000006_R1\t,S6\t,,\n\
2026-03-15 20:18:33,服饰装扮,示例商城,/,外套,支出,380.00,余额,交易成功,20260315000000000006\t,S6\t,,\n\
2026-03-14 20:18:33,服饰装扮,示例商城,/,鞋,支出,99.00,余额,交易关闭,20260314000000000005\t,S5\t,,\n\
2026-03-03 09:00:00,账户存取,示例银行,/,充值-普通充值,不计收支,500.00,储蓄卡,交易成功,20260303000000000001\t,\t,,\n";

fn lines(play: &Play, arguments: &[&str]) -> Vec<Value> {
    let output = play.run(arguments).success().get_output().stdout.clone();
    let text = String::from_utf8(output).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn text(play: &Play, arguments: &[&str]) -> String {
    let output = play.run(arguments).success().get_output().stdout.clone();
    String::from_utf8(output).unwrap()
}

fn person() -> Play {
    let play = Play::new();
    play.write("bank.ofx", OFX);
    play.write("alipay-list.csv", ALIPAY);
    play
}

fn facts(lines: &[Value]) -> Vec<(&str, i64, &str, &str, &str)> {
    let of = |line: &'_ Value, key: &str| line[key].as_str().unwrap().to_owned();
    let leaked = |text: String| -> &'static str { text.leak() };
    lines
        .iter()
        .map(|line| {
            (
                leaked(of(line, "date")),
                line["amount"].as_i64().unwrap(),
                leaked(of(line, "direction")),
                leaked(of(line, "flow")),
                leaked(of(line, "category")),
            )
        })
        .collect()
}

#[test]
fn entries_are_printed_as_lines_of_json() {
    let play = person();
    let read = lines(&play, &["history", "read", "bank.ofx", "--json"]);
    let first = read[0].as_object().unwrap();
    let mut keys: Vec<_> = first.keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "amount",
            "category",
            "currency",
            "date",
            "direction",
            "flow",
            "id"
        ]
    );
    assert_eq!(
        (&first["currency"], &first["id"]),
        (&"CNY".into(), &"1".into())
    );
    assert_eq!(
        facts(&read),
        [
            ("2026-03-02", 50_000, "out", "transfer", "UNCLASSIFIED"),
            ("2026-03-06", 900_000, "in", "income", "UNCLASSIFIED"),
            ("2026-03-09", 6_418, "out", "expenditure", "FOOD"),
            ("2026-03-10", 3_100, "out", "expenditure", "UNCLASSIFIED"),
        ]
    );
    let named = ["history", "read", "bank.ofx", "--format", "ofx", "--json"];
    assert_eq!(lines(&play, &named), read);
    let by_another = ["history", "read", "bank.ofx", "--format", "qfx", "--json"];
    assert_eq!(lines(&play, &by_another), read);
    play.run(&["history", "read", "bank.ofx", "--format", "plaid"])
        .code(1);
    play.run(&["history", "read", "bank.ofx", "--format", "fax"])
        .code(2);
    let table = text(&play, &["history", "read", "bank.ofx"]);
    assert!(
        table.contains("-64.18 CNY") && table.contains("FOOD"),
        "{table}"
    );
}

#[test]
fn two_files_make_one_history_in_any_order() {
    let play = person();
    let both = ["history", "read", "alipay-list.csv", "bank.ofx", "--json"];
    let read = lines(&play, &both);
    let turned = [
        "history",
        "read",
        "bank.ofx",
        "alipay-list.csv",
        "bank.ofx",
        "--json",
    ];
    assert_eq!(lines(&play, &turned), read);
    let facts = facts(&read);
    assert_eq!(facts.len(), 7);
    // The two halves of the load are a transfer, and the refund is of clothing.
    assert!(facts.contains(&("2026-03-02", 50_000, "out", "transfer", "UNCLASSIFIED")));
    assert!(facts.contains(&("2026-03-03", 50_000, "in", "transfer", "UNCLASSIFIED")));
    assert!(facts.contains(&("2026-03-20", 8_000, "in", "refund_reversal", "CLOTHING")));
}

#[test]
fn reasons_totals_and_the_unclassified_share_are_shown() {
    let play = person();
    let explain = ["history", "explain", "bank.ofx", "alipay-list.csv"];
    let shown = text(&play, &explain);
    for want in [
        "merchant code 5411",
        "own transfer, by amount and date",
        "source's category",
        "nothing known",
        "Totals by month in CNY",
        "1 of 7 entries (14.2 %)",
        "2 accounts, all covering 2026-03-01 to 2026-03-31",
    ] {
        assert!(shown.contains(want), "no {want:?} in\n{shown}");
    }
    let only = text(&play, &[&explain[..], &["--unclassified"]].concat());
    assert!(
        only.contains("EXAMPLE XYZZY") && !only.contains("merchant code 5411"),
        "{only}"
    );
    let json = play.json(&[&explain[..], &["--json"]].concat());
    assert_eq!(json["unclassified"]["entries"], 1);
    assert_eq!(json["counts"]["own_transfers"], 1);
    assert_eq!(json["entries"].as_array().unwrap().len(), 7);
    let clothing = json["totals"].as_array().unwrap().iter();
    let clothing = clothing
        .clone()
        .find(|row| row["category"] == "CLOTHING")
        .unwrap();
    assert_eq!(clothing["total"], 30_000);
}

#[test]
fn chart_and_page_stand_alone_and_show_texts_only() {
    let play = person();
    play.write(
        "bank.ofx",
        OFX.replace("EXAMPLE XYZZY", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    );
    play.run(&[
        "history", "explain", "bank.ofx", "--html", "a.html", "--svg", "a.svg",
    ])
    .success();
    let page = String::from_utf8(play.read("a.html")).unwrap();
    let chart = String::from_utf8(play.read("a.svg")).unwrap();
    assert!(page.contains("<svg") && page.contains("default-src 'none'"));
    assert!(
        !page.contains("<script") && page.contains("&lt;script&gt;"),
        "{page}"
    );
    assert!(chart.starts_with("<svg") && chart.contains("FOOD") && chart.contains("2026-03"));
    for text in [&page, &chart] {
        let links = text.replace("http://www.w3.org/2000/svg", "");
        assert!(
            !links.contains("http:") && !links.contains("https:"),
            "{links}"
        );
    }
}

#[test]
fn own_rules_replace_the_shipped_ones() {
    let play = person();
    let rules = text(&play, &["history", "rules", "show"]);
    play.write("shipped.toml", &rules);
    let checked = text(&play, &["history", "rules", "check", "shipped.toml"]);
    assert!(checked.contains("ok"), "{checked}");
    play.write(
        "own.toml",
        "version = 1\n[[rules]]\nname = \"magic\"\nflow = \"expenditure\"\ncategory = \"RECREATION\"\n\
         patterns.any = 'xyzzy'\n",
    );
    let read = lines(
        &play,
        &[
            "history", "read", "bank.ofx", "--rules", "own.toml", "--json",
        ],
    );
    assert_eq!(facts(&read)[3].4, "RECREATION");
    // The shipped rule for loads is no longer there.
    assert_eq!(facts(&read)[0].3, "expenditure");
    play.write(
        "own.toml",
        "version = 1\n[[rules]]\nname = \"bad\"\nflow = \"cash\"\npatterns.de = '('\n",
    );
    let stderr = play.refused(1, &["history", "read", "bank.ofx", "--rules", "own.toml"]);
    for want in [
        "own.toml",
        "rule \"bad\"",
        "pattern \"de\"",
        "unclosed group",
    ] {
        assert!(stderr.contains(want), "no {want:?} in {stderr}");
    }
}

#[test]
fn several_currencies_need_rates_to_be_built_on() {
    let play = person();
    let build = [
        "history",
        "build",
        "bank.ofx",
        "--scheme",
        "everyday.json",
        "--as-of",
        "2026-04-15",
    ];
    let stderr = play.refused(1, &build);
    assert!(
        stderr.contains("CNY") && stderr.contains("--rate"),
        "{stderr}"
    );
    let stderr = play.refused(2, &[&build[..], &["--rate", "CNY=0"]].concat());
    assert!(stderr.contains("rate"), "{stderr}");
    let json = play.json(&[&build[..], &["--rate", "CNY=0.128", "--json"]].concat());
    assert_eq!(json["ledger"]["currency"], "EUR");
    let rows = json["ledger"]["rows"].as_array().unwrap();
    let income = rows.iter().find(|row| row["flow"] == "income").unwrap();
    assert_eq!(income["money_in"], 115_200);
    let stderr = play.refused(1, &["history", "explain", "bank.ofx", "bank.csv"]);
    assert!(
        stderr.contains("CNY") && stderr.contains("EUR") && stderr.contains("--currency"),
        "{stderr}"
    );
}

#[test]
fn what_is_converted_to_is_never_taken_for_what_a_file_is_in() {
    let play = person();
    play.write(
        "mpesa.csv",
        "Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Balance\n\
         A1,2026-03-02 10:00:00,Airtime Purchase,Completed,,-100.00,50.00\n",
    );
    let euros = ["history", "read", "mpesa.csv", "--currency", "EUR"];
    let stderr = play.refused(1, &euros);
    assert!(
        stderr.contains("KES") && stderr.contains("--rate"),
        "{stderr}"
    );
    let table = text(&play, &[&euros[..], &["--rate", "KES=0.0071"]].concat());
    assert!(table.contains("-0.71 EUR"), "{table}");
    let table = text(
        &play,
        &["history", "read", "mpesa.csv", "--file-currency", "TZS"],
    );
    assert!(table.contains("-100.00 TZS"), "{table}");
    let as_of = ["--scheme", "everyday.json", "--as-of", "2026-04-15"];
    let stderr = play.refused(
        1,
        &[&["history", "build", "mpesa.csv"][..], &as_of].concat(),
    );
    assert!(stderr.contains("KES"), "{stderr}");
    // A layout whose currency nobody names.
    play.write(
        "own.toml",
        "name = \"own\"\n[date]\ncolumn = \"day\"\nformat = \"%Y-%m-%d\"\n\
         [amount]\nmode = \"signed\"\ncolumn = \"sum\"\n",
    );
    play.write("own.csv", "day,sum\n2026-03-02,-1.00\n");
    let own = ["history", "read", "own.csv", "--profile", "own.toml"];
    let stderr = play.refused(1, &own);
    assert!(stderr.contains("--file-currency"), "{stderr}");
    let table = text(&play, &[&own[..], &["--file-currency", "EUR"]].concat());
    assert!(table.contains("-1.00 EUR"), "{table}");
}

#[test]
fn any_statements_become_a_sealed_history_without_code() {
    let play = person();
    play.keygen();
    let build = [
        "history",
        "build",
        "bank.ofx",
        "alipay-list.csv",
        "--scheme",
        "everyday.json",
    ];
    let with = [
        "--as-of",
        "2026-04-15",
        "--rate",
        "CNY=0.128",
        "--out",
        "both.levels.json",
    ];
    play.run(&[&build[..], &with].concat()).success();
    let seal = [
        "seal",
        "--levels",
        "both.levels.json",
        "--scheme",
        "everyday.json",
    ];
    let to = [
        "--key",
        "applicant.public",
        "--sealing-key",
        "both.sealing",
        "--source",
        "household",
    ];
    let out = [
        "--form",
        "packed",
        "--allow-shorter",
        "--out",
        "both.sealed",
    ];
    play.run(&[&seal[..], &to, &out].concat()).success();
    assert!(play.path("both.sealed").exists());
}

#[test]
fn bank_and_wallet_are_two_accounts() {
    let play = Play::new();
    let json = play.json(&[
        "history",
        "build",
        "bank.csv",
        "wallet.json",
        "--scheme",
        "everyday.json",
        "--as-of",
        AS_OF,
        "--json",
    ]);
    assert_eq!(json["files"].as_array().unwrap().len(), 2);
    // The top-ups stand in both.
    assert!(
        json["gathered"]["own_transfers"].as_u64().unwrap() > 40,
        "{}",
        json["gathered"]
    );
    let apart = ["--separate-accounts", "--one-account"];
    let both = ["history", "read", "bank.csv"];
    play.refused(2, &[&both[..], &apart].concat());
}

#[test]
fn a_layout_is_proposed_and_works() {
    let play = Play::new();
    play.write(
        "unknown.csv",
        "Kontoauszug;;;\n\nValutadatum;Empf\u{e4}nger;Zweck der Zahlung;Betrag (EUR);Saldo\n\
         31.03.2026;Laden;SUPERMARKT;-1.008,80;10,00\n05.03.2026;Firma;GEHALT;2.100,00;1.018,80\n",
    );
    let run = play
        .run(&[
            "history",
            "profile",
            "guess",
            "unknown.csv",
            "--name",
            "kasse",
        ])
        .success();
    let output = run.get_output();
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(stderr.contains("it reads 2 entries"), "{stderr}");
    play.write("kasse.toml", &output.stdout);
    let read = lines(
        &play,
        &[
            "history",
            "read",
            "unknown.csv",
            "--profile",
            "kasse.toml",
            "--json",
        ],
    );
    assert_eq!(
        facts(&read),
        [
            ("2026-03-05", 210_000, "in", "income", "UNCLASSIFIED"),
            ("2026-03-31", 100_880, "out", "expenditure", "FOOD"),
        ]
    );
    let stderr = play.refused(1, &["history", "profile", "guess", "wallet.json"]);
    assert!(stderr.contains("wallet.json"), "{stderr}");
}
