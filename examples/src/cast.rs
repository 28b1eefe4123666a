//! Invented parties: a registry of them, with their keys.

use std::collections::BTreeMap;

use blindscore_protocol::id::{PartyId, PartyIdError};
use blindscore_protocol::person::{IdentityError, IdentityProfile, IdentityRecord};
use blindscore_protocol::registry::{Party, PartyKey, Registry, RegistryError, Trade};
use blindscore_protocol::signing_key::Signatory;
use blindscore_protocol::text::{Plain, PlainError};
use jiff::Timestamp;
use thiserror::Error;

/// Who plays in the demo and in tests. All of it is invented, and the signing
/// keys are known to everybody: they guard nothing.
#[derive(Debug)]
pub struct Cast {
    /// The registry, in which all of them are.
    pub registry: Registry,
    /// Asks for a score.
    pub lender: Signatory,
    /// Another lender, who did not ask.
    pub other_lender: Signatory,
    /// Computes.
    pub platform: Signatory,
    /// Another platform.
    pub other_platform: Signatory,
    /// Holds the main account.
    pub bank: Signatory,
    /// Holds the wallet.
    pub wallet: Signatory,
    /// The invented person, as bank and wallet verified them.
    pub customer: IdentityRecord,
}

/// A cast that cannot be: a fault of this package.
#[derive(Debug, Error)]
pub enum CastError {
    /// A name.
    #[error(transparent)]
    Name(#[from] PartyIdError),
    /// A text.
    #[error(transparent)]
    Text(#[from] PlainError),
    /// A time.
    #[error(transparent)]
    Time(#[from] jiff::Error),
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The customer's record.
    #[error(transparent)]
    Identity(#[from] IdentityError),
}

const PARTIES: [(&str, &str, Trade, &str); 6] = [
    ("bank", "Example Bank", Trade::Source, "1 Example Street"),
    (
        "wallet",
        "Example Wallet",
        Trade::Source,
        "2 Example Street",
    ),
    (
        "platform",
        "Example Scoring",
        Trade::Platform,
        "3 Example Street",
    ),
    (
        "other-platform",
        "Another Scoring",
        Trade::Platform,
        "4 Example Street",
    ),
    (
        "lender",
        "Example Lender",
        Trade::Lender,
        "5 Example Street",
    ),
    (
        "other-lender",
        "Another Lender",
        Trade::Lender,
        "6 Example Street",
    ),
];

impl Cast {
    /// The cast. Its keys speak from 2026 to the end of 2030.
    ///
    /// # Errors
    /// A fault of this package.
    pub fn load() -> Result<Self, CastError> {
        let identity = IdentityProfile {
            name: "example-identity-1".to_owned(),
            fields: vec![
                "name".to_owned(),
                "born".to_owned(),
                "register-number".to_owned(),
            ],
        };
        let parties = PARTIES.iter().map(party).collect::<Result<_, _>>()?;
        let fields = [
            ("name", "Invented Person"),
            ("born", "1990-01-01"),
            ("register-number", "EX-000000"),
        ];
        let fields: BTreeMap<_, _> = fields
            .map(|(field, value)| (field.to_owned(), value.to_owned()))
            .into();
        Ok(Self {
            customer: IdentityRecord::new(&identity, &fields)?,
            registry: Registry::new("Invented parties".parse::<Plain>()?, identity, parties)?,
            bank: signatory("bank")?,
            wallet: signatory("wallet")?,
            platform: signatory("platform")?,
            other_platform: signatory("other-platform")?,
            lender: signatory("lender")?,
            other_lender: signatory("other-lender")?,
        })
    }
}

fn party((id, name, trade, street): &(&str, &str, Trade, &str)) -> Result<Party, CastError> {
    let from: Timestamp = "2026-01-01T00:00:00Z".parse()?;
    let until: Timestamp = "2031-01-01T00:00:00Z".parse()?;
    Ok(Party {
        id: id.parse()?,
        name: name.parse()?,
        roles: [*trade].into(),
        contact: format!("privacy@{id}.example").parse()?,
        address: street.parse()?,
        country: "IE".to_owned(),
        keys: vec![PartyKey {
            key: signatory(id)?.verifying_key(),
            from,
            until,
            revoked: None,
        }],
    })
}

fn signatory(id: &str) -> Result<Signatory, CastError> {
    let id: PartyId = id.parse()?;
    let mut seed = [0; 32];
    for (to, from) in seed.iter_mut().zip(id.as_str().bytes()) {
        *to = from;
    }
    Ok(Signatory::new(id, &seed))
}
