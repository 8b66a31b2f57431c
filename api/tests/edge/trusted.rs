//! Documents that are known by their hash (G13).

use std::path::PathBuf;

use aws_lc_rs::digest::{SHA256, digest};
use fengqiao_api::http::{DocumentMode, DocumentRules, Documents, Limits, OpenTo};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::{Reply, Request};
use crate::server::Server;
use crate::socket::Socket;

const HELLO: &str = "{ hello }";
const BUMP: &str = "mutation Bump { bump }";
const SEEN: &str = "{ seen { user } }";

fn sha256(text: &str) -> String {
    use std::fmt::Write as _;
    digest(&SHA256, text.as_bytes()).as_ref().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string");
        hex
    })
}

fn file(folder: &TempDir, name: &str, content: &Value) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content.to_string()).expect("a file");
    path
}

fn listed(documents: &[&str]) -> Value {
    documents
        .iter()
        .map(|document| (sha256(document), json!(document)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// Everybody may ask for HELLO and BUMP, the account "app" for SEEN alone, "dev" and programs for anything.
async fn server(mode: DocumentMode) -> Server {
    let folder = TempDir::new().expect("a folder");
    let documents = DocumentRules {
        mode,
        files: vec![
            file(&folder, "hello.json", &listed(&[HELLO])),
            file(&folder, "bump.json", &listed(&[BUMP])),
        ],
        clients: [("app".to_owned(), file(&folder, "app.json", &listed(&[SEEN])))].into(),
        open_to: vec!["dev".to_owned()],
        open_to_kind: OpenTo::Programs,
    };
    Server::with(Limits { documents, ..Limits::default() }).await
}

fn by(request: Request, user: &str) -> Request {
    request.header("authorization", &format!("Bearer {user}"))
}

fn assert_refused(reply: &Reply) {
    assert_eq!((reply.status, reply.code().as_str()), (403, "FORBIDDEN"), "{}", reply.text());
    assert_eq!(reply.json()["errors"][0]["extensions"]["reason"], "DOCUMENT_NOT_TRUSTED");
}

#[tokio::test]
async fn a_document_is_asked_for_by_its_hash() {
    for mode in [DocumentMode::Any, DocumentMode::Trusted] {
        let server = server(mode).await;
        let hash = sha256(HELLO);
        for body in [
            json!({"documentId": format!("sha256:{hash}")}),
            json!({"documentId": hash.to_uppercase()}),
            json!({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}}),
            json!({"query": "", "extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash}}}),
        ] {
            let reply = server.post(&body).send().await;
            assert_eq!(reply.json(), json!({"data": {"hello": "你好"}}), "{body}");
        }
        let path = format!("/graphql?documentId=sha256%3A{hash}");
        assert_eq!(server.request("GET", &path).send().await.json()["data"]["hello"], "你好");
        let by_get = server.request("GET", &format!("/graphql?documentId={}", sha256(BUMP))).send().await;
        assert_eq!(by_get.status, 405, "a mutation by GET");

        let mut socket = Socket::acknowledged(&server).await;
        socket.say(json!({"id": "q", "type": "subscribe", "payload": {"documentId": hash}})).await;
        assert_eq!(socket.next().await["payload"]["data"]["hello"], "你好");

        for unknown in [sha256("{ other }"), "x".to_owned(), String::new()] {
            let reply = server.post(&json!({"documentId": unknown})).strict().send().await;
            assert_eq!(
                (reply.status, reply.code().as_str()),
                (400, "PERSISTED_QUERY_NOT_FOUND"),
                "{unknown}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_known_does_not_run_but_for_whom_it_may() {
    let server = server(DocumentMode::Trusted).await;
    assert_eq!(server.query(HELLO).send().await.status, 200, "the text of a known one");
    assert_refused(&server.query("{ hello  }").send().await);
    assert_refused(&server.get(SEEN).send().await);
    assert_refused(&by(server.query("{ __schema { queryType { name } } }"), "wang").send().await);
    // Nobody registers a document by sending it with its hash.
    let registering =
        json!({"query": SEEN, "extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(SEEN)}}});
    assert_refused(&server.post(&registering).send().await);
    assert_refused(&server.post(&registering).send().await);
    for open in ["dev", "program"] {
        let reply = by(server.query(SEEN), open).send().await;
        assert_eq!(reply.json()["data"]["seen"]["user"], open, "{}", reply.text());
    }
    let mut socket = Socket::user(&server, "wang").await;
    socket.subscribe("q", SEEN).await;
    let refused = socket.next().await;
    assert_eq!(
        (&refused["type"], &refused["payload"][0]["extensions"]["reason"]),
        (&json!("error"), &json!("DOCUMENT_NOT_TRUSTED"))
    );
}

#[tokio::test]
async fn an_account_with_a_file_of_its_own_has_that_and_nothing_else() {
    for mode in [DocumentMode::Any, DocumentMode::Trusted] {
        let server = server(mode).await;
        let own = by(server.post(&json!({"documentId": sha256(SEEN)})), "app").send().await;
        assert_eq!(own.json()["data"]["seen"]["user"], "app");
        let own = by(server.query(SEEN), "app").send().await;
        assert_eq!(own.json()["data"]["seen"]["user"], "app", "{mode:?}: by its text");
        assert_refused(&by(server.query(HELLO), "app").send().await);
        assert_refused(&by(server.query("{ seen { user  } }"), "app").send().await);
        let others = by(server.post(&json!({"documentId": sha256(HELLO)})), "app").send().await;
        assert_eq!(others.code(), "PERSISTED_QUERY_NOT_FOUND");
        let foreign = by(server.post(&json!({"documentId": sha256(SEEN)})), "wang").send().await;
        assert_eq!(foreign.code(), "PERSISTED_QUERY_NOT_FOUND");
        // Whoever has none is bound by the mode alone.
        let free = by(server.query(SEEN), "wang").send().await;
        assert_eq!(free.status == 200, mode == DocumentMode::Any, "{}", free.text());
    }
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let folder = TempDir::new().expect("a folder");
    let cases = [
        (folder.path().join("none.json"), "none.json"),
        (file(&folder, "list.json", &json!([HELLO])), "by their sha256"),
        (file(&folder, "wrong.json", &json!({ sha256(HELLO): BUMP })), "is not the sha256 of its document"),
    ];
    for (path, told) in cases {
        let rules = DocumentRules { files: vec![path], ..DocumentRules::default() };
        let error = Documents::open(&rules).expect_err("a bad file").to_string();
        assert!(error.starts_with("edge.documents: ") && error.contains(told), "{error}");
    }
}
