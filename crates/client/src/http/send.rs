//! Sending a call: the same for both ways, but for waiting.

use std::io::Read;
use std::time::Duration;

use blindscore_protocol::id::PartyId;
use reqwest::header::{
    AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER,
};
use reqwest::redirect::Policy;
use reqwest::{Certificate, Method};

use super::{By, Call, HttpError, anybody, bytes};

/// Longest that an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(150);
/// The same, where only a sign of life is asked for.
const GLANCE: Duration = Duration::from_secs(5);

/// Sends calls, and waits for each answer.
#[derive(Clone, Debug)]
pub struct Blocking {
    client: reqwest::blocking::Client,
    url: String,
    platform: PartyId,
}

/// Sends calls on a tokio runtime.
#[derive(Clone, Debug)]
pub struct Async {
    client: reqwest::Client,
    url: String,
    platform: PartyId,
}

/// Asks a platform whether it answers and its storage is there, as a supervisor
/// does. Counts on no limit, and waits a few seconds only. Not to be used on a
/// tokio runtime.
///
/// # Errors
/// It is not ready, there is no such address, or nobody there.
pub fn ready(url: &str, trusted: &[u8]) -> Result<(), HttpError> {
    let url = checked(url)?;
    let client = client(&url, trusted, GLANCE)?;
    let platform = unknown();
    let this = Blocking {
        client,
        url,
        platform,
    };
    this.send(&Call::get("/readyz", bytes))?;
    Ok(())
}

/// What is sent of a call.
struct Outgoing {
    method: Method,
    url: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Blocking {
    /// Asks a platform for its name. `trusted` are certificates in PEM that are
    /// trusted beside the system's. Not to be used on a tokio runtime.
    ///
    /// # Errors
    /// No such address, or nobody there.
    pub fn connect(url: &str, trusted: &[u8]) -> Result<Self, HttpError> {
        let url = checked(url)?;
        let client = client(&url, trusted, PATIENCE)?;
        let mut this = Self {
            client,
            url,
            platform: unknown(),
        };
        this.platform = this.send(&anybody::platform())?.platform;
        Ok(this)
    }

    /// The platform's name, as it says.
    pub fn platform(&self) -> &PartyId {
        &self.platform
    }

    /// That it is this platform.
    ///
    /// # Errors
    /// It is another.
    pub fn is(&self, want: &PartyId) -> Result<(), HttpError> {
        same(&self.platform, want)
    }

    /// Sends a call.
    ///
    /// # Errors
    /// The platform refused, or there is no answer.
    pub fn send<T>(&self, call: &Call<T>) -> Result<T, HttpError> {
        let Outgoing {
            method,
            url,
            headers,
            body,
        } = outgoing(call, &self.url, &self.platform)?;
        let failed = |error: &dyn std::fmt::Display| fault(&self.url, error);
        let response = self
            .client
            .request(method, url)
            .headers(headers)
            .body(body)
            .send()
            .map_err(|error| transport(&self.url, &error))?;
        let (status, wait) = (response.status().as_u16(), wait(response.headers()));
        let mut bytes = Vec::new();
        let most = call.most as u64;
        let mut bounded = response.take(most.saturating_add(1));
        bounded
            .read_to_end(&mut bytes)
            .map_err(|error| failed(&error))?;
        bounded_answer(call, bytes.len())?;
        call.answer(status, wait, bytes)
    }
}

impl Async {
    /// As [`Blocking::connect`].
    ///
    /// # Errors
    /// No such address, or nobody there.
    pub async fn connect(url: &str, trusted: &[u8]) -> Result<Self, HttpError> {
        provide();
        let url = checked(url)?;
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(PATIENCE)
            .tls_certs_merge(certificates(trusted)?)
            .build()
            .map_err(|error| transport(&url, &error))?;
        let mut this = Self {
            client,
            url,
            platform: unknown(),
        };
        this.platform = this.send(&anybody::platform()).await?.platform;
        Ok(this)
    }

    /// The platform's name, as it says.
    pub fn platform(&self) -> &PartyId {
        &self.platform
    }

