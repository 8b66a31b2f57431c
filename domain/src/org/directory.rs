//! What other slices ask of the org slice inside their own transaction.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::kernel::id::{GridId, OrganisationId, UnitGroupId, UnitId};
use crate::kernel::place::{Address, MASKED_ADDRESS_END, Place, Territory};
use crate::kernel::sheet::Shape;
use crate::org::ground::{self, GeoPoint};
use crate::org::locating::PlaceReference;
use crate::org::model::{Codes, CodesById, Grid, Organisation, Unit, UnitLevel};
use crate::org::register::{Register, parted};
use crate::org::store;
use crate::org::succession::Successions;
use crate::store::{StoreError, Tx};

/// A unit.
pub(crate) async fn unit(tx: &Tx, id: UnitId) -> Result<Option<Unit>, StoreError> {
    Ok(units(tx, &[id]).await?.pop())
}

/// Units by id; unknown ids are left out.
pub(crate) async fn units(tx: &Tx, ids: &[UnitId]) -> Result<Vec<Unit>, StoreError> {
    let Some(register) = tx.standing::<Register>().await? else { return store::units_by_id(tx, ids).await };
    let (mut found, missing) = parted(ids, |id| register.unit(id).cloned());
    if !missing.is_empty() {
        found.extend(store::units_by_id(tx, &missing).await?);
    }
    Ok(found)
}

/// The unit that answers for a unit today: itself, unless another took over, directly or through others.
pub(crate) async fn present_unit(tx: &Tx, id: UnitId) -> Result<Option<Unit>, StoreError> {
    let heir = match tx.standing::<Register>().await? {
        Some(register) => register.successions.heir(id),
        None => Successions::load(tx).await?.heir(id),
    };
    unit(tx, heir).await
}

/// The district unit of the tenant.
pub(crate) async fn district(tx: &Tx) -> Result<Option<Unit>, StoreError> {
    if let Some(district) = tx.standing::<Register>().await?.and_then(|known| known.district().cloned()) {
        return Ok(Some(district));
    }
    let Some(tenant) = store::own_tenant(tx).await? else { return Ok(None) };
    Ok(store::units_by_code(tx, &tenant.code)
        .await?
        .into_iter()
        .find(|unit| unit.level == UnitLevel::District))
}

/// A grid.
pub(crate) async fn grid(tx: &Tx, id: GridId) -> Result<Option<Grid>, StoreError> {
    Ok(grids(tx, &[id]).await?.pop())
}

/// The grid that a point lies in: of several the smallest, for a dedicated one lies within a basic one, and of two as
/// large the first by its code. None where nobody drew one.
pub(crate) async fn grid_at(tx: &Tx, point: GeoPoint) -> Result<Option<Grid>, StoreError> {
    let near = store::grids_near(tx, point).await?.into_iter();
    let around = near.filter_map(|grid| Some((ground::area_around(grid.boundary.as_ref()?, point)?, grid)));
    Ok(around
        .min_by(|(area, grid), (other, rival)| area.total_cmp(other).then_with(|| grid.code.cmp(&rival.code)))
        .map(|(_, grid)| grid))
}

/// Grids by id; unknown ids are left out.
pub(crate) async fn grids(tx: &Tx, ids: &[GridId]) -> Result<Vec<Grid>, StoreError> {
    let Some(register) = tx.standing::<Register>().await? else { return store::grids_by_id(tx, ids).await };
    let (mut found, missing) = parted(ids, |id| register.grid(id).cloned());
    if !missing.is_empty() {
        found.extend(store::grids_by_id(tx, &missing).await?);
    }
    Ok(found)
}

/// An organisation.
pub(crate) async fn organisation(tx: &Tx, id: OrganisationId) -> Result<Option<Organisation>, StoreError> {
    Ok(organisations(tx, &[id]).await?.pop())
}

