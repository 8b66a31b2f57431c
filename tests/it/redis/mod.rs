//! Several servers of one deployment, with Redis and without it: they wake each other, limit together, and forget what
//! another one changed.
//!
//! Two servers need PostgreSQL, so that these run where it does.

mod away;
mod costs;
mod keys;
mod limits;
mod memory;
mod wakeup;

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fengqiao_api::config::Settings;
use fengqiao_tests::{Actor, Backend, Events, Matter, RedisServer, Served, on_backends};
use serde_json::json;

/// What a deployment calls its channel.
const BELL: &str = "fengqiao:all:bell";
/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// An event with the bell, as the issue demands it; without the bell it takes up to a second.
const SOON: Duration = Duration::from_millis(700);

const FOLLOW: &str = "subscription($after: String) { caseEvents(after: $after) { ... on Resync { reason } \
     ... on CaseEventDelivery { event { __typename ... on CaseCommented { caseVersion } } } } }";

/// Runs `body` where two servers share a database.
async fn on_servers(body: impl AsyncFn() -> anyhow::Result<()>) -> anyhow::Result<()> {
    on_backends(async |backend| if backend == Backend::Postgres { body().await } else { Ok(()) }).await
}

fn at(url: &str) -> impl FnOnce(&mut Settings) {
    let url = url.to_owned();
    |settings| settings.redis.url = url
}

/// Two servers that meet at an address.
async fn two(url: &str) -> anyhow::Result<[Served; 2]> {
    let first = Served::demo_with(Backend::Postgres, at(url)).await?;
    let second = first.beside(at(url)).await?;
    Ok([first, second])
}

/// Waits until something is so.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> anyhow::Result<bool>) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    while !is_so().await? {
        ensure!(begun.elapsed() < PATIENCE, "still not so: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(begun.elapsed())
}

/// Waits until so many servers listen.
async fn listening(redis: &RedisServer, servers: usize) -> anyhow::Result<()> {
    until("they listen", async || Ok(redis.listeners(BELL).await? == servers)).await.map(drop)
}

/// A case on the first server, and somebody who follows it on the second.
struct Watch {
    matter: Matter,
    speaker: Actor,
    events: Events,
}

impl Watch {
    async fn begin([first, second]: &[Served; 2]) -> anyhow::Result<Self> {
        let resident = first.sign_in("xindi.resident@150302").await?;
        let matter = Matter::report(&resident, "150302007003001", "1105").await?;
        let events = second.sign_in("district.command@150302").await?.subscribe(FOLLOW).await?;
        Ok(Self { matter, speaker: resident, events })
    }

    /// Something is said on the first server: how long after the answer it is heard on the second, and how long the
    /// answer took.
    async fn say(&mut self) -> anyhow::Result<(Duration, Duration)> {
        let begun = Instant::now();
        self.matter
            .act(&self.speaker, "caseComment", json!({"audience": "EVERYONE", "text": "看过了"}))
            .await?;
        let (answered, version) = (Instant::now(), self.matter.version);
        self.events
            .event_where(|event| event["caseVersion"] == version)
            .await
            .with_context(|| format!("version {version}"))?;
        Ok((answered.elapsed(), answered.duration_since(begun)))
    }
}
