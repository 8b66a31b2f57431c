//! Servers charge together what documents cost, and ask Redis seldom.

use anyhow::{Context as _, ensure};
use fengqiao_api::config::Settings;
use fengqiao_api::http::cost::Fill;
use fengqiao_tests::{Backend, RedisServer, Served};
use serde_json::Value;

use super::{at, on_servers, two};

/// 1 + 10.
const CHEAP: &str = "{ cases(first: 10) { nodes { number } } }";
/// 1.
const CHEAPEST: &str = "{ viewer { permissions } }";
const ACCOUNT: &str = "district.command@150302";

fn frugal(url: &str) -> impl FnOnce(&mut Settings) {
    let at = at(url);
    |settings| {
        at(settings);
        let cost = &mut settings.edge.cost;
        cost.max_document = 100;
        cost.account = Fill { points: 220, per_second: 1 };
        cost.tenant = Fill { points: 1_000, per_second: 2 };
    }
}

/// How often a script of a bucket ran.
async fn asked(redis: &RedisServer) -> anyhow::Result<u64> {
    let told = redis.ask(&["INFO", "commandstats"]).await?.join("\n");
    let line = told.lines().find_map(|line| line.strip_prefix("cmdstat_evalsha:calls="));
    let Some(calls) = line else { return Ok(0) };
    calls.split(',').next().context("a count")?.parse().context(told.clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_charge_one_account_together() -> anyhow::Result<()> {
    on_servers(async || {
        let mut redis = RedisServer::new().await?;
        let first = Served::demo_with(Backend::Postgres, frugal(&redis.url())).await?;
        let second = first.beside(frugal(&redis.url())).await?;
        let callers = [first.sign_in(ACCOUNT).await?, second.sign_in(ACCOUNT).await?];
        let mut done = 0;
        for caller in callers.iter().cycle().take(80) {
            let answer = caller.run(CHEAP, Value::Null).await?;
            if answer.code() == "RATE_LIMITED" {
                break;
            }
            answer.data("cases/nodes")?;
            done += 1;
        }
        ensure!((20..40).contains(&done), "{done} of twenty, with what came in again");
        for caller in &callers {
            ensure!(
                caller.run(CHEAP, Value::Null).await?.code() == "RATE_LIMITED",
                "neither has anything left"
            );
        }
        for key in redis.ask(&["KEYS", "*cost*"]).await? {
            ensure!(key.starts_with("fengqiao:t:"), "{key}");
        }
        // Each counted along what it charged itself.
        redis.kill()?;
        let mut alone = 0;
        while alone < 40 && callers[0].run(CHEAP, Value::Null).await?.code() != "RATE_LIMITED" {
            alone += 1;
        }
        ensure!((1..25).contains(&alone), "{alone} more where half were counted");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn most_operations_ask_redis_nothing() -> anyhow::Result<()> {
    on_servers(async || {
        let redis = RedisServer::new().await?;
        let [first, _second] = two(&redis.url()).await?;
        let caller = first.sign_in(ACCOUNT).await?;
        let before = asked(&redis).await?;
        for _ in 0..150 {
            caller.run(CHEAPEST, Value::Null).await?.data("viewer/permissions")?;
        }
        let asked = asked(&redis).await? - before;
        ensure!((2..=4).contains(&asked), "{asked} questions for 150 operations of two buckets");
        Ok(())
    })
    .await
}
