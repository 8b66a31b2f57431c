//! Accept a case (受理). Whoever answers for the ground and does not hold it takes it over.

use crate::cases::actor::acting_post;
use crate::cases::command::{self, NoteCase};
use crate::cases::model::Case;
use crate::cases::progress;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::{CaseAct, Relation};

impl CaseService {
    /// Accepts a reported case. Needs `CASE_ACCEPT`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`.
    pub async fn accept(&self, scope: &Scope, command: NoteCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Accept, command.seen.case).await?;
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Accept, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        // It stays with the office it arrived at, unless somebody else who answers for the ground takes it.
        let taker = if acting.verdict.relation == Relation::Assignee {
            None
        } else {
            acting_post(scope, &acting.verdict.rule, &acting.case)
        };
        let handover = taker.and_then(|taker| progress::taken_over(&acting.case, taker));
        self.settle(acting, Outcome::said(note).going(handover)).await
    }
}
