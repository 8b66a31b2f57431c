//! What operators, their tools and integrators ask besides GraphQL.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use futures::future::BoxFuture;
use http::{HeaderValue, StatusCode, header};

use super::drain::Drain;

/// How long a readiness check may take before it counts as failed.
const READY_WITHIN: Duration = Duration::from_secs(2);

/// Whether the process can serve requests now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readiness {
    /// It can.
    Ready,
    /// It cannot, with the reason for the operator.
    NotReady(String),
}

/// Renders the metrics as Prometheus text.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// Where the answers of the probes come from.
#[derive(Clone)]
pub struct Probes {
    /// Asks everything that a request depends on.
    pub ready: Arc<dyn Fn() -> BoxFuture<'static, Readiness> + Send + Sync>,
    /// The metrics, unless they have an address of their own.
    pub metrics: Option<Metrics>,
    /// The public keys of our tokens (JWKS).
    pub keys: Arc<dyn Fn() -> serde_json::Value + Send + Sync>,
}

impl Probes {
    /// `/readyz`: 200, or 503 with the reason; 503 from the moment the server is told to stop.
    pub(super) async fn readyz(&self, drain: &Drain) -> Response {
        let readiness = if drain.has_begun() {
            Readiness::NotReady("stopping".to_owned())
        } else {
            tokio::time::timeout(READY_WITHIN, (self.ready)())
                .await
                .unwrap_or_else(|_elapsed| Readiness::NotReady("no answer in time".to_owned()))
        };
        match readiness {
            Readiness::Ready => "ready\n".into_response(),
            Readiness::NotReady(reason) => {
                (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response()
            }
        }
    }

    pub(super) fn jwks(&self) -> Response {
        let content_type = HeaderValue::from_static("application/jwk-set+json");
        ([(header::CONTENT_TYPE, content_type)], (self.keys)().to_string()).into_response()
    }
}

/// `/metrics`.
pub(super) fn shown(metrics: &Metrics) -> Response {
    let content_type = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    ([(header::CONTENT_TYPE, content_type)], metrics()).into_response()
}
