//! `graphql-transport-ws`: one test for each close code, and what happens between (G11).

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fengqiao_api::http::{Limits, Seconds, SocketLimits};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::server::{Server, eventually};
use crate::socket::{Socket, init};

async fn with(socket: SocketLimits) -> Server {
    Server::with(Limits {
        socket,
        ..Default::default()
    })
    .await
}

#[tokio::test]
async fn a_query_a_mutation_and_a_subscription_share_a_socket() {
    let server = Server::start().await;
    let mut socket = Socket::user(&server, "wang").await;
    socket.subscribe("q", "{ hello seen { user } }").await;
    let data = json!({"hello": "你好", "seen": {"user": "wang"}});
    assert_eq!(
        socket.next().await,
        json!({"id": "q", "type": "next", "payload": {"data": data}})
    );
    assert_eq!(socket.next().await, json!({"id": "q", "type": "complete"}));
    socket.subscribe("q", "mutation { bump }").await;
    assert_eq!(socket.next().await["payload"], json!({"data": {"bump": 1}}));
    assert_eq!(socket.next().await, json!({"id": "q", "type": "complete"}));
    socket
        .subscribe("s", "subscription { ticks(count: 2, milliseconds: 1) }")
        .await;
    for tick in 1..=2 {
        assert_eq!(
            socket.next().await,
            json!({"id": "s", "type": "next", "payload": {"data": {"ticks": tick}}})
        );
    }
    assert_eq!(socket.next().await, json!({"id": "s", "type": "complete"}));
}

#[tokio::test]
async fn what_the_client_completes_is_gone_at_once() {
    let server = Server::start().await;
    let mut socket = Socket::acknowledged(&server).await;
    socket.subscribe("a", "subscription { silence }").await;
    eventually("it is open", || {
        server.counters.open.load(Ordering::SeqCst) == 1
    })
    .await;
    socket.say(json!({"id": "a", "type": "complete"})).await;
    eventually("it is gone", || {
        server.counters.open.load(Ordering::SeqCst) == 0
    })
    .await;
    socket.subscribe("a", "{ hello }").await;
    assert_eq!(socket.next().await["type"], "next");
    drop(socket);
    let mut socket = Socket::acknowledged(&server).await;
    socket.subscribe("a", "subscription { silence }").await;
    eventually("it is open", || {
        server.counters.open.load(Ordering::SeqCst) == 1
    })
    .await;
    drop(socket);
    eventually("it is gone with its socket", || {
        server.counters.open.load(Ordering::SeqCst) == 0
    })
    .await;
    eventually("the socket is gone", || server.drain.open() == 0).await;
}

#[tokio::test]
async fn what_cannot_run_is_an_error_and_the_socket_stays() {
    let server = Server::start().await;
    let mut socket = Socket::acknowledged(&server).await;
    for document in [
        "{",
        "{ nope }",
        "subscription { ticks }",
        "{ panic }",
        "subscription { nope }",
    ] {
        socket.subscribe("a", document).await;
        let error = socket.next().await;
        assert_eq!(
            (&error["id"], &error["type"]),
            (&json!("a"), &json!("error")),
            "{document}"
        );
        let extensions = &error["payload"][0]["extensions"];
        let code = if document == "{ panic }" {
            "INTERNAL"
        } else {
            "BAD_REQUEST"
        };
        assert_eq!(extensions["code"], code, "{document}");
        assert_eq!(extensions["requestId"].as_str().map(str::len), Some(36));
    }
    socket
        .subscribe("a", "{ hello fail(code: \"FORBIDDEN\", message: \"no\") }")
        .await;
    let next = socket.next().await;
    assert_eq!(next["payload"]["data"]["hello"], "你好");
    assert_eq!(
        next["payload"]["errors"][0]["extensions"]["code"],
        "FORBIDDEN"
    );
    assert_eq!(socket.next().await["type"], "complete");
    socket.subscribe("a", "subscription { panics }").await;
    assert_eq!(socket.next().await["type"], "next");
    let error = socket.next().await;
    assert_eq!(
        (&error["type"], &error["payload"][0]["extensions"]["code"]),
        (&json!("error"), &json!("INTERNAL"))
    );
}

