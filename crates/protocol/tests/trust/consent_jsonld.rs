//! The part for people and auditors: known terms only, a context of its own,
//! and every field that ISO/IEC TS 27560 wants.

use std::collections::BTreeSet;

use blindscore_protocol::consent::{ConsentRecord, Terms};
use blindscore_protocol::sign::Signed;
use serde_json::Value;

use crate::fixture::*;

/// Terms of other vocabularies that a document may use: those of the samples,
/// which were checked against the files of DPV 2.3.
const TERMS: &str = "
    dpv:ConsentControl dpv:ConsentGiven dpv:ConsentNotice dpv:ConsentReceipt dpv:ConsentRecord
    dpv:ConsentWithdrawn dpv:Collect dpv:DataController dpv:DataProcessor dpv:DataSubject
    dpv:DataSubjectDataSource dpv:DataSubjectRight dpv:Derive dpv:DerivedPersonalData
    dpv:EncryptionInUse dpv:EndlessDuration dpv:ExplicitlyExpressedConsent
    dpv:FixedOccurrencesDuration dpv:HomomorphicEncryption dpv:HumanInvolvementForDecision
    dpv:InferredPersonalData dpv:Organisation dpv:PartialAutomation dpv:PersonalData dpv:Process
    dpv:Profiling dpv:ProvideConsent dpv:Purpose dpv:ScoringOfIndividuals dpv:StorageDeletion
    dpv:StorageDuration dpv:StorageLocation dpv:TemporalDuration dpv:WithdrawConsent
    dpv:hasApplicableLaw dpv:hasAutomationLevel dpv:hasConsentControl dpv:hasConsentStatus
    dpv:hasContact dpv:hasContext dpv:hasDataController dpv:hasDataProcessor dpv:hasDataSource
    dpv:hasDataSubject dpv:hasDuration dpv:hasEntity dpv:hasHumanInvolvement
    dpv:hasIndicationMethod dpv:hasJurisdiction dpv:hasLegalBasis dpv:hasLocation dpv:hasName
    dpv:hasNotice dpv:hasPersonalData dpv:hasProcess dpv:hasProcessing dpv:hasPurpose
    dpv:hasRecipient dpv:hasRecordOfActivity dpv:hasRight dpv:hasStorageCondition
    dpv:hasTechnicalMeasure dpv:isExercisedAt dpv:isIndicatedAtTime dpv:isIndicatedBy
    pd:CreditScore pd:PurchasesAndSpendingHabit pd:Transaction fin:CreditScoreEvaluation
    eu-gdpr:A6-1-a-explicit-consent eu-gdpr:A7-3 eu-gdpr:A15 eu-gdpr:A22-3-a eu-gdpr:A22-3-c
    eu-aiact:HighRiskAISystem-AnnexIII-5-b legal-eu:law-GDPR
    dct:conformsTo dct:created dct:creator dct:date dct:description dct:identifier dct:language
    dct:modified dct:publisher dct:title skos:broader rdf:value
    schema:PostalAddress schema:address schema:addressCountry schema:recipient
    schema:streetAddress
";

/// Terms of DPV 2.3 that the samples, where the person is the only source, have
/// no use for.
const SOURCES: &str = "dpv:DataControllerDataSource dpv:ThirdParty dpv:ThirdPartyDataSource";

/// The project's own.
const OWN: &str = "
    bs:applicantKey bs:binding bs:consent bs:data bs:dataFrom bs:dataTo bs:from bs:lender
    bs:notice bs:outputs bs:platform bs:purpose bs:recordDigest bs:request bs:scheme
    bs:scorecards bs:signature bs:sources bs:storageDays bs:to bs:uses bs:validFrom bs:validUntil
    bs:withdrawal
";

fn value(record: &ConsentRecord) -> Value {
    serde_json::from_str(&record.to_json()).unwrap()
}

fn granted_by(country: &str, change: fn(&mut Terms)) -> ConsentRecord {
    let (mut terms, mut asked) = (terms(), asked());
    change(&mut terms);
    asked.sources.clear();
    let (request, registry) = (Signed::sign(asked, &key(2)), registry_in(country));
    let (binding, _) = terms.bind(&request, &registry, &titles()).unwrap();
    ConsentRecord::grant(binding, &registry, time(NOW), &key(1)).unwrap()
}

