//! Open a closed case again (重开): it goes back to whoever settled it.

use crate::cases::command::{self, ReasonCase};
use crate::cases::model::Case;
use crate::cases::progress;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Reopens a case, within the hours that the district allows after the recorded closing. Needs `CASE_REOPEN`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `REQUIRED`, `REOPEN_WINDOW_OVER`.
    pub async fn reopen(&self, scope: &Scope, command: ReasonCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Reopen, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Reopen, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let handover = progress::reworked(&acting.case);
        self.settle(acting, Outcome::said(Some(reason)).going(handover)).await
    }
}
