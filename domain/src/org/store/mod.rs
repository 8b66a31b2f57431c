//! Rows of the org slice to values and back.

mod grids;

use std::collections::BTreeSet;
use std::str::FromStr;

use sea_orm::sea_query::{Expr, ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, Order};

use fengqiao_entity::org::{
    grid, level_name, organisation, tenant, unit, unit_group, unit_group_grid, unit_group_unit, unit_name,
    unit_succession,
};

use crate::kernel::id::{GridId, OrganisationId, TenantId, UnitGroupId, UnitId};
use crate::kernel::place::Territory;
use crate::org::model::{Codes, CodesById, Grid, LevelName, Organisation, Tenant, Unit, UnitGroup, UnitName};
use crate::store::{KnownTenantRow, StoreError, Tx, one_of};

pub(in crate::org) use grids::{
    grid, grid_by_code, grid_by_id, grid_row, grids_by_id, grids_near, shape, undrawn_grids,
};

pub(in crate::org) fn parsed<T: FromStr>(table: &str, column: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt(table, column, text))
}

/// A tenant's row as a value.
pub(super) fn tenant(row: tenant::Model) -> Result<Tenant, StoreError> {
    let kind = parsed("tenants", "kind", &row.kind)?;
    let state = parsed("tenants", "state", &row.state)?;
    Ok(Tenant { id: row.tenant_id, code: row.code, name: row.name, kind, state })
}

/// A tenant that was looked up.
pub(super) fn tenant_found(KnownTenantRow { tenant, state }: KnownTenantRow) -> Result<Tenant, StoreError> {
    let kind = parsed("tenants", "kind", &tenant.kind)?;
    let state = parsed("tenants", "state", &state)?;
    Ok(Tenant {
        id: TenantId::from_uuid(tenant.tenant_id),
        code: tenant.code,
        name: tenant.name,
        kind,
        state,
    })
}

/// A unit's row as a value.
pub(super) fn unit(row: unit::Model) -> Result<Unit, StoreError> {
    Ok(Unit {
        id: row.id,
        level: parsed("units", "level", &row.level)?,
        parent: row.parent_id,
        town: row.town_id,
        code: row.code,
        code_system: parsed("units", "code_system", &row.code_system)?,
        code_year: row.code_year,
        name: row.name,
        state: parsed("units", "state", &row.state)?,
        pilot: row.pilot,
        statistical: row.statistical,
        live_on: row.live_on,
        version: row.version,
    })
}

/// A unit as a row; the tenant is stamped on insert.
pub(super) fn unit_row(tx: &Tx, unit: &Unit) -> unit::Model {
    unit::Model {
        tenant_id: tx.scope().tenant(),
        id: unit.id,
        level: text(unit.level),
        parent_id: unit.parent,
        town_id: unit.town,
        code: unit.code.clone(),
        code_system: text(unit.code_system),
        code_year: unit.code_year,
        name: unit.name.clone(),
        state: text(unit.state),
        pilot: unit.pilot,
        statistical: unit.statistical,
        live_on: unit.live_on.clone(),
        version: unit.version,
    }
}

/// A group's row as a value.
pub(super) fn group(row: unit_group::Model) -> Result<UnitGroup, StoreError> {
    let kind = parsed("unit_groups", "kind", &row.kind)?;
    Ok(UnitGroup { id: row.id, code: row.code, name: row.name, kind, version: row.version })
}

/// An organisation's row as a value.
pub(super) fn organisation(row: organisation::Model) -> Organisation {
    Organisation { id: row.id, code: row.code, name: row.name, kind: row.kind, version: row.version }
}

/// The column text of an enum.
pub(super) fn text(value: impl Into<&'static str>) -> String {
    value.into().to_owned()
}

/// The caller's tenant.
pub(super) async fn own_tenant(tx: &Tx) -> Result<Option<Tenant>, StoreError> {
    tx.select::<tenant::Entity>().one().await?.map(tenant).transpose()
}

/// What the tenant calls its levels.
pub(super) async fn level_names(tx: &Tx) -> Result<Vec<LevelName>, StoreError> {
    let rows = tx.select::<level_name::Entity>().all().await?;
    rows.into_iter()
        .map(|row| {
            let level = parsed("level_names", "level", &row.level)?;
            Ok(LevelName { level, name_zh: row.name_zh, name_en: row.name_en })
        })
        .collect()
}

/// A unit by id.
pub(super) async fn unit_by_id(tx: &Tx, id: UnitId) -> Result<Option<Unit>, StoreError> {
    tx.select::<unit::Entity>().filter(unit::Column::Id.eq(id)).one().await?.map(unit).transpose()
}

/// Units by id, in no order; unknown ids are left out.
pub(super) async fn units_by_id(tx: &Tx, ids: &[UnitId]) -> Result<Vec<Unit>, StoreError> {
    let rows = tx
        .select::<unit::Entity>()
        .filter(one_of(unit::Column::Id.into_expr(), ids.iter().copied()))
        .all()
        .await?;
    rows.into_iter().map(unit).collect()
}

