//! A request that is dropped half-way leaves no transaction, no scope and no half effect behind.
//!
//! Deterministic: the future is polled so many times and then dropped, for every number until it is
//! done. Random timing misses the defect of sqlx 0.9.0 that this guards against.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use fengqiao_domain::org::CreateOrganisation;
use fengqiao_tests::{Answered as _, Backend, District, SUPERUSER, World, on_backends};

/// More polls than any use case takes here.
const MOST_POLLS: usize = 400;

/// Gives up on a future once it was polled `left` times.
struct Polled<F> {
    inner: Pin<Box<F>>,
    left: usize,
}

impl<F: Future> Future for Polled<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        match self.inner.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            // The last allowed poll is over: nobody waits for what it asked for.
            Poll::Pending if self.left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    }
}

async fn polled<F: Future>(times: usize, future: F) -> Option<F::Output> {
    pin!(Polled { inner: Box::pin(future), left: times }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_read_leaves_nothing_behind() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let world = World::unhurried(backend).await?;
        let district = world.district().await?;
        let scope = district.commander(1);
        for polls in 1..MOST_POLLS {
            settled(&world).await?;
            let reader = world.db.reader(&scope);
            let org = world.org();
            let answer = polled(polls, org.tenant(&scope, &reader)).await;
            drop(reader);
            untouched(&world).await.with_context(|| format!("after {polls} polls"))?;
            if let Some(answer) = answer {
                ensure!(answer.done()?.is_some(), "no tenant");
                ensure!(polls > 1 || backend == Backend::Sqlite, "nothing was ever dropped half-way");
                return Ok(());
            }
        }
        bail!("the read needs more than {MOST_POLLS} polls");
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_write_happens_whole_or_not_at_all() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let world = World::unhurried(backend).await?;
        let district = world.district().await?;
        for polls in 1..MOST_POLLS {
            settled(&world).await?;
            let done = write(&world, &district, polls).await?;
            untouched(&world).await.with_context(|| format!("after {polls} polls"))?;
            whole(&world, polls).await.with_context(|| format!("after {polls} polls"))?;
            if done {
                ensure!(polls > 2 || backend == Backend::Sqlite, "nothing was ever dropped half-way");
                return Ok(());
            }
        }
        bail!("the write needs more than {MOST_POLLS} polls");
    })
    .await
}

/// Creates an organisation, or stops after so many polls: whether it was done.
async fn write(world: &World, district: &District, polls: usize) -> anyhow::Result<bool> {
    let (org, scope) = (world.org(), district.commander(1));
    let command = CreateOrganisation {
        code: format!("dropped-{polls}"),
        name: "城管局".to_owned(),
        kind: "urban".to_owned(),
    };
    match polled(polls, org.create_organisation(&scope, command)).await {
        Some(answer) => answer.done().map(|_| true),
        None => Ok(false),
    }
}

/// Waits until nobody borrows a connection, so that the next use case meets the same start every time.
async fn settled(world: &World) -> anyhow::Result<()> {
    let all = if world.backend() == Backend::Sqlite { 2 } else { 1 };
    for _ in 0..500 {
        if world.db.idle_connections() == all {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    bail!("{} of {all} connections came back", world.db.idle_connections())
}

/// The only connection is back, outside any transaction and without a scope, and others can write.
async fn untouched(world: &World) -> anyhow::Result<()> {
    if world.backend() == Backend::Sqlite {
        // A transaction left open would hold the one write lock.
        let pool = world.sqlite()?;
        let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.context("another writer is locked out")?;
        sqlx::query("UPDATE tenants SET name = name").execute(&mut *tx).await?;
        return Ok(tx.rollback().await?);
    }
    let probe = world.db.probe().await?.context("a probe on PostgreSQL")?;
    ensure!(probe.settings.is_empty(), "a scope stayed: {}", probe.settings);
    ensure!(probe.units == 0, "{} units are seen without a scope", probe.units);
    // The pool still rolls back when the answer is here already: idle soon, or never.
    let mut states = vec![];
    for _ in 0..200 {
        states = sqlx::query_as::<_, (i32, String)>(
            "SELECT pid, state FROM pg_stat_activity WHERE datname = current_database() AND usename = 'fengqiao_app'",
        )
        .fetch_all(&world.pool(SUPERUSER)?)
        .await?;
        if states == [(probe.pid, "idle".to_owned())] {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bail!("the connection {} is not idle: {states:?}", probe.pid)
}

/// Organisation, event and audit row are there together or not at all.
async fn whole(world: &World, polls: usize) -> anyhow::Result<()> {
    let organisations =
        world.number(&format!("SELECT count(*) FROM organisations WHERE code = 'dropped-{polls}'")).await?;
    let all = world.number("SELECT count(*) FROM organisations WHERE kind = 'urban'").await?;
    let named = "organisation.created";
    let events = world.number(&format!("SELECT count(*) FROM outbox_events WHERE name = '{named}'")).await?;
    let audits =
        world.number(&format!("SELECT count(*) FROM audit_entries WHERE action = '{named}'")).await?;
    ensure!(
        organisations <= 1 && all == events && all == audits,
        "{all} rows, {events} events, {audits} audits"
    );
    Ok(())
}
