//! Who calls: a registered party or an applicant by a signed request, the
//! operator by a token, anybody by nothing.

use std::net::{IpAddr, SocketAddr};

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, FromRequestParts, Query};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use blindscore_protocol::api::ProblemKind;
use blindscore_protocol::http::{
    self as signed, CONTENT_DIGEST, IDEMPOTENCY_KEY, SIGNATURE, SIGNATURE_INPUT, SignatureHeaders,
    Target, Verified,
};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::registry::{Registry, Trade};
use blindscore_protocol::sign::VerifyingKey;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::pool::Place;
use crate::refusal::Refusal;
use crate::replay;
use crate::store::Nonce;

/// Longest idempotency key.
const IDEMPOTENCY_KEY_MAX: usize = 128;

/// The signer of a request, whose headers are believed and whose body is yet to
/// be read with [`Caller::body`].
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    request: Verified,
    party: Option<(PartyId, Vec<Trade>)>,
    idempotency_key: Option<String>,
}

/// Anybody, counted by address.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Anybody;

/// What the query asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<T>(pub(crate) T);

/// The operator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operator;

impl Caller {
    /// The key that signed.
    pub(crate) fn key(&self) -> VerifyingKey {
        self.request.key
    }

    /// Its party, if the registry knows the key.
    pub(crate) fn party(&self) -> Option<&PartyId> {
        self.party.as_ref().map(|(party, _)| party)
    }

    /// Whether it is this party, in this trade.
    pub(crate) fn is(&self, party: &PartyId, trade: Trade) -> bool {
        let known = self.party.as_ref();
        known.is_some_and(|(id, trades)| id == party && trades.contains(&trade))
    }

    /// Its party, in this trade.
    pub(crate) fn in_trade(&self, trade: Trade) -> Result<&PartyId, Refusal> {
        match &self.party {
            Some((party, trades)) if trades.contains(&trade) => Ok(party),
            _ => Err(Refusal::forbidden(format!(
                "only a {} of the platform's registry may do this, with a key that is valid now",
                trade.name()
            ))),
        }
    }

    /// The idempotency key, which the signature covers.
    pub(crate) fn idempotency_key(&self) -> Result<&str, Refusal> {
        self.idempotency_key.as_deref().ok_or_else(|| {
            Refusal::new(
                ProblemKind::IdempotencyKeyMissing,
                "this costs a use of a consent: send an Idempotency-Key of 16 to 128 characters, and the same one when sending it again",
            )
        })
    }

    /// What makes a change by this request be made once.
    pub(crate) fn nonce(&self) -> Nonce {
        let expires = Timestamp::from_second(replay::expires(&self.request));
        Nonce {
            signer: self.request.key,
            nonce: self.request.nonce.clone(),
            expires: expires.unwrap_or(Timestamp::MAX),
        }
    }

    /// The digest of the body, in hex.
    pub(crate) fn body_digest(&self) -> String {
        hex::encode(self.request.body_digest())
    }

