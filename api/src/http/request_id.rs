//! The number of one request: in every error, in `x-request-id`, and in every log line it causes.

use std::fmt;

use http::HeaderName;
use uuid::Uuid;

/// The header that carries it back.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Identifies one request over HTTP, or one operation on a socket. Ours, never the client's: a client
/// could otherwise file its requests under another's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId(Uuid);

impl RequestId {
    /// A number that was not used before.
    #[expect(
        clippy::disallowed_methods,
        reason = "a correlation number, not a domain id: nothing is stored under it"
    )]
    #[must_use]
    pub fn fresh() -> Self {
        Self(Uuid::now_v7())
    }

    /// The number itself.
    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
