//! Photos and documents that are attached to cases: brought in a form, attached with an act, looked at by a link.

mod attached;
mod bucket;
mod evidence;
mod fairness;
mod links;
pub(crate) mod photos;
mod settings;
mod slow;
mod stripped;
mod swept;
mod uploads;
mod waiting;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Answer, Served};
use reqwest::{Method, Response};
use serde_json::{Value, json};

/// 供水供电供气, and the first grid of 新地村.
const CATEGORY: &str = "1105";
const GRID: &str = "150302101203001";

/// Somebody of 海勃湾区.
async fn person(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@150302")).await
}

/// A form with a file and some texts, and its content type.
fn form(file_name: &str, file: &[u8], texts: &[(&str, &str)]) -> (String, Vec<u8>) {
    let boundary = "fengqiao-boundary";
    let mut body = vec![];
    for (name, text) in texts {
        let part =
            format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n");
        body.extend(part.into_bytes());
    }
    let head = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\
         Content-Type: image/jpeg\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(file);
    body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// Sends a form: what is answered.
pub(crate) async fn sent(
    by: &Actor,
    file_name: &str,
    file: &[u8],
    texts: &[(&str, &str)],
) -> anyhow::Result<Answer> {
    let (kind, body) = form(file_name, file, texts);
    let request = by.at(Method::POST, "/files").header("content-type", kind).body(body);
    let request = match by.token() {
        Some(token) => request.header("authorization", format!("Bearer {token}")),
        None => request,
    };
    Answer::of(request).await
}

/// Brings a file: the id of the attachment.
pub(crate) async fn brought(by: &Actor, file: &[u8], texts: &[(&str, &str)]) -> anyhow::Result<String> {
    brought_as(by, "照片.jpg", file, texts).await
}

/// The same under a name.
pub(crate) async fn brought_as(
    by: &Actor,
    file_name: &str,
    file: &[u8],
    texts: &[(&str, &str)],
) -> anyhow::Result<String> {
    let answer = sent(by, file_name, file, texts).await?;
    ensure!(answer.status == 201, "{}: {}", answer.status, answer.text);
    Ok(answer.body["id"].as_str().context("an id")?.to_owned())
}

/// Brings a photo of its own, with its point and time.
pub(crate) async fn proof(by: &Actor, shade: u8) -> anyhow::Result<String> {
    let texts = [
        ("takenAt", "2026-11-22T07:30:00Z"),
        ("longitude", "106.822778"),
        ("latitude", "39.673527"),
        ("coordinateSystem", "GCJ02"),
    ];
    brought(by, &photos::plain(shade)?, &texts).await
}

/// What somebody reads of an attachment: null when they do not see it.
async fn read(by: &Actor, id: &str, selection: &str) -> anyhow::Result<Value> {
    let document = format!("query($id: ID!) {{ node(id: $id) {{ ... on Attachment {{ {selection} }} }} }}");
    Ok(by.run(&document, json!({"id": id})).await?.data("node")?.clone())
}

/// Follows a fresh link to an attachment.
async fn looked_at(by: &Actor, id: &str) -> anyhow::Result<Response> {
    let path = read(by, id, "downloadPath").await?["downloadPath"].clone();
    Ok(by.at(Method::GET, path.as_str().context("a path")?).send().await?)
}
