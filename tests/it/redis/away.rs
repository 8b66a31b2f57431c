//! Redis is away, comes back, asks for a password, or says nothing: nobody notices but for some milliseconds.

use std::time::{Duration, Instant};

use anyhow::ensure;
use fengqiao_tests::{Dam, RedisServer, Served};
use serde_json::json;

use super::{SOON, Watch, listening, on_servers, two};

/// What a busy machine adds to a time that is kept.
const SLACK: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread")]
async fn whatever_becomes_of_redis_writing_goes_on_and_everything_is_heard() -> anyhow::Result<()> {
    on_servers(async || {
        let mut redis = RedisServer::stopped()?;
        // It is not there at the start.
        let servers = two(&redis.url()).await?;
        let mut watch = Watch::begin(&servers).await?;
        for round in 0..2 {
            for _ in 0..3 {
                let (heard, answered) = watch.say().await?;
                ensure!(heard < Duration::from_secs(3), "round {round}: heard after {heard:?}");
                ensure!(answered < SLACK, "round {round}: answered after {answered:?}");
            }
            redis.start().await?;
            listening(&redis, 2).await?;
            // The first ring finds out that its line was dead.
            watch.say().await?;
            for _ in 0..5 {
                let (heard, _) = watch.say().await?;
                ensure!(heard < SOON, "round {round}: the bell does not sound again: {heard:?}");
            }
            redis.kill()?;
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_is_shown_and_a_wrong_one_costs_the_bell_alone() -> anyhow::Result<()> {
    on_servers(async || {
        let redis = RedisServer::guarded("open/sesame").await?;
        let address = redis.address();
        let servers = Box::pin(two(&format!("redis://:wrong@{address}"))).await?;
        let mut watch = Watch::begin(&servers).await?;
        let (heard, _) = watch.say().await?;
        ensure!(heard < Duration::from_secs(3), "{heard:?}");
        assert_eq!(redis.listeners(super::BELL).await?, 0);
        let servers = Box::pin(two(&format!("redis://:open%2Fsesame@{address}"))).await?;
        listening(&redis, 2).await?;
        let mut watch = Watch::begin(&servers).await?;
        for _ in 0..5 {
            let (heard, _) = watch.say().await?;
            ensure!(heard < SOON, "{heard:?}");
        }
        Ok(())
    })
    .await
}

/// How long a sign-in takes.
async fn sign_in(served: &Served) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let input = json!({"account": "xindi.worker@150302", "password": fengqiao_api::demo::PASSWORD});
    let answer = served.anonymous().mutate("sessionCreate", "userErrors { code }", input).await?;
    answer.payload()?;
    Ok(begun.elapsed())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_that_says_nothing_is_waited_for_once_and_not_for_long() -> anyhow::Result<()> {
    on_servers(async || {
        let redis = RedisServer::new().await?;
        let dam = Dam::before(redis.address()).await?;
        let servers = two(&format!("redis://{}", dam.address())).await?;
        listening(&redis, 2).await?;
        sign_in(&servers[0]).await?;
        let usual = sign_in(&servers[0]).await?;
        dam.close_after(0);
        let set = servers[0].app.settings.redis.timeout();
        assert_eq!(set, Duration::from_millis(500));
        let waited = sign_in(&servers[0]).await?;
        ensure!(waited >= set, "it was not asked: {waited:?}");
        ensure!(waited < usual + set + Duration::from_millis(400), "{waited:?}, usually {usual:?}");
        let rested = sign_in(&servers[0]).await?;
        ensure!(rested < set, "it is left alone for a second: {rested:?}, usually {usual:?}");
        let mut watch = Watch::begin(&servers).await?;
        for _ in 0..3 {
            let (heard, answered) = watch.say().await?;
            ensure!(heard < Duration::from_secs(3) && answered < set, "{heard:?} {answered:?}");
        }
        dam.open();
        tokio::time::sleep(Duration::from_secs(1)).await;
        ensure!(sign_in(&servers[0]).await? < usual + set, "it is asked again");
        Ok(())
    })
    .await
}
