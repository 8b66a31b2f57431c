//! Begin to work on a case (开始处置).

use crate::cases::command::{self, NoteCase};
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Begins to work on a case that lies with the caller. Needs `CASE_START`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`.
    pub async fn start(&self, scope: &Scope, command: NoteCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Start, command.seen.case).await?;
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Start, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        self.settle(acting, Outcome::said(note)).await
    }
}
