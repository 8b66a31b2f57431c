//! Each limit at n passes, at n + 1 does not (G2–G4).

use std::time::{Duration, Instant};

use fengqiao_api::http::{DocumentLimits, Limits, RequestLimits, Seconds, ServerLimits};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::Reply;
use crate::documents::numbered;
use crate::server::{Server, eventually};

/// A document with `n` of something.
struct Case {
    limit: &'static str,
    at: usize,
    document: fn(usize) -> String,
}

fn fragments(count: usize) -> String {
    let spreads = numbered(count, |number| format!("...f{number} "));
    let definitions = numbered(count, |number| format!("fragment f{number} on Query {{ __typename }} "));
    // Fields of fragments count where they stand; the root has no room for fifty.
    format!("{{ node {{ {} }} }} {}", spreads, definitions.replace("on Query", "on Node"))
}

const CASES: &[Case] = &[
    Case {
        limit: "max_bytes",
        at: 64 * 1024,
        document: |bytes| format!("{{ hello }}{}", " ".repeat(bytes - 9)),
    },
    Case {
        limit: "max_tokens",
        at: 5_000,
        document: |tokens| format!("{{ node {{ {} }} }}", "id ".repeat(tokens - 5)),
    },
    Case {
        limit: "max_nesting",
        at: 64,
        document: |levels| {
            format!("{{ never(value: {}{}) }}", "[".repeat(levels - 2), "]".repeat(levels - 2))
        },
    },
    Case { limit: "max_fragments", at: 50, document: fragments },
    Case {
        limit: "max_expanded_selections",
        at: 10_000,
        // 1 field, 100 spreads of 1 + 98 each, and the rest.
        document: |selections| {
            let rest = selections - 1 - 100 * 99;
            format!(
                "{{ node {{ {}{} }} }} fragment F on Node {{ {} }}",
                "...F ".repeat(100),
                "id ".repeat(rest),
                "id ".repeat(98)
            )
        },
    },
    Case {
        limit: "max_depth",
        at: 32,
        document: |depth| format!("{{ {}id{} }}", "node { ".repeat(depth - 1), " }".repeat(depth - 1)),
    },
    Case {
        limit: "max_root_fields",
        at: 20,
        document: |fields| {
            format!("{{ ...F {} }} fragment F on Query {{ hello }}", "hello ".repeat(fields - 1))
        },
    },
    Case {
        limit: "max_aliases",
        at: 50,
        document: |aliases| {
            format!("{{ node {{ {} }} }}", numbered(aliases, |number| format!("a{number}: id ")))
        },
    },
    Case {
        limit: "max_mutation_fields",
        at: 4,
        document: |fields| {
            let aliased = numbered(fields - 1, |number| format!("b{number}: bump "));
            format!("mutation {{ ... {{ bump }} {aliased} }}")
        },
    },
    Case {
        limit: "max_authentication_fields",
        at: 1,
        document: |fields| {
            format!(
                "mutation {{ ...F {} }} fragment F on Mutation {{ sessionCreate }}",
                "sessionRefresh ".repeat(fields - 1)
            )
        },
    },
    Case {
        limit: "max_directives",
        at: 100,
        document: |directives| {
            let field = "id @include(if: true) ";
            format!("{{ node {{ {} }} }}", field.repeat(directives))
        },
    },
];

#[tokio::test]
async fn at_the_limit_passes_and_one_more_is_400() {
    let server = Server::start().await;
    for case in CASES {
        let fits = server.query(&(case.document)(case.at)).send().await;
        assert_eq!(fits.status, 200, "{}: {}", case.limit, fits.text());
        let named = format!("({})", case.limit);
        assert!(!fits.text().contains(&named), "{}: {}", case.limit, fits.text());
        for request in [
            server.query(&(case.document)(case.at + 1)),
            server.query(&(case.document)(case.at + 1)).strict(),
        ] {
            let refused = request.send().await;
            assert_eq!((refused.status, refused.code().as_str()), (400, "BAD_REQUEST"), "{}", case.limit);
            let message = refused.message();
            assert!(message.contains(&named) && message.contains(&case.at.to_string()), "{message}");
        }
    }
    assert_eq!(server.query("{ hello }").send().await.status, 200);
}

