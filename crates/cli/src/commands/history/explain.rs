//! `history explain`: why each entry went where it did, what it adds up to, and
//! how much is not classified.

use std::path::PathBuf;

use blindscore_history::explain::{Explained, Share, is_unclassified};
use blindscore_history::gather::{Gathered, GatheredEntry};
use blindscore_history::ledger::Direction;
use blindscore_history::money::{Currency, format_money, format_total};
use blindscore_history::taxonomy::{Category, Flow};
use clap::Args;
use jiff::civil::Date;
use serde::Serialize;

use super::build::gathered_text;
use super::sources::{FileReport, Sources, apart};
use crate::chart;
use crate::error::Outcome;
use crate::files::{self, Access};
use crate::output::{heading, note, print, print_json, shown, table};

/// Say why each entry went where it did, with totals and a chart
///
/// The reasons are, in their order: what the file states, the merchant code, the
/// source's own category, a rule on the text; then what other entries say, such
/// as the other half of a transfer. Texts of entries are shown, so keep the
/// output to yourself.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore history explain builtin:bank builtin:wallet --html spending.html")]
pub(crate) struct Explain {
    #[command(flatten)]
    sources: Sources,
    /// Convert to this currency by the rates given [default: the only one there is]
    #[arg(long)]
    currency: Option<Currency>,
    /// Show only the entries that are not classified
    #[arg(long)]
    unclassified: bool,
    /// Show totals only
    #[arg(long, conflicts_with = "unclassified")]
    totals: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Write totals, chart and entries as a page of its own, which only you can read
    #[arg(long, value_name = "FILE.html")]
    html: Option<PathBuf>,
    /// Write the chart, which only you can read
    #[arg(long, value_name = "FILE.svg")]
    svg: Option<PathBuf>,
}

#[derive(Serialize)]
struct Report<'a> {
    files: &'a [FileReport],
    accounts: Vec<AccountReport<'a>>,
    #[serde(flatten)]
    explained: &'a Explained,
    entries: Vec<EntryReport<'a>>,
}

#[derive(Serialize)]
struct AccountReport<'a> {
    files: &'a [String],
    formats: &'a [String],
}

/// One entry with its reason.
#[derive(Serialize)]
pub(crate) struct EntryReport<'a> {
    pub(crate) date: Date,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) direction: Direction,
    pub(crate) flow: Flow,
    pub(crate) category: Category,
    pub(crate) id: &'a str,
    /// Index into the accounts.
    pub(crate) account: usize,
    pub(crate) why: String,
    pub(crate) text: String,
}

impl Explain {
    pub(super) fn run(&self) -> Outcome {
        let (files, gathered) = self.sources.gathered(true)?;
        let gathered = self.sources.in_currency(gathered, self.currency)?;
        let explained = Explained::of(&gathered).map_err(apart)?;
        let entries = || self.entries(&gathered).map(entry);
        if let Some(path) = &self.svg {
            let svg = chart::svg(&explained);
            files::write(path, svg.as_bytes(), Access::Owner)?;
            note(&format!("chart written to {}", path.display()));
        }
        if let Some(path) = &self.html {
            let page = chart::html(&explained, gathered.entries().iter().map(entry));
            files::write(path, page.as_bytes(), Access::Owner)?;
            note(&format!("page written to {}", path.display()));
        }
        if self.json {
            let accounts = gathered.accounts().iter().map(|account| AccountReport {
                files: account.files(),
                formats: account.formats(),
            });
            return print_json(&Report {
                files: &files,
                accounts: accounts.collect(),
                explained: &explained,
                entries: entries().collect(),
            });
        }
        let mut text: String = files.iter().map(FileReport::text).collect();
        text += &gathered_text(explained.counts);
        if let Some(period) = explained.common_period
            && gathered.accounts().len() > 1
        {
            text += &format!(
                "{} accounts, all covering {period}\n",
                gathered.accounts().len()
            );
        }
        let rows: Vec<[String; 6]> = entries().map(|entry| entry.row()).collect();
        if !rows.is_empty() {
            text += &heading("Why each entry went where it did");
            let header = ["date", "amount", "flow", "category", "why", "text"];
            text += &table(header, rows, &[1]);
        }
        text += &heading("Decided by");
        text += &decided_by(&explained);
        text += &totals(&explained);
        text += &heading("Not classified");
        text += &unclassified(&explained);
        print(&text)
    }

