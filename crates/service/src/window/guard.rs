//! Who may ask a window: this machine's browser, and no page from elsewhere.
//!
//! A window on loopback is reachable by every page that the browser shows. Such
//! a page cannot read answers (same-origin policy), but it could send forms
//! (cross-site request forgery), or come back under a name of its own that it
//! lets point here (DNS rebinding). Hence two checks: the `Host` is this
//! address's, and what changes something comes from this very origin, by
//! `Sec-Fetch-Site` (W3C Fetch Metadata) or else `Origin`.

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use tower_http::set_header::SetResponseHeaderLayer;

/// Scripts, styles and pictures of this server only; nothing inline.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Puts the guard before all routes of a window that listens on `port` of
/// loopback, and the fixed headers on all its answers.
pub fn guarded(router: Router, port: u16) -> Router {
    let own = [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("[::1]:{port}"),
    ];
    router
        .layer(middleware::from_fn(move |request, next| {
            checked(own.clone(), request, next)
        }))
        .layer(fixed("x-content-type-options", "nosniff"))
        .layer(fixed("referrer-policy", "no-referrer"))
        .layer(fixed("cache-control", "no-store"))
        .layer(fixed("cross-origin-opener-policy", "same-origin"))
        .layer(fixed("cross-origin-resource-policy", "same-origin"))
        .layer(fixed("content-security-policy", POLICY))
}

fn fixed(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    )
}

async fn checked(own: [String; 3], request: Request, next: Next) -> Response {
    match refused(&own, request.method(), request.headers()) {
        Some(why) => (StatusCode::FORBIDDEN, why).into_response(),
        None => next.run(request).await,
    }
}

/// Why a request is refused, if it is.
fn refused(own: &[String], method: &Method, headers: &HeaderMap) -> Option<&'static str> {
    let text = |name| {
        headers
            .get(name)
            .map(|value: &HeaderValue| value.to_str().unwrap_or("?"))
    };
    let host = text(header::HOST).unwrap_or_default().to_ascii_lowercase();
    if !own.contains(&host) {
        return Some("this window answers under its own address on this machine only\n");
    }
    if method.is_safe() {
        return None;
    }
    let foreign = match (
        text(HeaderName::from_static("sec-fetch-site")),
        text(header::ORIGIN),
    ) {
        (Some(site), _) => site != "same-origin" && site != "none",
        (None, Some(origin)) => origin.strip_prefix("http://") != Some(host.as_str()),
        // No browser: a program on this machine.
        (None, None) => false,
    };
    foreign.then_some("another page asked for this: use the buttons of this window\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(method: Method, headers: &[(&'static str, &'static str)]) -> bool {
        let own = ["127.0.0.1:1".to_owned(), "localhost:1".to_owned()];
        let pairs = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        refused(&own, &method, &pairs.collect()).is_none()
    }

    #[test]
    fn another_name_for_this_address_is_refused() {
        assert!(asked(Method::GET, &[("host", "localhost:1")]));
        assert!(!asked(Method::GET, &[("host", "rebound.example:1")]));
        assert!(!asked(Method::GET, &[("host", "127.0.0.1:2")]));
        assert!(!asked(Method::GET, &[]));
    }

    #[test]
    fn forms_of_other_pages_are_refused() {
        let host = ("host", "127.0.0.1:1");
        assert!(asked(Method::POST, &[host]));
        assert!(asked(
            Method::POST,
            &[host, ("sec-fetch-site", "same-origin")]
        ));
        assert!(asked(
            Method::POST,
            &[host, ("origin", "http://127.0.0.1:1")]
        ));
        for foreign in ["cross-site", "same-site"] {
            assert!(!asked(Method::POST, &[host, ("sec-fetch-site", foreign)]));
            assert!(asked(Method::GET, &[host, ("sec-fetch-site", foreign)]));
        }
        for origin in [
            "http://127.0.0.1:2",
            "https://127.0.0.1:1",
            "null",
            "http://a.example",
        ] {
            assert!(
                !asked(Method::POST, &[host, ("origin", origin)]),
                "{origin}"
            );
        }
    }
}
