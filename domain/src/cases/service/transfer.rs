//! Pass a case to another assignee of the same level (转办), or from an officer to mediation (警调衔接), with the reason.

use crate::cases::command::{self, GiveCase};
use crate::cases::model::Case;
use crate::cases::progress;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::cases::target;
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Transfers a case. Needs `CASE_TRANSFER`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `REQUIRED`, `INVALID_TARGET`.
    pub async fn transfer(&self, scope: &Scope, command: GiveCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Transfer, command.seen.case).await?;
        let reason =
            command::reason(command.reason.as_deref().unwrap_or_default(), "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Transfer, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let to = target::transferred_to(&acting.tx, &acting.case, command.target).await?;
        let handover = progress::given(to, progress::post(&acting.case));
        self.settle(acting, Outcome::said(Some(reason)).going(handover)).await
    }
}
