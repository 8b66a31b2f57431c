//! Let a case that stands still go on (恢复): its time counts again from now.

use crate::cases::command::{self, NoteCase};
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Lets a case go on. Needs `CASE_RESUME`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `NOT_PAUSED`, `TOO_LONG`.
    pub async fn resume(&self, scope: &Scope, command: NoteCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Resume, command.seen.case).await?;
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Resume, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        self.settle(acting, Outcome::said(note)).await
    }
}
