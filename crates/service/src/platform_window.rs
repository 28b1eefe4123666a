//! The platform's page for people: what it holds, live, with a look inside that
//! shows that there is nothing to be seen there.
//!
//! Off unless `Config::window` is set, since it shows ids, sizes and times to
//! anybody who reaches it. It changes nothing and reads what the service can
//! read: no more is there. On loopback it answers to this machine's own names
//! only, so that no page from elsewhere reads it under a name of its own (DNS
//! rebinding).

mod home;
mod look_inside;
mod measure;
mod noise;
mod texts;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use blindscore_protocol::id::PartyId;
use maud::{Markup, html};

use crate::app::{App, Shared};
use crate::window::{Frame, Link, page};

/// The window's routes, of a service that listens there.
pub(crate) fn router(listen: SocketAddr) -> Router<App> {
    let own_names_only = listen.ip().is_loopback();
    Router::new()
        .route("/", get(home::home))
        .route("/window/live", get(home::part))
        .route("/window/histories/{attestation}", get(look_inside::history))
        .route(
            "/window/histories/{attestation}/noise.png",
            get(noise::history),
        )
        .route("/window/results/{receipt}", get(look_inside::result))
        .route("/window/results/{receipt}/noise.png", get(noise::result))
        .layer(middleware::from_fn(move |request, next| {
            checked(own_names_only, request, next)
        }))
}

async fn checked(own_names_only: bool, request: Request, next: Next) -> Response {
    if own_names_only && !named(&request) {
        return (StatusCode::FORBIDDEN, texts::OTHER_NAME).into_response();
    }
    next.run(request).await
}

/// Whether a request names this machine by a name of its own.
fn named(request: &Request) -> bool {
    let host = request.headers().get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    ["127.0.0.1", "[::1]"].contains(&name) || name.eq_ignore_ascii_case("localhost")
}

/// A page in the window's frame.
fn framed(app: &Shared, status: StatusCode, path: &str, title: &str, content: &Markup) -> Response {
    let owner = texts::owner(name_of(app, app.home.id()).as_str());
    let frame = Frame {
        language: texts::LANGUAGE,
        kind: "platform",
        name: texts::WINDOW,
        owner: &owner,
        links: &[
            Link {
                path: "/",
                text: texts::HOME,
            },
            Link {
                path: "/docs",
                text: texts::DOCS,
            },
        ],
        skip: texts::SKIP,
        navigation: texts::NAVIGATION,
        foot: texts::FOOT,
    };
    let made = page(&frame, path, title, content);
    (status, Html(made.into_string())).into_response()
}

/// A page that says why there is nothing to show.
fn nothing(app: &Shared, status: StatusCode, title: &str, text: &str) -> Response {
    let content = html! {
        p.said { (text) }
        p { a href="/" { (texts::BACK) } }
    };
    framed(app, status, "", title, &content)
}

/// A party's name for people, or else its id.
fn name_of(app: &Shared, party: &PartyId) -> String {
    if party.is_self_declared() {
        return texts::SELF_DECLARED.to_owned();
    }
    let registry = app.home.registry();
    let known = registry.party(party);
    known.map_or_else(|| party.to_string(), |known| known.name.to_string())
}

/// A time for people, to the second.
fn time(at: jiff::Timestamp) -> Markup {
    html! { time datetime=(at) { (at.strftime("%-d %b %Y, %H:%M:%S UTC")) } }
}

/// The beginning of an id, with all of it for whoever asks.
fn short(id: &impl ToString) -> Markup {
    let id = id.to_string();
    let beginning: String = id.chars().take(12).collect();
    html! { code title=(id) { (beginning) "…" } }
}
