//! A platform's folder: all that a platform keeps.
//!
//! ```text
//! DIR/lock              held by whichever command works on the folder
//! DIR/platform.signing  its signing key (its owner's only)
//! DIR/registry.json     its own copy of the registry, for its operator to edit
//! DIR/consents.json     consents, their uses and withdrawals
//! DIR/log.jsonl         the log, an entry a line, only ever appended to
//! DIR/log.head          the last signed tree head
//! DIR/published/        scorecards that may be applied, by digest, with their schemes
//! DIR/applications/ID/  key, request, sealed histories and attestations of a consent
//! ```
//!
//! Each file is written whole and is on disk before the next step: a consent
//! before its histories, a use before anything is computed, a log entry before
//! what it is about leaves. Where the machine stops in between, a use is lost
//! and none is given away.

use std::path::{Path, PathBuf};

use blindscore_history::digest::Digest;
use blindscore_protocol::consent::ConsentRegister;
use blindscore_protocol::envelope;
use blindscore_protocol::id::ApplicationId;
use blindscore_protocol::log::{Entry, EntryKind, Log, StoreError, TreeHead};
use blindscore_protocol::registry::{Registry, Trade};
use blindscore_protocol::sign::Signed;
use blindscore_protocol::signing_key::Signatory;
use jiff::Timestamp;

use crate::error::{Failure, Outcome};
use crate::files::{self, Access, Lock};
use crate::inputs::trust;
use crate::output::note;

/// Largest log that is read: some ten million entries.
const LOG_MAX: usize = 2 << 30;

/// A platform's folder, held by this process.
#[derive(Debug)]
pub(crate) struct PlatformFolder {
    path: PathBuf,
    _lock: Lock,
    /// The platform with its key.
    pub(crate) signatory: Signatory,
    /// Its registry.
    pub(crate) registry: Registry,
    /// Its register of consents.
    pub(crate) consents: ConsentRegister,
    /// Its log.
    pub(crate) log: Log,
    /// The last signed head of the log.
    pub(crate) head: Signed<TreeHead>,
}

impl PlatformFolder {
    /// Makes a folder, with an empty log that is signed at once.
    pub(crate) fn init(
        path: &Path,
        signatory: Signatory,
        registry: &Registry,
        now: Timestamp,
    ) -> Outcome {
        files::make_directory(path)?;
        let key = path.join("platform.signing");
        if key.exists() {
            return Err(files::exists(&key));
        }
        registry
            .in_trade(signatory.id(), Trade::Platform)
            .map_err(|error| {
                Failure::refused(error).hint("blindscore registry add, with --role platform")
            })?;
        let platform = signatory.id().clone();
        let head = Log::new(platform.clone()).head(now, signatory.key());
        // Whether this key may speak is what everybody will ask.
        registry
            .believe(&head, &platform, Trade::Platform, now, now)
            .map_err(Failure::refused)?;
        for folder in ["published", "applications"] {
            files::make_directory(&path.join(folder))?;
        }
        let consents = ConsentRegister::new(platform).to_json();
        files::write_new(&path.join("lock"), b"", Access::Public)?;
        files::write_new(
            &path.join("registry.json"),
            registry.to_json().as_bytes(),
            Access::Public,
        )?;
        files::write_new(
            &path.join("consents.json"),
            consents.as_bytes(),
            Access::Owner,
        )?;
        files::write_new(&path.join("log.jsonl"), b"", Access::Public)?;
        let head = envelope::close(&head, &[]);
        files::write_new(&path.join("log.head"), &head, Access::Public)?;
        // Last, since a folder is one by having a key.
        files::write_new(&key, &signatory.to_bytes(), Access::Owner)
    }