#[tokio::test]
async fn directives_are_counted_on_every_kind_of_node() {
    let server = Server::start().await;
    let kinds: [fn(&str) -> String; 6] = [
        |directives| format!("query {directives} {{ hello }}"),
        |directives| format!("query($a: Int {directives}) {{ hello }}"),
        |directives| format!("{{ hello {directives} }}"),
        |directives| format!("{{ ... {directives} {{ hello }} }}"),
        |directives| format!("{{ ...F {directives} }} fragment F on Query {{ hello }}"),
        |directives| format!("{{ ...F }} fragment F on Query {directives} {{ hello }}"),
    ];
    for document in kinds {
        let five = server.query(&document(&"@aa ".repeat(5))).send().await;
        assert!(!five.text().contains("max_directives"), "{}", five.text());
        for (count, limit) in
            [(6, "max_directives_per_node"), (2_000, "max_directives_per_node"), (10_000, "max_tokens")]
        {
            let begun = Instant::now();
            let refused = server.query(&document(&"@aa ".repeat(count))).send().await;
            assert_eq!(refused.status, 400);
            assert!(refused.message().contains(limit), "{}", refused.message());
            assert!(refused.body.len() < 8 * 1024);
            assert!(begun.elapsed() < Duration::from_millis(500));
        }
    }
}

#[tokio::test]
async fn values_count_wherever_they_are_used() {
    let document = DocumentLimits { max_argument_values: 12, ..Default::default() };
    let server = Server::with(Limits { document, ..Default::default() }).await;
    let use_variable =
        "query($v: Never) { a: never(value: $v) ...F } fragment F on Query { never(value: [$v]) }";
    // A list of n numbers is n + 1 values; the second use has a list around it, and a use is one by itself.
    for (body, passes) in [
        (json!({"query": format!("{{ never(value: [{}]) }}", "1 ".repeat(11))}), true),
        (json!({"query": format!("{{ never(value: [{}]) }}", "1 ".repeat(12))}), false),
        (
            json!({"query": "{ ...F a: node { id } ...F } fragment F on Query { never(value: [1 2 3 4 5]) }"}),
            true,
        ),
        (
            json!({"query": "{ ...F a: node { id } ...F } fragment F on Query { never(value: [1 2 3 4 5 6]) }"}),
            false,
        ),
        (json!({"query": use_variable, "variables": {"v": [1, 2, 3]}}), true),
        (json!({"query": use_variable, "variables": {"v": [1, 2, 3, 4]}}), false),
        (json!({"query": "{ hello @include(if: [1 2 3 4 5 6 7 8 9 10 11 12]) }"}), false),
    ] {
        let reply = server.post(&body).send().await;
        assert_eq!(reply.status == 200, passes, "{body}: {}", reply.text());
        assert_eq!(reply.text().contains("(max_argument_values)"), !passes, "{body}");
    }
}

#[tokio::test]
async fn a_large_variable_used_often_is_refused_at_once() {
    let server = Server::start().await;
    let uses = "id @include(if: $v) ".repeat(90);
    let body = json!({
        "query": format!("query($v: [Int]) {{ node {{ {uses} }} }}"),
        "variables": {"v": vec![1; 100_000]},
    });
    let begun = Instant::now();
    let reply = server.post(&body).send().await;
    assert_eq!((reply.status, reply.code().as_str()), (400, "BAD_REQUEST"));
    assert!(reply.message().contains("(max_argument_values)"), "{}", reply.message());
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
}

#[tokio::test]
async fn guessing_passwords_by_alias_runs_no_resolver() {
    let server = Server::start().await;
    for document in [
        "mutation { a: sessionCreate b: sessionCreate }",
        "mutation { sessionCreate sessionCreate }",
        "mutation { sessionCreate ...F } fragment F on Mutation { ... { sessionCreate } }",
        "mutation { ...F ...F } fragment F on Mutation { sessionCreate }",
    ] {
        let refused = server.query(document).send().await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "BAD_REQUEST"), "{document}");
    }
    let batch = json!([{"query": "mutation { sessionCreate }"}, {"query": "mutation { sessionCreate }"}]);
    assert_eq!(server.post(&batch).send().await.status, 400);
    assert_eq!(server.counters.bumps.load(std::sync::atomic::Ordering::SeqCst), 0);
    assert_eq!(server.query("mutation { sessionCreate }").send().await.status, 200);
}

