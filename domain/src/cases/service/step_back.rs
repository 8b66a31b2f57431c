//! Move a case back to an earlier stage (回退), with the reason. Whom it lies with stays.

use crate::cases::command::{self, StepCase};
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Moves a case back. Needs `CASE_STEP_BACK`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `PAUSED`, `TOO_LONG`, `REQUIRED`.
    pub async fn step_back(&self, scope: &Scope, command: StepCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::StepBack, command.seen.case).await?;
        let reason = command.note.as_deref().unwrap_or_default();
        let reason = command::reason(reason, "reason").map_err(mistake)?;
        match self.open_toward(scope, CaseAct::StepBack, command).await? {
            Opened::Fresh(acting) => self.settle(acting, Outcome::said(Some(reason))).await,
            Opened::Replayed(case) => Ok(*case),
        }
    }
}
