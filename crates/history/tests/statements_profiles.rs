//! Column profiles: how they are chosen, what they can say, what they cannot.

mod statements_common;

use blindscore_history::ledger::Direction;
use blindscore_history::statement::{CsvProfile, Format, ReadOptions, StatementFault, read};
use blindscore_history::taxonomy::{Category, Flow, MccMap};
use jiff::civil::date;
use statements_common::{PLAIN, file, opened, profile, refused_with};

#[test]
fn texts_over_several_lines_are_read_if_the_profile_says_so() {
    let options = profile(&format!(
        "multiline = true\n{PLAIN}[columns]\ndescription = \"text\"\n"
    ));
    let text = "day,sum,text\n2026-03-02,-1,\"two\nlines\"\n2026-03-03,x,b\n";
    let error = refused_with(text.as_bytes(), &options);
    assert_eq!((error.line(), error.field()), (Some(4), Some("sum")));
    let text = "day,sum,text\n2026-03-02,-1,\"two\nlines\"\n2026-03-03,-2,\"open\n2026-03-04,1,b\n";
    let error = refused_with(text.as_bytes(), &options);
    assert_eq!(
        (error.line(), error.fault()),
        (Some(4), &StatementFault::OpenQuote)
    );
}

#[test]
fn the_profile_can_fix_the_order_or_lift_it() {
    let text = b"day,sum\n2026-03-09,-1\n2026-03-02,-1\n2026-03-05,-1\n";
    let error = refused_with(text, &profile(&format!("order = \"ascending\"\n{PLAIN}")));
    assert_eq!(error.line(), Some(3));
    let error = refused_with(text, &profile(&format!("order = \"descending\"\n{PLAIN}")));
    assert_eq!(error.line(), Some(4));
    let any = profile(&format!(
        "order = \"any\"\n{PLAIN}[columns]\nbalance = \"after\"\n"
    ));
    let text = b"day,sum,after\n2026-03-09,-1,1\n2026-03-02,-1,2\n2026-03-05,-1,3\n";
    let ledger = read(text, "a.csv", &any).unwrap();
    assert_eq!(ledger.coverage().to_string(), "2026-03-01 to 2026-03-31");
    assert_eq!(ledger.balances(), []);
}

#[test]
fn profiles_are_chosen_by_name() {
    let named = |name: &str| ReadOptions {
        profile: Some(name.to_owned()),
        ..Default::default()
    };
    let text = b"Date,Description,Debit,Credit\n05/03/2026,x,1,\n";
    assert!(read(text, "a.csv", &ReadOptions::default()).is_err());
    assert_eq!(
        read(text, "a.csv", &named("uk-debit-credit"))
            .unwrap()
            .entries()
            .len(),
        1
    );
    let error = refused_with(text, &named("us-signed"));
    assert!(
        matches!(error.fault(), StatementFault::NoHeader { .. }),
        "{error}"
    );
    let error = refused_with(text, &named("none"));
    assert!(
        error
            .to_string()
            .contains("no profile \"none\"; known are blindscore"),
        "{error}"
    );
}

#[test]
fn profiles_that_fit_alike_are_refused_and_own_ones_come_first() {
    let mut options = profile(PLAIN);
    options
        .profiles
        .push(CsvProfile::from_toml(&PLAIN.replace("\"plain\"", "\"other\"")).unwrap());
    let error = refused_with(b"day,sum\n2026-03-02,1\n", &options);
    assert!(
        matches!(error.fault(), StatementFault::AmbiguousProfile { .. }),
        "{error}"
    );
    let own = PLAIN
        .replace("EUR", "CHF")
        .replace("\"day\"", "\"date\"")
        .replace("\"sum\"", "\"amount\"");
    let ledger = read(
        file("2026-03-02,1,EUR,,,\n").as_bytes(),
        "a.csv",
        &profile(&own),
    )
    .unwrap();
    assert_eq!(ledger.currency().code(), "CHF");
}

