//! The key under which a client repeats a mutation without repeating its effect.
//!
//! The edge only reads it and refuses what it cannot mean; the record is written with the effect, in its
//! transaction, by the store.

use http::HeaderMap;

use super::rejection::Rejection;

const HEADER: &str = "idempotency-key";
const EXTENSION: &str = "idempotencyKey";
/// As long as Stripe's.
const MAX_LENGTH: usize = 255;

/// The key of this request, if it came with one: the header `Idempotency-Key`, or on sockets (and for
/// clients that cannot set headers) `extensions.idempotencyKey`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdempotencyKey(pub Option<String>);

impl IdempotencyKey {
    /// Reads the key of a request; two different ones are an error, not a choice.
    pub(super) fn read(
        headers: Option<&HeaderMap>,
        extensions: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self, Rejection> {
        let header =
            match headers.map(|headers| headers.get_all(HEADER).iter().collect::<Vec<_>>()).as_deref() {
                None | Some([]) => None,
                Some([one]) => Some(checked(one.to_str().unwrap_or_default())?),
                Some(_) => return Err(Rejection::bad_request("one Idempotency-Key header at most")),
            };
        let extension = match extensions.get(EXTENSION) {
            None | Some(serde_json::Value::Null) => None,
            Some(serde_json::Value::String(key)) => Some(checked(key)?),
            Some(_) => {
                return Err(Rejection::bad_request("extensions.idempotencyKey must be a string"));
            }
        };
        match (header, extension) {
            (Some(header), Some(extension)) if header != extension => {
                Err(Rejection::bad_request("Idempotency-Key and extensions.idempotencyKey differ"))
            }
            (header, extension) => Ok(Self(header.or(extension))),
        }
    }
}

fn checked(key: &str) -> Result<String, Rejection> {
    let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
    if key.is_empty() || key.len() > MAX_LENGTH || !visible {
        return Err(Rejection::bad_request("an idempotency key is 1 to 255 visible ASCII characters"));
    }
    Ok(key.to_owned())
}
