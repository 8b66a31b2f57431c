//! Where something is: as somebody names it, and as a point makes it more exact.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::kernel::failure::Failure;
use crate::kernel::id::{GridId, UnitId};
use crate::kernel::place::Place;
use crate::org::directory;
use crate::org::ground::GeoPoint;
use crate::org::model::{GridState, Unit, UnitState};
use crate::store::Tx;

/// Where something occurred, as precisely as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceReference {
    /// In a grid.
    Grid(GridId),
    /// In a unit: a village, a town, or somewhere in the district.
    Unit(UnitId),
}

/// By what a place is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, EnumString, IntoStaticStr, Serialize, Deserialize)]
#[strum(serialize_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum PlaceSource {
    /// Somebody named it.
    Named,
    /// The point lies in the boundary of the grid.
    Point,
    /// The point lies in no boundary that is drawn: the district is known and no more.
    Unknown,
}

/// What is wrong with a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PlaceError {
    /// There is neither a place nor a point.
    Required,
    /// No such grid or unit.
    NotFound,
    /// It is dissolved.
    Dissolved,
}

/// Where something is, and by what that is known. A point finds the grid of what nobody named a place for, and makes a unit that
/// somebody named more exact; it never speaks against what was named.
pub(crate) async fn located(
    tx: &Tx,
    named: Option<PlaceReference>,
    point: Option<GeoPoint>,
) -> Result<(Place, PlaceSource), Failure<PlaceError>> {
    let unit = match named {
        Some(PlaceReference::Grid(id)) => match directory::grid(tx, id).await? {
            None => return Err(Failure::user("place.gridId", PlaceError::NotFound)),
            Some(grid) if grid.state == GridState::Dissolved => {
                return Err(Failure::user("place.gridId", PlaceError::Dissolved));
            }
            Some(grid) => return Ok((directory::place_of_grid(&grid), PlaceSource::Named)),
        },
        Some(PlaceReference::Unit(id)) => Some(living_unit(tx, id, "place.unitId").await?),
        None if point.is_none() => return Err(Failure::user("place", PlaceError::Required)),
        None => None,
    };
    let named = unit.as_ref().map(directory::place_of_unit);
    let grid = match point {
        Some(point) => directory::grid_at(tx, point).await?,
        None => None,
    };
    let found = grid.map(|grid| directory::place_of_grid(&grid));
    Ok(match (named, found) {
        (Some(named), Some(found)) if lies_in(&found, &named) => (found, PlaceSource::Point),
        (Some(named), _) => (named, PlaceSource::Named),
        (None, Some(found)) => (found, PlaceSource::Point),
        (None, None) => (Place::default(), PlaceSource::Unknown),
    })
}

fn lies_in(place: &Place, unit: &Place) -> bool {
    unit.town.is_none_or(|town| place.town == Some(town))
        && unit.village.is_none_or(|village| place.village == Some(village))
}

/// A unit that is not dissolved.
pub(crate) async fn living_unit(tx: &Tx, id: UnitId, path: &str) -> Result<Unit, Failure<PlaceError>> {
    match directory::unit(tx, id).await? {
        None => Err(Failure::user(path, PlaceError::NotFound)),
        Some(unit) if unit.state == UnitState::Dissolved => Err(Failure::user(path, PlaceError::Dissolved)),
        Some(unit) => Ok(unit),
    }
}
