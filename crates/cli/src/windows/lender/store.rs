//! The lender's folder. Every file is written whole or not at all, for its owner
//! only; a file that cannot be read stops the window rather than being lost.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_history::digest::Digest;
use blindscore_protocol::api::Message;
use blindscore_protocol::envelope::{self, Kind};
use blindscore_protocol::message::ScoreRequest;
use blindscore_protocol::sign::Signed;
use blindscore_scorecard::exchange::CardFile;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::answer::{Answer, Asked, Refusal, StoredAsked};
use crate::error::{Failure, Outcome};
use crate::files::{self, Access};

/// Largest record that is read.
const RECORD_MAX: usize = 1 << 20;

/// A lender's folder.
#[derive(Clone, Debug)]
pub(super) struct Store(PathBuf);

impl Store {
    /// Opens a folder, which is made if it is not there.
    pub(super) fn open(folder: &Path) -> Outcome<Self> {
        let this = Self(folder.to_owned());
        for part in ["asked", "answers", "cards"] {
            files::make_directory(&this.0.join(part))?;
        }
        owner_only(folder)?;
        Ok(this)
    }

    /// All requests.
    pub(super) fn all_asked(&self) -> Outcome<BTreeMap<Digest, Asked>> {
        let mut all = BTreeMap::new();
        for (digest, path) in self.records("asked")? {
            let stored: StoredAsked = read(&path)?;
            let (request, _) =
                envelope::open::<Signed<ScoreRequest>>(&stored.request.0, PARAMETER_ID)
                    .map_err(|error| Failure::refused(error).in_file(&path))?;
            if request.digest() != digest {
                return Err(misnamed(&path));
            }
            let policy = stored.policy;
            all.insert(digest, Asked { request, policy });
        }
        Ok(all)
    }

    /// All answers.
    pub(super) fn all_answers(&self) -> Outcome<BTreeMap<Digest, Answer>> {
        let records = self.records("answers")?;
        let answers = records.into_iter();
        answers
            .map(|(digest, path)| Ok((digest, read(&path)?)))
            .collect()
    }

    /// The last refusals, oldest first.
    pub(super) fn refusals(&self) -> Outcome<Vec<Refusal>> {
        let path = self.0.join("refusals.json");
        if path.exists() {
            read(&path)
        } else {
            Ok(Vec::new())
        }
    }

    /// Keeps a request.
    pub(super) fn keep_asked(&self, asked: &Asked) -> Outcome {
        let stored = StoredAsked {
            request: Message(envelope::close(&asked.request, &[])),
            policy: asked.policy.clone(),
        };
        write(&self.record("asked", asked.digest()), &stored)
    }

    /// Keeps a release that is to be checked: bytes first, since the record says
    /// that they are there.
    pub(super) fn keep_release(&self, digest: Digest, bytes: &[u8], answer: &Answer) -> Outcome {
        files::write(&self.release_path(digest), bytes, Access::Owner)?;
        self.keep_answer(digest, answer)
    }

    /// Keeps what came of a release.
    pub(super) fn keep_answer(&self, digest: Digest, answer: &Answer) -> Outcome {
        write(&self.record("answers", digest), answer)
    }

    /// Forgets a release: the record first, without which the bytes are nothing.
    pub(super) fn forget_answer(&self, digest: Digest) -> Outcome {
        for path in [self.record("answers", digest), self.release_path(digest)] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Failure::internal(error).in_file(&path));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// A release as it came.
    pub(super) fn release(&self, digest: Digest) -> Outcome<Vec<u8>> {
        let path = self.release_path(digest);
        Ok(files::read(&path, Kind::Release.max_envelope())?.to_vec())
    }

    /// Keeps the last refusals.
    pub(super) fn keep_refusals(&self, refusals: &[Refusal]) -> Outcome {
        write(&self.0.join("refusals.json"), &refusals)
    }

    /// The text of a scheme or scorecard that was fetched before.
    pub(super) fn card(&self, digest: Digest) -> Outcome<Option<String>> {
        let path = self.record("cards", digest);
        if !path.exists() {
            return Ok(None);
        }
        files::read_text(&path, CardFile::JSON_MAX).map(Some)
    }

    /// Keeps the text of a scheme or scorecard.
    pub(super) fn keep_card(&self, digest: Digest, text: &str) -> Outcome {
        files::write(
            &self.record("cards", digest),
            text.as_bytes(),
            Access::Owner,
        )
    }

    fn record(&self, part: &str, digest: Digest) -> PathBuf {
        self.0.join(part).join(format!("{digest}.json"))
    }

    fn release_path(&self, digest: Digest) -> PathBuf {
        self.0.join("answers").join(format!("{digest}.release"))
    }

    /// The records of a folder, by the digests that name them.
    fn records(&self, part: &str) -> Outcome<Vec<(Digest, PathBuf)>> {
        let folder = self.0.join(part);
        let failed = |error: std::io::Error| Failure::internal(error).in_file(&folder);
        let mut records = Vec::new();
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            if path.extension().is_none_or(|ending| ending != "json") {
                continue;
            }
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let digest = stem.and_then(|stem| stem.parse().ok());
            records.push((digest.ok_or_else(|| misnamed(&path))?, path));
        }
        records.sort();
        Ok(records)
    }
}

fn misnamed(path: &Path) -> Failure {
    Failure::refused("not named by the digest of what is in it")
        .in_file(path)
        .hint("move it out of the folder; the window wrote no such file")
}

fn read<T: DeserializeOwned>(path: &Path) -> Outcome<T> {
    let text = files::read(path, RECORD_MAX)?;
    serde_json::from_slice(&text).map_err(|error| Failure::refused(error).in_file(path))
}

fn write(path: &Path, value: &impl Serialize) -> Outcome {
    let text = serde_json::to_vec_pretty(value).map_err(Failure::internal)?;
    files::write(path, &text, Access::Owner)
}

#[cfg(unix)]
fn owner_only(folder: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        .map_err(|error| Failure::internal(error).in_file(folder))
}

#[cfg(not(unix))]
fn owner_only(_folder: &Path) -> Outcome {
    Ok(())
}
