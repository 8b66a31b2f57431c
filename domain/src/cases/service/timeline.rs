//! Reading timelines (流转记录).

use std::collections::HashMap;

use crate::cases::model::TimelineEntry;
use crate::cases::service::{Answer, CaseService};
use crate::cases::store;
use crate::kernel::id::CaseId;
use crate::kernel::page::{Page, PageRequest};
use crate::kernel::scope::Scope;
use crate::store::Reader;

impl CaseService {
    /// A page of a case's timeline, oldest first, as far as the caller may read it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn timeline(
        &self,
        _scope: &Scope,
        reader: &Reader,
        case: CaseId,
        page: &PageRequest,
    ) -> Answer<Page<TimelineEntry>> {
        Ok(store::entry::page(&*reader.tx().await?, case, page).await?)
    }

    /// How many entries of a case's timeline the caller may read.
    ///
    /// # Errors
    /// As the database says.
    pub async fn count_timeline(&self, _scope: &Scope, reader: &Reader, case: CaseId) -> Answer<u64> {
        Ok(store::entry::count(&*reader.tx().await?, case).await?)
    }

    /// The entries of the last `each` versions of some cases, oldest first; cases are given with their
    /// present versions. A comment for staff leaves a gap for everyone else.
    ///
    /// # Errors
    /// As the database says.
    pub async fn last_entries(
        &self,
        _scope: &Scope,
        reader: &Reader,
        cases: &[(CaseId, i64)],
        each: u32,
    ) -> Answer<HashMap<CaseId, Vec<TimelineEntry>>> {
        let mut found: HashMap<CaseId, Vec<TimelineEntry>> = HashMap::new();
        for entry in store::entry::last(&*reader.tx().await?, cases, i64::from(each)).await? {
            found.entry(entry.case).or_default().push(entry);
        }
        Ok(found)
    }
}
