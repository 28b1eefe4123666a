//! The claims that the token itself carries: those that are never hidden, and
//! the digests of those that may be.

use std::collections::BTreeSet;

use blindscore_history::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::claims::{Claim, CredentialClaims};
use super::error::CredentialError;
use super::jose::{self, Jwk};
use super::{NOTICE, REASONS_MAX, VCT};
use crate::id::{ApplicationId, PartyId};
use crate::message::Standing;
use crate::sign::VerifyingKey;
use crate::text::Plain;

/// The one hash of disclosures.
const HASH: &str = "sha-256";

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Payload {
    #[serde(rename = "_sd")]
    digests: Vec<String>,
    #[serde(rename = "_sd_alg")]
    hash: String,
    aud: PartyId,
    cnf: Confirmation,
    consent: ApplicationId,
    evaluated_at: i64,
    exp: i64,
    iat: i64,
    iss: String,
    nbf: i64,
    notice: String,
    purpose: Plain,
    reasons: Vec<ElementDigest>,
    receipt: Digest,
    standing: Standing,
    vct: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    jwk: Jwk,
}

/// An element of an array that may be disclosed (RFC 9901 section 4.2.4.2).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ElementDigest {
    #[serde(rename = "...")]
    digest: String,
}

/// Where in the token a digest stands.
pub(super) enum Place {
    /// Among the named claims.
    Named,
    /// Among the reasons, at this rank.
    Reason(u8),
}

impl Payload {
    /// The token's claims, without digests yet.
    pub(super) fn new(claims: &CredentialClaims, key: &VerifyingKey, now: Timestamp) -> Self {
        let jwk = Jwk::of(key);
        Self {
            digests: Vec::new(),
            hash: HASH.to_owned(),
            aud: claims.lender.clone(),
            iss: jwk.thumbprint_uri(),
            cnf: Confirmation { jwk },
            consent: claims.consent,
            evaluated_at: claims.evaluated_at.as_second(),
            exp: claims.valid_until.as_second(),
            iat: now.as_second(),
            nbf: now.as_second(),
            notice: NOTICE.to_owned(),
            purpose: claims.purpose.clone(),
            reasons: Vec::new(),
            receipt: claims.receipt,
            standing: claims.standing,
            vct: VCT.to_owned(),
        }
    }

    /// Puts the digests in: the named ones sorted, so that their order says
    /// nothing; the reasons by rank.
    pub(super) fn digests(mut self, mut named: Vec<String>, reasons: Vec<String>) -> Self {
        named.sort();
        self.digests = named;
        self.reasons = reasons
            .into_iter()
            .map(|digest| ElementDigest { digest })
            .collect();
        self
    }

    /// The holder's key, which must also be the issuer.
    pub(super) fn holder(&self) -> Result<VerifyingKey, CredentialError> {
        let key = self.cnf.jwk.key().ok_or(CredentialError::Claim {
            claim: "cnf",
            fault: "want the holder's Ed25519 key as `jwk` with kty OKP",
        })?;
        if self.iss != self.cnf.jwk.thumbprint_uri() {
            return Err(CredentialError::Claim {
                claim: "iss",
                fault: "it is not the thumbprint of the holder's key",
            });
        }
        Ok(key)
    }

    /// Checks what does not depend on clock or reader.
    pub(super) fn check(&self) -> Result<(), CredentialError> {
        let refuse = |claim, fault| Err(CredentialError::Claim { claim, fault });
        if self.vct != VCT {
            return refuse("vct", "not a score credential of this version");
        }
        if self.notice != NOTICE {
            return refuse("notice", "want the text that says what it is worth");
        }
        if self.hash != HASH {
            return refuse("_sd_alg", "want sha-256");
        }
        if self.digests.len() != Claim::NAMED.len() {
            return refuse(
                "_sd",
                "want one digest for each claim that may be disclosed",
            );
        }
        if self.reasons.len() != REASONS_MAX {
            return refuse(
                "reasons",
                "want four digests, whatever the number of reasons",
            );
        }
        let all = || {
            self.digests
                .iter()
                .chain(self.reasons.iter().map(|r| &r.digest))
        };
        if !all().all(|digest| jose::decode(digest).is_some_and(|bytes| bytes.len() == 32)) {
            return refuse("_sd", "a digest is none");
        }
        if all().collect::<BTreeSet<_>>().len() != all().count() {
            return refuse("_sd", "a digest stands there twice");
        }
        if self.nbf < self.iat || self.exp <= self.nbf || self.evaluated_at > self.iat {
            return refuse("exp", "evaluated_at, iat, nbf and exp are out of order");
        }
        self.evaluated_at()?;
        self.valid_until()?;
        Ok(())
    }

    /// Where the digest of a disclosure stands.
    pub(super) fn place(&self, digest: &str) -> Option<Place> {
        if self.digests.iter().any(|named| named == digest) {
            return Some(Place::Named);
        }
        let rank = self.reasons.iter().position(|r| r.digest == digest)?;
        u8::try_from(rank).ok().map(Place::Reason)
    }

    pub(super) fn issued_at(&self) -> i64 {
        self.iat
    }

    pub(super) fn not_before(&self) -> i64 {
        self.nbf
    }

    pub(super) fn expires(&self) -> i64 {
        self.exp
    }

    pub(super) fn evaluated_at(&self) -> Result<Timestamp, CredentialError> {
        time("evaluated_at", self.evaluated_at)
    }

    pub(super) fn valid_until(&self) -> Result<Timestamp, CredentialError> {
        time("exp", self.exp)
    }

    pub(super) fn lender(&self) -> &PartyId {
        &self.aud
    }

    pub(super) fn purpose(&self) -> &Plain {
        &self.purpose
    }

    pub(super) fn standing(&self) -> Standing {
        self.standing
    }

    pub(super) fn consent(&self) -> ApplicationId {
        self.consent
    }

    pub(super) fn receipt(&self) -> Digest {
        self.receipt
    }
}

fn time(claim: &'static str, seconds: i64) -> Result<Timestamp, CredentialError> {
    Timestamp::from_second(seconds).map_err(|_| CredentialError::Claim {
        claim,
        fault: "not a time",
    })
}
