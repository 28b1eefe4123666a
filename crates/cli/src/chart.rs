//! Spending by month and category as a picture: an SVG file, or a page around
//! it. Both are files of their own that fetch nothing and run no script.

use blindscore_history::explain::{Explained, TotalRow};
use blindscore_history::money::format_total;
use blindscore_history::taxonomy::{Category, Flow};
use svg::Document;
use svg::node::element::{Group, Line, Rectangle, Text, Title};

use crate::commands::history::EntryReport;
use crate::commands::history::unclassified;

/// One colour a category, in the order of their codes.
const COLOURS: [&str; 16] = [
    "#b0b0b0", "#117733", "#882255", "#cc6677", "#332288", "#ddcc77", "#aa7744", "#44aa99",
    "#0077bb", "#88ccee", "#ee7733", "#999933", "#cc3311", "#6677aa", "#aa4499", "#000000",
];
const INCOME: &str = "#222222";

const LEFT: f64 = 90.0;
const TOP: f64 = 46.0;
const HEIGHT: f64 = 300.0;
const BAR: f64 = 44.0;
const STEP: f64 = 64.0;
const LEGEND: f64 = 250.0;
/// More months than this stand closer together.
const WIDE: usize = 24;

/// The words of a chart.
pub(crate) struct Words {
    /// What it shows.
    pub(crate) title: &'static str,
    /// That sums are less what was refunded.
    pub(crate) net: &'static str,
    /// What the strokes are.
    pub(crate) income: &'static str,
    /// What a category is called.
    pub(crate) category: fn(Category) -> &'static str,
}

/// The words of the command line, with categories as in files.
const WORDS: Words = Words {
    title: "Spending by month and category",
    net: "net of refunds",
    income: "income",
    category: Category::name,
};

/// The chart: a bar of spending a month, stacked by category, and a stroke where
/// the month's income lies. A category whose refunds exceed its spending in a
/// month has no part in that month's bar.
pub(crate) fn svg(explained: &Explained) -> String {
    svg_in(explained, &WORDS)
}

/// The chart in other words.
pub(crate) fn svg_in(explained: &Explained, words: &Words) -> String {
    drawn(explained, words).to_string()
}

fn drawn(explained: &Explained, words: &Words) -> Document {
    let months = explained.months.len();
    let squeeze = if months > WIDE {
        WIDE as f64 / months as f64
    } else {
        1.0
    };
    let step = STEP * squeeze;
    let width = LEFT + step * months.max(3) as f64 + LEGEND;
    let spending = spending(explained);
    let height = TOP + HEIGHT + 60.0_f64.max(22.0 * (spending.len() + 2) as f64 - HEIGHT);
    let scale = Scale::of(explained, &spending);
    let mut chart = Document::new()
        .set("viewBox", (0, 0, width.ceil() as i64, height.ceil() as i64))
        .set("width", width.ceil() as i64)
        .set("height", height.ceil() as i64)
        .set("role", "img")
        .set("font-family", "sans-serif")
        .set("font-size", 12)
        .add(Title::new(words.title))
        .add(
            Rectangle::new()
                .set("width", "100%")
                .set("height", "100%")
                .set("fill", "#ffffff"),
        )
        .add(
            label(&format!(
                "{}, {}, {}",
                words.title, explained.currency, words.net
            ))
            .set("x", LEFT)
            .set("y", 22)
            .set("font-size", 15),
        );
    for part in 0..=4_i128 {
        let value = scale.top * part / 4;
        let y = scale.y(value);
        let line = Line::new()
            .set("x1", LEFT)
            .set("x2", width - LEGEND)
            .set("y1", y)
            .set("y2", y);
        chart = chart.add(line.set("stroke", "#dddddd")).add(
            label(&format_total(value, explained.currency))
                .set("x", LEFT - 6.0)
                .set("y", y + 4.0)
                .set("text-anchor", "end")
                .set("font-size", 10),
        );
    }
    for index in 0..months {
        let x = LEFT + step * index as f64 + (step - BAR * squeeze) / 2.0;
        chart = chart.add(month(
            (explained, words),
            &spending,
            &scale,
            index,
            (x, BAR * squeeze),
        ));
    }
    chart.add(legend((explained, words), &spending, width - LEGEND + 20.0))
}

