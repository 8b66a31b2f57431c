//! Methods, media types, and what is a request at all.

use serde_json::{Value, json};

use crate::client::encode;
use crate::server::{EXPLORER, Server};

const STRICT: &str = "application/graphql-response+json; charset=utf-8";
const PLAIN: &str = "application/json; charset=utf-8";

#[tokio::test]
async fn only_json_in_utf8_is_read() {
    let server = Server::start().await;
    for (content_type, status) in [
        (Some("application/json"), 200),
        (Some("application/json; charset=utf-8"), 200),
        (Some("application/json;charset=UTF-8"), 200),
        (Some("Application/JSON; charset=\"utf-8\""), 200),
        (Some("application/graphql-response+json"), 200),
        (Some("application/graphql-response+json; charset=utf-8"), 200),
        (Some("application/json; charset=gb18030"), 415),
        (Some("application/graphql"), 415),
        (Some("text/plain;charset=UTF-8"), 415),
        (Some("application/x-www-form-urlencoded"), 415),
        (Some("multipart/form-data; boundary=x"), 415),
        (Some(""), 415),
        (Some("garbage"), 415),
        (Some("application/jsonp"), 415),
        (None, 415),
    ] {
        let mut request = server.request("POST", "/graphql").body(br#"{"query":"mutation { bump }"}"#);
        if let Some(content_type) = content_type {
            request = request.header("content-type", content_type);
        }
        let reply = request.send().await;
        assert_eq!(reply.status, status, "{content_type:?}");
        if status == 415 {
            assert_eq!(reply.code(), "BAD_REQUEST");
        }
    }
    assert_eq!(server.counters.bumps.load(std::sync::atomic::Ordering::SeqCst), 6);
}

#[tokio::test]
async fn the_answer_has_the_type_that_is_wished() {
    let server = Server::start().await;
    for (accept, status, content_type) in [
        (None, 200, PLAIN),
        (Some("*/*"), 200, PLAIN),
        (Some("application/json"), 200, PLAIN),
        (Some("application/graphql-response+json"), 200, STRICT),
        (Some("application/graphql-response+json, application/json;q=0.9"), 200, STRICT),
        (Some("application/graphql-response+json;q=0.5, application/json"), 200, PLAIN),
        (Some("text/html"), 406, PLAIN),
        (Some("application/json;q=0"), 406, PLAIN),
    ] {
        let mut request = server.query("{ __typename }");
        if let Some(accept) = accept {
            request = request.header("accept", accept);
        }
        let reply = request.send().await;
        assert_eq!(reply.status, status, "{accept:?}");
        assert_eq!(reply.header("content-type"), Some(content_type), "{accept:?}");
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        assert_eq!(reply.header("x-request-id").map(str::len), Some(36));
    }
}

#[tokio::test]
async fn a_wrong_document_is_400_without_data_unless_plain_json_is_wished() {
    let server = Server::start().await;
    for document in [
        "{",
        "",
        "{ noSuchField }",
        "{ 8f31403dfe404bccbb0e835f2629c6a7 }",
        "query A { hello } query B { hello }",
        "query($id: ID!) { hello }",
        "fragment F on Query { hello }",
    ] {
        let strict = server.query(document).strict().send().await;
        assert_eq!(strict.status, 400, "{document}");
        let plain = server.query(document).send().await;
        assert_eq!(plain.status, 200, "{document}");
        for reply in [strict, plain] {
            let json = reply.json();
            assert_eq!(json.get("data"), None, "{json}");
            assert_eq!(reply.code(), "BAD_REQUEST");
            assert_eq!(json["errors"][0]["extensions"]["requestId"].as_str(), reply.header("x-request-id"));
        }
    }
}

#[tokio::test]
async fn what_is_no_request_is_400_in_any_type() {
    let server = Server::start().await;
    let bad: Vec<Vec<u8>> = [
        &b""[..],
        b"{ \"not a JSON",
        b"\xff\xfe",
        b"null",
        b"\"{ hello }\"",
        b"[]",
        br#"[{"query":"{ hello }"}]"#,
        br#"[{"query":"{ hello }"},{"query":"{ hello }"}]"#,
        b"{}",
        br#"{"qeury":"{ hello }"}"#,
        br#"{"query":null}"#,
    ]
    .into_iter()
    .map(<[u8]>::to_vec)
    .chain([json!(1), json!(false), json!(["a"]), json!({"a": 1})].into_iter().flat_map(|wrong| {
        [json!({"query": wrong}), json!({"query": "{ hello }", "operationName": wrong})]
            .map(|body| body.to_string().into_bytes())
    }))
    .chain([json!(1), json!(false), json!(["a"]), json!("a")].into_iter().flat_map(|wrong| {
        [
            json!({"query": "{ hello }", "variables": wrong}),
            json!({"query": "{ hello }", "extensions": wrong}),
        ]
        .map(|body| body.to_string().into_bytes())
    }))
    .chain([format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)).into_bytes()])
    .collect();
    for body in bad {
        for accept in ["application/json", "application/graphql-response+json"] {
            let reply = server.post_bytes(&body).header("accept", accept).send().await;
            let shown = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
            assert_eq!(reply.status, 400, "{shown}");
            assert_eq!(reply.code(), "BAD_REQUEST", "{shown}");
        }
    }
}

