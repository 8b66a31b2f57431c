//! What moves away is out of sight for whoever governed it: what happens there from then on is read by nobody of before, who keep what they
//! had (requirement A4, `docs/adr/0003-a-case-is-visible-by-place-or-by-access.md`).

use anyhow::{Context as _, ensure};
use fengqiao_api::http::Seconds;
use fengqiao_tests::{Actor, Events, Matter, Places, Served, on_backends};
use serde_json::json;

use super::people::{CATEGORY, GRID};

/// 千里山镇, the first of whose villages are these two.
const OLD_TOWN: &str = "150302101";
const OLD: &str = "150302101203";
const BESIDE: &str = "150302101206";
/// 滨河街道, and a village of it.
const NEW_TOWN: &str = "150302007";
const NEW: &str = "150302007003";

const FOLLOW: &str = "subscription($after: String) { caseEvents(after: $after) { ... on Resync { reason }
    ... on CaseEventDelivery { event { __typename
        ... on CaseReported { caseNumber } ... on CaseCommented { caseNumber } } } } }";

async fn merged(by: &Actor, gone: &str, heir: &str) -> anyhow::Result<()> {
    let places = Places::of(by);
    let input = json!({"predecessorIds": [places.unit(gone).await?], "effectiveOn": "2026-11-22",
        "successorId": places.unit(heir).await?});
    by.mutate("unitMerge", "unit { id } userErrors { code path }", input).await?.payload().map(drop)
}

/// A server at which whoever lost something is out of their sockets soon.
async fn served(backend: fengqiao_tests::Backend) -> anyhow::Result<Served> {
    Served::demo_with(backend, |settings| {
        settings.edge.socket.recheck_seconds = Seconds::thousandths(200);
    })
    .await
}

async fn person(served: &Served, login: &str) -> anyhow::Result<Actor> {
    served.sign_in(&format!("{login}@150302")).await
}

/// They read nothing of it, do nothing to it, and find it in no list.
async fn is_out_of_sight(matter: &Matter, by: &Actor) -> anyhow::Result<()> {
    let who = by.account();
    ensure!(matter.read(by, "id").await?.is_null(), "{who} reads {}", matter.number);
    let refused = matter.try_act(by, "caseAccept", json!({})).await?;
    assert_eq!(refused.user_error()?, ("NOT_FOUND".to_owned(), "caseId".to_owned()), "{who}");
    let listed = by.run("{ cases(first: 100) { nodes { number } } }", json!({})).await?;
    let listed = listed.data("cases/nodes")?.as_array().context("a list")?.clone();
    ensure!(listed.iter().all(|case| case["number"] != matter.number.as_str()), "{who} finds it");
    Ok(())
}

/// Until they hear of the second, they hear nothing of the first: whether the socket lasted so long.
async fn hears_only(events: &mut Events, hidden: &Matter, known: &Matter) -> anyhow::Result<bool> {
    loop {
        let Ok(item) = events.next_or_close().await? else { return Ok(false) };
        let event = &item["data"]["caseEvents"]["event"];
        ensure!(event["caseNumber"] != hidden.number.as_str(), "it is told of {item}");
        if event["caseNumber"] == known.number.as_str() && event["__typename"] == "CaseCommented" {
            return Ok(true);
        }
    }
}

async fn comment(matter: &mut Matter, by: &Actor) -> anyhow::Result<()> {
    matter.act(by, "caseComment", json!({"text": "已知悉", "audience": "STAFF"})).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_lost_a_village_sees_nothing_of_what_happens_there_any_more() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = served(backend).await?;
        let (resident, commander) =
            (person(&served, "xindi.resident").await?, person(&served, "district.command").await?);
        let losers = [person(&served, "xindi.station").await?, person(&served, "qianlishan.dispatch").await?];
        let heirs = [person(&served, "bailou.station").await?, person(&served, "binhe.dispatch").await?];
        let mut past = Matter::report(&resident, GRID, CATEGORY).await?;
        for (loser, heir) in losers.iter().zip(&heirs) {
            ensure!(!past.read(loser, "id").await?.is_null(), "{} governs it", loser.account());
            is_out_of_sight(&past, heir).await?;
        }
        let mut open = [losers[0].subscribe(FOLLOW).await?, losers[1].subscribe(FOLLOW).await?];
        merged(&person(&served, "system.admin").await?, OLD, NEW).await?;
        let fresh = Matter::report(&resident, GRID, CATEGORY).await?;
        for (loser, heir) in losers.iter().zip(&heirs) {
            is_out_of_sight(&fresh, loser).await?;
            ensure!(!fresh.read(heir, "id").await?.is_null(), "{} governs it", heir.account());
            // Nobody loses the past.
            ensure!(!past.read(loser, "id").await?.is_null(), "{} reads it no more", loser.account());
            ensure!(!past.read(heir, "id").await?.is_null(), "{} reads it too", heir.account());
        }
        // Whoever works in the grid goes with it.
        let worker = person(&served, "xindi.worker").await?;
        ensure!(!fresh.read(&worker, "id").await?.is_null(), "the worker of the grid");
        comment(&mut past, &commander).await?;
        for (loser, events) in losers.iter().zip(&mut open) {
            if !hears_only(events, &fresh, &past).await? {
                // What they hold is another now, so that they came back; nothing of it is told then either.
                let mut back = loser.subscribe(FOLLOW).await?;
                let mut later = Matter::report(&resident, GRID, CATEGORY).await?;
                comment(&mut later, &commander).await?;
                comment(&mut past, &commander).await?;
                ensure!(hears_only(&mut back, &later, &past).await?, "{} is out again", loser.account());
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_held_villages_of_a_town_that_goes_loses_them_at_once() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let served = served(backend).await?;
        let (system, resident) =
            (person(&served, "system.admin").await?, person(&served, "xinfeng.resident").await?);
        let (loser, heir) =
            (person(&served, "qianlishan.dispatch").await?, person(&served, "binhe.dispatch").await?);
        // Since one village took over another, whoever governs the town holds its villages one by one.
        merged(&system, OLD, BESIDE).await?;
        let grid = format!("{BESIDE}001");
        let past = Matter::report(&resident, &grid, CATEGORY).await?;
        ensure!(!past.read(&loser, "id").await?.is_null(), "the town governs it");
        is_out_of_sight(&past, &heir).await?;
        let mut open = loser.subscribe(FOLLOW).await?;
        merged(&system, OLD_TOWN, NEW_TOWN).await?;
        let fresh = Matter::report(&resident, &grid, CATEGORY).await?;
        is_out_of_sight(&fresh, &loser).await?;
        ensure!(!fresh.read(&heir, "id").await?.is_null(), "the town that took over governs it");
        ensure!(!past.read(&heir, "id").await?.is_null(), "the past is its own too");
        ensure!(!past.read(&loser, "id").await?.is_null(), "nobody loses the past");
        assert_eq!(open.closed().await?, 4403, "a socket that was opened with more");
        let mut back = loser.subscribe(FOLLOW).await?;
        let mut later = Matter::report(&resident, &grid, CATEGORY).await?;
        let commander = person(&served, "district.command").await?;
        comment(&mut later, &commander).await?;
        let mut past = past;
        comment(&mut past, &commander).await?;
        ensure!(hears_only(&mut back, &later, &past).await?, "a socket was closed whose owner lost nothing");
        Ok(())
    })
    .await
}
