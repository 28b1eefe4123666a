//! Logs of a service: lines for people, or JSON; and, with the feature `otlp`,
//! traces for OpenTelemetry. Routes, statuses and times stand in them; ids of
//! consents and keys, and values, do not.

use std::io::IsTerminal;

use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, fmt};

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogForm {
    /// A line for people.
    Text,
    /// An object a line.
    Json,
}

/// Sends what is left of the traces when it is dropped.
#[must_use = "traces end with it"]
#[derive(Debug, Default)]
pub struct Tracing {
    #[cfg(feature = "otlp")]
    provider: Option<opentelemetry_sdk::trace::SdkTracerProvider>,
}

/// Writes the process's logs to stderr from now on. What is logged follows
/// `BLINDSCORE_LOG`, in the form of `RUST_LOG`; information and worse without.
/// With the feature `otlp`, traces go where `OTEL_EXPORTER_OTLP_ENDPOINT` says.
pub fn init(form: LogForm) -> Tracing {
    let filter = EnvFilter::try_from_env("BLINDSCORE_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let text = (form == LogForm::Text).then(|| {
        let colours = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        fmt::layer().with_writer(std::io::stderr).with_ansi(colours)
    });
    let json = (form == LogForm::Json).then(|| fmt::layer().json().with_writer(std::io::stderr));
    let logs = tracing_subscriber::registry()
        .with(filter)
        .with(text)
        .with(json);
    // The first one in a process stays.
    #[cfg(feature = "otlp")]
    {
        let provider = otlp::provider();
        let _ = logs.with(provider.as_ref().map(otlp::layer)).try_init();
        Tracing { provider }
    }
    #[cfg(not(feature = "otlp"))]
    {
        let _ = logs.try_init();
        Tracing::default()
    }
}

#[cfg(feature = "otlp")]
impl Drop for Tracing {
    fn drop(&mut self) {
        if let Some(provider) = self.provider.take() {
            // Whoever collects may be gone; the service ends all the same.
            let _ = provider.shutdown();
        }
    }
}

#[cfg(feature = "otlp")]
mod otlp {
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_sdk::Resource;
    use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
    use tracing::Subscriber;
    use tracing_opentelemetry::OpenTelemetryLayer;
    use tracing_subscriber::registry::LookupSpan;

    const NAME: &str = "blindscore-platform";

    /// Where traces go, if the environment says so.
    pub(super) fn provider() -> Option<SdkTracerProvider> {
        std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT")?;
        // The exporter may speak TLS.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter = opentelemetry_otlp::SpanExporter::builder()
            .with_http()
            .build()
            .inspect_err(|error| eprintln!("traces are not sent: {error}"))
            .ok()?;
        let resource = Resource::builder().with_service_name(NAME).build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource);
        Some(provider.build())
    }

    pub(super) fn layer<S>(provider: &SdkTracerProvider) -> OpenTelemetryLayer<S, SdkTracer>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        tracing_opentelemetry::layer().with_tracer(provider.tracer(NAME))
    }
}
