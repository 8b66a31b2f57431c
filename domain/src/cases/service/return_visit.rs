//! Write a return visit down (回访): what the reporter makes of the result, asked by somebody else than who reported it.
//! It changes neither where the case stands nor the reporter's own judgement.

use crate::cases::command::{self, ReturnVisitCase};
use crate::cases::error::CaseError;
use crate::cases::model::{Audience, Case};
use crate::cases::return_visit::{self, MOST_RETURN_VISITS};
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Writes a return visit down, for staff to read. Needs `CASE_RETURN_VISIT`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `INVALID_RATING`, `TOO_MANY_VISITS`;
    /// `REQUIRED` for somebody reached without a rating, and for nobody reached or somebody dissatisfied without a word.
    pub async fn return_visit(&self, scope: &Scope, command: ReturnVisitCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::ReturnVisit, command.seen.case).await?;
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        if let Some(problem) = return_visit::unfit(command.contact, command.rating, note.as_deref()) {
            return Err(mistake(problem));
        }
        let acting = match self.open(scope, CaseAct::ReturnVisit, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        if acting.case.return_visits.len() >= MOST_RETURN_VISITS {
            return Err(Failure::user("caseId", CaseError::TooManyVisits { limit: MOST_RETURN_VISITS }));
        }
        let (rating, channel) = (command.rating, Some(command.channel));
        let told = Outcome { rating, channel, audience: Audience::Staff, ..Outcome::said(note) };
        self.settle(acting, told).await
    }
}
