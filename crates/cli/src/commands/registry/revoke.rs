//! `registry revoke`: a key that is in other hands.

use std::path::PathBuf;

use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::VerifyingKey;
use clap::Args;

use crate::clock;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::trust;
use crate::output::{fields, print};

/// Revoke a key that may be in other hands
///
/// Nothing that it ever signed is taken from then on, since a thief can date
/// back. To end a key in good order, let it run out or edit its `until`.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  blindscore registry revoke registry.json --key HEX")]
pub(crate) struct Revoke {
    /// The registry to edit
    #[arg(value_name = "registry.json")]
    registry: PathBuf,
    /// The key
    #[arg(long, value_name = "HEX")]
    key: VerifyingKey,
}

impl Revoke {
    pub(crate) fn run(&self) -> Outcome {
        let registry = trust::registry(&self.registry)?;
        let now = clock::now();
        let mut parties = registry.parties().to_vec();
        let mut of_keys = parties.iter_mut().flat_map(|party| {
            let id = party.id.clone();
            party.keys.iter_mut().map(move |key| (id.clone(), key))
        });
        let Some((party, key)) = of_keys.find(|(_, key)| key.key == self.key) else {
            let message = format!("no party has the key {}", self.key);
            return Err(Failure::refused(message)
                .in_file(&self.registry)
                .hint("blindscore registry show lists the keys"));
        };
        let at = *key.revoked.get_or_insert(now);
        let edited = Registry::new(
            registry.name().clone(),
            registry.identity().clone(),
            parties,
        );
        let edited = edited.map_err(|error| Failure::refused(error).in_file(&self.registry))?;
        files::write(&self.registry, edited.to_json().as_bytes(), Access::Public)?;
        print(&fields(&[
            ("revoked", format!("{} of {party}, at {at}", self.key)),
            ("digest", edited.digest().to_string()),
            (
                "next",
                "give the file to all who trust this registry".to_owned(),
            ),
        ]))
    }
}
