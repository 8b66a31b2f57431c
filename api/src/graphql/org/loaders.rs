//! Loads units, grids and organisations by id, many at a time, within one request.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use fengqiao_domain::Reader;
use fengqiao_domain::kernel::id::{GridId, OrganisationId, UnitGroupId, UnitId};
use fengqiao_domain::org::{Grid, OrgService, Organisation, Unit, UnitGroup};

use crate::graphql::kit::fault::Fault;

/// Loads units.
pub struct UnitLoader {
    /// The use cases.
    pub service: OrgService,
    /// The request's snapshot.
    pub reader: Reader,
}

impl Loader<UnitId> for UnitLoader {
    type Value = Unit;
    type Error = Fault;

    async fn load(&self, keys: &[UnitId]) -> Result<HashMap<UnitId, Unit>, Self::Error> {
        self.service.units_by_id(self.reader.scope(), &self.reader, keys).await.map_err(Fault::from_failure)
    }
}

/// Loads grids.
pub struct GridLoader {
    /// The use cases.
    pub service: OrgService,
    /// The request's snapshot.
    pub reader: Reader,
}

impl Loader<GridId> for GridLoader {
    type Value = Grid;
    type Error = Fault;

    async fn load(&self, keys: &[GridId]) -> Result<HashMap<GridId, Grid>, Self::Error> {
        self.service.grids_by_id(self.reader.scope(), &self.reader, keys).await.map_err(Fault::from_failure)
    }
}

/// Loads unit groups.
pub struct GroupLoader {
    /// The use cases.
    pub service: OrgService,
    /// The request's snapshot.
    pub reader: Reader,
}

impl Loader<UnitGroupId> for GroupLoader {
    type Value = UnitGroup;
    type Error = Fault;

    async fn load(&self, keys: &[UnitGroupId]) -> Result<HashMap<UnitGroupId, UnitGroup>, Self::Error> {
        self.service.groups_by_id(self.reader.scope(), &self.reader, keys).await.map_err(Fault::from_failure)
    }
}

/// Loads organisations.
pub struct OrganisationLoader {
    /// The use cases.
    pub service: OrgService,
    /// The request's snapshot.
    pub reader: Reader,
}

impl Loader<OrganisationId> for OrganisationLoader {
    type Value = Organisation;
    type Error = Fault;

    async fn load(
        &self,
        keys: &[OrganisationId],
    ) -> Result<HashMap<OrganisationId, Organisation>, Self::Error> {
        self.service
            .organisations_by_id(self.reader.scope(), &self.reader, keys)
            .await
            .map_err(Fault::from_failure)
    }
}
