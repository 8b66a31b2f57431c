//! Event streams, distinct connections mode.

use std::sync::atomic::Ordering;
use std::time::Duration;

use fengqiao_api::http::{Limits, Seconds, StreamLimits};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;

use crate::client::{Reply, Request};
use crate::server::{Server, eventually};

const EVENTS: &str = "text/event-stream";

/// The events of a whole stream: name and data.
fn events(reply: &Reply) -> Vec<(String, Value)> {
    assert_eq!((reply.status, reply.header("content-type")), (200, Some(EVENTS)));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    reply
        .text()
        .split("\n\n")
        .filter(|event| event.starts_with("event"))
        .map(|event| {
            let field = |name: &str| {
                let value = event.lines().find_map(|line| line.strip_prefix(name));
                value.unwrap_or_else(|| panic!("no {name} in {event:?}")).trim().to_owned()
            };
            let data = serde_json::from_str(&field("data:")).unwrap_or(Value::Null);
            (field("event:"), data)
        })
        .collect()
}

fn subscribe(server: &Server, document: &str) -> Request {
    server.query(document).header("accept", EVENTS)
}

fn complete() -> (String, Value) {
    ("complete".to_owned(), Value::Null)
}

fn next(payload: Value) -> (String, Value) {
    ("next".to_owned(), payload)
}

#[tokio::test]
async fn a_subscription_is_nexts_then_complete() {
    let server = Server::start().await;
    let document = "subscription { ticks(count: 3, milliseconds: 1) }";
    let expected: Vec<_> =
        (1..=3).map(|tick| next(json!({"data": {"ticks": tick}}))).chain([complete()]).collect();
    for request in [subscribe(&server, document), server.get(document).header("accept", EVENTS)] {
        let reply = request.send().await;
        assert_eq!(events(&reply), expected);
        assert!(reply.text().ends_with("event: complete\ndata: \n\n"));
    }
}

#[tokio::test]
async fn queries_and_mutations_stream_too() {
    let server = Server::start().await;
    let reply = subscribe(&server, "{ hello }").send().await;
    assert_eq!(events(&reply), [next(json!({"data": {"hello": "你好"}})), complete()]);
    let reply = subscribe(&server, "mutation { bump }").send().await;
    assert_eq!(events(&reply), [next(json!({"data": {"bump": 1}})), complete()]);
    // Who reads JSON as well gets JSON for what is one answer, and events for what is many.
    let both = "application/json, text/event-stream";
    let reply = server.query("{ hello }").header("accept", both).send().await;
    assert_eq!(reply.json(), json!({"data": {"hello": "你好"}}));
    let reply =
        server.query("subscription { ticks(count: 1, milliseconds: 1) }").header("accept", both).send().await;
    assert_eq!(events(&reply).len(), 2);
}

#[tokio::test]
async fn a_bad_document_is_told_by_an_event_and_a_bad_request_by_its_status() {
    let server = Server::start().await;
    for document in
        ["{", "subscription { nope }", "subscription { ticks }", "{ ...A } fragment A on Query { ...A }"]
    {
        let events = events(&subscribe(&server, document).send().await);
        assert_eq!(events.len(), 2, "{document}");
        assert_eq!(events[0].1["errors"][0]["extensions"]["code"], "BAD_REQUEST");
        assert_eq!(events[1], complete());
    }
    let reply = server.post_bytes(b"{").header("accept", EVENTS).send().await;
    assert_eq!(reply.status, 400);
    let reply = subscribe(&server, "{ hello }").header("authorization", "Bearer bad").send().await;
    assert_eq!((reply.status, reply.code().as_str()), (401, "UNAUTHENTICATED"));
}

#[tokio::test]
async fn a_panic_ends_the_stream_cleanly() {
    let server = Server::start().await;
    let reply = subscribe(&server, "subscription { panics }").send().await;
    let events = events(&reply);
    assert_eq!(events[0], next(json!({"data": {"panics": 0}})));
    assert_eq!(events[1].1["errors"][0]["extensions"]["code"], "INTERNAL");
    assert_eq!(events[2..], [complete()]);
    assert!(!reply.text().contains("secret"));
}

#[tokio::test]
async fn an_expired_or_revoked_caller_is_told_and_left() {
    let stream = StreamLimits { recheck_seconds: Seconds::thousandths(100), ..Default::default() };
    let server = Server::with(Limits { stream, ..Default::default() }).await;
    let expired = subscribe(&server, "subscription { silence }")
        .header("authorization", "Bearer wang/300")
        .send()
        .await;
    let expected = events(&expired);
    assert_eq!(expected[0].1["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    assert_eq!(expected[1..], [complete()]);
    let waiting = tokio::spawn(
        subscribe(&server, "subscription { silence }").header("authorization", "Bearer wang").send(),
    );
    eventually("the stream is open", || server.counters.open.load(Ordering::SeqCst) == 1).await;
    server.revoke();
    let revoked = waiting.await.expect("joined");
    assert_eq!(events(&revoked)[0].1["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
    eventually("nothing is left open", || server.counters.open.load(Ordering::SeqCst) == 0).await;
    assert_eq!(server.drain.open(), 0);
}

#[tokio::test]
async fn a_stream_that_has_much_to_say_ends_by_its_turn_too() {
    let server = Server::start().await;
    let document = "subscription { ticks(count: 1000, milliseconds: 20) }";
    let stream = tokio::spawn(subscribe(&server, document).send());
    eventually("the stream is open", || server.counters.open.load(Ordering::SeqCst) == 1).await;
    server.drain.begin(Duration::from_millis(1600));
    let ended = tokio::time::timeout(Duration::from_secs(4), stream).await.expect("an end");
    assert!(!ended.expect("joined").text().contains("complete"), "a stopped stream is not complete");
}

#[tokio::test]
async fn silence_is_kept_alive_and_ends_with_its_client() {
    let stream = StreamLimits { keep_alive_seconds: Seconds::thousandths(50), ..Default::default() };
    let server = Server::with(Limits { stream, ..Default::default() }).await;
    let mut stream = subscribe(&server, "subscription { silence }").open().await;
    let mut seen = String::new();
    while !seen.contains(":\n\n\r\n") {
        let mut bytes = [0; 1024];
        let read = tokio::time::timeout(Duration::from_secs(3), stream.read(&mut bytes)).await;
        let length = read.expect("comments come").expect("reads");
        seen += std::str::from_utf8(&bytes[..length]).expect("text");
    }
    drop(stream);
    eventually("the subscription is dropped", || server.counters.open.load(Ordering::SeqCst) == 0).await;
}

#[tokio::test]
async fn one_user_holds_so_many_streams() {
    let stream = StreamLimits { max_streams_per_user: 2, ..Default::default() };
    let server = Server::with(Limits { stream, ..Default::default() }).await;
    let request = |user: &str| {
        subscribe(&server, "subscription { silence }").header("authorization", &format!("Bearer {user}"))
    };
    let first = request("wang").open().await;
    let _second = request("wang").open().await;
    eventually("two are open", || server.counters.open.load(Ordering::SeqCst) == 2).await;
    let third = request("wang").send().await;
    assert_eq!((third.status, third.code().as_str()), (429, "RATE_LIMITED"));
    let _other = request("li").open().await;
    eventually("another user's is open", || server.counters.open.load(Ordering::SeqCst) == 3).await;
    drop(first);
    eventually("the first is gone", || server.drain.open() == 2).await;
    let _again = request("wang").open().await;
    eventually("there is room again", || server.counters.open.load(Ordering::SeqCst) == 3).await;
}
