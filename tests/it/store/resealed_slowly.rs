//! Whatever long it takes to count what is sealed under which key, it is counted.

use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use fengqiao_domain::kernel::idgen::SeededIds;
use fengqiao_domain::kernel::scope::PlatformScope;
use fengqiao_domain::kernel::vault::Vault;
use fengqiao_domain::{Db, Resealer};
use fengqiao_tests::{Backend, World, on_backends};

use crate::sweep::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn what_takes_longer_than_a_statement_may_is_counted() -> anyhow::Result<()> {
    on_backends(async |backend| {
        let stage = Stage::set(backend).await?;
        let world = &stage.world;
        let (url, worker_url) = world.urls()?;
        let mut options = World::options(url, worker_url);
        options.statement_timeout = Duration::from_secs(1);
        let ids = Arc::new(SeededIds::new(33));
        let db = Db::open(&options, world.clock.clone(), ids, Arc::new(Vault::for_tests())).await?;
        if backend == Backend::Postgres {
            // One of the tables takes longer than a statement may.
            world
                .run_sql(
                    "CREATE POLICY slow ON visits AS RESTRICTIVE FOR SELECT TO fengqiao_app \
                     USING ((SELECT pg_sleep(2)::text) = '')",
                )
                .await?;
        }
        let counted = Resealer::new(db, PlatformScope::for_command_line("test")).count().await?;
        ensure!(counted.iter().any(|counted| counted.place == "visits.findings"), "{counted:?}");
        Ok(())
    })
    .await
}
