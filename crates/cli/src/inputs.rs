//! What commands read: each kind of file through one function, bounded,
//! admitted by its crate, refused with the file's name and a next step.

use std::ffi::OsString;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

use blindscore_client::applicant::SecretKey;
use blindscore_client::source::Source;
use blindscore_evaluator::{Evaluation, MessageError, SealedHistory, admit_public_key};
use blindscore_examples::{BANK_CSV, SCHEME_JSON, SCORECARDS, WALLET_JSON};
use blindscore_fhe::PublicKey;
use blindscore_history::form::Form;
use blindscore_history::levels::SourceLevels;
use blindscore_history::scheme::Scheme;
use blindscore_protocol::envelope::{EnvelopeError, Kind};
use blindscore_scorecard::exchange::CardFile;
use blindscore_scorecard::{Scorecard, ScorecardError};
use clap::ValueEnum;
use zeroize::Zeroizing;

use crate::error::{Failure, Outcome};
use crate::files;
use crate::output::note;

pub(crate) mod trust;

/// Names of the bundled things, with their file names and contents.
pub(crate) const SCHEMES: [(&str, &str); 1] = [("everyday", SCHEME_JSON)];
/// Bundled statements: name, file name, content.
pub(crate) const STATEMENTS: [(&str, &str, &str); 2] = [
    ("bank", "bank.csv", BANK_CSV),
    ("wallet", "wallet.json", WALLET_JSON),
];

/// A file, or a bundled thing by the name `builtin:NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin(PathBuf);

impl Origin {
    /// The bundled thing of that name.
    pub(crate) fn builtin(name: &str) -> Self {
        Self(format!("builtin:{name}").into())
    }

    /// The file's name without its folder and ending, or the bundled name.
    pub(crate) fn stem(&self) -> String {
        match self.bundled_name() {
            Some(name) => name.to_owned(),
            None => self
                .0
                .file_stem()
                .map_or_else(String::new, |s| s.to_string_lossy().into()),
        }
    }

    fn bundled_name(&self) -> Option<&str> {
        self.0.to_str()?.strip_prefix("builtin:")
    }

