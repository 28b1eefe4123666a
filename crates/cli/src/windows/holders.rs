//! The data holders of the demo: Example Bank and Example Wallet, for whom the
//! demo acts. Each seals and signs its own customer's levels, and hands them in
//! under its own name.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use blindscore_client::http::{Call, Source as SourceCalls};
use blindscore_client::source::{AttestRequest, KeyJournal, SealRequest};
use blindscore_evaluator::admit_public_key;
use blindscore_examples::cast::Cast;
use blindscore_examples::person::Person;
use blindscore_examples::walk::{Holder, Upload};
use blindscore_examples::{AS_OF, BANK_CSV, WALLET_JSON};
use blindscore_history::form::Form;
use blindscore_history::ledger::Coverage;
use blindscore_history::levels::CoverageRule;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::api::HistoryEntry;
use blindscore_protocol::envelope;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::Attestation;
use blindscore_protocol::person::PersonSalt;
use blindscore_protocol::sign::Signed;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::{Failure, Outcome};
use crate::files::{self, Access};

/// Both holders, with the bundled statements of their one customer.
pub(crate) struct Holders {
    person: Person,
    cast: Cast,
    folder: PathBuf,
    /// Held while a journal is read, counted in and written.
    counting: Mutex<()>,
}

/// What an applicant gives to a holder.
pub(crate) struct Ask<'a> {
    /// The public key, as a message.
    pub(crate) key: &'a [u8],
    /// The application's salt.
    pub(crate) salt: &'a PersonSalt,
    /// The form.
    pub(crate) form: Form,
    /// Now.
    pub(crate) now: Timestamp,
}

impl Holders {
    /// Loads the bundled data. Journals of keys are kept in the folder.
    pub(crate) fn load(folder: PathBuf) -> Outcome<Self> {
        files::make_directory(&folder)?;
        Ok(Self {
            person: Person::load().map_err(Failure::internal)?,
            cast: Cast::load().map_err(Failure::internal)?,
            folder,
            counting: Mutex::default(),
        })
    }

    /// Their names.
    pub(crate) fn ids(&self) -> Vec<PartyId> {
        let ids = self.all().map(|holder| holder.source.id().clone());
        ids.into()
    }

    /// The scheme that they compute levels by.
    pub(crate) fn scheme(&self) -> &Scheme {
        &self.person.scheme
    }

    /// The day that their levels are of.
    pub(crate) fn as_of(&self) -> Date {
        AS_OF
    }

    /// The days that their statements cover.
    pub(crate) fn covers(&self) -> Coverage {
        self.person.bank.ledger.coverage()
    }

    /// The statements, as the customer can export them: name and content.
    pub(crate) fn statements(&self) -> [(&'static str, &'static [u8]); 2] {
        [
            ("bank.csv", BANK_CSV.as_bytes()),
            ("wallet.json", WALLET_JSON.as_bytes()),
        ]
    }

    /// One holder admits the applicant's key, seals its customer's levels to it
    /// and puts its name to them.
    pub(crate) fn seal(&self, source: &PartyId, ask: &Ask<'_>) -> Outcome<Upload> {
        let holder = self.holder(source)?;
        let key = admit_public_key(ask.key).map_err(Failure::refused)?;
        let request = SealRequest {
            key: &key,
            scheme: &self.person.scheme,
            form: ask.form,
            roles: holder.roles,
            coverage: CoverageRule::Full,
        };
        let sealed = holder.source.seal(&request, holder.levels);
        let sealed = sealed.map_err(Failure::refused)?;
        let attest = AttestRequest {
            sealed: &sealed,
            scheme: &self.person.scheme,
            customer: &self.cast.customer,
            salt: ask.salt,
            account: holder.account,
            issued: ask.now,
        };
        let attestation = self.attested(&holder, &attest)?;
        Ok(Upload {
            sealed: sealed.to_bytes(),
            attestation: envelope::close(&attestation, &[]),
        })
    }

    /// The call by which a holder hands in what it sealed, signed by it.
    pub(crate) fn hand_in(
        &self,
        source: &PartyId,
        key: &[u8],
        upload: &Upload,
    ) -> Outcome<Call<HistoryEntry>> {
        let holder = self.holder(source)?;
        let key = admit_public_key(key).map_err(Failure::refused)?.id();
        let calls = SourceCalls::of(holder.signatory);
        Ok(calls.hand_in(key, &upload.attestation, &upload.sealed))
    }

    fn all(&self) -> [Holder<'_>; 2] {
        self.person.holders(&self.cast)
    }

    fn holder(&self, source: &PartyId) -> Outcome<Holder<'_>> {
        let found = self.all().into_iter().find(|h| h.source.id() == source);
        found.ok_or_else(|| Failure::refused(format!("nobody here holds data as {source}")))
    }

    /// The journal is on disk before the attestation leaves.
    fn attested(
        &self,
        holder: &Holder<'_>,
        attest: &AttestRequest<'_>,
    ) -> Outcome<Signed<Attestation>> {
        let _counting = self.counting.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self
            .folder
            .join(format!("{}.keys.json", holder.source.id()));
        let mut journal = if path.exists() {
            let text = files::read_text(&path, KeyJournal::JSON_MAX)?;
            KeyJournal::from_json(&text).map_err(|error| Failure::refused(error).in_file(&path))?
        } else {
            KeyJournal::default()
        };
        let attestation = holder
            .source
            .attest(holder.signatory, attest, &mut journal)
            .map_err(Failure::refused)?;
        files::write(&path, journal.to_json().as_bytes(), Access::Owner)?;
        Ok(attestation)
    }
}
