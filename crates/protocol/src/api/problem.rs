//! What a platform's service answers when it refuses: problem details after RFC
//! 9457, of a closed list of types.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a service refused. The list is closed: a client can match on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ProblemKind {
    /// Not readable as what the route takes.
    Malformed,
    /// A signed request is wanted, and this one has no signature.
    Unsigned,
    /// The signature does not fit: another key, or a changed request or body.
    BadSignature,
    /// Signed too long ago, or in the future.
    Stale,
    /// The same signed request again.
    Replayed,
    /// Not the operator's token.
    NotOperator,
    /// The caller may not do this: another's consent, another trade.
    Forbidden,
    /// Nothing of that name, or nothing that the caller may know of.
    NotFound,
    /// The route has no such method.
    MethodNotAllowed,
    /// It was there and was deleted, as the consent's end asks for.
    Gone,
    /// It contradicts what is here already.
    Conflict,
    /// The consent does not allow it: expired, used up, withdrawn, or not for this.
    ConsentRefused,
    /// The message or the order did not pass the checks.
    Refused,
    /// The route wants an idempotency key.
    IdempotencyKeyMissing,
    /// The idempotency key was used for another request.
    IdempotencyKeyReused,
    /// The body is larger than the route takes.
    TooLarge,
    /// Too many requests of one caller.
    RateLimited,
    /// No room in the queue.
    Busy,
    /// Not ready, or shutting down.
    Unavailable,
    /// A defect, or the machine failed.
    Internal,
}

/// The body of a refusal: `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The type, a URI of the closed list.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub kind: ProblemKind,
    /// The type in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong with this request, and what to do next.
    pub detail: String,
}

/// Beginning of every type's URI.
const PREFIX: &str = "urn:blindscore:problem:";

impl ProblemKind {
    /// Every type there is.
    pub const ALL: [Self; 20] = [
        Self::Malformed,
        Self::Unsigned,
        Self::BadSignature,
        Self::Stale,
        Self::Replayed,
        Self::NotOperator,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Gone,
        Self::Conflict,
        Self::ConsentRefused,
        Self::Refused,
        Self::IdempotencyKeyMissing,
        Self::IdempotencyKeyReused,
        Self::TooLarge,
        Self::RateLimited,
        Self::Busy,
        Self::Unavailable,
        Self::Internal,
    ];

    /// Name, HTTP status, title.
    const fn about(self) -> (&'static str, u16, &'static str) {
        match self {
            Self::Malformed => ("malformed", 400, "The request cannot be read"),
            Self::Unsigned => ("unsigned", 401, "The request must be signed"),
            Self::BadSignature => ("bad-signature", 401, "The signature does not fit"),
            Self::Stale => ("stale", 401, "The request was not signed now"),
            Self::Replayed => ("replayed", 401, "The request was sent before"),
            Self::NotOperator => ("not-operator", 401, "Only the operator may do this"),
            Self::Forbidden => ("forbidden", 403, "The caller may not do this"),
            Self::NotFound => ("not-found", 404, "There is nothing of that name"),
            Self::MethodNotAllowed => ("method-not-allowed", 405, "The route has no such method"),
            Self::Gone => ("gone", 410, "It was deleted"),
            Self::Conflict => ("conflict", 409, "It contradicts what is here"),
            Self::ConsentRefused => ("consent-refused", 409, "The consent does not allow it"),
            Self::Refused => ("refused", 422, "It did not pass the checks"),
            Self::IdempotencyKeyMissing => (
                "idempotency-key-missing",
                400,
                "An idempotency key is wanted",
            ),
            Self::IdempotencyKeyReused => (
                "idempotency-key-reused",
                422,
                "The idempotency key belongs to another request",
            ),
            Self::TooLarge => ("too-large", 413, "The body is too large"),
            Self::RateLimited => ("rate-limited", 429, "Too many requests"),
            Self::Busy => ("busy", 429, "No room in the queue"),
            Self::Unavailable => ("unavailable", 503, "Not ready"),
            Self::Internal => ("internal", 500, "The service failed"),
        }
    }

    /// Its name, the last part of the URI.
    pub const fn name(self) -> &'static str {
        self.about().0
    }

    /// The HTTP status that it goes with.
    pub const fn status(self) -> u16 {
        self.about().1
    }

    /// In words.
    pub const fn title(self) -> &'static str {
        self.about().2
    }

    /// Whether the same request may be answered later.
    pub const fn passes(self) -> bool {
        matches!(self, Self::RateLimited | Self::Busy | Self::Unavailable)
    }
}

impl fmt::Display for ProblemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.name())
    }
}

impl From<ProblemKind> for String {
    fn from(kind: ProblemKind) -> Self {
        kind.to_string()
    }
}

impl TryFrom<String> for ProblemKind {
    type Error = String;

    fn try_from(uri: String) -> Result<Self, Self::Error> {
        let named = |kind: &&Self| uri.strip_prefix(PREFIX) == Some(kind.name());
        let found = Self::ALL.iter().find(named).copied();
        found.ok_or_else(|| "a type of problem that this program does not know".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_one_uri_and_is_read_back() {
        for kind in ProblemKind::ALL {
            assert_eq!(ProblemKind::try_from(kind.to_string()), Ok(kind));
        }
        assert!(ProblemKind::try_from("about:blank".to_owned()).is_err());
    }
}
