//! Reckon anew when open cases are due, after the calendar of their district changed.

use serde_json::json;

use crate::calendars;
use crate::cases::clock::Reckoning;
use crate::cases::model::Case;
use crate::cases::service::{Answer, CaseService};
use crate::cases::{clock, store};
use crate::kernel::failure::Failure;
use crate::kernel::id::{CaseId, Timestamp};
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::programmes::directory;
use crate::store::{Begun, Done, StoreError, Tx};

/// Cases of one transaction: whoever acts on one of them waits that long.
const BATCH: u64 = 100;

impl CaseService {
    /// Reckons some cases of a district anew whose due times were reckoned by another calendar: how many, fewer than
    /// there can be in one go when none are left. Nobody's version changes. For the system itself only.
    ///
    /// # Errors
    /// As the database says.
    pub async fn reckon_anew(&self, scope: &Scope) -> Answer<usize> {
        if !scope.is_system() {
            return Err(Failure::Denied);
        }
        if mutant::active(Mutant::NoReckoning) {
            return Ok(0);
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            // The system carries no key.
            Begun::Replay(_) => return Ok(0),
        };
        let calendar = calendars::directory::calendar(&tx).await?;
        let by = self.settings.by(&calendar);
        let cases = store::reckoning::stale(&tx, by.mark(), BATCH).await?;
        if cases.is_empty() {
            return Ok(0);
        }
        let count = cases.len();
        let (mut same, mut moved): (Vec<CaseId>, usize) = (vec![], 0);
        for (id, case) in cases {
            match anew(&tx, case, &by).await {
                Ok((case, after)) if after.reckoned_by == by.mark() && times(&after) == times(&case) => {
                    same.push(id);
                }
                Ok((case, after)) => {
                    moved += usize::from(times(&after) != times(&case));
                    store::reckoning::write(&tx, &after).await?;
                }
                // Nobody can read it, and it must not stand in the way of all that come after it.
                Err(StoreError::Corrupt(why)) => {
                    tracing::error!(case = %id, why, "a case cannot be reckoned");
                    same.push(id);
                }
                Err(error) => return Err(error.into()),
            }
        }
        store::reckoning::confirm(&tx, &same, by.mark()).await?;
        let tenant = scope.tenant();
        if moved > 0 {
            let detail = json!({ "calendar": calendar.version, "moved": moved });
            tx.audit("case.reckon_anew", &tenant, detail);
        }
        tx.commit(Done { id: tenant.uuid(), version: calendar.version }).await?;
        Ok(count)
    }
}

/// A case as it is and as it is reckoned by this calendar.
async fn anew(
    tx: &Tx,
    case: Result<Case, StoreError>,
    by: &Reckoning<'_>,
) -> Result<(Case, Case), StoreError> {
    let case = case?;
    let programme = directory::followed(tx, case.programme).await?;
    let fired = store::rung::of_case(tx, case.id, &programme).await?;
    let after = clock::timed(case.clone(), &programme, by, &fired);
    Ok((case, after))
}

fn times(case: &Case) -> [Option<Timestamp>; 2] {
    [case.due_at, case.next_due]
}
