//! The JSON-LD of a consent record, written from what it says.
//!
//! Profile: the DPV community group's guide to ISO/IEC TS 27560:2023, schema
//! `record-eu-gdpr` where the lender is in the European Economic Area and
//! `record` elsewhere. Terms are those of DPV 2.3; two that the guide's own
//! examples use are not in it, and are written as 2.3 has them
//! (`dpv:hasAutomationLevel`, `legal-eu:law-GDPR`). The context stands in the
//! document, so that no reader fetches anything.

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::{Map, Value, json};

use super::entity::{self, Entity};
use super::notice::Notice;
use super::{Binding, ConsentRecord};
use crate::id::PartyId;
use crate::message::{Outputs, Standing, Withdrawal};
use crate::sign::{Signed, VerifyingKey};

/// What a record says; the document is a function of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Facts {
    /// The limits.
    pub(super) binding: Binding,
    /// The applicant's signing key: the pairwise pseudonym of the person.
    pub(super) key: VerifyingKey,
    /// When consent was given.
    pub(super) given: Timestamp,
    /// The parties, lender first.
    pub(super) entities: Vec<Entity>,
}

/// Member that holds the signature.
pub(super) const SIGNATURE: &str = "bs:signature";
/// Member that holds the binding.
pub(super) const BINDING: &str = "bs:binding";
/// Member that holds the withdrawal, once there is one.
pub(super) const WITHDRAWAL: &str = "bs:withdrawal";
/// Member that holds the events.
pub(super) const EVENTS: &str = "dpv:hasConsentStatus";
/// Member that holds the parties.
pub(super) const ENTITIES: &str = "dpv:hasEntity";
/// Member that says when consent was given.
pub(super) const CREATED: &str = "dct:created";
/// Member that holds the data subject.
pub(super) const SUBJECT: &str = "dpv:hasDataSubject";
/// Member that names a thing.
pub(super) const IDENTIFIER: &str = "dct:identifier";

const METHOD: &str = "Signed with the applicant's key for this application";

/// Countries of the European Economic Area, where the GDPR is law.
const EEA: [&str; 30] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS",
    "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

impl Facts {
    /// The record without its signature: what is signed.
    pub(super) fn document(&self) -> Value {
        let binding = &self.binding;
        let id = binding.consent.to_string();
        let entities = self.entities.iter().map(|one| one.to_json(binding));
        let schema = if self.gdpr() {
            "record-eu-gdpr"
        } else {
            "record"
        };
        json!({
            "@context": context(),
            "@id": record_iri(binding),
            "@type": "dpv:ConsentRecord",
            "dct:conformsTo": format!("https://w3id.org/dpv/schema/dpv-27560#{schema}"),
            IDENTIFIER: id,
            CREATED: self.given,
            "dct:creator": self.subject(),
            "dct:publisher": entity::iri(&binding.platform),
            SUBJECT: {
                "@id": self.subject(),
                "@type": "dpv:DataSubject",
                IDENTIFIER: self.key,
            },
            "dpv:hasNotice": {
                "@id": format!("urn:blindscore:notice:{}", binding.notice),
                "@type": "dpv:ConsentNotice",
                "dct:date": Offset::UTC.to_datetime(self.given).date(),
                "dct:language": Notice::LANGUAGE,
            },
            "dpv:hasProcess": self.process(),
            ENTITIES: entities.collect::<Vec<_>>(),
            EVENTS: [self.given_event()],
            BINDING: binding,
        })
    }

    /// The event of a withdrawal.
    pub(super) fn withdrawn_event(&self, withdrawal: &Withdrawal) -> Value {
        json!({
            "@type": "dpv:ConsentWithdrawn",
            "dpv:isIndicatedBy": self.subject(),
            "dpv:hasIndicationMethod": METHOD,
            "dpv:isIndicatedAtTime": withdrawal.at,
            "dpv:hasDuration": {"@type": "dpv:EndlessDuration"},
        })
    }

    fn given_event(&self) -> Value {
        json!({
            "@type": ["dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"],
            "dpv:isIndicatedBy": self.subject(),
            "dpv:hasIndicationMethod": METHOD,
            "dpv:isIndicatedAtTime": self.given,
            "dpv:hasDuration": {
                "@type": "dpv:FixedOccurrencesDuration",
                "rdf:value": self.binding.uses.to_string(),
            },
            "bs:validFrom": self.binding.valid_from,
            "bs:validUntil": self.binding.valid_until,
        })
    }

