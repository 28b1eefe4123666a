//! Disclosures: what the holder shows of a credential (RFC 9901 section 4.2).

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::claims::{self, Claim, CredentialReason, ProofClaim, ScoreRange, ScorecardClaim};
use super::error::CredentialError;
use super::jose;
use super::payload::{Payload, Place};
use crate::id::PartyId;

/// A disclosure as text: salt, name and value, or for an element of an array
/// salt and value, as JSON in base64url.
pub(super) fn write(salt: &[u8; 16], claim: Claim, value: &impl Serialize) -> String {
    let salt = jose::encode(salt);
    let json = match claim {
        Claim::Reason(_) => serde_json::to_vec(&(salt, value)),
        named => serde_json::to_vec(&(salt, named.name(), value)),
    };
    jose::encode(&json.expect("claims are plain JSON"))
}

/// What was disclosed.
#[derive(Default)]
pub(super) struct Disclosed {
    pub(super) score: Option<i64>,
    pub(super) range: Option<ScoreRange>,
    pub(super) scorecard: Option<ScorecardClaim>,
    pub(super) sources: Option<Vec<PartyId>>,
    pub(super) proof: Option<ProofClaim>,
    pub(super) reasons: BTreeMap<u8, CredentialReason>,
}

/// Reads the disclosures of a token. Each must be referenced by a digest of
/// it, be of the form that belongs there, and come once; values are flat, so a
/// disclosure that hides further digests is refused. Gives the claim of each
/// disclosure too, in their order.
pub(super) fn read(
    payload: &Payload,
    disclosures: &[&str],
) -> Result<(Disclosed, Vec<Claim>), CredentialError> {
    let mut disclosed = Disclosed::default();
    let mut order = Vec::with_capacity(disclosures.len());
    for (index, text) in disclosures.iter().enumerate() {
        let refuse = |fault| CredentialError::Disclosure {
            number: index + 1,
            fault,
        };
        let json = jose::decode(text).ok_or(refuse("not base64url"))?;
        let claim = match payload.place(&jose::sha256(text)) {
            None => return Err(refuse("no digest of the credential is its digest")),
            Some(Place::Named) => named(&json).map_err(refuse)?,
            Some(Place::Reason(rank)) => Claim::Reason(rank),
        };
        if order.contains(&claim) {
            return Err(refuse("its claim was disclosed before"));
        }
        disclosed.take(claim, &json).map_err(refuse)?;
        order.push(claim);
    }
    if let (Some(score), Some(range)) = (disclosed.score, disclosed.range)
        && !range.holds(score)
    {
        return Err(CredentialError::Claim {
            claim: "score",
            fault: "it is outside the range",
        });
    }
    Ok((disclosed, order))
}

/// The claim that a disclosure names.
fn named(json: &[u8]) -> Result<Claim, &'static str> {
    let (_, name, _): (String, String, IgnoredAny) =
        serde_json::from_slice(json).map_err(|_| "want a salt, a name and a value")?;
    match name.as_str() {
        "_sd" | "..." | "_sd_alg" => Err("its name is reserved for digests"),
        name => Claim::NAMED
            .into_iter()
            .find(|claim| claim.name() == name)
            .ok_or("its name is no claim of a score credential"),
    }
}

impl Disclosed {
    fn take(&mut self, claim: Claim, json: &[u8]) -> Result<(), &'static str> {
        match claim {
            Claim::Score => self.score = Some(value(json, |score| claims::is_score(*score))?),
            Claim::Range => self.range = Some(value(json, |range: &ScoreRange| range.is_one())?),
            Claim::Scorecard => self.scorecard = Some(value(json, |_| true)?),
            Claim::Sources => {
                self.sources = Some(value(json, |s: &Vec<_>| claims::are_sources(s))?);
            }
            Claim::Proof => self.proof = Some(value(json, ProofClaim::is_one)?),
            Claim::Reason(rank) => {
                let (_, reason): (String, CredentialReason) =
                    serde_json::from_slice(json).map_err(|_| "want a salt and a reason")?;
                if !reason.is_one() {
                    return Err("its reason is of another form");
                }
                self.reasons.insert(rank, reason);
            }
        }
        Ok(())
    }
}

fn value<T: DeserializeOwned>(
    json: &[u8],
    holds: impl FnOnce(&T) -> bool,
) -> Result<T, &'static str> {
    let fault = "its value is of another form, or beyond its bounds";
    let (_, _, value): (String, String, T) = serde_json::from_slice(json).map_err(|_| fault)?;
    if holds(&value) { Ok(value) } else { Err(fault) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Disclosures and digests of RFC 9901: sections 4.2.3, 4.2.4.2, 5.1.
    #[test]
    fn the_digests_of_rfc_9901_come_out() {
        for (disclosure, json, digest) in [
            (
                "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
                r#"["_26bc4LT-ac6q2KI6cBW5es", "family_name", "Möbius"]"#,
                "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
            ),
            (
                "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0",
                r#"["lklxF5jMYlGTPUovMNIvCA", "FR"]"#,
                "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs",
            ),
            (
                "WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd",
                r#"["2GLC42sKQveCfGfryNRN9w", "given_name", "John"]"#,
                "jsu9yVulwQQlhFlM_3JlzMaSFzglhQG0DpfayQwLUK4",
            ),
            (
                "WyI2SWo3dE0tYTVpVlBHYm9TNXRtdlZBIiwgImVtYWlsIiwgImpvaG5kb2VAZXhhbXBsZS5jb20iXQ",
                r#"["6Ij7tM-a5iVPGboS5tmvVA", "email", "johndoe@example.com"]"#,
                "JzYjH4svliH0R3PyEMfeZu6Jt69u5qehZo7F7EPYlSE",
            ),
            (
                "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIlVTIl0",
                r#"["lklxF5jMYlGTPUovMNIvCA", "US"]"#,
                "pFndjkZ_VCzmyTa6UjlZo3dh-ko8aIKQc9DlGzhaVYo",
            ),
        ] {
            assert_eq!(jose::decode(disclosure).as_deref(), Some(json.as_bytes()));
            assert_eq!(jose::encode(json.as_bytes()), disclosure);
            assert_eq!(jose::sha256(disclosure), digest);
        }
    }

    #[test]
    fn a_disclosure_is_salt_name_and_value_or_salt_and_value() {
        let salt = [0xfb; 16];
        let read = |text: String| String::from_utf8(jose::decode(&text).unwrap()).unwrap();
        assert_eq!(
            read(write(&salt, Claim::Score, &1)),
            r#"["-_v7-_v7-_v7-_v7-_v7-w","score",1]"#
        );
        assert_eq!(
            read(write(&salt, Claim::Reason(2), &"x")),
            r#"["-_v7-_v7-_v7-_v7-_v7-w","x"]"#
        );
    }

    #[test]
    fn reserved_and_unknown_names_are_no_claims() {
        let claim = |name: &str| named(format!(r#"["salt","{name}",1]"#).as_bytes());
        assert_eq!(claim("score"), Ok(Claim::Score));
        for reserved in ["_sd", "...", "_sd_alg"] {
            assert_eq!(claim(reserved), Err("its name is reserved for digests"));
        }
        for unknown in ["reason", "iss", "cnf", ""] {
            assert!(claim(unknown).is_err(), "{unknown}");
        }
        for form in [
            r#"["salt",1]"#,
            r#"["salt","score",1,2]"#,
            r#"{"score":1}"#,
            "1",
        ] {
            assert!(named(form.as_bytes()).is_err(), "{form}");
        }
    }
}
