//! Every figure that bounds what a client may ask of the edge, with the reason for its default.
//!
//! All of them are settings (`[edge.…]` in the configuration); unknown keys are errors. What a field or
//! an input may hold (list lengths, page sizes) is the schema's business, not the edge's.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::cost::CostLimits;
use super::documents::DocumentRules;
use super::origin::Origin;
use super::peer::Network;

/// All limits of the edge.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// What a GraphQL document may look like before it is validated.
    pub document: DocumentLimits,
    /// Which documents run.
    pub documents: DocumentRules,
    /// What documents cost, and who may ask for how much.
    pub cost: CostLimits,
    /// What a request over HTTP may cost before it is understood, and how long it may run.
    pub request: RequestLimits,
    /// How much of its errors an answer carries.
    pub answer: AnswerLimits,
    /// Sockets (`graphql-transport-ws`).
    pub socket: SocketLimits,
    /// Event streams (`text/event-stream`).
    pub stream: StreamLimits,
    /// The listener and its connections.
    pub server: ServerLimits,
    /// Web pages of other hosts that may call us (CORS, and `Origin` of a WebSocket). Pages of our own
    /// host always may. Empty by default: naming a front-end is a decision of the operator.
    pub allowed_origins: Vec<Origin>,
    /// Networks of reverse proxies whose `X-Forwarded-For` is believed. Empty by default: whoever is connected is the caller,
    /// for a header of anybody else's is no better than what they say.
    pub trusted_proxies: Vec<Network>,
}

/// Between two questions whether a caller is still valid lie so many seconds: who was revoked is out after 20 at most, and after three times
/// as much where nobody can say.
const RECHECK: RangeInclusive<Seconds> = Seconds::whole(1)..=Seconds::whole(20);

impl Limits {
    /// # Errors
    /// One line that names the key.
    pub(crate) fn check(&self) -> Result<(), String> {
        for (part, every) in
            [("socket", self.socket.recheck_seconds), ("stream", self.stream.recheck_seconds)]
        {
            if !RECHECK.contains(&every) {
                return Err(format!("edge.{part}.recheck_seconds is {every:?} and must be 1 to 20 seconds"));
            }
        }
        self.cost.check()
    }
}

/// Limits on a document, checked before the executor sees it: its own checks walk fragments without a
/// memory, so that one kilobyte can keep a core busy for ever.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DocumentLimits {
    /// Bytes of the document. The largest document of our own clients is below 10 kB.
    pub max_bytes: usize,
    /// Lexical tokens. Bounds the work of the parser; Apollo Router allows 15,000.
    pub max_tokens: usize,
    /// Open brackets at any one point. Keeps the recursive parser off the end of its stack.
    pub max_nesting: usize,
    /// Fragment definitions.
    pub max_fragments: usize,
    /// Selections after every fragment spread is replaced by what it stands for: the true size.
    pub max_expanded_selections: u64,
    /// Selection sets inside one another, fragments included. The usual introspection query needs 15.
    pub max_depth: u64,
    /// Directives on one field, spread, inline fragment, fragment, operation or variable.
    pub max_directives_per_node: usize,
    /// Directives in the document. 70,000 of them cost graphql-java 6.8 s.
    pub max_directives: usize,
    /// Fields at the root of one operation, fragments included (as in Apollo Router's example).
    pub max_root_fields: u64,
    /// Aliases in one operation, fragments included: they are how one request becomes many.
    pub max_aliases: u64,
    /// Root fields of one mutation (as in Saleor): writes run one after the other.
    pub max_mutation_fields: u64,
    /// Argument values of one document, fragments expanded and each variable as large as what was sent
    /// for it: validation and execution copy a variable's value wherever it is used, so that 800 uses of
    /// a list of 100,000 numbers in a small request are 80 million values.
    pub max_argument_values: u64,
    /// Authentication fields in one operation, so that guessing is counted by the request.
    pub max_authentication_fields: u64,
    /// The names of the fields that count as authentication.
    pub authentication_fields: Vec<String>,
}

