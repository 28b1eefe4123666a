//! The routes that an applicant's wallet calls: what is asked, and where the
//! answer goes.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use blindscore_client::lender::VerifyError;
use blindscore_history::digest::Digest;
use blindscore_protocol::api::{Problem, ProblemKind};
use blindscore_protocol::envelope::{self, Kind};
use jiff::Timestamp;
use serde::Serialize;

use super::answer::{AnswerState, DecidedOutcome, Refusal};
use super::check::{at_door, check, refusal};
use super::state::{Lender, NotTaken};
use super::texts;

/// That a release was taken.
#[derive(Serialize)]
struct Taken {
    /// Digest of the release.
    id: Digest,
    state: &'static str,
}

/// What came of a release, for whoever sent it: nobody else has its digest.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Outcome {
    /// Its checks are under way.
    Checking,
    /// They passed, and the lender decided.
    Decided {
        at: Timestamp,
        decision: &'static str,
        /// The principal reasons, if it was declined.
        reasons: Vec<String>,
    },
}

/// Requests that wait for an answer.
pub(super) async fn outbox(State(lender): State<Arc<Lender>>) -> Json<Vec<Digest>> {
    Json(lender.outbox())
}

/// One request, as a message.
pub(super) async fn request(
    State(lender): State<Arc<Lender>>,
    Path(digest): Path<String>,
) -> Response {
    let digest = digest.parse::<Digest>().ok();
    match digest.and_then(|digest| lender.asked(digest)) {
        None => problem(ProblemKind::NotFound, texts::NOT_ASKED_HERE),
        Some(asked) => {
            let message = envelope::close(&asked.request, &[]);
            let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
            (kind, message).into_response()
        }
    }
}

/// Takes a release, to be checked.
pub(super) async fn inbox(State(lender): State<Arc<Lender>>, body: Body) -> Response {
    let Ok(bytes) = to_bytes(body, Kind::Release.max_envelope()).await else {
        return problem(ProblemKind::TooLarge, texts::TOO_LARGE);
    };
    match take(&lender, &bytes) {
        Ok(id) => {
            tokio::spawn(check(lender, id));
            let state = "checking";
            (StatusCode::ACCEPTED, Json(Taken { id, state })).into_response()
        }
        Err(not_taken) => {
            let (kind, detail) = not_taken.told();
            problem(kind, &detail)
        }
    }
}

/// What came of a release.
pub(super) async fn outcome(
    State(lender): State<Arc<Lender>>,
    Path(release): Path<String>,
) -> Response {
    let release = release.parse::<Digest>().ok();
    let Some(answer) = release.and_then(|release| lender.answer(release)) else {
        return problem(ProblemKind::NotFound, texts::NOT_HELD);
    };
    let AnswerState::Verified(verified) = answer.state else {
        return Json(Outcome::Checking).into_response();
    };
    let decided = verified.decision;
    let (decision, reasons) = match decided.outcome {
        DecidedOutcome::Approved => ("approved", Vec::new()),
        DecidedOutcome::Referred { .. } => ("referred", Vec::new()),
        DecidedOutcome::Declined { reasons } => {
            let texts = reasons.into_iter().map(|reason| reason.text);
            ("declined", texts.collect())
        }
    };
    let at = decided.at;
    Json(Outcome::Decided {
        at,
        decision,
        reasons,
    })
    .into_response()
}

/// Why a release does not come in.
#[derive(Debug)]
pub(super) enum AtInbox {
    /// A check at the door.
    Refused(VerifyError),
    /// It answers nothing that was asked here.
    NotAsked,
    /// It is not its turn.
    NotTaken(NotTaken),
    /// The folder.
    Failed,
}

impl AtInbox {
    /// The problem that the sender is told.
    fn told(&self) -> (ProblemKind, String) {
        match self {
            Self::Refused(error @ (VerifyError::Envelope(_) | VerifyError::Parts(_))) => {
                (ProblemKind::Malformed, error.to_string())
            }
            // The sender learns no more than that.
            Self::Refused(_) => (ProblemKind::Refused, texts::REFUSED_AT_DOOR.to_owned()),
            Self::NotAsked => (ProblemKind::NotFound, texts::ANSWERS_NOTHING.to_owned()),
            Self::NotTaken(why) => {
                let kind = match why {
                    NotTaken::Answered | NotTaken::Checking => ProblemKind::Conflict,
                    NotTaken::Busy => ProblemKind::Busy,
                };
                (kind, texts::not_taken(*why).to_owned())
            }
            Self::Failed => (ProblemKind::Internal, texts::FOLDER_FAILED.to_owned()),
        }
    }

    /// The check, its number, and its words.
    pub(super) fn check(&self) -> (&'static str, &'static str, String) {
        match self {
            Self::Refused(error) => {
                let (check, number) = texts::check_of(error);
                (check, number, error.to_string())
            }
            other => (texts::CHECK_INBOX, "V-238", other.told().1),
        }
    }
}

/// Takes a release, if it passes the door and its request waits for one.
pub(super) fn take(lender: &Lender, bytes: &[u8]) -> Result<Digest, AtInbox> {
    let taken = knock(lender, bytes).and_then(|door| {
        let taken = lender.take(door.request, door.release, bytes);
        match taken {
            Ok(Ok(())) => Ok(door.release),
            Ok(Err(why)) => Err(AtInbox::NotTaken(why)),
            Err(failure) => {
                failure.print();
                Err(AtInbox::Failed)
            }
        }
    });
    if let Err(AtInbox::Refused(error)) = &taken {
        let refused: Refusal = refusal(lender, None, error);
        if let Err(failure) = lender.refuse(None, refused) {
            failure.print();
        }
    }
    taken
}

/// What [`take`] checks, without taking it.
pub(super) fn knock(lender: &Lender, bytes: &[u8]) -> Result<super::check::AtDoor, AtInbox> {
    let door = at_door(bytes).map_err(AtInbox::Refused)?;
    if lender.asked(door.request).is_none() {
        return Err(AtInbox::NotAsked);
    }
    lender.may_take(door.request).map_err(AtInbox::NotTaken)?;
    Ok(door)
}

fn problem(kind: ProblemKind, detail: &str) -> Response {
    let problem = Problem {
        kind,
        title: kind.title().to_owned(),
        status: kind.status(),
        detail: detail.to_owned(),
    };
    let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(problem)).into_response();
    let kind = header::HeaderValue::from_static("application/problem+json");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    if matches!(status, StatusCode::TOO_MANY_REQUESTS) {
        let wait = header::HeaderValue::from_static("5");
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    response
}