#[tokio::test]
async fn an_idempotency_key_travels_in_the_extensions() {
    let server = Server::start().await;
    let mut socket = Socket::acknowledged(&server).await;
    let subscribe = |document: &str| {
        let payload = json!({"query": document, "extensions": {"idempotencyKey": "k-1"}});
        json!({"id": "a", "type": "subscribe", "payload": payload})
    };
    socket
        .say(subscribe("mutation { seen { idempotencyKey } }"))
        .await;
    assert_eq!(
        socket.next().await["payload"]["data"]["seen"]["idempotencyKey"],
        "k-1"
    );
    assert_eq!(socket.next().await["type"], "complete");
    socket.say(subscribe("mutation { a: bump b: bump }")).await;
    assert_eq!(
        socket.next().await["payload"][0]["extensions"]["code"],
        "BAD_REQUEST"
    );
}

#[tokio::test]
async fn ping_is_answered_with_its_payload() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    socket
        .say(json!({"type": "ping", "payload": {"at": 1}}))
        .await;
    assert_eq!(
        socket.next().await,
        json!({"type": "pong", "payload": {"at": 1}})
    );
    socket.say(json!({"type": "pong"})).await;
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.next().await["type"], "connection_ack");
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
    socket
        .0
        .send(Message::binary(b"{}".to_vec()))
        .await
        .expect("sends");
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
    let headers = [
        ("sec-websocket-protocol", "graphql-transport-ws"),
        ("authorization", "Bearer bad"),
    ];
    let mut socket = Socket::with(&server, &headers).await.expect("a socket");
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.closed().await, 4403);
}

#[tokio::test]
async fn close_4403_when_the_credential_expires() {
    let server = Server::start().await;
    let mut socket = Socket::user(&server, "wang/400").await;
    let begun = Instant::now();
    socket
        .subscribe("a", "subscription { ticks(count: 1000, milliseconds: 20) }")
        .await;
    assert_eq!(socket.closed().await, 4403);
    assert!(
        begun.elapsed() > Duration::from_millis(250) && begun.elapsed() < Duration::from_secs(2)
    );
    eventually("nothing runs on", || {
        server.counters.open.load(Ordering::SeqCst) == 0
    })
    .await;
}

#[tokio::test]
async fn close_4403_when_the_caller_is_revoked() {
    let server = with(SocketLimits {
        recheck_seconds: Seconds::thousandths(100),
        ..Default::default()
    })
    .await;
    let mut socket = Socket::user(&server, "wang").await;
    // Events that flow without a pause must not keep the question from being asked.
    socket
        .subscribe(
            "a",
            "subscription { ticks(count: 100000, milliseconds: 1) }",
        )
        .await;
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
    let server = with(SocketLimits {
        init_seconds: Seconds::thousandths(200),
        ..Default::default()
    })
    .await;
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
    let server = with(SocketLimits {
        init_seconds: Seconds::thousandths(500),
        ..Default::default()
    })
    .await;
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
        let frame = json!({"type": "ping", "payload": {"pad": ""}})
            .to_string()
            .len();
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

#[tokio::test]
async fn twenty_operations_run_and_the_next_is_refused() {
    let server = Server::start().await;
    let mut socket = Socket::acknowledged(&server).await;
    for number in 0..20 {
        socket
            .subscribe(&format!("s{number}"), "subscription { silence }")
            .await;
    }
    eventually("twenty are open", || {
        server.counters.open.load(Ordering::SeqCst) == 20
    })
    .await;
    socket.subscribe("s20", "subscription { silence }").await;
    let refused = socket.next().await;
    assert_eq!(
        (&refused["id"], &refused["type"]),
        (&json!("s20"), &json!("error"))
    );
    assert_eq!(refused["payload"][0]["extensions"]["code"], "RATE_LIMITED");
    socket.say(json!({"id": "s0", "type": "complete"})).await;
    socket.subscribe("s20", "{ hello }").await;
    assert_eq!(socket.next().await["type"], "next");
}

#[tokio::test]
async fn five_sockets_of_one_user_stay_and_the_sixth_is_closed() {
    let server = Server::start().await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        sockets.push(Socket::user(&server, "wang").await);
    }
    let mut sixth = Socket::open(&server).await;
    sixth.say(init("wang")).await;
    assert_eq!(sixth.closed().await, 1008);
    let _other = Socket::user(&server, "li").await;
    sockets.pop();
    eventually("one is gone", || server.drain.open() == 5).await;
    let _again = Socket::user(&server, "wang").await;
}