#[tokio::test]
async fn the_body_has_a_cap() {
    let server = Server::start().await;
    let body = |length: usize| {
        let frame = r#"{"query":"{ hello }","extensions":{"pad":""}}"#.len();
        format!(r#"{{"query":"{{ hello }}","extensions":{{"pad":"{}"}}}}"#, "x".repeat(length - frame))
            .into_bytes()
    };
    assert_eq!(server.post_bytes(&body(256 * 1024)).send().await.status, 200);
    let refused = server.post_bytes(&body(256 * 1024 + 1)).send().await;
    assert_eq!((refused.status, refused.code().as_str()), (413, "BAD_REQUEST"));
}

/// Sends a body in chunks until the server answers, at most `total` bytes; gives what was sent.
async fn pour(server: &Server, total: usize) -> (usize, Reply) {
    let head = "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let stream = TcpStream::connect(server.address).await.expect("connects");
    let (mut reader, mut writer) = stream.into_split();
    let chunk = format!("{:x}\r\n{}\r\n", 16 * 1024, " ".repeat(16 * 1024));
    let pouring = async {
        writer.write_all(head.as_bytes()).await?;
        for sent in (0..total).step_by(16 * 1024) {
            if writer.write_all(chunk.as_bytes()).await.is_err() {
                return Ok::<_, std::io::Error>(sent);
            }
        }
        Ok(total)
    };
    let reading = async {
        let mut bytes = Vec::new();
        // The server leaves while we still send, so the end may be a reset.
        drop(reader.read_to_end(&mut bytes).await);
        Reply::read(&bytes)
    };
    let (sent, reply) = tokio::join!(pouring, reading);
    (sent.expect("the head was taken"), reply)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gigabyte_in_chunks_is_cut() {
    let server = Server::start().await;
    let begun = Instant::now();
    let (sent, reply) = pour(&server, 1 << 30).await;
    assert_eq!((reply.status, reply.code().as_str()), (413, "BAD_REQUEST"));
    assert_eq!(reply.header("connection"), Some("close"), "nobody sends the next request into it");
    // What was sent beyond the cap lies in the buffers of the two sockets.
    assert!(sent < 32 << 20, "{sent} bytes were taken");
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(server.query("{ hello }").send().await.status, 200);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_408() {
    let request = RequestLimits { body_read_seconds: Seconds::thousandths(200), ..Default::default() };
    let server = Server::with(Limits { request, ..Default::default() }).await;
    let mut stream = TcpStream::connect(server.address).await.expect("connects");
    let head =
        "POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.expect("sends");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.expect("an answer");
    let reply = Reply::read(&bytes);
    assert_eq!((reply.status, reply.code().as_str()), (408, "TIMEOUT"));
}

#[tokio::test]
async fn a_head_that_does_not_come_is_cut() {
    let limits = ServerLimits { header_read_seconds: Seconds::thousandths(200), ..Default::default() };
    let server = Server::with(Limits { server: limits, ..Default::default() }).await;
    let mut stream = TcpStream::connect(server.address).await.expect("connects");
    stream.write_all(b"POST /graphql HTTP/1.1\r\nhost: ").await.expect("sends");
    let mut bytes = Vec::new();
    let cut = tokio::time::timeout(Duration::from_secs(3), stream.read_to_end(&mut bytes)).await;
    drop(cut.expect("the connection is closed"));
}

#[tokio::test]
async fn an_operation_has_a_deadline_and_ends_with_its_client() {
    let request = RequestLimits { deadline_seconds: Seconds::thousandths(300), ..Default::default() };
    let server = Server::with(Limits { request, ..Default::default() }).await;
    let begun = Instant::now();
    let reply = server.query("{ slow(milliseconds: 10000) }").send().await;
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!((reply.status, reply.code().as_str()), (504, "TIMEOUT"));
    assert_eq!(reply.json().get("data"), None);
    let cancelled = || server.counters.cancelled.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(cancelled(), 1);

    let unhurried = Server::start().await;
    drop(unhurried.query("{ slow(milliseconds: 60000) }").open().await);
    let cancelled = || unhurried.counters.cancelled.load(std::sync::atomic::Ordering::SeqCst);
    eventually("the query is dropped with its client", || cancelled() == 1).await;
}

#[test]
fn settings_have_defaults_and_no_unknown_keys() {
    let limits: Limits = serde_json::from_value(json!({
        "document": {"max_tokens": 7},
        "socket": {"init_seconds": 0.5},
        "allowed_origins": ["https://grid.example.cn"],
    }))
    .expect("settings");
    assert_eq!(limits.document.max_tokens, 7);
    assert_eq!(limits.document.max_depth, 32);
    assert_eq!(limits.socket.init_seconds.duration(), Duration::from_millis(500));
    for wrong in [
        json!({"document": {"max_token": 7}}),
        json!({"papers": {}}),
        json!({"socket": {"init_seconds": -1}}),
        json!({"allowed_origins": ["*"]}),
    ] {
        assert!(serde_json::from_value::<Limits>(wrong.clone()).is_err(), "{wrong}");
    }
}
