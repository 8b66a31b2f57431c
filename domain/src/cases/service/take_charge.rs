//! Take charge of a case as a leader (包案): whoever does keeps seeing it wherever it goes, and it stays where it is.

use crate::cases::command::{self, NoteCase};
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Takes charge of a case, in place of whoever did before. Needs `CASE_TAKE_CHARGE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`.
    pub async fn take_charge(&self, scope: &Scope, command: NoteCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::TakeCharge, command.seen.case).await?;
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::TakeCharge, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        self.settle(acting, Outcome::said(note)).await
    }
}