    /// The bundled text that is named, if one is.
    fn bundled(&self, what: &str, all: &[(&str, &'static str)]) -> Outcome<Option<&'static str>> {
        let Some(name) = self.bundled_name() else {
            return Ok(None);
        };
        if let Some((_, text)) = all.iter().find(|(known, _)| *known == name) {
            return Ok(Some(text));
        }
        let known: Vec<_> = all
            .iter()
            .map(|(known, _)| format!("builtin:{known}"))
            .collect();
        Err(
            Failure::usage(format!("there is no bundled {what} {name:?}"))
                .hint(format!("bundled are {}", known.join(", "))),
        )
    }
}

impl From<OsString> for Origin {
    fn from(text: OsString) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.display().fmt(f)
    }
}

/// The form as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormArgument {
    /// One ciphertext of 24 KB; for exactly one source
    Packed,
    /// A ciphertext a cell; several sources count together
    Composable,
}

impl From<FormArgument> for Form {
    fn from(form: FormArgument) -> Self {
        match form {
            FormArgument::Packed => Self::Packed,
            FormArgument::Composable => Self::Composable,
        }
    }
}

/// Reads a scheme.
pub(crate) fn scheme(origin: &Origin) -> Outcome<Scheme> {
    let text = scheme_text(origin)?;
    if CardFile::is_one(&text) {
        return Ok(card_file(origin, &text)?.scheme().clone());
    }
    Scheme::from_json(&text).map_err(|error| {
        Failure::refused(error)
            .in_file(&origin.0)
            .hint("a scheme that works: blindscore scheme show builtin:everyday")
    })
}

/// Reads a scorecard that stands on `scheme`.
pub(crate) fn scorecard(origin: &Origin, scheme: &Scheme) -> Outcome<Scorecard> {
    let text = scorecard_text(origin)?;
    if CardFile::is_one(&text) {
        let card = card_file(origin, &text)?;
        return same_scheme(origin, &card, scheme).map(|()| card.scorecard().clone());
    }
    Scorecard::from_json(&text, scheme).map_err(|error| {
        let hint = match error {
            ScorecardError::AnotherScheme { .. } => "give the scheme that it was made for with --scheme",
            _ => "a scorecard that works: blindscore scorecard show builtin:steady --scheme builtin:everyday",
        };
        Failure::refused(error).in_file(&origin.0).hint(hint)
    })
}

/// Reads a scorecard with its scheme: a card file, or a scorecard whose scheme
/// is given.
pub(crate) fn card(origin: &Origin, scheme: Option<&Origin>) -> Outcome<CardFile> {
    let given = scheme.map(self::scheme).transpose()?;
    if origin.bundled_name().is_none() {
        let text = files::read_text(&origin.0, CardFile::JSON_MAX)?;
        if CardFile::is_one(&text) {
            let card = card_file(origin, &text)?;
            if let Some(scheme) = &given {
                same_scheme(origin, &card, scheme)?;
            }
            return Ok(card);
        }
    }
    let Some(scheme) = given else {
        return Err(Failure::refused("a scorecard without its scheme")
            .in_file(&origin.0)
            .hint("give the scheme that it was made for with --scheme"));
    };
    let scorecard = scorecard(origin, &scheme)?;
    CardFile::new(scheme, scorecard).map_err(Failure::internal)
}

fn card_file(origin: &Origin, text: &str) -> Outcome<CardFile> {
    CardFile::from_json(text).map_err(|error| {
        Failure::refused(error)
            .in_file(&origin.0)
            .hint("blindscore scorecard import writes card files")
    })
}

fn same_scheme(origin: &Origin, card: &CardFile, scheme: &Scheme) -> Outcome {
    if card.scheme().digest() == scheme.digest() {
        return Ok(());
    }
    Err(
        Failure::refused("the card file has another scheme than the one given")
            .in_file(&origin.0)
            .hint("give the card file itself as --scheme"),
    )
}

/// The text of a scheme, to be kept.
pub(crate) fn scheme_text(origin: &Origin) -> Outcome<String> {
    match origin.bundled("scheme", &SCHEMES)? {
        Some(text) => Ok(text.to_owned()),
        None => files::read_text(&origin.0, CardFile::JSON_MAX),
    }
}

/// The text of a scorecard, to be kept.
pub(crate) fn scorecard_text(origin: &Origin) -> Outcome<String> {
    match origin.bundled("scorecard", &SCORECARDS)? {
        Some(text) => Ok(text.to_owned()),
        None => files::read_text(&origin.0, CardFile::JSON_MAX),
    }
}

/// Reads scorecards that stand on `scheme`.
pub(crate) fn scorecards(origins: &[Origin], scheme: &Scheme) -> Outcome<Vec<Scorecard>> {
    let read = |origin| scorecard(origin, scheme);
    origins.iter().map(read).collect()
}

/// Opens a statement: its name for messages, and its bytes, of any number.
pub(crate) fn statement(origin: &Origin) -> Outcome<(String, Box<dyn Read>)> {
    let all = STATEMENTS.map(|(name, _, text)| (name, text));
    let bytes: Box<dyn Read> = match origin.bundled("statement", &all)? {
        Some(text) => Box::new(text.as_bytes()),
        None => Box::new(files::open(&origin.0)?),
    };
    Ok((origin.to_string(), bytes))
}

/// Reads one source's levels.
pub(crate) fn levels(path: &Path, scheme: &Scheme) -> Outcome<SourceLevels> {
    let text = Zeroizing::new(files::read_text(path, SourceLevels::JSON_MAX)?);
    SourceLevels::from_json(&text, scheme).map_err(|error| {
        Failure::refused(error)
            .in_file(path)
            .hint("blindscore history build --out writes a levels file")
    })
}

/// Reads an applicant's public key.
pub(crate) fn public_key(path: &Path) -> Outcome<PublicKey> {
    let bytes = files::read(path, Kind::PublicKey.max_envelope())?;
    admit_public_key(&bytes).map_err(|error| message(error).in_file(path))
}

/// Reads an applicant's secret key, and warns when others can read it too.
pub(crate) fn secret_key(path: &Path) -> Outcome<SecretKey> {
    let bytes = files::read(path, Kind::SecretKey.max_envelope())?;
    let key = SecretKey::from_bytes(&bytes).map_err(|error| match error {
        blindscore_client::SecretKeyError::Message(error) => message(error).in_file(path),
        error => Failure::refused(error).in_file(path),
    })?;
    warn_if_open(path);
    Ok(key)
}

/// Reads a source's sealing key, and warns when others can read it too.
pub(crate) fn sealing_key(path: &Path) -> Outcome<Source> {
    let bytes = files::read(path, Kind::SealingKey.max_envelope())?;
    let source = Source::from_bytes(&bytes).map_err(|error| message(error).in_file(path))?;
    warn_if_open(path);
    Ok(source)
}

/// Reads a sealed history under `scheme`: the history and its bytes' number.
pub(crate) fn sealed(path: &Path, scheme: &Scheme) -> Outcome<(SealedHistory, usize)> {
    let bytes = files::read(path, Kind::SealedHistory.max_envelope())?;
    let history = SealedHistory::admit(&bytes, scheme);
    let history = history.map_err(|error| message(error).in_file(path))?;
    Ok((history, bytes.len()))
}

/// Reads a blind evaluation.
pub(crate) fn evaluation(path: &Path) -> Outcome<Evaluation> {
    let bytes = files::read(path, Kind::Evaluation.max_envelope())?;
    Evaluation::admit(&bytes).map_err(|error| message(error).in_file(path))
}

/// A message that was not admitted.
fn message(error: MessageError) -> Failure {
    let hint = match &error {
        MessageError::Envelope(error) => envelope_hint(error),
        MessageError::OtherScheme { .. } => "give the scheme of this application with --scheme",
        _ => "nothing of this message was used",
    };
    Failure::refused(error).hint(hint)
}

fn envelope_hint(error: &EnvelopeError) -> &'static str {
    match error {
        EnvelopeError::Magic { .. } | EnvelopeError::Kind { .. } => {
            "see the order of files in the command's --help"
        }
        EnvelopeError::Truncated { .. } | EnvelopeError::Digest { .. } => {
            "compare the file's length with the sender's, and copy it again"
        }
        _ => "nothing of this message was used",
    }
}

fn warn_if_open(path: &Path) {
    if files::others_can_read(path) {
        let path = path.display();
        note(&format!(
            "{path} is a secret that others on this machine can read: chmod 600 {path}"
        ));
    }
}
