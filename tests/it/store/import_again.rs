//! A file that is imported again after units were merged, renamed or set up: it says what it says, and
//! nothing else changes.

use anyhow::{Context as _, ensure};
use chrono::NaiveDate;
use fengqiao_domain::kernel::id::UnitId;
use fengqiao_domain::kernel::page::PageRequest;
use fengqiao_domain::kernel::sheet::ImportReport;
use fengqiao_domain::org::{CodeSystem, GridFilter, GridKind, MergeUnits, Successor, Unit, UnitState};
use fengqiao_tests::{Answered as _, District, Refused as _, World, on_each};

use super::import_units::same;

const UNITS: &str = "code,name,level,parent_code,code_year,state\n\
     150302,海勃湾区,district,,2023,live\n\
     150302001,凤凰岭街道,town,150302,2023,live\n\
     150302001001,新地村,village,150302001,2023,live\n\
     150302001002,团结新村,village,150302001,2023,live\n";

/// What the district's grids were laid from, with codes and without.
const GRIDS: [&str; 2] = [
    "village_code,name,kind\n150302001001,第一网格,basic\n150302001001,农贸市场网格,dedicated\n\
     150302001002,第一网格,basic\n150302001002,农贸市场网格,dedicated\n",
    "code,village_code,name,kind\n150302001001001,150302001001,第一网格,basic\n\
     150302001001002,150302001001,农贸市场网格,dedicated\n150302001002001,150302001002,第一网格,basic\n\
     150302001002002,150302001002,农贸市场网格,dedicated\n",
];

fn report(created: usize, changed: usize, unchanged: usize) -> ImportReport {
    ImportReport { created, changed, unchanged }
}

async fn units(world: &World, file: &str) -> anyhow::Result<ImportReport> {
    world.org().import_units(world.platform(), file.as_bytes()).await.done()
}

async fn grids(world: &World, file: &str) -> anyhow::Result<ImportReport> {
    world.org().import_grids(world.platform(), file.as_bytes()).await.done()
}

async fn unit(world: &World, district: &District, id: UnitId) -> anyhow::Result<Unit> {
    let reader = world.db.reader(&district.system);
    let units = world.org().units_by_id(&district.system, &reader, &[id]).await.done()?;
    units.get(&id).cloned().context("the unit")
}

async fn merge(world: &World, district: &District, from: &[UnitId], to: Successor) -> anyhow::Result<UnitId> {
    let on = NaiveDate::from_ymd_opt(2026, 6, 1).context("a day")?;
    let merge = MergeUnits { predecessors: from.to_vec(), successor: to, on };
    Ok(world.org().merge_units(&district.commander(1), merge).await.done()?.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dissolved_village_stays_dissolved_when_its_file_is_imported_again() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let [left, right] = district.villages[0];
        assert_eq!(units(&world, UNITS).await?, report(0, 0, 4));
        merge(&world, &district, &[left], Successor::Existing(right)).await?;
        let before = unit(&world, &district, left).await?;
        assert_eq!((before.state, before.version), (UnitState::Dissolved, 2));
        assert_eq!(units(&world, UNITS).await?, report(0, 0, 4));
        // What else the file says of it is history.
        assert_eq!(units(&world, &UNITS.replace("新地村", "另一个村")).await?, report(0, 0, 4));
        assert_eq!(unit(&world, &district, left).await?, before);
        // Its successor is alive, and changes as before.
        assert_eq!(units(&world, &UNITS.replace("团结新村", "团结社区")).await?, report(0, 1, 3));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_that_is_named_is_told_from_a_newer_one_of_the_same_code() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let successor = Successor::New {
            code: "150302001001".to_owned(),
            code_system: CodeSystem::Nbs,
            code_year: 2026,
            name: "新地团结村".to_owned(),
        };
        let merged = merge(&world, &district, &district.villages[0], successor).await?;
        assert_eq!(units(&world, UNITS).await?, report(0, 0, 4));
        assert_eq!(unit(&world, &district, merged).await?.name, "新地团结村");
        let renamed = UNITS.replace("新地村,village,150302001,2023", "新地镇中村,village,150302001,2026");
        assert_eq!(units(&world, &renamed).await?, report(0, 1, 3));
        assert_eq!(unit(&world, &district, merged).await?.name, "新地镇中村");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn grids_of_a_merged_village_are_known_when_their_file_is_imported_again() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let [left, right] = district.villages[0];
        merge(&world, &district, &[left], Successor::Existing(right)).await?;
        for file in GRIDS {
            assert_eq!(grids(&world, file).await?, report(0, 0, 4), "{file}");
        }
        // Taken over once more, into another town.
        merge(&world, &district, &[right], Successor::Existing(district.villages[1][0])).await?;
        for file in GRIDS {
            assert_eq!(grids(&world, file).await?, report(0, 0, 4), "{file}");
        }
        assert_eq!(world.number("SELECT count(*) FROM grids").await?, 8);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dissolved_village_gets_no_new_grid_from_a_file() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let [left, right] = district.villages[0];
        merge(&world, &district, &[left], Successor::Existing(right)).await?;
        for code in ["", "150302001001009"] {
            let file = format!("code,village_code,name\n{code},150302001001,新网格\n");
            let refused = world.org().import_grids(world.platform(), file.as_bytes()).await.refused()?;
            same(&refused, &[(2, "village_code", "150302001001", "is dissolved")])?;
        }
        assert_eq!(world.number("SELECT count(*) FROM grids").await?, 8);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_of_a_village_that_took_nothing_over_is_refused() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let [left, right] = district.villages[0];
        merge(&world, &district, &[left], Successor::Existing(right)).await?;
        world.run_sql("UPDATE grids SET code = '150302002001077' WHERE code = '150302001001001'").await?;
        let file = "code,village_code,name\n150302002001077,150302002001,第一网格\n";
        let refused = world.org().import_grids(world.platform(), file.as_bytes()).await.refused()?;
        same(&refused, &[(2, "code", "150302002001077", "belongs to another village")])
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_names_on_one_day_the_last_counts() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        for name in ["新的村", "新地社区"] {
            assert_eq!(units(&world, &UNITS.replace("新地村", name)).await?, report(0, 1, 3));
        }
        let reader = world.db.reader(&district.system);
        let names =
            world.org().unit_names(&district.system, &reader, district.villages[0][0]).await.done()?;
        let names: Vec<(&str, &str)> =
            names.iter().map(|name| (name.since_on.as_str(), name.name.as_str())).collect();
        assert_eq!(names, [("2023-01-01", "新地村"), ("2026-11-22", "新地社区")]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_comes_below_a_town_that_was_taken_over() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let [left, right] = district.towns;
        merge(&world, &district, &[left], Successor::Existing(right)).await?;
        let file = format!("{UNITS}150302001009,新村,village,150302001,2023,live\n");
        let refused = world.org().import_units(world.platform(), file.as_bytes()).await.refused()?;
        same(&refused, &[(6, "parent_code", "150302001", "is dissolved")])?;
        assert_eq!(units(&world, UNITS).await?, report(0, 0, 4));
        Ok(())
    })
    .await
}