    /// That it is this platform.
    ///
    /// # Errors
    /// It is another.
    pub fn is(&self, want: &PartyId) -> Result<(), HttpError> {
        same(&self.platform, want)
    }

    /// Sends a call.
    ///
    /// # Errors
    /// The platform refused, or there is no answer.
    pub async fn send<T>(&self, call: &Call<T>) -> Result<T, HttpError> {
        let Outgoing {
            method,
            url,
            headers,
            body,
        } = outgoing(call, &self.url, &self.platform)?;
        let mut response = self
            .client
            .request(method, url)
            .headers(headers)
            .body(body)
            .send()
            .await
            .map_err(|error| transport(&self.url, &error))?;
        let (status, wait) = (response.status().as_u16(), wait(response.headers()));
        let mut bytes = Vec::new();
        loop {
            let chunk = response.chunk().await;
            match chunk.map_err(|error| transport(&self.url, &error))? {
                None => break,
                Some(chunk) => bytes.extend_from_slice(&chunk),
            }
            bounded_answer(call, bytes.len())?;
        }
        call.answer(status, wait, bytes)
    }
}

fn outgoing<T>(call: &Call<T>, url: &str, platform: &PartyId) -> Result<Outgoing, HttpError> {
    let mut headers = HeaderMap::new();
    let mut insert = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    if let Some(signature) = call.signature(platform)? {
        use blindscore_protocol::http as names;
        insert(names::CONTENT_DIGEST, signature.content_digest);
        insert(names::SIGNATURE_INPUT, signature.input);
        insert(names::SIGNATURE, signature.signature);
    }
    if let Some(key) = &call.idempotency_key {
        insert(blindscore_protocol::http::IDEMPOTENCY_KEY, key.clone());
    }
    if let By::Operator(token) = &call.by
        && let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {token}"))
    {
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
    }
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/octet-stream"),
    );
    Ok(Outgoing {
        method: match call.method {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            _ => Method::GET,
        },
        url: format!("{url}{}", call.target()),
        headers,
        body: call.body.clone(),
    })
}

fn client(
    url: &str,
    trusted: &[u8],
    patience: Duration,
) -> Result<reqwest::blocking::Client, HttpError> {
    provide();
    reqwest::blocking::Client::builder()
        .redirect(Policy::none())
        .timeout(patience)
        .tls_certs_merge(certificates(trusted)?)
        .build()
        .map_err(|error| transport(url, &error))
}

/// Taken by whoever comes first in the process; ring is the one we bring.
fn provide() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate>, HttpError> {
    if pem.is_empty() {
        return Ok(Vec::new());
    }
    Certificate::from_pem_bundle(pem).map_err(|error| HttpError::Certificates(error.to_string()))
}

fn checked(url: &str) -> Result<String, HttpError> {
    let url = url.trim_end_matches('/');
    let host = url
        .strip_prefix("http://")
        .or_else(|| url.strip_prefix("https://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', '@']) => {
            Ok(url.to_owned())
        }
        _ => Err(HttpError::Url {
            url: url.to_owned(),
        }),
    }
}

/// Who answers before it said so; the first call is not signed.
fn unknown() -> PartyId {
    PartyId::self_declared()
}

fn same(got: &PartyId, want: &PartyId) -> Result<(), HttpError> {
    if got == want {
        return Ok(());
    }
    let (got, want) = (got.clone(), want.clone());
    Err(HttpError::OtherPlatform { got, want })
}

fn wait(headers: &HeaderMap) -> Option<u64> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()
}

fn bounded_answer<T>(call: &Call<T>, got: usize) -> Result<(), HttpError> {
    if got <= call.most {
        return Ok(());
    }
    Err(HttpError::Answer {
        method: call.method,
        path: call.path.clone(),
        fault: format!("larger than {} bytes", call.most),
    })
}

fn transport(url: &str, error: &reqwest::Error) -> HttpError {
    use std::error::Error;
    // The innermost cause says what happened; the outer ones repeat the URL.
    let mut cause: &dyn Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    fault(url, &cause)
}

fn fault(url: &str, error: &dyn std::fmt::Display) -> HttpError {
    HttpError::Transport {
        url: url.to_owned(),
        fault: error.to_string(),
    }
}