/// Every document that the crate writes.
fn documents() -> Vec<Value> {
    let mut documents = Vec::new();
    for record in [
        record(),
        granted_by("IN", |_| ()),
        granted_by("IE", |t| t.sources = vec![id("self-declared")]),
    ] {
        let withdrawal = Signed::sign(record.withdrawal_at(time(NOW)), &key(1));
        documents.push(value(&record.with_withdrawal(&withdrawal).unwrap()));
        documents.push(serde_json::from_str(&record.receipt(time(NOW))).unwrap());
        documents.push(value(&record));
    }
    documents
}

/// Member names, and values that are terms of a prefix of the context.
fn terms_of(value: &Value, prefixes: &BTreeSet<String>, terms: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter().filter(|(name, _)| *name != "@context") {
                if !name.starts_with('@') {
                    terms.insert(name.clone());
                }
                // A JSON literal, by the context.
                if name != "bs:withdrawal" {
                    terms_of(value, prefixes, terms);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|v| terms_of(v, prefixes, terms)),
        Value::String(text) if is_term(text, prefixes) => {
            terms.insert(text.clone());
        }
        _ => (),
    }
}

fn is_term(text: &str, prefixes: &BTreeSet<String>) -> bool {
    text.split_once(':')
        .is_some_and(|(prefix, _)| prefixes.contains(prefix))
}

fn prefixes(document: &Value) -> BTreeSet<String> {
    let context = document["@context"].as_object().unwrap();
    let plain = context.iter().filter(|(_, iri)| iri.is_string());
    plain.map(|(prefix, _)| prefix.clone()).collect()
}

#[test]
fn only_known_terms_are_used() {
    let allowed: BTreeSet<&str> = [TERMS, SOURCES, OWN]
        .into_iter()
        .flat_map(str::split_whitespace)
        .collect();
    let mut used = BTreeSet::new();
    for document in documents() {
        terms_of(&document, &prefixes(&document), &mut used);
    }
    for term in &used {
        let country = term
            .strip_prefix("loc:")
            .is_some_and(|code| code.len() == 2);
        assert!(allowed.contains(term.as_str()) || country, "{term}");
    }
}

#[test]
fn the_context_stands_in_the_document_and_names_every_prefix() {
    for document in documents() {
        let context = document["@context"].as_object().unwrap();
        // Strings are prefixes, objects say of which type a member is: nothing
        // is fetched.
        for (name, meaning) in context {
            let fits = match meaning {
                Value::String(iri) => !name.contains(':') && iri.ends_with(['#', '/']),
                Value::Object(how) => how.len() == 1 && how.contains_key("@type"),
                _ => false,
            };
            assert!(fits, "{name}: {meaning}");
        }
        let prefixes = prefixes(&document);
        let mut members = BTreeSet::new();
        terms_of(&document, &prefixes, &mut members);
        for name in members {
            let (prefix, _) = name.split_once(':').unwrap();
            assert!(prefixes.contains(prefix), "{name}");
        }
        let nested = document["dpv:hasRecordOfActivity"].get("@context");
        assert_eq!(nested, None);
    }
}

#[test]
fn every_mandatory_field_is_filled() {
    let record = value(&record());
    for pointer in [
        "/dct:conformsTo",
        "/dct:identifier",
        "/dpv:hasDataSubject/dct:identifier",
        "/dpv:hasNotice/@id",
        "/dpv:hasNotice/dct:language",
        "/dpv:hasProcess/dpv:hasPurpose/dct:description",
        "/dpv:hasProcess/dpv:hasPersonalData/0/skos:broader",
        "/dpv:hasProcess/dpv:hasPersonalData/0/@type",
        "/dpv:hasProcess/dpv:hasStorageCondition/0/dpv:hasLocation",
        "/dpv:hasProcess/dpv:hasStorageCondition/1/dpv:hasDuration/rdf:value",
        "/dpv:hasProcess/dpv:hasDataController",
        "/dpv:hasProcess/dpv:hasRecipient/0",
        "/dpv:hasProcess/dpv:hasConsentControl/dpv:isExercisedAt",
        "/dpv:hasProcess/dpv:hasJurisdiction",
        "/dpv:hasProcess/dpv:hasRight/0/dpv:isExercisedAt",
        "/dpv:hasConsentStatus/0/@type/0",
        "/dpv:hasConsentStatus/0/@type/1",
        "/dpv:hasConsentStatus/0/dpv:isIndicatedAtTime",
        "/dpv:hasConsentStatus/0/dpv:hasDuration/rdf:value",
        "/dpv:hasConsentStatus/0/dpv:isIndicatedBy",
    ] {
        let field = record.pointer(pointer).and_then(Value::as_str);
        assert!(field.is_some_and(|text| !text.is_empty()), "{pointer}");
    }
    let entities = record["dpv:hasEntity"].as_array().unwrap();
    assert_eq!(entities.len(), 4);
    for entity in entities {
        for field in ["dpv:hasName", "dct:identifier", "dpv:hasContact"] {
            assert!(entity[field].is_string(), "{field}");
        }
        assert!(
            entity["@type"]
                .as_array()
                .is_some_and(|types| types.len() == 2)
        );
        assert!(entity["schema:address"]["schema:streetAddress"].is_string());
    }
}