#[test]
fn the_header_is_found_below_other_lines() {
    let text = "Account of \"somebody\n\nas of;2026,\nday,sum\n2026-03-02,-1\n2026-03-03,-x\n";
    let error = refused_with(text.as_bytes(), &profile(PLAIN));
    assert_eq!((error.line(), error.field()), (Some(6), Some("sum")));
    let late = format!("{}day,sum\n2026-03-02,-1\n", "note\n".repeat(100));
    assert!(read(late.as_bytes(), "a.csv", &profile(PLAIN)).is_err());
}

#[test]
fn a_repeated_column_is_refused() {
    let error = refused_with(b"day,sum,sum\n2026-03-02,-1,-2\n", &profile(PLAIN));
    assert_eq!((error.line(), error.field()), (Some(1), Some("sum")));
    assert_eq!(error.fault(), &StatementFault::RepeatedColumn);
}

const SIDES: &str = "name = \"sides\"\ncurrency = \"EUR\"\n\
                     [date]\ncolumn = \"day\"\nformat = \"%Y-%m-%d\"\n\
                     [amount]\nmode = \"debit_credit\"\ndebit = \"out\"\ncredit = \"in\"\n";

#[test]
fn debit_and_credit_columns() {
    let options = profile(SIDES);
    let text = b"day,out,in\n2026-03-02,1,\n2026-03-02,0.00,2\n2026-03-02,3,0\n";
    let ledger = read(text, "a.csv", &options).unwrap();
    let facts: Vec<_> = ledger
        .entries()
        .iter()
        .map(|e| (e.amount, e.direction))
        .collect();
    assert_eq!(
        facts,
        [
            (100, Direction::Out),
            (200, Direction::In),
            (300, Direction::Out)
        ]
    );
    for (line, words) in [
        ("2026-03-02,,", "neither debit nor credit"),
        ("2026-03-02,1,2", "both debit and credit"),
        ("2026-03-02,-1,", "negative"),
        ("2026-03-02,,-1", "negative"),
    ] {
        let error = refused_with(format!("day,out,in\n{line}\n").as_bytes(), &options);
        assert_eq!(error.line(), Some(2), "{line}");
        assert!(error.to_string().contains(words), "{line}: {error}");
    }
    let signed = profile(&format!("{SIDES}signed_debits = true\n"));
    let ledger = read(b"day,out,in\n2026-03-02,-1,\n", "a.csv", &signed).unwrap();
    assert_eq!(ledger.entries()[0].direction, Direction::Out);
}

#[test]
fn unsigned_amounts_with_an_indicator() {
    let text = SIDES.split("[amount]").next().unwrap().to_owned()
        + "[amount]\nmode = \"indicator\"\ncolumn = \"sum\"\nindicator = \"side\"\n\
           in = [\"CRDT\", \"C\"]\nout = [\"DBIT\", \"D\"]\n";
    let options = profile(&text);
    let ledger = read(
        b"day,sum,side\n2026-03-02,1,crdt\n2026-03-02,2,D\n",
        "a",
        &options,
    )
    .unwrap();
    let facts: Vec<_> = ledger
        .entries()
        .iter()
        .map(|e| (e.amount, e.direction))
        .collect();
    assert_eq!(facts, [(100, Direction::In), (200, Direction::Out)]);
    let error = refused_with(b"day,sum,side\n2026-03-02,1,X\n", &options);
    assert_eq!((error.line(), error.field()), (Some(2), Some("side")));
    assert!(
        error.to_string().contains("want one of CRDT, C, DBIT, D"),
        "{error}"
    );
    let error = refused_with(b"day,sum,side\n2026-03-02,-1,C\n", &options);
    assert_eq!(error.fault(), &StatementFault::Negative);
}

