//! What one server did another one tells at once.

use std::time::Duration;

use anyhow::ensure;
use fengqiao_tests::RedisServer;

use super::{SOON, Watch, listening, on_servers, two};

#[tokio::test(flavor = "multi_thread")]
async fn what_one_server_did_another_one_tells_at_once() -> anyhow::Result<()> {
    on_servers(async || {
        let redis = RedisServer::new().await?;
        let servers = two(&redis.url()).await?;
        listening(&redis, 2).await?;
        let mut watch = Watch::begin(&servers).await?;
        let mut heard = vec![];
        for number in 0..20 {
            // At every point of the second in which the others look by themselves.
            tokio::time::sleep(Duration::from_millis(number * 37 % 100 * 10)).await;
            heard.push(watch.say().await?.0);
        }
        ensure!(heard.iter().all(|after| *after < SOON), "{heard:?}");
        heard.sort_unstable();
        ensure!(heard[10] < Duration::from_millis(200), "half of them took longer: {heard:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_redis_looks_by_itself() -> anyhow::Result<()> {
    on_servers(async || {
        let servers = two("").await?;
        let mut watch = Watch::begin(&servers).await?;
        for _ in 0..5 {
            let (heard, _) = watch.say().await?;
            ensure!(heard < Duration::from_secs(3), "{heard:?}");
        }
        Ok(())
    })
    .await
}