    fn process(&self) -> Value {
        let binding = &self.binding;
        let (lender, platform) = (entity::iri(&binding.lender), entity::iri(&binding.platform));
        let mut recipients = vec![lender.clone(), platform.clone()];
        recipients.dedup();
        let country = self.country(0);
        let mut process = json!({
            "@id": format!("urn:blindscore:process:{}", binding.consent),
            "@type": "dpv:Process",
            "dpv:hasPurpose": {
                "@type": "dpv:Purpose",
                "skos:broader": "fin:CreditScoreEvaluation",
                "dct:description": binding.purpose,
            },
            "dpv:hasPersonalData": self.personal_data(),
            "dpv:hasProcessing": ["dpv:Collect", "dpv:Derive", "dpv:Profiling"],
            "dpv:hasAutomationLevel": "dpv:PartialAutomation",
            "dpv:hasHumanInvolvement": "dpv:HumanInvolvementForDecision",
            "dpv:hasContext": [{"@id": "dpv:ScoringOfIndividuals"}],
            "dpv:hasTechnicalMeasure": ["dpv:HomomorphicEncryption", "dpv:EncryptionInUse"],
            "dpv:hasDataSource": self.data_sources(),
            "dpv:hasStorageCondition": self.storage(),
            "dpv:hasDataController": lender,
            "dpv:hasDataProcessor": platform,
            "dpv:hasRecipient": recipients,
            "dpv:hasLegalBasis": ["dpv:ExplicitlyExpressedConsent"],
            "dpv:hasConsentControl": {
                "@type": ["dpv:ProvideConsent", "dpv:WithdrawConsent"],
                "dpv:isExercisedAt": platform,
                "dct:description":
                    "Withdrawal is a message signed with the key that signed this record",
            },
            "dpv:hasJurisdiction": format!("loc:{country}"),
            "dpv:hasRight": self.rights(&lender, &platform),
        });
        if self.gdpr() {
            process["dpv:hasLegalBasis"] = json!([
                "eu-gdpr:A6-1-a-explicit-consent",
                "dpv:ExplicitlyExpressedConsent"
            ]);
            process["dpv:hasContext"] = json!([
                {"@id": "dpv:ScoringOfIndividuals"},
                {"@id": "eu-aiact:HighRiskAISystem-AnnexIII-5-b"},
            ]);
            process["dpv:hasApplicableLaw"] = "legal-eu:law-GDPR".into();
        }
        process
    }

    fn personal_data(&self) -> Value {
        let data = self.binding.data;
        let inferred = match self.binding.outputs {
            Outputs::Score => "The score",
            Outputs::ScoreAndReasons => "The score, and the reasons for it",
        };
        json!([
            {
                "@type": "dpv:PersonalData",
                "skos:broader": "pd:Transaction",
                "dct:description": format!(
                    "Entries from {} to {}, added up to levels by their source",
                    data.from, data.to
                ),
                "bs:dataFrom": data.from,
                "bs:dataTo": data.to,
                "bs:scheme": self.binding.scheme,
            },
            {
                "@type": "dpv:DerivedPersonalData",
                "skos:broader": "pd:PurchasesAndSpendingHabit",
                "dct:description": "The levels, encrypted before they leave their source",
            },
            {
                "@type": "dpv:InferredPersonalData",
                "skos:broader": "pd:CreditScore",
                "dct:description": inferred,
            },
        ])
    }

    fn data_sources(&self) -> Value {
        if self.binding.standing() == Standing::SelfDeclared {
            return json!([{
                "@type": "dpv:DataSubjectDataSource",
                "dpv:hasProcessing": "dpv:Collect",
            }]);
        }
        let source = |source: &PartyId| {
            let kind = if *source == self.binding.lender {
                "dpv:DataControllerDataSource"
            } else {
                "dpv:ThirdPartyDataSource"
            };
            json!({
                "@id": entity::iri(source),
                "@type": kind,
                "dpv:hasProcessing": "dpv:Collect",
            })
        };
        self.binding.sources.iter().map(source).collect()
    }

    /// Where and how long: the lender keeps the result its days, the platform
    /// the ciphertexts until withdrawal.
    fn storage(&self) -> Value {
        let days =
            |days: u32| json!({"@type": "dpv:TemporalDuration", "rdf:value": format!("P{days}D")});
        let mut countries = vec![self.country(0), self.country(1)];
        countries.dedup();
        let mut conditions: Vec<Value> = countries
            .into_iter()
            .map(|country| {
                json!({"@type": "dpv:StorageLocation", "dpv:hasLocation": format!("loc:{country}")})
            })
            .collect();
        conditions.push(json!({
            "@type": "dpv:StorageDuration",
            "dpv:hasDuration": days(self.binding.storage_days),
            "dct:description": "The lender keeps what was released to it",
        }));
        conditions.push(json!({
            "@type": "dpv:StorageDeletion",
            "dpv:hasDuration": days(0),
            "dct:description": "On withdrawal the platform deletes the encrypted data at once",
        }));
        Value::Array(conditions)
    }

