//! A platform's service as its callers see it: a typed call for each thing that
//! a party does there, sent blocking or async.
//!
//! A [`Call`] says what is asked and how the answer is read; it is signed when
//! it is sent, each time anew. [`Blocking`] and [`Async`] send one. An answer
//! is what the platform says and nothing more: statements in it are believed
//! after the checks that they always go through.
//!
//! ```no_run
//! use blindscore_client::applicant::{SecretKey, draw_application_id};
//! use blindscore_client::http::{Applicant, Blocking, anybody};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let platform = Blocking::connect("http://127.0.0.1:8440", &[])?;
//! let cards = platform.send(&anybody::scorecards())?;
//! let secret = SecretKey::generate(draw_application_id()?)?;
//! platform.send(&Applicant::of(&secret).hand_in_key())?;
//! # Ok(())
//! # }
//! ```

use blindscore_protocol::api::{Problem, ProblemKind};
use blindscore_protocol::http::{self as signed, SignatureHeaders, Target};
use blindscore_protocol::id::PartyId;
use blindscore_protocol::sign::SigningKey;
use jiff::Timestamp;
use thiserror::Error;

use crate::entropy::{EntropyError, fresh};

pub mod anybody;
mod parties;
mod send;

pub use parties::{Applicant, Lender, Operator, Source};
pub use send::{Async, Blocking, ready};

/// Largest answer that is read where it is no sealed history.
const SMALL: usize = 16 << 20;

/// One thing asked of a platform, and how its answer is read.
#[derive(Clone)]
pub struct Call<T> {
    method: &'static str,
    path: String,
    query: Option<String>,
    body: Vec<u8>,
    by: By,
    idempotency_key: Option<String>,
    most: usize,
    read: fn(Vec<u8>) -> Result<T, String>,
}

/// Who asks.
#[derive(Clone)]
enum By {
    Anybody,
    Key(Box<SigningKey>),
    Operator(String),
}

/// Why a call gave nothing.
#[derive(Debug, Error)]
pub enum HttpError {
    /// A URL that is none.
    #[error("{url} is no address of a platform: want http:// or https:// and a host")]
    Url {
        /// What was given.
        url: String,
    },
    /// A certificate to trust that cannot be read.
    #[error("the certificates to trust cannot be read: {0}")]
    Certificates(String),
    /// It did not get there or back. Whether it was done is not known: send it
    /// again, an order under the same idempotency key.
    #[error("the platform at {url} does not answer: {fault}")]
    Transport {
        /// Where.
        url: String,
        /// What the transport says.
        fault: String,
    },
    /// The platform refused.
    #[error("the platform refused: {}: {}", problem.title, problem.detail)]
    Refused {
        /// Why.
        problem: Box<Problem>,
        /// Seconds after which it may be tried again.
        retry_after: Option<u64>,
    },
    /// An answer that is none.
    #[error("the platform's answer to {method} {path} cannot be read: {fault}")]
    Answer {
        /// The method.
        method: &'static str,
        /// The path.
        path: String,
        /// What is wrong with it.
        fault: String,
    },
    /// Another platform than the one wanted.
    #[error("this is platform {got}; want {want}: check the address")]
    OtherPlatform {
        /// Who answers.
        got: PartyId,
        /// Who was wanted.
        want: PartyId,
    },
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

impl HttpError {
    /// The type of the platform's refusal, if it is one.
    pub fn problem(&self) -> Option<ProblemKind> {
        match self {
            Self::Refused { problem, .. } => Some(problem.kind),
            _ => None,
        }
    }

    /// Seconds after which the same call may be answered.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

impl<T> Call<T> {
    fn get(path: impl Into<String>, read: fn(Vec<u8>) -> Result<T, String>) -> Self {
        Self {
            method: "GET",
            path: path.into(),
            query: None,
            body: Vec::new(),
            by: By::Anybody,
            idempotency_key: None,
            most: SMALL,
            read,
        }
    }

    fn post(
        path: impl Into<String>,
        body: Vec<u8>,
        read: fn(Vec<u8>) -> Result<T, String>,
    ) -> Self {
        Self {
            method: "POST",
            body,
            ..Self::get(path, read)
        }
    }

    fn by(mut self, key: &SigningKey) -> Self {
        self.by = By::Key(Box::new(key.clone()));
        self
    }

    /// The headers of this call, if it is signed.
    fn signature(&self, platform: &PartyId) -> Result<Option<SignatureHeaders>, HttpError> {
        let By::Key(key) = &self.by else {
            return Ok(None);
        };
        let target = Target {
            platform,
            method: self.method,
            path: &self.path,
            query: self.query.as_deref(),
            idempotency_key: self.idempotency_key.as_deref(),
        };
        let nonce = *fresh::<16>()?;
        Ok(Some(signed::sign(
            &target,
            &self.body,
            key,
            Timestamp::now(),
            nonce,
        )))
    }

    /// Path and query.
    fn target(&self) -> String {
        match &self.query {
            None => self.path.clone(),
            Some(query) => format!("{}?{query}", self.path),
        }
    }

    /// The answer, or why there is none.
    fn answer(&self, status: u16, retry_after: Option<u64>, body: Vec<u8>) -> Result<T, HttpError> {
        let fault = |fault| HttpError::Answer {
            method: self.method,
            path: self.path.clone(),
            fault,
        };
        if (200..300).contains(&status) {
            return (self.read)(body).map_err(fault);
        }
        match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => Err(HttpError::Refused {
                problem: Box::new(problem),
                retry_after,
            }),
            Err(_) => Err(fault(format!("status {status} without a problem"))),
        }
    }
}

impl<T> std::fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Call({} {}, ..)", self.method, self.path)
    }
}

/// A fresh idempotency key for an order.
///
/// # Errors
/// The operating system gives no randomness.
pub fn idempotency_key() -> Result<String, EntropyError> {
    let bytes = fresh::<16>()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn json<T: serde::de::DeserializeOwned>(body: Vec<u8>) -> Result<T, String> {
    serde_json::from_slice(&body).map_err(|error| error.to_string())
}

fn text(body: Vec<u8>) -> Result<String, String> {
    String::from_utf8(body).map_err(|error| error.to_string())
}

#[allow(
    clippy::unnecessary_wraps,
    reason = "one of the readers, which can fail"
)]
fn bytes(body: Vec<u8>) -> Result<Vec<u8>, String> {
    Ok(body)
}
