//! Cases over HTTP: what the acts refuse, repeat and reopen.

mod acts;
mod anonymity;
mod assistance;
mod category_change;
mod charge;
mod clock;
mod extension_requests;
mod extensions;
mod hotline;
mod idempotency;
mod merging;
mod milestones;
mod outcomes;
mod pauses;
mod proxy;
mod race;
mod refusals;
mod reopen;
mod return_visits;
mod routing;
mod sampling;
mod similar;
mod supervision;
mod targets;
mod urging;

use fengqiao_tests::{Actor, Matter, Served, account_id};
use serde_json::json;

/// The first grid of 新地村.
const GRID: &str = "150302101203001";
/// 供水供电供气.
const CATEGORY: &str = "1105";

/// Somebody of 海勃湾区.
async fn person(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@150302")).await
}

/// A case that the worker has in hand, given by the station.
async fn in_hand(served: &Served) -> anyhow::Result<Matter> {
    let (station, worker) = (person(served, "xindi.station").await?, person(served, "xindi.worker").await?);
    let mut matter = Matter::report(&person(served, "xindi.resident").await?, GRID, CATEGORY).await?;
    matter.act(&station, "caseAccept", json!({})).await?;
    let target = json!({"target": {"accountId": account_id(&worker).await?}});
    matter.act(&station, "caseDispatch", target).await?;
    matter.act(&worker, "caseStart", json!({})).await?;
    Ok(matter)
}

/// A case that the worker has settled and the station has closed.
async fn closed(served: &Served) -> anyhow::Result<Matter> {
    let (station, worker) = (person(served, "xindi.station").await?, person(served, "xindi.worker").await?);
    let mut matter = in_hand(served).await?;
    matter.act(&worker, "caseComplete", json!({"result": "已修好"})).await?;
    matter.act(&station, "caseVerify", json!({})).await?;
    matter.act(&station, "caseClose", json!({})).await?;
    Ok(matter)
}
