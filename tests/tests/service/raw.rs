//! Requests made by hand, to be made wrong.

use blindscore_protocol::api::{Problem, ProblemKind};
use blindscore_protocol::http::{SignatureHeaders, Target, sign};
use blindscore_protocol::sign::SigningKey;
use blindscore_tests::online::{Online, now};
use jiff::Timestamp;

/// A signed request that is yet to be spoilt.
#[derive(Clone)]
pub(crate) struct Raw {
    pub(crate) method: reqwest::Method,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) headers: SignatureHeaders,
}

/// What came back.
pub(crate) struct Back {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Raw {
    /// A request, signed honestly.
    pub(crate) fn post(
        online: &Online,
        path: &str,
        body: &[u8],
        key: &SigningKey,
        idempotency_key: Option<&str>,
    ) -> Self {
        Self::post_at(online, path, body, key, idempotency_key, now())
    }

    /// A request, signed at another time.
    pub(crate) fn post_at(
        online: &Online,
        path: &str,
        body: &[u8],
        key: &SigningKey,
        idempotency_key: Option<&str>,
        at: Timestamp,
    ) -> Self {
        let target = Target {
            platform: online.cast.platform.id(),
            method: "POST",
            path,
            query: None,
            idempotency_key,
        };
        let nonce: [u8; 16] = rand();
        Self {
            method: reqwest::Method::POST,
            path: path.to_owned(),
            body: body.to_vec(),
            idempotency_key: idempotency_key.map(str::to_owned),
            headers: sign(&target, body, key, at, nonce),
        }
    }

    pub(crate) fn send(&self, online: &Online) -> Back {
        let client = reqwest::blocking::Client::new();
        let mut request = client
            .request(self.method.clone(), format!("{}{}", online.url, self.path))
            .header("content-digest", &self.headers.content_digest)
            .header("signature-input", &self.headers.input)
            .header("signature", &self.headers.signature)
            .body(self.body.clone());
        if let Some(key) = &self.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        back(request)
    }
}

impl Back {
    /// The problem that it is.
    pub(crate) fn problem(&self) -> ProblemKind {
        let kind = self
            .headers
            .get("content-type")
            .map(|v| v.to_str().unwrap());
        assert_eq!(
            kind,
            Some("application/problem+json"),
            "status {}",
            self.status
        );
        let problem: Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status);
        assert_eq!(problem.kind.status(), self.status);
        problem.kind
    }
}

/// Sends a request that nobody signed.
pub(crate) fn back(request: reqwest::blocking::RequestBuilder) -> Back {
    let response = request.send().unwrap();
    Back {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.bytes().unwrap().to_vec(),
    }
}

/// Gets a path that nobody signed for.
pub(crate) fn get(online: &Online, path: &str) -> Back {
    back(reqwest::blocking::Client::new().get(format!("{}{path}", online.url)))
}

fn rand() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).unwrap();
    bytes
}