/// One month: its bar, its income and its name.
fn month(
    (explained, words): (&Explained, &Words),
    spending: &[&TotalRow],
    scale: &Scale,
    index: usize,
    (x, width): (f64, f64),
) -> Group {
    let name = explained.months[index].to_string();
    let said = |what: &str, sum: i128| {
        Title::new(format!(
            "{name}, {what}: {}",
            format_total(sum, explained.currency)
        ))
    };
    let mut group = Group::new();
    let mut below = 0_i128;
    for row in spending {
        let sum = row.by_month[index].max(0);
        if sum == 0 {
            continue;
        }
        let (foot, head) = (scale.y(below), scale.y(below + sum));
        let bar = Rectangle::new()
            .set("x", x)
            .set("y", head)
            .set("width", width)
            .set("height", foot - head)
            .set("fill", colour(row.category))
            .add(said((words.category)(row.category), sum));
        group = group.add(bar);
        below += sum;
    }
    let income = income(explained, index);
    if income > 0 {
        let y = scale.y(income);
        let stroke = Line::new()
            .set("x1", x - 5.0)
            .set("x2", x + width + 5.0)
            .set("y1", y)
            .set("y2", y)
            .set("stroke", INCOME)
            .set("stroke-width", 3)
            .add(said(words.income, income));
        group = group.add(stroke);
    }
    let (middle, foot) = (x + width / 2.0, TOP + HEIGHT + 16.0);
    group.add(
        label(&name)
            .set("x", middle)
            .set("y", foot)
            .set("text-anchor", if width < 30.0 { "end" } else { "middle" })
            .set("font-size", 10)
            .set(
                "transform",
                if width < 30.0 {
                    format!("rotate(-60 {middle} {foot})")
                } else {
                    String::new()
                },
            ),
    )
}

fn legend((explained, words): (&Explained, &Words), spending: &[&TotalRow], x: f64) -> Group {
    let mut group = Group::new();
    let mut y = TOP;
    for row in spending.iter().rev() {
        let text = format!(
            "{}  {}",
            (words.category)(row.category),
            format_total(row.total, explained.currency)
        );
        let square = Rectangle::new()
            .set("x", x)
            .set("y", y)
            .set("width", 12)
            .set("height", 12);
        group = group.add(square.set("fill", colour(row.category))).add(
            label(&text)
                .set("x", x + 18.0)
                .set("y", y + 10.0)
                .set("font-size", 11),
        );
        y += 20.0;
    }
    let stroke = Line::new()
        .set("x1", x - 2.0)
        .set("x2", x + 14.0)
        .set("y1", y + 6.0)
        .set("y2", y + 6.0);
    group
        .add(stroke.set("stroke", INCOME).set("stroke-width", 3))
        .add(
            label(words.income)
                .set("x", x + 18.0)
                .set("y", y + 10.0)
                .set("font-size", 11),
        )
}

/// The rows of spending, in the order of their categories.
fn spending(explained: &Explained) -> Vec<&TotalRow> {
    let rows = explained.totals.iter();
    rows.filter(|row| row.flow == Flow::Expenditure).collect()
}

fn income(explained: &Explained, month: usize) -> i128 {
    let rows = explained
        .totals
        .iter()
        .filter(|row| row.flow == Flow::Income);
    rows.map(|row| row.by_month[month]).sum()
}

fn colour(category: Category) -> &'static str {
    COLOURS[usize::from(category.code())]
}

fn label(text: &str) -> Text {
    Text::new(text).set("fill", "#222222")
}

/// Amounts to heights.
struct Scale {
    top: i128,
}

impl Scale {
    /// The top is the largest bar or income, rounded up to 1, 2 or 5 times a
    /// power of ten.
    fn of(explained: &Explained, spending: &[&TotalRow]) -> Self {
        let bar =
            |month: usize| -> i128 { spending.iter().map(|row| row.by_month[month].max(0)).sum() };
        let months = 0..explained.months.len();
        let most = months
            .map(|month| bar(month).max(income(explained, month)))
            .max()
            .unwrap_or(0);
        let mut top = 4;
        for factor in [5, 4, 5].into_iter().cycle() {
            if top >= most {
                break;
            }
            // 4, 20, 80, 400, 2000, 8000, ...
            top *= factor;
        }
        let finer = (1..=10)
            .map(|tenth| top * tenth / 10)
            .find(|&value| value >= most);
        Self {
            top: finer.unwrap_or(top).max(4),
        }
    }