#[tokio::test]
async fn null_parameters_and_unknown_ones_are_let_pass() {
    let server = Server::start().await;
    let body = json!({
        "query": "query A($value: Int! = 3) { number(value: $value) }",
        "operationName": null,
        "variables": null,
        "extensions": null,
        "id": 7,
    });
    let reply = server.post(&body).strict().send().await;
    assert_eq!((reply.status, reply.json()), (200, json!({"data": {"number": 3}})));
    let body = json!({
        "query": "query A { hello } query B($value: Int!) { number(value: $value) }",
        "operationName": "B",
        "variables": {"value": 5},
        "extensions": {"some": {"thing": [1]}},
    });
    let reply = server.post(&body).strict().send().await;
    assert_eq!((reply.status, reply.json()), (200, json!({"data": {"number": 5}})));
}

#[tokio::test]
async fn get_runs_queries() {
    let server = Server::start().await;
    let path = format!(
        "/graphql?query={}&variables={}&operationName=&extensions=",
        encode("query A($value: Int!) { number(value: $value) hello }"),
        encode(r#"{"value": 3}"#),
    );
    let reply = server.request("GET", &path).send().await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.json(), json!({"data": {"number": 3, "hello": "你好"}}));
    for (parameters, why) in [
        ("", "query is missing"),
        ("query=", "query is missing"),
        ("query={hello}&query={hello}", "query appears twice"),
        ("query={hello}&variables=3", "variables must be an object"),
        ("query={hello}&variables={", "variables is not JSON"),
        ("query={hello}&extensions=[]", "extensions must be an object"),
    ] {
        let reply = server.request("GET", &format!("/graphql?{parameters}")).send().await;
        assert_eq!((reply.status, reply.message()), (400, why.to_owned()));
    }
}

#[tokio::test]
async fn get_changes_nothing() {
    let server = Server::start().await;
    let two = "query Look { hello } mutation Change { bump }";
    for (document, name) in [("mutation { bump }", ""), (two, "Change"), ("mutation { __typename }", "")] {
        for accept in ["*/*", "application/graphql-response+json", "text/event-stream"] {
            let path = format!("/graphql?query={}&operationName={name}", encode(document));
            let reply = server.request("GET", &path).header("accept", accept).send().await;
            assert_eq!(reply.status, 405, "{document} {accept}");
            assert_eq!(reply.header("allow"), Some("POST"));
        }
    }
    let subscription = server.get("subscription { silence }").send().await;
    assert_eq!((subscription.status, subscription.header("allow")), (405, Some("POST")));
    let look = format!("/graphql?query={}&operationName=Look", encode(two));
    assert_eq!(server.request("GET", &look).send().await.status, 200);
    assert_eq!(server.counters.bumps.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test]
async fn other_methods_are_405() {
    let server = Server::start().await;
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE"] {
        let reply = server.request(method, "/graphql").send().await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some("GET, POST")), "{method}");
    }
}

#[tokio::test]
async fn a_subscription_needs_a_stream() {
    let server = Server::start().await;
    let reply = server.query("subscription { silence }").send().await;
    assert_eq!((reply.status, reply.code().as_str()), (406, "BAD_REQUEST"));
    assert!(reply.message().contains("text/event-stream"));
}

#[tokio::test]
async fn only_listed_pages_may_call_and_never_with_cookies() {
    let limits = fengqiao_api::http::Limits {
        allowed_origins: vec!["https://grid.example.cn".parse().expect("an origin")],
        ..Default::default()
    };
    let listed = Server::with(limits).await;
    let unlisted = Server::start().await;
    for (server, origin, allowed) in [
        (&listed, "https://grid.example.cn", Some("https://grid.example.cn")),
        (&listed, "https://evil.example.cn", None),
        (&listed, "null", None),
        (&unlisted, "https://grid.example.cn", None),
    ] {
        let preflight = server
            .request("OPTIONS", "/graphql")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type,idempotency-key")
            .send()
            .await;
        assert_eq!(preflight.header("access-control-allow-origin"), allowed, "{origin}");
        assert_eq!(preflight.header("access-control-allow-credentials"), None);
        let reply = server.query("{ hello }").header("origin", origin).send().await;
        assert_eq!(reply.header("access-control-allow-origin"), allowed, "{origin}");
    }
}

#[tokio::test]
async fn probes_answer_beside_graphql() {
    let server = Server::start().await;
    for (path, content_type, part) in [
        ("/livez", "text/plain; charset=utf-8", "alive"),
        ("/readyz", "text/plain; charset=utf-8", "ready"),
        ("/metrics", "text/plain; version=0.0.4; charset=utf-8", "edge_requests_total 1"),
        ("/.well-known/jwks.json", "application/jwk-set+json", "keys"),
        ("/", "text/html; charset=utf-8", EXPLORER),
    ] {
        let reply = server.request("GET", path).send().await;
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(content_type)), "{path}");
        assert!(reply.text().contains(part), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-store"), "{path}");
    }
    let page = server.request("GET", "/").send().await;
    assert!(
        page.header("content-security-policy").is_some_and(|policy| policy.contains("default-src 'none'"))
    );
    assert_eq!(server.request("GET", "/nowhere").send().await.status, 404);
}

#[tokio::test]
async fn neither_metrics_nor_an_explorer_are_answered_where_they_are_not_served() {
    let server = Server::bare().await;
    for (path, status) in [("/metrics", 404), ("/", 404), ("/livez", 200), ("/readyz", 200)] {
        assert_eq!(server.request("GET", path).send().await.status, status, "{path}");
    }
    assert_eq!(server.query("{ hello }").send().await.status, 200);
}

#[tokio::test]
async fn a_hash_alone_is_not_found() {
    let server = Server::start().await;
    let body = json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "ab"}}});
    for (reply, status) in
        [(server.post(&body).send().await, 200), (server.post(&body).strict().send().await, 400)]
    {
        assert_eq!((reply.status, reply.code().as_str()), (status, "PERSISTED_QUERY_NOT_FOUND"));
        assert_eq!(reply.json().get("data"), None::<&Value>);
    }
}
