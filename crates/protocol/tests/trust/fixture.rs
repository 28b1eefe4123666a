//! One invented application: who takes part, what is asked, what is granted.

use std::path::{Path, PathBuf};

use blindscore_history::digest::{Digest, Framed};
use blindscore_protocol::consent::{
    Ask, AskedHistory, Binding, ConsentRecord, Notice, Period, ScorecardTitle, Terms,
};
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::message::{Outputs, ScoreRequest};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::{Signed, SigningKey, VerifyingKey};
use blindscore_protocol::text::Plain;
use jiff::Timestamp;

pub(crate) const NOW: &str = "2026-06-01T12:00:00Z";

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn id(text: &str) -> PartyId {
    text.parse().unwrap()
}

pub(crate) fn plain(text: &str) -> Plain {
    text.parse().unwrap()
}

pub(crate) fn digest(text: &str) -> Digest {
    Framed::new("blindscore example v1")
        .bytes(text.as_bytes())
        .digest()
}

/// 1 applicant, 2 lender, 3 platform, 4 bank, 5 wallet, 6 another applicant,
/// 7 another platform.
pub(crate) fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

pub(crate) fn registry() -> Registry {
    registry_in("IE")
}

/// All parties in one country.
pub(crate) fn registry_in(country: &str) -> Registry {
    let party = |(n, name, role): (u8, &str, &str)| {
        format!(
            r#"{{"id":"{name}","name":"Example {name}","roles":["{role}"],
            "contact":"privacy@{name}.example","address":"{n} Example Street","country":"{country}",
            "keys":[{{"key":"{}","from":"2026-01-01T00:00:00Z","until":"2028-01-01T00:00:00Z"}}]}}"#,
            VerifyingKey::of(&key(n))
        )
    };
    let parties = [
        (2, "lender", "lender"),
        (3, "platform", "platform"),
        (4, "bank", "source"),
        (5, "wallet", "source"),
        (7, "rival", "platform"),
        (8, "other-lender", "lender"),
    ]
    .map(party)
    .join(",");
    Registry::from_json(&format!(
        r#"{{"blindscore_registry":1,"name":"example",
        "identity":{{"name":"example-1","fields":["name","born"]}},"parties":[{parties}]}}"#
    ))
    .unwrap()
}

pub(crate) fn asked() -> ScoreRequest {
    let mut scorecards = vec![digest("card"), digest("second card")];
    scorecards.sort();
    ScoreRequest {
        parameters: 1,
        lender: id("lender"),
        nonce: digest("nonce"),
        purpose: plain("One loan of the spring"),
        platform: id("platform"),
        scheme: digest("scheme"),
        scorecards,
        sources: vec![id("bank")],
        self_declared: true,
        outputs: Outputs::ScoreAndReasons,
        storage_days: 30,
        issued: time("2026-06-01T11:00:00Z"),
        expires: time("2026-07-01T00:00:00Z"),
    }
}

pub(crate) fn request() -> Signed<ScoreRequest> {
    Signed::sign(asked(), &key(2))
}

pub(crate) fn period() -> Period {
    Period {
        from: "2025-06-01".parse().unwrap(),
        to: "2026-05-31".parse().unwrap(),
    }
}

pub(crate) fn terms() -> Terms {
    Terms {
        consent: ApplicationId::new([0xab; 16]),
        applicant_key: digest("applicant key"),
        scorecards: vec![digest("card")],
        sources: vec![id("wallet"), id("bank")],
        data: period(),
        outputs: Outputs::ScoreAndReasons,
        uses: 2,
        valid_from: time("2026-06-01T11:30:00Z"),
        valid_until: time("2026-06-08T00:00:00Z"),
    }
}

pub(crate) fn titles() -> Vec<ScorecardTitle> {
    ["card", "second card"]
        .map(|name| ScorecardTitle {
            digest: digest(name),
            name: plain(&format!("Expenditure {name}")),
            provider: plain("Example Scorecards"),
        })
        .into()
}

pub(crate) fn bound() -> (Binding, Notice) {
    terms().bind(&request(), &registry(), &titles()).unwrap()
}

pub(crate) fn granted(binding: Binding) -> ConsentRecord {
    ConsentRecord::grant(binding, &registry(), time("2026-06-01T11:30:00Z"), &key(1)).unwrap()
}

pub(crate) fn record() -> ConsentRecord {
    granted(bound().0)
}

/// Names that outlive an [`Ask`].
pub(crate) struct Asker {
    pub(crate) lender: PartyId,
    pub(crate) platform: PartyId,
    pub(crate) purpose: Plain,
    pub(crate) scheme: Digest,
    pub(crate) scorecards: Vec<Digest>,
    pub(crate) sources: Vec<(PartyId, Period)>,
    pub(crate) applicant_key: Digest,
    pub(crate) outputs: Outputs,
    pub(crate) now: Timestamp,
}

impl Asker {
    /// Asks for what the record allows.
    pub(crate) fn new() -> Self {
        Self {
            lender: id("lender"),
            platform: id("platform"),
            purpose: asked().purpose,
            scheme: digest("scheme"),
            scorecards: vec![digest("card")],
            sources: vec![(id("bank"), period()), (id("wallet"), period())],
            applicant_key: digest("applicant key"),
            outputs: Outputs::Score,
            now: time(NOW),
        }
    }

    pub(crate) fn ask<T>(&self, use_it: impl FnOnce(&Ask<'_>) -> T) -> T {
        let histories: Vec<_> = self
            .sources
            .iter()
            .map(|(source, period)| AskedHistory {
                source,
                period: *period,
            })
            .collect();
        use_it(&Ask {
            lender: &self.lender,
            platform: &self.platform,
            purpose: &self.purpose,
            scheme: self.scheme,
            scorecards: &self.scorecards,
            histories: &histories,
            applicant_key: self.applicant_key,
            outputs: self.outputs,
            now: self.now,
        })
    }
}

/// A sample consent that ships beside the project; nothing, saying so, when it
/// is not there.
pub(crate) fn sample(name: &str) -> Option<Vec<u8>> {
    let shared: Option<PathBuf> = match std::env::var_os("BLINDSCORE_SHARED") {
        Some(path) => Some(path.into()),
        None => Path::new(env!("CARGO_MANIFEST_DIR"))
            .ancestors()
            .map(|folder| folder.join("shared"))
            .find(|folder| folder.join("samples").is_dir()),
    };
    let path = shared.map(|shared| shared.join("samples/consent").join(name));
    let found = path.and_then(|path| std::fs::read(path).ok());
    if found.is_none() {
        eprintln!("passed over: no shared/samples found; set BLINDSCORE_SHARED to test with them");
    }
    found
}
