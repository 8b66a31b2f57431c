//! The edge of the product: HTTP, WebSocket and event streams over the GraphQL executor, and the server
//! that carries them.
//!
//! What it is for: nothing reaches the executor that is not well-formed, of bounded size, from a known
//! caller and for a bounded time; nothing leaves it without a public code. One way leads in, for every
//! transport: [`Edge`] → pre-check → what it costs → executor → cleaned answer.
//!
//! What it is not for: who may see or do what: the domain decides.
//!
//! The stock integration is not used: it reads bodies without a limit, takes any content type for JSON,
//! runs mutations over GET, and can be hung by one kilobyte.

mod answer;
pub(crate) mod body;
mod caller;
mod code;
pub mod cost;
mod documents;
mod drain;
mod edge;
mod endpoint;
mod event_stream;
mod idempotency_key;
mod language;
mod limits;
mod negotiation;
mod origin;
mod params;
mod peer;
pub mod precheck;
mod presence;
mod probes;
mod quality;
mod rejection;
mod request_id;
mod request_line;
mod router;
pub mod server;
mod stall;
mod timer;
mod vigil;
mod websocket;

pub use caller::{Attach, Caller, CallerKind, Callers, Credential, Posted, Proof, Refused, Validity};
pub use code::Code;
pub use documents::{BadDocuments, DocumentMode, DocumentRules, Documents, OpenTo};
pub use drain::{Drain, Held};
pub use edge::{Admission, Edge};
pub use idempotency_key::IdempotencyKey;
pub use language::Language;
pub use limits::{
    AnswerLimits, DocumentLimits, Limits, RequestLimits, Seconds, ServerLimits, SocketLimits, StreamLimits,
};
pub use origin::{NotAnOrigin, Origin};
pub use peer::{Network, NotANetwork, Peer};
pub use probes::{Metrics, Probes, Readiness};
pub use request_id::RequestId;
pub use router::{metrics_router, router};
