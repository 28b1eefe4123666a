//! What parties sign and who is trusted: each kind of file through one
//! function, bounded and named in refusals.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use blindscore_evaluator::{AttestationError, AttestedHistory, Gathered, Vouching};
use blindscore_fhe::parameters::PARAMETER_ID;
use blindscore_protocol::consent::ConsentRecord;
use blindscore_protocol::envelope::{self, EnvelopeError, Kind};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::{Attestation, SealedHistoryHeader};
use blindscore_protocol::person::{IdentityProfile, IdentityRecord, PersonSalt};
use blindscore_protocol::registry::Registry;
use blindscore_protocol::sign::{Signed, Statement};
use blindscore_protocol::signing_key::{Signatory, SigningKeyError};
use zeroize::Zeroizing;

use super::{envelope_hint, message, warn_if_open};
use crate::error::{Failure, Outcome};
use crate::files;

/// Largest customer record that is read.
const CUSTOMER_MAX: usize = 64 << 10;

/// Reads a registry.
pub(crate) fn registry(path: &Path) -> Outcome<Registry> {
    let text = files::read_text(path, Registry::JSON_MAX)?;
    Registry::from_json(&text).map_err(|error| {
        Failure::refused(error)
            .in_file(path)
            .hint("blindscore registry init makes a registry, registry add fills it")
    })
}

/// Reads a party's signing key, and warns when others can read it too.
pub(crate) fn signing_key(path: &Path) -> Outcome<Signatory> {
    let bytes = files::read(path, Kind::SigningKey.max_envelope())?;
    let signatory = Signatory::from_bytes(&bytes).map_err(|error| match error {
        SigningKeyError::Envelope(error) => unframed(&error, path),
        error @ SigningKeyError::Parts => Failure::refused(error).in_file(path),
    })?;
    warn_if_open(path);
    Ok(signatory)
}

/// Reads a signed statement. Who signed it, and whether the signature fits, is
/// not looked at here.
pub(crate) fn signed<S: Statement>(path: &Path) -> Outcome<Signed<S>> {
    let bytes = files::read(path, S::KIND.max_envelope())?;
    signed_in(&bytes, path)
}

/// The signed statement in bytes that were read from a file.
pub(crate) fn signed_in<S: Statement>(bytes: &[u8], path: &Path) -> Outcome<Signed<S>> {
    let (signed, _) =
        envelope::open::<Signed<S>>(bytes, PARAMETER_ID).map_err(|error| unframed(&error, path))?;
    Ok(signed)
}

/// Reads a consent record, whose signature is checked with it.
pub(crate) fn consent(path: &Path) -> Outcome<ConsentRecord> {
    let bytes = files::read(path, ConsentRecord::JSON_MAX)?;
    ConsentRecord::from_json(&bytes).map_err(|error| {
        Failure::refused(error).in_file(path).hint(
            "blindscore consent grant writes a consent record; it is taken only as it was written",
        )
    })
}

/// Reads the salt of an application.
pub(crate) fn salt(path: &Path) -> Outcome<PersonSalt> {
    let text = Zeroizing::new(files::read_text(path, 256)?);
    let none = || {
        Failure::refused("not a salt; want 64 hex digits")
            .in_file(path)
            .hint("blindscore keygen writes applicant.salt beside the key")
    };
    let digits = text.trim_end();
    let pairs = digits.as_bytes().chunks_exact(2);
    if !digits.is_ascii() || digits.len() != 64 {
        return Err(none());
    }
    let mut salt = Zeroizing::new([0; 32]);
    for (byte, pair) in salt.iter_mut().zip(pairs) {
        let pair = std::str::from_utf8(pair).map_err(|_| none())?;
        let lower = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
        if !pair.chars().all(lower) {
            return Err(none());
        }
        *byte = u8::from_str_radix(pair, 16).map_err(|_| none())?;
    }
    Ok(PersonSalt::new(*salt))
}

