//! Logs, traces and metrics: what runs, never what it is about. No variables, no personal data.

use std::io::IsTerminal as _;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::config::{LogFormat, Telemetry};

/// What must be flushed when the process ends.
#[derive(Default)]
pub struct Exporter(Option<SdkTracerProvider>);

impl Drop for Exporter {
    fn drop(&mut self) {
        if let Some(provider) = self.0.take() {
            // Nothing can be done about a collector that is gone at the end.
            let _ = provider.shutdown();
        }
    }
}

/// Starts logs to standard error and, with an endpoint, traces over OTLP.
///
/// # Errors
/// A filter that cannot be read, or an endpoint that is none.
pub fn start(settings: &Telemetry) -> anyhow::Result<Exporter> {
    let filter = EnvFilter::try_new(&settings.log)?;
    // The layer would complain of a log that cannot be written there, and panic when that fails as well.
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).log_internal_errors(false);
    // Colours are for people: in a file or a pipe they are rubbish between the words.
    let lines = if std::io::stderr().is_terminal() { lines } else { lines.with_ansi(false) };
    let lines = match settings.format {
        LogFormat::Text => lines.with_target(true).boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let provider = exporter(&settings.otlp_endpoint)?;
    let traces = provider
        .as_ref()
        .map(|provider| tracing_opentelemetry::layer().with_tracer(provider.tracer("fengqiao")));
    tracing_subscriber::registry().with(filter).with(lines).with(traces).try_init()?;
    Ok(Exporter(provider))
}

fn exporter(endpoint: &str) -> anyhow::Result<Option<SdkTracerProvider>> {
    if endpoint.is_empty() {
        return Ok(None);
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
        .build()?;
    let resource = Resource::builder().with_service_name("fengqiao").build();
    Ok(Some(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
}

/// Collects metrics for `/metrics`.
///
/// # Errors
/// When a recorder was installed before.
pub fn metrics() -> anyhow::Result<PrometheusHandle> {
    Ok(PrometheusBuilder::new().install_recorder()?)
}
