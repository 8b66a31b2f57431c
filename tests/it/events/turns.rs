//! Many who follow do not wake each other over districts, and do not all read at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use fengqiao_tests::on_backends;
use futures::StreamExt as _;
use futures::future::FutureExt as _;
use futures::task::{ArcWake, waker};
use serde_json::{Value, json};

use super::{FOLLOW, place, say, versions};
use crate::sweep::stage::Stage;

/// Longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// What comes too early comes at once.
const SILENCE: Duration = Duration::from_millis(300);
/// Those of a process who read at a time.
const READING: usize = 4;

/// How often somebody was woken.
#[derive(Default)]
struct Woken(AtomicUsize);

impl ArcWake for Woken {
    fn wake_by_ref(woken: &Arc<Self>) {
        woken.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_in_another_district_wakes_nobody() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        stage.world.relay().await?;
        let scope = stage.scope(0, "commander").await?;
        let following = stage.services.events.follow(&scope, None).await;
        let mut following = following.map_err(|error| anyhow::anyhow!("{error:?}"))?;
        let woken = Arc::new(Woken::default());
        let wake = waker(Arc::clone(&woken));
        let mut next = Box::pin(following.next());
        ensure!(next.poll_unpin(&mut Context::from_waker(&wake)).is_pending(), "too early");
        say(&stage, 1).await?;
        assert_eq!(woken.0.load(Ordering::SeqCst), 0);
        say(&stage, 0).await?;
        assert_eq!(woken.0.load(Ordering::SeqCst), 1);
        let Poll::Ready(told) = next.poll_unpin(&mut Context::from_waker(&wake)) else {
            anyhow::bail!("woken for nothing")
        };
        ensure!(told.is_some(), "an end");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_waits_for_a_turn_to_read() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let scope = stage.scope(0, "commander").await?;
        let before = place(&stage, 0).await?;
        let said = say(&stage, 0).await?;
        let mut turns = vec![];
        for _ in 0..READING {
            turns.push(stage.services.events.turn().await.context("no turn")?);
        }
        let mut items = stage.follow(stage.request(&scope, FOLLOW, &json!({ "after": before })));
        let early = tokio::time::timeout(SILENCE, items.next()).await;
        ensure!(early.is_err(), "read out of turn: {early:?}");
        turns.pop();
        let item =
            tokio::time::timeout(PATIENCE, items.next()).await.context("silence")?.context("an end")?;
        let item: Value = serde_json::to_value(item)?;
        assert_eq!(versions([&item["data"]["caseEvents"]]), [said]);
        Ok(())
    })
    .await
}