/// Every unit of the tenant.
pub(super) async fn all_units(tx: &Tx) -> Result<Vec<Unit>, StoreError> {
    tx.select::<unit::Entity>().all().await?.into_iter().map(unit).collect()
}

/// Every organisation of the tenant.
pub(super) async fn all_organisations(tx: &Tx) -> Result<Vec<Organisation>, StoreError> {
    Ok(tx.select::<organisation::Entity>().all().await?.into_iter().map(organisation).collect())
}

/// Units with a code, newest edition first.
pub(super) async fn units_by_code(tx: &Tx, code: &str) -> Result<Vec<Unit>, StoreError> {
    let rows = tx
        .select::<unit::Entity>()
        .filter(unit::Column::Code.eq(code))
        .order_by(unit::Column::CodeYear, Order::Desc)
        .all()
        .await?;
    rows.into_iter().map(unit).collect()
}

/// Groups by id, in no order; unknown ids are left out.
pub(super) async fn groups_by_id(tx: &Tx, ids: &[UnitGroupId]) -> Result<Vec<UnitGroup>, StoreError> {
    let ids = one_of(unit_group::Column::Id.into_expr(), ids.iter().copied());
    let rows = tx.select::<unit_group::Entity>().filter(ids).all().await?;
    rows.into_iter().map(group).collect()
}

/// The members of a group.
pub(super) async fn group_members(
    tx: &Tx,
    id: UnitGroupId,
) -> Result<(Vec<UnitId>, Vec<GridId>), StoreError> {
    let units =
        tx.select::<unit_group_unit::Entity>().filter(unit_group_unit::Column::GroupId.eq(id)).all().await?;
    let grids =
        tx.select::<unit_group_grid::Entity>().filter(unit_group_grid::Column::GroupId.eq(id)).all().await?;
    let units = units.into_iter().map(|row| row.unit_id).collect();
    Ok((units, grids.into_iter().map(|row| row.grid_id).collect()))
}