/// Fields by which a session is opened, or a proof of who somebody is is shown.
const AUTHENTICATION_FIELDS: [&str; 6] = [
    "sessionCreate",
    "sessionCreateByWechat",
    "sessionCreateByOidc",
    "sessionRefresh",
    "accountRegister",
    "externalIdentityCreate",
];

impl Default for DocumentLimits {
    fn default() -> Self {
        Self {
            max_bytes: 64 * 1024,
            max_tokens: 5_000,
            max_nesting: 64,
            max_fragments: 50,
            max_expanded_selections: 10_000,
            max_depth: 32,
            max_directives_per_node: 5,
            max_directives: 100,
            max_root_fields: 20,
            max_aliases: 50,
            max_mutation_fields: 4,
            max_argument_values: 100_000,
            max_authentication_fields: 1,
            authentication_fields: AUTHENTICATION_FIELDS.map(str::to_owned).to_vec(),
        }
    }
}

impl DocumentLimits {
    /// No limits at all: what the edge is without its pre-check.
    pub(super) const fn boundless() -> Self {
        Self {
            max_bytes: usize::MAX,
            max_tokens: usize::MAX,
            max_nesting: usize::MAX,
            max_fragments: usize::MAX,
            max_expanded_selections: u64::MAX,
            max_depth: u64::MAX,
            max_directives_per_node: usize::MAX,
            max_directives: usize::MAX,
            max_root_fields: u64::MAX,
            max_aliases: u64::MAX,
            max_mutation_fields: u64::MAX,
            max_argument_values: u64::MAX,
            max_authentication_fields: u64::MAX,
            authentication_fields: vec![],
        }
    }
}

/// Limits on one request over HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RequestLimits {
    /// Bytes of a body. Files travel by their own route, so JSON never needs more.
    pub max_body_bytes: usize,
    /// Seconds a client may take to send its body (slowloris).
    pub body_read_seconds: Seconds,
    /// Seconds one query or mutation may run, as at GitHub; also bounds finding out who calls.
    pub deadline_seconds: Seconds,
    /// What `Retry-After` says when we are not available: long enough for a pool to recover.
    pub retry_after_seconds: u32,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self {
            max_body_bytes: 256 * 1024,
            body_read_seconds: Seconds::whole(10),
            deadline_seconds: Seconds::whole(10),
            retry_after_seconds: 2,
        }
    }
}

/// Limits on the errors of one answer.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "each is the name of a setting")]
pub struct AnswerLimits {
    /// Errors in one answer: a bad document can cause one per token.
    pub max_errors: usize,
    /// Bytes of all errors together.
    pub max_error_bytes: usize,
    /// Characters of one message: parser and validation quote what the client sent.
    pub max_message_chars: usize,
}

impl Default for AnswerLimits {
    fn default() -> Self {
        Self { max_errors: 10, max_error_bytes: 8 * 1024, max_message_chars: 500 }
    }
}

/// Limits on one WebSocket, and on the sockets of one user.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SocketLimits {
    /// Sockets and streams open in the whole process; further sockets are refused with 503. An idle one
    /// costs some 20 kB.
    pub max_open: usize,
    /// Sockets and streams of callers who are not signed in, in the whole process and together, for nobody
    /// can be told from another: a tenth of `max_open`, so that strangers leave the rest to those who sign
    /// in. No subscription of ours answers a stranger, so that an honest one holds a socket for as long as
    /// it takes to sign in.
    pub max_anonymous: usize,
    /// Seconds until `connection_init` must have come (3,000 ms in graphql-ws).
    pub init_seconds: Seconds,
    /// Bytes of one message (OWASP).
    pub max_message_bytes: usize,
    /// Messages in any one minute (OWASP's start value).
    pub max_messages_per_minute: usize,
    /// Operations that may be open on one socket.
    pub max_operations: usize,
    /// Sockets of one user; a WeChat mini program may open five.
    pub max_sockets_per_user: usize,
    /// Messages that may wait for a client to read them.
    pub max_queued_messages: usize,
    /// Seconds the queue may stay full before the slow reader is cut.
    pub slow_reader_seconds: Seconds,
    /// Seconds between pings; a peer that let a whole interval pass in silence is dead. Below the 30 s
    /// after which common gateways drop an idle connection.
    pub ping_seconds: Seconds,
    /// Seconds between two questions whether the caller is still valid (1 to 20): a revoked one is out by the next, and in 60 s where nobody
    /// can say.
    pub recheck_seconds: Seconds,
    /// Seconds a closing handshake may take.
    pub close_seconds: Seconds,
}

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            max_open: 10_000,
            max_anonymous: 1_000,
            init_seconds: Seconds::whole(3),
            max_message_bytes: 64 * 1024,
            max_messages_per_minute: 100,
            max_operations: 20,
            max_sockets_per_user: 5,
            max_queued_messages: 64,
            slow_reader_seconds: Seconds::whole(5),
            ping_seconds: Seconds::whole(25),
            recheck_seconds: Seconds::whole(20),
            close_seconds: Seconds::whole(2),
        }
    }
}

