//! GraphQL over WebSocket, the protocol `graphql-transport-ws` (graphql-ws, PROTOCOL.md).
//!
//! Close codes are the protocol's: 4400 bad message, 4401 subscribe before acknowledgement, 4403 refused or
//! no longer valid, 4406 other subprotocol, 4408 no `connection_init` in time, 4409 id in use, 4429
//! second `connection_init`. Where it names none we use RFC 6455's: 1001 the server stops, 1008 too many
//! messages or sockets, 1009 message too large, 1013 try again later.

mod bell;
mod close;
mod message;
mod operations;
mod pace;
mod session;
mod writing;

use std::time::Duration;

use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{Message, WebSocket};
use axum::response::Response;
use futures::StreamExt as _;
use http::request::Parts;

use super::drain::Held;
use super::edge::Edge;
use super::language::Language;
use super::origin;
use super::rejection::Rejection;
use crate::runner::Runner;
use close::Close;
use session::Session;

const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Bytes that a socket reads at a time, and holds: what a client says is short, and the library's own 128 KiB would be most of what
/// an idle socket costs. What is longer is read in pieces, into room of its own length and so many bytes more.
const READ_BUFFER: usize = 256;

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
        .on_upgrade(move |socket| {
            begin(edge, socket, Box::new(parts), language, held);
            std::future::ready(())
        }))
}

/// Begins the conversation in a task of its own: the one that waited for the handshake has room for it, which would be held for
/// as long as the socket is open.
#[expect(clippy::disallowed_methods, reason = "whoever stops the server waits for what is held")]
fn begin<E: Runner>(edge: Edge<E>, socket: WebSocket, parts: Box<Parts>, language: Language, held: Held) {
    let accepted = socket.protocol().is_some_and(|protocol| protocol == SUBPROTOCOL);
    let mut session = Session::new(edge, parts, language, socket, held);
    // Reading, running and writing share one task: what a client cancels is gone at once, and nothing outlives the socket. What it
    // does seldom is boxed, so that it holds no room for it meanwhile.
    tokio::spawn(async move {
        if accepted {
            session.converse().await;
        } else {
            Box::pin(session.close(Close::SUBPROTOCOL)).await;
        }
    });
}

/// Sends the close frame and waits a little for the peer's, so that it sees the code and not a reset.
async fn close(socket: &mut WebSocket, with: Close, grace: Duration) {
    let handshake = async {
        socket.send(Message::Close(Some(with.into_frame()))).await?;
        while let Some(Ok(_ignored)) = socket.next().await {}
        Ok::<_, axum::Error>(())
    };
    // A peer that does not answer in time is dropped, which is all that is left to do.
    drop(tokio::time::timeout(grace, handshake).await);
}
