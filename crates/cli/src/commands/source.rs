//! `source`: a source puts its name to what it sealed.

use std::path::{Path, PathBuf};

use blindscore_client::source::{AttestError, AttestRequest, KeyJournal};
use blindscore_protocol::envelope;
use blindscore_protocol::message::AccountKind;
use blindscore_protocol::registry::Trade;
use clap::{Args, Subcommand, ValueEnum};

use crate::clock;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs::{self, Origin, trust};
use crate::online::Trust;
use crate::output::{fields, print};

/// Attest what was sealed (source)
#[derive(Debug, Subcommand)]
#[command(after_help = ATTEST_EXAMPLE)]
pub(crate) enum SourceCommand {
    Attest(Attest),
}

const ATTEST_EXAMPLE: &str = "\
Example, after `blindscore seal` as its help shows:
  blindscore source attest --sealed bank.sealed --scheme builtin:everyday \\
    --key applicant.public --signing-key bank.signing --sealing-key bank.sealing \\
    --registry registry.json --customer customer.json --salt applicant.salt \\
    --account current --out bank.attestation";

/// Sign that a sealed history is of a verified customer
///
/// The customer record stays here: what is signed holds a commitment to it, the
/// same from every source of one application. The keys that each customer asked
/// for are counted in a journal beside the sealing key.
#[derive(Debug, Args)]
#[command(after_help = ATTEST_EXAMPLE)]
pub(crate) struct Attest {
    /// The history that this source sealed
    #[arg(long, value_name = "SEALED")]
    sealed: PathBuf,
    /// The scheme that it was sealed under: a file, or builtin:everyday
    #[arg(long)]
    scheme: Origin,
    /// The applicant's public key
    #[arg(long, value_name = "applicant.public")]
    key: PathBuf,
    /// This source's signing key
    #[arg(long, value_name = "FILE")]
    signing_key: PathBuf,
    /// This source's sealing key; the journal of keys is kept beside it
    #[arg(long, value_name = "FILE")]
    sealing_key: PathBuf,
    /// The registry, which says what fields make up a person
    #[arg(long, value_name = "registry.json")]
    registry: PathBuf,
    /// The customer, as this source verified: an object of the registry's fields
    #[arg(long, value_name = "customer.json")]
    customer: PathBuf,
    /// The application's salt, from the applicant
    #[arg(long, value_name = "applicant.salt")]
    salt: PathBuf,
    /// The kind of account
    #[arg(long, value_enum)]
    account: Account,
    /// The attestation to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Hand both in at the platform's service
    #[arg(long, value_name = "URL")]
    platform: Option<String>,
    #[command(flatten)]
    trust: Trust,
}

/// A kind of account as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Account {
    /// A current or checking account
    Current,
    /// A savings account
    Savings,
    /// A credit or charge card
    Card,
    /// An electronic or mobile-money wallet
    Wallet,
    /// A telecom operator's account
    Telecom,
    /// A shop's customer account
    Shop,
    /// Any other
    Other,
}

impl From<Account> for AccountKind {
    fn from(account: Account) -> Self {
        match account {
            Account::Current => Self::Current,
            Account::Savings => Self::Savings,
            Account::Card => Self::Card,
            Account::Wallet => Self::Wallet,
            Account::Telecom => Self::Telecom,
            Account::Shop => Self::Shop,
            Account::Other => Self::Other,
        }
    }
}

impl SourceCommand {
    pub(crate) fn run(&self) -> Outcome {
        match self {
            Self::Attest(command) => command.run(),
        }
    }
}

impl Attest {
    fn run(&self) -> Outcome {
        let scheme = inputs::scheme(&self.scheme)?;
        let registry = trust::registry(&self.registry)?;
        let signatory = trust::signing_key(&self.signing_key)?;
        let source = inputs::sealing_key(&self.sealing_key)?;
        let key = inputs::public_key(&self.key)?;
        let (sealed, _) = inputs::sealed(&self.sealed, &scheme)?;
        if sealed.header().applicant_key != key.id() {
            let (got, want) = (sealed.header().applicant_key, key.id());
            let message = format!("sealed to key {got}; want {want}, the key given");
            return Err(Failure::refused(message)
                .in_file(&self.sealed)
                .hint("give the public key of this application with --key"));
        }
        let customer = trust::customer(&self.customer, registry.identity())?;
        let salt = trust::salt(&self.salt)?;
        let now = clock::now();
        let request = AttestRequest {
            sealed: &sealed,
            scheme: &scheme,
            customer: &customer,
            salt: &salt,
            account: self.account.into(),
            issued: now,
        };
        // Held until the journal is on disk: two attestations at once would
        // count as one.
        let _lock = files::lock(&self.sealing_key)?;
        let journal_path = journal_path(&self.sealing_key);
        let mut journal = journal(&journal_path)?;
        let attestation = source
            .attest(&signatory, &request, &mut journal)
            .map_err(unattested)?;
        let said = attestation.statement();
        registry
            .believe(&attestation, said.source(), Trade::Source, now, now)
            .map_err(|error| Failure::refused(error).in_file(&self.registry))?;
        files::write(&journal_path, journal.to_json().as_bytes(), Access::Owner)?;
        files::write(
            &self.out,
            &envelope::close(&attestation, &[]),
            Access::Public,
        )?;
        let handed_in = match &self.platform {
            None => "to nobody yet".to_owned(),
            Some(url) => {
                let source = blindscore_client::http::Source::of(&signatory);
                let message = envelope::close(&attestation, &[]);
                let call = source.hand_in(key.id(), &message, &sealed.to_bytes());
                let service = self.trust.connect(url)?;
                service.send(&call)?;
                format!("to {}", service.platform())
            }
        };
        print(&fields(&[
            ("source", said.source().to_string()),
            ("key id", said.history.applicant_key.to_string()),
            ("account", said.account.name().to_owned()),
            (
                "period",
                format!("{} to {}, in {}", said.from, said.to, said.currency),
            ),
            ("attestation", attestation.digest().to_string()),
            ("written", self.out.display().to_string()),
            ("handed in", handed_in),
        ]))
    }
}

fn journal_path(sealing_key: &Path) -> PathBuf {
    let mut name = sealing_key.as_os_str().to_owned();
    name.push(".journal");
    name.into()
}

fn journal(path: &Path) -> Outcome<KeyJournal> {
    if !path.exists() {
        return Ok(KeyJournal::default());
    }
    let text = files::read_text(path, KeyJournal::JSON_MAX)?;
    KeyJournal::from_json(&text).map_err(|error| Failure::refused(error).in_file(path))
}

/// Says why a history was not attested.
pub(crate) fn unattested(error: AttestError) -> Failure {
    let hint = match error {
        AttestError::OtherParty { .. } => {
            Some("signing key, sealing key and history must be of one source")
        }
        AttestError::OtherScheme { .. } => {
            Some("give the scheme of this application with --scheme")
        }
        AttestError::Tabular { .. } | AttestError::Journal(_) => None,
    };
    Failure::refused(error).hint_if(hint)
}
