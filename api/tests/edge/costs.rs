//! What documents cost: the dearest that runs, and buckets of accounts and tenants (G9), on every transport.

use std::sync::atomic::Ordering;

use fengqiao_api::http::Limits;
use fengqiao_api::http::cost::{CostLimits, Fill};
use serde_json::{Value, json};

use crate::client::{Reply, Request};
use crate::server::{Server, eventually};
use crate::socket::Socket;

/// Buckets that fill so slowly that nothing comes in again during a test: ten mutations for an account, 25 for a tenant.
async fn frugal() -> Server {
    let cost = CostLimits {
        max_document: 40,
        account: Fill { points: 100, per_second: 1 },
        tenant: Fill { points: 250, per_second: 2 },
    };
    Server::with(Limits { cost, ..Limits::default() }).await
}

fn by(request: Request, user: &str) -> Request {
    request.header("authorization", &format!("Bearer {user}"))
}

async fn bump(server: &Server, user: &str) -> Reply {
    by(server.query("mutation { bump }"), user).send().await
}

fn cost_of(error: &Value) -> &Value {
    &error["extensions"]["cost"]
}

/// That this is refused, and how long to wait.
fn assert_limited(reply: &Reply) {
    assert_eq!((reply.status, reply.code().as_str()), (429, "RATE_LIMITED"), "{}", reply.text());
    let error = &reply.json()["errors"][0];
    let wait = error["extensions"]["retryAfterSeconds"].as_u64().expect("seconds");
    assert!((1..=10).contains(&wait), "{error}");
    assert_eq!(reply.header("retry-after"), Some(wait.to_string().as_str()));
    assert_eq!(reply.json().get("data"), None);
}

#[tokio::test]
async fn a_document_that_costs_too_much_is_400_and_says_by_how_much() {
    let server = frugal().await;
    let nested = |levels: usize| format!("{{ {}id{} }}", "node { ".repeat(levels), " }".repeat(levels));
    let twice = |levels| {
        let below = nested(levels);
        let below = below.trim_start_matches('{').trim_end_matches('}');
        format!("{{ a: {} b: {} }}", below.trim(), below.trim())
    };
    assert_eq!(server.query(&twice(20)).send().await.status, 200, "40 points");
    for (request, cost) in [
        (server.query(&twice(21)), 42),
        (by(server.query(&twice(30)), "wang"), 60),
        (server.get(&twice(21)), 42),
        (
            server
                .query("mutation { a: bump b: bump c: bump ...D } fragment D on Mutation { seen { user } }"),
            41,
        ),
    ] {
        let reply = request.strict().send().await;
        if cost == 41 {
            assert_eq!(reply.status, 200, "four mutations are 40 points: {}", reply.text());
            continue;
        }
        assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_REQUEST"), "{}", reply.text());
        let error = &reply.json()["errors"][0];
        assert_eq!(error["extensions"]["reason"], "DOCUMENT_TOO_COSTLY");
        assert_eq!(*cost_of(error), json!({"requested": cost, "limit": 40}));
        assert!(reply.message().contains("(edge.cost.max_document)"), "{}", reply.message());
    }
    let mut socket = Socket::user(&server, "wang").await;
    socket.subscribe("q", &twice(21)).await;
    let refused = socket.next().await;
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("q")));
    assert_eq!(refused["payload"][0]["extensions"]["reason"], "DOCUMENT_TOO_COSTLY");
    socket.subscribe("q", "{ hello }").await;
    assert_eq!(socket.next().await["type"], "next", "the socket stays");
}

#[tokio::test]
async fn whoever_asks_without_end_waits_and_nobody_else_does() {
    let server = frugal().await;
    for _ in 0..10 {
        assert_eq!(bump(&server, "wang").await.status, 200);
    }
    for _ in 0..30 {
        assert_limited(&bump(&server, "wang").await);
    }
    assert_eq!(server.counters.bumps.load(Ordering::SeqCst), 10, "what is refused does not run");
    let refused = bump(&server, "wang").await;
    let told = cost_of(&refused.json()["errors"][0]).clone();
    assert_eq!(
        (&told["requested"], &told["limit"], &told["restoreRate"]),
        (&json!(10), &json!(100), &json!(1))
    );
    assert!(told["remaining"].as_u64().is_some_and(|left| left < 10), "{told}");
    // Forty refusals have cost the tenant nothing, and others of it nothing at all.
    for user in ["li", "zhao@2"] {
        for _ in 0..10 {
            assert_eq!(bump(&server, user).await.status, 200, "{user}");
        }
    }
    // Whoever is not signed in has no bucket.
    for _ in 0..30 {
        assert_eq!(server.query("{ hello }").send().await.status, 200);
    }
}

