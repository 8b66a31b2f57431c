//! What a server shows besides the API, and where.

use anyhow::{Context as _, ensure};
use fengqiao_tests::{Backend, Household};

#[tokio::test(flavor = "multi_thread")]
async fn metrics_have_an_address_of_their_own_and_the_explorer_is_switched_off() -> anyhow::Result<()> {
    let home = Household::new(Backend::Sqlite).await?;
    let running = home.start().await?;
    assert_eq!((running.probe("metrics").await?, running.probe("").await?), (200, 200), "by themselves");
    running.terminate().await?;
    let apart = [("FENGQIAO__METRICS__LISTEN", "127.0.0.1:0"), ("FENGQIAO__EXPLORER__SERVED", "never")];
    let running = home.start_with(&apart).await?;
    assert_eq!((running.probe("metrics").await?, running.probe("").await?), (404, 404));
    let log = home.log()?;
    let (_, at) = log.rsplit_once("metrics on ").context("it does not say where")?;
    let metrics = reqwest::get(at.split_whitespace().next().unwrap_or_default()).await?;
    ensure!(metrics.status() == 200 && metrics.text().await?.contains("fengqiao_"));
    let elsewhere = at.split_whitespace().next().unwrap_or_default().replace("/metrics", "/graphql");
    assert_eq!(reqwest::get(elsewhere).await?.status(), 404, "nothing else is answered there");
    running.terminate().await
}