#[test]
fn the_law_is_that_of_the_lenders_country() {
    let schema = |record: &ConsentRecord| value(record)["dct:conformsTo"].clone();
    let base = "https://w3id.org/dpv/schema/dpv-27560#record";
    assert_eq!(schema(&record()), format!("{base}-eu-gdpr"));
    let elsewhere = granted_by("IN", |_| ());
    assert_eq!(schema(&elsewhere), base);
    let text = elsewhere.to_json();
    let body = text
        .split("\"@id\": \"urn:blindscore:consent")
        .nth(1)
        .unwrap();
    assert!(!body.contains("eu-gdpr:") && !body.contains("GDPR") && !body.contains("eu-aiact:"));
    assert!(body.contains("loc:IN"));
    // It reads back all the same.
    assert!(ConsentRecord::from_json(text.as_bytes()).is_ok());
}

#[test]
fn the_receipt_carries_the_record() {
    let record = record();
    let receipt: Value = serde_json::from_str(&record.receipt(time(NOW))).unwrap();
    assert_eq!(receipt["@type"], "dpv:ConsentReceipt");
    assert_eq!(receipt["dct:publisher"], "urn:blindscore:party:platform");
    assert_eq!(receipt["bs:recordDigest"], record.digest().to_string());
    // With the receipt's context it is the record again.
    let mut carried = receipt["dpv:hasRecordOfActivity"].clone();
    carried["@context"] = receipt["@context"].clone();
    let read = ConsentRecord::from_json(carried.to_string().as_bytes()).unwrap();
    assert_eq!(read, record);
}

/// Paths of member names, list places left out, of other vocabularies.
fn paths(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                if name != "@context" && !name.starts_with("ex:") && !name.starts_with("bs:") {
                    let path = format!("{at}/{name}");
                    found.insert(path.clone());
                    paths(value, &path, found);
                }
            }
        }
        Value::Array(list) => list.iter().for_each(|value| paths(value, at, found)),
        _ => (),
    }
}

#[test]
fn a_record_has_the_shape_of_the_samples() {
    let own = |t: &mut Terms| t.sources = vec![id("self-declared")];
    let record = granted_by("IE", own);
    let withdrawal = Signed::sign(record.withdrawal_at(time(NOW)), &key(1));
    let withdrawn = record.with_withdrawal(&withdrawal).unwrap();
    let receipt = serde_json::from_str(&record.receipt(time(NOW))).unwrap();
    for (name, ours) in [
        ("consent_record_dpv27560.jsonld", value(&record)),
        (
            "consent_record_dpv27560_withdrawn.jsonld",
            value(&withdrawn),
        ),
        ("consent_receipt_dpv27560.jsonld", receipt),
    ] {
        let Some(sample) = sample(name) else { return };
        let sample: Value = serde_json::from_slice(&sample).unwrap();
        let (mut theirs, mut mine) = (BTreeSet::new(), BTreeSet::new());
        paths(&sample, "", &mut theirs);
        paths(&ours, "", &mut mine);
        // Identifiers twice over in the sample's receipt are enough once.
        theirs.remove("/dpv:hasIdentifier");
        let missing: Vec<_> = theirs.difference(&mine).collect();
        assert!(missing.is_empty(), "{name}: {missing:?}");
        assert_eq!(ours["@type"], sample["@type"]);
        assert_eq!(ours["dct:conformsTo"], sample["dct:conformsTo"]);

        let mut known = BTreeSet::new();
        terms_of(&sample, &prefixes(&sample), &mut known);
        let mut used = BTreeSet::new();
        terms_of(&ours, &prefixes(&ours), &mut used);
        let listed: BTreeSet<&str> = SOURCES.split_whitespace().collect();
        let new = used
            .iter()
            .filter(|term| !term.starts_with("bs:") && !known.contains(*term))
            .filter(|term| !listed.contains(term.as_str()))
            .collect::<Vec<_>>();
        assert!(new.is_empty(), "{name}: {new:?}");
    }
}
