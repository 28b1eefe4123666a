//! The list of requests, and the page of one.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use blindscore_history::digest::Digest;
use blindscore_protocol::id::PartyId;
use blindscore_protocol::message::Outputs;
use blindscore_service::window::live;
use maud::{Markup, html};
use serde::Deserialize;

use super::answer::{Asked, DecidedOutcome, Refusal};
use super::result;
use super::routes::{framed, part};
use super::state::{Lender, Standing};
use super::texts;

/// How often what changes is looked at again.
const EVERY: u32 = 1_500;

/// The list.
pub(super) async fn home(State(lender): State<Arc<Lender>>) -> Response {
    let content = html! {
        p.lead { (texts::HOME_LEAD) }
        div.buttons { a.button href="/ask" { (texts::ASK) } }
        h2 #requests { (texts::REQUESTS) }
        (live("/live", EVERY, &list(&lender)))
    };
    framed(&lender, StatusCode::OK, "/", texts::HOME, &content)
}

/// The list alone.
pub(super) async fn home_live(State(lender): State<Arc<Lender>>) -> Response {
    part(list(&lender))
}

/// The page of a request.
pub(super) async fn request(
    State(lender): State<Arc<Lender>>,
    Path(digest): Path<String>,
) -> Response {
    let Some(asked) = found(&lender, &digest) else {
        return nothing(State(lender)).await;
    };
    let standing = lender.standing(&asked);
    let content = match &standing {
        Standing::Answered(_, verified) => {
            let consent = result::consent(&lender, &asked, verified).await;
            result::page(&lender, &asked, verified, &consent)
        }
        standing => {
            let path = format!("/requests/{digest}/live?seen={}", name(standing));
            let waits = waiting(&lender, &asked, standing);
            html! {
                (live(&path, EVERY, &waits))
                (asked_for(&lender, &asked))
            }
        }
    };
    let title = asked.request.statement().purpose.as_str();
    framed(&lender, StatusCode::OK, "", title, &content)
}

/// What the page of a request showed.
#[derive(Deserialize)]
pub(super) struct Seen {
    seen: String,
}

/// What changes on the page of a request, while it waits.
pub(super) async fn request_live(
    State(lender): State<Arc<Lender>>,
    Path(digest): Path<String>,
    Query(Seen { seen }): Query<Seen>,
) -> Response {
    let Some(asked) = found(&lender, &digest) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let standing = lender.standing(&asked);
    if name(&standing) != seen {
        return StatusCode::RESET_CONTENT.into_response();
    }
    part(waiting(&lender, &asked, &standing))
}

/// There is no such page.
pub(super) async fn nothing(State(lender): State<Arc<Lender>>) -> Response {
    let content = html! { p { (texts::NO_PAGE) } p { a href="/" { (texts::HOME) } } };
    let status = StatusCode::NOT_FOUND;
    framed(&lender, status, "", texts::NO_PAGE_TITLE, &content)
}

/// The request of that digest.
pub(super) fn found(lender: &Lender, digest: &str) -> Option<Asked> {
    lender.asked(digest.parse::<Digest>().ok()?)
}

/// A time for people, to the minute.
pub(super) fn time(at: jiff::Timestamp) -> Markup {
    html! { time datetime=(at) { (at.strftime("%-d %b %Y, %H:%M UTC")) } }
}

/// What was asked for.
pub(super) fn asked_for(lender: &Lender, asked: &Asked) -> Markup {
    let request = asked.request.statement();
    let cut_offs = asked.policy.cut_offs.iter();
    let cards: Vec<_> = cut_offs
        .map(|card| texts::card_and_cut_off(&card.name, &card.provider, card.points))
        .collect();
    let name_of = |party: &PartyId| lender.name_of(party).to_owned();
    let sources: Vec<_> = request.sources.iter().map(name_of).collect();
    let wants = match request.outputs {
        Outputs::Score => texts::SCORE_ONLY,
        Outputs::ScoreAndReasons => texts::SCORE_AND_REASONS,
    };
    html! {
        section.card {
            h2 { (texts::WHAT_WAS_ASKED) }
            dl.facts {
                dt { (texts::PURPOSE) } dd { (request.purpose.as_str()) }
                dt { (texts::SCORECARDS) } dd { @for card in &cards { div { (card) } } }
                dt { (texts::DATA) } dd { (texts::data_asked(&sources, request.self_declared)) }
                dt { (texts::WHAT_COMES_BACK) } dd { (wants) }
                dt { (texts::PLATFORM) } dd { (lender.name_of(&request.platform)) }
                dt { (texts::ASKED_AT) } dd { (time(request.issued)) }
                dt { (texts::ANSWER_UNTIL) } dd { (time(request.expires)) }
                dt { (texts::KEPT_FOR) } dd { (texts::days(request.storage_days)) }
                dt { (texts::REQUEST_ID) } dd { code { (asked.digest()) } }
            }
        }
    }
}

