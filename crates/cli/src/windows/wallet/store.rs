//! The wallet's folder. Only its owner reads it.
//!
//! ```text
//! DIR/head.json                     the last head of the log that was believed
//! DIR/statements/NN.statement       a statement that the person dropped in
//! DIR/statements/NN.name            what the file was called
//! DIR/applications/ID/application.json  what was agreed and how far it is
//!                     applicant.secret      the key of this application
//!                     applicant.secret.released  how many phases left under it
//!                     request, consent.json, consent-receipt.json, withdrawal
//!                     scheme.json, NN.scorecard.json   as the platform published them
//!                     own.levels.json                  of the person's own statements
//!                     SOURCE.sealed, SOURCE.attestation
//!                     NN.evaluation, NN.receipt        the platform's answers
//!                     scores.json                      what they opened to
//!                     release                          what the lender got
//! ```

use std::path::{Path, PathBuf};

use blindscore_client::applicant::SecretKey;
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::consent::ConsentRecord;
use blindscore_protocol::envelope::{self, Header, Kind};
use blindscore_protocol::id::{ApplicationId, PartyId};
use blindscore_protocol::log::Watcher;
use blindscore_scorecard::Scorecard;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record::{FORM, Record};
use super::seen::Seen;
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};
use crate::inputs;

/// Largest JSON file of our own.
const JSON_MAX: usize = 1 << 20;
/// Largest file of a scheme or scorecard.
pub(super) const CARD_MAX: usize = 4 << 20;

/// The folder.
#[derive(Clone, Debug)]
pub(super) struct Store {
    folder: PathBuf,
}

/// The folder of one application.
#[derive(Clone, Debug)]
pub(super) struct Drawer {
    folder: PathBuf,
}

impl Store {
    /// Opens the folder, or makes it.
    pub(super) fn open(folder: &Path) -> Outcome<Self> {
        let folder = folder.to_owned();
        for part in ["", "statements", "applications"] {
            make_private(&folder.join(part))?;
        }
        Ok(Self { folder })
    }

    /// Every application, with its folder.
    pub(super) fn records(&self) -> Outcome<Vec<Record>> {
        let folder = self.folder.join("applications");
        let read = std::fs::read_dir(&folder).map_err(Failure::internal)?;
        let mut records = Vec::new();
        for entry in read {
            let entry = entry.map_err(Failure::internal)?;
            // A folder without a record is of a draft that was not finished.
            let path = entry.path().join("application.json");
            if !path.exists() {
                continue;
            }
            let record: Record = read_json(&path)?;
            if record.blindscore_wallet_application != FORM {
                let got = record.blindscore_wallet_application;
                let message = format!("an application of form {got}; want {FORM}");
                return Err(Failure::refused(message).in_file(&path));
            }
            records.push(record);
        }
        Ok(records)
    }

    /// Where the statements are.
    pub(super) fn statements(&self) -> PathBuf {
        self.folder.join("statements")
    }

    /// The folder of an application.
    pub(super) fn drawer(&self, id: ApplicationId) -> Drawer {
        Drawer {
            folder: self.folder.join("applications").join(id.to_string()),
        }
    }

    /// The last head of the log that was believed.
    pub(super) fn watcher(&self) -> Outcome<Option<Watcher>> {
        let path = self.folder.join("head.json");
        if path.exists() {
            read_json(&path).map(Some)
        } else {
            Ok(None)
        }
    }

    /// Remembers a head.
    pub(super) fn keep_watcher(&self, watcher: &Watcher) -> Outcome {
        write_json(&self.folder.join("head.json"), watcher)
    }
}

impl Drawer {
    /// Makes the folder.
    pub(super) fn make(&self) -> Outcome {
        make_private(&self.folder)
    }

    /// Deletes everything of the application.
    pub(super) fn delete(&self) -> Outcome {
        files::delete_directory(&self.folder).map(|_| ())
    }

    /// A file in it.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes the record.
    pub(super) fn keep(&self, record: &Record) -> Outcome {
        write_json(&self.path("application.json"), record)
    }

