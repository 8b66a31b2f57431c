//! An organisation answers for a category within a unit no longer. Cases that went to it by that stay where they are.

use crate::catalogue::error::CategoryError;
use crate::catalogue::model::Duty;
use crate::catalogue::service::{Answer, CategoryService, duty_recorded};
use crate::catalogue::store;
use crate::kernel::failure::Failure;
use crate::kernel::id::DutyId;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::store::{Begun, Done};

impl CategoryService {
    /// Ends a duty. Needs `CATEGORY_MANAGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `DUTY_ENDED`.
    pub async fn end_duty(&self, scope: &Scope, id: DutyId) -> Answer<Duty> {
        if !scope.permits(Permission::CategoryManage) {
            return Err(Failure::Denied);
        }
        let mut tx = match self.db.begin(scope).await? {
            Begun::Fresh(tx) => tx,
            Begun::Replay(done) => return self.duty_done(scope, done).await,
        };
        let Some(duty) = store::duty_by_id(&tx, id).await? else {
            return Err(Failure::user("dutyId", CategoryError::NotFound));
        };
        let ended = Duty { until: Some(tx.now()), ..duty };
        if duty.until.is_some() || !store::end_duty(&tx, &ended).await? {
            return Err(Failure::user("dutyId", CategoryError::DutyEnded));
        }
        duty_recorded(&mut tx, "duty.ended", (&ended, 2));
        tx.commit(Done { id: id.uuid(), version: 2 }).await?;
        Ok(ended)
    }
}
