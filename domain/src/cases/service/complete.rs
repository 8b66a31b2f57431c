//! Report the result of a case (办结): it goes to the office that gave it, to be checked.

use crate::cases::command::{self, CompleteCase};
use crate::cases::model::Case;
use crate::cases::progress;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Reports a case as settled. Needs `CASE_COMPLETE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `REQUIRED`.
    pub async fn complete(&self, scope: &Scope, command: CompleteCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Complete, command.seen.case).await?;
        let result = command::reason(&command.result, "result").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Complete, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let handover = progress::reported_back(&acting.case);
        self.settle(acting, Outcome::said(Some(result)).going(handover)).await
    }
}
