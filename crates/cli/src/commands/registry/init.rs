//! `registry init`: an empty registry.

use std::path::PathBuf;

use blindscore_protocol::person::IdentityProfile;
use blindscore_protocol::registry::Registry;
use blindscore_protocol::text::Plain;
use clap::Args;

use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::output::{fields, print};

/// Make an empty registry
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  blindscore registry init --name \"Invented parties\" --out registry.json")]
pub(crate) struct Init {
    /// The registry's name
    #[arg(long, value_name = "TEXT")]
    name: Plain,
    /// A field of the customer record by which all sources know a person; repeat for each
    #[arg(long = "identity-field", value_name = "FIELD",
          default_values = ["name", "born", "register-number"])]
    identity_fields: Vec<String>,
    /// Name and version of that list of fields
    #[arg(long, value_name = "TEXT", default_value = "identity-1")]
    identity_name: String,
    /// The registry to write
    #[arg(long, value_name = "registry.json")]
    out: PathBuf,
}

impl Init {
    pub(crate) fn run(&self) -> Outcome {
        let identity = IdentityProfile {
            name: self.identity_name.clone(),
            fields: self.identity_fields.clone(),
        };
        let registry =
            Registry::new(self.name.clone(), identity, Vec::new()).map_err(Failure::refused)?;
        files::write_new(&self.out, registry.to_json().as_bytes(), Access::Public)?;
        print(&fields(&[
            ("registry", self.name.to_string()),
            ("a person is", self.identity_fields.join(", ")),
            ("written", self.out.display().to_string()),
            (
                "next",
                "blindscore party keygen, then registry add, for each party".to_owned(),
            ),
        ]))
    }
}