/// Releases that were refused.
pub(super) fn refusals(refusals: &[Refusal]) -> Markup {
    html! {
        @if !refusals.is_empty() {
            section.card #refusals {
                h2 { (texts::REFUSED) }
                p.quiet { (texts::REFUSED_ABOUT) }
                div.wide { table {
                    thead { tr {
                        th scope="col" { (texts::WHEN) }
                        th scope="col" { (texts::REFUSED_BY) }
                        th scope="col" { (texts::IN_ITS_WORDS) }
                    } }
                    tbody {
                        @for refusal in refusals {
                            tr {
                                td { (time(refusal.at)) }
                                td { (refusal.check) " " span.quiet { (refusal.number) } }
                                td { (refusal.words) }
                            }
                        }
                    }
                } }
            }
        }
    }
}

fn name(standing: &Standing) -> &'static str {
    match standing {
        Standing::Waiting => "waiting",
        Standing::Expired => "expired",
        Standing::Checking => "checking",
        Standing::Answered(..) => "answered",
    }
}

fn waiting(lender: &Lender, asked: &Asked, standing: &Standing) -> Markup {
    let (kind, text) = match standing {
        Standing::Waiting => ("said", texts::WAITING_ABOUT),
        Standing::Checking => ("said", texts::CHECKING_ABOUT),
        Standing::Expired => ("said warn", texts::EXPIRED_ABOUT),
        Standing::Answered(..) => ("said good", texts::ANSWERED),
    };
    html! {
        p class=(kind) role="status" { strong { (state_of(standing)) } " " (text) }
        (refusals(&lender.refusals(Some(asked.digest()))))
    }
}

fn list(lender: &Lender) -> Markup {
    let all = lender.all();
    html! {
        @if all.is_empty() {
            p.empty { (texts::NO_REQUESTS) }
        } @else {
            div.card { div.wide { table {
                thead { tr {
                    th scope="col" { (texts::PURPOSE) }
                    th scope="col" { (texts::STATE) }
                    th scope="col" { (texts::ASKED_AT) }
                    th scope="col" { (texts::ANSWER_UNTIL) }
                } }
                tbody {
                    @for (asked, standing) in &all {
                        @let request = asked.request.statement();
                        tr {
                            td { a href={ "/requests/" (asked.digest()) } { (request.purpose.as_str()) } }
                            td { (flag(standing)) }
                            td { (time(request.issued)) }
                            td { (time(request.expires)) }
                        }
                    }
                }
            } } }
        }
        (refusals(&lender.refusals(None)))
    }
}

fn flag(standing: &Standing) -> Markup {
    let kind = match standing {
        Standing::Waiting | Standing::Checking => "flag",
        Standing::Expired => "flag warn",
        Standing::Answered(_, verified) => match verified.decision.outcome {
            DecidedOutcome::Approved => "flag good",
            DecidedOutcome::Declined { .. } => "flag bad",
            DecidedOutcome::Referred { .. } => "flag warn",
        },
    };
    html! { span class=(kind) { (state_of(standing)) } }
}

fn state_of(standing: &Standing) -> &'static str {
    match standing {
        Standing::Waiting => texts::WAITING,
        Standing::Expired => texts::EXPIRED,
        Standing::Checking => texts::CHECKING,
        Standing::Answered(_, verified) => result::outcome_of(&verified.decision.outcome),
    }
}
