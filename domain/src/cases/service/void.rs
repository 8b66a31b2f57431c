//! Strike a case off (作废), with the reason.

use crate::cases::command::{self, ReasonCase};
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Strikes off a case that should not exist. Needs `CASE_VOID`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `REQUIRED`.
    pub async fn void(&self, scope: &Scope, command: ReasonCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Void, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Void, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        self.settle(acting, Outcome::said(Some(reason))).await
    }
}
