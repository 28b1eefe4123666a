//! The parties that a consent record names, as people must be able to reach
//! them.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Binding;
use crate::id::PartyId;
use crate::registry::{Party, Registry, Trade, TrustError};
use crate::text::Plain;

/// A party's name and address, as they stood in the registry when consent was
/// given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Its name in messages.
    pub id: PartyId,
    /// Its name for people.
    pub name: Plain,
    /// Where people reach it.
    pub contact: Plain,
    /// Its postal address.
    pub address: Plain,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: String,
}

/// What is read of an entity; that its types and its IRI fit shows when the
/// whole document is written again.
#[derive(Deserialize)]
struct Raw {
    #[serde(rename = "dct:identifier")]
    id: PartyId,
    #[serde(rename = "dpv:hasName")]
    name: Plain,
    #[serde(rename = "dpv:hasContact")]
    contact: Plain,
    #[serde(rename = "schema:address")]
    address: RawAddress,
}

#[derive(Serialize, Deserialize)]
struct RawAddress {
    #[serde(rename = "schema:streetAddress")]
    street: Plain,
    #[serde(rename = "schema:addressCountry")]
    country: String,
}

impl Entity {
    /// The parties of a binding, lender first, then platform and sources; each
    /// once, and in the trade that the binding gives it.
    pub(super) fn of(binding: &Binding, registry: &Registry) -> Result<Vec<Self>, TrustError> {
        let mut entities = Vec::new();
        let mut add = |id: &PartyId, trade| -> Result<(), TrustError> {
            let party = registry.in_trade(id, trade)?;
            if entities.iter().all(|known: &Self| known.id != party.id) {
                entities.push(Self::from(party));
            }
            Ok(())
        };
        add(&binding.lender, Trade::Lender)?;
        add(&binding.platform, Trade::Platform)?;
        for source in binding.registry_sources() {
            add(source, Trade::Source)?;
        }
        Ok(entities)
    }

    /// The entity as it stands in a document.
    pub(super) fn to_json(&self, binding: &Binding) -> Value {
        let mut types = vec!["dpv:Organisation"];
        if self.id == binding.lender {
            types.push("dpv:DataController");
        }
        if self.id == binding.platform {
            types.push("dpv:DataProcessor");
        }
        if self.id != binding.lender && binding.sources.contains(&self.id) {
            types.push("dpv:ThirdParty");
        }
        json!({
            "@id": iri(&self.id),
            "@type": types,
            "dpv:hasName": self.name,
            "dct:identifier": self.id,
            "dpv:hasContact": self.contact,
            "schema:address": {
                "@type": "schema:PostalAddress",
                "schema:streetAddress": self.address,
                "schema:addressCountry": self.country,
            },
        })
    }

    /// Reads the entities of a document; nothing if they are not those of the
    /// binding, in their order.
    pub(super) fn all_from_json(list: &Value, binding: &Binding) -> Option<Vec<Self>> {
        let raw: Vec<Raw> = serde_json::from_value(list.clone()).ok()?;
        let mut want: Vec<&PartyId> = Vec::new();
        let named = [&binding.lender, &binding.platform];
        for id in named.into_iter().chain(binding.registry_sources()) {
            if !want.contains(&id) {
                want.push(id);
            }
        }
        let country = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        let fit = raw.iter().map(|one| &one.id).eq(want)
            && raw.iter().all(|one| country(&one.address.country));
        let entity = |one: Raw| Self {
            id: one.id,
            name: one.name,
            contact: one.contact,
            address: one.address.street,
            country: one.address.country,
        };
        fit.then(|| raw.into_iter().map(entity).collect())
    }
}

impl From<&Party> for Entity {
    fn from(party: &Party) -> Self {
        Self {
            id: party.id.clone(),
            name: party.name.clone(),
            contact: party.contact.clone(),
            address: party.address.clone(),
            country: party.country.clone(),
        }
    }
}

/// The IRI of a party.
pub(super) fn iri(id: &PartyId) -> String {
    format!("urn:blindscore:party:{id}")
}