    fn y(&self, value: i128) -> f64 {
        let part = value.clamp(0, self.top) as f64 / self.top as f64;
        ((TOP + HEIGHT * (1.0 - part)) * 100.0).round() / 100.0
    }
}

/// Most entries that a page lists.
const LISTED: usize = 20_000;

/// A page with the chart, the totals and every entry with its reason.
pub(crate) fn html<'a>(
    explained: &Explained,
    entries: impl Iterator<Item = EntryReport<'a>>,
) -> String {
    let mut page = String::from(HEAD);
    page += &svg(explained);
    page += &format!(
        "<p>Not classified: {}</p>\n",
        escaped(unclassified(explained).trim())
    );
    page += "<h2>Decided by</h2>\n";
    let bases = explained.bases.iter().map(|row| {
        let amount = format_total(row.amount, explained.currency);
        vec![row.decided_by.clone(), row.entries.to_string(), amount]
    });
    page += &rows(
        &["decided by", "entries", "amount, in and out"],
        bases,
        1..3,
    );
    page += "<h2>Totals by month</h2>\n";
    let months: Vec<String> = explained.months.iter().map(ToString::to_string).collect();
    let mut header = vec!["flow", "category"];
    header.extend(months.iter().map(String::as_str));
    header.push("total");
    let totals = explained.totals.iter().map(|row| {
        let category = if row.flow.carries_category() {
            row.category.name()
        } else {
            ""
        };
        let sums = row.by_month.iter().chain([&row.total]);
        let sums = sums.map(|&sum| format_total(sum, explained.currency));
        let names = [row.flow.name().to_owned(), category.to_owned()];
        names.into_iter().chain(sums).collect()
    });
    page += &rows(&header, totals, 2..usize::MAX);
    page += "<h2>Why each entry went where it did</h2>\n";
    let mut left_out = 0_usize;
    let listed = entries.enumerate().filter_map(|(index, entry)| {
        if index >= LISTED {
            left_out += 1;
            return None;
        }
        let flow = entry.flow.name().to_owned();
        let category = entry.category.name().to_owned();
        Some(vec![
            entry.date.to_string(),
            entry.money(),
            flow,
            category,
            entry.why,
            entry.text,
        ])
    });
    let header = ["date", "amount", "flow", "category", "why", "text"];
    page += &rows(&header, listed, 1..2);
    if left_out > 0 {
        page += &format!("<p>{left_out} entries more; see the command's own output.</p>\n");
    }
    page + "</body>\n</html>\n"
}

const HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
<meta name=\"viewport\" content=\"width=device-width\">\n<title>Where the money went</title>\n<style>\n\
body{font-family:sans-serif;margin:2em;color:#222}table{border-collapse:collapse;margin:1em 0}\n\
td,th{border-bottom:1px solid #ddd;padding:.2em .7em;text-align:left;font-size:.9em}\n\
td:first-child{white-space:nowrap}\
.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}svg{max-width:100%;height:auto}\n\
</style>\n</head>\n<body>\n<h1>Where the money went</h1>\n";

fn rows(
    header: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    numbers: std::ops::Range<usize>,
) -> String {
    let cell = |tag: &str, column: usize, text: &str| {
        let class = if numbers.contains(&column) {
            " class=\"n\""
        } else {
            ""
        };
        format!("<{tag}{class}>{}</{tag}>", escaped(text))
    };
    let line = |tag: &str, cells: &mut dyn Iterator<Item = (usize, &str)>| {
        let cells: String = cells
            .map(|(column, text)| cell(tag, column, text))
            .collect();
        format!("<tr>{cells}</tr>\n")
    };
    let mut table = String::from("<table>\n");
    table += &line("th", &mut header.iter().copied().enumerate());
    for row in rows {
        table += &line("td", &mut row.iter().map(String::as_str).enumerate());
    }
    table + "</table>\n"
}

/// Text that a page only shows, whatever stands in it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_cannot_leave_their_cell() {
        assert_eq!(
            escaped("<script a='b' c=\"d\">&"),
            "&lt;script a=&#39;b&#39; c=&quot;d&quot;&gt;&amp;"
        );
        let table = rows(&["a"], std::iter::once(vec!["<b>".to_owned()]), 0..0);
        assert_eq!(
            table,
            "<table>\n<tr><th>a</th></tr>\n<tr><td>&lt;b&gt;</td></tr>\n</table>\n"
        );
    }
}
