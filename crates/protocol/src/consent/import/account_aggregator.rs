//! The consent artefact of India's account aggregators (NBFC-AA; ReBIT, API
//! specification 2.0.0).

use jiff::Timestamp;
use jiff::tz::Offset;
use serde_json::Value;

use super::fields::{at, count, list, text, time};
use super::{ConsentFormat, Fetches, ImportError, Imported};
use crate::consent::Period;
use crate::text::Plain;

const VERSIONS: &str = "2.x.y";

pub(super) fn read(artefact: &Value) -> Result<Imported, ImportError> {
    let version = artefact["ver"].as_str().unwrap_or_default();
    if !version.starts_with("2.") {
        return Err(ImportError::Version {
            what: ConsentFormat::AccountAggregator.name(),
            got: version.chars().take(32).collect(),
            want: VERSIONS,
        });
    }
    let detail = &artefact["ConsentDetail"];
    let mut imported = Imported::new(ConsentFormat::AccountAggregator);
    imported.id = text(artefact, &["consentId"], "consentId")?;
    imported.given = time(artefact, &["createTimestamp"], "createTimestamp")?;
    imported.subject = text(detail, &["Customer", "id"], "Customer.id")?;
    imported.recipient = text(detail, &["DataConsumer", "id"], "DataConsumer.id")?;
    imported.purpose = text(detail, &["Purpose", "text"], "Purpose.text")?;
    imported.valid_from = time(detail, &["consentStart"], "consentStart")?;
    imported.valid_until = time(detail, &["consentExpiry"], "consentExpiry")?;
    imported.data = data(detail)?;
    imported.sources = sources(detail)?;
    imported.fetches = fetches(detail)?;
    imported.storage_days = storage(detail)?;
    let status = text(artefact, &["status"], "status")?;
    imported.active = status.map(|status| status.as_str() == "ACTIVE");
    tell(detail, &mut imported);
    Ok(imported)
}

/// What the artefact lacks: of what every consent here needs, and of its own
/// fields.
fn tell(detail: &Value, imported: &mut Imported) {
    imported.lack(
        "platform",
        "an artefact goes from a source to a recipient who reads the data; nobody computes between them: take the platform from the lender's request",
    );
    imported.lack(
        "names and addresses",
        "an artefact has ids of parties only: they come from the registry",
    );
    imported.lack(
        "signature",
        "an artefact is signed by the account aggregator (a detached JWS, not checked here), not by the person: sign the record",
    );
    let fields = [
        (imported.sources.is_empty(), "sources", "DataProvider"),
        (imported.data.is_none(), "data range", "FIDataRange"),
        (imported.valid_until.is_none(), "validity", "consentExpiry"),
        (imported.purpose.is_none(), "purpose", "Purpose"),
        (imported.recipient.is_none(), "lender", "DataConsumer"),
    ];
    for (absent, what, member) in fields {
        if absent {
            imported.lack(what, format!("this artefact has no {member}: choose"));
        }
    }
    if imported.fetches != Some(Fetches::Once) {
        imported.lack(
            "uses",
            "this artefact lets data be fetched again and again; a consent here counts runs: choose how many",
        );
    }
    if imported.storage_days.is_none() {
        imported.lack(
            "storage",
            "this artefact sets no number of days for which data are kept: take it from the lender's request",
        );
    }
    if at(detail, &["DataFilter"]).is_some_and(|list| *list != Value::Array(Vec::new())) {
        imported.lack(
            "data filter",
            "this artefact filters entries, which no scheme does: the scheme's lines say what counts",
        );
    }
}

/// The days in UTC, as the artefact's times are.
fn data(detail: &Value) -> Result<Option<Period>, ImportError> {
    let from = time(detail, &["FIDataRange", "from"], "FIDataRange.from")?;
    let to = time(detail, &["FIDataRange", "to"], "FIDataRange.to")?;
    let day = |time: Timestamp| Offset::UTC.to_datetime(time).date();
    match (from.map(day), to.map(day)) {
        (Some(from), Some(to)) if from <= to => Ok(Some(Period { from, to })),
        (Some(_), Some(_)) => Err(ImportError::Member {
            member: "FIDataRange",
            want: "an end not before the begin",
        }),
        _ => Ok(None),
    }
}

fn sources(detail: &Value) -> Result<Vec<Plain>, ImportError> {
    let mut sources = Vec::new();
    sources.extend(text(detail, &["DataProvider", "id"], "DataProvider.id")?);
    for account in list(detail, &["Accounts"], "Accounts")? {
        sources.extend(text(account, &["fipId"], "Accounts.fipId")?);
    }
    sources.sort_unstable();
    sources.dedup();
    Ok(sources)
}

fn fetches(detail: &Value) -> Result<Option<Fetches>, ImportError> {
    let unknown = |member, want| Err(ImportError::Member { member, want });
    let kind = text(detail, &["fetchType"], "fetchType")?;
    match kind.as_ref().map(Plain::as_str) {
        None => Ok(None),
        Some("ONETIME") => Ok(Some(Fetches::Once)),
        Some("PERIODIC") => {
            let unit = text(detail, &["Frequency", "unit"], "Frequency.unit")?;
            let times = count(detail, &["Frequency", "value"], "Frequency.value")?;
            let units = ["HOUR", "DAY", "MONTH", "YEAR", "INF"];
            let Some(unit) = unit else { return Ok(None) };
            match units.into_iter().find(|known| *known == unit.as_str()) {
                Some(unit) => Ok(times.map(|times| Fetches::Every { times, unit })),
                None => unknown("Frequency.unit", "HOUR, DAY, MONTH, YEAR or INF"),
            }
        }
        Some(_) => unknown("fetchType", "ONETIME or PERIODIC"),
    }
}

/// How long data live, in days: months and years by their shortest, so that
/// nothing is kept longer than was agreed.
fn storage(detail: &Value) -> Result<Option<u32>, ImportError> {
    let unit = text(detail, &["DataLife", "unit"], "DataLife.unit")?;
    let value = count(detail, &["DataLife", "value"], "DataLife.value")?;
    let (Some(unit), Some(value)) = (unit, value) else {
        return Ok(None);
    };
    match unit.as_str() {
        "DAY" => Ok(Some(value)),
        "MONTH" => Ok(value.checked_mul(28)),
        "YEAR" => Ok(value.checked_mul(365)),
        "INF" => Ok(None),
        _ => Err(ImportError::Member {
            member: "DataLife.unit",
            want: "DAY, MONTH, YEAR or INF",
        }),
    }
}
