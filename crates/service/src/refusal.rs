//! How a handler refuses: one of the closed list, with a detail that names no
//! value of a person.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use blindscore_evaluator::{AttestationError, CommissionError, GatherError, OrderError};
use blindscore_protocol::api::{Problem, ProblemKind};
use blindscore_protocol::consent::RegisterError;
use blindscore_protocol::http::RequestSignatureError;

use crate::error::ServiceError;
use crate::store::WriteError;

/// Seconds after which a caller may try again.
const RETRY_AFTER: u64 = 1;

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    kind: ProblemKind,
    detail: String,
    retry_after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(kind: ProblemKind, detail: impl ToString) -> Self {
        Self {
            kind,
            detail: detail.to_string(),
            retry_after: kind.passes().then_some(RETRY_AFTER),
        }
    }

    /// The same, with seconds to wait.
    pub(crate) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    pub(crate) fn malformed(detail: impl ToString) -> Self {
        Self::new(ProblemKind::Malformed, detail)
    }

    pub(crate) fn refused(detail: impl ToString) -> Self {
        Self::new(ProblemKind::Refused, detail)
    }

    pub(crate) fn forbidden(detail: impl ToString) -> Self {
        Self::new(ProblemKind::Forbidden, detail)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        let detail = format!("there is no such {what} here, or it is not for this caller");
        Self::new(ProblemKind::NotFound, detail)
    }

    pub(crate) fn gone(detail: impl ToString) -> Self {
        Self::new(ProblemKind::Gone, detail)
    }

    /// A defect or the machine: told to the log, not to the caller.
    pub(crate) fn internal(error: impl std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        let detail = "the service failed; nothing was acknowledged: try again";
        Self::new(ProblemKind::Internal, detail)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.detail)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self {
            kind,
            detail,
            retry_after,
        } = self;
        let problem = Problem {
            kind,
            title: kind.title().to_owned(),
            status: kind.status(),
            detail,
        };
        let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::BAD_REQUEST);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (
            status,
            [(header::CONTENT_TYPE, "application/problem+json")],
            body,
        )
            .into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if kind == ProblemKind::NotOperator {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // For metrics and logs, which must not read bodies.
        headers.insert(
            HeaderName::from_static("blindscore-problem"),
            HeaderValue::from_static(kind.name()),
        );
        response
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => {
                let detail = "the database does not answer in time: try again";
                Self::new(ProblemKind::Unavailable, detail)
            }
            error => Self::internal(error),
        }
    }
}

impl From<object_store::Error> for Refusal {
    fn from(error: object_store::Error) -> Self {
        Self::internal(error)
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Database(error) => error.into(),
            error => Self::internal(error),
        }
    }
}

impl From<WriteError> for Refusal {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Database(error) => error.into(),
            WriteError::Reload(error) => error.into(),
            WriteError::Replayed => Self::new(ProblemKind::Replayed, error),
            WriteError::Log(error) => Self::internal(error),
        }
    }
}

impl From<RequestSignatureError> for Refusal {
    fn from(error: RequestSignatureError) -> Self {
        let kind = match error {
            RequestSignatureError::Stale { .. } => ProblemKind::Stale,
            RequestSignatureError::Header { .. } => ProblemKind::Malformed,
            _ => ProblemKind::BadSignature,
        };
        Self::new(kind, error)
    }
}

impl From<AttestationError> for Refusal {
    fn from(error: AttestationError) -> Self {
        Self::refused(error)
    }
}

impl From<GatherError> for Refusal {
    fn from(error: GatherError) -> Self {
        Self::refused(error)
    }
}

impl From<RegisterError> for Refusal {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Another { .. } => Self::new(ProblemKind::Conflict, error),
            RegisterError::Unknown { .. } => Self::not_found("consent"),
            error => Self::refused(error),
        }
    }
}

impl From<OrderError> for Refusal {
    fn from(error: OrderError) -> Self {
        let kind = match &error {
            OrderError::Consent(_) | OrderError::Commission(CommissionError::Consent(_)) => {
                ProblemKind::ConsentRefused
            }
            _ => ProblemKind::Refused,
        };
        Self::new(kind, error)
    }
}
