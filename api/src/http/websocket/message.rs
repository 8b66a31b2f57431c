//! The messages of `graphql-transport-ws`.

use async_graphql::ServerError;
use axum::extract::ws::Message;
use serde_json::{Map, Value, json};

use super::super::answer::Answer;
use super::super::params::Params;
use super::close::Close;

/// What a client may say.
#[derive(Debug)]
pub(super) enum FromClient {
    Init { payload: Value },
    Ping { payload: Option<Value> },
    Pong,
    Subscribe { id: String, params: Params },
    Complete { id: String },
}

impl FromClient {
    /// Reads a message; anything the protocol does not know closes the socket.
    pub(super) fn read(text: &str) -> Result<Self, Close> {
        let Ok(Value::Object(mut members)) = serde_json::from_str(text) else {
            return Err(Close::bad_message("A message is a JSON object"));
        };
        let Some(Value::String(kind)) = members.remove("type") else {
            return Err(Close::bad_message("A message has a type"));
        };
        match kind.as_str() {
            "connection_init" => {
                Ok(Self::Init { payload: optional_object(&mut members)?.unwrap_or(Value::Null) })
            }
            "ping" => Ok(Self::Ping { payload: optional_object(&mut members)? }),
            "pong" => optional_object(&mut members).map(|_payload| Self::Pong),
            "subscribe" => Ok(Self::Subscribe {
                id: id(&mut members)?,
                params: Params::from_json(members.remove("payload").unwrap_or(Value::Null))
                    .map_err(|_| Close::bad_message("The payload of subscribe is not a GraphQL request"))?,
            }),
            "complete" => Ok(Self::Complete { id: id(&mut members)? }),
            _ => Err(Close::bad_message("Unknown type of message")),
        }
    }
}

fn optional_object(members: &mut Map<String, Value>) -> Result<Option<Value>, Close> {
    match members.remove("payload") {
        None | Some(Value::Null) => Ok(None),
        Some(payload @ Value::Object(_)) => Ok(Some(payload)),
        Some(_) => Err(Close::bad_message("A payload is an object")),
    }
}

fn id(members: &mut Map<String, Value>) -> Result<String, Close> {
    match members.remove("id") {
        Some(Value::String(id)) if !id.is_empty() => Ok(id),
        _ => Err(Close::bad_message("An id is a string that is not empty")),
    }
}

pub(super) fn connection_ack() -> Message {
    Message::text(r#"{"type":"connection_ack"}"#)
}

pub(super) fn pong(payload: Option<Value>) -> Message {
    Message::text(match payload {
        Some(payload) => json!({"type": "pong", "payload": payload}).to_string(),
        None => r#"{"type":"pong"}"#.to_owned(),
    })
}

/// An id as JSON, as the messages below take it.
pub(super) fn quoted(id: &str) -> String {
    Value::from(id).to_string()
}

/// The answer is JSON already, so it is set in, not parsed again.
pub(super) fn next(quoted_id: &str, answer: &Answer) -> Message {
    Message::text([r#"{"id":"#, quoted_id, r#","type":"next","payload":"#, &answer.json(), "}"].concat())
}

pub(super) fn error(quoted_id: &str, errors: &[ServerError]) -> Message {
    let errors = json!(errors).to_string();
    Message::text([r#"{"id":"#, quoted_id, r#","type":"error","payload":"#, &errors, "}"].concat())
}

pub(super) fn complete(quoted_id: &str) -> Message {
    Message::text([r#"{"id":"#, quoted_id, r#","type":"complete"}"#].concat())
}
