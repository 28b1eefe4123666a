//! Where the money went: charts of the sample's statements or of one's own.

use blindscore_history::explain::{Explained, TotalRow};
use blindscore_history::gather::GatheredEntry;
use blindscore_history::ledger::Direction;
use blindscore_history::money::{format_money, format_total};
use blindscore_history::taxonomy::Flow;
use maud::{Markup, PreEscaped, html};

use crate::chart;
use crate::output::shown;
use crate::windows::wallet::statements::{FileSaid, NotReady, Own, Spending, Statement};
use crate::windows::wallet::texts;

/// Entries that are listed, the newest first.
const LISTED: usize = 200;

/// What the page shows of the person's own statements.
pub(in crate::windows::wallet) struct OwnPart<'a> {
    pub(in crate::windows::wallet) kept: &'a [Statement],
    pub(in crate::windows::wallet) shown: Result<Option<&'a Spending>, String>,
    pub(in crate::windows::wallet) ready: &'a Result<Own, NotReady>,
    pub(in crate::windows::wallet) problems: &'a [String],
}

/// The sample's page.
pub(in crate::windows::wallet) fn sample(spending: &Spending) -> Markup {
    let content = html! {
        (choice(false))
        p.lead { (texts::SAMPLE_LEAD) }
        (spent(spending))
    };
    super::whole("/spending", texts::SPENDING_TITLE, &content)
}

/// The page of one's own statements.
pub(in crate::windows::wallet) fn own(part: &OwnPart<'_>) -> Markup {
    let content = html! {
        (choice(true))
        @if !part.problems.is_empty() {
            div.card role="alert" {
                h2 { (texts::NOT_TAKEN) }
                p { (texts::NOT_TAKEN_LEAD) }
                @for problem in part.problems { p.said.bad { (problem) } }
            }
        }
        div.grid {
            section.card aria-labelledby="drop" {
                h2 #drop { (texts::DROP_TITLE) }
                p { (texts::DROP_LEAD) }
                form method="post" action="/statements" enctype="multipart/form-data" {
                    div.drop data-drop {
                        label for="files" { (texts::DROP_HERE) }
                        input #files type="file" name="files" multiple required;
                    }
                    p.small.quiet { (texts::DROP_FORMATS) }
                    button #upload type="submit" { (texts::READ_THEM) }
                }
            }
            section.card aria-labelledby="kept" {
                h2 #kept { (texts::YOUR_STATEMENTS) }
                @if part.kept.is_empty() {
                    p.empty { (texts::NO_STATEMENTS) }
                } @else {
                    ul.rows {
                        @for statement in part.kept { (kept(statement)) }
                    }
                    (ready(part.ready))
                }
            }
        }
        @match &part.shown {
            Err(why) => {
                div.card { p.said.bad role="alert" { (why) } p { (texts::REMOVE_SOME) } }
            }
            Ok(None) => {}
            Ok(Some(spending)) => { (spent(spending)) }
        }
    };
    super::whole("/spending", texts::OWN_TITLE, &content)
}

fn choice(own: bool) -> Markup {
    let tab = |path: &str, text: &str, here: bool| {
        html! { a href=(path) aria-current=[here.then_some("true")] { (text) } }
    };
    html! {
        p.tabs {
            (tab("/spending", texts::SAMPLE_TAB, !own))
            (tab("/spending?of=own", texts::OWN_TAB, own))
        }
    }
}

fn kept(statement: &Statement) -> Markup {
    let remove = format!("/statements/{}/remove", statement.number);
    html! {
        li {
            span { (statement.name) " " span.quiet.small { (texts::kilobytes(statement.bytes)) } }
            form method="post" action=(remove) {
                button.plain type="submit" aria-label=(texts::remove(&statement.name)) { (texts::REMOVE) }
            }
        }
    }
}

fn ready(ready: &Result<Own, NotReady>) -> Markup {
    match ready {
        Ok(own) => html! {
            p.said.good { (texts::own_ready(own.levels.covered_months(), &texts::day(own.levels.as_of()))) }
        },
        Err(why) => html! { p.said.warn { (texts::not_ready(why)) } },
    }
}