const FULL: &str = "code,name,level,parent_code,code_year,state,live_on,pilot,statistical\n\
     150302,海勃湾区,district,,2020,building,2021-01-31,true,\n\
     150302001,凤凰岭街道,town,150302,2020,planned,2021-01-31,true,true\n";

async fn by_code(world: &World, code: &str) -> anyhow::Result<Unit> {
    let tenant = world.org().tenants(world.platform()).await.done()?.pop().context("a tenant")?;
    let scope = world.platform().enter(tenant.id);
    let reader = world.db.reader(&scope);
    world.org().unit_by_code(&scope, &reader, code, None).await.done()?.context("the unit")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_district_is_created_as_its_row_says() -> anyhow::Result<()> {
    on_each(async |world| {
        assert_eq!(units(&world, FULL).await?, report(2, 0, 0));
        let district = by_code(&world, "150302").await?;
        assert_eq!((district.state, district.code_year), (UnitState::Building, 2020));
        assert_eq!((district.live_on.as_deref(), district.pilot), (Some("2021-01-31"), true));
        assert_eq!(units(&world, FULL).await?, report(0, 0, 2));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn columns_that_a_file_lacks_leave_units_as_they_are() -> anyhow::Result<()> {
    on_each(async |world| {
        units(&world, FULL).await?;
        let before = [by_code(&world, "150302").await?, by_code(&world, "150302001").await?];
        let short =
            "code,name,level,parent_code\n150302,海勃湾区,district,\n150302001,凤凰岭街道,town,150302\n";
        assert_eq!(units(&world, short).await?, report(0, 0, 2));
        assert_eq!([by_code(&world, "150302").await?, by_code(&world, "150302001").await?], before);
        assert_eq!(units(&world, &short.replace("凤凰岭街道", "凤凰岭镇")).await?, report(0, 1, 1));
        let town = by_code(&world, "150302001").await?;
        let [_, before] = before;
        assert_eq!(town, Unit { name: "凤凰岭镇".to_owned(), version: 2, ..before });
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_cell_means_the_default() -> anyhow::Result<()> {
    on_each(async |world| {
        units(&world, FULL).await?;
        let empty = "code,name,level,parent_code,state,live_on,pilot,statistical\n\
             150302001,凤凰岭街道,town,150302,,,,\n";
        assert_eq!(units(&world, empty).await?, report(0, 1, 0));
        let town = by_code(&world, "150302001").await?;
        assert_eq!((town.state, town.live_on.as_deref()), (UnitState::Live, None));
        ensure!(!town.pilot && !town.statistical, "{town:?}");
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_without_kinds_leaves_those_of_grids() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let file = "code,village_code,name\n150302001001002,150302001001,农贸市场网格\n";
        assert_eq!(grids(&world, file).await?, report(0, 0, 1));
        let bare = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":
            {"code":"150302001001002","village_code":"150302001001","name":"农贸市场网格"},"geometry":
            {"type":"Polygon","coordinates":[[[106.79,39.67],[106.80,39.67],[106.80,39.68],[106.79,39.67]]]}}]}"#;
        assert_eq!(grids(&world, bare).await?, report(0, 1, 0));
        let reader = world.db.reader(&district.system);
        let page = PageRequest { size: 100, ..PageRequest::default() };
        let filter = GridFilter { kind: Some(GridKind::Dedicated), ..GridFilter::default() };
        let found = world.org().grids(&district.system, &reader, &filter, &page).await.done()?;
        assert_eq!(found.rows.len(), 4);
        let empty = "code,village_code,name,kind\n150302001001002,150302001001,农贸市场网格,\n";
        assert_eq!(grids(&world, empty).await?, report(0, 1, 0));
        Ok(())
    })
    .await
}
