//! A record is taken as it was granted, and in no other way.

use blindscore_protocol::consent::{ConsentError, ConsentRecord, WithdrawalError};
use blindscore_protocol::registry::TrustError;
use blindscore_protocol::sign::{Signature, Signed, VerifyingKey};
use serde_json::{Value, json};

use crate::fixture::*;

fn read(value: &Value) -> Result<ConsentRecord, ConsentError> {
    ConsentRecord::from_json(value.to_string().as_bytes())
}

fn document() -> Value {
    serde_json::from_str(&record().to_json()).unwrap()
}

/// Signs whatever a document says, as its own applicant may.
fn signed_again(mut value: Value) -> Value {
    let members = value.as_object_mut().unwrap();
    members.remove("bs:signature");
    let canonical = serde_json_canonicalizer::to_vec(&members).unwrap();
    let label = blindscore_history::label::CONSENT;
    let framed = blindscore_history::digest::Framed::new(label);
    let digest = framed.bytes(&canonical).digest();
    let signature = Signature::sign(&key(1), label, &digest);
    members.insert("bs:signature".to_owned(), json!(signature));
    value
}

#[test]
fn what_was_granted_reads_back() {
    let record = record();
    let read = ConsentRecord::from_json(record.to_json().as_bytes()).unwrap();
    assert_eq!(read, record);
    assert_eq!(read.to_json(), record.to_json());
    assert_eq!(read.verify(), Ok(()));
    assert_eq!(read.signing_key(), VerifyingKey::of(&key(1)));
    assert_eq!(read.binding(), &bound().0);
    assert_eq!(read.digest(), record.digest());
    assert!(read.names_parties_of(&registry()).is_ok());
    // The digest is over the canonical form, which has neither indentation nor
    // signature.
    let canonical = String::from_utf8(read.canonical()).unwrap();
    assert!(!canonical.contains('\n') && !canonical.contains("bs:signature"));
    assert_eq!(signed_again(document()), document());
}

#[test]
fn granting_again_gives_the_same_bytes() {
    assert_eq!(record().to_json(), record().to_json());
}

#[test]
fn every_changed_member_is_refused() {
    let good = document();
    let mut paths = Vec::new();
    leaves(&good, &mut Vec::new(), &mut paths);
    assert!(paths.len() > 100, "{}", paths.len());
    for path in paths {
        let pointer = format!("/{}", path.join("/"));
        let mut bad = good.clone();
        let leaf = bad.pointer_mut(&pointer).unwrap();
        *leaf = match leaf.take() {
            Value::String(text) => Value::String(text + "0"),
            Value::Number(number) => json!(number.as_u64().unwrap() + 1),
            other => panic!("{other}"),
        };
        assert!(read(&bad).is_err(), "{pointer}");
        // The applicant alone cannot write a record that says two things, nor
        // name a party by another name than the registry.
        let signature = pointer == "/bs:signature";
        match read(&signed_again(bad)) {
            Ok(again) if !signature => {
                let refused = again.names_parties_of(&registry()).unwrap_err();
                assert!(matches!(refused, ConsentError::Named { .. }), "{pointer}");
            }
            again => assert_eq!(again.is_ok(), signature, "{pointer}, signed again"),
        }
    }
}

/// Paths of all strings and numbers, as JSON pointers have them.
fn leaves(value: &Value, path: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    let mut enter = |name: String, value: &Value| {
        path.push(name.replace('~', "~0").replace('/', "~1"));
        leaves(value, path, paths);
        path.pop();
    };
    match value {
        Value::Object(members) => members.iter().for_each(|(name, v)| enter(name.clone(), v)),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .for_each(|(i, v)| enter(i.to_string(), v)),
        _ => paths.push(path.clone()),
    }
}

