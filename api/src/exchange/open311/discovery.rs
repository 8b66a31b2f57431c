//! Where the door is, for programs that look for it: Open311's service discovery.

use axum::http::{HeaderMap, header};
use serde_json::{Value, json};

/// Since when the door is as it is.
const CHANGED_AT: &str = "2026-11-29T00:00:00+08:00";

/// The document, with the address by which whoever asks came.
pub(super) fn document(headers: &HeaderMap) -> Value {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = text(header::HOST).unwrap_or_default();
    // TLS ends before us, and whoever ends it says so.
    let is_secure = headers.get("x-forwarded-proto").is_some_and(|scheme| scheme == "https");
    let scheme = if is_secure { "https" } else { "http" };
    json!({
        "changeset": CHANGED_AT,
        "contact": "The system administrator of the district (区系统管理员)",
        "key_service": "exchangePartnerCreate of the GraphQL API, door OPEN311, by an account with the role API_CLIENT",
        "endpoints": [{
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": format!("{scheme}://{host}/open311/v2"),
            "changeset": CHANGED_AT,
            "type": "production",
            "formats": ["text/xml", "application/json"],
        }],
    })
}