#[tokio::test]
async fn all_of_a_tenant_share_a_bucket_and_other_tenants_have_their_own() {
    let server = frugal().await;
    for user in ["wang", "li", "zhang"] {
        for number in 0..10 {
            let reply = bump(&server, user).await;
            if user == "zhang" && number >= 5 {
                assert_limited(&reply);
            } else {
                assert_eq!(reply.status, 200, "{user} {number}");
            }
        }
    }
    assert_limited(&bump(&server, "chen").await);
    assert_eq!(bump(&server, "zhao@2").await.status, 200, "of another tenant");
    // What the tenant had not for them is in the account's bucket again.
    let cheap =
        by(server.post(&json!({"query": "{ hello }", "extensions": {"cost": true}})), "zhao@2").send().await;
    assert_eq!(cheap.json()["extensions"]["cost"]["remaining"], json!(89));
}

#[tokio::test]
async fn what_it_cost_is_told_to_whoever_asks() {
    let server = frugal().await;
    let ask = |document: &str| server.post(&json!({"query": document, "extensions": {"cost": true}}));
    let told = |reply: &Reply| reply.json()["extensions"]["cost"].clone();
    let first = by(ask("{ node { node { id } } }"), "wang").send().await;
    assert_eq!(told(&first), json!({"requested": 2, "limit": 100, "remaining": 98, "restoreRate": 1}));
    let second = by(ask("mutation { bump }"), "wang").send().await;
    assert_eq!(told(&second), json!({"requested": 10, "limit": 100, "remaining": 88, "restoreRate": 1}));
    assert_eq!(told(&ask("{ hello }").send().await), json!({"requested": 1}), "nobody's bucket");
    let silent = by(server.query("{ hello }"), "wang").send().await;
    assert_eq!(silent.json().get("extensions"), None);
    let mut socket = Socket::user(&server, "li").await;
    let payload = json!({"query": "{ hello }", "extensions": {"cost": true}});
    socket.say(json!({"id": "q", "type": "subscribe", "payload": payload})).await;
    assert_eq!(socket.next().await["payload"]["extensions"]["cost"]["remaining"], 99);
}

#[tokio::test]
async fn sockets_and_streams_pay_from_the_same_bucket() {
    let server = frugal().await;
    let mut socket = Socket::user(&server, "wang").await;
    for number in 0..9 {
        socket.subscribe("m", "mutation { bump }").await;
        assert_eq!(socket.next().await["payload"]["data"]["bump"], number + 1);
        assert_eq!(socket.next().await["type"], "complete");
    }
    for id in 0..9 {
        socket.subscribe(&id.to_string(), "subscription { silence }").await;
    }
    eventually("nine are open", || server.counters.open.load(Ordering::SeqCst) == 9).await;
    socket.subscribe("m", "mutation { bump }").await;
    let refused = socket.next().await;
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("m")));
    let error = &refused["payload"][0];
    assert_eq!(error["extensions"]["code"], "RATE_LIMITED");
    assert!(error["extensions"]["retryAfterSeconds"].as_u64().is_some_and(|wait| (1..=10).contains(&wait)));
    assert_eq!(*cost_of(error)["requested"].as_u64().as_ref().expect("points"), 10);

    let stream =
        by(server.query("mutation { bump }"), "wang").header("accept", "text/event-stream").send().await;
    assert_eq!(stream.status, 200);
    assert!(stream.text().contains("RATE_LIMITED") && stream.text().ends_with("event: complete\ndata: \n\n"));
    assert_limited(&bump(&server, "wang").await);
    assert_eq!(server.counters.bumps.load(Ordering::SeqCst), 9);
}
