//! Reads of the org slice: everyone of the tenant sees its units, grids, groups and organisations.

use std::collections::HashMap;

use sea_orm::sea_query::Condition;
use sea_orm::{ColumnTrait, FromQueryResult, QuerySelect};

use fengqiao_entity::org::{grid, organisation, unit, unit_group, unit_succession};

use crate::kernel::id::{GridId, OrganisationId, UnitGroupId, UnitId};
use crate::kernel::page::{Cursor, Page, PageRequest, SortKey};
use crate::kernel::scope::Scope;
use crate::org::model::{
    CodeSystem, Grid, GridKind, LevelName, Organisation, Tenant, Unit, UnitCounts, UnitGroup, UnitLevel,
    UnitName, UnitState,
};
use crate::org::service::{Answer, OrgService};
use crate::org::{directory, store};
use crate::store::{Keyset, Reader, Select, StoreError, containing, counted};

/// Which units are wanted: all conditions at once.
#[derive(Clone, Debug, Default)]
pub struct UnitFilter {
    /// Only of this level.
    pub level: Option<UnitLevel>,
    /// Only right below this unit.
    pub parent: Option<UnitId>,
    /// Only in this state.
    pub state: Option<UnitState>,
    /// Only with this text in the present name.
    pub name_contains: Option<String>,
}

/// Which grids are wanted: all conditions at once.
#[derive(Clone, Debug, Default)]
pub struct GridFilter {
    /// Only of this town.
    pub town: Option<UnitId>,
    /// Only of this village.
    pub village: Option<UnitId>,
    /// Only of this kind.
    pub kind: Option<GridKind>,
    /// Only with this text in the name.
    pub name_contains: Option<String>,
}

/// Which organisations are wanted: all conditions at once.
#[derive(Clone, Debug, Default)]
pub struct OrganisationFilter {
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only with this text in the name.
    pub name_contains: Option<String>,
}

impl OrgService {
    /// The caller's tenant.
    ///
    /// # Errors
    /// As the database says.
    pub async fn tenant(&self, _scope: &Scope, reader: &Reader) -> Answer<Option<Tenant>> {
        Ok(store::own_tenant(&*reader.tx().await?).await?)
    }

    /// What the tenant calls its levels.
    ///
    /// # Errors
    /// As the database says.
    pub async fn level_names(&self, _scope: &Scope, reader: &Reader) -> Answer<Vec<LevelName>> {
        let mut names = store::level_names(&*reader.tx().await?).await?;
        names.sort_by_key(|name| name.level);
        Ok(names)
    }

