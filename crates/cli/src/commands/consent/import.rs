//! `consent import`: what a consent of another form has, and what it lacks.

use std::path::PathBuf;

use blindscore_protocol::consent::import::{Fetches, IMPORT_MAX, Imported, import};
use blindscore_protocol::text::Plain;
use clap::Args;
use serde::Serialize;

use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::{fields, heading, print, print_json};

/// Read a consent of another form, and tell what it lacks to be one of ours
///
/// Kantara consent receipts 1.1 and consent artefacts of India's account
/// aggregators. An import never is a consent: what it says narrows what you
/// choose in `consent grant`, and you still sign.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore consent import receipt.json")]
pub(crate) struct Import {
    /// The consent of another form, JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    format: &'static str,
    has: Vec<Field>,
    lacks: Vec<LackReport>,
}

#[derive(Serialize)]
struct Field {
    what: &'static str,
    value: String,
}

#[derive(Serialize)]
struct LackReport {
    what: &'static str,
    why: String,
}

impl Import {
    pub(crate) fn run(&self) -> Outcome {
        let bytes = files::read(&self.file, IMPORT_MAX)?;
        let imported =
            import(&bytes).map_err(|error| Failure::refused(error).in_file(&self.file))?;
        let report = report(imported);
        if self.json {
            return print_json(&report);
        }
        let has: Vec<_> = report
            .has
            .into_iter()
            .map(|field| (field.what, field.value))
            .collect();
        let mut text = fields(&[("form", report.format.to_owned())]);
        text += &heading("What it says");
        text += &fields(&has);
        text += &heading("What it lacks");
        for lack in report.lacks {
            text += &format!("{}: {}\n", lack.what, lack.why);
        }
        print(&text)
    }
}

fn report(imported: Imported) -> Report {
    let plain = |text: &Option<Plain>| text.as_ref().map(ToString::to_string);
    let sources: Vec<_> = imported.sources.iter().map(Plain::as_str).collect();
    let fetches = imported.fetches.map(|fetches| match fetches {
        Fetches::Once => "once".to_owned(),
        Fetches::Every { times, unit } => format!("{times} in a {unit}"),
    });
    let active = |active| if active { "active" } else { "not active" }.to_owned();
    let all = [
        ("id", plain(&imported.id)),
        ("person", plain(&imported.subject)),
        ("recipient", plain(&imported.recipient)),
        ("contact", plain(&imported.contact)),
        ("country", plain(&imported.country)),
        ("sources", (!sources.is_empty()).then(|| sources.join(", "))),
        ("processor", plain(&imported.processor)),
        ("purpose", plain(&imported.purpose)),
        ("notice", plain(&imported.notice)),
        ("language", plain(&imported.language)),
        ("given", imported.given.map(|time| time.to_string())),
        (
            "valid from",
            imported.valid_from.map(|time| time.to_string()),
        ),
        (
            "valid until",
            imported.valid_until.map(|time| time.to_string()),
        ),
        ("data", imported.data.map(|period| period.to_string())),
        ("fetches", fetches),
        (
            "kept",
            imported.storage_days.map(|days| format!("{days} days")),
        ),
        ("state", imported.active.map(active)),
    ];
    let field =
        |(what, value): (&'static str, Option<String>)| value.map(|value| Field { what, value });
    Report {
        format: imported.format.name(),
        has: all.into_iter().filter_map(field).collect(),
        lacks: imported
            .lacks
            .into_iter()
            .map(|lack| LackReport {
                what: lack.what,
                why: lack.why,
            })
            .collect(),
    }
}
