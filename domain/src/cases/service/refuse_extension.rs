//! Refuse the time that was asked for (驳回延期), with the reason: the case goes on as it was.

use crate::cases::command::{self, ReasonCase};
use crate::cases::model::{Audience, Case};
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Refuses an extension that was asked for. Needs `CASE_EXTEND`, as giving it does.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `NO_EXTENSION_REQUEST`, `TOO_LONG`, `REQUIRED`.
    pub async fn refuse_extension(&self, scope: &Scope, command: ReasonCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::RefuseExtension, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::RefuseExtension, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        self.settle(acting, Outcome { audience: Audience::Staff, ..Outcome::said(Some(reason)) }).await
    }
}