    /// Reads the body, of at most `limit` bytes, and checks that it is the one
    /// that was signed.
    pub(crate) async fn body(
        &self,
        body: Body,
        limit: usize,
        place: Option<&Place>,
    ) -> Result<Bytes, Refusal> {
        let bytes = whole(body, limit).await?;
        match place {
            None => self.request.check_body(&bytes)?,
            // Hashing much takes a while.
            Some(place) => {
                let (request, copy) = (self.request.clone(), bytes.clone());
                place.run(move || request.check_body(&copy)).await??;
            }
        }
        Ok(bytes)
    }
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn whole(body: Body, limit: usize) -> Result<Bytes, Refusal> {
    use std::error::Error;
    axum::body::to_bytes(body, limit).await.map_err(|error| {
        let mut cause = error.source();
        while let Some(inner) = cause {
            if inner.is::<http_body_util::LengthLimitError>() {
                let detail = format!("the body has more than {limit} bytes");
                return Refusal::new(ProblemKind::TooLarge, detail);
            }
            cause = inner.source();
        }
        Refusal::malformed("the body did not arrive whole")
    })
}

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let address = address(parts);
        let headers = signature_headers(&parts.headers).inspect_err(|_| {
            // Counted, though refused.
            let _ = address.map(|address| app.limiter.address(address));
        })?;
        let idempotency_key = idempotency_key(&parts.headers)?;
        let now = app.now();
        let target = Target {
            platform: app.home.id(),
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query(),
            idempotency_key: idempotency_key.as_deref(),
        };
        let request = match signed::verify(&target, &headers, now) {
            Ok(request) => request,
            Err(error) => {
                if let Some(address) = address {
                    app.limiter.address(address)?;
                }
                return Err(error.into());
            }
        };
        let party = party_of(&app.home.registry(), request.key, now);
        if let (None, Some(address)) = (&party, address) {
            app.limiter.address(address)?;
        }
        app.limiter.key(request.key)?;
        app.seen.take(&request, now)?;
        Ok(Self {
            request,
            party,
            idempotency_key,
        })
    }
}

impl FromRequestParts<App> for Anybody {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        if let Some(address) = address(parts) {
            app.limiter.address(address)?;
        }
        Ok(Self)
    }
}

impl<T: DeserializeOwned> FromRequestParts<App> for Asked<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Refusal> {
        let Query(asked) = Query::try_from_uri(&parts.uri).map_err(Refusal::malformed)?;
        Ok(Self(asked))
    }
}

impl FromRequestParts<App> for Operator {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        // Guessing is counted like anything else.
        Anybody::from_request_parts(parts, app).await?;
        let token = parts.headers.get(AUTHORIZATION);
        let token = token.and_then(|value| value.to_str().ok());
        let token = token.and_then(|value| value.strip_prefix("Bearer "));
        if token.is_some_and(|token| app.home.is_operator(token)) {
            return Ok(Self);
        }
        let detail = "want the operator's token: Authorization: Bearer TOKEN";
        Err(Refusal::new(ProblemKind::NotOperator, detail))
    }
}

/// The party whose key this is, if the key is valid now.
fn party_of(
    registry: &Registry,
    key: VerifyingKey,
    now: Timestamp,
) -> Option<(PartyId, Vec<Trade>)> {
    let speaks = |party: &&blindscore_protocol::registry::Party| {
        party.keys.iter().any(|known| {
            known.key == key && known.revoked.is_none() && known.from <= now && now < known.until
        })
    };
    let party = registry.parties().iter().find(speaks)?;
    Some((party.id.clone(), party.roles.iter().copied().collect()))
}

fn address(parts: &Parts) -> Option<IpAddr> {
    let info = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    info.map(|ConnectInfo(address)| address.ip())
}

fn signature_headers(headers: &HeaderMap) -> Result<SignatureHeaders, Refusal> {
    let one = |name: &'static str| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Err(Refusal::new(
                ProblemKind::Unsigned,
                format!("the request has no {name} header: sign it, see docs/service.md"),
            )),
            (Some(value), None) => {
                let text = value.to_str().map(str::to_owned);
                text.map_err(|_| Refusal::malformed(format!("the {name} header is not ASCII")))
            }
            (Some(_), Some(_)) => Err(Refusal::malformed(format!(
                "the {name} header stands twice"
            ))),
        }
    };
    Ok(SignatureHeaders {
        input: one(SIGNATURE_INPUT)?,
        signature: one(SIGNATURE)?,
        content_digest: one(CONTENT_DIGEST)?,
    })
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().unwrap_or_default(),
        (Some(_), Some(_)) => "",
    };
    let plain = value.bytes().all(|byte| (b'!'..=b'~').contains(&byte));
    if plain && (16..=IDEMPOTENCY_KEY_MAX).contains(&value.len()) {
        Ok(Some(value.to_owned()))
    } else {
        let detail = "an Idempotency-Key is one header of 16 to 128 visible ASCII characters";
        Err(Refusal::malformed(detail))
    }
}