    fn rights(&self, lender: &str, platform: &str) -> Value {
        let right = |article: &str, title: &str, at: &str| {
            let types = if self.gdpr() {
                json!(["dpv:DataSubjectRight", article])
            } else {
                json!(["dpv:DataSubjectRight"])
            };
            json!({"@type": types, "dct:title": title, "dpv:isExercisedAt": at})
        };
        json!([
            right("eu-gdpr:A7-3", "Withdraw consent", platform),
            right("eu-gdpr:A15", "Access", lender),
            right("eu-gdpr:A22-3-a", "Human intervention", lender),
            right("eu-gdpr:A22-3-c", "Contest the decision", lender),
        ])
    }

    fn subject(&self) -> String {
        format!("urn:blindscore:applicant:{}", self.key)
    }

    /// The country of the lender (0) or of the platform (1, or 0 if they are
    /// one party).
    fn country(&self, index: usize) -> &str {
        let of = |index: usize| self.entities.get(index);
        let one_party = self.binding.lender == self.binding.platform;
        let found = of(if one_party { 0 } else { index });
        found.map_or("", |entity| entity.country.as_str())
    }

    fn gdpr(&self) -> bool {
        EEA.contains(&self.country(0))
    }
}

/// A receipt for the applicant that carries the whole record.
pub(super) fn receipt(record: &ConsentRecord, facts: &Facts, issued: Timestamp) -> Value {
    let id = facts.binding.consent;
    let mut carried = record.to_value();
    if let Some(members) = carried.as_object_mut() {
        members.remove("@context");
    }
    let schema = if facts.gdpr() {
        "receipt-eu-gdpr"
    } else {
        "receipt-record"
    };
    json!({
        "@context": context(),
        "@id": format!("urn:blindscore:consent-receipt:{id}"),
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": format!("https://w3id.org/dpv/schema/dpv-27560#{schema}"),
        IDENTIFIER: id,
        CREATED: issued,
        "dct:publisher": entity::iri(&facts.binding.platform),
        "schema:recipient": "dpv:DataSubject",
        "dpv:hasRecordOfActivity": carried,
        "bs:recordDigest": record.digest(),
    })
}

/// Appends a withdrawal to a record's members.
pub(super) fn withdraw(
    members: &mut Map<String, Value>,
    facts: &Facts,
    withdrawal: &Signed<Withdrawal>,
) {
    let said = withdrawal.statement();
    if let Some(events) = members.get_mut(EVENTS).and_then(Value::as_array_mut) {
        events.push(facts.withdrawn_event(said));
    }
    members.insert("dct:modified".to_owned(), json!(said.at));
    members.insert(WITHDRAWAL.to_owned(), json!(withdrawal));
}

fn record_iri(binding: &Binding) -> String {
    format!("urn:blindscore:consent:{}", binding.consent)
}

fn context() -> Value {
    let mut context = json!({
        "dpv": "https://w3id.org/dpv#",
        "pd": "https://w3id.org/dpv/pd#",
        "fin": "https://w3id.org/dpv/sector/finance#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "eu-aiact": "https://w3id.org/dpv/legal/eu/aiact#",
        "legal-eu": "https://w3id.org/dpv/legal/eu#",
        "loc": "https://w3id.org/dpv/loc#",
        "dct": "http://purl.org/dc/terms/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "schema": "https://schema.org/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "bs": "urn:blindscore:terms:1#",
        WITHDRAWAL: {"@type": "@json"},
    });
    for reference in [
        "dct:conformsTo",
        "dct:creator",
        "dct:publisher",
        "skos:broader",
        "dpv:hasLegalBasis",
        "dpv:hasProcessing",
        "dpv:hasAutomationLevel",
        "dpv:hasHumanInvolvement",
        "dpv:hasTechnicalMeasure",
        "dpv:hasRecipient",
        "dpv:hasDataController",
        "dpv:hasDataProcessor",
        "dpv:hasJurisdiction",
        "dpv:hasApplicableLaw",
        "dpv:hasLocation",
        "dpv:isIndicatedBy",
        "dpv:isExercisedAt",
        "schema:recipient",
    ] {
        context[reference] = json!({"@type": "@id"});
    }
    context
}
