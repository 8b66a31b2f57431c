//! Somebody who follows a subscription over `graphql-transport-ws`.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use fengqiao_domain::kernel::event::EventCursor;
use fengqiao_domain::kernel::id::EventId;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use sqlx::types::Uuid;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long an event may take: long, because a busy machine must not fail a test.
const PATIENCE: Duration = Duration::from_secs(20);

/// The events of one subscription.
pub struct Events(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Events {
    /// Opens a socket and a subscription on it. The first item answers the cursor of no history that is
    /// sent along, and says that from now on nothing is missed.
    pub(crate) async fn open(
        address: SocketAddr,
        token: Option<&str>,
        document: &str,
    ) -> anyhow::Result<Self> {
        let nowhere = EventCursor::of(i64::MAX, EventId::from_uuid(Uuid::nil())).encode();
        let mut events = Self::go_on(address, token, document, &json!({"after": nowhere})).await?;
        let first = events.next().await?;
        ensure!(first["data"]["caseEvents"]["reason"] == "NOT_KEPT", "{first}");
        Ok(events)
    }

    /// Opens a socket and a subscription on it, with whatever variables.
    ///
    /// # Errors
    /// When no socket opens, or whoever asks is not let in.
    pub async fn go_on(
        address: SocketAddr,
        token: Option<&str>,
        document: &str,
        variables: &Value,
    ) -> anyhow::Result<Self> {
        let mut events = Self::greet(address, token).await?;
        let answer = events.message().await?;
        ensure!(answer["type"] == "connection_ack", "{answer}");
        let payload = json!({"query": document, "variables": variables});
        events.say(json!({"id": "1", "type": "subscribe", "payload": payload})).await?;
        Ok(events)
    }

    /// Opens a socket and says who is there; the answer is still to come.
    ///
    /// # Errors
    /// When no socket opens.
    pub async fn greet(address: SocketAddr, token: Option<&str>) -> anyhow::Result<Self> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse()?);
        let (socket, _) = connect_async(request).await?;
        let mut events = Self(socket);
        let init = token.map_or(json!({}), |token| json!({"authorization": format!("Bearer {token}")}));
        events.say(json!({"type": "connection_init", "payload": init})).await?;
        Ok(events)
    }

    /// What the subscription sends next.
    ///
    /// # Errors
    /// When it ends, or nothing comes in time.
    pub async fn next(&mut self) -> anyhow::Result<Value> {
        let message = self.message().await?;
        ensure!(message["type"] == "next", "{message}");
        Ok(message["payload"].clone())
    }

    /// What the subscription sends next, or the code with which the socket closes.
    ///
    /// # Errors
    /// When nothing comes in time, or the socket ends without a word.
    pub async fn next_or_close(&mut self) -> anyhow::Result<Result<Value, u16>> {
        loop {
            match self.frame().await? {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text)?;
                    match message["type"].as_str() {
                        Some("ping") => self.say(json!({"type": "pong"})).await?,
                        Some("pong") => {}
                        Some("next") => return Ok(Ok(message["payload"].clone())),
                        _ => bail!("{message}"),
                    }
                }
                Message::Close(frame) => return Ok(Err(frame.map_or(1005, |frame| frame.code.into()))),
                _ => {}
            }
        }
    }

    /// The event that comes next.
    ///
    /// # Errors
    /// As [`Events::next`].
    pub async fn event(&mut self) -> anyhow::Result<Value> {
        let item = self.next().await?;
        let event = item.pointer("/data/caseEvents/event").with_context(|| format!("no event: {item}"))?;
        Ok(event.clone())
    }

    /// The next event that fits: those of what was done before the socket was opened can still come first.
    ///
    /// # Errors
    /// When none comes.
    pub async fn event_where(&mut self, fits: impl Fn(&Value) -> bool) -> anyhow::Result<Value> {
        loop {
            let event = self.event().await?;
            if fits(&event) {
                return Ok(event);
            }
        }
    }

    /// The code with which the socket closes; messages before it are skipped.
    ///
    /// # Errors
    /// When it stays open.
    pub async fn closed(&mut self) -> anyhow::Result<u16> {
        loop {
            if let Message::Close(frame) = self.frame().await? {
                return Ok(frame.map_or(1005, |frame| frame.code.into()));
            }
        }
    }

    async fn say(&mut self, message: Value) -> anyhow::Result<()> {
        Ok(self.0.send(Message::text(message.to_string())).await?)
    }

    /// The next message of the protocol that is no ping or pong.
    ///
    /// # Errors
    /// When none comes in time, or the socket closes.
    pub async fn message(&mut self) -> anyhow::Result<Value> {
        loop {
            match self.frame().await? {
                Message::Text(text) => {
                    let message: Value = serde_json::from_str(&text)?;
                    match message["type"].as_str() {
                        Some("ping") => self.say(json!({"type": "pong"})).await?,
                        Some("pong") => {}
                        _ => return Ok(message),
                    }
                }
                Message::Ping(_) | Message::Pong(_) => {}
                other => bail!("no message but {other:?}"),
            }
        }
    }

    async fn frame(&mut self) -> anyhow::Result<Message> {
        let frame = tokio::time::timeout(PATIENCE, self.0.next()).await.context("nothing came")?;
        Ok(frame.context("the socket ended")??)
    }
}
