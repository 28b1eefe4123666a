//! Signed HTTP requests: HTTP Message Signatures (RFC 9421) with Ed25519 over a
//! fixed list of components, the body by its digest (RFC 9530).
//!
//! What is covered, in this order: `@method`, `@path`, `@query`,
//! `content-digest`, and `idempotency-key` if the request has one. The
//! parameters are `created`, `nonce`, `keyid` (the verifying key in hex), `alg`
//! (`ed25519`) and `tag` (`blindscore/` and the platform's name: a request to
//! one platform is none to another). A signature by these keys on one of our
//! statements is over 32 bytes, which no signature base is, so neither passes
//! for the other.
//!
//! The header is checked first, so that a server reads no body for a stranger;
//! the body is then compared with [`Verified::check_body`].

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::id::PartyId;
use crate::registry::Registry;
use crate::sign::{Signature, SigningKey, VerifyingKey};

/// Name of the header with the body's digest.
pub const CONTENT_DIGEST: &str = "content-digest";
/// Name of the header that says what is signed.
pub const SIGNATURE_INPUT: &str = "signature-input";
/// Name of the header with the signature.
pub const SIGNATURE: &str = "signature";
/// Name of the header under which a request may be sent again.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// Longest signature header that is read, in bytes.
const HEADER_MAX: usize = 1024;
/// The label that we write; any other is read as well.
const LABEL: &str = "blindscore";

/// What a request is about, but for its body.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The platform that it is for.
    pub platform: &'a PartyId,
    /// The method, in capitals.
    pub method: &'a str,
    /// The path, as it stands in the request line.
    pub path: &'a str,
    /// The query without its question mark, if there is one.
    pub query: Option<&'a str>,
    /// The idempotency key, if there is one.
    pub idempotency_key: Option<&'a str>,
}

/// The headers that sign a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHeaders {
    /// `Content-Digest`.
    pub content_digest: String,
    /// `Signature-Input`.
    pub input: String,
    /// `Signature`.
    pub signature: String,
}

/// A request whose headers are signed by the key that they name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The key.
    pub key: VerifyingKey,
    /// Its number used once, 16 to 64 characters.
    pub nonce: String,
    /// When it was signed, in seconds.
    pub created: i64,
    digest: [u8; 32],
}

/// Why a signed request is not believed. Its sender is at fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RequestSignatureError {
    /// Headers that cannot be read.
    #[error("the {header} header {fault}")]
    Header {
        /// Which.
        header: &'static str,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// Another list of components than the one there is.
    #[error("the signature covers other components than it must; want {want}")]
    Components {
        /// The list.
        want: &'static str,
    },
    /// Signed for another platform.
    #[error("the request is signed for another platform; want the tag {want:?}")]
    Tag {
        /// The tag of this one.
        want: String,
    },
    /// Not signed by that key, or changed.
    #[error(
        "the signature does not fit key {key}: the request was changed on the way, or signed by another key"
    )]
    Signature {
        /// The key that the request names.
        key: VerifyingKey,
    },
    /// Too old, or from the future.
    #[error(
        "the request was signed {seconds} seconds {way}; want at most {}: sign it again, with a clock that is right",
        Registry::CLOCK_SKEW
    )]
    Stale {
        /// How far off.
        seconds: u64,
        /// Ago or ahead.
        way: &'static str,
    },
    /// A body that is not the one signed.
    #[error("the body is not the one that was signed: it was changed on the way")]
    Body,
}

/// Signs a request. `nonce` are 16 fresh random bytes.
pub fn sign(
    target: &Target<'_>,
    body: &[u8],
    key: &SigningKey,
    created: Timestamp,
    nonce: [u8; 16],
) -> SignatureHeaders {
    let content_digest = content_digest(body);
    let parameters = format!(
        "{};created={};nonce=\"{}\";keyid=\"{}\";alg=\"ed25519\";tag=\"{}\"",
        components(target),
        created.as_second(),
        hex::encode(nonce),
        VerifyingKey::of(key),
        tag(target.platform),
    );
    let signature =
        Signature::sign_bytes(key, base(target, &content_digest, &parameters).as_bytes());
    SignatureHeaders {
        content_digest,
        input: format!("{LABEL}={parameters}"),
        signature: format!("{LABEL}=:{}:", STANDARD.encode(signature.as_bytes())),
    }
}

/// Checks the headers of a signed request at the time `now`.
///
/// # Errors
/// Headers that cannot be read, other components, another platform, a signature
/// that does not fit, a time too far off.
pub fn verify(
    target: &Target<'_>,
    headers: &SignatureHeaders,
    now: Timestamp,
) -> Result<Verified, RequestSignatureError> {
    let SignatureHeaders {
        content_digest,
        input,
        signature,
    } = headers;
    let digest = parse_digest(content_digest)?;
    let (label, parameters) = split(input, "signature-input")?;
    let (signed_label, signature) = split(signature, "signature")?;
    if label != signed_label {
        return Err(fault("signature", "has another label than signature-input"));
    }
    let want = components(target);
    let Some(named) = parameters.strip_prefix(want) else {
        return Err(RequestSignatureError::Components { want });
    };
    let Parameters {
        created,
        nonce,
        key,
        tag: stated,
    } = Parameters::parse(named)?;
    let want = tag(target.platform);
    if stated != want {
        return Err(RequestSignatureError::Tag { want });
    }
    let bytes = between_colons(signature)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| fault("signature", "is not 64 bytes in base64 between colons"))?;
    let base = base(target, content_digest, parameters);
    if !key.verifies_bytes(base.as_bytes(), &Signature::new(bytes)) {
        return Err(RequestSignatureError::Signature { key });
    }
    let seconds = created.abs_diff(now.as_second());
    if seconds > Registry::CLOCK_SKEW.unsigned_abs() {
        let way = if created < now.as_second() {
            "ago"
        } else {
            "ahead"
        };
        return Err(RequestSignatureError::Stale { seconds, way });
    }
    Ok(Verified {
        key,
        nonce,
        created,
        digest,
    })
}