#[test]
fn a_person_cannot_be_shown_other_terms_than_are_enforced() {
    // The applicant signs, but the part for people says something else.
    for (pointer, other) in [
        ("/dpv:hasEntity/0/@id", json!("urn:blindscore:party:bank")),
        (
            "/dpv:hasProcess/dpv:hasDataController",
            json!("urn:blindscore:party:bank"),
        ),
        (
            "/dpv:hasProcess/dpv:hasPurpose/dct:description",
            json!("Advertising"),
        ),
        (
            "/dpv:hasProcess/dpv:hasPersonalData/0/bs:dataFrom",
            json!("2020-01-01"),
        ),
        (
            "/dpv:hasConsentStatus/0/dpv:hasDuration/rdf:value",
            json!("99"),
        ),
        (
            "/dpv:hasConsentStatus/0/bs:validUntil",
            json!("2036-06-08T00:00:00Z"),
        ),
        (
            "/dpv:hasConsentStatus/0/@type/0",
            json!("dpv:ConsentRefused"),
        ),
        ("/dpv:hasNotice/@id", json!("urn:blindscore:notice:0")),
    ] {
        let mut bad = document();
        *bad.pointer_mut(pointer).unwrap() = other;
        let refused = read(&signed_again(bad)).unwrap_err();
        let ConsentError::Disagrees { at } = &refused else {
            panic!("{pointer}: {refused}");
        };
        assert_eq!(at, pointer);
    }
}

#[test]
fn a_changed_binding_is_refused_for_its_reason() {
    let mut bad = document();
    bad["bs:binding"]["bs:uses"] = json!(1000);
    let refused = read(&bad).unwrap_err();
    assert!(
        matches!(refused, ConsentError::Disagrees { .. }),
        "{refused}"
    );

    for (member, value) in [
        ("bs:uses", json!(0)),
        ("bs:scorecards", json!([])),
        ("bs:sources", json!(["bank", "self-declared"])),
        ("bs:sources", json!(["wallet", "bank"])),
        ("bs:validUntil", json!("2026-06-01T11:30:00Z")),
        ("bs:storageDays", json!(40_000)),
        (
            "bs:data",
            json!({"bs:from": "2026-06-01", "bs:to": "2026-05-31"}),
        ),
    ] {
        let mut bad = document();
        bad["bs:binding"][member] = value;
        let refused = read(&signed_again(bad)).unwrap_err();
        assert!(matches!(refused, ConsentError::Binding(_)), "{refused}");
    }
    let mut unknown = document();
    unknown["bs:binding"]["bs:more"] = json!(1);
    let refused = read(&signed_again(unknown)).unwrap_err();
    assert!(refused.to_string().contains("unknown field"), "{refused}");
}

#[test]
fn a_signature_of_another_key_is_refused() {
    // Another signature, and then another key named beside it.
    let digest = record().digest();
    let label = blindscore_history::label::CONSENT;
    let mut bad = document();
    bad["bs:signature"] = json!(Signature::sign(&key(6), label, &digest));
    assert!(matches!(read(&bad), Err(ConsentError::Signature(_))));
    // A signature of the right key under another label.
    bad["bs:signature"] = json!(Signature::sign(&key(1), "blindscore other v1", &digest));
    assert!(matches!(read(&bad), Err(ConsentError::Signature(_))));
}

#[test]
fn other_bytes_are_refused() {
    let text = record().to_json();
    let twice = text.replacen('{', "{\"@type\":\"dpv:ConsentRecord\",", 1);
    let refused = ConsentRecord::from_json(twice.as_bytes()).unwrap_err();
    assert!(refused.to_string().contains("stands twice"), "{refused}");
    let mut more = document();
    more["bs:more"] = json!(1);
    let refused = read(&signed_again(more)).unwrap_err();
    assert!(
        matches!(refused, ConsentError::Disagrees { .. }),
        "{refused}"
    );
    for member in ["bs:binding", "bs:signature", "dpv:hasEntity", "dct:created"] {
        let mut less = document();
        less.as_object_mut().unwrap().remove(member);
        let refused = read(&less).unwrap_err();
        assert!(refused.to_string().contains(member), "{refused}");
    }
    for bad in ["", "[]", "null", "{}", &text[1..], &(text.clone() + "{}")] {
        assert!(ConsentRecord::from_json(bad.as_bytes()).is_err(), "{bad}");
    }
    let huge = text + &" ".repeat(ConsentRecord::JSON_MAX);
    let refused = ConsentRecord::from_json(huge.as_bytes()).unwrap_err();
    assert!(refused.to_string().contains("at most"), "{refused}");
}

