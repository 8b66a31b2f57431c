//! What follows from the ground is as new as the place from which somebody follows: a node that has not heard yet of a merger
//! of units, and remembers what they were, leaves out nothing for whoever comes with a place after it.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_api::runner::Runner as _;
use fengqiao_domain::kernel::idgen::SeededIds;
use fengqiao_domain::kernel::vault::Vault;
use fengqiao_domain::org::{MergeUnits, OrgService, Successor};
use fengqiao_domain::{Db, Relay};
use fengqiao_tests::{Answered as _, World, on_backends};
use futures::StreamExt as _;
use serde_json::json;

use super::live::say_unheard;
use super::{ASK, FOLLOW, place, versions};
use crate::sweep::stage::Stage;

/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// What comes too much comes at once.
const SILENCE: Duration = Duration::from_millis(300);

/// A case in the village that goes.
async fn reported(stage: &Stage) -> anyhow::Result<String> {
    let side = &stage.mirror.sides[0];
    let report = "mutation($input: CaseReportInput!) { caseReport(input: $input) { case { id } userErrors { code } } }";
    let input = json!({ "input": { "categoryId": side.categories["02"].to_string(), "source": "PATROL",
        "place": { "unitId": side.villages[0][0].to_string() }, "title": "占道", "description": "路口" } });
    let answer = stage.ask(&stage.scope(0, "chief").await?, report, &input).await?;
    let id = answer["data"]["caseReport"]["case"]["id"].as_str();
    id.map(str::to_owned).with_context(|| answer.to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_after_a_merger_is_told_of_what_it_brought() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let side = &stage.mirror.sides[0];
        let case = reported(&stage).await?;
        stage.world.relay().await?;
        // Another node puts the village into its neighbour, and places that with what is said next.
        let (url, worker_url) = stage.world.urls()?;
        let (options, ids) = (World::options(url, worker_url), Arc::new(SeededIds::new(41)));
        let other = Db::open(&options, stage.world.clock.clone(), ids, Arc::new(Vault::for_tests())).await?;
        let (near, far) = (Relay::new(stage.world.db.clone()), Relay::new(other.clone()));
        near.catch_up().await?;
        far.begin().await?;
        let scope = stage.scope(0, "commander").await?;
        let [gone, kept] = side.villages[0];
        let of_unit = json!({ "unitId": kept.to_string() });
        let asked = stage
            .ask(
                &scope,
                "query($unit: ID!) { cases(filter: { place: { unitId: $unit } }) { totalCount } }",
                &json!({ "unit": kept.to_string() }),
            )
            .await?;
        ensure!(asked["data"]["cases"]["totalCount"].is_number(), "{asked}");
        let before = place(&stage, 0).await?;
        let on = chrono::NaiveDate::from_ymd_opt(2026, 11, 1).context("a day")?;
        let merger = MergeUnits { predecessors: vec![gone], successor: Successor::Existing(kept), on };
        OrgService::new(other).merge_units(&side.system, merger).await.done()?;
        ensure!(say_unheard(&stage, &case).await?, "nothing was said");
        assert_eq!(far.step().await?, 2);
        // This node has heard of neither.
        let mut fresh = stage.runner.follow(stage.request(&scope, FOLLOW, &json!({ "filter": of_unit })));
        ensure!(tokio::time::timeout(SILENCE, fresh.next()).await.is_err(), "too early");
        let since = json!({ "filter": of_unit, "after": before });
        let mut back = stage.follow_alone(stage.request(&scope, FOLLOW, &since));
        let missed = tokio::time::timeout(PATIENCE, back.next()).await.context("silence")?;
        let missed = serde_json::to_value(missed)?["data"]["caseEvents"].clone();
        assert_eq!(versions([&missed]), [2], "{missed}");
        let answer = stage.ask(&scope, ASK, &since).await?;
        let items = answer["data"]["caseEvents"]["items"].as_array().with_context(|| answer.to_string())?;
        assert_eq!(versions(items), [2], "{answer}");
        near.catch_up().await?;
        ensure!(say_unheard(&stage, &case).await?, "nothing was said");
        stage.world.relay().await?;
        let told = tokio::time::timeout(PATIENCE, fresh.next()).await.context("silence")?;
        ensure!(told.is_some(), "an end");
        let told = tokio::time::timeout(PATIENCE, back.next()).await.context("silence")?;
        assert_eq!(versions([&serde_json::to_value(told)?["data"]["caseEvents"]]), [3]);
        Ok(())
    })
    .await
}
