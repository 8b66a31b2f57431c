//! What the edge puts into each request: its number, the language, the idempotency key, the caller.

use serde_json::{Value, json};

use crate::server::Server;

const SEEN: &str = "{ seen { requestId language idempotencyKey user peer } }";

#[tokio::test]
async fn resolvers_see_who_asks_in_which_language_under_which_number() {
    let server = Server::start().await;
    let reply = server
        .query(SEEN)
        .header("authorization", "Bearer wang")
        .header("accept-language", "en-GB, zh;q=0.5")
        .header("idempotency-key", "once-1")
        .send()
        .await;
    let expected = json!({
        "requestId": reply.header("x-request-id"),
        "language": "en",
        "idempotencyKey": "once-1",
        "user": "wang",
        "peer": "127.0.0.1",
    });
    assert_eq!(reply.json()["data"]["seen"], expected);
    let plain = server.query(SEEN).send().await;
    assert_eq!(plain.json()["data"]["seen"]["language"], "zh-CN");
    assert_eq!(plain.json()["data"]["seen"]["idempotencyKey"], Value::Null);
    assert_ne!(plain.header("x-request-id"), reply.header("x-request-id"));
    let foreign = server.query(SEEN).header("x-request-id", "mine").send().await;
    assert_ne!(foreign.header("x-request-id"), Some("mine"));
}

#[tokio::test]
async fn a_key_is_up_to_255_visible_characters() {
    let server = Server::start().await;
    let longest = "k".repeat(255);
    let too_long = "k".repeat(256);
    for (key, status) in [
        ("a", 200),
        (longest.as_str(), 200),
        ("a~!\"'{}", 200),
        (too_long.as_str(), 400),
        ("a b", 400),
        ("", 400),
        ("é", 400),
    ] {
        let reply = server.query("mutation { bump }").header("idempotency-key", key).send().await;
        assert_eq!(reply.status, status, "{key}");
        let body = json!({"query": "mutation { bump }", "extensions": {"idempotencyKey": key}});
        assert_eq!(server.post(&body).send().await.status, status, "{key}");
    }
    for wrong in [json!(1), json!(["a"]), json!({})] {
        let body = json!({"query": "mutation { bump }", "extensions": {"idempotencyKey": wrong}});
        assert_eq!(server.post(&body).send().await.status, 400);
    }
}

#[tokio::test]
async fn header_and_extension_must_agree() {
    let server = Server::start().await;
    for (header, extension, status) in [("a", "a", 200), ("a", "b", 400)] {
        let body = json!({"query": "mutation { bump }", "extensions": {"idempotencyKey": extension}});
        let reply = server.post(&body).header("idempotency-key", header).send().await;
        assert_eq!(reply.status, status);
    }
    let twice =
        server.query("mutation { bump }").header("idempotency-key", "a").header("idempotency-key", "a");
    assert_eq!(twice.send().await.status, 400);
}

#[tokio::test]
async fn a_program_sends_some_mutations_under_a_key_only() {
    let server = Server::start().await;
    let fragment = "mutation { ...F } fragment F on Mutation { other: bump }";
    for (caller, document, key, status) in [
        ("program", "mutation { bump }", None, 400),
        ("program", fragment, None, 400),
        ("program", "mutation { ... on Mutation { sessionRefresh bump } }", None, 400),
        ("program", "mutation { bump }", Some("a"), 200),
        ("program", "mutation { sessionRefresh }", None, 200),
        ("program", "{ hello }", None, 200),
        ("person", "mutation { bump }", None, 200),
    ] {
        let query = server.query(document).header("authorization", &format!("Bearer {caller}"));
        let query = if let Some(key) = key { query.header("idempotency-key", key) } else { query };
        let reply = query.send().await;
        assert_eq!(reply.status, status, "{caller} {document}");
        let reason = &reply.json()["errors"][0]["extensions"]["reason"];
        let wanted = if status == 400 { json!("IDEMPOTENCY_KEY_REQUIRED") } else { Value::Null };
        assert_eq!(*reason, wanted, "{caller} {document}");
    }
    assert_eq!(server.counters.bumps.load(std::sync::atomic::Ordering::SeqCst), 2);
}

#[tokio::test]
async fn with_a_key_a_mutation_has_one_root_field() {
    let server = Server::start().await;
    for (document, status) in [
        ("mutation { bump }", 200),
        ("mutation { ...F } fragment F on Mutation { bump }", 200),
        ("{ hello node { id } }", 200),
        ("mutation { bump sessionRefresh }", 400),
        ("mutation { bump ...F } fragment F on Mutation { bump }", 400),
        ("mutation { bump __typename }", 400),
    ] {
        let reply = server.query(document).header("idempotency-key", "a").send().await;
        assert_eq!(reply.status, status, "{document}");
    }
    assert_eq!(server.counters.bumps.load(std::sync::atomic::Ordering::SeqCst), 2);
}
