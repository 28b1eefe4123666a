//! The OpenAPI document, generated from the handlers, and a page of it for
//! people: made here, with no script and nothing from elsewhere.

use std::fmt::Write;

use axum::Router;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use blindscore_protocol::api::{Problem, ProblemKind};
use serde_json::Value;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

const STYLE: &str = include_str!("../assets/service.css");

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
    let page = page(&value);
    Router::new()
        .route(
            "/openapi.json",
            get(|| async move { ([(header::CONTENT_TYPE, "application/json")], json) }),
        )
        .route("/docs", get(|| async move { Html(page) }))
        .route("/docs.css", get(style))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}

/// The document as a page.
fn page(document: &Value) -> String {
    let mut html = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>blindscore platform: API</title>\n<link rel=\"stylesheet\" href=\"/docs.css\">\n\
         </head>\n<body>\n<main>\n<h1>blindscore platform: API</h1>\n\
         <p>The same as a document for programs: <a href=\"/openapi.json\">openapi.json</a>.</p>\n",
    );
    let empty = serde_json::Map::new();
    let paths = document["paths"].as_object().unwrap_or(&empty);
    for (path, methods) in paths {
        for (method, about) in methods.as_object().unwrap_or(&empty) {
            operation(&mut html, path, method, about);
        }
    }
    problems(&mut html);
    shapes(&mut html, document);
    html + "</main>\n</body>\n</html>\n"
}

fn operation(html: &mut String, path: &str, method: &str, about: &Value) {
    let method = method.to_uppercase();
    let summary = escaped(about["summary"].as_str().unwrap_or_default());
    let path = escaped(path);
    let mut write = |text: String| html.push_str(&text);
    write(format!(
        "<section>\n<h2><code>{method} {path}</code></h2>\n<p><strong>{summary}</strong></p>\n"
    ));
    if let Some(text) = about["description"].as_str() {
        write(format!("<p>{}</p>\n", escaped(text)));
    }
    let who = match about["security"].get(0).and_then(Value::as_object) {
        None => "anybody",
        Some(kinds) if kinds.contains_key("operator") => "the operator, with the token",
        Some(_) => "whoever signs the request",
    };
    write(format!("<p>By {who}.</p>\n"));
    if let Some(list) = about["parameters"]
        .as_array()
        .filter(|list| !list.is_empty())
    {
        write("<ul>\n".to_owned());
        for parameter in list {
            write(format!(
                "<li><code>{}</code> ({}): {}</li>\n",
                escaped(parameter["name"].as_str().unwrap_or_default()),
                escaped(parameter["in"].as_str().unwrap_or_default()),
                escaped(parameter["description"].as_str().unwrap_or_default()),
            ));
        }
        write("</ul>\n".to_owned());
    }
    if let Some(content) = about["requestBody"]["content"].as_object() {
        for (kind, body) in content {
            write(format!("<p>Takes {}.</p>\n", typed(kind, body)));
        }
    }
    for (status, response) in about["responses"].as_object().into_iter().flatten() {
        for (kind, body) in response["content"].as_object().into_iter().flatten() {
            let status = escaped(status);
            write(format!("<p>{status}: {}.</p>\n", typed(kind, body)));
        }
    }
    write("</section>\n".to_owned());
}

/// A kind of content with the name of its shape.
fn typed(kind: &str, body: &Value) -> String {
    let schema = &body["schema"];
    let of = |schema: &Value| {
        let name = schema["$ref"].as_str()?.rsplit('/').next()?.to_owned();
        let name = escaped(&name);
        Some(format!("<a href=\"#{name}\">{name}</a>"))
    };
    let kind = escaped(kind);
    match of(schema).or_else(|| of(&schema["items"]).map(|name| format!("list of {name}"))) {
        Some(name) => format!("{name} (<code>{kind}</code>)"),
        None => format!("<code>{kind}</code>"),
    }
}

fn problems(html: &mut String) {
    html.push_str(
        "<section>\n<h2>Problems</h2>\n<p>Every refusal is <code>application/problem+json</code> of one of these types.</p>\n\
         <div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">type</th><th scope=\"col\">status</th><th scope=\"col\">title</th></tr></thead>\n<tbody>\n",
    );
    for kind in ProblemKind::ALL {
        // A string takes all text.
        let _ = writeln!(
            html,
            "<tr><td><code>{kind}</code></td><td>{}</td><td>{}</td></tr>",
            kind.status(),
            escaped(kind.title())
        );
    }
    html.push_str("</tbody>\n</table></div>\n</section>\n");
}

fn shapes(html: &mut String, document: &Value) {
    html.push_str("<section>\n<h2>Shapes</h2>\n");
    let schemas = document["components"]["schemas"].as_object();
    for (name, schema) in schemas.into_iter().flatten() {
        let name = escaped(name);
        let about = escaped(schema["description"].as_str().unwrap_or_default());
        let _ = writeln!(html, "<h3 id=\"{name}\">{name}</h3>\n<p>{about}</p>\n<ul>");
        for (field, schema) in schema["properties"].as_object().into_iter().flatten() {
            let about = schema["description"].as_str().unwrap_or_default();
            let _ = writeln!(
                html,
                "<li><code>{}</code>: {}</li>",
                escaped(field),
                escaped(about)
            );
        }
        html.push_str("</ul>\n");
    }
    html.push_str("</section>\n");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
