//! Consents of other forms give what their fields give, and say what is
//! lacking.

use blindscore_protocol::consent::ConsentRecord;
use blindscore_protocol::consent::import::{
    ConsentFormat, Fetches, IMPORT_MAX, ImportError, Imported, import,
};
use serde_json::{Value, json};

use crate::fixture::*;

fn kantara() -> Value {
    json!({
        "version": "KI-CR-v1.1.0",
        "jurisdiction": "IE",
        "consentTimestamp": 1_780_306_181,
        "consentReceiptID": "receipt-7",
        "language": "en",
        "piiPrincipalId": "pairwise-1",
        "piiControllers": [{
            "piiController": "Example Lender",
            "contact": "Data protection officer",
            "address": {"streetAddress": "2 Example Street", "addressCountry": "IE"},
            "email": "privacy@lender.example",
        }],
        "policyUrl": "https://lender.example/notice",
        "services": [{"service": "Loans", "purposes": [{
            "purpose": "A credit score",
            "termination": "2026-06-05T00:00:00Z or on withdrawal",
            "thirdPartyDisclosure": true,
            "thirdPartyName": "Example Platform",
        }]}],
        "sensitive": false,
    })
}

fn artefact() -> Value {
    json!({
        "ver": "2.0.0",
        "consentId": "artefact-7",
        "status": "ACTIVE",
        "createTimestamp": "2026-06-01T09:30:00.000Z",
        "ConsentDetail": {
            "consentStart": "2026-06-02T00:00:00.000Z",
            "consentExpiry": "2026-06-05T00:00:00.000Z",
            "fetchType": "ONETIME",
            "DataConsumer": {"id": "EXAMPLE-FIU", "type": "FIU"},
            "DataProvider": {"id": "EXAMPLE-FIP", "type": "FIP"},
            "Customer": {"id": "subject@example-aa"},
            "Accounts": [{"fipId": "EXAMPLE-FIP"}, {"fipId": "OTHER-FIP"}],
            "Purpose": {"code": "102", "text": "Spending patterns"},
            "FIDataRange": {"from": "2025-09-01T00:00:00.000Z", "to": "2026-08-31T23:59:59.000Z"},
            "DataLife": {"unit": "DAY", "value": 30},
        },
    })
}

fn read(value: &Value) -> Result<Imported, ImportError> {
    import(value.to_string().as_bytes())
}

fn lacks(imported: &Imported) -> Vec<&'static str> {
    imported.lacks.iter().map(|lack| lack.what).collect()
}

#[test]
fn a_kantara_receipt_is_read() {
    let imported = read(&kantara()).unwrap();
    assert_eq!(imported.format, ConsentFormat::Kantara11);
    assert_eq!(imported.recipient, Some(plain("Example Lender")));
    assert_eq!(imported.contact, Some(plain("privacy@lender.example")));
    assert_eq!(imported.processor, Some(plain("Example Platform")));
    assert_eq!(imported.purpose, Some(plain("A credit score")));
    assert_eq!(imported.given, Some(time("2026-06-01T09:29:41Z")));
    assert_eq!(imported.valid_until, Some(time("2026-06-05T00:00:00Z")));
    let lacks = lacks(&imported);
    for what in [
        "scorecards",
        "scheme",
        "applicant's key",
        "outputs",
        "request",
        "notice digest",
        "sources",
        "data range",
        "uses",
        "storage",
        "signature",
    ] {
        assert!(lacks.contains(&what), "{what}");
    }
    assert!(!lacks.contains(&"purpose") && !lacks.contains(&"validity"));
}

#[test]
fn an_account_aggregators_artefact_is_read() {
    let imported = read(&artefact()).unwrap();
    assert_eq!(imported.format, ConsentFormat::AccountAggregator);
    assert_eq!(imported.sources, [plain("EXAMPLE-FIP"), plain("OTHER-FIP")]);
    assert_eq!(
        imported.data.unwrap().to_string(),
        "2025-09-01 to 2026-08-31"
    );
    assert_eq!(imported.fetches, Some(Fetches::Once));
    assert_eq!(imported.storage_days, Some(30));
    assert_eq!(imported.active, Some(true));
    let lacks = lacks(&imported);
    for what in ["scorecards", "applicant's key", "platform", "signature"] {
        assert!(lacks.contains(&what), "{what}");
    }
    for what in ["sources", "data range", "validity", "uses", "data filter"] {
        assert!(!lacks.contains(&what), "{what}");
    }
}

#[test]
fn every_member_may_be_absent_and_is_then_lacking() {
    let imported = read(&json!({"ver": "2.1.0", "ConsentDetail": {}})).unwrap();
    let missing = lacks(&imported);
    for what in [
        "sources",
        "data range",
        "validity",
        "purpose",
        "lender",
        "uses",
    ] {
        assert!(missing.contains(&what), "{what}");
    }
    let imported = read(&json!({"version": "KI-CR-v1.1.0"})).unwrap();
    let missing = lacks(&imported);
    for what in ["lender", "purpose", "data range", "uses"] {
        assert!(missing.contains(&what), "{what}");
    }
}

