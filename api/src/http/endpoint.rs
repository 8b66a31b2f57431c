//! `/graphql`: GraphQL over HTTP, and the door to event streams and sockets.

use std::panic::AssertUnwindSafe;

use async_graphql::parser::types::OperationType;
use axum::body::Body;
use axum::extract::{FromRequestParts, State, WebSocketUpgrade};
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::request::Parts;
use http::{HeaderValue, Method, Request, header};

use super::answer::Answer;
use super::caller::Posted;
use super::edge::{Edge, Envelope};
use super::language::Language;
use super::negotiation::{Accepted, Media, readable};
use super::params::Params;
use super::rejection::Rejection;
use super::request_id::{RequestId, X_REQUEST_ID};
use super::{body, event_stream, websocket};
use crate::runner::Runner;

const ALLOW: &str = "GET, POST";

/// Answers any request to `/graphql`.
pub(super) async fn graphql<E: Runner>(State(edge): State<Edge<E>>, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let envelope = Envelope {
        request_id: RequestId::fresh(),
        language: Language::negotiate(&parts.headers),
        peer: edge.peer(&parts),
    };
    let accepted = Accepted::read(&parts.headers);
    let answering = AssertUnwindSafe(answer(&edge, parts, body, envelope, accepted)).catch_unwind();
    let outcome = answering.await.unwrap_or_else(|_panic| {
        tracing::error!(request_id = %envelope.request_id, "the edge panicked");
        Err(Rejection::internal())
    });
    let mut response = outcome.unwrap_or_else(|rejection| {
        tracing::info!(
            target: "request",
            request_id = %envelope.request_id,
            status = rejection.status.as_u16(),
            "refused"
        );
        Answer::from_rejection(rejection, &edge.context(envelope)).into_http(accepted.media())
    });
    if let Ok(id) = HeaderValue::from_str(&envelope.request_id.to_string()) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    response
}

async fn answer<E: Runner>(
    edge: &Edge<E>,
    mut parts: Parts,
    body: Body,
    envelope: Envelope,
    accepted: Accepted,
) -> Result<Response, Rejection> {
    if is_handshake(&parts) {
        return match WebSocketUpgrade::from_request_parts(&mut parts, &()).await {
            Ok(upgrade) => websocket::open(edge.clone(), upgrade, parts, envelope.language),
            Err(not_a_handshake) => Ok(not_a_handshake.into_response()),
        };
    }
    if parts.method != Method::GET && parts.method != Method::POST {
        return Err(Rejection::method_not_allowed("use POST, or GET for queries", ALLOW));
    }
    if accepted.nothing() {
        return Err(Rejection::not_acceptable(
            "accept application/json, application/graphql-response+json or text/event-stream",
        ));
    }
    if parts.method == Method::GET {
        let params = Params::from_query(&parts.uri)?;
        return serve(edge, (&parts, None), params, envelope, accepted).await;
    }
    if !readable(&parts.headers) {
        return Err(Rejection::unsupported_media_type());
    }
    let body = body::read(&parts.headers, body, &edge.limits().request).await?;
    let params = Params::from_body(&body)?;
    serve(edge, (&parts, Some(&body)), params, envelope, accepted).await
}

/// From here on the request is a well-formed one of GraphQL.
async fn serve<E: Runner>(
    edge: &Edge<E>,
    (parts, body): (&Parts, Option<&[u8]>),
    params: Params,
    envelope: Envelope,
    accepted: Accepted,
) -> Result<Response, Rejection> {
    let Envelope { peer, request_id, .. } = envelope;
    let caller = edge.caller(parts, body.map(|body| Posted { body, peer, request_id })).await?;
    let operation = match edge.prepare(params, Some(&parts.headers), &caller, envelope) {
        Ok(operation) => operation,
        // A client that reads nothing but events must be told of a bad document by an event.
        Err(refused) if accepted.single.is_none() => return Ok(event_stream::refusal(&refused)),
        Err(refused) => return Ok(refused.into_http(accepted.media())),
    };
    let way = match way(operation.kind, &parts.method, accepted) {
        Ok(way) => way,
        Err(rejection) => {
            return Ok(edge.refuse(operation, rejection).into_http(accepted.media()));
        }
    };
    let paid = match edge.charge(operation).await {
        Ok(paid) => paid,
        Err(refused) if accepted.single.is_none() => return Ok(event_stream::refusal(&refused)),
        Err(refused) => return Ok(refused.into_http(accepted.media())),
    };
    Ok(match way {
        Way::Single(media) => edge.execute(paid).await.into_http(media),
        Way::Events => event_stream::open(edge, caller, paid)
            .unwrap_or_else(|refused| refused.into_http(accepted.media())),
    })
}

/// How an operation is answered.
enum Way {
    Single(Media),
    Events,
}

/// Which way fits the operation and the client, if one does.
fn way(kind: OperationType, method: &Method, accepted: Accepted) -> Result<Way, Rejection> {
    const SUBSCRIPTION: &str = "subscriptions run over the WebSocket, or accept text/event-stream";
    let by_get = method == Method::GET;
    match (kind, accepted.single) {
        (OperationType::Mutation, _) if by_get => {
            Err(Rejection::method_not_allowed("mutations run by POST only", "POST"))
        }
        (OperationType::Subscription, _) if accepted.events => Ok(Way::Events),
        (OperationType::Subscription, _) if by_get => {
            Err(Rejection::method_not_allowed(SUBSCRIPTION, "POST"))
        }
        (OperationType::Subscription, _) => Err(Rejection::not_acceptable(SUBSCRIPTION)),
        (OperationType::Query | OperationType::Mutation, Some(media)) => Ok(Way::Single(media)),
        (OperationType::Query | OperationType::Mutation, None) => Ok(Way::Events),
    }
}

/// Whether this is the handshake of a WebSocket, and not of anything else that upgrades.
fn is_handshake(parts: &Parts) -> bool {
    let upgrade = parts.headers.get(header::UPGRADE);
    parts.method == Method::GET
        && upgrade.is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}