/// The units of a territory, its towns and villages themselves included.
pub(super) async fn units_within(tx: &Tx, territory: &Territory) -> Result<BTreeSet<UnitId>, StoreError> {
    let towns = || territory.towns.iter().copied();
    let named = unit::Column::Id.is_in(towns().chain(territory.villages.iter().copied()));
    let rows =
        tx.select::<unit::Entity>().filter(named.or(unit::Column::TownId.is_in(towns()))).all().await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The grids of a territory that is not the whole district.
pub(super) async fn grids_within(tx: &Tx, territory: &Territory) -> Result<BTreeSet<GridId>, StoreError> {
    let rows = tx.select::<grid::Entity>().filter(inside(territory)).all().await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The ids behind all codes of the tenant.
pub(super) async fn codes(tx: &Tx) -> Result<Codes, StoreError> {
    let mut units = tx.select::<unit::Entity>().all().await?;
    // Of two editions of one code the one in use counts.
    units.sort_by_key(|row| row.state != "dissolved");
    let grids = tx.select::<grid::Entity>().all().await?;
    let groups = tx.select::<unit_group::Entity>().all().await?;
    let organisations = tx.select::<organisation::Entity>().all().await?;
    Ok(Codes {
        units: units.into_iter().map(|row| (row.code, row.id)).collect(),
        grids: grids.into_iter().map(|row| (row.code, row.id)).collect(),
        groups: groups.into_iter().map(|row| (row.code, row.id)).collect(),
        organisations: organisations.into_iter().map(|row| (row.code, row.id)).collect(),
    })
}

/// The codes behind all ids of the tenant, former editions included.
pub(super) async fn codes_by_id(tx: &Tx) -> Result<CodesById, StoreError> {
    let units = tx.select::<unit::Entity>().all().await?;
    let grids = tx.select::<grid::Entity>().all().await?;
    let groups = tx.select::<unit_group::Entity>().all().await?;
    let organisations = tx.select::<organisation::Entity>().all().await?;
    Ok(CodesById {
        units: units.into_iter().map(|row| (row.id, row.code)).collect(),
        grids: grids.into_iter().map(|row| (row.id, row.code)).collect(),
        groups: groups.into_iter().map(|row| (row.id, row.code)).collect(),
        organisations: organisations.into_iter().map(|row| (row.id, row.code)).collect(),
    })
}

/// Every unit, those above first.
pub(super) async fn ordered_units(tx: &Tx) -> Result<Vec<Unit>, StoreError> {
    let rows = tx.select::<unit::Entity>().order_by(unit::Column::Code, Order::Asc).all().await?;
    let mut units = rows.into_iter().map(unit).collect::<Result<Vec<Unit>, _>>()?;
    units.sort_by_key(|unit| (unit.level, unit.code_year));
    Ok(units)
}

/// The grids in use of a territory, by code.
pub(super) async fn live_grids(tx: &Tx, territory: &Territory) -> Result<Vec<Grid>, StoreError> {
    let mut rows = tx.select::<grid::Entity>().filter(grid::Column::State.eq("live"));
    if !territory.district {
        rows = rows.filter(inside(territory));
    }
    let rows = rows.order_by(grid::Column::Code, Order::Asc).all().await?;
    rows.into_iter().map(grid).collect()
}

fn inside(territory: &Territory) -> SimpleExpr {
    grid::Column::Id
        .is_in(territory.grids.iter().copied())
        .or(grid::Column::VillageId.is_in(territory.villages.iter().copied()))
        .or(grid::Column::TownId.is_in(territory.towns.iter().copied()))
}

/// Every unit that belongs to a group, with the group.
pub(super) async fn units_of_groups(tx: &Tx) -> Result<Vec<(UnitGroupId, UnitId)>, StoreError> {
    let rows = tx.select::<unit_group_unit::Entity>().all().await?;
    Ok(rows.into_iter().map(|row| (row.group_id, row.unit_id)).collect())
}

/// Every grid that belongs to a group, with the group.
pub(super) async fn grids_of_groups(tx: &Tx) -> Result<Vec<(UnitGroupId, GridId)>, StoreError> {
    let rows = tx.select::<unit_group_grid::Entity>().all().await?;
    Ok(rows.into_iter().map(|row| (row.group_id, row.grid_id)).collect())
}

/// Organisations by id, in no order; unknown ids are left out.
pub(super) async fn organisations_by_id(
    tx: &Tx,
    ids: &[OrganisationId],
) -> Result<Vec<Organisation>, StoreError> {
    let ids = one_of(organisation::Column::Id.into_expr(), ids.iter().copied());
    let rows = tx.select::<organisation::Entity>().filter(ids).all().await?;
    Ok(rows.into_iter().map(organisation).collect())
}

/// The names a unit has borne, oldest first.
pub(super) async fn names_of(tx: &Tx, id: UnitId) -> Result<Vec<UnitName>, StoreError> {
    let rows = tx
        .select::<unit_name::Entity>()
        .filter(unit_name::Column::UnitId.eq(id))
        .order_by(unit_name::Column::SinceOn, Order::Asc)
        .all()
        .await?;
    Ok(rows.into_iter().map(|row| UnitName { name: row.name, since_on: row.since_on }).collect())
}

/// All succession links of the tenant, as (predecessor, successor): some hundred at most.
pub(super) async fn successions(tx: &Tx) -> Result<Vec<(UnitId, UnitId)>, StoreError> {
    let rows = tx.select::<unit_succession::Entity>().all().await?;
    Ok(rows.into_iter().map(|row| (row.predecessor_id, row.successor_id)).collect())
}

/// The villages of a town.
pub(super) async fn villages_of(tx: &Tx, town: UnitId) -> Result<Vec<UnitId>, StoreError> {
    let of_town = unit::Column::TownId.eq(town).and(unit::Column::Level.eq("village"));
    let rows = tx.select::<unit::Entity>().filter(of_town).all().await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Sets columns of a unit if its version is still `expected`: whether it was.
pub(super) async fn update_unit(tx: &Tx, unit: &Unit, expected: i64) -> Result<bool, StoreError> {
    let changed = tx
        .update::<unit::Entity>()
        .set(unit::Column::Name, Expr::val(unit.name.clone()))
        .set(unit::Column::State, Expr::val(text(unit.state)))
        .set(unit::Column::Pilot, Expr::val(unit.pilot))
        .set(unit::Column::Statistical, Expr::val(unit.statistical))
        .set(unit::Column::LiveOn, Expr::val(unit.live_on.clone()))
        .set(unit::Column::Version, Expr::val(unit.version))
        .filter(unit::Column::Id.eq(unit.id).and(unit::Column::Version.eq(expected)))
        .run()
        .await?;
    Ok(changed == 1)
}

/// Moves the grids of a dissolved village to its successor.
pub(super) async fn move_grids(tx: &Tx, from: UnitId, to: &Unit) -> Result<u64, StoreError> {
    let Some(town) = to.town else { return Ok(0) };
    tx.update::<grid::Entity>()
        .set(grid::Column::VillageId, Expr::val(to.id.uuid()))
        .set(grid::Column::TownId, Expr::val(town.uuid()))
        .set(grid::Column::Version, Expr::col(grid::Column::Version).add(1))
        .filter(grid::Column::VillageId.eq(from))
        .run()
        .await
}

/// Moves the villages of a dissolved town, and their grids, to its successor.
pub(super) async fn move_villages(tx: &Tx, from: UnitId, to: UnitId) -> Result<(), StoreError> {
    tx.update::<unit::Entity>()
        .set(unit::Column::ParentId, Expr::val(to.uuid()))
        .set(unit::Column::TownId, Expr::val(to.uuid()))
        .set(unit::Column::Version, Expr::col(unit::Column::Version).add(1))
        .filter(unit::Column::TownId.eq(from).and(unit::Column::Level.eq("village")))
        .run()
        .await?;
    tx.update::<grid::Entity>()
        .set(grid::Column::TownId, Expr::val(to.uuid()))
        .set(grid::Column::Version, Expr::col(grid::Column::Version).add(1))
        .filter(grid::Column::TownId.eq(from))
        .run()
        .await?;
    Ok(())
}