#[test]
fn only_parties_of_the_registry_are_named_in_their_trade() {
    let grant = |change: fn(&mut blindscore_protocol::consent::Binding)| {
        let mut binding = bound().0;
        change(&mut binding);
        ConsentRecord::grant(binding, &registry(), time(NOW), &key(1))
    };
    let refused = grant(|binding| binding.lender = id("nobody"));
    assert!(matches!(
        refused,
        Err(ConsentError::Party(TrustError::Unknown { .. }))
    ));
    let refused = grant(|binding| binding.platform = id("bank"));
    assert!(matches!(
        refused,
        Err(ConsentError::Party(TrustError::OtherTrade { .. }))
    ));
    let refused = grant(|binding| binding.sources = vec![id("lender")]);
    assert!(matches!(
        refused,
        Err(ConsentError::Party(TrustError::OtherTrade { .. }))
    ));
    let refused = grant(|binding| binding.valid_until = time("2026-06-01T11:31:00Z"));
    assert!(matches!(refused, Err(ConsentError::Late { .. })));
}

#[test]
fn a_withdrawn_record_keeps_its_digest_and_signature() {
    let record = record();
    let withdrawal = Signed::sign(record.withdrawal_at(time("2026-06-03T18:00:00Z")), &key(1));
    let withdrawn = record.with_withdrawal(&withdrawal).unwrap();
    assert_eq!(withdrawn.digest(), record.digest());
    assert_eq!(withdrawn.verify(), Ok(()));
    let read = ConsentRecord::from_json(withdrawn.to_json().as_bytes()).unwrap();
    assert_eq!(read, withdrawn);
    assert_eq!(read.withdrawal(), Some(&withdrawal));
    let value: Value = serde_json::from_str(&withdrawn.to_json()).unwrap();
    let events = value["dpv:hasConsentStatus"].as_array().unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[1]["@type"], "dpv:ConsentWithdrawn");

    // Somebody else's withdrawal written into the record, at the same time.
    let mut forged = value.clone();
    let other = Signed::sign(withdrawal.statement().clone(), &key(6));
    forged["bs:withdrawal"] = json!(other);
    let refused = self::read(&forged).unwrap_err();
    assert!(matches!(
        refused,
        ConsentError::Withdrawal(WithdrawalError::Key { .. })
    ));

    // The event without the message, and the message without the event.
    let mut event_only = value.clone();
    event_only.as_object_mut().unwrap().remove("bs:withdrawal");
    assert!(read_err(&event_only).contains("dpv:hasConsentStatus/1"));
    let mut message_only = value;
    message_only["dpv:hasConsentStatus"]
        .as_array_mut()
        .unwrap()
        .pop();
    assert!(read_err(&message_only).contains("dpv:hasConsentStatus/1"));
}

fn read_err(value: &Value) -> String {
    read(value).unwrap_err().to_string()
}

#[test]
fn only_its_own_withdrawal_withdraws_a_consent() {
    let record = record();
    let message = || record.withdrawal_at(time(NOW));
    let refused = |message, n| record.with_withdrawal(&Signed::sign(message, &key(n)));
    assert!(matches!(
        refused(message(), 6),
        Err(WithdrawalError::Key { .. })
    ));
    let mut other = message();
    other.consent = blindscore_protocol::id::ApplicationId::new([9; 16]);
    assert!(matches!(
        refused(other, 1),
        Err(WithdrawalError::Consent { .. })
    ));
    let mut other = message();
    other.consent_digest = digest("another record");
    assert!(matches!(
        refused(other, 1),
        Err(WithdrawalError::Record { .. })
    ));
    let text = serde_json::to_string(&Signed::sign(message(), &key(1))).unwrap();
    let changed = text.replace("2026-06-01T12", "2026-06-01T13");
    let changed = serde_json::from_str(&changed).unwrap();
    assert!(matches!(
        record.with_withdrawal(&changed),
        Err(WithdrawalError::Signature(_))
    ));
}
