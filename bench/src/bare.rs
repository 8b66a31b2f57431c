//! What the same messages cost without the product: a server of the same libraries that lets everybody in, checks nothing
//! and remembers nothing. `live` speaks to it as it speaks to the product, so that one run tells both.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::extract::ws::{Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use axum::routing::post;
use chrono::{DateTime, SecondsFormat};
use fengqiao_domain::kernel::clock::{Clock as _, SystemClock};
use futures::{SinkExt as _, StreamExt as _};
use tokio::net::TcpListener;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Messages that a slow socket may be behind, as many as the product's queue.
const BEHIND: usize = 1024;

/// Serves at a free port, which it prints, until it is killed.
pub(crate) async fn run() -> anyhow::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("PORT {}", listener.local_addr()?.port());
    let (tell, _) = broadcast::channel(BEHIND);
    let routes = Router::new().route("/graphql", post(say).get(follow)).with_state(Arc::new(tell));
    Ok(axum::serve(listener, routes).await?)
}

type Teller = Arc<broadcast::Sender<Utf8Bytes>>;

/// Tells all sockets of an event, in the form and the length of the product's.
async fn say(State(tell): State<Teller>) -> &'static str {
    let now = DateTime::from_timestamp_micros(SystemClock.now().micros()).unwrap_or_default();
    let at = now.to_rfc3339_opts(SecondsFormat::Micros, true);
    let event = format!(
        r#"{{"id":"1","type":"next","payload":{{"data":{{"caseEvents":{{"cursor":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","event":{{"id":"AAAAAAAAAAAAAAAAAAAAAAAAAA","occurredAt":"{at}","caseNumber":"150302-2026-000001","caseVersion":7,"fromState":"HANDLING","toState":"HANDLING","level":"DISTRICT"}}}}}}}}}}"#
    );
    // Nobody may be following yet.
    drop(tell.send(event.into()));
    r#"{"data":{"caseComment":{"userErrors":[],"case":{}}}}"#
}

async fn follow(State(tell): State<Teller>, upgrade: WebSocketUpgrade) -> Response {
    upgrade
        .protocols(["graphql-transport-ws"])
        .read_buffer_size(1024)
        .write_buffer_size(4 * 1024)
        .on_upgrade(move |socket| converse(socket, tell))
}

/// Greets whoever comes, and passes on what is told once they have said what they follow.
async fn converse(socket: WebSocket, tell: Teller) {
    let (mut sink, mut incoming) = socket.split();
    let _init = incoming.next().await;
    if sink.send(Message::text(r#"{"type":"connection_ack"}"#)).await.is_err() {
        return;
    }
    let mut told = tell.subscribe();
    let _subscribe = incoming.next().await;
    loop {
        tokio::select! {
            event = told.recv() => match event {
                Ok(event) => if sink.send(Message::Text(event)).await.is_err() { return },
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            ended = incoming.next() => if !matches!(ended, Some(Ok(_))) { return },
        }
    }
}