    /// Opens a folder and holds it. The log is compared with its signed head.
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        let key = path.join("platform.signing");
        if !key.exists() {
            return Err(Failure::refused("not a platform's folder")
                .in_file(path)
                .hint("blindscore platform init makes one"));
        }
        let lock = files::lock(&path.join("lock"))?;
        let signatory = trust::signing_key(&key)?;
        let registry = trust::registry(&path.join("registry.json"))?;
        let consents_path = path.join("consents.json");
        let bytes = files::read(&consents_path, ConsentRegister::JSON_MAX)?;
        let consents = ConsentRegister::from_json(&bytes)
            .map_err(|error| Failure::refused(error).in_file(&consents_path))?;
        if consents.platform() != signatory.id() {
            let (got, want) = (consents.platform(), signatory.id());
            let message = format!("the consents of {got}; want those of {want}");
            return Err(Failure::refused(message).in_file(&consents_path));
        }
        let head = trust::signed::<TreeHead>(&path.join("log.head"))?;
        let log = read_log(path, &signatory, &head)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
            signatory,
            registry,
            consents,
            log,
            head,
        })
    }

    /// Where a scorecard is kept that was published.
    pub(crate) fn published(&self, scorecard: Digest) -> PathBuf {
        self.path
            .join("published")
            .join(format!("{scorecard}.json"))
    }

    /// Where the scheme of published scorecards is kept.
    pub(crate) fn published_scheme(&self, scheme: Digest) -> PathBuf {
        let name = format!("{scheme}.scheme.json");
        self.path.join("published").join(name)
    }

    /// Whether a scorecard was published: it is in the log, and its copy here.
    pub(crate) fn is_published(&self, scorecard: Digest) -> bool {
        self.log.find(EntryKind::Scorecard, &scorecard).is_some()
            && self.published(scorecard).exists()
    }

    /// Where what belongs to a consent is kept.
    pub(crate) fn application(&self, consent: ApplicationId) -> PathBuf {
        self.path.join("applications").join(consent.to_string())
    }

    /// Puts the register of consents on disk.
    pub(crate) fn store_consents(&self) -> Outcome {
        store_consents(&self.path, &self.consents)
    }

    /// The folder's path, for what must be stored while its parts are in use.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Appends an entry, unless the log has it, and signs the log as it then is.
    pub(crate) fn append(&mut self, kind: EntryKind, digest: Digest, time: Timestamp) -> Outcome {
        if self.log.find(kind, &digest).is_none() {
            let entry = Entry { kind, digest, time };
            let line = entry.line();
            self.log.append(entry).map_err(Failure::refused)?;
            files::append(&self.path.join("log.jsonl"), &line)?;
        }
        if self.head.statement().size == self.log.size() {
            return Ok(());
        }
        let head = self.log.head(time, self.signatory.key());
        let bytes = envelope::close(&head, &[]);
        files::write(&self.path.join("log.head"), &bytes, Access::Public)?;
        self.head = head;
        Ok(())
    }
}

/// Puts a register of consents on disk.
pub(crate) fn store_consents(path: &Path, consents: &ConsentRegister) -> Outcome {
    let json = consents.to_json();
    files::write(&path.join("consents.json"), json.as_bytes(), Access::Owner)
}

/// Reads the log against its head. A last line that an append did not end is
/// cut off, if the head does not cover it.
fn read_log(path: &Path, signatory: &Signatory, head: &Signed<TreeHead>) -> Outcome<Log> {
    let file = path.join("log.jsonl");
    let bytes = files::read(&file, LOG_MAX)?;
    let changed = |error: StoreError| {
        Failure::security(error).in_file(&file).hint(
            "the log no longer is what the platform signed: restore it from a copy, and publish nothing until then",
        )
    };
    let read = |bytes: &[u8]| Log::read(signatory.id().clone(), bytes, Some(head));
    match read(&bytes) {
        Err(StoreError::Cut { line }) => {
            let whole = bytes.iter().rposition(|byte| *byte == b'\n');
            let whole = whole.map_or(0, |at| at + 1);
            let log = read(&bytes[..whole]).map_err(changed)?;
            files::cut(&file, whole)?;
            note(&format!(
                "line {line} of {} was not written to its end; it was cut off, and nothing signed is lost",
                file.display()
            ));
            Ok(log)
        }
        read => read.map_err(changed),
    }
}
