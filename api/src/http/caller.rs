//! Who calls: the one question the edge asks of authentication.

use std::sync::Arc;

use async_trait::async_trait;
use fengqiao_domain::identity::Signer;
use fengqiao_domain::kernel::id::TenantId;
use http::request::Parts;
use tokio::time::Instant;

use super::peer::Peer;
use super::request_id::RequestId;

/// Finds out who calls. The real one verifies tokens; tests use an open one.
#[async_trait]
#[expect(
    clippy::wrong_self_convention,
    reason = "a caller is read from the request, by a verifier that is self"
)]
pub trait Callers: Send + Sync {
    /// The caller of a request over HTTP, by `Authorization: Bearer …`, or `Signed …` for one whose body is signed; `posted` is what a POST says.
    /// Without the header the caller is anonymous, which is not an error.
    ///
    /// # Errors
    /// [`Refused`] when a credential came and is not valid, or could not be checked.
    async fn from_http(&self, parts: &Parts, posted: Option<Posted<'_>>) -> Result<Caller, Refused>;

    /// The caller of a WebSocket, by the payload of its `connection_init` (`{"authorization": "Bearer …"}`
    /// or `{"Authorization": …}`; `null` when there was none), else by the headers of the upgrade.
    ///
    /// # Errors
    /// As for [`Callers::from_http`].
    async fn from_init(&self, parts: &Parts, payload: &serde_json::Value) -> Result<Caller, Refused>;

    /// Whether a caller who holds a socket or a stream may keep it: not revoked, same scope as when it was
    /// opened.
    async fn still_valid(&self, caller: &Caller) -> Validity;
}

/// What a POST says, from where, and as which request.
#[derive(Clone, Copy)]
pub struct Posted<'a> {
    /// Its body.
    pub body: &'a [u8],
    /// Where it comes from.
    pub peer: Peer,
    /// By what its refusal is found in the audit trail.
    pub request_id: RequestId,
}

/// Whether a caller who was let in still counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// As when they were let in.
    Valid,
    /// Not any more, or with other rights.
    Invalid,
    /// It could not be asked, for example because the database is away.
    Unknown,
}

/// Why there is no caller. Deliberately without a reason: every bad credential gets the same answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The credential is not valid: 401, or 4403 on a socket.
    Invalid,
    /// It could not be checked, for example because the database is away: 503, or 1013 on a socket.
    Unavailable,
    /// It was not looked at, for too many that were wrong came before it: 429, or 1013 on a socket.
    Limited {
        /// When it may be shown again.
        retry_after_seconds: u32,
    },
}

/// Puts what belongs to one request into it: the scope, a fresh reader, fresh loaders.
pub type Attach = Arc<dyn Fn(async_graphql::Request) -> async_graphql::Request + Send + Sync>;

/// What a caller proved themselves by.
pub enum Proof {
    /// An access token.
    Token(String),
    /// A signature of the request.
    Signature(Signer),
}

/// What a signed-in caller showed, and what it meant then. Has no `Debug`: the token is never logged.
pub struct Credential {
    /// What was shown.
    pub proof: Proof,
    /// What the caller could see and do when it was shown, as opaque bytes to compare.
    pub standing: Vec<u8>,
}

/// What kind of caller it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallerKind {
    /// A person, or whoever is not signed in.
    Person,
    /// Another system.
    Program,
}

/// Who calls, and what of them goes into each request.
#[derive(Clone)]
pub struct Caller {
    /// Who, for what is counted per user and for the log; `None` for anonymous. Never a name or a number
    /// of a person.
    pub key: Option<String>,
    /// For which tenant, for the log and for what it costs; `None` for anonymous.
    pub tenant: Option<TenantId>,
    /// Whether the caller is a program.
    pub kind: CallerKind,
    /// When the credential expires: sockets and streams end then. On the timer of this process, because
    /// only the verifier knows the clock that the credential's own instant belongs to.
    pub expires_at: Option<Instant>,
    /// What was shown to prove it, for asking again whether it still counts.
    pub credential: Option<Arc<Credential>>,
    /// Called once for each operation.
    pub attach: Attach,
    /// Whether the caller may ask for the schema.
    pub introspection: bool,
    /// Mutations that this caller sends under an idempotency key only.
    pub keyed: &'static [&'static str],
}
