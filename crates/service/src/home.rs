//! The service's folder: key, registry, operator's token.
//!
//! ```text
//! DIR/platform.signing   the platform's signing key (its owner's only)
//! DIR/registry.json      whom it believes, for its operator to edit
//! DIR/operator.token     the operator's token, to be taken away
//! DIR/operator.digest    digest of the token, which is all that is compared
//! DIR/platform.db        the database, unless it is elsewhere
//! DIR/ciphertexts/       sealed histories, unless they are elsewhere
//! ```

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use blindscore_history::digest::{Digest, Framed};
use blindscore_history::label;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::log::Log;
use blindscore_protocol::person::IdentityProfile;
use blindscore_protocol::registry::{Party, PartyKey, Registry, Trade};
use blindscore_protocol::sign::VerifyingKey;
use blindscore_protocol::signing_key::Signatory;
use jiff::{Span, Timestamp};

use crate::error::ServiceError;

/// Largest key file.
const KEY_MAX: u64 = 64 << 10;

/// A service's folder.
#[derive(Debug)]
pub(crate) struct Home {
    path: PathBuf,
    pub(crate) signatory: Signatory,
    token: Digest,
    registry: RwLock<Known>,
}

/// The registry as it was last read.
#[derive(Clone, Debug)]
struct Known {
    registry: Arc<Registry>,
    read: Option<SystemTime>,
}

/// Makes a folder for a platform that has a key and a registry already.
///
/// # Errors
/// A registry that does not know the key; a folder that has one.
pub fn init(
    path: &Path,
    signatory: &Signatory,
    registry: &Registry,
    now: Timestamp,
) -> Result<(), ServiceError> {
    stands_behind(registry, signatory, now)?;
    make_folder(path)?;
    let file = path.join("platform.signing");
    if file.exists() {
        let fault = std::io::Error::from(ErrorKind::AlreadyExists);
        return Err(ServiceError::file(&file, fault));
    }
    let json = registry.to_json();
    write(&path.join("registry.json"), json.as_bytes(), false)?;
    // Last, since a folder is one by having a key.
    write(&file, &signatory.to_bytes(), true)
}

impl Home {
    /// Opens a folder, or makes one with a key of its own and a registry in
    /// which nobody else is.
    pub(crate) fn open(path: &Path, now: Timestamp) -> Result<Self, ServiceError> {
        if path.join("log.jsonl").exists() {
            let path = path.to_owned();
            return Err(ServiceError::OtherFolder { path });
        }
        let file = path.join("platform.signing");
        if !file.exists() {
            let (signatory, registry) = alone(now)?;
            init(path, &signatory, &registry, now)?;
        }
        let bytes = read(&file, KEY_MAX)?;
        let signatory = Signatory::from_bytes(&bytes).map_err(|fault| {
            let path = file.clone();
            ServiceError::SigningKey { path, fault }
        })?;
        let known = read_registry(&path.join("registry.json"))?;
        stands_behind(&known.registry, &signatory, now)?;
        Ok(Self {
            token: token(path)?,
            path: path.to_owned(),
            signatory,
            registry: RwLock::new(known),
        })
    }

    /// The platform.
    pub(crate) fn id(&self) -> &PartyId {
        self.signatory.id()
    }

    /// Where the operator's token was put when it was made.
    pub(crate) fn token_file(&self) -> PathBuf {
        self.path.join("operator.token")
    }

    /// Whether this is the operator's token. Digests are compared, so how long
    /// that takes says nothing of the token.
    pub(crate) fn is_operator(&self, token: &str) -> bool {
        token_digest(token) == self.token
    }

    /// The registry. The file is read again when it was changed; one that
    /// cannot be read changes nothing.
    pub(crate) fn registry(&self) -> Arc<Registry> {
        let file = self.path.join("registry.json");
        let changed = modified(&file);
        let known = self
            .registry
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if known.read == changed {
            return known.registry;
        }
        match read_registry(&file) {
            Ok(new) => {
                let registry = Arc::clone(&new.registry);
                tracing::info!(digest = %registry.digest(), "registry read again");
                *self
                    .registry
                    .write()
                    .unwrap_or_else(PoisonError::into_inner) = new;
                registry
            }
            Err(error) => {
                tracing::error!(%error, "the registry was changed and cannot be read; the one before stays");
                known.registry
            }
        }
    }

    /// Puts another registry in place.
    pub(crate) fn replace_registry(
        &self,
        registry: &Registry,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        stands_behind(registry, &self.signatory, now)?;
        let file = self.path.join("registry.json");
        write(&file, registry.to_json().as_bytes(), false)?;
        let known = read_registry(&file)?;
        *self
            .registry
            .write()
            .unwrap_or_else(PoisonError::into_inner) = known;
        Ok(())
    }
}

