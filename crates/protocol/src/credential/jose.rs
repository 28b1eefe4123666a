//! The little of JOSE that a credential needs: base64url (RFC 4648 section 5,
//! without padding), the JWK of an Ed25519 key (RFC 8037) with its thumbprint
//! (RFC 7638) as a URI (RFC 9278), and compact JWS (RFC 7515) under EdDSA.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::error::CredentialError;
use crate::sign::VerifyingKey;

/// The one signature algorithm: Ed25519 by the name that wallets know.
const ALGORITHM: &str = "EdDSA";
/// What stands before a JWK thumbprint in a URI (RFC 9278).
const THUMBPRINT: &str = "urn:ietf:params:oauth:jwk-thumbprint:sha-256:";

/// Base64url without padding.
pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of base64url without padding. A text has one spelling: bits left
/// over at its end must be zero.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// SHA-256 of a text, as base64url: the digest of a disclosure (RFC 9901
/// section 4.2.3) and the hash in a key binding (section 4.3.1).
pub(super) fn sha256(text: &str) -> String {
    encode(&Sha256::digest(text.as_bytes()))
}

/// An Ed25519 key as JWK. The fields stand in the order of a thumbprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Jwk {
    crv: String,
    kty: String,
    x: String,
}

impl Jwk {
    pub(super) fn of(key: &VerifyingKey) -> Self {
        Self {
            crv: "Ed25519".to_owned(),
            kty: "OKP".to_owned(),
            x: encode(key.as_bytes()),
        }
    }

    pub(super) fn key(&self) -> Option<VerifyingKey> {
        let bytes = decode(&self.x)?.try_into().ok()?;
        (self.kty == "OKP" && self.crv == "Ed25519").then(|| VerifyingKey::new(bytes))
    }

    /// The thumbprint as a URI: a name that a key gives itself.
    pub(super) fn thumbprint_uri(&self) -> String {
        let json = serde_json::to_string(self).expect("a JWK is plain JSON");
        format!("{THUMBPRINT}{}", sha256(&json))
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
}

/// Signs a payload, written as canonical JSON (RFC 8785).
pub(super) fn sign(key: &SigningKey, typ: &str, payload: &impl Serialize) -> String {
    let header = Header {
        alg: ALGORITHM.to_owned(),
        typ: typ.to_owned(),
    };
    let canonical = |json: Result<Vec<u8>, _>| encode(&json.expect("claims are plain JSON"));
    let input = format!(
        "{}.{}",
        canonical(serde_json_canonicalizer::to_vec(&header)),
        canonical(serde_json_canonicalizer::to_vec(payload))
    );
    let signature = key.sign(input.as_bytes()).to_bytes();
    format!("{input}.{}", encode(&signature))
}

/// A compact JWS whose header is what it must be and whose signature was not
/// checked yet.
pub(super) struct Jws<'a> {
    what: &'static str,
    input: &'a str,
    payload: Vec<u8>,
    signature: [u8; 64],
}

impl<'a> Jws<'a> {
    /// Takes a JWS apart. Its header must name the algorithm and the type, and
    /// nothing else: what a header could add (keys, critical extensions,
    /// another algorithm) is refused, not ignored.
    pub(super) fn parse(
        text: &'a str,
        typ: &'static str,
        what: &'static str,
    ) -> Result<Self, CredentialError> {
        let malformed = |part| CredentialError::Malformed { what, part };
        let (input, signature) = text.rsplit_once('.').ok_or(malformed("three parts"))?;
        let (header, payload) = input.split_once('.').ok_or(malformed("three parts"))?;
        let header = decode(header).ok_or(malformed("header"))?;
        let header: Header =
            serde_json::from_slice(&header).map_err(|_| CredentialError::Header { what })?;
        if header.alg != ALGORITHM {
            return Err(CredentialError::Algorithm { what });
        }
        if header.typ != typ {
            return Err(CredentialError::Type { what, want: typ });
        }
        let signature = decode(signature).and_then(|bytes| bytes.try_into().ok());
        Ok(Self {
            what,
            input,
            // A fourth part would leave a dot here, which is no base64url.
            payload: decode(payload).ok_or(malformed("payload"))?,
            signature: signature.ok_or(malformed("signature"))?,
        })
    }

    /// The payload before its signature was checked: to learn which key is
    /// said to have signed.
    pub(super) fn payload<T: DeserializeOwned>(&self) -> Result<T, CredentialError> {
        serde_json::from_slice(&self.payload).map_err(|error| CredentialError::Claims {
            what: self.what,
            line: error.line(),
            column: error.column(),
        })
    }

