//! The closed list of codes an error may leave with (schema rule S5). Everything else that can go wrong
//! is a user error in a payload.

use http::StatusCode;

use super::language::Language;

/// `extensions.code` of a top-level error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Code {
    /// No valid credential where one is needed.
    Unauthenticated,
    /// The caller may not do this at all.
    Forbidden,
    /// Too much in too short a time; try later.
    RateLimited,
    /// The request cannot mean anything: fix it, do not repeat it.
    BadRequest,
    /// It took longer than an operation may.
    Timeout,
    /// Something we depend on is away; try again.
    Unavailable,
    /// Only a document's hash was sent, and we do not have the document: send its text.
    PersistedQueryNotFound,
    /// Our own fault; the log has the details under the request id.
    Internal,
}

impl Code {
    /// All codes.
    pub const ALL: [Self; 8] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::RateLimited,
        Self::BadRequest,
        Self::Timeout,
        Self::Unavailable,
        Self::PersistedQueryNotFound,
        Self::Internal,
    ];

    /// As clients see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden => "FORBIDDEN",
            Self::RateLimited => "RATE_LIMITED",
            Self::BadRequest => "BAD_REQUEST",
            Self::Timeout => "TIMEOUT",
            Self::Unavailable => "UNAVAILABLE",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Internal => "INTERNAL",
        }
    }

    /// The code a client would see as `text`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// The status of an answer that is nothing but this failure of ours. The codes that concern the
    /// caller are ordinary results of a well-formed request, and have none.
    pub(super) const fn server_failure(self) -> Option<StatusCode> {
        match self {
            Self::Timeout => Some(StatusCode::GATEWAY_TIMEOUT),
            Self::Unavailable => Some(StatusCode::SERVICE_UNAVAILABLE),
            Self::Internal => Some(StatusCode::INTERNAL_SERVER_ERROR),
            Self::Unauthenticated
            | Self::Forbidden
            | Self::RateLimited
            | Self::BadRequest
            | Self::PersistedQueryNotFound => None,
        }
    }

    /// What the user reads when the edge has nothing more exact to say.
    pub(super) const fn message(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Unauthenticated, Language::Zh) => "请先登录",
            (Self::Unauthenticated, Language::En) => "Sign in first",
            (Self::Forbidden, Language::Zh) => "没有权限",
            (Self::Forbidden, Language::En) => "Not allowed",
            (Self::RateLimited, Language::Zh) => "请求过于频繁，请稍后再试",
            (Self::RateLimited, Language::En) => "Too many requests, try again later",
            (Self::BadRequest, Language::Zh) => "请求有误",
            (Self::BadRequest, Language::En) => "Bad request",
            (Self::Timeout, Language::Zh) => "操作超时",
            (Self::Timeout, Language::En) => "The operation took too long",
            (Self::Unavailable, Language::Zh) => "服务暂不可用，请稍后重试",
            (Self::Unavailable, Language::En) => "The service is not available, try again shortly",
            (Self::PersistedQueryNotFound, Language::Zh) => "没有该哈希对应的文档，请发送全文",
            (Self::PersistedQueryNotFound, Language::En) => "No document of that hash, send its text",
            (Self::Internal, Language::Zh) => "内部错误",
            (Self::Internal, Language::En) => "Internal error",
        }
    }
}
