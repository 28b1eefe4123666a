//! What a page says when something cannot be done.

use axum::http::StatusCode;
use blindscore_client::http::HttpError;

use crate::error::Failure;

/// Why a request of the person was not carried out. The texts come from the
/// checks; they name no amount and no score.
#[derive(Debug)]
pub(super) enum Fault {
    /// No such page, question or application.
    Missing,
    /// The form was not filled in so that it makes sense.
    Form(&'static str),
    /// A check refused it, or the state does not allow it.
    Refused(String),
    /// Platform or lender do not answer, or refuse.
    Elsewhere(String),
    /// This machine, or a defect.
    Internal(String),
}

/// What the wallet's own functions give.
pub(super) type Result<T = ()> = std::result::Result<T, Fault>;

impl Fault {
    /// What happened, for the page.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Missing => super::texts::MISSING,
            Self::Form(text) => text,
            Self::Refused(text) | Self::Elsewhere(text) | Self::Internal(text) => text,
        }
    }

    /// The page's status.
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Form(_) | Self::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Elsewhere(_) => StatusCode::BAD_GATEWAY,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// A check that refused.
    pub(super) fn refused(error: impl std::fmt::Display) -> Self {
        Self::Refused(error.to_string())
    }

    /// A defect, or the machine.
    pub(super) fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        if failure.exit() == crate::error::Exit::Internal {
            Self::Internal(failure.told())
        } else {
            Self::Refused(failure.told())
        }
    }
}

impl From<HttpError> for Fault {
    fn from(error: HttpError) -> Self {
        Self::Elsewhere(error.to_string())
    }
}

impl From<tokio::task::JoinError> for Fault {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::internal(error)
    }
}
