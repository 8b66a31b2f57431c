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

    /// The last `each` entries of some cases at once, for lists; cases are given with their present
    /// versions. Every act makes a version and an entry, and staff read all entries of a case that they
    /// see: so for staff these are the pages that [`CaseService::timeline`] would give. Nothing for
    /// everyone else, whose timelines have gaps.
    ///
    /// # Errors
    /// As the database says.
    pub async fn timeline_ends(
        &self,
        scope: &Scope,
        reader: &Reader,
        cases: &[(CaseId, i64)],
        each: u32,
    ) -> Answer<HashMap<CaseId, Page<TimelineEntry>>> {
        let mut found: HashMap<CaseId, Page<TimelineEntry>> = HashMap::new();
        if !scope.is_staff() {
            return Ok(found);
        }
        for (case, version) in cases {
            let end = Page { rows: vec![], has_previous: *version > i64::from(each), has_next: false };
            found.insert(*case, end);
        }
        for (cursor, entry) in store::entry::last(&*reader.tx().await?, cases, i64::from(each)).await? {
            if let Some(end) = found.get_mut(&entry.case) {
                end.rows.push((cursor, entry));
            }
        }
        Ok(found)
    }
}
