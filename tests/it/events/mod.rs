//! What happened reaches whoever may know of it once and in order, on every node, now and later.

mod clients;
mod ground;
mod live;
mod nodes;
mod resume;
mod retention;
mod rewritten;
mod shared;
mod turns;
mod unreadable;

use fengqiao_domain::kernel::event::EventCursor;
use serde_json::{Value, json};

use crate::sweep::stage::Stage;

/// The items of a subscription: what each is, its place, and the text that was said or why events are missing.
pub(crate) const FOLLOW: &str = "subscription($after: String, $filter: CaseEventFilter) { \
     caseEvents(after: $after, filter: $filter) { __typename \
     ... on CaseEventDelivery { cursor event { ... on CaseCommented { caseVersion } } } \
     ... on Resync { cursor reason } } }";
/// The same by asking.
pub(crate) const ASK: &str = "query($after: String, $first: Int, $filter: CaseEventFilter) { \
     caseEvents(after: $after, first: $first, filter: $filter) { cursor hasMore items { __typename \
     ... on CaseEventDelivery { cursor event { ... on CaseCommented { caseVersion } } } \
     ... on Resync { cursor reason } } } }";
const SAY: &str = "mutation($input: CaseCommentInput!) { caseComment(input: $input) { userErrors { code } case { version } } }";

/// Says something about the first case of a side, and places it: the version that the case has then.
pub(crate) async fn say(stage: &Stage, side: usize) -> anyhow::Result<i64> {
    let commander = stage.scope(side, "commander").await?;
    let case = &stage.mirror.sides[side].cases[0];
    let input =
        json!({ "input": { "caseId": case.id.to_string(), "audience": "EVERYONE", "text": "看过了" } });
    let answer = stage.ask(&commander, SAY, &input).await?;
    stage.world.relay().await?;
    let version = answer["data"]["caseComment"]["case"]["version"].as_i64();
    version.ok_or_else(|| anyhow::anyhow!("nothing was said: {answer}"))
}

/// Where somebody stands now.
pub(crate) async fn place(stage: &Stage, side: usize) -> anyhow::Result<String> {
    let scope = stage.scope(side, "commander").await?;
    let answer = stage.ask(&scope, ASK, &Value::Null).await?;
    let page = &answer["data"]["caseEvents"];
    anyhow::ensure!(page["items"] == json!([]) && page["hasMore"] == json!(false), "{answer}");
    Ok(page["cursor"].as_str().unwrap_or_default().to_owned())
}

/// The versions that deliveries tell of.
pub(crate) fn versions<'a>(items: impl IntoIterator<Item = &'a Value>) -> Vec<i64> {
    items.into_iter().filter_map(|item| item["event"]["caseVersion"].as_i64()).collect()
}

/// From the very first event on.
pub(crate) fn start() -> String {
    EventCursor::START.encode()
}
