//! GraphQL over WebSocket, the protocol `graphql-transport-ws` (graphql-ws, PROTOCOL.md).
//!
//! Close codes are the protocol's: 4400 bad message, 4401 subscribe before acknowledgement, 4403 refused or
//! no longer valid, 4406 other subprotocol, 4408 no `connection_init` in time, 4409 id in use, 4429
//! second `connection_init`. Where it names none we use RFC 6455's: 1001 the server stops, 1008 too many
//! messages or sockets, 1009 message too large, 1013 try again later.

mod close;
mod message;
mod pace;
mod session;
mod writing;

use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{Message, WebSocket};
use axum::response::Response;
use futures::stream::SplitSink;
use futures::{SinkExt, StreamExt};
use http::request::Parts;

use super::drain::Held;
use super::edge::Edge;
use super::language::Language;
use super::origin;
use super::rejection::Rejection;
use crate::runner::Runner;
use close::Close;
use session::{Ending, Session};
use writing::Writing;

const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Bytes that each socket holds for what it reads: what a client says is short, and the library's own 128 KiB would be
/// most of what an idle socket costs. What is longer is held while it is read.
const READ_BUFFER: usize = 1024;

/// Bytes that go out together when much is said at once. More wait in the queue, where they are counted.
const WRITE_BUFFER: usize = 4 * 1024;

/// Answers the handshake, and keeps the socket until it closes.
pub(super) fn open<E: Runner>(
    edge: Edge<E>,
    upgrade: WebSocketUpgrade,
    parts: Parts,
    language: Language,
) -> Result<Response, Rejection> {
    if edge.drain().has_begun() || edge.drain().open() >= edge.limits().socket.max_open {
        return Err(Rejection::unavailable());
    }
    if !origin::may_connect(&parts.headers, &parts.uri, &edge.limits().allowed_origins) {
        return Err(Rejection::forbidden("this page may not open a WebSocket here"));
    }
    // Larger messages are read up to twice the limit, to be refused by their own close code.
    let ceiling = edge.limits().socket.max_message_bytes.saturating_mul(2);
    let held = edge.drain().hold();
    Ok(upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(ceiling)
        .max_frame_size(ceiling)
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(WRITE_BUFFER)
        .on_upgrade(move |socket| converse(edge, socket, Box::new(parts), language, held)))
}

/// One socket from its opening to its end. Reading, running and writing share one task: what a client
/// cancels is gone at once, and nothing outlives the socket.
async fn converse<E: Runner>(
    edge: Edge<E>,
    socket: WebSocket,
    parts: Box<Parts>,
    language: Language,
    held: Held,
) {
    let accepted = socket.protocol().is_some_and(|protocol| protocol == SUBPROTOCOL);
    let (sink, incoming) = socket.split();
    let limits = edge.limits().socket.clone();
    if !accepted {
        return close(sink, incoming, Close::SUBPROTOCOL, limits.close_seconds.duration()).await;
    }
    let writing = Writing::new(sink, limits.max_queued_messages.max(1));
    let mut session = Session::new(edge, parts, language, incoming, writing);
    let Ending::Close(with) = session.run(&held).await else { return };
    // The session ends with its operations; what is queued is still written.
    let (incoming, writing) = session.into_halves();
    let grace = limits.close_seconds.duration();
    if let Ok(Ok(sink)) = tokio::time::timeout(grace, writing.finish()).await {
        close(sink, incoming, with, grace).await;
    }
}

type Sink = SplitSink<WebSocket, Message>;
type Incoming = futures::stream::SplitStream<WebSocket>;

/// Sends the close frame and waits a little for the peer's, so that it sees the code and not a reset.
async fn close(mut sink: Sink, mut incoming: Incoming, with: Close, grace: std::time::Duration) {
    let handshake = async {
        sink.send(Message::Close(Some(with.into_frame()))).await?;
        while let Some(Ok(_ignored)) = incoming.next().await {}
        Ok::<_, axum::Error>(())
    };
    // A peer that does not answer in time is dropped, which is all that is left to do.
    drop(tokio::time::timeout(grace, handshake).await);
}
