//! Judge how a closed case was settled (评价), once per closing and while its programme lets: by a rating and by what the
//! programme's form asks; whoever is dissatisfied says why.

use crate::cases::command::{self, EvaluateCase};
use crate::cases::evaluation;
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Evaluates a case, by its reporter, or by staff for a reporter without an account. Needs `CASE_EVALUATE`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `ALREADY_EVALUATED`,
    /// `EVALUATION_CLOSED`, `UNKNOWN_REASON`, `UNKNOWN_QUESTION`, `INVALID_SCORE`; `REQUIRED` for a judgement of
    /// dissatisfied without a reason or a word, and for a question without the score it demands.
    pub async fn evaluate(&self, scope: &Scope, command: EvaluateCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Evaluate, command.seen.case).await?;
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Evaluate, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let form = &acting.programme.evaluation;
        let problems = evaluation::unfit(form, command.rating, &command.filled, note.as_deref());
        if !problems.is_empty() {
            return Err(Failure::User(problems));
        }
        let (rating, filled) = (Some(command.rating), command.filled);
        self.settle(acting, Outcome { rating, filled, ..Outcome::said(note) }).await
    }
}
