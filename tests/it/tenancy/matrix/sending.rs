//! One caller asks one row over HTTP.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use fengqiao_tests::Actor;
use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::asking::Row;
use super::cells::{self, Cell};

/// What a stream says at first it says at once.
const SILENCE: Duration = Duration::from_millis(400);

/// What a caller is answered.
pub(super) async fn cell(actor: &Actor, row: &Row) -> anyhow::Result<Cell> {
    static FRESH: AtomicU64 = AtomicU64::new(0);
    if row.operation != "mutation" {
        return Ok(cells::of_body(&said(actor, row).await?, &row.field));
    }
    let key = format!("matrix-{}", FRESH.fetch_add(1, Ordering::Relaxed));
    let headers = [("idempotency-key", key.as_str())];
    let answer = actor.run_with(&row.document, row.given.clone(), &headers).await?;
    Ok(cells::of_mutation(&answer, &row.field))
}

/// The answer to a query, or what a subscription says first.
pub(super) async fn said(actor: &Actor, row: &Row) -> anyhow::Result<Value> {
    if row.operation == "query" {
        return Ok(actor.run(&row.document, row.given.clone()).await?.body);
    }
    let accept = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/event-stream"))]);
    let body = json!({ "query": row.document, "variables": row.given }).to_string();
    let request = actor.post().headers(accept).header("content-type", "application/json").body(body);
    let mut response = request.send().await?;
    let mut text = String::new();
    while !text.contains("\n\n") {
        match tokio::time::timeout(SILENCE, response.chunk()).await {
            Ok(Ok(Some(chunk))) => text.push_str(std::str::from_utf8(&chunk)?),
            Ok(ended) => {
                ended?;
                break;
            }
            Err(_silence) => break,
        }
    }
    let said = text
        .split('\n')
        .find_map(|line| line.strip_prefix("data: ").or_else(|| line.strip_prefix('{').map(|_| line)));
    Ok(said.and_then(|said| serde_json::from_str(said).ok()).unwrap_or_default())
}
