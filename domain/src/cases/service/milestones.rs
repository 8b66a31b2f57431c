//! Reading the five first times of cases.

use std::collections::HashMap;

use crate::cases::milestone::{self, Milestone};
use crate::cases::service::{Answer, CaseService};
use crate::cases::store;
use crate::kernel::id::{CaseId, Timestamp};
use crate::kernel::scope::Scope;
use crate::store::Reader;

impl CaseService {
    /// The first times of some cases, given with when they were opened, as far as the caller may read their timelines.
    ///
    /// # Errors
    /// As the database says.
    pub async fn milestones(
        &self,
        _scope: &Scope,
        reader: &Reader,
        cases: &[(CaseId, Timestamp)],
    ) -> Answer<HashMap<CaseId, Vec<Milestone>>> {
        let ids: Vec<CaseId> = cases.iter().map(|(case, _)| *case).collect();
        let mut told = store::entry::told(&*reader.tx().await?, &ids).await?;
        let of = |(case, opened_at): &(CaseId, Timestamp)| {
            (*case, milestone::milestones(*opened_at, &told.remove(case).unwrap_or_default()))
        };
        Ok(cases.iter().map(of).collect())
    }
}