/// Organisations by id; unknown ids are left out.
pub(crate) async fn organisations(tx: &Tx, ids: &[OrganisationId]) -> Result<Vec<Organisation>, StoreError> {
    let Some(register) = tx.standing::<Register>().await? else {
        return store::organisations_by_id(tx, ids).await;
    };
    let (mut found, missing) = parted(ids, |id| register.organisation(id).cloned());
    if !missing.is_empty() {
        found.extend(store::organisations_by_id(tx, &missing).await?);
    }
    Ok(found)
}

/// Every organisation of the tenant by its code.
pub(crate) async fn organisations_by_code(tx: &Tx) -> Result<BTreeMap<String, OrganisationId>, StoreError> {
    let organisations = match tx.standing::<Register>().await? {
        Some(register) => register.organisations().cloned().collect(),
        None => store::all_organisations(tx).await?,
    };
    Ok(organisations.into_iter().map(|one| (one.code, one.id)).collect())
}

/// The organisations of a kind.
pub(crate) async fn organisations_of_kind(tx: &Tx, kind: &str) -> Result<Vec<OrganisationId>, StoreError> {
    let organisations = match tx.standing::<Register>().await? {
        Some(register) => register.organisations().cloned().collect(),
        None => store::all_organisations(tx).await?,
    };
    Ok(organisations.into_iter().filter(|one| one.kind == kind).map(|one| one.id).collect())
}

/// Where a unit is.
pub(crate) fn place_of_unit(unit: &Unit) -> Place {
    match unit.level {
        UnitLevel::District => Place::default(),
        UnitLevel::Town => Place { town: Some(unit.id), ..Place::default() },
        UnitLevel::Village => Place { town: unit.town, village: Some(unit.id), grid: None },
    }
}

/// Where a grid is.
pub(crate) const fn place_of_grid(grid: &Grid) -> Place {
    Place { town: Some(grid.town), village: Some(grid.village), grid: Some(grid.id) }
}

/// What a unit covers, its predecessors included: nobody loses the past in a merger.
pub(crate) async fn territory_of_unit(tx: &Tx, id: UnitId) -> Result<Option<Territory>, StoreError> {
    let Some(unit) = unit(tx, id).await? else { return Ok(None) };
    match tx.standing::<Register>().await? {
        Some(register) => territory(tx, &unit, &register.successions).await.map(Some),
        None => territory(tx, &unit, &Successions::load(tx).await?).await.map(Some),
    }
}

/// What a grid covers.
pub(crate) async fn territory_of_grid(tx: &Tx, id: GridId) -> Result<Option<Territory>, StoreError> {
    let grid = grid(tx, id).await?;
    Ok(grid.map(|grid| Territory { grids: BTreeSet::from([grid.id]), ..Territory::default() }))
}

/// What the members of a group cover together.
pub(crate) async fn territory_of_group(tx: &Tx, id: UnitGroupId) -> Result<Option<Territory>, StoreError> {
    if store::groups_by_id(tx, &[id]).await?.is_empty() {
        return Ok(None);
    }
    let (units, grids) = store::group_members(tx, id).await?;
    let successions = Successions::load(tx).await?;
    let mut whole = Territory { grids: grids.into_iter().collect(), ..Territory::default() };
    for unit in store::units_by_id(tx, &units).await? {
        let part = territory(tx, &unit, &successions).await?;
        whole.district |= part.district;
        whole.towns.extend(part.towns);
        whole.villages.extend(part.villages);
    }
    Ok(Some(whole))
}

async fn territory(tx: &Tx, unit: &Unit, successions: &Successions) -> Result<Territory, StoreError> {
    let with_past = successions.with_predecessors(unit.id);
    Ok(match unit.level {
        UnitLevel::District => Territory { district: true, ..Territory::default() },
        UnitLevel::Village => Territory { villages: with_past, ..Territory::default() },
        UnitLevel::Town => {
            // A village that came from another town left its cases under that town's id.
            let mut moved = BTreeSet::new();
            if !successions.is_empty() {
                for village in store::villages_of(tx, unit.id).await? {
                    moved.extend(successions.with_predecessors(village));
                }
            }
            Territory { towns: with_past, villages: moved, ..Territory::default() }
        }
    })
}

