//! The frame of a page, and the files that every page uses.

use axum::Router;
use axum::http::{HeaderName, header};
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};

const STYLE: &str = include_str!("../../assets/window.css");
const SCRIPT: &str = include_str!("../../assets/window.js");
const ICON: &str = include_str!("../../assets/icon.svg");

/// Whose window it is, and what leads where in it.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// Language of the texts, such as "en".
    pub language: &'a str,
    /// "platform", "wallet" or "lender": the colour of the window.
    pub kind: &'a str,
    /// Name of the window, such as "Wallet".
    pub name: &'a str,
    /// Whose it is and what it is for, in half a line.
    pub owner: &'a str,
    /// The pages of the window.
    pub links: &'a [Link<'a>],
    /// What the link past the navigation says, for keyboards and screen readers.
    pub skip: &'a str,
    /// What the navigation is called for screen readers.
    pub navigation: &'a str,
    /// A line below everything.
    pub foot: &'a str,
}

/// A page of a window.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// Where it is.
    pub path: &'a str,
    /// What it is called.
    pub text: &'a str,
}

/// A whole page. `path` is its own, so that the navigation shows where one is.
pub fn page(frame: &Frame<'_>, path: &str, title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(frame.language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " – " (frame.name) }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/window.css";
                script src="/assets/window.js" defer {}
            }
            body data-window=(frame.kind) {
                a.skip href="#content" { (frame.skip) }
                header.top {
                    div.bar {
                        a.brand href="/" { span.mark aria-hidden="true" {} (frame.name) }
                        span.owner { (frame.owner) }
                        @if !frame.links.is_empty() {
                            nav aria-label=(frame.navigation) {
                                @for link in frame.links {
                                    a href=(link.path) aria-current=[(link.path == path).then_some("page")] {
                                        (link.text)
                                    }
                                }
                            }
                        }
                    }
                }
                main #content tabindex="-1" {
                    h1 { (title) }
                    (content)
                }
                footer { (frame.foot) }
            }
        }
    }
}

/// A part of a page that is fetched again from `path` every `millis`, as long as
/// it carries `data-live`. `path` answers with the content alone. Without the
/// script it shows what it showed when the page was made.
pub fn live(path: &str, millis: u32, content: &Markup) -> Markup {
    html! { div data-live=(path) data-every=(millis) { (content) } }
}

/// Style, script and icon, under `/assets`.
pub fn assets<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let file = |kind: &'static str, text: &'static str| {
        get(move || async move {
            let cache: (HeaderName, &str) = (header::CACHE_CONTROL, "max-age=60");
            ([(header::CONTENT_TYPE, kind), cache], text)
        })
    };
    Router::new()
        .route("/assets/window.css", file("text/css; charset=utf-8", STYLE))
        .route(
            "/assets/window.js",
            file("text/javascript; charset=utf-8", SCRIPT),
        )
        .route("/assets/icon.svg", file("image/svg+xml", ICON))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_escaped_and_the_page_one_is_on_is_marked() {
        let frame = Frame {
            language: "en",
            kind: "wallet",
            name: "Wallet",
            owner: "<script>",
            links: &[
                Link {
                    path: "/",
                    text: "Home",
                },
                Link {
                    path: "/a",
                    text: "A",
                },
            ],
            skip: "To the content",
            navigation: "Pages",
            foot: "&",
        };
        let made = page(&frame, "/a", "A & B", &html! { p { "x" } }).into_string();
        assert!(made.starts_with("<!DOCTYPE html>"));
        assert!(!made.contains("<script>"), "{made}");
        assert!(made.contains("<title>A &amp; B – Wallet</title>"), "{made}");
        assert!(
            made.contains(r#"<a href="/a" aria-current="page">"#),
            "{made}"
        );
        assert!(made.contains(r#"<a href="/">Home"#), "{made}");
    }

    #[test]
    fn nothing_in_the_assets_comes_from_elsewhere() {
        for text in [STYLE, SCRIPT, ICON] {
            let text = text.replace("http://www.w3.org/2000/svg", "");
            assert!(!text.contains("http"), "{text}");
            assert!(!text.contains("@import"));
        }
    }
}