#[test]
fn positive_can_mean_money_out() {
    let options = profile(&format!("{PLAIN}positive = \"out\"\n"));
    let ledger = read(
        b"day,sum\n2026-03-02,1\n2026-03-03,-2\n2026-03-04,0\n",
        "a",
        &options,
    )
    .unwrap();
    let directions: Vec<_> = ledger.entries().iter().map(|e| e.direction).collect();
    assert_eq!(directions, [Direction::Out, Direction::In, Direction::Out]);
}

#[test]
fn rules_classify_what_has_no_code() {
    let options = profile(&format!(
        "{PLAIN}[columns]\ndescription = \"text\"\nmcc = \"code\"\n\
         [[rules]]\ncontains = \"gröcer\"\nflow = \"expenditure\"\ncategory = \"FOOD\"\n\
         [[rules]]\ncolumn = \"kind\"\nequals = \"salary\"\ndirection = \"in\"\nflow = \"income\"\n"
    ));
    let ledger = read(
        "day,sum,text,code,kind\n\
         2026-03-02,-1,The GRÖCER,,\n\
         2026-03-02,1,gröcer back,,\n\
         2026-03-02,-1,gröcer,7995,\n\
         2026-03-02,-1,gröcer,1,\n\
         2026-03-02,1,x,,Salary\n\
         2026-03-02,-1,x,,Salary\n\
         2026-03-02,1,x,,Salary and more\n"
            .as_bytes(),
        "a",
        &options,
    )
    .unwrap();
    let facts: Vec<_> = ledger
        .entries()
        .iter()
        .map(|e| (e.flow, e.category))
        .collect();
    let none = Category::Unclassified;
    assert_eq!(
        facts,
        [
            (Flow::Expenditure, Category::Food),
            (Flow::RefundReversal, Category::Food),
            (Flow::Expenditure, Category::Gambling),
            (Flow::Expenditure, Category::Food),
            (Flow::Income, none),
            (Flow::Expenditure, none),
            (Flow::Transfer, none),
        ]
    );
}

#[test]
fn flow_and_category_columns() {
    let head = "date,amount,currency,mcc,flow,category\n";
    let ledger = opened(&format!(
        "{head}2026-03-02,1,EUR,,income,\n2026-03-02,-1,EUR,5411,,HEALTH\n\
         2026-03-02,-1,EUR,5411,expenditure,\n2026-03-02,1,EUR,,,HEALTH\n"
    ));
    let facts: Vec<_> = ledger
        .entries()
        .iter()
        .map(|e| (e.flow, e.category))
        .collect();
    assert_eq!(
        facts,
        [
            (Flow::Income, Category::Unclassified),
            (Flow::Expenditure, Category::Health),
            (Flow::Expenditure, Category::Food),
            (Flow::RefundReversal, Category::Health),
        ]
    );
    for (line, field) in [
        ("2026-03-02,1,EUR,,wages,", "flow"),
        ("2026-03-02,1,EUR,,,food", "category"),
        ("2026-03-02,1,EUR,,income,FOOD", "category"),
    ] {
        let text = format!("{head}{line}\n");
        let error = refused_with(text.as_bytes(), &ReadOptions::default());
        assert_eq!(
            (error.line(), error.field()),
            (Some(2), Some(field)),
            "{line}"
        );
    }
}

#[test]
fn a_map_of_codes_can_be_replaced() {
    let map = MccMap::from_csv(&b"mcc,flow,category\n5411,expenditure,GAMBLING\n"[..]).unwrap();
    let options = ReadOptions {
        mcc_map: Some(map),
        ..ReadOptions::default()
    };
    let text = file("2026-03-02,-1,EUR,a,5411,\n");
    let ledger = read(text.as_bytes(), "a", &options).unwrap();
    assert_eq!(ledger.entries()[0].category, Category::Gambling);
}

#[test]
fn a_profile_without_any_currency_needs_one_asked_for() {
    let options = profile(&PLAIN.replace("currency = \"EUR\"\n", ""));
    let text = b"day,sum\n2026-03-02,-1\n";
    let error = refused_with(text, &options);
    assert_eq!(error.fault(), &StatementFault::NoCurrency);
    let options = ReadOptions {
        currency: "KWD".parse().ok(),
        ..options
    };
    assert_eq!(
        read(text, "a", &options).unwrap().entries()[0].amount,
        1_000
    );
}

