//! Loads programmes and their versions, many at a time, within one request.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use fengqiao_domain::Reader;
use fengqiao_domain::kernel::id::ProgrammeId;
use fengqiao_domain::programmes::{ProgrammeRecord, ProgrammeService, ProgrammeVersion};

use crate::graphql::kit::fault::Fault;

/// Loads programmes and what hangs on them.
pub struct ProgrammeLoader {
    /// The use cases.
    pub service: ProgrammeService,
    /// The request's snapshot.
    pub reader: Reader,
}

/// Asks for the published versions of a programme, the latest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct VersionsOf(pub ProgrammeId);

impl Loader<ProgrammeId> for ProgrammeLoader {
    type Value = ProgrammeRecord;
    type Error = Fault;

    async fn load(&self, keys: &[ProgrammeId]) -> Result<HashMap<ProgrammeId, ProgrammeRecord>, Self::Error> {
        self.service
            .programmes_by_id(self.reader.scope(), &self.reader, keys)
            .await
            .map_err(Fault::from_failure)
    }
}

impl Loader<VersionsOf> for ProgrammeLoader {
    type Value = Vec<ProgrammeVersion>;
    type Error = Fault;

    async fn load(
        &self,
        keys: &[VersionsOf],
    ) -> Result<HashMap<VersionsOf, Vec<ProgrammeVersion>>, Self::Error> {
        let ids: Vec<ProgrammeId> = keys.iter().map(|key| key.0).collect();
        let versions = self.service.versions(self.reader.scope(), &self.reader, &ids).await;
        let mut of: HashMap<VersionsOf, Vec<ProgrammeVersion>> = HashMap::new();
        for version in versions.map_err(Fault::from_failure)? {
            of.entry(VersionsOf(version.programme)).or_default().push(version);
        }
        Ok(of)
    }
}
