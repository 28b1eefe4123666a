//! Parties with keys, and what each of them writes to a folder; and what a
//! party that cheats writes.

use blindscore_fhe::BlindResult;
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Framed;
use blindscore_history::label;
use blindscore_protocol::envelope;
use blindscore_protocol::message::EvaluationHeader;
use serde_json::Value;

use crate::common::{AS_OF, Play};

const CUSTOMER: &str =
    r#"{"name": "Invented Person", "born": "1990-01-01", "register-number": "EX-000000"}"#;
const ROLES: [(&str, &str); 4] = [
    ("bank", "source"),
    ("wallet", "source"),
    ("platform", "platform"),
    ("lender", "lender"),
];
const CARD: [&str; 4] = ["--scheme", "everyday.json", "--scorecard", "steady.json"];
const HISTORIES: [&str; 8] = [
    "--sealed",
    "bank.sealed",
    "--sealed",
    "wallet.sealed",
    "--attestation",
    "bank.attestation",
    "--attestation",
    "wallet.attestation",
];

/// A folder in which all parties work, each with its own files.
pub(crate) struct Parties {
    pub(crate) play: Play,
}

impl Parties {
    /// All parties are in the registry; the platform published a scorecard.
    pub(crate) fn registered() -> Self {
        let play = Play::new();
        let init = ["registry", "init", "--name", "Invented parties"];
        play.run(&[&init[..], &["--out", "registry.json"]].concat())
            .success();
        for (party, role) in ROLES {
            let signing = format!("{party}.signing");
            let keygen = ["party", "keygen", "--party", party, "--out", &signing];
            let told = play.run(&keygen).success();
            let told = String::from_utf8_lossy(&told.get_output().stdout).into_owned();
            let key = told
                .lines()
                .find_map(|line| line.strip_prefix("key"))
                .unwrap();
            let (name, contact) = (
                format!("Example {party}"),
                format!("privacy@{party}.example"),
            );
            let add = [
                "registry",
                "add",
                "registry.json",
                "--party",
                party,
                "--role",
                role,
            ];
            let about = ["--name", &name, "--contact", &contact, "--country", "IE"];
            let rest = ["--address", "1 Example Street", "--key", key.trim()];
            play.run(&[&add[..], &about, &rest].concat()).success();
        }
        let init = [
            "platform",
            "init",
            "platform",
            "--signing-key",
            "platform.signing",
        ];
        play.run(&[&init[..], &["--registry", "registry.json"]].concat())
            .success();
        play.run(&[&["platform", "publish", "platform"][..], &CARD].concat())
            .success();
        Self { play }
    }

    /// The lender asked; bank and wallet sealed and attested.
    pub(crate) fn attested() -> Self {
        let parties = Self::registered();
        let play = &parties.play;
        play.run(&Self::request("score.request")).success();
        play.keygen();
        play.write("customer.json", CUSTOMER);
        let role = ["--role", "main_account"];
        play.seal("bank", "bank.csv", &role, "composable");
        play.seal("wallet", "wallet.json", &[], "composable");
        play.run(&Self::attest("bank", "current")).success();
        play.run(&Self::attest("wallet", "wallet")).success();
        parties
    }

    /// The applicant consented too.
    pub(crate) fn consented() -> Self {
        let parties = Self::attested();
        let grant = Self::grant("consent.json", &["--yes"]);
        parties.play.run(&grant).success();
        parties
    }

    pub(crate) fn request(out: &str) -> Vec<&str> {
        let request = ["lender", "request", "--signing-key", "lender.signing"];
        let of = ["--registry", "registry.json", "--platform", "platform"];
        let what = ["--purpose", "A loan for a bicycle", "--reasons"];
        let sources = ["--source", "bank", "--source", "wallet", "--out", out];
        [&request[..], &of, &what, &CARD, &sources].concat()
    }

