//! Ask for more time (延期申请): whoever a case lies with asks once, until somebody who answers for it has answered.

use crate::cases::command::{self, ExtendCase};
use crate::cases::model::{Audience, Case};
use crate::cases::service::acting::{Opened, Outcome};
use crate::cases::service::{Answer, CaseService, extend, mistake};
use crate::kernel::scope::Scope;
use crate::programmes::CaseAct;

impl CaseService {
    /// Asks for more time for a case. Needs `CASE_REQUEST_EXTENSION`.
    ///
    /// # Errors
    /// `NOT_FOUND`, `CONFLICT`, `ILLEGAL_TRANSITION`, `NOT_PERMITTED`, `PAUSED`, `NO_LIMIT`, `EXTENSIONS_OVER`,
    /// `EXTENSION_REQUESTED`, `INVALID_AMOUNT`, `TOO_LONG`, `REQUIRED`.
    pub async fn request_extension(&self, scope: &Scope, command: ExtendCase) -> Answer<Case> {
        self.permit_on(scope, CaseAct::RequestExtension, command.seen.case).await?;
        let reason = command::reason(&command.reason, "reason").map_err(mistake)?;
        let acting = match self.open(scope, CaseAct::RequestExtension, command.seen).await? {
            Opened::Fresh(acting) => acting,
            Opened::Replayed(case) => return Ok(*case),
        };
        extend::fits(&acting, command.amount)?;
        self.settle(
            acting,
            Outcome { more: command.amount, audience: Audience::Staff, ..Outcome::said(Some(reason)) },
        )
        .await
    }
}
