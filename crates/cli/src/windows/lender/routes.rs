//! All routes of the lender's window, and what every page is framed with.

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use blindscore_service::window::{Frame, Link, assets, page};
use maud::{Markup, html};

use super::state::Lender;
use super::{ask, cheat_page, machine, pages, texts};
use crate::error::Failure;

/// The routes.
pub(super) fn router(lender: Arc<Lender>) -> Router {
    Router::new()
        .route("/", get(pages::home))
        .route("/live", get(pages::home_live))
        .route("/ask", get(ask::form).post(ask::asked))
        .route("/requests/{digest}", get(pages::request))
        .route("/requests/{digest}/live", get(pages::request_live))
        .route("/requests/{digest}/cheat", get(cheat_page::cheat))
        .route("/outbox", get(machine::outbox))
        .route("/outbox/{digest}", get(machine::request))
        .route("/inbox", post(machine::inbox))
        .route("/inbox/{release}", get(machine::outcome))
        .merge(assets())
        .fallback(pages::nothing)
        .with_state(lender)
}

/// A page in the window's frame.
pub(super) fn framed(
    lender: &Lender,
    status: StatusCode,
    path: &str,
    title: &str,
    content: &Markup,
) -> Response {
    let owner = texts::owner(lender.name());
    let frame = Frame {
        language: texts::LANGUAGE,
        kind: "lender",
        name: texts::WINDOW,
        owner: &owner,
        links: &[
            Link {
                path: "/",
                text: texts::HOME,
            },
            Link {
                path: "/ask",
                text: texts::ASK,
            },
        ],
        skip: texts::SKIP,
        navigation: texts::NAVIGATION,
        foot: texts::FOOT,
    };
    let made = page(&frame, path, title, content);
    (status, Html(made.into_string())).into_response()
}

/// A part of a page.
pub(super) fn part(content: Markup) -> Response {
    Html(content.into_string()).into_response()
}

/// A page that says what failed.
pub(super) fn failed(lender: &Lender, failure: &Failure) -> Response {
    let content = html! {
        p.said.bad role="alert" { (failure.message()) }
        p { (texts::FAILED_NEXT) }
    };
    let status = StatusCode::BAD_GATEWAY;
    framed(lender, status, "", texts::FAILED, &content)
}