fn spent(spending: &Spending) -> Markup {
    let explained = &spending.explained;
    html! {
        section.card aria-labelledby="chart" {
            h2 #chart { (texts::BY_MONTH) }
            div.chart tabindex="0" role="region" aria-label=(texts::CHART) {
                // Made of our own words and numbers; nothing of a statement is in it.
                (PreEscaped(chart::svg_in(explained, &texts::CHART_WORDS)))
            }
        }
        div.grid {
            section.card aria-labelledby="categories" {
                h2 #categories { (texts::BY_CATEGORY) }
                (categories(explained))
            }
            section.card aria-labelledby="read" {
                h2 #read { (texts::WHAT_WAS_READ) }
                (files(&spending.files))
                dl.facts {
                    dt { (texts::COMMON_PERIOD) }
                    dd { (explained.common_period.map_or_else(|| texts::NO_PERIOD.to_owned(), |period| texts::period(period.first, period.last))) }
                    dt { (texts::UNCLASSIFIED) }
                    dd { (texts::unclassified(&explained.unclassified)) }
                }
                p.small.quiet { (texts::WHOLE_MONTHS) }
            }
        }
        details.card {
            summary { (texts::MONTH_TABLE) }
            div.wide tabindex="0" role="region" aria-label=(texts::MONTH_TABLE) { (months(explained)) }
        }
        details.card {
            summary { (texts::ENTRIES) }
            p.quiet { (texts::listed(LISTED.min(spending.gathered.entries().len()), spending.gathered.entries().len())) }
            div.wide tabindex="0" role="region" aria-label=(texts::ENTRIES) { (entries(spending.gathered.entries())) }
        }
    }
}

fn files(files: &[FileSaid]) -> Markup {
    html! {
        ul {
            @for file in files {
                li { (file.name) ": " (texts::file_said(file)) }
            }
        }
    }
}

/// Spending by category, the largest first.
fn categories(explained: &Explained) -> Markup {
    let mut rows: Vec<&TotalRow> = explained.totals.iter().collect();
    rows.retain(|row| row.flow == Flow::Expenditure && row.total > 0);
    rows.sort_by_key(|row| (std::cmp::Reverse(row.total), row.category.code()));
    let most = rows.first().map_or(1, |row| row.total);
    let share = |row: &TotalRow| i64::try_from(row.total.saturating_mul(1000) / most).unwrap_or(0);
    html! {
        @if rows.is_empty() { p.quiet { (texts::NOTHING_SPENT) } }
        @else {
            table.bars {
                caption.hidden { (texts::BY_CATEGORY) }
                thead { tr { th scope="col" { (texts::CATEGORY) } th scope="col" { (texts::SHARE) } th.number scope="col" { (texts::SUM) } } }
                tbody {
                    @for row in rows {
                        @let sum = format_total(row.total, explained.currency);
                        tr {
                            th scope="row" { (texts::category(row.category)) }
                            td { meter min="0" max="1000" value=(share(row)) aria-label=(sum) {} }
                            td.number { (sum) }
                        }
                    }
                }
            }
        }
    }
}

fn months(explained: &Explained) -> Markup {
    html! {
        table {
            caption.hidden { (texts::MONTH_TABLE) }
            thead { tr {
                th scope="col" { (texts::FLOW) }
                @for month in &explained.months { th.number scope="col" { (month) } }
                th.number scope="col" { (texts::SUM) }
            } }
            tbody {
                @for row in &explained.totals {
                    tr {
                        th scope="row" { (texts::flow(row.flow, row.category)) }
                        @for sum in &row.by_month { td.number { (format_total(*sum, explained.currency)) } }
                        td.number { (format_total(row.total, explained.currency)) }
                    }
                }
            }
        }
    }
}

fn entries(entries: &[GatheredEntry]) -> Markup {
    html! {
        table {
            caption.hidden { (texts::ENTRIES) }
            thead { tr {
                th scope="col" { (texts::DATE) }
                th.number scope="col" { (texts::AMOUNT) }
                th scope="col" { (texts::CATEGORY) }
                th scope="col" { (texts::TEXT) }
                th scope="col" { (texts::WHY) }
            } }
            tbody {
                @for entry in entries.iter().rev().take(LISTED) {
                    @let posting = &entry.posting;
                    tr {
                        td { (posting.entry.date) }
                        td.number { (signed(entry)) }
                        td { (texts::flow(posting.entry.flow, posting.entry.category)) }
                        td { (shown(&posting.text)) }
                        td { (posting.why) }
                    }
                }
            }
        }
    }
}

fn signed(entry: &GatheredEntry) -> String {
    let posting = &entry.posting;
    let amount = match posting.entry.direction {
        Direction::In => posting.entry.amount,
        Direction::Out => -posting.entry.amount,
    };
    format_money(amount, posting.currency)
}