/// Limits on event streams.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StreamLimits {
    /// Streams of one user: a stream carries one operation, a socket twenty.
    pub max_streams_per_user: usize,
    /// Seconds of silence before a comment keeps the connection alive.
    pub keep_alive_seconds: Seconds,
    /// Seconds between two questions whether the caller is still valid, as of sockets.
    pub recheck_seconds: Seconds,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self {
            max_streams_per_user: 20,
            keep_alive_seconds: Seconds::whole(15),
            recheck_seconds: Seconds::whole(20),
        }
    }
}

/// Limits on the listener, its connections, and the way it stops.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerLimits {
    /// Connections open at once; further ones wait in the listener's backlog.
    pub max_connections: usize,
    /// Seconds to send a request head; also how long an idle connection is kept.
    pub header_read_seconds: Seconds,
    /// Seconds a peer may accept none of our bytes before its connection is cut.
    pub write_stall_seconds: Seconds,
    /// Bytes of a request head.
    pub max_head_bytes: usize,
    /// Requests in flight on one HTTP/2 connection.
    pub max_concurrent_streams: u32,
    /// Seconds the listener keeps answering after the signal, `/readyz` already refusing: the interval
    /// at which a load balancer asks. Zero for a server without one.
    pub linger_seconds: Seconds,
    /// Seconds over which sockets are closed, so that their clients do not come back all at once.
    pub socket_close_window_seconds: Seconds,
    /// Seconds until what is still in flight is dropped.
    pub drain_seconds: Seconds,
}

impl Default for ServerLimits {
    fn default() -> Self {
        Self {
            max_connections: 10_000,
            header_read_seconds: Seconds::whole(30),
            write_stall_seconds: Seconds::whole(30),
            max_head_bytes: 64 * 1024,
            max_concurrent_streams: 100,
            linger_seconds: Seconds::whole(0),
            socket_close_window_seconds: Seconds::whole(3),
            drain_seconds: Seconds::whole(30),
        }
    }
}

/// A span of time in a setting whose name ends in `_seconds`; fractions are allowed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(Duration);

impl Seconds {
    /// Whole seconds.
    #[must_use]
    pub const fn whole(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// Thousandths of a second.
    #[must_use]
    pub const fn thousandths(thousandths: u64) -> Self {
        Self(Duration::from_millis(thousandths))
    }

    /// The span as the standard library knows it.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl fmt::Debug for Seconds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}", self.0)
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        Duration::try_from_secs_f64(seconds)
            .map(Self)
            .map_err(|_| serde::de::Error::custom("seconds must be zero or more"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_revoked_is_out_by_the_defaults_after_twenty_seconds() {
        let settings = crate::config::Settings::read(None).expect("the defaults");
        for limits in [&settings.edge, &Limits::default()] {
            assert_eq!(limits.socket.recheck_seconds, Seconds::whole(20));
            assert_eq!(limits.stream.recheck_seconds, Seconds::whole(20));
            assert_eq!(limits.check(), Ok(()));
        }
    }
}
