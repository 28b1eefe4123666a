//! The OpenAPI document, generated from the handlers, and a page of it for
//! people, with nothing from elsewhere.

use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use blindscore_protocol::api::{Problem, ProblemKind};
use maud::{Markup, html};
use serde_json::Value;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::window::{Frame, page};

/// The frame of the page.
const FRAME: Frame<'_> = Frame {
    language: "en",
    kind: "platform",
    name: "Platform",
    owner: "routes for programs",
    links: &[],
    skip: "To the content",
    navigation: "Pages",
    foot: "Generated from the program's own routes.",
};

/// The routes, and their document.
pub(crate) fn document(routes: OpenApiRouter<App>) -> (Router<App>, OpenApi) {
    let signature = ApiKey::Header(ApiKeyValue::with_description(
        "Signature",
        "HTTP Message Signatures (RFC 9421) with Ed25519: Signature-Input, Signature and \
         Content-Digest, as docs/service.md says.",
    ));
    let operator = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The operator's token."))
        .build();
    let components = ComponentsBuilder::new()
        .security_scheme("signature", SecurityScheme::ApiKey(signature))
        .security_scheme("operator", SecurityScheme::Http(operator))
        .schema_from::<Problem>()
        .build();
    let info = InfoBuilder::new()
        .title("blindscore platform")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Scores sealed spending histories without being able to read them.",
        ))
        .build();
    let base = OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .build();
    OpenApiRouter::with_openapi(base)
        .merge(routes)
        .split_for_parts()
}

/// The document and its page.
pub(crate) fn pages(document: OpenApi) -> Router<App> {
    // Plain data, which always becomes JSON.
    let value = serde_json::to_value(&document).unwrap_or_default();
    let json = serde_json::to_string_pretty(&value).unwrap_or_default();
    let shown = page(&FRAME, "/docs", "Platform: API", &content(&value)).into_string();
    Router::new()
        .route(
            "/openapi.json",
            get(|| async move { ([(header::CONTENT_TYPE, "application/json")], json) }),
        )
        .route("/docs", get(|| async move { Html(shown) }))
}

fn content(document: &Value) -> Markup {
    let empty = serde_json::Map::new();
    let paths = document["paths"].as_object().unwrap_or(&empty);
    html! {
        p.lead { "The same as a document for programs: " a href="/openapi.json" { "openapi.json" } "." }
        @for (path, methods) in paths {
            @for (method, about) in methods.as_object().unwrap_or(&empty) {
                (operation(path, method, about))
            }
        }
        (problems())
        (shapes(document))
    }
}

fn operation(path: &str, method: &str, about: &Value) -> Markup {
    let text = |name: &str| about[name].as_str().unwrap_or_default();
    let who = match about["security"].get(0).and_then(Value::as_object) {
        None => "anybody",
        Some(kinds) if kinds.contains_key("operator") => "the operator, with the token",
        Some(_) => "whoever signs the request",
    };
    let parameters = about["parameters"].as_array();
    let takes = about["requestBody"]["content"].as_object();
    html! {
        section.card {
            h2 { code { (method.to_uppercase()) " " (path) } }
            p { strong { (text("summary")) } }
            @if !text("description").is_empty() { p { (text("description")) } }
            p { "By " (who) "." }
            @if let Some(parameters) = parameters {
                ul { @for parameter in parameters {
                    li {
                        code { (parameter["name"].as_str().unwrap_or_default()) }
                        " (" (parameter["in"].as_str().unwrap_or_default()) "): "
                        (parameter["description"].as_str().unwrap_or_default())
                    }
                } }
            }
            @for (kind, body) in takes.into_iter().flatten() {
                p { "Takes " (typed(kind, body)) "." }
            }
            @for (status, response) in about["responses"].as_object().into_iter().flatten() {
                @for (kind, body) in response["content"].as_object().into_iter().flatten() {
                    p { (status) ": " (typed(kind, body)) "." }
                }
            }
        }
    }
}

/// A kind of content with the name of its shape.
fn typed(kind: &str, body: &Value) -> Markup {
    let schema = &body["schema"];
    let name = |schema: &Value| Some(schema["$ref"].as_str()?.rsplit('/').next()?.to_owned());
    let (list, name) = match (name(schema), name(&schema["items"])) {
        (Some(name), _) => (false, Some(name)),
        (None, Some(name)) => (true, Some(name)),
        (None, None) => (false, None),
    };
    html! {
        @match name {
            Some(name) => {
                @if list { "list of " }
                a href={ "#" (name) } { (name) }
                " (" code { (kind) } ")"
            },
            None => { code { (kind) } },
        }
    }
}

fn problems() -> Markup {
    html! {
        section.card {
            h2 { "Problems" }
            p { "Every refusal is " code { "application/problem+json" } " of one of these types." }
            div.wide { table {
                thead { tr {
                    th scope="col" { "type" }
                    th scope="col" { "status" }
                    th scope="col" { "title" }
                } }
                tbody { @for kind in ProblemKind::ALL { tr {
                    td { code { (kind) } }
                    td { (kind.status()) }
                    td { (kind.title()) }
                } } }
            } }
        }
    }
}

fn shapes(document: &Value) -> Markup {
    let schemas = document["components"]["schemas"].as_object();
    let text = |about: &Value| about["description"].as_str().unwrap_or_default().to_owned();
    html! {
        section.card {
            h2 { "Shapes" }
            @for (name, schema) in schemas.into_iter().flatten() {
                h3 id=(name) { (name) }
                p { (text(schema)) }
                ul { @for (field, about) in schema["properties"].as_object().into_iter().flatten() {
                    li { code { (field) } ": " (text(about)) }
                } }
            }
        }
    }
}