/// A salt as text, for its file.
pub(crate) fn salt_text(salt: &PersonSalt) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(65));
    for byte in salt.as_bytes() {
        for digit in [byte >> 4, byte & 15] {
            text.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    text.push('\n');
    text
}

/// Reads a source's record of its customer.
pub(crate) fn customer(path: &Path, profile: &IdentityProfile) -> Outcome<IdentityRecord> {
    let text = Zeroizing::new(files::read_text(path, CUSTOMER_MAX)?);
    let fields: BTreeMap<String, String> = serde_json::from_str(&text).map_err(|error| {
        // The parser's own words could repeat what stands in the file.
        let (line, column) = (error.line(), error.column());
        let message = format!("line {line}, column {column}: not an object of texts");
        Failure::refused(message)
            .in_file(path)
            .hint(format!("want an object with {}", wanted(profile)))
    })?;
    IdentityRecord::new(profile, &fields).map_err(|error| {
        Failure::refused(error)
            .in_file(path)
            .hint(format!("want an object with {}", wanted(profile)))
    })
}

fn wanted(profile: &IdentityProfile) -> String {
    format!(
        "{}, as identity profile {} says",
        profile.fields.join(", "),
        profile.name
    )
}

/// Reads the histories of an application with their attestations, in any
/// order: they belong together by the source that they name.
pub(crate) fn gathered(
    vouching: &Vouching<'_>,
    sealed: &[PathBuf],
    attestations: &[PathBuf],
) -> Outcome<Gathered> {
    let mut said = Vec::new();
    for path in attestations {
        let bytes = files::read(path, Kind::Attestation.max_envelope())?;
        let source = signed_in::<Attestation>(&bytes, path)?
            .statement()
            .source()
            .clone();
        said.push((source, path, bytes));
    }
    let mut histories = Vec::new();
    for path in sealed {
        let bytes = files::read(path, Kind::SealedHistory.max_envelope())?;
        let (header, _) = envelope::open::<SealedHistoryHeader>(&bytes, PARAMETER_ID)
            .map_err(|error| unframed(&error, path))?;
        let fits = said
            .iter()
            .position(|(source, ..)| *source == header.source);
        let Some(at) = fits else {
            return Err(unattested(&header.source, path));
        };
        let (_, attestation_path, attestation) = said.swap_remove(at);
        histories.push(
            AttestedHistory::admit(vouching, &bytes, &attestation)
                .map_err(|error| disbelieved(error, path, attestation_path))?,
        );
    }
    if let Some((source, path, _)) = said.first() {
        let message = format!("attests a history of {source}, which is not given");
        return Err(Failure::refused(message)
            .in_file(path)
            .hint("give that history with --sealed, or leave the attestation out"));
    }
    Gathered::new(histories).map_err(Failure::refused)
}

fn unattested(source: &PartyId, path: &Path) -> Failure {
    Failure::refused(format!("no attestation of {source} goes with it"))
        .in_file(path)
        .hint("give each source's attestation with --attestation; the source makes it with blindscore source attest")
}

/// The file at fault: the history, or what is said of it.
fn disbelieved(error: AttestationError, sealed: &Path, attestation: &Path) -> Failure {
    match error {
        AttestationError::Message(error) => message(error).in_file(sealed),
        AttestationError::Envelope(error) => unframed(&error, attestation),
        error => Failure::refused(error).in_file(attestation),
    }
}

/// A frame that was not opened.
pub(crate) fn unframed(error: &EnvelopeError, path: &Path) -> Failure {
    Failure::refused(error)
        .in_file(path)
        .hint(envelope_hint(error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Access;

    #[test]
    fn a_salt_is_read_as_it_was_written_and_in_no_other_spelling() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("salt");
        let text = salt_text(&PersonSalt::new([0xa5; 32]));
        files::write(&path, text.as_bytes(), Access::Owner).unwrap();
        assert_eq!(salt(&path).unwrap().as_bytes(), &[0xa5; 32]);
        for bad in [
            text.to_uppercase(),
            text[2..].to_owned(),
            text.replacen("a5", "+5", 1),
            format!("{}00", text.trim_end()),
            String::new(),
            "ä".repeat(32),
        ] {
            files::write(&path, bad.as_bytes(), Access::Owner).unwrap();
            assert!(salt(&path).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_faulty_customer_record_is_not_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("customer.json");
        let profile = IdentityProfile {
            name: "example".to_owned(),
            fields: vec!["name".to_owned()],
        };
        files::write(&path, b"{\"name\": 19900101}", Access::Owner).unwrap();
        let told = format!("{:?}", customer(&path, &profile).unwrap_err());
        assert!(!told.contains("19900101"), "{told}");
        assert!(told.contains("line 1"), "{told}");
    }
}
