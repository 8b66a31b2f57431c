//! A request that is refused before it is executed.

use std::borrow::Cow;

use http::{HeaderName, HeaderValue, StatusCode, header};

use super::code::Code;
use super::language::Language;

/// Why, with which status, and what the client reads. Messages about a malformed request are for its
/// programmer and always English; without a message, the code's own is used, in the user's language.
#[derive(Debug, Clone)]
pub(super) struct Rejection {
    pub(super) status: StatusCode,
    pub(super) code: Code,
    pub(super) message: Option<Cow<'static, str>>,
    /// What a program tells it by, where the code says too little.
    pub(super) reason: Option<&'static str>,
    pub(super) header: Option<(HeaderName, HeaderValue)>,
}

impl Rejection {
    const fn new(status: StatusCode, code: Code) -> Self {
        Self { status, code, message: None, reason: None, header: None }
    }

    fn saying(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    fn with_header(mut self, name: HeaderName, value: &'static str) -> Self {
        self.header = Some((name, HeaderValue::from_static(value)));
        self
    }

    /// 400: it cannot mean anything.
    pub(super) fn bad_request(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, Code::BadRequest).saying(message)
    }

    /// 400: a program would not know whether it happened, and would do it again.
    pub(super) fn idempotency_key_required(language: Language) -> Self {
        let message = match language {
            Language::Zh => "接口账号执行此操作须带 Idempotency-Key 请求头（或 extensions.idempotencyKey）",
            Language::En => {
                "A program sends this mutation with the header Idempotency-Key (or extensions.idempotencyKey)"
            }
        };
        Self { reason: Some("IDEMPOTENCY_KEY_REQUIRED"), ..Self::bad_request(message) }
    }

    /// 401: the credential that came is not valid.
    pub(super) fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, Code::Unauthenticated)
            .with_header(header::WWW_AUTHENTICATE, "Bearer")
    }

    /// 403: the page may not open a socket.
    pub(super) fn forbidden(message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, Code::Forbidden).saying(message)
    }

    /// 405: this method, or this operation by this method.
    pub(super) fn method_not_allowed(message: &'static str, allow: &'static str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest)
            .saying(message)
            .with_header(header::ALLOW, allow)
    }

    /// 406: we cannot answer in any of the media types that are accepted.
    pub(super) fn not_acceptable(message: &'static str) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, Code::BadRequest).saying(message)
    }

    /// 408: the body came too slowly.
    pub(super) fn body_too_slow() -> Self {
        Self::new(StatusCode::REQUEST_TIMEOUT, Code::Timeout).saying("the body took too long to arrive")
    }

    /// 413: the body is larger than allowed.
    pub(super) fn body_too_large(max_bytes: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest)
            .saying(format!("the body exceeds {max_bytes} bytes (max_body_bytes)"))
    }

    /// 415: the body is not of a media type that we read.
    pub(super) fn unsupported_media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest)
            .saying("send application/json in UTF-8")
    }

    /// 429: too many at once.
    pub(super) const fn rate_limited() -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, Code::RateLimited)
    }

    /// 500: our own fault.
    pub(super) const fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, Code::Internal)
    }

    /// 503: try again shortly.
    pub(super) const fn unavailable() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Unavailable)
    }
}