    pub(crate) fn attest(source: &'static str, account: &'static str) -> Vec<&'static str> {
        let files = match source {
            "bank" => [
                "bank.sealed",
                "bank.signing",
                "bank.sealing",
                "bank.attestation",
            ],
            _ => [
                "wallet.sealed",
                "wallet.signing",
                "wallet.sealing",
                "wallet.attestation",
            ],
        };
        let [sealed, signing, sealing, out] = files;
        let attest = [
            "source",
            "attest",
            "--sealed",
            sealed,
            "--scheme",
            "everyday.json",
        ];
        let keys = ["--key", "applicant.public", "--signing-key", signing];
        let more = ["--sealing-key", sealing, "--registry", "registry.json"];
        let person = ["--customer", "customer.json", "--salt", "applicant.salt"];
        let rest = ["--account", account, "--out", out];
        [&attest[..], &keys, &more, &person, &rest].concat()
    }

    pub(crate) fn grant<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let grant = ["consent", "grant", "--secret", "applicant.secret"];
        let of = ["--request", "score.request", "--registry", "registry.json"];
        let sources = ["--source", "bank", "--source", "wallet"];
        let rest = ["--as-of", AS_OF, "--out", out];
        [&grant[..], &of, &CARD, &sources, &rest, more].concat()
    }

    pub(crate) fn score<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let score = [
            "score",
            "--platform",
            "platform",
            "--key",
            "applicant.public",
        ];
        let of = ["--request", "score.request", "--consent", "consent.json"];
        [&score[..], &CARD, &of, &HISTORIES, &["--out", out], more].concat()
    }

    pub(crate) fn open<'a>(more: &[&'a str]) -> Vec<&'a str> {
        let open = [
            "open",
            "results/steady.evaluation",
            "--secret",
            "applicant.secret",
        ];
        let receipt = ["--receipt", "results/steady.receipt"];
        [&open[..], &CARD, &receipt, &Self::papers(), more].concat()
    }

    pub(crate) fn release<'a>(more: &[&'a str]) -> Vec<&'a str> {
        let release = [
            "release",
            "--secret",
            "applicant.secret",
            "--out",
            "steady.release",
        ];
        [&release[..], &CARD, &Self::answer(), &Self::papers(), more].concat()
    }

    pub(crate) fn audit<'a>(more: &[&'a str]) -> Vec<&'a str> {
        let audit = ["audit", "--key", "applicant.public"];
        [&audit[..], &CARD, &Self::answer(), &Self::papers(), more].concat()
    }

    pub(crate) fn verify<'a>(more: &[&'a str]) -> Vec<&'a str> {
        let verify = ["verify", "steady.release", "--registry", "registry.json"];
        [&verify[..], &CARD, more].concat()
    }

    fn answer() -> Vec<&'static str> {
        let receipt = ["--receipt", "results/steady.receipt"];
        [&["--evaluation", "results/steady.evaluation"][..], &receipt].concat()
    }

    fn papers() -> Vec<&'static str> {
        let of = ["--request", "score.request", "--consent", "consent.json"];
        [&of[..], &["--registry", "registry.json"], &HISTORIES].concat()
    }
}

/// An envelope with its header changed as JSON and its own digest made to fit
/// again; signatures are as they were.
fn with_header(bytes: &[u8], change: impl Fn(&mut Value), payload: impl Fn(&mut [u8])) -> Vec<u8> {
    let header_length = u32::from_le_bytes(bytes[8..12].try_into().unwrap()) as usize;
    let (fixed, rest) = bytes.split_at(20);
    let (header, rest) = rest.split_at(header_length);
    let mut body = rest[..rest.len() - 32].to_vec();
    payload(&mut body);
    let mut value: Value = serde_json::from_slice(header).unwrap();
    change(&mut value);
    // Members in order, no blanks: as RFC 8785 has it for such text.
    let header = serde_json::to_vec(&value).unwrap();
    let mut forged = fixed.to_vec();
    forged[8..12].copy_from_slice(&(header.len() as u32).to_le_bytes());
    forged.extend(header);
    forged.extend(body);
    let digest = Framed::new(label::ENVELOPE).bytes(&forged).digest();
    forged.extend_from_slice(digest.as_bytes());
    forged
}

/// An attestation that says a month more, under the old signature.
pub(crate) fn with_more_months(attestation: &[u8]) -> Vec<u8> {
    let change = |header: &mut Value| {
        let months = &mut header["statement"]["history"]["covered_months"];
        *months = (months.as_u64().unwrap() - 1).into();
    };
    with_header(attestation, change, |_| {})
}

/// A release that says more points, under the old signature.
pub(crate) fn with_better_score(release: &[u8]) -> Vec<u8> {
    let change = |header: &mut Value| {
        let terms = &mut header["statement"]["terms"];
        for score in ["published", "shifted"] {
            terms[score] = (terms[score].as_i64().unwrap() + 1).into();
        }
    };
    with_header(release, change, |_| {})
}

/// A release whose last byte, in the proof, is another.
pub(crate) fn with_changed_end(release: &[u8]) -> Vec<u8> {
    with_header(
        release,
        |_| {},
        |payload| {
            if let Some(last) = payload.last_mut() {
                *last ^= 1;
            }
        },
    )
}

/// An evaluation with one bit of the result's mask flipped, digests made to fit.
pub(crate) fn with_flipped_mask(evaluation: &[u8]) -> Vec<u8> {
    let (mut header, payload) =
        envelope::open::<EvaluationHeader>(evaluation, PARAMETER_ID).unwrap();
    let mut payload = payload.to_vec();
    payload[100] ^= 1;
    header.result = BlindResult::from_bytes(&payload).unwrap().digest();
    envelope::close(&header, &payload)
}
