//! Loads visits by id, many at a time, within one request.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use fengqiao_domain::Reader;
use fengqiao_domain::fieldwork::{FieldworkService, Visit};
use fengqiao_domain::kernel::id::VisitId;

use crate::graphql::kit::fault::Fault;

/// Loads visits.
pub struct VisitLoader {
    /// The use cases.
    pub service: FieldworkService,
    /// The request's snapshot.
    pub reader: Reader,
}

impl Loader<VisitId> for VisitLoader {
    type Value = Visit;
    type Error = Fault;

    async fn load(&self, keys: &[VisitId]) -> Result<HashMap<VisitId, Visit>, Self::Error> {
        let found = self.service.visits_by_id(self.reader.scope(), &self.reader, keys).await;
        found.map_err(Fault::from_failure)
    }
}
