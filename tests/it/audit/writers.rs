//! However many write and seal at once, the chain has neither gap nor fork, and is sealed soon.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use fengqiao_domain::{ChainReport, Sealer};
use fengqiao_tests::{Backend, World, on_backends};
use futures::future::join_all;

use super::{organise, verify};

/// So many write at once, each so often.
const WRITERS: usize = 64;
const TIMES: usize = 4;
/// Requirement P6.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn two_sealers_and_64_writers_make_one_chain_each_tenant() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let world = World::new(backend).await?;
        let districts = world.mirrored_districts().await?;
        let (url, worker_url) = world.urls()?;
        let other = World::open(&World::options(url, worker_url), Arc::clone(&world.clock)).await?;
        let (one, other) = (Sealer::new(world.db.clone()), Sealer::new(other));
        let writers = join_all((0..WRITERS).map(|writer| {
            let (world, scope) =
                (&world, districts[writer % 2].commander(u128::try_from(writer).unwrap_or(1)));
            async move {
                for time in 0..TIMES {
                    organise(world, &scope, writer * TIMES + time).await?;
                }
                anyhow::Ok(())
            }
        }));
        let written_and_sealed = async {
            writers.await.into_iter().collect::<anyhow::Result<Vec<()>>>()?;
            let written = Instant::now();
            while world.number("SELECT count(*) FROM audit_pending").await? > 0 {
                ensure!(written.elapsed() < SOON, "not sealed after {:?}", written.elapsed());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Ok(written.elapsed())
        };
        let elapsed = tokio::select! {
            elapsed = written_and_sealed => elapsed?,
            () = one.run() => unreachable!("it runs until it is dropped"),
            () = other.run() => unreachable!("it runs until it is dropped"),
        };
        println!("{backend}: sealed {} ms after the last commit", elapsed.as_millis());
        is_one_chain(&world, backend).await?;
        for district in &districts {
            let ChainReport { sealed, waiting, faults, .. } = verify(&world, district.tenant, &[]).await?;
            ensure!(faults.is_empty() && waiting == 0, "{faults:?}, {waiting} waiting");
            ensure!(sealed > i64::try_from(WRITERS * TIMES / 2)?, "{sealed}");
        }
        Ok(())
    })
    .await
}

/// Every entry has one seal, and the places of each tenant are those from 1 to the newest.
async fn is_one_chain(world: &World, backend: Backend) -> anyhow::Result<()> {
    let count = async |sql: &str| world.number(&format!("SELECT count(*) FROM {sql}")).await;
    let entries = count("audit_entries").await?;
    assert_eq!(count("audit_seals").await?, entries, "{backend}");
    assert_eq!(count("(SELECT DISTINCT tenant_id, entry_id FROM audit_seals) AS of").await?, entries);
    let places = world.number("SELECT CAST(sum(sequence) AS BIGINT) FROM audit_heads").await?;
    assert_eq!(places, entries);
    Ok(())
}
