//! Every committed change is one event, in one order per tenant, and nothing else is.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use fengqiao_domain::Relay;
use fengqiao_domain::kernel::event::Event;
use fengqiao_domain::kernel::failure::Failure;
use fengqiao_domain::kernel::id::TenantId;
use fengqiao_domain::org::{CreateOrganisation, RenameUnit};
use fengqiao_tests::{Answered as _, Backend, District, SUPERUSER, World, on_each, on_postgres};
use sqlx::{AssertSqlSafe, Executor as _};
use uuid::Uuid;

fn organisation(code: &str) -> CreateOrganisation {
    CreateOrganisation { code: code.to_owned(), name: "城管局".to_owned(), kind: "urban".to_owned() }
}

/// Places what the fixture left behind, so that a test starts from positions it knows.
async fn start(world: &World) -> anyhow::Result<BTreeMap<TenantId, i64>> {
    Ok(world.relay().await?.iter().map(|event| (event.tenant, event.position)).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_committed_change_is_exactly_one_event() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let before = start(&world).await?;
        let scope = district.commander(1);
        let created = world.org().create_organisation(&scope, organisation("urban")).await.done()?;
        // The code is taken: rolled back, and no event.
        let refused = world.org().create_organisation(&scope, organisation("urban")).await;
        ensure!(matches!(refused, Err(Failure::User(_))), "{refused:?}");
        let events = world.relay().await?;
        let [event] = events.as_slice() else { anyhow::bail!("{events:?}") };
        assert_eq!(event.name, "organisation.created");
        assert_eq!((event.aggregate.as_str(), event.aggregate_id), ("organisation", created.id.uuid()));
        assert_eq!((event.version, event.tenant), (1, district.tenant));
        assert_eq!((event.account, event.occurred_at), (scope.account(), world.db.now()));
        assert_eq!(event.position, before.get(&district.tenant).copied().unwrap_or_default() + 1);
        assert_eq!(event.payload, serde_json::json!({ "id": created.id.to_string() }));
        ensure!(world.relay().await?.is_empty(), "an event was delivered twice");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_gapless_per_tenant() -> anyhow::Result<()> {
    on_each(async |world| {
        let districts = world.mirrored_districts().await?;
        let mut last = start(&world).await?;
        for round in 0..4 {
            let numbers =
                (0..=round).flat_map(|number| districts.iter().map(move |district| (number, district)));
            for (number, district) in numbers {
                let command = organisation(&format!("urban-{round}-{number}"));
                world.org().create_organisation(&district.commander(1), command).await.done()?;
            }
            for event in world.relay().await? {
                let position = last.entry(event.tenant).or_default();
                assert_eq!(event.position, *position + 1);
                *position = event.position;
            }
        }
        for district in districts {
            let events =
                format!("SELECT count(*) FROM outbox_events WHERE tenant_id = {}", own(&world, &district));
            assert_eq!(Some(&world.number(&events).await?), last.get(&district.tenant));
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_commits_later_is_not_skipped() -> anyhow::Result<()> {
    on_postgres(async |world| {
        let district = world.district().await?;
        let before = start(&world).await?.get(&district.tenant).copied().context("events of the fixture")?;
        let pool = world.pool(SUPERUSER)?;
        // The older event, by id and by time, is still in its transaction when the newer one commits.
        let mut slow = pool.begin().await?;
        slow.execute(AssertSqlSafe(row(&world, &district, 1, 11, 1))).await?;
        world.run_sql(&row(&world, &district, 2, 12, 1)).await?;
        assert_eq!(placed(&world.relay().await?), [(12, 1, before + 1)]);
        slow.commit().await?;
        assert_eq!(placed(&world.relay().await?), [(11, 1, before + 2)]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_id_that_appears_later_is_not_skipped() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let before = start(&world).await?.get(&district.tenant).copied().context("events of the fixture")?;
        world.run_sql(&row(&world, &district, 9, 12, 1)).await?;
        assert_eq!(placed(&world.relay().await?), [(12, 1, before + 1)]);
        world.run_sql(&row(&world, &district, 3, 11, 1)).await?;
        assert_eq!(placed(&world.relay().await?), [(11, 1, before + 2)]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_of_one_aggregate_come_in_order() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let before = start(&world).await?.get(&district.tenant).copied().context("events of the fixture")?;
        // Three nodes whose clocks disagree write versions 1 to 3; another aggregate lies between.
        for (at, aggregate, version) in [(5, 11, 3), (6, 12, 1), (7, 11, 1), (8, 11, 2)] {
            world.run_sql(&row(&world, &district, at, aggregate, version)).await?;
        }
        let expected = [(11, 1, before + 1), (12, 1, before + 2), (11, 2, before + 3), (11, 3, before + 4)];
        assert_eq!(placed(&world.relay().await?), expected);
        Ok(())
    })
    .await
}

/// More than two batches of the relay.
const BACKLOG: i64 = 1_100;

#[tokio::test(flavor = "multi_thread")]
async fn versions_that_wait_for_long_come_in_order_whatever_the_clocks_say() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let before = start(&world).await?.get(&district.tenant).copied().context("events of the fixture")?;
        // Each node's clock is behind that of the one before it: the newest version seems to be the oldest, and another aggregate lies
        // in their midst.
        let mut rows = vec![row(&world, &district, 300, 12, 1), row(&world, &district, 301, 12, 2)];
        for version in 1..=BACKLOG {
            rows.push(row(&world, &district, u128::try_from(2 * BACKLOG - version)?, 11, version));
        }
        world.run_sql(&rows.join(";")).await?;
        let placed = placed(&world.relay().await?);
        let positions: Vec<i64> = placed.iter().map(|(.., position)| *position).collect();
        assert_eq!(positions, (before + 1..=before + BACKLOG + 2).collect::<Vec<_>>());
        for (aggregate, newest) in [(11, BACKLOG), (12, 2)] {
            let of = placed.iter().filter(|(of, ..)| *of == aggregate).map(|(_, version, _)| *version);
            assert_eq!(of.collect::<Vec<_>>(), (1..=newest).collect::<Vec<_>>(), "aggregate {aggregate}");
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_unit_carry_its_versions() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        start(&world).await?;
        for version in 1..=5 {
            let rename = RenameUnit {
                unit: district.villages[0][0],
                expected_version: version,
                name: format!("新地村{version}"),
                since_on: chrono::NaiveDate::from_ymd_opt(2026, 1, u32::try_from(version)?)
                    .context("a day")?,
            };
            world.org().rename_unit(&district.commander(1), rename).await.done()?;
        }
        let versions: Vec<i64> = world.relay().await?.iter().map(|event| event.version).collect();
        assert_eq!(versions, [2, 3, 4, 5, 6]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn relays_side_by_side_place_every_event_once() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        start(&world).await?;
        let mut bus = world.db.subscribe();
        for number in 0..40 {
            let command = organisation(&format!("urban-{number}"));
            world.org().create_organisation(&district.commander(1), command).await.done()?;
        }
        let relays =
            [Relay::new(world.db.clone()), Relay::new(world.db.clone()), Relay::new(world.db.clone())];
        let placed = futures::future::try_join_all(relays.iter().map(Relay::step)).await?;
        assert_eq!(placed.iter().sum::<usize>(), 40);
        let mut positions = vec![];
        while let Ok(event) = bus.try_recv() {
            positions.push(event.position);
        }
        assert_eq!(positions.len(), 40);
        ensure!(positions.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{positions:?}");
        Ok(())
    })
    .await
}

/// Inserts an event as another node would: its minute, its aggregate, its version.
fn row(world: &World, district: &District, minute: u128, aggregate: u128, version: i64) -> String {
    let id = |id: Uuid| literal(world, id);
    format!(
        "INSERT INTO outbox_events (tenant_id, id, aggregate, aggregate_id, version, name, occurred_at, payload, \
         scope_after) VALUES ({}, {}, 'unit', {}, {version}, 'unit.tested', {}, '{{}}', \
         '{{\"category\":\"00000000-0000-0000-0000-000000000000\",\"sensitivity\":0,\"principals\":[],\
         \"internal\":false}}')",
        id(district.tenant.uuid()),
        id(Uuid::from_u128(minute << 64 | aggregate)),
        id(Uuid::from_u128(aggregate)),
        world.db.now().micros() + i64::try_from(minute).unwrap_or_default() * 60_000_000,
    )
}

fn own(world: &World, district: &District) -> String {
    literal(world, district.tenant.uuid())
}

fn literal(world: &World, id: Uuid) -> String {
    match world.backend() {
        Backend::Sqlite => format!("x'{}'", id.simple()),
        Backend::Postgres => format!("'{id}'"),
    }
}

/// Aggregate, version and position of each event.
fn placed(events: &[Arc<Event>]) -> Vec<(u128, i64, i64)> {
    events.iter().map(|event| (event.aggregate_id.as_u128(), event.version, event.position)).collect()
}
