//! `registry show`: who is trusted for what.

use std::path::PathBuf;

use blindscore_protocol::registry::{Party, PartyKey, Registry};
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::clock;
use crate::error::Outcome;
use crate::inputs::trust;
use crate::output::{fields, print, print_json, table};

/// Check a registry and show who is in it
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore registry show registry.json")]
pub(crate) struct Show {
    /// The registry
    #[arg(value_name = "registry.json")]
    registry: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    name: String,
    digest: String,
    identity_fields: &'a [String],
    parties: &'a [Party],
}

impl Show {
    pub(crate) fn run(&self) -> Outcome {
        let registry = trust::registry(&self.registry)?;
        if self.json {
            return print_json(&Report {
                name: registry.name().to_string(),
                digest: registry.digest().to_string(),
                identity_fields: &registry.identity().fields,
                parties: registry.parties(),
            });
        }
        print(&text(&registry, clock::now()))
    }
}

fn text(registry: &Registry, now: Timestamp) -> String {
    let mut text = fields(&[
        ("registry", registry.name().to_string()),
        ("digest", registry.digest().to_string()),
        ("a person is", registry.identity().fields.join(", ")),
    ]);
    let rows = registry.parties().iter().flat_map(|party| {
        let roles: Vec<_> = party.roles.iter().map(|role| role.name()).collect();
        let row = move |key: &PartyKey| {
            [
                party.id.to_string(),
                party.name.to_string(),
                roles.join(", "),
                key.key.to_string(),
                state(key, now),
            ]
        };
        party.keys.iter().map(row).collect::<Vec<_>>()
    });
    text.push('\n');
    text += &table(["party", "name", "trusted as", "key", "state"], rows, &[]);
    text
}

fn state(key: &PartyKey, now: Timestamp) -> String {
    match key.revoked {
        Some(at) => format!("revoked at {at}"),
        None if now < key.from => format!("speaks from {}", key.from),
        None if now >= key.until => format!("ended at {}", key.until),
        None => format!("speaks until {}", key.until),
    }
}