/// A platform that nobody knows yet, with a registry that knows nobody else.
fn alone(now: Timestamp) -> Result<(Signatory, Registry), ServiceError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(ServiceError::Random)?;
    let id: PartyId = "platform".parse().expect("a plain name");
    let signatory = Signatory::new(id.clone(), &seed);
    let plain = |text: &str| text.parse().expect("plain text");
    let until = now.to_zoned(jiff::tz::TimeZone::UTC);
    let until = until.checked_add(Span::new().years(5));
    let party = Party {
        id,
        name: plain("This platform"),
        roles: [Trade::Platform].into(),
        contact: plain("privacy@platform.example"),
        address: plain("to be filled in by its operator"),
        country: "IE".to_owned(),
        keys: vec![PartyKey {
            key: VerifyingKey::of(signatory.key()),
            from: now,
            until: until.map_or(Timestamp::MAX, |until| until.timestamp()),
            revoked: None,
        }],
    };
    let identity = IdentityProfile {
        name: "name-birth-register".to_owned(),
        fields: ["name", "born", "register-number"]
            .map(str::to_owned)
            .into(),
    };
    let registry = Registry::new(plain("Parties of this platform"), identity, vec![party]);
    Ok((signatory, registry.expect("one party with one key")))
}

/// Whether this key may speak is what everybody will ask.
fn stands_behind(
    registry: &Registry,
    signatory: &Signatory,
    now: Timestamp,
) -> Result<(), ServiceError> {
    let platform = signatory.id();
    let head = Log::new(platform.clone()).head(now, signatory.key());
    registry.believe(&head, platform, Trade::Platform, now, now)?;
    Ok(())
}

/// The digest of the operator's token, which is made if there is none.
fn token(path: &Path) -> Result<Digest, ServiceError> {
    let file = path.join("operator.digest");
    if !file.exists() {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(ServiceError::Random)?;
        let token = hex::encode(bytes);
        write(&path.join("operator.token"), token.as_bytes(), true)?;
        let digest = token_digest(&token).to_string();
        write(&file, digest.as_bytes(), true)?;
    }
    let text = read(&file, 256)?;
    let text = std::str::from_utf8(&text).ok().map(str::trim);
    text.and_then(|text| text.parse().ok())
        .ok_or(ServiceError::Token { path: file })
}

fn token_digest(token: &str) -> Digest {
    let framed = Framed::new(label::OPERATOR_TOKEN);
    framed.bytes(token.trim().as_bytes()).digest()
}

fn read_registry(file: &Path) -> Result<Known, ServiceError> {
    // The time first: a change in between is then read once more.
    let read_at = modified(file);
    let bytes = read(file, Registry::JSON_MAX as u64)?;
    let text = String::from_utf8(bytes)
        .map_err(|error| ServiceError::file(file, std::io::Error::other(error)))?;
    let registry = Registry::from_json(&text).map_err(|fault| {
        let path = file.to_owned();
        ServiceError::Registry { path, fault }
    })?;
    Ok(Known {
        registry: Arc::new(registry),
        read: read_at,
    })
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|about| about.modified()).ok()
}

/// Makes the folder, its owner's only.
fn make_folder(path: &Path) -> Result<(), ServiceError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let made = builder.create(path);
    made.map_err(|fault| ServiceError::file(path, fault))
}

fn read(path: &Path, limit: u64) -> Result<Vec<u8>, ServiceError> {
    use std::io::Read;
    let fault = |fault| ServiceError::file(path, fault);
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(fault)?;
    file.take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(fault)?;
    if bytes.len() as u64 > limit {
        return Err(fault(std::io::Error::from(ErrorKind::FileTooLarge)));
    }
    Ok(bytes)
}

/// Writes a file whole, or not at all.
fn write(path: &Path, bytes: &[u8], owner_only: bool) -> Result<(), ServiceError> {
    let fault = |fault| ServiceError::file(path, fault);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = temporary(owner_only).tempfile_in(folder).map_err(fault)?;
    file.write_all(bytes).map_err(fault)?;
    file.as_file().sync_all().map_err(fault)?;
    file.persist(path).map_err(|error| fault(error.error))?;
    // The name, too: on Unix a folder can be synced like a file.
    #[cfg(unix)]
    fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(fault)?;
    Ok(())
}

#[cfg(unix)]
fn temporary(owner_only: bool) -> tempfile::Builder<'static, 'static> {
    use std::os::unix::fs::PermissionsExt;
    let mode = if owner_only { 0o600 } else { 0o666 };
    let mut builder = tempfile::Builder::new();
    builder
        .prefix(".blindscore-")
        .permissions(fs::Permissions::from_mode(mode));
    builder
}

#[cfg(not(unix))]
fn temporary(_owner_only: bool) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".blindscore-");
    builder
}
