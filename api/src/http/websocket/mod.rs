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

use std::sync::Arc;

use async_graphql::Executor;
use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{Message, WebSocket};
use axum::response::Response;
use futures::stream::SplitSink;
use futures::{SinkExt, StreamExt};
use http::request::Parts;
use tokio::sync::mpsc;

use super::drain::Held;
use super::edge::Edge;
use super::language::Language;
use super::origin;
use super::rejection::Rejection;
use close::Close;
use session::{Ending, Session};

const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Bytes that each socket holds for what it reads: what a client says is short, and the library's own 128 KiB would be
/// most of what an idle socket costs. What is longer is held while it is read.
const READ_BUFFER: usize = 4 * 1024;

/// Answers the handshake, and keeps the socket until it closes.
pub(super) fn open<E: Executor>(
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
        .on_upgrade(move |socket| converse(edge, socket, Arc::new(parts), language, held)))
}

/// One socket from its opening to its end. Reading, running and writing share one task: what a client
/// cancels is gone at once, and nothing outlives the socket.
async fn converse<E: Executor>(
    edge: Edge<E>,
    socket: WebSocket,
    parts: Arc<Parts>,
    language: Language,
    held: Held,
) {
    let accepted = socket.protocol().is_some_and(|protocol| protocol == SUBPROTOCOL);
    let (sink, incoming) = socket.split();
    let limits = edge.limits().socket.clone();
    if !accepted {
        return close(sink, incoming, Close::SUBPROTOCOL, limits.close_seconds.duration()).await;
    }
    let (outbox, queue) = mpsc::channel(limits.max_queued_messages.max(1));
    let mut writer = Box::pin(write(sink, queue));
    let mut session = Session::new(edge, parts, language, incoming, outbox);
    let ending = tokio::select! {
        ending = session.run(&held) => ending,
        _peer_gone = &mut writer => return,
    };
    let Ending::Close(with) = ending else { return };
    // Dropping the session ends its operations and the queue; what is queued is still written.
    let incoming = session.into_incoming();
    let grace = limits.close_seconds.duration();
    if let Ok(Some(sink)) = tokio::time::timeout(grace, writer).await {
        close(sink, incoming, with, grace).await;
    }
}

type Sink = SplitSink<WebSocket, Message>;
type Incoming = futures::stream::SplitStream<WebSocket>;

/// Writes what is queued until the queue ends; `None` when the peer is gone.
async fn write(mut sink: Sink, mut queue: mpsc::Receiver<Message>) -> Option<Sink> {
    while let Some(message) = queue.recv().await {
        sink.send(message).await.ok()?;
    }
    Some(sink)
}

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
