//! Write an instruction on a case (批示): staff read it, and the case stays where it is.

use crate::cases::command::{self, InstructCase};
use crate::cases::model::{Audience, Case};
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Writes an instruction on a case. Needs `CASE_INSTRUCT`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `TOO_LONG`, `REQUIRED`.
    pub async fn instruct(&self, scope: &Scope, command: InstructCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::Instruct, command.seen.case).await?;
        let text = command::reason(&command.text, "text").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::Instruct, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        self.settle(acting, Outcome { audience: Audience::Staff, ..Outcome::said(Some(text)) }).await
    }
}
