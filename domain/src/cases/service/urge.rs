//! Ask for haste with a case (催办): who holds it, and where it lies, stays.

use crate::cases::command::{self, NoteCase};
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Asks for haste with a case. Needs `CASE_URGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `PAUSED`, `TOO_LONG`.
    pub async fn urge(&self, scope: &Scope, command: NoteCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Urge, command.seen.case).await?;
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Urge, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        self.settle(acting, Outcome::said(note)).await
    }
}
