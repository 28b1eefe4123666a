//! The lender's window: ask for a score, see what came back and what holds of
//! it, decide by a policy of one's own, and try to cheat.
//!
//! Beside its pages it has four routes for programs, which an applicant's
//! wallet calls. Messages are envelopes as everywhere:
//!
//! | route | takes | gives |
//! | --- | --- | --- |
//! | `GET /outbox` | | JSON list of the digests of requests that wait for an answer, newest first, at most 100 |
//! | `GET /outbox/{digest}` | | the signed request, as an envelope; 404 for any that was not asked here |
//! | `POST /inbox` | a release, as an envelope | 202 and `{"id": digest, "state": "checking"}`; else a problem (RFC 9457) |
//! | `GET /inbox/{release}` | | what came of a release, by its digest: `checking`, or `decided` with the decision and, if declined, the principal reasons; 404 if it is not held, since it was refused |
//!
//! A problem of `POST /inbox` is of the types that the platform's service has
//! too: `too-large` (413), `malformed` (400, no release), `not-found` (404, it
//! answers no request of this lender), `conflict` (409, the request was answered
//! already, or another release for it is being checked), `refused` (422), `busy`
//! (429). What is checked at the door is cheap: size, frame, signature, request.
//! The rest follows in a queue of one: the sealed histories are fetched from the
//! platform, the evaluation is run again, the proof and the place of the receipt
//! in the platform's log are checked. Of
//! a release that was refused the sender is told no more than that it is not held.
//!
//! A request is answered once. Of an answer that was refused nothing is kept but
//! which check refused it, when; the request waits on.
//!
//! Everything is in files of the folder, each written whole, for its owner only:
//!
//! ```text
//! asked/DIGEST.json      a request, signed, with the policy for its answer
//! answers/DIGEST.release a release as it came
//! answers/DIGEST.json    what came of it; without this file it was not taken
//! refusals.json          the last refusals
//! cards/DIGEST.json      scorecards, and the schemes that they stand on
//! ```

mod answer;
mod ask;
mod cards;
mod cheat;
mod cheat_page;
mod check;
mod machine;
mod pages;
mod result;
mod routes;
mod state;
mod store;
#[cfg(test)]
mod tests;
mod texts;

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use blindscore_protocol::registry::{Registry, Trade};
use blindscore_protocol::signing_key::Signatory;
use blindscore_service::Clock;

use crate::error::{Failure, Outcome};
use state::Lender;

/// What the lender's window is opened with.
pub(crate) struct Settings {
    /// Where it keeps what; made if it is not there.
    pub(crate) folder: PathBuf,
    /// Who the lender is.
    pub(crate) signatory: Signatory,
    /// Whom it believes.
    pub(crate) registry: Registry,
    /// Address of the platform's service.
    pub(crate) platform: String,
    /// Its clock.
    pub(crate) now: Clock,
}

/// Opens the window on its folder, and goes on with what was being checked when
/// it was closed. To be called on a tokio runtime, and served behind
/// [`guarded`](blindscore_service::window::guarded).
///
/// # Errors
/// A folder that cannot be read or made, or a lender that the registry does not
/// name.
pub(crate) async fn open(settings: Settings) -> Outcome<Router> {
    let id = settings.signatory.id();
    settings
        .registry
        .in_trade(id, Trade::Lender)
        .map_err(Failure::refused)?;
    let (lender, unfinished) = Lender::open(settings)?;
    let lender = Arc::new(lender);
    for release in unfinished {
        tokio::spawn(check::check(Arc::clone(&lender), release));
    }
    Ok(routes::router(lender))
}
