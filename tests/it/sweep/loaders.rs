//! What one request loads is nothing to another one, however closely they run together (requirement T8).

use std::sync::Arc;

use anyhow::{Context as _, ensure};
use fengqiao_domain::kernel::scope::Scope;
use fengqiao_tests::{Backend, on_backends};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::sweep::chance::Chance;
use crate::sweep::stage::Stage;

const ASK: &str = "query($unit: ID!, $other: ID!) {
    unit(id: $unit) { code parent { code } } other: unit(id: $other) { code }
    cases(first: 20) { nodes { number place { village { code } } category { nameZh } } } }";

/// So many ask at a time.
const TASKS: usize = 64;
/// So often each database is asked in a run.
const REQUESTS: usize = 1_000;
/// And with `FENGQIAO_SWEEP=all`.
const ALL_REQUESTS: usize = 10_000;

#[expect(clippy::disallowed_methods, reason = "a test run is steered by its environment")]
fn requests() -> usize {
    let whole = std::env::var("FENGQIAO_SWEEP").is_ok_and(|wanted| wanted == "all");
    if whole { ALL_REQUESTS } else { REQUESTS }
}

/// Both sides as they ask: everybody of both names the same rows, each their own and the other's.
struct Sides {
    stage: Stage,
    scopes: [Scope; 2],
    /// The cases of each side, as it is told of them while nobody else asks.
    cases: [Value; 2],
}

impl Sides {
    async fn set(backend: Backend) -> anyhow::Result<Self> {
        let stage = Stage::set(backend).await?;
        let scopes = [stage.scope(0, "commander").await?, stage.scope(1, "commander").await?];
        let mut sides = Self { stage, scopes, cases: [Value::Null, Value::Null] };
        for at in [0, 1] {
            let cases = sides.ask(at).await?["cases"].clone();
            let nodes = cases["nodes"].as_array().context("a list")?;
            ensure!(nodes.len() == 20 && nodes.iter().all(|case| case["category"] != Value::Null), "{cases}");
            sides.cases[at] = cases;
        }
        ensure!(sides.cases[0] != sides.cases[1], "nobody could tell them apart");
        Ok(sides)
    }

    async fn ask(&self, at: usize) -> anyhow::Result<Value> {
        let sides = &self.stage.mirror.sides;
        let variables = json!({
            "unit": sides[at].villages[0][0].to_string(),
            "other": sides[1 - at].villages[0][0].to_string(),
        });
        Ok(self.stage.ask(&self.scopes[at], ASK, &variables).await?["data"].clone())
    }

    /// Somebody of a side is told what is theirs, and nothing else.
    async fn told_their_own(&self, at: usize) -> anyhow::Result<()> {
        let (code, data) = (self.stage.mirror.sides[at].code, self.ask(at).await?);
        ensure!(data["unit"]["code"] == json!(format!("{code}001001")), "{at}: {data}");
        ensure!(data["unit"]["parent"]["code"] == json!(format!("{code}001")), "{at}: {data}");
        ensure!(data["other"] == Value::Null, "{at}: {data}");
        ensure!(data["cases"] == self.cases[at], "{at}: {data}");
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_requests_at_once_load_their_own() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let sides = Sides::set(backend).await?;
        for _ in 0..4 {
            futures::future::try_join_all([0, 1].map(|at| sides.told_their_own(at))).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_four_at_once_load_their_own_a_thousand_times() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let sides = Arc::new(Sides::set(backend).await?);
        let mut order = Chance(20_261_130);
        let mut tasks = JoinSet::new();
        for _ in 0..requests() {
            if tasks.len() == TASKS {
                tasks.join_next().await.context("a task")???;
            }
            let (sides, at) = (Arc::clone(&sides), order.below(2));
            tasks.spawn(async move { sides.told_their_own(at).await });
        }
        while let Some(done) = tasks.join_next().await {
            done??;
        }
        Ok(())
    })
    .await
}
