//! Reading ladders: what has fired, and what will.

use std::collections::HashMap;

use crate::calendars::TenantCalendar;
use crate::cases::ladder::{self, FiredRung, RungAhead};
use crate::cases::model::Case;
use crate::cases::service::{Answer, CaseService};
use crate::cases::store;
use crate::kernel::id::CaseId;
use crate::kernel::scope::Scope;
use crate::programmes::Programme;
use crate::store::Reader;

impl CaseService {
    /// What has fired of the ladders of some cases, oldest first, as far as the caller may read it.
    ///
    /// # Errors
    /// As the database says.
    pub async fn fired_rungs(
        &self,
        _scope: &Scope,
        reader: &Reader,
        cases: &[CaseId],
    ) -> Answer<HashMap<CaseId, Vec<FiredRung>>> {
        let mut of: HashMap<CaseId, Vec<FiredRung>> = HashMap::new();
        for (case, fired) in store::rung::of_cases(&*reader.tx().await?, cases).await? {
            of.entry(case).or_default().push(fired);
        }
        Ok(of)
    }

    /// The rungs of a case that fire if nothing changes, the next first.
    #[must_use]
    pub fn rungs_ahead<'p>(
        &self,
        case: &Case,
        (programme, calendar): (&'p Programme, &TenantCalendar),
        fired: &[FiredRung],
    ) -> Vec<RungAhead<'p>> {
        ladder::ahead(case, programme, &self.settings.by(calendar), fired)
    }
}
