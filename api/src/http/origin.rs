//! Which web pages may call us: the `Origin` of a browser against the allow-list.
//!
//! We never authenticate by cookie, so a foreign page has no credential to abuse; the list is a second
//! wall, and the only one for a WebSocket, which browsers open without asking.

use std::str::FromStr;

use http::{HeaderMap, HeaderValue, Uri, header};
use serde::Deserialize;

/// The origin of a web page: scheme, host and port, nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Origin(HeaderValue);

/// Why a setting is not an origin.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not an origin: write https://host or https://host:port, no path, no wildcard")]
pub struct NotAnOrigin(String);

impl Origin {
    /// The value as browsers send it.
    pub(super) const fn header(&self) -> &HeaderValue {
        &self.0
    }
}

impl TryFrom<String> for Origin {
    type Error = NotAnOrigin;

    fn try_from(text: String) -> Result<Self, NotAnOrigin> {
        text.parse()
    }
}

impl FromStr for Origin {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let refused = || NotAnOrigin(text.to_owned());
        let lower = text.to_ascii_lowercase();
        let (scheme, authority) = lower.split_once("://").ok_or_else(refused)?;
        let plain = !authority.is_empty()
            && !authority.contains(['/', '?', '#', '@', '*', ' '])
            && authority.parse::<http::uri::Authority>().is_ok();
        if !matches!(scheme, "http" | "https") || !plain {
            return Err(refused());
        }
        HeaderValue::from_str(&lower).map(Self).map_err(|_| refused())
    }
}

/// Whether the page that opens this connection may: no `Origin` (not a browser), our own host, or listed.
pub(super) fn may_connect(headers: &HeaderMap, uri: &Uri, allowed: &[Origin]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Some(origin) = origin.to_str().ok().map(str::to_ascii_lowercase) else {
        return false;
    };
    if allowed.iter().any(|one| one.0.as_bytes() == origin.as_bytes()) {
        return true;
    }
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .or_else(|| uri.authority().map(http::uri::Authority::as_str));
    match (origin.split_once("://"), host) {
        (Some((_, page_host)), Some(host)) => page_host.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scheme_host_and_port_make_an_origin() {
        for good in ["https://grid.example.cn", "http://127.0.0.1:5173", "HTTPS://Grid.example.cn"] {
            assert!(good.parse::<Origin>().is_ok(), "{good}");
        }
        for bad in ["*", "null", "https://*", "https://a/b", "ftp://a", "https://", "a.cn", "https://u@a"] {
            assert!(bad.parse::<Origin>().is_err(), "{bad}");
        }
    }
}