    /// Checks the signature by the strict rules: no small-order keys, no
    /// second spelling.
    pub(super) fn verify(&self, key: &VerifyingKey) -> Result<(), CredentialError> {
        let signature = ed25519_dalek::Signature::from_bytes(&self.signature);
        ed25519_dalek::VerifyingKey::from_bytes(key.as_bytes())
            .and_then(|key| key.verify_strict(self.input.as_bytes(), &signature))
            .map_err(|_| CredentialError::Signature { what: self.what })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8037, appendix A: the key, its thumbprint, a signature.
    const SECRET: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    const PUBLIC: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn key() -> SigningKey {
        SigningKey::from_bytes(&decode(SECRET).unwrap().try_into().unwrap())
    }

    #[test]
    fn the_key_of_rfc_8037_has_its_jwk_and_thumbprint() {
        let jwk = Jwk::of(&VerifyingKey::of(&key()));
        assert_eq!(jwk.x, PUBLIC);
        assert_eq!(
            jwk.thumbprint_uri(),
            format!("{THUMBPRINT}kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")
        );
        assert_eq!(jwk.key(), Some(VerifyingKey::of(&key())));
    }

    #[test]
    fn the_signature_of_rfc_8037_verifies() {
        let input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(encode(&key().sign(input.as_bytes()).to_bytes()), signature);
        let jws = Jws {
            what: "example",
            input,
            payload: Vec::new(),
            signature: decode(signature).unwrap().try_into().unwrap(),
        };
        assert!(jws.verify(&VerifyingKey::of(&key())).is_ok());
    }

    #[test]
    fn other_keys_are_none() {
        let good = Jwk::of(&VerifyingKey::of(&key()));
        for bad in [
            Jwk {
                kty: "EC".into(),
                ..good.clone()
            },
            Jwk {
                crv: "X25519".into(),
                ..good.clone()
            },
            Jwk {
                x: format!("{}A", good.x),
                ..good.clone()
            },
        ] {
            assert_eq!(bad.key(), None, "{bad:?}");
        }
    }

    #[test]
    fn headers_say_what_they_must_and_nothing_more() {
        let token =
            |header: &str| format!("{}.e30.{}", encode(header.as_bytes()), encode(&[0; 64]));
        let parse = |header: &str| Jws::parse(&token(header), "kb+jwt", "key binding").map(|_| ());
        assert_eq!(parse(r#"{"alg":"EdDSA","typ":"kb+jwt"}"#), Ok(()));
        let what = "key binding";
        for alg in ["none", "HS256", "ES256", "eddsa", "Ed448", ""] {
            let header = format!(r#"{{"alg":"{alg}","typ":"kb+jwt"}}"#);
            assert_eq!(
                parse(&header),
                Err(CredentialError::Algorithm { what }),
                "{alg}"
            );
        }
        assert_eq!(
            parse(r#"{"alg":"EdDSA","typ":"JWT"}"#),
            Err(CredentialError::Type {
                what,
                want: "kb+jwt"
            })
        );
        for header in [
            r#"{"alg":"EdDSA"}"#,
            r#"{"alg":"EdDSA","typ":"kb+jwt","crit":["exp"]}"#,
            r#"{"alg":"EdDSA","typ":"kb+jwt","jwk":{}}"#,
            r#"{"alg":"EdDSA","alg":"none","typ":"kb+jwt"}"#,
            r#"{"alg":"EdDSA","typ":"kb+jwt"} x"#,
            "EdDSA",
        ] {
            assert_eq!(
                parse(header),
                Err(CredentialError::Header { what }),
                "{header}"
            );
        }
    }

    #[test]
    fn a_token_has_three_parts_in_one_spelling() {
        let good = sign(&key(), "kb+jwt", &1);
        let parse = |text: &str| Jws::parse(text, "kb+jwt", "key binding").map(|_| ());
        assert_eq!(parse(&good), Ok(()));
        // The last digit of 64 bytes holds four bits that must be zero.
        let last = good.chars().next_back().unwrap();
        let other = char::from_u32(u32::from(last) + 1).unwrap();
        let respelled = format!("{}{other}", &good[..good.len() - 1]);
        for bad in [
            "",
            "a.b",
            &good.replacen('.', "", 1),
            &format!("{good}="),
            &format!("{good}.{}", encode(b"more")),
            &respelled,
        ] {
            assert!(
                matches!(parse(bad), Err(CredentialError::Malformed { .. })),
                "{bad}"
            );
        }
    }
}
