//! The units, grids and organisations of a tenant in memory, as most requests need them.

use std::collections::HashMap;

use crate::kernel::id::{GridId, OrganisationId, UnitId};
use crate::org::model::{Grid, Organisation, Unit, UnitLevel};
use crate::org::store;
use crate::org::succession::Successions;
use crate::store::{Derived, StoreError, Tx};

/// What a tenant consists of. A grid with a drawn boundary is left out, for it can be large: it is read when it is
/// asked for, like whatever was made since.
pub(super) struct Register {
    units: HashMap<UnitId, Unit>,
    grids: HashMap<GridId, Grid>,
    organisations: HashMap<OrganisationId, Organisation>,
    district: Option<UnitId>,
    /// Who took over from whom.
    pub(super) successions: Successions,
}

impl Derived for Register {
    async fn derive(tx: &Tx) -> Result<Self, StoreError> {
        let units = store::all_units(tx).await?;
        let district = match store::own_tenant(tx).await? {
            Some(tenant) => units
                .iter()
                .filter(|unit| unit.level == UnitLevel::District && unit.code == tenant.code)
                .max_by_key(|unit| unit.code_year)
                .map(|unit| unit.id),
            None => None,
        };
        let (grids, organisations) = (store::undrawn_grids(tx).await?, store::all_organisations(tx).await?);
        Ok(Self {
            units: units.into_iter().map(|unit| (unit.id, unit)).collect(),
            grids: grids.into_iter().map(|grid| (grid.id, grid)).collect(),
            organisations: organisations.into_iter().map(|one| (one.id, one)).collect(),
            district,
            successions: Successions::load(tx).await?,
        })
    }
}

impl Register {
    pub(super) fn district(&self) -> Option<&Unit> {
        self.unit(self.district?)
    }

    pub(super) fn unit(&self, id: UnitId) -> Option<&Unit> {
        self.units.get(&id)
    }

    pub(super) fn grid(&self, id: GridId) -> Option<&Grid> {
        self.grids.get(&id)
    }

    pub(super) fn organisations(&self) -> impl Iterator<Item = &Organisation> {
        self.organisations.values()
    }

    pub(super) fn organisation(&self, id: OrganisationId) -> Option<&Organisation> {
        self.organisations.get(&id)
    }
}

/// Those of some ids that are known, and the ids of the others.
pub(super) fn parted<I: Copy, T: Clone>(ids: &[I], known: impl Fn(I) -> Option<T>) -> (Vec<T>, Vec<I>) {
    let mut found = vec![];
    let mut missing = vec![];
    for id in ids {
        match known(*id) {
            Some(value) => found.push(value),
            None => missing.push(*id),
        }
    }
    (found, missing)
}
