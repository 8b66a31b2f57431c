//! Requests that are no requests: statuses as GraphQL over HTTP wants them.

use fengqiao_tests::{Answer, Events, Served, on_backends};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn broken_bodies_have_their_statuses() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let actor = served.sign_in("xindi.worker@150302").await?;
        let json = "application/json";
        let query = json!({"query": "{ __typename }"}).to_string();
        let bodies: Vec<(&str, Vec<u8>, u16)> = vec![
            (json, b"{".to_vec(), 400),
            (json, Vec::new(), 400),
            (json, b"null".to_vec(), 400),
            (json, b"[]".to_vec(), 400),
            (json, b"{}".to_vec(), 400),
            (json, br#"{"query": 7}"#.to_vec(), 400),
            (json, br#"{"query": "{ __typename }", "variables": "x"}"#.to_vec(), 400),
            (json, b"{\"query\": \"\xff\xfe\"}".to_vec(), 400),
            (json, br#"{"query": "{ caseByNumber(number: \"\ud800\") { id } }"}"#.to_vec(), 400),
            (json, "[".repeat(100_000).into_bytes(), 400),
            ("text/plain", query.clone().into_bytes(), 415),
            ("application/x-www-form-urlencoded", b"query={__typename}".to_vec(), 415),
            ("", query.clone().into_bytes(), 415),
            (json, format!("{{\"query\": \"{}\"}}", " ".repeat(300_000)).into_bytes(), 413),
            (json, query.clone().into_bytes(), 200),
        ];
        for (content_type, body, status) in bodies {
            let start = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
            let answer = Answer::of(actor.post().header("content-type", content_type).body(body)).await?;
            assert_eq!(answer.status, status, "{content_type}: {start}: {}", answer.text);
            if status != 200 {
                assert_eq!(answer.code(), "BAD_REQUEST", "{start}: {}", answer.text);
                assert!(answer.body["errors"][0]["extensions"]["requestId"].is_string());
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_tells_a_code_and_nothing_from_inside() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo(backend).await?;
        let anonymous = served.anonymous();
        let answer = anonymous.run("{ cases { totalCount } }", Value::Null).await?;
        assert_eq!(answer.code(), "UNAUTHENTICATED");
        let answer = served.bearer("x", "not.a.token").run("{ __typename }", Value::Null).await?;
        assert_eq!((answer.status, answer.code()), (401, "UNAUTHENTICATED"));
        assert_eq!(
            answer.headers.get("www-authenticate").and_then(|value| value.to_str().ok()),
            Some("Bearer")
        );
        let resident = served.sign_in("xindi.resident@150302").await?;
        let answer = resident.run("{ accounts { totalCount } }", Value::Null).await?;
        assert_eq!(answer.code(), "FORBIDDEN", "{}", answer.text);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_share_a_cap_of_sockets() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = Served::demo_with(backend, |settings| settings.edge.socket.max_anonymous = 1).await?;
        let mut first = Events::greet(served.address(), None).await?;
        assert_eq!(first.message().await?["type"], "connection_ack");
        assert_eq!(Events::greet(served.address(), None).await?.closed().await?, 1008);
        let worker = served.sign_in("xindi.worker@150302").await?;
        let mut known = Events::greet(served.address(), worker.token()).await?;
        assert_eq!(known.message().await?["type"], "connection_ack");
        Ok(())
    })
    .await
}