    /// Units by id; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn units_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[UnitId],
    ) -> Answer<HashMap<UnitId, Unit>> {
        let units = directory::units(&*reader.tx().await?, ids).await?;
        Ok(units.into_iter().map(|unit| (unit.id, unit)).collect())
    }

    /// The unit with a code; of several editions the newest, unless one is named.
    ///
    /// # Errors
    /// As the database says.
    pub async fn unit_by_code(
        &self,
        _scope: &Scope,
        reader: &Reader,
        code: &str,
        edition: Option<(CodeSystem, Option<i32>)>,
    ) -> Answer<Option<Unit>> {
        let units = store::units_by_code(&*reader.tx().await?, code).await?;
        Ok(units.into_iter().find(|unit| {
            edition.is_none_or(|(system, year)| {
                unit.code_system == system && year.is_none_or(|year| unit.code_year == year)
            })
        }))
    }

    /// A page of units by code.
    ///
    /// # Errors
    /// As the database says.
    pub async fn units(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &UnitFilter,
        page: &PageRequest,
    ) -> Answer<Page<Unit>> {
        let tx = reader.tx().await?;
        let keyset = Keyset {
            column: unit::Column::Code,
            id: unit::Column::Id,
            descending: false,
            cursor: |row: &unit::Model| Cursor::of(SortKey::Text(row.code.clone()), row.id.uuid()),
        };
        let rows = keyset.page(filtered_units(tx.select(), filter), page).await?;
        converted(rows, store::unit)
    }

    /// How many units the filter finds, counted no further than the page limit of counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_units(&self, _scope: &Scope, reader: &Reader, filter: &UnitFilter) -> Answer<u64> {
        let tx = reader.tx().await?;
        Ok(counted(filtered_units(tx.select(), filter)).await?)
    }

    /// How many units and grids lie below each of some units.
    ///
    /// # Errors
    /// As the database says.
    pub async fn unit_counts(
        &self,
        _scope: &Scope,
        reader: &Reader,
        units: &[Unit],
    ) -> Answer<HashMap<UnitId, UnitCounts>> {
        let tx = reader.tx().await?;
        let below = unit_tallies(&tx).await?;
        let grids = grid_tallies(&tx).await?;
        Ok(units.iter().map(|unit| (unit.id, counts_of(unit, &below, &grids))).collect())
    }

    /// The names a unit has borne, oldest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn unit_names(&self, _scope: &Scope, reader: &Reader, id: UnitId) -> Answer<Vec<UnitName>> {
        Ok(store::names_of(&*reader.tx().await?, id).await?)
    }

    /// The units that a unit took over from, and those that took over from it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn successions(
        &self,
        _scope: &Scope,
        reader: &Reader,
        id: UnitId,
    ) -> Answer<(Vec<Unit>, Vec<Unit>)> {
        let tx = reader.tx().await?;
        let touching = Condition::any()
            .add(unit_succession::Column::SuccessorId.eq(id))
            .add(unit_succession::Column::PredecessorId.eq(id));
        let links = tx.select::<unit_succession::Entity>().filter(touching).all().await?;
        let (before, after): (Vec<_>, Vec<_>) = links.into_iter().partition(|link| link.successor_id == id);
        let before: Vec<UnitId> = before.into_iter().map(|link| link.predecessor_id).collect();
        let after: Vec<UnitId> = after.into_iter().map(|link| link.successor_id).collect();
        Ok((store::units_by_id(&tx, &before).await?, store::units_by_id(&tx, &after).await?))
    }

    /// Grids by id; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn grids_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[GridId],
    ) -> Answer<HashMap<GridId, Grid>> {
        let grids = directory::grids(&*reader.tx().await?, ids).await?;
        Ok(grids.into_iter().map(|grid| (grid.id, grid)).collect())
    }

    /// The grid with a code.
    ///
    /// # Errors
    /// As the database says.
    pub async fn grid_by_code(&self, _scope: &Scope, reader: &Reader, code: &str) -> Answer<Option<Grid>> {
        Ok(store::grid_by_code(&*reader.tx().await?, code).await?)
    }

    /// A page of grids by code.
    ///
    /// # Errors
    /// As the database says.
    pub async fn grids(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &GridFilter,
        page: &PageRequest,
    ) -> Answer<Page<Grid>> {
        let tx = reader.tx().await?;
        let keyset = Keyset {
            column: grid::Column::Code,
            id: grid::Column::Id,
            descending: false,
            cursor: |row: &grid::Model| Cursor::of(SortKey::Text(row.code.clone()), row.id.uuid()),
        };
        let rows = keyset.page(filtered_grids(tx.select(), filter), page).await?;
        converted(rows, store::grid)
    }

    /// How many grids the filter finds.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_grids(&self, _scope: &Scope, reader: &Reader, filter: &GridFilter) -> Answer<u64> {
        let tx = reader.tx().await?;
        Ok(counted(filtered_grids(tx.select(), filter)).await?)
    }

    /// Groups by id; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn groups_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[UnitGroupId],
    ) -> Answer<HashMap<UnitGroupId, UnitGroup>> {
        let groups = store::groups_by_id(&*reader.tx().await?, ids).await?;
        Ok(groups.into_iter().map(|group| (group.id, group)).collect())
    }

    /// A page of unit groups by code.
    ///
    /// # Errors
    /// As the database says.
    pub async fn groups(
        &self,
        _scope: &Scope,
        reader: &Reader,
        page: &PageRequest,
    ) -> Answer<Page<UnitGroup>> {
        let tx = reader.tx().await?;
        let keyset: Keyset<unit_group::Entity> = Keyset {
            column: unit_group::Column::Code,
            id: unit_group::Column::Id,
            descending: false,
            cursor: |row: &unit_group::Model| Cursor::of(SortKey::Text(row.code.clone()), row.id.uuid()),
        };
        converted(keyset.page(tx.select::<unit_group::Entity>(), page).await?, store::group)
    }

    /// How many unit groups there are.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_groups(&self, _scope: &Scope, reader: &Reader) -> Answer<u64> {
        Ok(counted(reader.tx().await?.select::<unit_group::Entity>()).await?)
    }

    /// The units and grids of a group.
    ///
    /// # Errors
    /// As the database says.
    pub async fn group_members(
        &self,
        _scope: &Scope,
        reader: &Reader,
        id: UnitGroupId,
    ) -> Answer<(Vec<Unit>, Vec<Grid>)> {
        let tx = reader.tx().await?;
        let (units, grids) = store::group_members(&tx, id).await?;
        let mut units = store::units_by_id(&tx, &units).await?;
        let mut grids = store::grids_by_id(&tx, &grids).await?;
        units.sort_by(|left, right| left.code.cmp(&right.code));
        grids.sort_by(|left, right| left.code.cmp(&right.code));
        Ok((units, grids))
    }

    /// Organisations by id; unknown ids are left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn organisations_by_id(
        &self,
        _scope: &Scope,
        reader: &Reader,
        ids: &[OrganisationId],
    ) -> Answer<HashMap<OrganisationId, Organisation>> {
        let found = directory::organisations(&*reader.tx().await?, ids).await?;
        Ok(found.into_iter().map(|organisation| (organisation.id, organisation)).collect())
    }

    /// A page of organisations by code.
    ///
    /// # Errors
    /// As the database says.
    pub async fn organisations(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &OrganisationFilter,
        page: &PageRequest,
    ) -> Answer<Page<Organisation>> {
        let tx = reader.tx().await?;
        let keyset = Keyset {
            column: organisation::Column::Code,
            id: organisation::Column::Id,
            descending: false,
            cursor: |row: &organisation::Model| Cursor::of(SortKey::Text(row.code.clone()), row.id.uuid()),
        };
        let rows = keyset.page(filtered_organisations(tx.select(), filter), page).await?;
        Ok(rows.map(store::organisation))
    }

    /// How many organisations the filter finds.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_organisations(
        &self,
        _scope: &Scope,
        reader: &Reader,
        filter: &OrganisationFilter,
    ) -> Answer<u64> {
        let tx = reader.tx().await?;
        Ok(counted(filtered_organisations(tx.select(), filter)).await?)
    }
}

