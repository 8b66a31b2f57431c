//! Confirm the result of a case (核查): somebody else than who reported it, who may say how well it was settled (评分).

use crate::cases::command::{self, VerifyCase};
use crate::cases::error::CaseError;
use crate::cases::model::Case;
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::programmes::{CaseAct, SCORES};

impl CaseService {
    /// Confirms that a case is settled. Needs `CASE_VERIFY`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `INVALID_SCORE`.
    pub async fn verify(&self, scope: &Scope, command: VerifyCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Verify, command.seen.case).await?;
        let note = command::note(command.note.as_deref(), "note").map_err(mistake)?;
        if command.score.is_some_and(|score| !SCORES.contains(&score)) {
            return Err(Failure::user("score", CaseError::InvalidScore));
        }
        let acting = match self.open(scope, CaseAct::Verify, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        self.settle(acting, Outcome { score: command.score, ..Outcome::said(note) }).await
    }
}
