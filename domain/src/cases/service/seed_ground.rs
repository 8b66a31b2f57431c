//! What cases of the past are laid on: the units, grids and categories that they name, and their serials.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendars::{self, TenantCalendar};
use crate::cases::model::Assignee;
use crate::cases::seed::SeedCase;
use crate::cases::{number, target};
use crate::catalogue::{self, EffectiveTerms};
use crate::kernel::id::{CategoryId, GridId, UnitId};
use crate::org::{Grid, PlaceReference, Unit, directory};
use crate::store::{StoreError, Tx};

/// What the rows of a district are laid on.
pub(super) struct Ground {
    pub(super) district: Unit,
    pub(super) units: BTreeMap<UnitId, Unit>,
    pub(super) grids: BTreeMap<GridId, Grid>,
    pub(super) terms: BTreeMap<CategoryId, EffectiveTerms>,
    pub(super) calendar: Arc<TenantCalendar>,
}

/// What these cases are laid on.
pub(super) async fn ground(tx: &Tx, seeds: &[SeedCase]) -> Result<Ground, StoreError> {
    let mut grids = vec![];
    let mut units = vec![];
    for seed in seeds {
        match seed.place {
            PlaceReference::Grid(id) => grids.push(id),
            PlaceReference::Unit(id) => units.push(id),
        }
        units.extend(seed.steps.iter().filter_map(|step| match step.target {
            Some(Assignee::Unit(id)) => Some(id),
            _ => None,
        }));
    }
    let mut known: BTreeMap<UnitId, Unit> = BTreeMap::new();
    let grids: BTreeMap<GridId, Grid> =
        directory::grids(tx, &distinct(grids)).await?.into_iter().map(|grid| (grid.id, grid)).collect();
    units.extend(grids.values().flat_map(|grid| [grid.town, grid.village]));
    // Twice: the second round brings the towns of the villages of the first.
    for _ in 0..2 {
        let found = directory::units(tx, &distinct(units)).await?;
        units = found.iter().filter_map(|unit| unit.parent).collect();
        known.extend(found.into_iter().map(|unit| (unit.id, unit)));
    }
    let categories = catalogue::directory::categories(tx).await?;
    let terms = categories.into_values().map(|(category, terms)| (category.id, terms)).collect();
    let calendar = calendars::directory::calendar(tx).await?;
    Ok(Ground { district: target::district(tx).await?, units: known, grids, terms, calendar })
}

fn distinct<T: Ord>(mut ids: Vec<T>) -> Vec<T> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// Takes the serials of every year at once: the first free one of each.
pub(super) async fn serials(tx: &Tx, seeds: &[SeedCase]) -> Result<BTreeMap<i32, i64>, StoreError> {
    let mut counts: BTreeMap<i32, i64> = BTreeMap::new();
    for seed in seeds {
        *counts.entry(number::year(seed.opened_at)).or_default() += 1;
    }
    let mut first = BTreeMap::new();
    for (year, count) in counts {
        first.insert(year, tx.take_serials(&number::serial_name(year), count).await?);
    }
    Ok(first)
}
