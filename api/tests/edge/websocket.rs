//! What happens on a socket between its opening and its end (G11).

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fengqiao_api::http::{Limits, RequestLimits, Seconds, SocketLimits, StreamLimits};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::server::{Server, eventually};
use crate::socket::{Socket, init};

async fn with(socket: SocketLimits) -> Server {
    Server::with(Limits { socket, ..Default::default() }).await
}

#[tokio::test]
async fn a_query_a_mutation_and_a_subscription_share_a_socket() {
    let server = Server::start().await;
    let mut socket = Socket::user(&server, "wang").await;
    socket.subscribe("q", "{ hello seen { user } }").await;
    let data = json!({"hello": "你好", "seen": {"user": "wang"}});
    assert_eq!(socket.next().await, json!({"id": "q", "type": "next", "payload": {"data": data}}));
    assert_eq!(socket.next().await, json!({"id": "q", "type": "complete"}));
    socket.subscribe("q", "mutation { bump }").await;
    assert_eq!(socket.next().await["payload"], json!({"data": {"bump": 1}}));
    assert_eq!(socket.next().await, json!({"id": "q", "type": "complete"}));
    socket.subscribe("s", "subscription { ticks(count: 2, milliseconds: 1) }").await;
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
    eventually("it is open", || server.counters.open.load(Ordering::SeqCst) == 1).await;
    socket.say(json!({"id": "a", "type": "complete"})).await;
    eventually("it is gone", || server.counters.open.load(Ordering::SeqCst) == 0).await;
    socket.subscribe("a", "{ hello }").await;
    assert_eq!(socket.next().await["type"], "next");
    drop(socket);
    let mut socket = Socket::acknowledged(&server).await;
    socket.subscribe("a", "subscription { silence }").await;
    eventually("it is open", || server.counters.open.load(Ordering::SeqCst) == 1).await;
    drop(socket);
    eventually("it is gone with its socket", || server.counters.open.load(Ordering::SeqCst) == 0).await;
    eventually("the socket is gone", || server.drain.open() == 0).await;
}

