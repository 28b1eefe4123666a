//! Kantara Initiative, Consent Receipt Specification 1.1.0 (2018).

use jiff::Timestamp;
use serde_json::Value;

use super::fields::{at, list, text};
use super::{ConsentFormat, ImportError, Imported};

const VERSION: &str = "KI-CR-v1.1.0";

pub(super) fn read(receipt: &Value) -> Result<Imported, ImportError> {
    let version = receipt["version"].as_str().unwrap_or_default();
    if version != VERSION {
        return Err(ImportError::Version {
            what: ConsentFormat::Kantara11.name(),
            got: version.chars().take(32).collect(),
            want: VERSION,
        });
    }
    let mut imported = Imported::new(ConsentFormat::Kantara11);
    imported.id = text(receipt, &["consentReceiptID"], "consentReceiptID")?;
    imported.subject = text(receipt, &["piiPrincipalId"], "piiPrincipalId")?;
    imported.language = text(receipt, &["language"], "language")?;
    imported.notice = text(receipt, &["policyUrl"], "policyUrl")?;
    imported.given = given(receipt)?;
    controller(receipt, &mut imported)?;
    purpose(receipt, &mut imported)?;

    imported.lack(
        "sources",
        "a receipt names who gets data, not who gives them: name the sources",
    );
    imported.lack(
        "data range",
        "a receipt has no period of data: choose the days",
    );
    imported.lack(
        "uses",
        "a receipt does not say how often data may be used: choose",
    );
    imported.lack(
        "storage",
        "a receipt does not say for how many days data are kept: take it from the lender's request",
    );
    imported.lack(
        "signature",
        "a receipt is the recipient's statement, not signed by the person: sign the record",
    );
    Ok(imported)
}

/// Seconds since 1970.
fn given(receipt: &Value) -> Result<Option<Timestamp>, ImportError> {
    let Some(seconds) = at(receipt, &["consentTimestamp"]) else {
        return Ok(None);
    };
    let time = seconds
        .as_i64()
        .and_then(|seconds| Timestamp::from_second(seconds).ok());
    match time {
        Some(time) => Ok(Some(time)),
        None => Err(ImportError::Member {
            member: "consentTimestamp",
            want: "whole seconds since 1970",
        }),
    }
}

fn controller(receipt: &Value, imported: &mut Imported) -> Result<(), ImportError> {
    let controllers = list(receipt, &["piiControllers"], "piiControllers")?;
    let [controller] = controllers else {
        let why = match controllers.len() {
            0 => "the receipt names no controller".to_owned(),
            n => format!("the receipt names {n} controllers; a consent here has one lender"),
        };
        imported.lack("lender", why);
        return Ok(());
    };
    imported.recipient = text(controller, &["piiController"], "piiController")?;
    let email = text(controller, &["email"], "email")?;
    let phone = text(controller, &["phone"], "phone")?;
    imported.contact = email.or(phone);
    let country = &["address", "addressCountry"];
    imported.country = text(controller, country, "addressCountry")?;
    Ok(())
}

fn purpose(receipt: &Value, imported: &mut Imported) -> Result<(), ImportError> {
    let services = list(receipt, &["services"], "services")?;
    let mut purposes = Vec::new();
    for service in services {
        purposes.extend(list(service, &["purposes"], "purposes")?);
    }
    let [purpose] = purposes[..] else {
        let why = match purposes.len() {
            0 => "the receipt names no purpose".to_owned(),
            n => format!("the receipt names {n} purposes; a consent here has one"),
        };
        imported.lack("purpose", why);
        return Ok(());
    };
    imported.purpose = text(purpose, &["purpose"], "purpose")?;
    imported.processor = text(purpose, &["thirdPartyName"], "thirdPartyName")?;
    // Free text by the specification; a time at its start is taken.
    let termination = text(purpose, &["termination"], "termination")?;
    let first = termination
        .as_ref()
        .and_then(|text| text.as_str().split_whitespace().next());
    imported.valid_until = first.and_then(|word| word.parse().ok());
    if imported.valid_until.is_none() {
        imported.lack(
            "validity",
            "the receipt's termination is free text without a time: choose when it ends",
        );
    }
    Ok(())
}