#[test]
fn every_layout_question_of_a_profile() {
    let options = profile(
        "name = \"all\"\ndelimiter = \"\\t\"\nencoding = \"gb18030\"\n\
         [date]\ncolumn = \"日期\"\nformat = \"%d/%m/%y %H:%M\"\n\
         [amount]\nmode = \"signed\"\ncolumn = \"金额\"\n\
         [number]\ndecimal = \",\"\nthousands = \" \"\n[columns]\ncurrency = \"币种\"\n",
    );
    let text = "日期\t金额\t币种\r\n05/03/26 10:11\t-1 234,5\tCNY\r\n";
    let (bytes, _, _) = encoding_rs::GB18030.encode(text);
    assert_eq!(Format::detect(&bytes, &options), Format::named("bank-csv"));
    let ledger = read(&bytes, "a", &options).unwrap();
    assert_eq!(ledger.entries()[0].amount, 123_450);
    assert_eq!(ledger.entries()[0].date, date(2026, 3, 5));
}

#[test]
fn profiles_that_cannot_be_are_refused() {
    for (change, words) in [
        (("name", "title"), "unknown field"),
        (("\"EUR\"", "\"EUX\""), "unknown currency"),
        (("\"plain\"", "\"\""), "empty name"),
        (("\"%Y-%m-%d\"", "\"%Y-%m\""), "bad date format"),
        (("\"%Y-%m-%d\"", "\"%!\""), "bad date format"),
        (("\"signed\"", "\"guess\""), "unknown variant"),
        (("[date]", "delimiter = \";;\"\n[date]"), "bad delimiter"),
        (
            ("[date]", "encoding = \"klingon\"\n[date]"),
            "unknown encoding",
        ),
        (
            (
                "[date]",
                "number = { decimal = \",\", thousands = \",\" }\n[date]",
            ),
            "same",
        ),
        (
            ("[date]", "number = { decimal = \"..\" }\n[date]"),
            "one character",
        ),
        (
            ("[date]", "columns = { currency = \"c\" }\n[date]"),
            "keep one",
        ),
        (
            (
                "[date]",
                "rules = [{ contains = \"x\", flow = \"income\" }]\n[date]",
            ),
            "no column",
        ),
        (
            (
                "[date]",
                "rules = [{ column = \"c\", flow = \"income\" }]\n[date]",
            ),
            "exactly one of contains and equals",
        ),
        (
            (
                "[date]",
                "rules = [{ column = \"c\", equals = \"x\", flow = \"cash\", category = \"FOOD\" }]\n[date]",
            ),
            "carry a category",
        ),
    ] {
        let text = PLAIN.replace(change.0, change.1);
        let error = CsvProfile::from_toml(&text).unwrap_err().to_string();
        assert!(error.contains(words), "{change:?}: {error}");
    }
    let sides = SIDES.split("[amount]").next().unwrap();
    let both = format!(
        "{sides}[amount]\nmode = \"indicator\"\ncolumn = \"a\"\nindicator = \"b\"\n\
         in = [\"X\"]\nout = [\"x\"]\n"
    );
    assert!(
        CsvProfile::from_toml(&both)
            .unwrap_err()
            .to_string()
            .contains("in and out")
    );
}

#[test]
fn the_builtin_profiles_are_valid_and_named() {
    let names: Vec<_> = CsvProfile::builtin().iter().map(CsvProfile::name).collect();
    assert_eq!(
        names[..4],
        ["blindscore", "us-signed", "uk-debit-credit", "de-semicolon"]
    );
    assert!(CsvProfile::named_builtin("us-signed").is_some());
    assert!(CsvProfile::named_builtin("other").is_none());
}
