//! Units and grids over time: names, versions, codes, mergers.

use anyhow::{Context as _, ensure};
use chrono::NaiveDate;
use fengqiao_domain::kernel::id::UnitId;
use fengqiao_domain::kernel::permission::{Permission, PermissionSet};
use fengqiao_domain::org::{
    CodeSystem, CreateGrid, CreateUnit, GridKind, MergeUnits, OrgError, RenameUnit, Successor, UnitState,
};
use fengqiao_tests::{Answered as _, District, Refused as _, World, on_each};
use futures::future::join_all;

fn day(month: u32, day: u32) -> anyhow::Result<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, month, day).context("a day")
}

fn rename(unit: UnitId, expected_version: i64, name: &str, since_on: NaiveDate) -> RenameUnit {
    RenameUnit { unit, expected_version, name: name.to_owned(), since_on }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_unit_remembers_the_names_it_bore() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let (org, scope, village) = (world.org(), district.commander(1), district.villages[0][0]);
        let renamed = org.rename_unit(&scope, rename(village, 1, "新地社区", day(3, 1)?)).await.done()?;
        assert_eq!((renamed.name.as_str(), renamed.version), ("新地社区", 2));
        let reader = world.db.reader(&scope);
        let names = org.unit_names(&scope, &reader, village).await.done()?;
        let names: Vec<(&str, &str)> =
            names.iter().map(|name| (name.since_on.as_str(), name.name.as_str())).collect();
        assert_eq!(names, [("2023-01-01", "新地村"), ("2026-03-01", "新地社区")]);
        // A second name on the same day would leave the order open.
        let refused = org.rename_unit(&scope, rename(village, 2, "别名", day(3, 1)?)).await.refused()?;
        assert_eq!(refused, [("sinceOn".to_owned(), OrgError::InvalidDate)]);
        assert_eq!(world.number("SELECT count(*) FROM unit_names").await?, 8);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_version_is_a_conflict() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let (org, scope, village) = (world.org(), district.commander(1), district.villages[0][0]);
        org.rename_unit(&scope, rename(village, 1, "新地社区", day(3, 1)?)).await.done()?;
        for stale in [1, 0, 3, i64::MAX] {
            let refused =
                org.rename_unit(&scope, rename(village, stale, "另名", day(4, 1)?)).await.refused()?;
            assert_eq!(refused, [("expectedVersion".to_owned(), OrgError::Conflict { current_version: 2 })]);
        }
        let reader = world.db.reader(&scope);
        let units = org.units_by_id(&scope, &reader, &[village]).await.done()?;
        assert_eq!(units.get(&village).map(|unit| (unit.name.as_str(), unit.version)), Some(("新地社区", 2)));
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_renamings_at_once_one_wins() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let (org, scope, village) = (world.org(), district.commander(1), district.villages[0][0]);
        let day = day(3, 1)?;
        let answers = join_all(
            (0..10).map(|number| org.rename_unit(&scope, rename(village, 1, &format!("新地{number}"), day))),
        )
        .await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for answer in answers.into_iter().filter(Result::is_err) {
            let refused = answer.refused()?;
            assert_eq!(refused, [("expectedVersion".to_owned(), OrgError::Conflict { current_version: 2 })]);
        }
        assert_eq!(world.number("SELECT count(*) FROM unit_names").await?, 8);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn visible_but_not_mine_is_not_permitted() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let org = world.org();
        let manager = PermissionSet::default().with(Permission::UnitManage).with(Permission::GridManage);
        let scope = district.account(5, manager, district.first_village());
        org.rename_unit(&scope, rename(district.villages[0][0], 1, "自家村", day(3, 1)?)).await.done()?;
        for other in [district.villages[0][1], district.towns[0], district.unit] {
            let refused = org.rename_unit(&scope, rename(other, 1, "别家村", day(3, 1)?)).await.refused()?;
            assert_eq!(refused, [("unitId".to_owned(), OrgError::NotPermitted)]);
        }
        let reader = district.account(6, PermissionSet::default(), district.first_village());
        let denied = org.rename_unit(&reader, rename(district.villages[0][0], 2, "村", day(4, 1)?)).await;
        ensure!(matches!(denied, Err(fengqiao_domain::kernel::failure::Failure::Denied)), "{denied:?}");
        Ok(())
    })
    .await
}