#[test]
fn repeated_fetching_is_no_number_of_uses() {
    let mut value = artefact();
    let detail = &mut value["ConsentDetail"];
    detail["fetchType"] = json!("PERIODIC");
    detail["Frequency"] = json!({"unit": "MONTH", "value": 1});
    detail["DataLife"] = json!({"unit": "MONTH", "value": 2});
    detail["DataFilter"] = json!([{"type": "TRANSACTIONAMOUNT", "operator": ">=", "value": "0"}]);
    let imported = read(&value).unwrap();
    let times = 1;
    let unit = "MONTH";
    assert_eq!(imported.fetches, Some(Fetches::Every { times, unit }));
    // Two months are 56 days at the least.
    assert_eq!(imported.storage_days, Some(56));
    assert!(lacks(&imported).contains(&"uses"));
    assert!(lacks(&imported).contains(&"data filter"));
    value["ConsentDetail"]["DataLife"] = json!({"unit": "INF", "value": 0});
    assert!(lacks(&read(&value).unwrap()).contains(&"storage"));
    value["status"] = json!("REVOKED");
    assert_eq!(read(&value).unwrap().active, Some(false));
}

#[test]
fn an_import_narrows_a_draft_and_never_widens_it() {
    let terms = terms();
    let narrowed = read(&artefact()).unwrap().narrow(terms.clone());
    assert_eq!(narrowed.data.to_string(), "2025-09-01 to 2026-05-31");
    assert_eq!(narrowed.valid_from, time("2026-06-02T00:00:00Z"));
    assert_eq!(narrowed.valid_until, time("2026-06-05T00:00:00Z"));
    assert_eq!(narrowed.uses, 1);
    assert!(narrowed.bind(&request(), &registry(), &titles()).is_ok());
    let receipt = read(&kantara()).unwrap().narrow(terms.clone());
    assert_eq!(receipt.valid_until, time("2026-06-05T00:00:00Z"));
    assert_eq!(receipt.data, terms.data);
}

#[test]
fn an_import_is_no_consent() {
    for value in [kantara(), artefact()] {
        assert!(ConsentRecord::from_json(value.to_string().as_bytes()).is_err());
    }
}

#[test]
fn what_cannot_be_is_refused() {
    for (change, at, value) in [
        (kantara(), "/consentTimestamp", json!("yesterday")),
        (kantara(), "/consentTimestamp", json!(i64::MAX)),
        (kantara(), "/piiControllers", json!("Example Lender")),
        (kantara(), "/services/0/purposes/0/purpose", json!("a\nb")),
        (artefact(), "/ConsentDetail/consentExpiry", json!("soon")),
        (artefact(), "/ConsentDetail/fetchType", json!("OFTEN")),
        (artefact(), "/ConsentDetail/DataLife/unit", json!("MOON")),
        (artefact(), "/ConsentDetail/DataLife/value", json!(-1)),
        (
            artefact(),
            "/ConsentDetail/FIDataRange/to",
            json!("2020-01-01T00:00:00Z"),
        ),
    ] {
        let mut bad = change;
        *bad.pointer_mut(at).unwrap() = value;
        let refused = read(&bad).unwrap_err();
        assert!(
            matches!(refused, ImportError::Member { .. }),
            "{at}: {refused}"
        );
    }
    let mut old = kantara();
    old["version"] = json!("KI-CR-v1.0.0");
    assert!(matches!(read(&old), Err(ImportError::Version { .. })));
    let mut old = artefact();
    old["ver"] = json!("1.1.2");
    assert!(matches!(read(&old), Err(ImportError::Version { .. })));
    assert_eq!(read(&json!({"version": "2"})), Err(ImportError::Format));
    assert_eq!(read(&json!([])), Err(ImportError::Format));
    for bad in [
        r#"{"ver":"2.0.0","ver":"2.0.0","ConsentDetail":{}}"#,
        "{",
        &" ".repeat(IMPORT_MAX + 1),
    ] {
        assert!(matches!(import(bad.as_bytes()), Err(ImportError::Json(_))));
    }
}

#[test]
fn the_samples_are_read() {
    let Some(bytes) = sample("consent_receipt_kantara_1_1.json") else {
        return;
    };
    let imported = import(&bytes).unwrap();
    assert_eq!(imported.recipient, Some(plain("Lender Example Ltd")));
    assert_eq!(imported.processor, Some(plain("Scoring Service Example")));
    assert_eq!(imported.valid_until, Some(time("2026-07-01T00:00:00Z")));
    let Some(bytes) = sample("india_account_aggregator_artefact.json") else {
        return;
    };
    let imported = import(&bytes).unwrap();
    assert_eq!(imported.recipient, Some(plain("EXAMPLE-FIU")));
    assert_eq!(imported.data, Some(period()));
    assert_eq!(imported.fetches, Some(Fetches::Once));
    assert_eq!(imported.storage_days, Some(30));
}
