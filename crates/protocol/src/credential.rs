//! A release as a verifiable credential: SD-JWT (RFC 9901) of the type that
//! wallets hold (SD-JWT VC, media type `dc+sd-jwt`).
//!
//! ```text
//!  eyJhbGciOiJFZERTQSIs...  ~ WyJ2aXl...  ~ ... ~ eyJhbGciOiJFZERTQSIs...
//!  token: signed claims,      disclosures: salt,   key binding: the holder,
//!  digests of the others      name, value          to this reader, now
//! ```
//!
//! **Whom it makes one believe.** Nobody. The issuer is the applicant: `iss` is
//! the thumbprint (RFC 9278) of the application's own signing key, which is the
//! key in `cnf` too, and the claim `notice` says so in words. The score is
//! believed for the proof of opening, which the credential carries or names by
//! digest, and which a lender checks as a release. What a wallet gains is the
//! form: the applicant can keep the score beside other credentials, show it in
//! a protocol that the lender speaks, and choose what to show.
//!
//! **What may be hidden**: score, range, scorecard, sources, proof, and each
//! reason. Whether data are attested or self-declared may not, nor for whom,
//! what for and how long. There are four digests of reasons whatever their
//! number (decoys fill up, RFC 9901 section 4.2.5). The proof is hidden unless
//! chosen, since it tells the score to whoever tries them all.
//!
//! **One key, two kinds of signature.** Statements of this project are signed
//! over a 32-byte digest ([`sign`](crate::sign)), tokens over ASCII text with a
//! dot in it, never 32 bytes long: neither can be taken for the other.
//!
//! **Own code.** The crates at hand read any claims of any issuer: the closest,
//! `sd-jwt-payload` 0.5, brings 60 packages, two random sources among them,
//! checks no signature, time, audience or nonce, leaves headers open and keeps
//! digests apart only when their disclosures are there. Here claims, header and
//! order are fixed, so that a strict reader is a typed form and a few hundred
//! lines over `base64`, `sha2` and `ed25519-dalek`.
//!
//! **Departures from RFC 9901**, all on the strict side: EdDSA and sha-256
//! only; flat values, no recursive disclosure; the claims of the token are
//! exactly those here; the key binding is required.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use blindscore_history::digest::Framed;
use blindscore_history::label;
use ed25519_dalek::SigningKey;
use jiff::Timestamp;
use serde::Serialize;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::envelope::Kind;
use crate::sign::VerifyingKey;

mod claims;
mod disclosure;
mod error;
mod jose;
mod payload;
mod verify;

pub use claims::{
    Claim, CredentialClaims, CredentialReason, ProofClaim, ScoreRange, ScorecardClaim,
};
pub use error::CredentialError;
use payload::Payload;
use verify::Binding;
pub use verify::{Expected, Presented, verify};

/// The type of the credential.
pub const VCT: &str = "urn:blindscore:credential:score:1";
/// The type's metadata document, as SD-JWT VC has it: for wallets and readers
/// that show credentials by it.
pub const TYPE_METADATA: &str = include_str!("../schema/score-credential.type.json");
/// The media type of the token, in its header.
pub const MEDIA_TYPE: &str = "dc+sd-jwt";
/// What every credential says of itself.
pub const NOTICE: &str =
    "Signed by the applicant's own key. Believe the proof of opening, not the issuer.";
/// The most reasons.
pub const REASONS_MAX: usize = 4;
/// The most sources.
pub const SOURCES_MAX: usize = 8;
/// The largest proof that is embedded, in bytes: a whole release.
pub const PROOF_MAX: usize = Kind::Release.max_envelope();
/// The longest presentation that is read, in bytes: a proof is base64url twice,
/// and 64 KiB are room for all else.
pub const PRESENTATION_MAX: usize = PROOF_MAX / 9 * 16 + (64 << 10);
/// Seconds that a clock may be behind another.
pub const CLOCK_SKEW: i64 = 60;
/// Seconds after which a key binding is too old.
pub const BINDING_AGE_MAX: i64 = 600;

const KEY_BINDING: &str = "kb+jwt";
const CREDENTIAL: &str = "credential";
const BINDING: &str = "key binding";

/// 32 secret random bytes from which the salts of one credential are drawn:
/// fresh for each. Whoever knows them can try out what was kept back. Wiped on
/// drop.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SaltSeed([u8; 32]);

/// A credential with all of its disclosures, as the holder keeps it. `Debug`
/// hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    token: String,
    holder: VerifyingKey,
    disclosures: BTreeMap<Claim, String>,
}

impl SaltSeed {
    /// A seed from 32 bytes of a good random source.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SaltSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SaltSeed(..)")
    }
}