async fn grid(world: &World, district: &District, village: UnitId) -> anyhow::Result<String> {
    let command = CreateGrid { village, name: "新网格".to_owned(), kind: GridKind::Basic, boundary: None };
    Ok(world.org().create_grid(&district.commander(1), command).await.done()?.code)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grid_code_is_never_given_twice() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let village = district.villages[0][0];
        assert_eq!(grid(&world, &district, village).await?, "150302001001003");
        // Even when the row with the highest serial is gone.
        world.run_sql("DELETE FROM grids WHERE code = '150302001001003'").await?;
        assert_eq!(grid(&world, &district, village).await?, "150302001001004");
        assert_eq!(grid(&world, &district, district.villages[0][1]).await?, "150302001002003");
        world.run_sql("UPDATE serials SET last = 998 WHERE name = 'grid/150302001001'").await?;
        assert_eq!(grid(&world, &district, village).await?, "150302001001999");
        let command =
            CreateGrid { village, name: "新网格".to_owned(), kind: GridKind::Basic, boundary: None };
        let refused = world.org().create_grid(&district.commander(1), command).await.refused()?;
        assert_eq!(refused, [("villageId".to_owned(), OrgError::SerialsExhausted)]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn grids_made_at_once_get_different_codes() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        // A village without grids has no serial yet: the first ones race for its row too.
        let parent = CreateUnit {
            parent: district.towns[0],
            code: "150302001009".to_owned(),
            code_system: CodeSystem::Nbs,
            code_year: 2023,
            name: "新村".to_owned(),
            state: UnitState::Live,
            live_on: None,
        };
        let village = world.org().create_unit(&district.commander(1), parent).await.done()?.id;
        // Connections are open already, so that all really start at once.
        let (org, scope) = (world.org(), district.commander(1));
        let readers: Vec<_> = (0..8).map(|_| world.db.reader(&scope)).collect();
        for answer in join_all(readers.iter().map(|reader| org.tenant(&scope, reader))).await {
            answer.done()?;
        }
        drop(readers);
        let codes = join_all((0..8).map(|_| grid(&world, &district, village))).await;
        let mut codes = codes.into_iter().collect::<anyhow::Result<Vec<_>>>()?;
        codes.sort_unstable();
        let expected: Vec<String> = (1..=8).map(|serial| format!("150302001009{serial:03}")).collect();
        assert_eq!(codes, expected);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merger_dissolves_and_moves_and_keeps_the_links() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let (org, scope) = (world.org(), district.commander(1));
        let [left, right] = district.villages[0];
        let merge =
            MergeUnits { predecessors: vec![left], successor: Successor::Existing(right), on: day(6, 1)? };
        let successor = org.merge_units(&scope, merge.clone()).await.done()?;
        assert_eq!(successor.id, right);
        let reader = world.db.reader(&scope);
        let units = org.units_by_id(&scope, &reader, &[left, right]).await.done()?;
        assert_eq!(units.get(&left).map(|unit| unit.state), Some(UnitState::Dissolved));
        assert_eq!(units.get(&right).map(|unit| unit.state), Some(UnitState::Live));
        let (before, after) = org.successions(&scope, &reader, right).await.done()?;
        assert_eq!((before.len(), before.first().map(|unit| unit.id), after.len()), (1, Some(left), 0));
        let grids: Vec<_> = district.grids[0].iter().flatten().copied().collect();
        let grids = org.grids_by_id(&scope, &reader, &grids).await.done()?;
        ensure!(grids.len() == 4 && grids.values().all(|grid| grid.village == right), "{grids:?}");
        // Codes say where a grid was made, not where it is.
        assert_eq!(
            grids.get(&district.grids[0][0][0]).map(|grid| grid.code.as_str()),
            Some("150302001001001")
        );
        let again = org.merge_units(&scope, merge).await.refused()?;
        assert_eq!(again, [("predecessorIds.0".to_owned(), OrgError::Dissolved)]);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn mergers_that_make_no_sense_change_nothing() -> anyhow::Result<()> {
    on_each(async |world| {
        let district = world.district().await?;
        let (org, scope) = (world.org(), district.commander(1));
        let [left, right] = district.villages[0];
        let rows = world.number("SELECT count(*) FROM audit_entries").await?;
        let cases = [
            (vec![], Successor::Existing(right), "predecessorIds", OrgError::InvalidMerger),
            (vec![left, left], Successor::Existing(right), "predecessorIds", OrgError::InvalidMerger),
            (vec![left, right], Successor::Existing(right), "successorId", OrgError::InvalidMerger),
            (
                vec![left, district.towns[1]],
                Successor::Existing(right),
                "predecessorIds.1",
                OrgError::WrongLevel,
            ),
            (vec![left], Successor::Existing(district.towns[1]), "successorId", OrgError::WrongLevel),
            (
                vec![district.unit],
                Successor::Existing(district.unit),
                "predecessorIds.0",
                OrgError::WrongLevel,
            ),
        ];
        for (predecessors, successor, path, error) in cases {
            let merge = MergeUnits { predecessors, successor, on: day(6, 1)? };
            assert_eq!(org.merge_units(&scope, merge).await.refused()?, [(path.to_owned(), error)]);
        }
        let taken = Successor::New {
            code: "150302001002".to_owned(),
            code_system: CodeSystem::Nbs,
            code_year: 2023,
            name: "新村".to_owned(),
        };
        let merge = MergeUnits { predecessors: vec![left], successor: taken, on: day(6, 1)? };
        assert_eq!(
            org.merge_units(&scope, merge).await.refused()?,
            [("newUnit.code".to_owned(), OrgError::CodeTaken)]
        );
        assert_eq!(world.number("SELECT count(*) FROM audit_entries").await?, rows);
        assert_eq!(world.number("SELECT count(*) FROM units WHERE state = 'dissolved'").await?, 0);
        Ok(())
    })
    .await
}
