//! Send a case to a level below (下派、交办).

use crate::cases::command::{self, GiveCase};
use crate::cases::error::CaseError;
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::dispatch::given_on;
use crate::cases::service::{Answer, CaseService, mistake};
use crate::cases::target;
use crate::kernel::failure::Failure;
use crate::kernel::permission::Permission;
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Sends a case down, to a unit or a worker of a lower level. Needs `CASE_SEND_DOWN`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `INVALID_TARGET`.
    pub async fn send_down(&self, scope: &Scope, command: GiveCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::SendDown, command.seen.case).await?;
        let reason = command::note(command.reason.as_deref(), "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::SendDown, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let to = target::given_to(&acting.tx, &acting.case, command.target, Permission::CaseSendDown).await?;
        if to.level >= acting.case.level {
            return Err(Failure::user("target", CaseError::InvalidTarget));
        }
        let handover = given_on(&acting, scope, to);
        self.settle(acting, Outcome::said(reason).going(handover)).await
    }
}
