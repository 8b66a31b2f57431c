//! A top-level error. It has no `Display`, so that no driver's text reaches a client by `?`.

use std::any::Any;
use std::sync::Arc;

use async_graphql::{Error, ErrorExtensionValues};
use fengqiao_domain::StoreError;
use fengqiao_domain::kernel::failure::Failure;

use super::mistake::Mistake;
use crate::http::Code;

/// Why a field has no answer at all.
#[derive(Clone, Debug)]
pub struct Fault {
    code: Code,
    mistake: Option<Mistake>,
    reason: Option<&'static str>,
    retry_after_seconds: Option<u32>,
}

/// The outcome of a resolver.
pub type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// A fault in the code's own words, which the edge fills in by the request's language.
    fn plain(code: Code) -> Self {
        Self { code, mistake: None, reason: None, retry_after_seconds: None }
    }

    /// Nobody is signed in and somebody must be.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::plain(Code::Unauthenticated)
    }

    /// The caller lacks the permission to ask.
    #[must_use]
    pub fn forbidden() -> Self {
        Self::plain(Code::Forbidden)
    }

    /// The request does not make sense.
    #[must_use]
    pub fn bad_request(mistake: Mistake) -> Self {
        Self { mistake: Some(mistake), ..Self::plain(Code::BadRequest) }
    }

    /// A defect of ours; the log knows more.
    #[must_use]
    pub fn internal() -> Self {
        Self::plain(Code::Internal)
    }

    fn unavailable(error: &StoreError) -> Self {
        tracing::warn!(%error, "the database is unavailable");
        Self { retry_after_seconds: Some(1), ..Self::plain(Code::Unavailable) }
    }

    /// What is left of a failure when the caller's mistakes have gone into a payload.
    pub fn from_failure<E: std::fmt::Debug>(failure: Failure<E>) -> Self {
        match failure {
            Failure::Denied => Self::forbidden(),
            Failure::ForeignCursor => Self::bad_request(Mistake::ForeignCursor),
            Failure::KeyBusy => Self {
                reason: Some("IDEMPOTENCY_KEY_IN_USE"),
                retry_after_seconds: Some(1),
                ..Self::plain(Code::BadRequest)
            },
            Failure::KeyReused => {
                Self { reason: Some("IDEMPOTENCY_KEY_REUSED"), ..Self::plain(Code::BadRequest) }
            }
            Failure::Overloaded { retry_after_seconds } => {
                Self { retry_after_seconds: Some(retry_after_seconds), ..Self::plain(Code::RateLimited) }
            }
            Failure::Unavailable(error) => Self::unavailable(&error),
            Failure::TimedOut(error) => {
                tracing::warn!(%error, "the database took too long");
                Self::plain(Code::Timeout)
            }
            Failure::Internal(error) => {
                tracing::error!(%error, "internal failure");
                Self::internal()
            }
            Failure::User(problems) => {
                tracing::error!(?problems, "user errors where none can be told");
                Self::internal()
            }
        }
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", fault.code.as_str());
        if let Some(reason) = fault.reason {
            extensions.set("reason", reason);
        }
        if let Some(seconds) = fault.retry_after_seconds {
            extensions.set("retryAfterSeconds", seconds);
        }
        // The edge reads the texts of the source, and takes the one of the request's language.
        let texts = fault.mistake.map(|mistake| mistake.texts());
        let message = texts.as_ref().map(|texts| texts.en.clone()).unwrap_or_default();
        let source = texts.map(|texts| Arc::new(texts) as Arc<dyn Any + Send + Sync>);
        Self { message, source, extensions: Some(extensions) }
    }
}

impl<E: std::fmt::Debug> From<Failure<E>> for Fault {
    fn from(failure: Failure<E>) -> Self {
        Self::from_failure(failure)
    }
}
