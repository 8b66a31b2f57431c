//! What of an error leaves the process (G12).

use serde_json::{Value, json};

use crate::documents::numbered;
use crate::server::Server;

/// Words that must never leave.
const INTERNALS: [&str; 6] = ["sqlx", "SELECT", "/src/", "panicked", "secret", "store.rs"];

fn assert_clean(text: &str) {
    for word in INTERNALS {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

#[tokio::test]
async fn what_has_no_public_code_is_hidden() {
    let server = Server::start().await;
    for document in [
        "{ leak }",
        "{ fail(message: \"SELECT secret\") }",
        "{ fail(code: \"SQLX\", message: \"sqlx secret\") }",
        "{ panic }",
    ] {
        for (language, message) in [("zh-CN", "内部错误"), ("en", "Internal error")] {
            let reply = server.query(document).header("accept-language", language).send().await;
            assert_eq!((reply.status, reply.code().as_str()), (500, "INTERNAL"), "{document}");
            assert_clean(&reply.text());
            assert_eq!(reply.message(), message);
            assert_eq!(
                reply.json()["errors"][0]["extensions"]["requestId"].as_str(),
                reply.header("x-request-id")
            );
        }
    }
    assert_eq!(server.query("{ hello }").send().await.status, 200);
}

#[tokio::test]
async fn a_failure_beside_data_leaves_the_data() {
    let server = Server::start().await;
    for code in ["UNAVAILABLE", "INTERNAL", "FORBIDDEN", "TIMEOUT"] {
        let document = format!("{{ hello fail(code: \"{code}\", message: \"why\") }}");
        let reply = server.query(&document).strict().send().await;
        assert_eq!((reply.status, reply.code().as_str()), (200, code));
        assert_eq!(reply.json()["data"], json!({"hello": "你好", "fail": null}));
        assert_eq!(reply.json()["errors"][0]["path"], json!(["fail"]));
        assert_eq!(reply.message(), "why");
    }
}

#[tokio::test]
async fn nothing_but_a_failure_of_ours_has_its_status() {
    let server = Server::start().await;
    for (code, status) in [
        ("UNAVAILABLE", 503),
        ("TIMEOUT", 504),
        ("INTERNAL", 500),
        ("FORBIDDEN", 200),
        ("UNAUTHENTICATED", 200),
        ("RATE_LIMITED", 200),
        ("BAD_REQUEST", 200),
        ("PERSISTED_QUERY_NOT_FOUND", 200),
    ] {
        let document = format!("{{ fail(code: \"{code}\", message: \"why\") }}");
        let reply = server.query(&document).send().await;
        assert_eq!((reply.status, reply.code().as_str()), (status, code));
        assert_eq!(reply.header("retry-after").is_some(), code == "UNAVAILABLE");
        assert_eq!(reply.json().get("data").is_some(), status == 200, "{code}");
    }
    let mixed =
        "{ a: fail(code: \"UNAVAILABLE\", message: \"\") b: fail(code: \"FORBIDDEN\", message: \"\") }";
    assert_eq!(server.query(mixed).send().await.status, 200);
}

#[tokio::test]
async fn a_bad_argument_is_the_clients_error() {
    let server = Server::start().await;
    let cases = [
        json!({"query": "{ never(value: 1) }"}),
        json!({"query": "{ echo(text: \"longer than ten\") }"}),
        json!({"query": "{ number(value: 3000000000) }"}),
        json!({"query": "query($value: Never) { never(value: $value) }", "variables": {"value": 1}}),
        json!({"query": "query($text: String!) { echo(text: $text) }", "variables": {"text": "longer than ten"}}),
        json!({"query": "query($value: Int!) { number(value: $value) }", "variables": {"value": "x"}}),
        json!({"query": "query($value: Int!) { number(value: $value) }", "variables": {"value": null}}),
        json!({"query": "query($value: Int!) { number(value: $value) }"}),
    ];
    for body in cases {
        let reply = server.post(&body).strict().send().await;
        assert_eq!(reply.code(), "BAD_REQUEST", "{body}: {}", reply.text());
        assert!([200, 400].contains(&reply.status), "{body}: {}", reply.status);
    }
}

#[tokio::test]
async fn an_answer_carries_few_and_short_errors() {
    let server = Server::start().await;
    let document = format!("{{ node {{ {} }} }}", numbered(40, |number| format!("nope{number} ")));
    let reply = server.query(&document).send().await;
    assert_eq!(reply.json()["errors"].as_array().map(Vec::len), Some(10));

    let long = "很".repeat(3_000);
    let fields = numbered(20, |number| format!("a{number}: fail(code: \"FORBIDDEN\", message: \"{long}\") "));
    let small = |count: usize| -> String {
        let long = "很".repeat(900);
        numbered(count, |number| format!("a{number}: fail(code: \"FORBIDDEN\", message: \"{long}\") "))
    };
    assert_eq!(server.query(&format!("{{ {fields} }}")).send().await.status, 400);
    let reply = server.query(&format!("{{ {} }}", small(18))).send().await;
    let errors = reply.json()["errors"].clone();
    assert!(errors.to_string().len() <= 8 * 1024, "{}", errors.to_string().len());
    assert!(reply.message().ends_with('…') && reply.message().chars().count() == 501);

    let name = "n".repeat(60_000);
    for document in [format!("{{ {name} }}"), format!("{{ {name}"), format!("query {name}({name}")] {
        let reply = server.query(&document).send().await;
        assert!(reply.body.len() < 8 * 1024, "{}", reply.body.len());
        assert_eq!(reply.code(), "BAD_REQUEST");
    }
}

#[tokio::test]
async fn a_bad_credential_is_401_and_one_that_cannot_be_checked_503() {
    let server = Server::start().await;
    for (credential, status, code) in [
        ("Bearer bad", 401, "UNAUTHENTICATED"),
        ("Basic eDp5", 401, "UNAUTHENTICATED"),
        ("Bearer away", 503, "UNAVAILABLE"),
    ] {
        for request in [server.query("mutation { bump }"), server.get("{ hello }")] {
            let reply = request.header("authorization", credential).send().await;
            assert_eq!((reply.status, reply.code().as_str()), (status, code));
            assert_eq!(reply.json().get("data"), None::<&Value>);
            assert_eq!(reply.header("www-authenticate").is_some(), status == 401);
            assert_eq!(reply.header("retry-after").is_some(), status == 503);
        }
    }
    // A cookie is no credential.
    let reply = server.query("{ seen { user } }").header("cookie", "session=wang").send().await;
    assert_eq!(reply.json()["data"]["seen"]["user"], Value::Null);
}

#[tokio::test]
async fn the_schema_is_shown_to_whom_it_may() {
    let server = Server::start().await;
    let document = "{ __schema { queryType { name } } __type(name: \"Node\") { name } }";
    let shown = server.query(document).send().await;
    assert_eq!(shown.json()["data"]["__type"]["name"], "Node");
    let hidden = server.query(document).header("authorization", "Bearer outsider").send().await;
    assert!(!hidden.text().contains("\"Node\""), "{}", hidden.text());
    for document in ["{ node { nope } }", "{ node }", "{ number(value: \"x\") }", "{ ... on Node { id } }"] {
        let told = server.query(document).send().await;
        assert!(told.message().contains("Node") || told.message().contains("Int"), "{}", told.text());
        let kept = server.query(document).header("authorization", "Bearer outsider");
        let kept = kept.header("accept-language", "en").send().await;
        assert_eq!((kept.code().as_str(), kept.message().as_str()), ("BAD_REQUEST", "Bad request"));
        assert!(kept.json()["errors"][0]["locations"][0]["line"].is_u64(), "{}", kept.text());
    }
}
