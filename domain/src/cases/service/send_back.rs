//! Find a result wanting (返工): the case goes back to whoever reported it.

use crate::cases::command::{self, ReasonCase};
use crate::cases::model::Case;
use crate::cases::progress;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Sends a case back that is not settled. Needs `CASE_SEND_BACK`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `REQUIRED`.
    pub async fn send_back(&self, scope: &Scope, command: ReasonCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::SendBack, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::SendBack, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let handover = progress::reworked(&acting.case);
        self.settle(acting, Outcome::said(Some(reason)).going(handover)).await
    }
}