#[tokio::test]
async fn what_cannot_run_is_an_error_and_the_socket_stays() {
    let server = Server::start().await;
    let mut socket = Socket::acknowledged(&server).await;
    for document in ["{", "{ nope }", "subscription { ticks }", "{ panic }", "subscription { nope }"] {
        socket.subscribe("a", document).await;
        let error = socket.next().await;
        assert_eq!((&error["id"], &error["type"]), (&json!("a"), &json!("error")), "{document}");
        let extensions = &error["payload"][0]["extensions"];
        let code = if document == "{ panic }" { "INTERNAL" } else { "BAD_REQUEST" };
        assert_eq!(extensions["code"], code, "{document}");
        assert_eq!(extensions["requestId"].as_str().map(str::len), Some(36));
    }
    socket.subscribe("a", "{ hello fail(code: \"FORBIDDEN\", message: \"no\") }").await;
    let next = socket.next().await;
    assert_eq!(next["payload"]["data"]["hello"], "你好");
    assert_eq!(next["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN");
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
    socket.say(subscribe("mutation { seen { idempotencyKey } }")).await;
    assert_eq!(socket.next().await["payload"]["data"]["seen"]["idempotencyKey"], "k-1");
    assert_eq!(socket.next().await["type"], "complete");
    socket.say(subscribe("mutation { a: bump b: bump }")).await;
    assert_eq!(socket.next().await["payload"][0]["extensions"]["code"], "BAD_REQUEST");
}

#[tokio::test]
async fn ping_is_answered_with_its_payload() {
    let server = Server::start().await;
    let mut socket = Socket::open(&server).await;
    socket.say(json!({"type": "ping"})).await;
    assert_eq!(socket.next().await, json!({"type": "pong"}));
    socket.say(json!({"type": "ping", "payload": {"at": 1}})).await;
    assert_eq!(socket.next().await, json!({"type": "pong", "payload": {"at": 1}}));
    socket.say(json!({"type": "pong"})).await;
    socket.say(json!({"type": "connection_init"})).await;
    assert_eq!(socket.next().await["type"], "connection_ack");
}

#[tokio::test]
async fn twenty_operations_run_and_the_next_is_refused() {
    let server = Server::start().await;
    let mut socket = Socket::acknowledged(&server).await;
    for number in 0..20 {
        socket.subscribe(&format!("s{number}"), "subscription { silence }").await;
    }
    eventually("twenty are open", || server.counters.open.load(Ordering::SeqCst) == 20).await;
    socket.subscribe("s20", "subscription { silence }").await;
    let refused = socket.next().await;
    assert_eq!((&refused["id"], &refused["type"]), (&json!("s20"), &json!("error")));
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
        let headers = [("sec-websocket-protocol", "graphql-transport-ws"), ("origin", origin)];
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
    let server = with(SocketLimits { ping_seconds: Seconds::thousandths(150), ..Default::default() }).await;
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
    let limits = SocketLimits { slow_reader_seconds: Seconds::thousandths(300), ..Default::default() };
    let server = with(limits).await;
    let mut slow = Socket::acknowledged(&server).await;
    slow.subscribe("a", "subscription { flood }").await;
    eventually("the flood runs", || server.counters.open.load(Ordering::SeqCst) == 1).await;
    eventually("the flood is over", || server.counters.open.load(Ordering::SeqCst) == 0).await;
    eventually("the socket is gone", || server.drain.open() == 0).await;
    let mut quick = Socket::acknowledged(&server).await;
    quick.subscribe("a", "subscription { flood }").await;
    for _ in 0..500 {
        assert_eq!(quick.next().await["type"], Value::from("next"));
    }
}

/// Waits until a flood that nobody reads has come to rest: how many answers it gave.
async fn dammed(server: &Server) -> usize {
    let mut flooded = 0;
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let now = server.counters.flooded.load(Ordering::SeqCst);
        if now > 0 && now == flooded {
            return flooded;
        }
        flooded = now;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_queued_goes_out_while_it_is_asked_whether_the_caller_is_valid() {
    let limits = SocketLimits {
        slow_reader_seconds: Seconds::whole(60),
        recheck_seconds: Seconds::whole(1),
        ..Default::default()
    };
    let server = with(limits).await;
    server.hesitate();
    let mut socket = Socket::user(&server, "wang").await;
    socket.subscribe("a", "subscription { flood }").await;
    let flooded = dammed(&server).await;
    eventually("it is asked", || server.asked() > 0).await;
    for _ in 0..flooded {
        assert_eq!(socket.next().await["type"], "next");
    }
    assert_eq!(server.counters.flooded.load(Ordering::SeqCst), flooded);
    server.go_on();
    assert_eq!(socket.next().await["type"], "next");
}

#[tokio::test]
async fn who_cannot_be_asked_about_stays_for_a_while_and_not_for_ever() {
    let recheck_seconds = Seconds::thousandths(200);
    let socket = SocketLimits { recheck_seconds, ..Default::default() };
    let stream = StreamLimits { recheck_seconds, ..Default::default() };
    let server = Server::with(Limits { socket, stream, ..Default::default() }).await;
    let mut socket = Socket::user(&server, "wang").await;
    let stream = server.query("subscription { silence }").header("accept", "text/event-stream");
    let stream = tokio::spawn(stream.header("authorization", "Bearer wang").send());
    eventually("the stream is open", || server.counters.open.load(Ordering::SeqCst) == 1).await;
    let gone = Instant::now();
    server.go_away();
    assert_eq!(socket.closed().await, 1013);
    assert!(gone.elapsed() > Duration::from_millis(300), "a moment is no reason");
    let told = stream.await.expect("joined").text();
    assert!(told.contains("\"UNAVAILABLE\"") && told.contains("event: complete"), "{told}");
}

#[tokio::test]
async fn who_cannot_be_asked_about_is_gone_three_periods_after_they_were_asked_about() {
    let (recheck_seconds, deadline_seconds) = (Seconds::thousandths(500), Seconds::thousandths(400));
    let socket = SocketLimits { recheck_seconds, ..Default::default() };
    let request = RequestLimits { deadline_seconds, ..Default::default() };
    let server = Server::with(Limits { socket, request, ..Default::default() }).await;
    let mut socket = Socket::user(&server, "wang").await;
    // An answer that takes its time tells what was so when it was asked.
    server.hesitate();
    eventually("it is asked", || server.asked() == 1).await;
    let asked = Instant::now();
    tokio::time::sleep(Duration::from_millis(300)).await;
    server.go_on();
    tokio::time::sleep(Duration::from_millis(60)).await;
    server.go_away();
    eventually("it is asked for nothing", || server.asked() == 3).await;
    // What nobody answers any more is not waited for beyond.
    server.hesitate();
    assert_eq!(socket.closed().await, 1013);
    assert!(asked.elapsed() < Duration::from_millis(1_700), "{:?}", asked.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_is_answered_although_answers_fill_the_queue() {
    let limits = SocketLimits { slow_reader_seconds: Seconds::whole(60), ..Default::default() };
    let server = with(limits).await;
    let mut socket = Socket::acknowledged(&server).await;
    socket.subscribe("a", "subscription { flood }").await;
    let flooded = dammed(&server).await;
    socket.say(json!({"type": "ping"})).await;
    let mut heard = 0;
    while socket.next().await["type"] == "next" {
        heard += 1;
    }
    assert!(heard >= flooded, "{heard} of {flooded} before the pong");
}

#[tokio::test]
async fn the_process_holds_so_many_sockets() {
    let server = with(SocketLimits { max_open: 2, ..Default::default() }).await;
    let first = Socket::acknowledged(&server).await;
    let _second = Socket::acknowledged(&server).await;
    let headers = [("sec-websocket-protocol", "graphql-transport-ws")];
    let third = Socket::with(&server, &headers).await;
    assert!(matches!(third, Err(Error::Http(reply)) if reply.status() == 503));
    drop(first);
    eventually("one is gone", || server.drain.open() == 1).await;
    let _third = Socket::acknowledged(&server).await;
}

#[tokio::test]
async fn strangers_share_a_cap_over_sockets_and_streams() {
    let server = with(SocketLimits { max_anonymous: 2, ..Default::default() }).await;
    let stream = || server.query("subscription { silence }").header("accept", "text/event-stream");
    let first = Socket::acknowledged(&server).await;
    let _second = stream().open().await;
    eventually("the stream is open", || server.counters.open.load(Ordering::SeqCst) == 1).await;
    let refused = stream().send().await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "RATE_LIMITED"));
    let mut third = Socket::open(&server).await;
    third.say(json!({"type": "connection_init"})).await;
    assert_eq!(third.closed().await, 1008);
    drop(third);
    let _user = Socket::user(&server, "wang").await;
    let _users_stream = stream().header("authorization", "Bearer wang").open().await;
    eventually("whoever signs in has room", || server.counters.open.load(Ordering::SeqCst) == 2).await;
    drop(first);
    eventually("a stranger is gone", || server.drain.open() == 3).await;
    let _again = Socket::acknowledged(&server).await;
}

#[tokio::test]
async fn only_a_websocket_handshake_is_one() {
    let server = Server::start().await;
    let other = server.get("{ hello }").header("upgrade", "h2c").send().await;
    assert_eq!((other.status, other.json()), (200, json!({"data": {"hello": "你好"}})));
    let broken = server.get("{ hello }").header("upgrade", "websocket").send().await;
    assert_eq!(broken.status, 400);
}
