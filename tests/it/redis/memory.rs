//! What one server changed the others do not remember any more: by its event, for the clock of these tests stands still
//! and no memory ends by itself.

use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Actor, Places, RedisServer, Served, account_id};
use serde_json::{Value, json};

use super::{listening, on_servers, two, until};

const GRID: &str = "150302007003001";
const VILLAGE: &str = "150302007003";

async fn may_start(actor: &Actor) -> anyhow::Result<bool> {
    let answer = actor.run("{ viewer { permissions } }", Value::Null).await?;
    let held = answer.data("viewer/permissions")?.as_array().context("a list")?;
    Ok(held.iter().any(|held| held == "CASE_START"))
}

/// A grant is given and withdrawn on the first server: how soon either counts on the second.
async fn granted([first, second]: &[Served; 2]) -> anyhow::Result<[Duration; 2]> {
    let security = first.sign_in("security.admin@150302").await?;
    let here = first.sign_in("xindi.resident2@150302").await?;
    let there = second.bearer("xindi.resident2@150302", here.token().context("a token")?);
    ensure!(!may_start(&there).await?, "not yet");
    let target = json!({"gridId": Places::of(&security).grid(GRID).await?});
    let input = json!({"accountId": account_id(&here).await?, "role": "PART_TIME_WORKER", "target": target});
    let answer = security.mutate("roleGrantCreate", "roleGrant { id } userErrors { code }", input).await?;
    let grant = answer.payload()?["roleGrant"]["id"].clone();
    let given = until("the grant counts", async || may_start(&there).await).await?;
    security
        .mutate("roleGrantRevoke", "userErrors { code }", json!({"roleGrantId": grant}))
        .await?
        .payload()?;
    let taken = until("the grant is gone", async || Ok(!may_start(&there).await?)).await?;
    Ok([given, taken])
}

/// A session is ended on the first server: how soon it is none on the second.
async fn ended([first, second]: &[Served; 2]) -> anyhow::Result<Duration> {
    let here = first.sign_in("xindi.resident@150302").await?;
    let there = second.bearer("xindi.resident@150302", here.token().context("a token")?);
    let status = async || anyhow::Ok(there.run("{ viewer { permissions } }", Value::Null).await?.status);
    ensure!(status().await? == 200, "it is one");
    here.mutate("sessionRevoke", "isRevoked userErrors { code }", json!({})).await?.payload()?;
    until("the session is none", async || anyhow::Ok(status().await? == 401)).await
}

/// A unit is renamed on the first server: how soon it has the name on the second.
async fn renamed([first, second]: &[Served; 2], name: &str) -> anyhow::Result<Duration> {
    let (here, there) =
        (first.sign_in("system.admin@150302").await?, second.sign_in("system.admin@150302").await?);
    let id = Places::of(&here).unit(VILLAGE).await?;
    let ask = "query($id: ID!) { unit(id: $id) { name version } }";
    let unit = async |actor: &Actor| -> anyhow::Result<Value> {
        Ok(actor.run(ask, json!({"id": id})).await?.data("unit")?.clone())
    };
    let version = unit(&there).await?["version"].clone();
    let input = json!({"unitId": id, "expectedVersion": version, "name": name, "sinceOn": "2026-11-22"});
    here.mutate("unitRename", "userErrors { code path }", input).await?.payload()?;
    assert_eq!(unit(&here).await?["name"], name);
    until("it has the name", async || Ok(unit(&there).await?["name"] == name)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_server_changed_counts_on_the_other_within_two_seconds() -> anyhow::Result<()> {
    on_servers(async || {
        let redis = RedisServer::new().await?;
        let servers = two(&redis.url()).await?;
        listening(&redis, 2).await?;
        let [given, taken] = granted(&servers).await?;
        let (ended, renamed) = (ended(&servers).await?, renamed(&servers, "新地村（东）").await?);
        for took in [given, taken, ended, renamed] {
            ensure!(took < Duration::from_secs(2), "{given:?} {taken:?} {ended:?} {renamed:?}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_it_counts_within_three_seconds() -> anyhow::Result<()> {
    on_servers(async || {
        let servers = two("").await?;
        let [given, taken] = granted(&servers).await?;
        let (ended, renamed) = (ended(&servers).await?, renamed(&servers, "新地村（东）").await?);
        for took in [given, taken, ended, renamed] {
            ensure!(took < Duration::from_secs(3), "{given:?} {taken:?} {ended:?} {renamed:?}");
        }
        Ok(())
    })
    .await
}