impl Credential {
    /// Makes a credential, signed by the application's signing key and bound to
    /// it. The same claims, key, seed and second give the same bytes.
    ///
    /// # Errors
    /// [`CredentialError::Unfit`]: a claim that cannot be, or is over.
    pub fn issue(
        claims: &CredentialClaims,
        key: &SigningKey,
        seed: &SaltSeed,
        now: Timestamp,
    ) -> Result<Self, CredentialError> {
        claims.check(now)?;
        let holder = VerifyingKey::of(key);
        let payload = Payload::new(claims, &holder, now);
        let mut salts = Salts::new(seed, &payload, claims);
        let mut disclosures = BTreeMap::new();
        let mut named = Vec::new();
        for claim in Claim::NAMED {
            let text = match claim {
                Claim::Score => disclosure::write(&salts.next(), claim, &claims.score),
                Claim::Range => disclosure::write(&salts.next(), claim, &claims.range),
                Claim::Scorecard => disclosure::write(&salts.next(), claim, &claims.scorecard),
                Claim::Sources => disclosure::write(&salts.next(), claim, &claims.sources),
                Claim::Proof => disclosure::write(&salts.next(), claim, &claims.proof),
                Claim::Reason(_) => continue,
            };
            named.push(jose::sha256(&text));
            disclosures.insert(claim, text);
        }
        let mut reasons = Vec::new();
        for rank in 0..REASONS_MAX {
            let salt = salts.next();
            let claim = Claim::Reason(u8::try_from(rank).expect("at most four"));
            match claims.reasons.get(rank) {
                Some(reason) => {
                    let text = disclosure::write(&salt, claim, reason);
                    reasons.push(jose::sha256(&text));
                    disclosures.insert(claim, text);
                }
                // A decoy: the digest of a salt is the digest of no disclosure.
                None => reasons.push(jose::sha256(&jose::encode(&salt))),
            }
        }
        let payload = payload.digests(named, reasons);
        Ok(Self {
            token: jose::sign(key, MEDIA_TYPE, &payload),
            holder,
            disclosures,
        })
    }

    /// Reads a credential as it was kept: `token~disclosure~...~`. Clock and
    /// addressee are not looked at.
    ///
    /// # Errors
    /// [`CredentialError`], as for [`verify`].
    pub fn parse(text: &str) -> Result<Self, CredentialError> {
        let want = "a `~` at its end";
        verify::check_size(text)?;
        let body = text
            .strip_suffix('~')
            .ok_or(CredentialError::Form { want })?;
        let opened = verify::open(body, want)?;
        let mut parts = body.split('~');
        let token = parts.next().unwrap_or_default().to_owned();
        let texts = parts.map(str::to_owned);
        Ok(Self {
            token,
            holder: opened.holder,
            disclosures: opened.order.into_iter().zip(texts).collect(),
        })
    }

    /// The credential as a wallet takes it, with all disclosures.
    pub fn to_text(&self) -> String {
        self.with(|_| true) + "~"
    }

    /// What can be disclosed.
    pub fn claims(&self) -> impl Iterator<Item = Claim> + '_ {
        self.disclosures.keys().copied()
    }

    /// The key that it is bound to.
    pub fn holder(&self) -> VerifyingKey {
        self.holder
    }

    /// A presentation of the chosen claims to one reader, who gave a nonce.
    ///
    /// # Errors
    /// A claim that is not there, or a key that is not the holder's.
    pub fn present(
        &self,
        chosen: &BTreeSet<Claim>,
        key: &SigningKey,
        audience: &str,
        nonce: &str,
        now: Timestamp,
    ) -> Result<String, CredentialError> {
        if VerifyingKey::of(key) != self.holder {
            return Err(CredentialError::NotTheHolder);
        }
        if let Some(missing) = chosen.iter().find(|c| !self.disclosures.contains_key(c)) {
            return Err(CredentialError::NothingToDisclose {
                claim: missing.name(),
            });
        }
        let bound = self.with(|claim| chosen.contains(&claim));
        let binding = Binding {
            aud: audience.to_owned(),
            iat: now.as_second(),
            nonce: nonce.to_owned(),
            sd_hash: Binding::hash(&bound),
        };
        let binding = jose::sign(key, KEY_BINDING, &binding);
        Ok(format!("{bound}~{binding}"))
    }

    fn with(&self, shown: impl Fn(Claim) -> bool) -> String {
        let mut text = self.token.clone();
        for (_, disclosure) in self.disclosures.iter().filter(|(claim, _)| shown(**claim)) {
            text.push('~');
            text.push_str(disclosure);
        }
        text
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("holder", &self.holder)
            .finish_non_exhaustive()
    }
}

/// The salts of one credential. They depend on all that it says too, so a seed
/// that comes twice by mistake does not give two credentials one salt.
struct Salts {
    list: Framed,
    drawn: u32,
}

impl Salts {
    fn new(seed: &SaltSeed, payload: &Payload, claims: &CredentialClaims) -> Self {
        fn json(value: &impl Serialize) -> Vec<u8> {
            serde_json_canonicalizer::to_vec(value).expect("claims are plain JSON")
        }
        let list = Framed::keyed(&seed.0, label::CREDENTIAL_SALTS)
            .bytes(&json(payload))
            .bytes(&json(&claims.score))
            .bytes(&json(&claims.range))
            .bytes(&json(&claims.scorecard))
            .bytes(&json(&claims.sources))
            .bytes(&json(&claims.proof))
            .bytes(&json(&claims.reasons));
        Self { list, drawn: 0 }
    }

    /// The next salt: 128 bits, as RFC 9901 section 9.3 recommends.
    fn next(&mut self) -> [u8; 16] {
        let digest = self.list.clone().u32(self.drawn).digest();
        self.drawn += 1;
        let mut salt = [0; 16];
        salt.copy_from_slice(&digest.as_bytes()[..16]);
        salt
    }
}

#[cfg(test)]
mod tests;
