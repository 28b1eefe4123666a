//! Routes put together: the API, its document and page, health, metrics, the
//! window if it is turned on; and what every request goes through.

use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use blindscore_protocol::api::ProblemKind;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tracing::Instrument;

use crate::app::App;
use crate::refusal::Refusal;
use crate::window::{POLICY, assets};
use crate::{api, openapi, platform_window};

/// All routes.
pub(crate) fn router(app: App) -> Router {
    let (routes, document) = openapi::document(api::routes());
    let window = match app.config.window {
        true => platform_window::router(app.config.listen),
        false => Router::new(),
    };
    routes
        .merge(window)
        .merge(assets())
        .route("/healthz", get(health))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .merge(openapi::pages(document))
        .fallback(nothing)
        .method_not_allowed_fallback(no_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state(app.clone(), watched))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, POLICY))
        .with_state(app)
}

fn fixed(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}

/// The process answers.
async fn health() -> &'static str {
    "ok\n"
}

/// Requests will be answered: the database is there, and nobody asked to stop.
async fn ready(State(app): State<App>) -> Result<&'static str, Refusal> {
    if app.is_stopping() {
        let detail = "the service is stopping";
        return Err(Refusal::new(ProblemKind::Unavailable, detail));
    }
    app.store.answers().await?;
    Ok("ready\n")
}

async fn metrics(State(app): State<App>) -> Result<Response, Refusal> {
    let log_size = app.store.book().await?.log().size();
    let text = app.metrics.text(app.pool.taken(), log_size);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

async fn nothing() -> Refusal {
    Refusal::new(
        ProblemKind::NotFound,
        "no such route: /openapi.json lists them",
    )
}

async fn no_method() -> Refusal {
    let detail = "this route has other methods: /openapi.json lists them";
    Refusal::new(ProblemKind::MethodNotAllowed, detail)
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    Refusal::internal("a handler panicked").into_response()
}

/// Times, counts and logs a request: its route, not its path, so that no id of
/// a person's consent or key stands in a log.
async fn watched(State(app): State<App>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().to_string();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", %method, %route);
    let limit = app.config.limits.timeout;
    let answered = tokio::time::timeout(limit, next.run(request).instrument(span.clone())).await;
    let response = answered.unwrap_or_else(|_| {
        let detail = "the request took too long; what was acknowledged before stands";
        Refusal::new(ProblemKind::Unavailable, detail).into_response()
    });
    let took = start.elapsed();
    let status = response.status();
    let problem = response.headers().get("blindscore-problem");
    let problem = problem
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    app.metrics
        .answered(&method, &route, status.as_u16(), problem.as_deref(), took);
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let _entered = span.enter();
    if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
        tracing::error!(status = status.as_u16(), problem, micros, "answered");
    } else {
        tracing::info!(status = status.as_u16(), problem, micros, "answered");
    }
    drop(_entered);
    response
}