/// The ids behind all codes of the tenant: some thousand.
pub(crate) async fn codes(tx: &Tx) -> Result<Codes, StoreError> {
    store::codes(tx).await
}

/// The codes behind all ids of the tenant: some thousand.
pub(crate) async fn codes_by_id(tx: &Tx) -> Result<CodesById, StoreError> {
    store::codes_by_id(tx).await
}

/// What a place covers; nothing when there is no such place.
pub(crate) async fn territory_of(tx: &Tx, place: PlaceReference) -> Result<Territory, StoreError> {
    let territory = match place {
        PlaceReference::Unit(id) => territory_of_unit(tx, id).await?,
        PlaceReference::Grid(id) => territory_of_grid(tx, id).await?,
    };
    Ok(territory.unwrap_or_default())
}

/// The grids in use of a territory, by code.
pub(crate) async fn live_grids(tx: &Tx, territory: &Territory) -> Result<Vec<Grid>, StoreError> {
    store::live_grids(tx, territory).await
}

/// What the drawn grids in use look like on a map.
pub(crate) async fn grid_shapes(tx: &Tx) -> Result<HashMap<GridId, Shape>, StoreError> {
    let everywhere = Territory { district: true, ..Territory::default() };
    let grids = store::live_grids(tx, &everywhere).await?;
    let drawn = grids.into_iter().filter_map(|grid| Some((grid.id, grid.boundary?)));
    drawn.map(|(id, boundary)| Ok((id, store::shape(&boundary)?))).collect()
}

/// Every unit that belongs to a group, and every grid that does, each with the group.
pub(crate) async fn group_contents(
    tx: &Tx,
) -> Result<(Vec<(UnitGroupId, UnitId)>, Vec<(UnitGroupId, GridId)>), StoreError> {
    Ok((store::units_of_groups(tx).await?, store::grids_of_groups(tx).await?))
}

/// What lies in a territory, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members {
    /// Its units, the towns and villages themselves included.
    pub(crate) units: BTreeSet<UnitId>,
    /// Its grids.
    pub(crate) grids: BTreeSet<GridId>,
    /// Groups all of whose members lie in it.
    pub(crate) groups: BTreeSet<UnitGroupId>,
}

/// Everything that lies in a territory that is not the whole district: some hundred ids.
pub(crate) async fn members(tx: &Tx, territory: &Territory) -> Result<Members, StoreError> {
    let mut members = Members {
        units: store::units_within(tx, territory).await?,
        grids: store::grids_within(tx, territory).await?,
        groups: BTreeSet::new(),
    };
    let mut outside = BTreeSet::new();
    for (group, unit) in store::units_of_groups(tx).await? {
        let known = if members.units.contains(&unit) { &mut members.groups } else { &mut outside };
        known.insert(group);
    }
    for (group, grid) in store::grids_of_groups(tx).await? {
        let known = if members.grids.contains(&grid) { &mut members.groups } else { &mut outside };
        known.insert(group);
    }
    members.groups.retain(|group| !outside.contains(group));
    Ok(members)
}

/// An address as somebody is told it, in words: one that ends at its village names it where it is known, else the town.
pub(crate) async fn address_text(
    tx: &Tx,
    place: &Place,
    address: Option<Address>,
) -> Result<Option<String>, StoreError> {
    Ok(match address {
        None => None,
        Some(Address::Whole(address)) => Some(address),
        Some(Address::ToVillage) => {
            let named = match place.village.or(place.town) {
                Some(id) => unit(tx, id).await?.map(|unit| unit.name),
                None => None,
            };
            Some(named.unwrap_or_default() + MASKED_ADDRESS_END)
        }
    })
}
