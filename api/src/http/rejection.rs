//! A request that is refused before it is executed.

use std::borrow::Cow;
use std::time::Duration;

use http::{HeaderName, HeaderValue, StatusCode, header};

use super::code::Code;
use super::cost::CostTold;
use super::language::Language;

/// Why, with which status, and what the client reads. Messages about a malformed request are for its
/// programmer and always English; without a message, the code's own is used, in the user's language.
#[derive(Debug, Clone)]
pub(super) struct Rejection {
    pub(super) status: StatusCode,
    pub(super) code: Code,
    pub(super) message: Option<Cow<'static, str>>,
    pub(super) header: Option<(HeaderName, HeaderValue)>,
    /// What few have.
    pub(super) details: Option<Box<Details>>,
}

/// What a program is told of some refusals, besides their code.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Details {
    /// What it tells the refusal by, where the code says too little.
    pub(super) reason: Option<&'static str>,
    /// What its document costs, and what there is.
    pub(super) cost: Option<CostTold>,
    /// When it may be tried again, if ever.
    pub(super) retry_after_seconds: Option<u32>,
}

impl Rejection {
    pub(super) const fn new(status: StatusCode, code: Code) -> Self {
        Self { status, code, message: None, header: None, details: None }
    }

    fn saying(mut self, message: impl Into<Cow<'static, str>>) -> Self {
        self.message = Some(message.into());
        self
    }

    fn because(self, reason: &'static str) -> Self {
        self.detailed(Details { reason: Some(reason), ..Details::default() })
    }

    fn detailed(mut self, details: Details) -> Self {
        self.details = Some(Box::new(details));
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
        Self::bad_request(message).because("IDEMPOTENCY_KEY_REQUIRED")
    }

    /// 400: no answer of that size is made.
    pub(super) fn too_costly(cost: u64, limit: u32) -> Self {
        let message = format!(
            "the document costs {cost} points, at most {limit} are allowed (edge.cost.max_document): ask for shorter pages or for less below them"
        );
        let cost = CostTold { requested: cost, limit: Some(limit), remaining: None, restore_rate: None };
        let reason = Some("DOCUMENT_TOO_COSTLY");
        Self::bad_request(message).detailed(Details { reason, cost: Some(cost), retry_after_seconds: None })
    }

    /// 429: the caller, or the tenant, asked for more than comes in again.
    pub(super) fn cost_exceeded(told: CostTold, wait: Duration) -> Self {
        let seconds = u32::try_from(wait.as_millis().div_ceil(1_000)).unwrap_or(u32::MAX).max(1);
        let refused = Self::limited_for(seconds);
        refused.detailed(Details { reason: None, cost: Some(told), retry_after_seconds: Some(seconds) })
    }

    /// 429: too many before it were wrong, or came.
    pub(super) fn limited_for(seconds: u32) -> Self {
        let mut refused = Self::rate_limited();
        refused.header = Some((header::RETRY_AFTER, HeaderValue::from(seconds)));
        refused.detailed(Details { retry_after_seconds: Some(seconds), ..Details::default() })
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

    /// 403: only documents that are known run here.
    pub(super) fn document_not_trusted(language: Language) -> Self {
        let message = match language {
            Language::Zh => "此处只执行已登记的查询文档，请按其 sha256 发送 documentId",
            Language::En => "Only documents that are known run here: send the documentId of one, its sha256",
        };
        Self::new(StatusCode::FORBIDDEN, Code::Forbidden).saying(message).because("DOCUMENT_NOT_TRUSTED")
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
