//! The application's wall: what one tenant gets for the ids of another, on both databases.

use anyhow::ensure;
use fengqiao_domain::kernel::id::{GridId, UnitGroupId, UnitId};
use fengqiao_domain::kernel::page::PageRequest;
use fengqiao_domain::org::{
    CreateGrid, CreateGroup, GridFilter, GridKind, GroupKind, OrgError, OrganisationFilter, RenameUnit,
    UnitFilter,
};
use fengqiao_tests::{Answered as _, Refused as _, on_each};
use sqlx::types::Uuid;

#[tokio::test(flavor = "multi_thread")]
async fn foreign_ids_are_as_unknown_as_random_ones() -> anyhow::Result<()> {
    on_each(async |world| {
        let [own, other] = world.mirrored_districts().await?;
        let (org, scope) = (world.org(), own.commander(1));
        let reader = world.db.reader(&scope);
        let units = [other.unit, other.towns[0], other.villages[0][0], own.villages[0][0]];
        let found = org.units_by_id(&scope, &reader, &units).await.done()?;
        ensure!(found.keys().copied().eq([own.villages[0][0]]), "units: {found:?}");
        let found =
            org.grids_by_id(&scope, &reader, &[other.grids[0][0][0], own.grids[0][0][0]]).await.done()?;
        ensure!(found.keys().copied().eq([own.grids[0][0][0]]), "grids: {found:?}");
        let found = org.groups_by_id(&scope, &reader, &[other.group, own.group]).await.done()?;
        ensure!(found.keys().copied().eq([own.group]), "groups: {found:?}");
        let ids = [other.organisations[0], own.organisations[0]];
        let found = org.organisations_by_id(&scope, &reader, &ids).await.done()?;
        ensure!(found.keys().copied().eq([own.organisations[0]]), "organisations: {found:?}");
        ensure!(org.unit_by_code(&scope, &reader, "150303", None).await.done()?.is_none());
        ensure!(org.unit_names(&scope, &reader, other.villages[0][0]).await.done()?.is_empty());
        let (units, grids) = org.group_members(&scope, &reader, other.group).await.done()?;
        ensure!(units.is_empty() && grids.is_empty());
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_and_counts_hold_the_own_tenant_only() -> anyhow::Result<()> {
    on_each(async |world| {
        for district in world.mirrored_districts().await? {
            let (org, scope) = (world.org(), district.commander(1));
            let reader = world.db.reader(&scope);
            let page = PageRequest { size: 100, ..PageRequest::default() };
            let units = org.units(&scope, &reader, &UnitFilter::default(), &page).await.done()?;
            assert_eq!(units.rows.len(), 7);
            ensure!(units.rows.iter().all(|(_, unit)| unit.code.starts_with(&district.code)));
            let grids = org.grids(&scope, &reader, &GridFilter::default(), &page).await.done()?;
            assert_eq!(grids.rows.len(), 8);
            ensure!(grids.rows.iter().all(|(_, grid)| grid.code.starts_with(&district.code)));
            let counts = (
                org.count_units(&scope, &reader, &UnitFilter::default()).await.done()?,
                org.count_grids(&scope, &reader, &GridFilter::default()).await.done()?,
                org.count_groups(&scope, &reader).await.done()?,
                org.count_organisations(&scope, &reader, &OrganisationFilter::default()).await.done()?,
            );
            assert_eq!(counts, (7, 8, 1, 2));
        }
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_refuse_foreign_ids_like_random_ones() -> anyhow::Result<()> {
    on_each(async |world| {
        let [own, other] = world.mirrored_districts().await?;
        let (org, scope) = (world.org(), own.commander(1));
        let before = world.number("SELECT count(*) FROM audit_entries").await?;
        for village in [other.villages[0][0], UnitId::from_uuid(Uuid::from_u128(1))] {
            let rename = RenameUnit {
                unit: village,
                expected_version: 1,
                name: "新名".to_owned(),
                since_on: chrono::NaiveDate::default(),
            };
            let refused = org.rename_unit(&scope, rename).await.refused()?;
            assert_eq!(refused, [("unitId".to_owned(), OrgError::NotFound)]);
            let grid =
                CreateGrid { village, name: "网格".to_owned(), kind: GridKind::Basic, boundary: None };
            let refused = org.create_grid(&scope, grid).await.refused()?;
            assert_eq!(refused, [("villageId".to_owned(), OrgError::NotFound)]);
        }
        for grid in [other.grids[0][0][0], GridId::from_uuid(Uuid::from_u128(1))] {
            let group = CreateGroup {
                code: "x".to_owned(),
                name: "片区".to_owned(),
                kind: GroupKind::Area,
                units: vec![own.villages[0][0]],
                grids: vec![grid],
            };
            let refused = org.create_group(&scope, group).await.refused()?;
            assert_eq!(refused, [("gridIds.0".to_owned(), OrgError::NotFound)]);
        }
        assert_eq!(world.number("SELECT count(*) FROM audit_entries").await?, before);
        assert_eq!(world.number("SELECT count(*) FROM unit_groups").await?, 2);
        Ok(())
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reference_across_tenants_cannot_be_stored() -> anyhow::Result<()> {
    on_each(async |world| {
        let [own, other] = world.mirrored_districts().await?;
        let text = |id: Uuid| match world.backend() {
            fengqiao_tests::Backend::Sqlite => format!("x'{}'", id.simple()),
            fengqiao_tests::Backend::Postgres => format!("'{id}'"),
        };
        let member = |group: UnitGroupId, unit: UnitId| {
            let (tenant, group, unit) = (text(own.tenant.uuid()), text(group.uuid()), text(unit.uuid()));
            format!("INSERT INTO unit_group_units (tenant_id, group_id, unit_id) VALUES ({tenant}, {group}, {unit})")
        };
        // As the superuser, whom no policy stops: the key itself refuses.
        for (group, unit) in [(own.group, other.villages[0][1]), (other.group, own.villages[0][1])] {
            let refused = world.run_sql(&member(group, unit)).await;
            ensure!(refused.is_err_and(|error| error.to_string().to_lowercase().contains("foreign key")));
        }
        world.run_sql(&member(own.group, own.villages[0][1])).await?;
        Ok(())
    })
    .await
}