#[tokio::test]
async fn pages_of_other_hosts_open_no_socket() {
    let listed = Limits {
        allowed_origins: vec!["https://grid.example.cn".parse().expect("an origin")],
        ..Default::default()
    };
    let listed = Server::with(listed).await;
    let unlisted = Server::start().await;
    let own = format!("http://{}", unlisted.address);
    let own_listed = format!("http://{}", listed.address);
    for (server, origin, opens) in [
        (&unlisted, own.as_str(), true),
        (&unlisted, "null", false),
        (&unlisted, "https://grid.example.cn", false),
        (&unlisted, "http://127.0.0.1:1", false),
        (&listed, own_listed.as_str(), true),
        (&listed, "https://grid.example.cn", true),
        (&listed, "https://GRID.example.cn", true),
        (&listed, "https://grid.example.cn.evil.cn", false),
        (&listed, "http://grid.example.cn", false),
        (&listed, "null", false),
    ] {
        let headers = [
            ("sec-websocket-protocol", "graphql-transport-ws"),
            ("origin", origin),
        ];
        match Socket::with(server, &headers).await {
            Ok(_) => assert!(opens, "{origin} opened"),
            Err(Error::Http(reply)) => {
                assert!(!opens, "{origin} refused");
                assert_eq!(reply.status(), 403);
            }
            Err(error) => panic!("{origin}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_peer_that_is_silent_is_pinged_then_cut() {
    let server = with(SocketLimits {
        ping_seconds: Seconds::thousandths(150),
        ..Default::default()
    })
    .await;
    let mut lively = Socket::acknowledged(&server).await;
    let dead = Socket::acknowledged(&server).await;
    // Reading answers pings; the dead one is never read.
    let watch = async {
        let until = Instant::now() + Duration::from_secs(1);
        let mut pings = 0;
        while Instant::now() < until {
            let frame = tokio::time::timeout(Duration::from_millis(500), lively.0.next()).await;
            match frame.expect("pings come").expect("open").expect("a frame") {
                Message::Ping(_) => pings += 1,
                other => panic!("{other:?}"),
            }
        }
        pings
    };
    assert!(watch.await >= 3);
    eventually("only the lively one is left", || server.drain.open() == 1).await;
    drop(dead);
    lively.subscribe("a", "{ hello }").await;
    assert_eq!(lively.next().await["type"], "next");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_that_does_not_read_is_cut() {
    let limits = SocketLimits {
        slow_reader_seconds: Seconds::thousandths(300),
        ..Default::default()
    };
    let server = with(limits).await;
    let mut slow = Socket::acknowledged(&server).await;
    slow.subscribe("a", "subscription { flood }").await;
    eventually("the flood runs", || {
        server.counters.open.load(Ordering::SeqCst) == 1
    })
    .await;
    eventually("the flood is over", || {
        server.counters.open.load(Ordering::SeqCst) == 0
    })
    .await;
    eventually("the socket is gone", || server.drain.open() == 0).await;
    let mut quick = Socket::acknowledged(&server).await;
    quick.subscribe("a", "subscription { flood }").await;
    for _ in 0..500 {
        assert_eq!(quick.next().await["type"], Value::from("next"));
    }
}
