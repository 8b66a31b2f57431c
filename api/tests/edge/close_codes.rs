//! One test for each code a socket is closed with (G11).

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fengqiao_api::http::{Limits, Seconds, SocketLimits};
use futures::SinkExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::server::{Server, eventually};
use crate::socket::{Socket, init};

async fn with(socket: SocketLimits) -> Server {
    Server::with(Limits { socket, ..Default::default() }).await
}

#[tokio::test]
async fn close_4400_for_what_the_protocol_does_not_know() {
    let server = Server::start().await;
    let bad = [
        "{ not json".to_owned(),
        "[]".to_owned(),
        json!({}).to_string(),
        json!({"type": 1}).to_string(),
        json!({"type": "start"}).to_string(),
        json!({"type": "ping", "payload": 1}).to_string(),
        json!({"type": "connection_init", "payload": "Bearer x"}).to_string(),
        json!({"type": "complete"}).to_string(),
        json!({"type": "subscribe", "payload": {"query": "{ hello }"}}).to_string(),
        json!({"type": "subscribe", "id": "", "payload": {"query": "{ hello }"}}).to_string(),
        json!({"type": "subscribe", "id": 1, "payload": {"query": "{ hello }"}}).to_string(),
        json!({"type": "subscribe", "id": "a"}).to_string(),
        json!({"type": "subscribe", "id": "a", "payload": {}}).to_string(),
        json!({"type": "subscribe", "id": "a", "payload": {"query": 1}}).to_string(),
        json!({"type": "subscribe", "id": "a", "payload": {"query": "{ hello }", "variables": []}})
            .to_string(),
    ];
    for message in bad {
        let mut socket = Socket::open(&server).await;
        socket.say_text(message.clone()).await;
        assert_eq!(socket.closed().await, 4400, "{message}");
    }
    let mut socket = Socket::open(&server).await;
    socket.0.send(Message::binary(b"{}".to_vec())).await.expect("sends");
    assert_eq!(socket.closed().await, 4400);
}

#[tokio::test]
async fn close_4401_for_a_subscription_before_the_acknowledgement() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    socket.subscribe("a", "mutation { bump }").await;
    assert_eq!(socket.closed().await, 4401);
    assert_eq!(server.counters.bumps.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn close_4403_for_a_bad_credential_and_1013_for_one_that_cannot_be_checked() {
    let server = Server::start().await;
    for (token, code) in [("bad", 4403), ("away", 1013)] {
        let mut socket = Socket::open(&server).await;
        socket.say(init(token)).await;
        assert_eq!(socket.closed().await, code);
    }
    let headers = [("sec-websocket-protocol", "graphql-transport-ws"), ("authorization", "Bearer bad")];
    let mut socket = Socket::with(&server, &headers).await.expect("a socket");
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.closed().await, 4403);
}

#[tokio::test]
async fn close_4403_when_the_credential_expires() {
    let server = Server::start().await;
    let mut socket = Socket::user(&server, "wang/400").await;
    let begun = Instant::now();
    socket.subscribe("a", "subscription { ticks(count: 1000, milliseconds: 20) }").await;
    assert_eq!(socket.closed().await, 4403);
    assert!(begun.elapsed() > Duration::from_millis(250) && begun.elapsed() < Duration::from_secs(2));
    eventually("nothing runs on", || server.counters.open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn close_4403_when_the_caller_is_revoked() {
    let server =
        with(SocketLimits { recheck_seconds: Seconds::thousandths(100), ..Default::default() }).await;
    let mut socket = Socket::user(&server, "wang").await;
    // Events that flow without a pause must not keep the question from being asked.
    socket.subscribe("a", "subscription { ticks(count: 100000, milliseconds: 1) }").await;
    assert_eq!(socket.next().await["type"], "next");
    server.revoke();
    assert_eq!(socket.closed().await, 4403);
}

#[tokio::test]
async fn close_4406_without_our_subprotocol() {
    let server = Server::start().await;
    let mut socket = Socket::with(&server, &[]).await.expect("a socket");
    assert_eq!(socket.closed().await, 4406);
    // A client that offers only another one gets none, which its library may refuse by itself.
    match Socket::with(&server, &[("sec-websocket-protocol", "graphql-ws")]).await {
        Ok(mut socket) => assert_eq!(socket.closed().await, 4406),
        Err(error) => assert!(matches!(error, Error::Protocol(_)), "{error}"),
    }
}

#[tokio::test]
async fn close_4408_without_an_init_in_time() {
    let server = with(SocketLimits { init_seconds: Seconds::thousandths(200), ..Default::default() }).await;
    let begun = Instant::now();
    let mut socket = Socket::open(&server).await;
    assert_eq!(socket.closed().await, 4408);
    assert!(begun.elapsed() >= Duration::from_millis(190));
    let mut chatty = Socket::open(&server).await;
    chatty.say(json!({"type": "ping"})).await;
    assert_eq!(chatty.closed().await, 4408);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn idle_sockets_without_init_are_all_gone() {
    let server = with(SocketLimits { init_seconds: Seconds::thousandths(500), ..Default::default() }).await;
    let opening = (0..300).map(|_| Socket::open(&server));
    let sockets = futures::future::join_all(opening).await;
    assert!(server.drain.open() > 0);
    for mut socket in sockets {
        assert_eq!(socket.closed().await, 4408);
    }
    eventually("none is left", || server.drain.open() == 0).await;
}

#[tokio::test]
async fn close_4409_for_an_id_in_use() {
    let server = Server::start().await;
    let mut socket = Socket::acknowledged(&server).await;
    let id = "很长的编号".repeat(40);
    socket.subscribe(&id, "subscription { silence }").await;
    socket.subscribe(&id, "{ hello }").await;
    assert_eq!(socket.closed().await, 4409);
}

#[tokio::test]
async fn close_4429_for_a_second_init() {
    let server = Server::start().await;
    let mut socket = Socket::acknowledged(&server).await;
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.closed().await, 4429);
    let mut hasty = Socket::open(&server).await;
    hasty.say(json!({"type": "connection_init"})).await;
    hasty.say(json!({"type": "connection_init"})).await;
    assert_eq!(hasty.closed().await, 4429);
}

#[tokio::test]
async fn close_1008_for_too_many_messages() {
    let server = Server::start().await;
    let mut socket = Socket::acknowledged(&server).await;
    for _ in 1..100 {
        socket.say(json!({"type": "ping"})).await;
        assert_eq!(socket.next().await["type"], "pong");
    }
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.closed().await, 1008);
}

#[tokio::test]
async fn close_1009_for_a_message_too_large() {
    let server = Server::start().await;
    let message = |length: usize| {
        let frame = json!({"type": "ping", "payload": {"pad": ""}}).to_string().len();
        json!({"type": "ping", "payload": {"pad": "x".repeat(length - frame)}}).to_string()
    };
    let mut socket = Socket::acknowledged(&server).await;
    socket.say_text(message(64 * 1024)).await;
    assert_eq!(socket.next().await["type"], "pong");
    socket.say_text(message(64 * 1024 + 1)).await;
    assert_eq!(socket.closed().await, 1009);
    let mut socket = Socket::acknowledged(&server).await;
    socket.say_text(message(200 * 1024)).await;
    assert_eq!(socket.closed().await, 1009);
}
