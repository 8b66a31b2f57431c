//! Which path leads where.

use axum::Router;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{any, get};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use tower_http::cors::CorsLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use super::edge::Edge;
use super::endpoint;
use super::origin::Origin;
use super::probes::{self, Metrics, Probes};
use super::request_id::X_REQUEST_ID;
use crate::runner::Runner;

/// The explorer is one page with its own script and style, and talks to nobody but us.
const EXPLORER_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
     img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);

/// Everything that we answer over HTTP; pages of other hosts may call the files as well as the API. There may be no explorer.
pub fn router<E: Runner>(
    edge: Edge<E>,
    files: Router,
    probes: Probes,
    explorer: Option<&'static str>,
) -> Router {
    let cors = cors(&edge.limits().allowed_origins);
    let drain = edge.drain().clone();
    let (ready, keys) = (probes.clone(), probes.clone());
    let graphql = Router::new().route("/graphql", any(endpoint::graphql::<E>)).with_state(edge).merge(files);
    let graphql = match cors {
        Some(cors) => graphql.layer(cors),
        None => graphql,
    };
    let mut routes = graphql
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(async move || ready.readyz(&drain).await))
        .route("/.well-known/jwks.json", get(async move || keys.jwks()));
    if let Some(metrics) = probes.metrics {
        routes = routes.merge(told_of(metrics));
    }
    if let Some(html) = explorer {
        routes = routes.route("/", get(async move || page(html)));
    }
    with_headers(routes)
}

/// What is answered where the metrics have an address of their own.
pub fn metrics_router(metrics: Metrics) -> Router {
    with_headers(told_of(metrics))
}

fn told_of(metrics: Metrics) -> Router {
    Router::new().route("/metrics", get(async move || probes::shown(&metrics)))
}

fn with_headers(routes: Router) -> Router {
    routes
        .layer(SetResponseHeaderLayer::overriding(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(SetResponseHeaderLayer::if_not_present(header::CONNECTION, unread))
}

/// A connection on which something was said that nobody read ends with the answer. Who is not told so sends the next request into
/// one that is closed.
fn unread(answer: &Response) -> Option<HeaderValue> {
    let unread = [StatusCode::PAYLOAD_TOO_LARGE, StatusCode::REQUEST_TIMEOUT].contains(&answer.status());
    unread.then(|| HeaderValue::from_static("close"))
}

fn page(html: &'static str) -> Response {
    let policy = (header::CONTENT_SECURITY_POLICY, EXPLORER_POLICY);
    ([policy], Html(html)).into_response()
}

/// Pages of the listed origins may call us, without cookies; without a list only our own may, and
/// browsers need no word of ours for that.
fn cors(origins: &[Origin]) -> Option<CorsLayer> {
    const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
    if origins.is_empty() {
        return None;
    }
    let origins: Vec<HeaderValue> = origins.iter().map(|origin| origin.header().clone()).collect();
    Some(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::POST, Method::PUT])
            .allow_headers([
                header::ACCEPT,
                header::ACCEPT_LANGUAGE,
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                IDEMPOTENCY_KEY,
            ])
            .expose_headers([X_REQUEST_ID, header::RETRY_AFTER]),
    )
}
