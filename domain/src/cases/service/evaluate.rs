//! Judge how a closed case was settled (评价), once per closing; whoever is dissatisfied says why.

use crate::cases::command::{self, EvaluateCase};
use crate::cases::error::CaseError;
use crate::cases::model::{Case, CaseRating};
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::failure::Failure;
use crate::kernel::mutant::{self, Mutant};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Evaluates a case, by its reporter, or by staff for a reporter without an account. Needs `CASE_EVALUATE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `ALREADY_EVALUATED`; `REQUIRED`
    /// for a judgement of dissatisfied without a word.
    pub async fn evaluate(&self, scope: &Scope, command: EvaluateCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Evaluate, command.seen.case).await?;
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        let wordless = command.rating == CaseRating::Dissatisfied && note.is_none();
        if wordless && !mutant::active(Mutant::NoReason) {
            return Err(Failure::user("note", CaseError::Required));
        }
        let acting = match self.open(scope, CaseAct::Evaluate, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        self.settle(acting, Outcome { rating: Some(command.rating), ..Outcome::said(note) }).await
    }
}
