//! Files of rows that come in and go out over HTTP, and from the command line.

mod exports;
mod imports;
mod links;
mod reviews;
mod temporary;
mod trail;

use anyhow::{Context as _, ensure};
use fengqiao_tests::Actor;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The header line and two people of a file of the force.
const FORCE: &str = "code,name,unit_code,post,target_code
S-1,演示·甲,150302101203,part_time_worker,150302101203001
S-2,演示·乙,150302101203,,
";

/// Announces a file.
async fn announced(by: &Actor, kind: &str) -> anyhow::Result<(String, String)> {
    let input = json!({"kind": kind, "fileName": "队伍.csv"});
    let answer = by.mutate("importStart", "import { id state uploadPath }", input).await?;
    let import = answer.payload()?["import"].clone();
    ensure!(import["state"] == "WAITING", "{import}");
    Ok((text(&import["id"])?, text(&import["uploadPath"])?))
}

/// Sends bytes to a link.
async fn uploaded(by: &Actor, path: &str, bytes: impl Into<reqwest::Body>) -> anyhow::Result<StatusCode> {
    Ok(by.at(Method::PUT, path).body(bytes).send().await?.status())
}

/// What becomes of an announced file.
async fn ended(by: &Actor, id: &str) -> anyhow::Result<Value> {
    let document = "subscription($id: ID!) { importProgress(id: $id) { state rowsRead rowsCreated rowsChanged
        rowsUnchanged mistakes { row column value reason } uploadPath finishedAt } }";
    let told = by.follow(document, json!({"id": id})).await?;
    let last = told.last().context("nothing is told")?;
    Ok(last["data"]["importProgress"].clone())
}

/// Brings a file in and says what became of it.
pub(crate) async fn brought(
    by: &Actor,
    kind: &str,
    bytes: impl Into<reqwest::Body>,
) -> anyhow::Result<Value> {
    let (id, path) = announced(by, kind).await?;
    let status = uploaded(by, &path, bytes).await?;
    ensure!(status == StatusCode::ACCEPTED, "{status}");
    ended(by, &id).await
}

/// Takes a file out: what is told of it at its end.
pub(crate) async fn taken(by: &Actor, input: Value) -> anyhow::Result<Value> {
    let answer = by.mutate("exportStart", "export { id state }", input).await?;
    let id = text(&answer.payload()?["export"]["id"])?;
    let document =
        "subscription($id: ID!) { exportProgress(id: $id) { id state rowsWritten byteCount downloadPath } }";
    let told = by.follow(document, json!({"id": id})).await?;
    let last = told.last().context("nothing is told")?;
    Ok(last["data"]["exportProgress"].clone())
}

/// The bytes of a file that was taken out.
pub(crate) async fn fetched(by: &Actor, export: &Value) -> anyhow::Result<Vec<u8>> {
    ensure!(export["state"] == "SUCCEEDED", "{export}");
    let answer = by.at(Method::GET, &text(&export["downloadPath"])?).send().await?;
    ensure!(answer.status() == StatusCode::OK, "{answer:?}");
    let bytes = answer.bytes().await?.to_vec();
    ensure!(export["byteCount"] == bytes.len(), "{export}: {} bytes", bytes.len());
    Ok(bytes)
}

fn text(value: &Value) -> anyhow::Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("{value} is no text"))
}
