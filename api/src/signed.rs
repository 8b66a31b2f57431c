//! The headers of a message that is signed, as Standard Webhooks names them: of other systems, and of programs.

use axum::http::HeaderMap;

/// Most characters of a message's id: a UUID with a prefix is 40.
const ID_LIMIT: usize = 64;

/// Id, time in seconds since 1970, and signatures apart by spaces.
pub(crate) fn signed(headers: &HeaderMap) -> Option<(&str, i64, &str)> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let id = text("webhook-id")
        .filter(|id| (1..=ID_LIMIT).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic()))?;
    Some((id, text("webhook-timestamp")?.parse().ok()?, text("webhook-signature")?))
}