fn converted<R, T>(page: Page<R>, convert: fn(R) -> Result<T, StoreError>) -> Answer<Page<T>> {
    let Page { rows, has_previous, has_next } = page;
    let rows = rows
        .into_iter()
        .map(|(cursor, row)| Ok((cursor, convert(row)?)))
        .collect::<Result<_, StoreError>>()?;
    Ok(Page { rows, has_previous, has_next })
}

fn filtered_units<'a>(mut rows: Select<'a, unit::Entity>, filter: &UnitFilter) -> Select<'a, unit::Entity> {
    if let Some(level) = filter.level {
        rows = rows.filter(unit::Column::Level.eq(store::text(level)));
    }
    if let Some(parent) = filter.parent {
        rows = rows.filter(unit::Column::ParentId.eq(parent));
    }
    if let Some(state) = filter.state {
        rows = rows.filter(unit::Column::State.eq(store::text(state)));
    }
    if let Some(text) = &filter.name_contains {
        rows = rows.filter(containing(unit::Column::Name, text));
    }
    rows
}

fn filtered_grids<'a>(mut rows: Select<'a, grid::Entity>, filter: &GridFilter) -> Select<'a, grid::Entity> {
    if let Some(town) = filter.town {
        rows = rows.filter(grid::Column::TownId.eq(town));
    }
    if let Some(village) = filter.village {
        rows = rows.filter(grid::Column::VillageId.eq(village));
    }
    if let Some(kind) = filter.kind {
        rows = rows.filter(grid::Column::Kind.eq(store::text(kind)));
    }
    if let Some(text) = &filter.name_contains {
        rows = rows.filter(containing(grid::Column::Name, text));
    }
    rows
}

fn filtered_organisations<'a>(
    mut rows: Select<'a, organisation::Entity>,
    filter: &OrganisationFilter,
) -> Select<'a, organisation::Entity> {
    if let Some(kind) = &filter.kind {
        rows = rows.filter(organisation::Column::Kind.eq(kind.as_str()));
    }
    if let Some(text) = &filter.name_contains {
        rows = rows.filter(containing(organisation::Column::Name, text));
    }
    rows
}

/// Villages per town.
#[derive(FromQueryResult)]
struct TownTally {
    town_id: Option<UnitId>,
    level: String,
    number: i64,
}

/// Grids per village.
#[derive(FromQueryResult)]
struct GridTally {
    town_id: UnitId,
    village_id: UnitId,
    number: i64,
}

async fn unit_tallies(tx: &crate::store::Tx) -> Result<Vec<TownTally>, StoreError> {
    tx.select::<unit::Entity>()
        .filter(unit::Column::State.ne("dissolved"))
        .shaped(|rows| {
            rows.column(unit::Column::TownId)
                .column(unit::Column::Level)
                .column_as(unit::Column::Id.count(), "number")
                .group_by(unit::Column::TownId)
                .group_by(unit::Column::Level)
        })
        .await
}

async fn grid_tallies(tx: &crate::store::Tx) -> Result<Vec<GridTally>, StoreError> {
    tx.select::<grid::Entity>()
        .filter(grid::Column::State.eq("live"))
        .shaped(|rows| {
            rows.column(grid::Column::TownId)
                .column(grid::Column::VillageId)
                .column_as(grid::Column::Id.count(), "number")
                .group_by(grid::Column::TownId)
                .group_by(grid::Column::VillageId)
        })
        .await
}

fn counts_of(unit: &Unit, units: &[TownTally], grids: &[GridTally]) -> UnitCounts {
    let number = |number: i64| u64::try_from(number).unwrap_or_default();
    let mine = |town: Option<UnitId>| unit.level == UnitLevel::District || town == Some(unit.id);
    let tally = |level: &str| {
        units.iter().filter(|row| row.level == level && mine(row.town_id)).map(|row| number(row.number)).sum()
    };
    let grids = grids
        .iter()
        .filter(|row| {
            if unit.level == UnitLevel::Village { row.village_id == unit.id } else { mine(Some(row.town_id)) }
        })
        .map(|row| number(row.number))
        .sum();
    match unit.level {
        UnitLevel::District => UnitCounts { towns: tally("town"), villages: tally("village"), grids },
        UnitLevel::Town => UnitCounts { towns: 0, villages: tally("village"), grids },
        UnitLevel::Village => UnitCounts { towns: 0, villages: 0, grids },
    }
}
