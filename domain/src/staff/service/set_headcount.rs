//! Plan a number of people.

use crate::kernel::failure::Failure;
use crate::kernel::id::HeadcountId;
use crate::kernel::scope::Scope;
use crate::staff::command::{PLAN_LIMIT, SetHeadcount};
use crate::staff::error::StaffError;
use crate::staff::model::Headcount;
use crate::staff::service::{Answer, StaffService, check_unit, permit, recorded};
use crate::staff::store;
use crate::store::{Begun, Done};

impl StaffService {
    /// Plans how many a unit shall have of a kind of post from now on, those of the units below it left out.
    /// Needs `STAFF_MANAGE` over the unit.
    ///
    /// # Errors
    /// `NOT_FOUND`, `NOT_PERMITTED`, `TARGET_DISSOLVED`, `TOO_GREAT`.
    pub async fn set_headcount(&self, scope: &Scope, command: SetHeadcount) -> Answer<Headcount> {
        permit(scope)?;
        if command.planned > PLAN_LIMIT {
            return Err(Failure::user("planned", StaffError::TooGreat { limit: PLAN_LIMIT }));
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.headcount_done(scope, done).await,
        };
        check_unit(&tx, command.unit, "unitId").await?;
        if store::post_kind_by_id(&tx, command.post_kind).await?.is_none() {
            return Err(Failure::user("postKindId", StaffError::NotFound));
        }
        let plan = Headcount {
            id: tx.new_id(),
            unit: command.unit,
            post_kind: command.post_kind,
            planned: command.planned,
            since: tx.now(),
        };
        let serial = tx.take_serials(store::HEADCOUNTS, 1).await?;
        tx.insert(store::headcount_row(&tx, &plan, serial)).await?;
        recorded(&mut tx, "headcount.set", "headcount", &plan.id, plan.id.uuid(), 1);
        tx.commit(Done { id: plan.id.uuid(), version: 1 }).await?;
        Ok(plan)
    }

    async fn headcount_done(&self, scope: &Scope, done: Done) -> Answer<Headcount> {
        let tx = self.db.reader(scope).tx().await?;
        let found = store::headcount(&tx, HeadcountId::from_uuid(done.id)).await?;
        found.ok_or_else(|| Failure::user("", StaffError::NotFound))
    }
}
