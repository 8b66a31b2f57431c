//! A WebSocket client that says exactly what a test wants said.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use http::HeaderValue;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::server::Server;

const SUBPROTOCOL: &str = "graphql-transport-ws";

pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Opens a socket with these headers.
    pub(crate) async fn with(server: &Server, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let mut request = format!("ws://{}/graphql", server.address).into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, HeaderValue::from_str(value).expect("a header"));
        }
        connect_async(request).await.map(|(socket, _response)| Self(socket))
    }

    /// Opens a socket and says nothing.
    pub(crate) async fn open(server: &Server) -> Self {
        Self::with(server, &[("sec-websocket-protocol", SUBPROTOCOL)]).await.expect("a socket")
    }

    /// Opens a socket as an anonymous caller.
    pub(crate) async fn acknowledged(server: &Server) -> Self {
        Self::of(server, json!({"type": "connection_init"})).await
    }

    /// Opens a socket of this user.
    pub(crate) async fn user(server: &Server, token: &str) -> Self {
        Self::of(server, init(token)).await
    }

    async fn of(server: &Server, init: Value) -> Self {
        let mut socket = Self::open(server).await;
        socket.say(init).await;
        assert_eq!(socket.next().await, json!({"type": "connection_ack"}));
        socket
    }

    pub(crate) async fn say(&mut self, message: Value) {
        self.say_text(message.to_string()).await;
    }

    pub(crate) async fn say_text(&mut self, text: String) {
        self.0.send(Message::text(text)).await.expect("sends");
    }

    pub(crate) async fn subscribe(&mut self, id: &str, document: &str) {
        self.say(json!({"id": id, "type": "subscribe", "payload": {"query": document}})).await;
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            match self.frame().await {
                Some(Message::Text(text)) => return serde_json::from_str(&text).expect("JSON"),
                Some(Message::Ping(_) | Message::Pong(_)) => {}
                other => panic!("no message but {other:?}"),
            }
        }
    }

    /// The close code; messages before it are skipped.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            match self.frame().await {
                Some(Message::Close(Some(frame))) => return frame.code.into(),
                Some(Message::Close(None)) | None => return 1006,
                Some(_) => {}
            }
        }
    }

    async fn frame(&mut self) -> Option<Message> {
        let frame = tokio::time::timeout(Duration::from_secs(5), self.0.next()).await;
        frame.expect("something within 5 s").and_then(Result::ok)
    }
}

pub(crate) fn init(token: &str) -> Value {
    json!({"type": "connection_init", "payload": {"authorization": format!("Bearer {token}")}})
}
