//! `registry add`: a party, or another key of one.

use std::collections::BTreeSet;
use std::path::PathBuf;

use blindscore_protocol::id::PartyId;
use blindscore_protocol::registry::{Party, PartyKey, Registry, Trade};
use blindscore_protocol::sign::VerifyingKey;
use blindscore_protocol::text::Plain;
use clap::{Args, ValueEnum};
use jiff::Timestamp;

use crate::clock;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::trust;
use crate::output::{fields, print};

/// Days that a key speaks unless the operator says otherwise.
const KEY_DAYS: u32 = 730;

/// Add a party, or a further key of one that is there
///
/// A party that is there already gets the key besides its others: that is how
/// keys are rotated. Leave ended keys in: what they signed in their time stays
/// checkable.
#[derive(Debug, Args)]
#[command(after_help = "\
Example, with the key that `blindscore party keygen` printed:
  blindscore registry add registry.json --party bank --name \"Example Bank\" --role source \\
    --contact privacy@bank.example --address \"1 Example Street\" --country IE --key HEX
Example, a further key of it:
  blindscore registry add registry.json --party bank --key HEX --from 2027-01-01T00:00:00Z")]
pub(crate) struct Add {
    /// The registry to edit
    #[arg(value_name = "registry.json")]
    registry: PathBuf,
    /// The party's name in messages: a-z, 0-9, '.', '_', '-'
    #[arg(long, value_name = "ID")]
    party: PartyId,
    /// Its verifying key
    #[arg(long, value_name = "HEX")]
    key: VerifyingKey,
    /// Its name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<Plain>,
    /// What it is trusted for; repeat for several
    #[arg(long = "role", value_enum)]
    roles: Vec<Role>,
    /// Where people reach it
    #[arg(long, value_name = "TEXT")]
    contact: Option<Plain>,
    /// Its postal address
    #[arg(long, value_name = "TEXT")]
    address: Option<Plain>,
    /// Its country: two letters, ISO 3166-1
    #[arg(long, value_name = "CC")]
    country: Option<String>,
    /// From when on the key speaks [default: now]
    #[arg(long, value_name = "TIME")]
    from: Option<Timestamp>,
    /// Until just before when [default: two years later]
    #[arg(long, value_name = "TIME")]
    until: Option<Timestamp>,
}

/// A trade as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Role {
    /// Attests its customers' histories
    Source,
    /// Evaluates, signs receipts, keeps the log
    Platform,
    /// Asks for scores
    Lender,
}

impl From<Role> for Trade {
    fn from(role: Role) -> Self {
        match role {
            Role::Source => Self::Source,
            Role::Platform => Self::Platform,
            Role::Lender => Self::Lender,
        }
    }
}

impl Add {
    pub(crate) fn run(&self) -> Outcome {
        let registry = trust::registry(&self.registry)?;
        let from = self.from.unwrap_or_else(clock::now);
        let until = match self.until {
            Some(until) => until,
            None => clock::days_after(from, KEY_DAYS)?,
        };
        let key = PartyKey {
            key: self.key,
            from,
            until,
            revoked: None,
        };
        let mut parties = registry.parties().to_vec();
        let known = parties.iter_mut().find(|party| party.id == self.party);
        let done = match known {
            Some(party) => {
                self.check_only_key()?;
                party.keys.push(key);
                "a further key"
            }
            None => {
                parties.push(self.new_party(key)?);
                "a new party"
            }
        };
        let edited = Registry::new(
            registry.name().clone(),
            registry.identity().clone(),
            parties,
        );
        let edited = edited.map_err(|error| Failure::refused(error).in_file(&self.registry))?;
        files::write(&self.registry, edited.to_json().as_bytes(), Access::Public)?;
        print(&fields(&[
            ("added", format!("{done}, {}", self.party)),
            ("key", self.key.to_string()),
            ("speaks", format!("from {from} until {until}")),
            ("digest", edited.digest().to_string()),
        ]))
    }

    /// What is said of a party that is there is not changed in passing.
    fn check_only_key(&self) -> Outcome {
        let given = self.name.is_some()
            || !self.roles.is_empty()
            || self.contact.is_some()
            || self.address.is_some()
            || self.country.is_some();
        if !given {
            return Ok(());
        }
        Err(Failure::usage(format!("{} is in the registry already", self.party)).hint(
            "to add a key give --party, --key, --from and --until only; to change names or roles edit the file",
        ))
    }

    fn new_party(&self, key: PartyKey) -> Outcome<Party> {
        let lacks = |what: &str| {
            Failure::usage(format!("{} is new and lacks --{what}", self.party)).hint(
                "a new party needs --name, --role, --contact, --address and --country: consent notices show them",
            )
        };
        let roles: BTreeSet<Trade> = self.roles.iter().copied().map(Trade::from).collect();
        if roles.is_empty() {
            return Err(lacks("role"));
        }
        Ok(Party {
            id: self.party.clone(),
            name: self.name.clone().ok_or_else(|| lacks("name"))?,
            roles,
            contact: self.contact.clone().ok_or_else(|| lacks("contact"))?,
            address: self.address.clone().ok_or_else(|| lacks("address"))?,
            country: self.country.clone().ok_or_else(|| lacks("country"))?,
            keys: vec![key],
        })
    }
}