    fn entries<'a>(&self, gathered: &'a Gathered) -> impl Iterator<Item = &'a GatheredEntry> {
        let (totals, unclassified) = (self.totals, self.unclassified);
        gathered
            .entries()
            .iter()
            .filter(move |entry| !totals && (!unclassified || is_unclassified(entry)))
    }
}

fn entry(entry: &GatheredEntry) -> EntryReport<'_> {
    let inner = &entry.posting.entry;
    EntryReport {
        date: inner.date,
        amount: inner.amount,
        currency: entry.posting.currency,
        direction: inner.direction,
        flow: inner.flow,
        category: inner.category,
        id: &inner.id,
        account: entry.account,
        why: entry.posting.why.to_string(),
        text: shown(&entry.posting.text),
    }
}

impl EntryReport<'_> {
    /// The amount with its sign and currency.
    pub(crate) fn money(&self) -> String {
        let signed = match self.direction {
            Direction::In => self.amount,
            Direction::Out => -self.amount,
        };
        format_money(signed, self.currency)
    }

    fn row(&self) -> [String; 6] {
        [
            self.date.to_string(),
            self.money(),
            self.flow.to_string(),
            self.category.to_string(),
            self.why.clone(),
            self.text.chars().take(60).collect(),
        ]
    }
}

fn decided_by(explained: &Explained) -> String {
    let rows = explained.bases.iter().map(|row| {
        [
            row.decided_by.clone(),
            row.entries.to_string(),
            format_total(row.amount, explained.currency),
        ]
    });
    table(
        ["decided by", "entries", "amount, in and out"],
        rows,
        &[1, 2],
    )
}

/// How many months stand beside each other.
const ABREAST: usize = 6;

/// Totals by month and category, some months beside each other.
fn totals(explained: &Explained) -> String {
    let blocks = explained.months.len().div_ceil(ABREAST).max(1);
    let abreast = explained.months.len().div_ceil(blocks).max(1);
    let mut text = String::new();
    for first in (0..explained.months.len()).step_by(abreast) {
        let last = (first + abreast).min(explained.months.len());
        text += &heading(&format!(
            "Totals by month in {}: spending net of refunds, {} to {}",
            explained.currency,
            explained.months[first],
            explained.months[last - 1]
        ));
        text += &match last - first {
            1 => block::<3>(explained, first),
            2 => block::<4>(explained, first),
            3 => block::<5>(explained, first),
            4 => block::<6>(explained, first),
            5 => block::<7>(explained, first),
            _ => block::<8>(explained, first),
        };
    }
    text
}

/// Totals of the months from the one at `first` on, `N` columns with those of
/// flow and category.
fn block<const N: usize>(explained: &Explained, first: usize) -> String {
    let names: Vec<String> = explained.months[first..]
        .iter()
        .map(ToString::to_string)
        .collect();
    let header = std::array::from_fn(|column| match column {
        0 => "flow",
        1 => "category",
        _ => names[column - 2].as_str(),
    });
    let rows = explained.totals.iter().map(|row| {
        std::array::from_fn(|column| match column {
            0 => row.flow.to_string(),
            1 if row.flow.carries_category() => row.category.to_string(),
            1 => String::new(),
            _ => match row.by_month[first + column - 2] {
                0 => String::new(),
                sum => plain(sum, explained.currency),
            },
        })
    });
    let right: Vec<usize> = (2..N).collect();
    table::<N>(header, rows, &right)
}

/// An amount without its currency.
fn plain(minor: i128, currency: Currency) -> String {
    let text = format_total(minor, currency);
    text.trim_end_matches(currency.code()).trim_end().to_owned()
}

/// The share that is not classified, in words.
pub(crate) fn unclassified(explained: &Explained) -> String {
    let share: Share = explained.unclassified;
    let percent = |per_mille: u64| format!("{}.{} %", per_mille / 10, per_mille % 10);
    format!(
        "{} of {} entries ({}), {} of {} ({})\n",
        share.entries,
        share.of_entries,
        percent(share.per_mille_of_entries()),
        format_total(share.amount, explained.currency),
        format_total(share.of_amount, explained.currency),
        percent(share.per_mille_of_amount()),
    )
}