    /// Writes a file that only its owner reads.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Outcome {
        files::write(&self.path(name), bytes, Access::Owner)
    }

    /// Reads a file of at most `limit` bytes.
    pub(super) fn read(&self, name: &str, limit: usize) -> Outcome<Vec<u8>> {
        Ok(files::read(&self.path(name), limit)?.to_vec())
    }

    /// Whether a file is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// The secret key.
    pub(super) fn secret(&self) -> Outcome<SecretKey> {
        inputs::secret_key(&self.path(SECRET))
    }

    /// Keeps a new secret key.
    pub(super) fn keep_secret(&self, secret: &SecretKey) -> Outcome {
        files::write_new(&self.path(SECRET), &secret.to_bytes(), Access::Owner)
    }

    /// A message that is a header alone.
    pub(super) fn message<H: Header>(&self, name: &str, kind: Kind) -> Outcome<H> {
        let bytes = self.read(name, kind.max_envelope())?;
        let opened = envelope::open::<H>(&bytes, blindscore_fhe::parameters::PARAMETER_ID);
        let (header, _) =
            opened.map_err(|error| Failure::refused(error).in_file(&self.path(name)))?;
        Ok(header)
    }

    /// The consent.
    pub(super) fn consent(&self) -> Outcome<ConsentRecord> {
        inputs::trust::consent(&self.path(CONSENT))
    }

    /// Keeps scheme and scorecards as the platform published them.
    pub(super) fn keep_cards(&self, scheme: &str, scorecards: &[&str]) -> Outcome {
        self.write("scheme.json", scheme.as_bytes())?;
        for (index, text) in scorecards.iter().enumerate() {
            self.write(&format!("{index:02}.scorecard.json"), text.as_bytes())?;
        }
        Ok(())
    }

    /// The scheme.
    pub(super) fn scheme(&self) -> Outcome<Scheme> {
        let path = self.path("scheme.json");
        let text = files::read_text(&path, CARD_MAX)?;
        Scheme::from_json(&text).map_err(|error| Failure::refused(error).in_file(&path))
    }

    /// The scorecards, in the order of the record's.
    pub(super) fn scorecards(&self, record: &Record, scheme: &Scheme) -> Outcome<Vec<Scorecard>> {
        let read = |(index, want): (usize, _)| {
            let path = self.path(&format!("{index:02}.scorecard.json"));
            let text = files::read_text(&path, CARD_MAX)?;
            let card = Scorecard::from_json(&text, scheme);
            let card = card.map_err(|error| Failure::refused(error).in_file(&path))?;
            if card.digest() == want {
                return Ok(card);
            }
            Err(Failure::security("not the scorecard of the consent").in_file(&path))
        };
        let wanted = record.agreed.scorecards.iter().copied();
        wanted.enumerate().map(read).collect()
    }

    /// Keeps the levels of the person's own statements.
    pub(super) fn keep_levels(&self, levels: &SourceLevels, scheme: &Scheme) -> Outcome {
        let json = levels.to_json(scheme).map_err(Failure::internal)?;
        self.write("own.levels.json", json.as_bytes())
    }

    /// The levels of the person's own statements.
    pub(super) fn levels(&self, scheme: &Scheme) -> Outcome<SourceLevels> {
        inputs::levels(&self.path("own.levels.json"), scheme)
    }

    /// What the answers opened to, if they did.
    pub(super) fn scores(&self) -> Outcome<Vec<Seen>> {
        if self.has(SCORES) {
            read_json(&self.path(SCORES))
        } else {
            Ok(Vec::new())
        }
    }

    /// Keeps what the answers opened to.
    pub(super) fn keep_scores(&self, scores: &[Seen]) -> Outcome {
        write_json(&self.path(SCORES), &scores)
    }
}

/// The key's file.
pub(super) const SECRET: &str = "applicant.secret";
/// The lender's request.
pub(super) const REQUEST: &str = "request";
/// The consent.
pub(super) const CONSENT: &str = "consent.json";
/// The platform's receipt for the consent.
pub(super) const CONSENT_RECEIPT: &str = "consent-receipt.json";
/// The release.
pub(super) const RELEASE: &str = "release";
const SCORES: &str = "scores.json";

/// File of a source's sealed history.
pub(super) fn sealed(source: &PartyId) -> String {
    format!("{source}.sealed")
}

/// File of its attestation.
pub(super) fn attestation(source: &PartyId) -> String {
    format!("{source}.attestation")
}

/// File of the evaluation of the n-th scorecard.
pub(super) fn evaluation(index: usize) -> String {
    format!("{index:02}.evaluation")
}

/// File of its receipt.
pub(super) fn receipt(index: usize) -> String {
    format!("{index:02}.receipt")
}

fn make_private(path: &Path) -> Outcome {
    files::make_directory(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(path, private).map_err(|error| {
            Failure::internal(format!("cannot be kept from others: {error}")).in_file(path)
        })?;
    }
    Ok(())
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Outcome<T> {
    let text = files::read_text(path, JSON_MAX)?;
    serde_json::from_str(&text).map_err(|error| Failure::refused(error).in_file(path))
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Outcome {
    let json = serde_json::to_string_pretty(value).map_err(Failure::internal)?;
    files::write(path, (json + "\n").as_bytes(), Access::Owner)
}
