//! Say what one did to assist (协办反馈): whoever was asked answers, and is not waited for any more.

use crate::cases::actor::assisting;
use crate::cases::command::{self, CompleteCase};
use crate::cases::error::CaseError;
use crate::cases::model::{Audience, Case};
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::failure::Failure;
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Answers a request to assist. Needs `CASE_ASSIST`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `PAUSED`, `TOO_LONG`, `REQUIRED`.
    pub async fn assist(&self, scope: &Scope, command: CompleteCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Assist, command.seen.case).await?;
        let result = command::reason(&command.result, "result").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Assist, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        let Some(assistant) = assisting(scope, &acting.verdict.rule, &acting.case) else {
            return Err(Failure::user("caseId", CaseError::NotPermitted));
        };
        self.settle(
            acting,
            Outcome { assistants: vec![assistant], audience: Audience::Staff, ..Outcome::said(Some(result)) },
        )
        .await
    }
}
