//! What the values of a column can be read as.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::money::{AmountStyle, Currency, parse_amount};

const DATES: [&str; 16] = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%d.%m.%Y",
    "%d.%m.%y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d/%m/%y",
    "%m/%d/%y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%b %d, %Y",
    "%Y年%m月%d日",
];
const TIMES: [&str; 7] = [
    "",
    " %H:%M:%S",
    " %H:%M",
    "T%H:%M:%S",
    "T%H:%M:%SZ",
    "T%H:%M:%S%.f",
    " %I:%M:%S %p",
];

/// The formats that read every value as a day of our time.
pub(super) fn date_formats<'a>(values: impl Iterator<Item = &'a str> + Clone) -> Vec<String> {
    let mut fitting = Vec::new();
    for day in DATES {
        for time in TIMES {
            let format = format!("{day}{time}");
            let mut any = false;
            let reads = values.clone().all(|value| {
                any = true;
                read_date(&format, value).is_some()
            });
            if any && reads {
                fitting.push(format);
            }
        }
    }
    fitting
}

fn read_date(format: &str, value: &str) -> Option<Date> {
    let date = Date::strptime(format, value).ok()?;
    (1970..2100).contains(&date.year()).then_some(date)
}

/// Whether the values, read in a format, come in the order of time or against it.
pub(super) fn is_sorted<'a>(format: &str, values: impl Iterator<Item = &'a str>) -> bool {
    let dates: Vec<Date> = values
        .filter_map(|value| read_date(format, value))
        .collect();
    dates.is_sorted() || dates.iter().rev().is_sorted()
}

/// Styles of numbers by their separators, the commoner first.
const STYLES: [(char, Option<char>); 6] = [
    ('.', Some(',')),
    (',', Some('.')),
    (',', Some(' ')),
    ('.', Some('\'')),
    ('.', Some(' ')),
    (',', Some('\'')),
];

/// The separators with which every value is an amount of the currency.
pub(super) fn styles<'a>(
    values: impl Iterator<Item = &'a str> + Clone,
    currency: Currency,
) -> Vec<(char, Option<char>)> {
    let reads = |&(decimal, thousands): &(char, Option<char>)| {
        AmountStyle::new(decimal, thousands).is_ok_and(|style| {
            values
                .clone()
                .all(|value| parse_amount(value, &style, currency).is_ok())
        })
    };
    STYLES.into_iter().filter(reads).collect()
}

/// How many of the values are below zero, and how many above.
pub(super) fn signs<'a>(
    values: impl Iterator<Item = &'a str>,
    (decimal, thousands): (char, Option<char>),
    currency: Currency,
) -> (usize, usize) {
    let Ok(style) = AmountStyle::new(decimal, thousands) else {
        return (0, 0);
    };
    values.fold((0, 0), |(below, above), value| {
        match parse_amount(value, &style, currency) {
            Ok(amount) if amount < 0 => (below + 1, above),
            Ok(amount) if amount > 0 => (below, above + 1),
            _ => (below, above),
        }
    })
}

/// The one currency whose sign or code stands beside the numbers, and whether
/// that sign is used for others too.
pub(super) fn marked<'a>(values: impl Iterator<Item = &'a str>) -> Option<(Currency, bool)> {
    let number = |char: char| {
        char.is_ascii_digit() || char.is_whitespace() || ".,'()+-\u{2212}\u{2019}".contains(char)
    };
    let marks: BTreeSet<&str> = values
        .map(|value| value.trim_matches(number))
        .filter(|mark| !mark.is_empty())
        .take(100)
        .collect();
    let [mark] = marks.into_iter().collect::<Vec<_>>()[..] else {
        return None;
    };
    let (code, shared) = match mark {
        "€" => ("EUR", false),
        "£" => ("GBP", true),
        "$" => ("USD", true),
        "¥" | "￥" | "元" => ("CNY", true),
        "₹" => ("INR", false),
        "KSh" | "Ksh" => ("KES", false),
        "Fr." | "Fr" | "SFr." => ("CHF", false),
        "zł" => ("PLN", false),
        "R$" => ("BRL", false),
        code => (code, false),
    };
    code.parse().ok().map(|currency| (currency, shared))
}

/// Whether every value is the code of a currency, and there is one.
pub(super) fn are_currencies<'a>(mut values: impl Iterator<Item = &'a str>) -> bool {
    values.next().is_some_and(is_currency) && values.all(is_currency)
}

fn is_currency(value: &str) -> bool {
    value.parse::<Currency>().is_ok()
}

/// Whether no value stands twice.
pub(super) fn are_unique<'a>(mut values: impl Iterator<Item = &'a str>) -> bool {
    let mut seen = BTreeSet::new();
    values.all(|value| seen.insert(value))
}
