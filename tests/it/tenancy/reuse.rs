//! A connection that served one scope serves the next one as if it were new.

use anyhow::{Context as _, ensure};
use fengqiao_domain::org::CreateOrganisation;
use fengqiao_tests::{Answered as _, Backend, World, on_backends};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_scope_stays_on_a_connection() -> anyhow::Result<()> {
    on_backends(async |backend| {
        if backend == Backend::Sqlite {
            return Ok(());
        }
        // The only connection serves everybody.
        let world = World::with_connections(backend, 1).await?;
        let [left, right] = world.mirrored_districts().await?;
        for district in [&left, &right, &left] {
            let account = district.commander(1);
            let reader = world.db.reader(&account);
            let tenant = world.org().tenant(&account, &reader).await.done()?.context("own tenant")?;
            assert_eq!(tenant.id, district.tenant);
            drop(reader);
            clean(&world).await?;
            let command = CreateOrganisation {
                code: format!("reuse-{}", world.number("SELECT count(*) FROM organisations").await?),
                name: "城管局".to_owned(),
                kind: "urban".to_owned(),
            };
            world.org().create_organisation(&account, command).await.done()?;
            clean(&world).await?;
        }
        Ok(())
    })
    .await
}

async fn clean(world: &World) -> anyhow::Result<()> {
    let probe = world.db.probe().await?.context("a probe on PostgreSQL")?;
    ensure!(probe.settings.is_empty(), "settings stayed: {}", probe.settings);
    ensure!(probe.units == 0, "{} units are seen without a scope", probe.units);
    Ok(())
}
