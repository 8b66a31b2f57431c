//! Move a case on to another stage of its state (推进).

use crate::cases::command::{self, StepCase};
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Moves a case on. Needs `CASE_ADVANCE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `PAUSED`, `TOO_LONG`; `REQUIRED` where the programme
    /// asks for a reason.
    pub async fn advance(&self, scope: &Scope, command: StepCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Advance, command.seen.case).await?;
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        match self.open_toward(scope, CaseAct::Advance, command).await? {
            Opened::Fresh(acting) => self.settle(acting, Outcome::said(note)).await,
            Opened::Replayed(case) => Ok(*case),
        }
    }
}
