//! Where a case goes when it comes in, asked of the store: its place, the office of the place, and who answers for it.

use crate::cases::command::PlaceReference;
use crate::cases::error::CaseError;
use crate::cases::routing::{self, Arrival, Candidates, PlaceSource};
use crate::cases::service::Answer;
use crate::cases::{store, target};
use crate::catalogue::{self, EffectiveTerms};
use crate::kernel::failure::Failure;
use crate::kernel::id::{CategoryId, UnitId};
use crate::kernel::place::{Place, Sensitivity};
use crate::org::{GeoPoint, GridState, Unit, UnitState, directory};
use crate::programmes::Programme;
use crate::store::{StoreError, Tx};

/// Where a case is, and by what that is known. A point finds the grid of a case whose place nobody named, and makes a unit that
/// somebody named more exact; it never speaks against what was named.
pub(super) async fn located(
    tx: &Tx,
    named: Option<PlaceReference>,
    point: Option<GeoPoint>,
) -> Answer<(Place, PlaceSource)> {
    let unit = match named {
        Some(PlaceReference::Grid(id)) => match directory::grid(tx, id).await? {
            None => return Err(Failure::user("place.gridId", CaseError::NotFound)),
            Some(grid) if grid.state == GridState::Dissolved => {
                return Err(Failure::user("place.gridId", CaseError::InvalidPlace));
            }
            Some(grid) => return Ok((directory::place_of_grid(&grid), PlaceSource::Named)),
        },
        Some(PlaceReference::Unit(id)) => Some(living_unit(tx, id, "place.unitId").await?),
        None if point.is_none() => return Err(Failure::user("place", CaseError::Required)),
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

/// What counts for cases of a category that cases are filed under.
pub(super) async fn terms(tx: &Tx, category: CategoryId) -> Answer<EffectiveTerms> {
    match catalogue::directory::category(tx, category).await? {
        None => Err(Failure::user("categoryId", CaseError::NotFound)),
        Some((category, _)) if !category.active => {
            Err(Failure::user("categoryId", CaseError::CategoryRetired))
        }
        Some((_, terms)) => Ok(terms),
    }
}

/// A unit that is not dissolved.
pub(super) async fn living_unit(tx: &Tx, id: UnitId, path: &str) -> Answer<Unit> {
    match directory::unit(tx, id).await? {
        None => Err(Failure::user(path, CaseError::NotFound)),
        Some(unit) if unit.state == UnitState::Dissolved => Err(Failure::user(path, CaseError::InvalidPlace)),
        Some(unit) => Ok(unit),
    }
}

/// What decides where a case goes.
#[derive(Clone, Copy)]
pub(super) struct Matter<'a> {
    pub(super) category: CategoryId,
    pub(super) terms: &'a EffectiveTerms,
    pub(super) sensitivity: Sensitivity,
    pub(super) place: (Place, PlaceSource),
    /// The programme that the case follows, and the stage that it is at.
    pub(super) opens: (&'a Programme, &'a str),
}

/// Where it goes, and who could have it.
pub(super) async fn arrival(
    tx: &Tx,
    matter: Matter<'_>,
    district: UnitId,
) -> Result<(Arrival, Candidates), StoreError> {
    let Matter { category, terms, sensitivity, place: (place, source), opens: (programme, stage) } = matter;
    let mut candidates =
        Candidates { office: target::arrival(&place, sensitivity, district), owners: vec![], duty: None };
    let heard = routing::heeds_owner(programme, stage);
    if heard && routing::asks_owner(terms.routing, source, sensitivity) {
        let answering = catalogue::directory::answering(tx, category, &place).await?;
        candidates.duty = answering.duty;
        candidates.owners = store::access::with_open_cases(tx, &answering.organisations).await?;
    }
    Ok((routing::arrival(&candidates, terms.routing, source, sensitivity), candidates))
}
