//! Grids: their rows, and which of them may be around a point.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::ExprTrait;
use strum::IntoEnumIterator as _;

use fengqiao_entity::org::grid;

use crate::kernel::id::GridId;
use crate::kernel::sheet::Shape;
use crate::org::ground::{self, GeoPoint};
use crate::org::model::{Boundary, CoordinateSystem, Grid, GridState};
use crate::org::store::{parsed, text};
use crate::store::{StoreError, Tx, any_of, one_of};

/// A grid's row as a value.
pub(in crate::org) fn grid(row: grid::Model) -> Result<Grid, StoreError> {
    let boundary = match (row.boundary, row.boundary_system) {
        (Some(geojson), Some(system)) => {
            Some(Boundary { geojson, system: parsed("grids", "boundary_system", &system)? })
        }
        _ => None,
    };
    Ok(Grid {
        id: row.id,
        town: row.town_id,
        village: row.village_id,
        code: row.code,
        name: row.name,
        kind: parsed("grids", "kind", &row.kind)?,
        state: parsed("grids", "state", &row.state)?,
        boundary,
        version: row.version,
    })
}

/// A grid as a row; the tenant is stamped on insert.
pub(in crate::org) fn grid_row(tx: &Tx, grid: &Grid) -> grid::Model {
    let around = grid.boundary.as_ref().and_then(ground::bounds);
    grid::Model {
        tenant_id: tx.scope().tenant(),
        id: grid.id,
        town_id: grid.town,
        village_id: grid.village,
        code: grid.code.clone(),
        name: grid.name.clone(),
        kind: text(grid.kind),
        state: text(grid.state),
        boundary: grid.boundary.as_ref().map(|boundary| boundary.geojson.clone()),
        boundary_system: grid.boundary.as_ref().map(|boundary| text(boundary.system)),
        west: around.map(|around| around.west),
        south: around.map(|around| around.south),
        east: around.map(|around| around.east),
        north: around.map(|around| around.north),
        version: grid.version,
    }
}

/// Every grid of the tenant whose boundary is not drawn.
pub(in crate::org) async fn undrawn_grids(tx: &Tx) -> Result<Vec<Grid>, StoreError> {
    let rows = tx.select::<grid::Entity>().filter(grid::Column::Boundary.is_null()).all().await?;
    rows.into_iter().map(grid).collect()
}

/// A grid by id.
pub(in crate::org) async fn grid_by_id(tx: &Tx, id: GridId) -> Result<Option<Grid>, StoreError> {
    tx.select::<grid::Entity>().filter(grid::Column::Id.eq(id)).one().await?.map(grid).transpose()
}

/// Grids by id, in no order; unknown ids are left out.
pub(in crate::org) async fn grids_by_id(tx: &Tx, ids: &[GridId]) -> Result<Vec<Grid>, StoreError> {
    let rows = tx
        .select::<grid::Entity>()
        .filter(one_of(grid::Column::Id.into_expr(), ids.iter().copied()))
        .all()
        .await?;
    rows.into_iter().map(grid).collect()
}

/// The live grids whose boundary may be around a point, whatever system it is drawn in.
pub(in crate::org) async fn grids_near(tx: &Tx, point: GeoPoint) -> Result<Vec<Grid>, StoreError> {
    let boxed = CoordinateSystem::iter().map(|system| {
        let at = point.told_in(system);
        grid::Column::BoundarySystem
            .eq(text(system))
            .and(grid::Column::West.lte(at.longitude))
            .and(grid::Column::East.gte(at.longitude))
            .and(grid::Column::South.lte(at.latitude))
            .and(grid::Column::North.gte(at.latitude))
    });
    let live = grid::Column::State.eq(text(GridState::Live));
    let rows = tx.select::<grid::Entity>().filter(live.and(any_of(boxed))).all().await?;
    rows.into_iter().map(grid).collect()
}

/// A grid by its code.
pub(in crate::org) async fn grid_by_code(tx: &Tx, code: &str) -> Result<Option<Grid>, StoreError> {
    tx.select::<grid::Entity>().filter(grid::Column::Code.eq(code)).one().await?.map(grid).transpose()
}

/// A boundary as the shape of a row of a file.
pub(in crate::org) fn shape(boundary: &Boundary) -> Result<Shape, StoreError> {
    let geometry = serde_json::from_str(&boundary.geojson)
        .map_err(|_| StoreError::corrupt("grids", "boundary", &boundary.geojson))?;
    Ok(Shape { geometry, system: boundary.system.into() })
}
