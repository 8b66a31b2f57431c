//! Give a case back to whoever gave it (退回), with the reason.

use crate::cases::command::{self, ReasonCase};
use crate::cases::model::Case;
use crate::cases::progress;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Returns a case. Needs `CASE_RETURN`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `REQUIRED`.
    pub async fn return_to_giver(&self, scope: &Scope, command: ReasonCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Return, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Return, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let handover = progress::returned(&acting.case);
        self.settle(acting, Outcome::said(Some(reason)).going(handover)).await
    }
}
