//! `history read`: the entries of statements, put together.

use blindscore_history::gather::GatheredEntry;
use blindscore_history::ledger::Direction;
use blindscore_history::money::{Currency, format_money};
use blindscore_history::taxonomy::{Category, Flow};
use clap::Args;
use jiff::civil::Date;
use serde::Serialize;

use super::build::gathered_text;
use super::sources::Sources;
use crate::error::{Failure, Outcome};
use crate::output::{note, print, print_lines, shown, table};

/// Print the entries of statements, put together
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore history read builtin:wallet --json")]
pub(crate) struct Read {
    #[command(flatten)]
    sources: Sources,
    /// Convert to this currency by the rates given [default: every entry in its own]
    #[arg(long)]
    currency: Option<Currency>,
    /// Print one JSON object a line
    #[arg(long)]
    json: bool,
}

/// An entry as a line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    date: Date,
    /// In minor units, never negative.
    amount: i64,
    currency: Currency,
    direction: Direction,
    flow: Flow,
    category: Category,
    id: &'a str,
}

impl Read {
    pub(super) fn run(&self) -> Outcome {
        let (_, mut gathered) = self.sources.gathered(false)?;
        // Unless asked to convert, every entry stays in its own currency.
        if self.currency.is_some() || self.sources.has_rates() {
            gathered = self.sources.in_currency(gathered, self.currency)?;
        }
        let said = gathered_text(gathered.counts());
        for line in said.lines() {
            note(line);
        }
        if self.json {
            return print_lines(gathered.entries().iter().map(json));
        }
        let rows = gathered.entries().iter().map(|entry| {
            let inner = &entry.posting.entry;
            let signed = match inner.direction {
                Direction::In => inner.amount,
                Direction::Out => -inner.amount,
            };
            [
                inner.date.to_string(),
                format_money(signed, entry.posting.currency),
                inner.flow.to_string(),
                inner.category.to_string(),
                shown(&inner.id.chars().take(24).collect::<String>()),
            ]
        });
        print(&table(
            ["date", "amount", "flow", "category", "id"],
            rows,
            &[1],
        ))
    }
}

fn json(entry: &GatheredEntry) -> Outcome<String> {
    let inner = &entry.posting.entry;
    let line = Line {
        date: inner.date,
        amount: inner.amount,
        currency: entry.posting.currency,
        direction: inner.direction,
        flow: inner.flow,
        category: inner.category,
        id: &inner.id,
    };
    serde_json::to_string(&line)
        .map_err(|error| Failure::internal(format!("cannot write JSON: {error}")))
}