impl Verified {
    /// Compares the body with the one that was signed.
    ///
    /// # Errors
    /// It is another.
    pub fn check_body(&self, body: &[u8]) -> Result<(), RequestSignatureError> {
        if self.digest == <[u8; 32]>::from(Sha256::digest(body)) {
            Ok(())
        } else {
            Err(RequestSignatureError::Body)
        }
    }

    /// The digest of the body that was signed: SHA-256.
    pub fn body_digest(&self) -> [u8; 32] {
        self.digest
    }
}

struct Parameters {
    created: i64,
    nonce: String,
    key: VerifyingKey,
    tag: String,
}

impl Parameters {
    /// Reads `;name=value` in any order, each name once.
    fn parse(text: &str) -> Result<Self, RequestSignatureError> {
        let fault = |what| fault("signature-input", what);
        let (mut created, mut nonce, mut key, mut alg, mut tag) = (None, None, None, None, None);
        let mut rest = text;
        while !rest.is_empty() {
            let parameter = rest
                .strip_prefix(';')
                .ok_or_else(|| fault("has more than one signature, or a parameter without ';'"))?;
            let end = parameter.find(';').unwrap_or(parameter.len());
            let (parameter, after) = parameter.split_at(end);
            rest = after;
            let (name, value) = parameter
                .split_once('=')
                .ok_or_else(|| fault("has a parameter without a value"))?;
            let slot = match name {
                "created" => &mut created,
                "nonce" => &mut nonce,
                "keyid" => &mut key,
                "alg" => &mut alg,
                "tag" => &mut tag,
                _ => return Err(fault("has a parameter that is not known here")),
            };
            if slot.replace(value).is_some() {
                return Err(fault("names a parameter twice"));
            }
        }
        let missing = || fault("must have created, nonce, keyid, alg and tag");
        let created = created.ok_or_else(missing)?;
        if quoted(alg.ok_or_else(missing)?) != Some("ed25519") {
            return Err(fault("names another algorithm; want ed25519"));
        }
        let nonce = quoted(nonce.ok_or_else(missing)?)
            .filter(|nonce| (16..=64).contains(&nonce.len()))
            .ok_or_else(|| fault("must have a nonce of 16 to 64 characters"))?;
        let key = quoted(key.ok_or_else(missing)?)
            .and_then(|key| key.parse().ok())
            .ok_or_else(|| fault("must have a keyid of 64 hex digits, letters in lower case"))?;
        let tag = quoted(tag.ok_or_else(missing)?)
            .ok_or_else(|| fault("must have a tag between quotes"))?;
        Ok(Self {
            created: created
                .parse()
                .map_err(|_| fault("must have created in whole seconds"))?,
            nonce: nonce.to_owned(),
            key,
            tag: tag.to_owned(),
        })
    }
}

/// The digest header of a body.
fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(body)))
}

fn tag(platform: &PartyId) -> String {
    format!("blindscore/{platform}")
}

fn components(target: &Target<'_>) -> &'static str {
    match target.idempotency_key {
        None => "(\"@method\" \"@path\" \"@query\" \"content-digest\")",
        Some(_) => "(\"@method\" \"@path\" \"@query\" \"content-digest\" \"idempotency-key\")",
    }
}

/// The signature base (RFC 9421, 2.5).
fn base(target: &Target<'_>, content_digest: &str, parameters: &str) -> String {
    let Target {
        method,
        path,
        query,
        idempotency_key,
        ..
    } = target;
    let query = query.unwrap_or_default();
    let mut base = format!(
        "\"@method\": {method}\n\"@path\": {path}\n\"@query\": ?{query}\n\"content-digest\": {content_digest}\n"
    );
    if let Some(key) = idempotency_key {
        base += &format!("\"idempotency-key\": {key}\n");
    }
    base + &format!("\"@signature-params\": {parameters}")
}

fn split<'a>(
    header: &'a str,
    name: &'static str,
) -> Result<(&'a str, &'a str), RequestSignatureError> {
    let plain = header.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if header.len() > HEADER_MAX || !plain {
        return Err(fault(name, "is longer than 1,024 characters, or not ASCII"));
    }
    header
        .split_once('=')
        .ok_or_else(|| fault(name, "has no label"))
}

fn parse_digest(header: &str) -> Result<[u8; 32], RequestSignatureError> {
    header
        .strip_prefix("sha-256=")
        .filter(|_| header.len() <= HEADER_MAX)
        .and_then(between_colons)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| fault("content-digest", "is not one sha-256 digest"))
}

fn between_colons(text: &str) -> Option<Vec<u8>> {
    let text = text.strip_prefix(':')?.strip_suffix(':')?;
    STANDARD.decode(text).ok()
}

fn quoted(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    (!inner.contains(['"', '\\'])).then_some(inner)
}

const fn fault(header: &'static str, fault: &'static str) -> RequestSignatureError {
    RequestSignatureError::Header { header, fault }
}

#[cfg(test)]
mod tests;
